// SPDX-License-Identifier: Apache-2.0
//
// Every upper bound of one circuit, by name: of the rank, and of what else the firing gates bound.
//
// Problem   Besides the rank, the energy bounds gamma_2, the sign-rank and the number of different sets of firing gates.
// Idea      gamma_2: gamma.cpp.  The sign-rank is the least rank of a matrix with the signs of f: the sum that an
//           output compares with its threshold is one, and its rank is at most the sum of the ranks of its terms.
//           Sets: no more than there are sets of at most e of s gates.
// Why       docs/explanation/bounds.md, theorems 5, 7 and 8.
// Cost      As the bounds of the rank, and once more for each of up to 16 gates that the output reads.
// Tested by tests/unit/theory/all_bounds_test.cpp
#include <algorithm>
#include <cmath>
#include <limits>

#include "theory/gamma.hpp"
#include "theory/rank_bounds.hpp"

namespace gatelight {
namespace theory {
namespace {

constexpr std::size_t most_gates = 16;  // that are asked about with all they depend on

std::vector<GateId> gates_read(const Circuit& circuit, GateId output) {
  std::vector<GateId> gates;
  for (const Wire& wire : circuit.wires(output)) {
    if (wire.source >= circuit.bit_count())
      gates.push_back(GateId{static_cast<std::uint32_t>(wire.source - circuit.bit_count())});
  }
  return gates;
}

// Whether the values of a gate are 0 and 1 alone, so that [it fires] is its value.
bool is_boolean(const Circuit& circuit, GateId id) {
  const Circuit::Interval range = circuit.value_range(id);
  return range.low >= 0 && range.high <= 1;
}

// What caps of a gate say of another one that it depends on: the fed-levels of that one are parts of its own.
FiringCaps caps_below(const FiringCaps& caps, std::size_t levels) {
  FiringCaps below;
  below.exact = false;
  for (std::size_t l = 0; l < levels; ++l) {
    below.level.push_back(caps.level[l]);
    below.suffix.push_back(caps.suffix[l]);
    if (l + 1 < levels) below.below_last += caps.level[l];
  }
  if (levels > 0) below.below_last = std::min(below.below_last, caps.suffix[0]);
  return below;
}

// The rank of the matrix of a gate's values.
mpz_class value_rank(const Question& question, GateId id, bool ask) {
  const Circuit& circuit = question.circuit;
  const FedForm form = fed_form(circuit, id);
  if (gates_read(circuit, id).empty()) {
    if (form.levels.empty()) return 1;
    const auto& gates = question.form.levels[0];
    const auto place = std::ranges::find(gates, id) - gates.begin();
    return question.levels[0].single()[static_cast<std::size_t>(place)].rank;
  }
  const FiringCaps caps = caps_below(question.caps, form.levels.size());
  if (!ask) {
    std::size_t side[2] = {0, 0};
    for (const std::uint32_t bit : form.bits)
      ++side[question.partition ? (*question.partition)[bit] : 0];
    const std::size_t smaller =
        question.partition ? std::min(side[0], side[1]) : form.bits.size() / 2;
    return mpz_class(1) << smaller;
  }
  const Question below(circuit, id, caps, question.partition);
  mpz_class least = mpz_class(1) << smaller_side(below);
  for (const RankBound& bound : rank_bounds(below)) {
    // The other bounds are about [it fires].
    if (bound.rank && (bound.any_function || is_boolean(circuit, id)))
      least = std::min(least, *bound.rank);
  }
  return least;
}

// Input bits that the output reads give its sum at most one matrix for each side that they are on, and one of these
// holds the threshold as well.
unsigned long input_ranks(const Question& question) {
  bool side[2] = {false, false};
  for (const Wire& wire : question.circuit.wires(question.output)) {
    if (wire.source >= question.circuit.bit_count()) continue;
    if (!question.partition) return 2;
    side[(*question.partition)[wire.source]] = true;
  }
  return side[0] && side[1] ? 2 : 1;
}

NamedBound sign_rank_bound(const Question& question) {
  NamedBound bound{"gates below the output", "sign-rank", std::nullopt, "",
                   reference("theorem-7-sign-rank")};
  const auto steps = question.circuit.step_function(question.output);
  if (!steps.ok() || steps->at.size() != 1 || steps->values.front() != 0) {
    bound.reason = "asks for an output that fires from a sum on";
    return bound;
  }
  const std::vector<GateId> gates = gates_read(question.circuit, question.output);
  mpz_class sum = input_ranks(question);
  for (const GateId id : gates) sum += value_rank(question, id, gates.size() <= most_gates);
  bound.log2 = log2_above(sum);
  bound.reason = "the ranks of the " + std::to_string(gates.size()) +
                 " gates that the output reads, and of its threshold (theorem 7)";
  return bound;
}

NamedBound signs_of_rank(const std::vector<RankBound>& ranks) {
  NamedBound bound{"rank + 1", "sign-rank", std::nullopt, "no bound of the rank is known",
                   reference("theorem-7-sign-rank")};
  std::optional<mpz_class> least;
  for (const RankBound& rank : ranks) {
    if (!rank.rank || (least && *rank.rank >= *least)) continue;
    least = rank.rank;
    bound.reason = "2f - 1 has the signs of f; \"" + rank.named.name + "\" is the smallest bound";
  }
  if (least) bound.log2 = log2_above(*least + 1);
  return bound;
}

// The sum of binomial(s, k) over k <= e.
NamedBound sets_bound(const Circuit& circuit, std::int64_t energy) {
  std::size_t gates = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g)
    gates += circuit.gate(GateId{g}).counts ? 1 : 0;
  const std::size_t most =
      std::min(gates, static_cast<std::size_t>(std::max<std::int64_t>(energy, 0)));
  NamedBound bound{"sets of gates", "firing sets", std::nullopt, "",
                   reference("theorem-8-sets-of-firing-gates")};
  constexpr std::size_t most_digits = std::size_t{1} << 24;  // of all numbers together
  if (most * gates > most_digits) {
    // e choices of one of s gates or of none; the next number is above what was rounded to the nearest.
    const double choices = static_cast<double>(most) * log2_above(mpz_class(gates + 1));
    bound.log2 = std::min(static_cast<double>(gates),
                          std::nextafter(choices, std::numeric_limits<double>::infinity()));
    bound.reason = "sets of at most " + std::to_string(most) + " of " + std::to_string(gates) +
                   " gates, roughly (theorem 8)";
    return bound;
  }
  mpz_class sum = 0, ways = 1;
  for (std::size_t k = 0; k <= most; ++k) {
    sum += ways;
    ways = ways * static_cast<unsigned long>(gates - k) / static_cast<unsigned long>(k + 1);
  }
  bound.log2 = log2_above(sum);
  bound.reason = "sets of at most " + std::to_string(most) + " of " + std::to_string(gates) +
                 " gates (theorem 8)";
  return bound;
}

// The circuit's own size, where it is one of those that theorem 6 is about.
NamedBound size_bound(const Question& question, std::int64_t energy) {
  NamedBound bound{"this circuit", "size at energy 1", std::nullopt, "",
                   reference("theorem-6-energy-one")};
  const bool threshold = std::ranges::all_of(question.form.cone, [&](GateId id) {
    const GateSpec& gate = question.circuit.gate(id);
    return gate.counts && std::holds_alternative<Threshold>(gate.activation);
  });
  if (!threshold) {
    bound.reason = "asks for threshold gates that count";
  } else if (energy > 1) {
    bound.reason = "two gates of it may fire together";
  } else {
    bound.log2 = log2_above(static_cast<unsigned long>(question.form.cone.size()));
    bound.reason = "never two of its " + std::to_string(question.form.cone.size()) +
                   " gates fire together (theorem 6)";
  }
  return bound;
}

}  // namespace
}  // namespace theory

std::vector<NamedBound> all_bounds(const Circuit& circuit, GateId output, const FiringCaps& caps,
                                   std::int64_t energy_upper,
                                   const std::optional<Partition>& partition) {
  using namespace theory;
  const Question question(circuit, output, caps, partition);
  const std::vector<RankBound> ranks = rank_bounds(question);
  std::vector<NamedBound> bounds;
  bounds.reserve(ranks.size());
  for (const RankBound& rank : ranks) bounds.push_back(rank.named);
  for (NamedBound& gamma : gamma_bounds(question, bounds)) bounds.push_back(std::move(gamma));
  bounds.push_back(signs_of_rank(ranks));
  bounds.push_back(sign_rank_bound(question));
  bounds.push_back(sets_bound(circuit, energy_upper));
  bounds.push_back(size_bound(question, energy_upper));
  return bounds;
}

}  // namespace gatelight
