// SPDX-License-Identifier: Apache-2.0
//
// The rank by the patterns of fed gates that are really reached.
//
// Problem   The bounds by caps allow every set of gates of a size.  Only few patterns may be reached, level by
//           level, far fewer than their number allows.
// Idea      Look at all inputs.  The patterns that are reached form a tree with a level of the circuit at each
//           depth.  In a node, a function h of the patterns P of its level is written as a constant plus a sum of
//           c_Q over reached Q that are P with some units silent, solved from small patterns to large ones; and
//           [the pattern is P] as an alternating sum over the sets of units that fire in reached patterns
//           around P.  Each child's function is a constant, which goes into h, plus a matrix, by which the latter
//           is multiplied.
// Why       docs/explanation/bounds.md, theorem 3.  On inputs that do not reach the node anything may come out:
//           they are multiplied by 0 further up.
// Cost      2^bits evaluations, the square of the number of patterns, and its cube in levels below the last at
//           worst; all are limited.
// Tested by tests/unit/theory/states_test.cpp, tests/unit/theory/instance_bounds_test.cpp
#include "theory/states.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace gatelight::theory {
namespace {

constexpr std::size_t most_bits = 16;
constexpr std::size_t most_reads = std::size_t{1} << 24;  // wires that are read, of all evaluations
constexpr std::size_t most_patterns = 1024;
constexpr std::size_t most_levels = 1024;                 // one call inside the other for each
constexpr std::size_t most_steps = std::size_t{1} << 26;  // comparisons of a unit in two patterns

// One pattern of a level: for each unit 0 where it is silent, else the number of its pattern.
using Place = std::vector<std::uint32_t>;
using Units = std::vector<std::uint32_t>;  // that are not silent, ascending

Units active(const Place& place) {
  Units units;
  for (std::uint32_t u = 0; u < place.size(); ++u) {
    if (place[u] != 0) units.push_back(u);
  }
  return units;
}

// Whether P, in which these units are not silent, is Q with some units silent.
bool within(const Place& p, const Units& support, const Place& q) {
  return std::ranges::all_of(support, [&](std::uint32_t u) { return p[u] == q[u]; });
}

std::size_t total_size(const std::vector<Units>& supports) {
  std::size_t total = supports.size();
  for (const Units& units : supports) total += units.size();
  return total;
}

mpz_class product(const std::vector<Unit>& units, const Units& chosen, mpz_class Unit::*number) {
  mpz_class result = 1;
  for (const std::uint32_t u : chosen) result *= units[u].*number;
  return result;
}

// A function on the inputs that reach a node: a constant, 0 or 1, and a matrix of at most that rank.
struct Split {
  bool constant = false;
  mpz_class rank;
};

// The children of a node, by what the units of one grouping make of them, small patterns first.
struct Children {
  std::vector<Place> places;
  std::vector<Units> supports;
  std::vector<Split> splits;
};

class Tree {
 public:
  Tree(std::span<const ReachedPattern> patterns, const FedForm& form,
       const std::vector<LevelUnits>& levels, bool grouped, const std::vector<mpz_class>& tails)
      : patterns_(patterns), levels_(levels), tails_(tails), grouped_(grouped) {
    std::size_t start = 0;
    for (const auto& level : form.levels) {
      starts_.push_back(start);
      start += level.size();
    }
    starts_.push_back(start);
  }

  // Nothing where it takes too long.
  std::optional<mpz_class> rank() {
    const auto split = node(0, patterns_.size(), 0);
    if (!split) return std::nullopt;
    return split->rank + (split->constant ? 1 : 0);
  }

 private:
  [[nodiscard]] std::span<const std::int64_t> values(std::size_t pattern, std::size_t level) const {
    return std::span(patterns_[pattern].values)
        .subspan(starts_[level], starts_[level + 1] - starts_[level]);
  }

  // Patterns first to last - 1, alike on all levels below `level`.
  std::optional<Split> node(std::size_t first, std::size_t last, std::size_t level) {
    if (level + 1 == starts_.size()) return Split{patterns_[first].fires, 0};
    std::vector<std::size_t> children;  // the first pattern of each
    std::vector<Split> splits;
    for (std::size_t begin = first; begin < last;) {
      std::size_t end = begin + 1;
      while (end < last && std::ranges::equal(values(end, level), values(begin, level))) ++end;
      auto split = node(begin, end, level + 1);
      if (!split) return std::nullopt;
      children.push_back(begin);
      splits.push_back(*std::move(split));
      begin = end;
    }
    std::optional<Split> best;
    for (const Grouping& grouping : levels_[level].groupings) {
      if (!grouped_ && grouping.sharing != Sharing::nothing) continue;
      const auto split =
          divided(grouping.units, sorted(grouping.units, children, splits, level), level == 0);
      if (split && (!best || split->rank < best->rank)) best = split;
    }
    // Whatever is below, a function of the levels from here on.  On the first one that would be theorem 4 alone.
    if (level > 0 && !tails_.empty() && (!best || tails_[level] < best->rank))
      best = Split{false, tails_[level]};
    return best;
  }

  [[nodiscard]] Children sorted(const std::vector<Unit>& units,
                                const std::vector<std::size_t>& children,
                                const std::vector<Split>& splits, std::size_t level) const {
    std::vector<Place> places(children.size());
    for (const Unit& unit : units) {
      std::map<std::vector<std::int64_t>, std::uint32_t> numbers;
      numbers.emplace(std::vector<std::int64_t>(unit.gates.size()), 0);
      for (std::size_t i = 0; i < children.size(); ++i) {
        std::vector<std::int64_t> pattern;
        for (const std::uint32_t gate : unit.gates)
          pattern.push_back(values(children[i], level)[gate]);
        const auto next = static_cast<std::uint32_t>(numbers.size());
        places[i].push_back(numbers.emplace(std::move(pattern), next).first->second);
      }
    }
    std::vector<Units> supports;
    std::ranges::transform(places, std::back_inserter(supports), active);
    std::vector<std::size_t> order(children.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return supports[i].size(); });
    Children result;
    for (const std::size_t i : order) {
      result.places.push_back(std::move(places[i]));
      result.supports.push_back(std::move(supports[i]));
      result.splits.push_back(splits[i]);
    }
    return result;
  }

  // Where one way of dividing a level takes too long, another one may not.
  bool take(std::size_t steps) {
    if (steps > most_steps - steps_) return false;
    steps_ += steps;
    return true;
  }

  // The node's function, where its level is divided into these units.
  std::optional<Split> divided(const std::vector<Unit>& units, const Children& children,
                               bool root) {
    const std::size_t count = children.places.size();
    if (!take(count * total_size(children.supports))) return std::nullopt;
    mpz_class rest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (children.splits[i].rank == 0) continue;
      const auto rank = indicator_rank(units, children, i);
      if (!rank) return std::nullopt;
      rest += *rank * children.splits[i].rank;
    }
    // Where no unit fires in the first pattern, the constant is what the function is there.
    if (children.supports[0].empty()) {
      const bool constant = children.splits[0].constant;
      return Split{constant, rest + constants_rank(units, children, constant)};
    }
    mpz_class zero = constants_rank(units, children, false);
    const mpz_class one = constants_rank(units, children, true);
    // A constant is one rank more at the end.
    if (root ? one + 1 < zero : one < zero) return Split{true, rest + one};
    return Split{false, rest + zero};
  }

  // The rank of h - constant, h(P) the constant of the child P.
  static mpz_class constants_rank(const std::vector<Unit>& units, const Children& children,
                                  bool constant) {
    std::vector<mpz_class> coefficients;
    std::map<Units, unsigned long> terms;  // that are not 0, by the units that fire in them
    for (std::size_t i = 0; i < children.places.size(); ++i) {
      mpz_class coefficient = (children.splits[i].constant ? 1 : 0) - (constant ? 1 : 0);
      for (std::size_t j = 0; j < i; ++j) {
        if (coefficients[j] != 0 &&
            within(children.places[j], children.supports[j], children.places[i]))
          coefficient -= coefficients[j];
      }
      if (coefficient != 0) ++terms[children.supports[i]];
      coefficients.push_back(std::move(coefficient));
    }
    mpz_class rank = 0;
    for (const auto& [support, count] : terms) {
      rank += std::min({mpz_class(product(units, support, &Unit::rank) * count),
                        product(units, support, &Unit::by_rows),
                        product(units, support, &Unit::by_columns)});
    }
    return rank;
  }

  // The rank of [the pattern is that of child i].
  std::optional<mpz_class> indicator_rank(const std::vector<Unit>& units, const Children& children,
                                          std::size_t i) {
    std::vector<Units> supports;  // of the patterns around it, small ones first
    for (std::size_t j = i; j < children.places.size(); ++j) {
      if (within(children.places[i], children.supports[i], children.places[j]))
        supports.push_back(children.supports[j]);
    }
    std::ranges::sort(supports, [](const Units& a, const Units& b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    supports.erase(std::unique(supports.begin(), supports.end()), supports.end());
    if (!take(supports.size() * total_size(supports))) return std::nullopt;
    std::vector<mpz_class> coefficients;
    mpz_class rank = 0;
    for (std::size_t s = 0; s < supports.size(); ++s) {
      mpz_class coefficient = s == 0 ? 1 : 0;
      for (std::size_t t = 0; t < s; ++t) {
        if (coefficients[t] != 0 && std::ranges::includes(supports[s], supports[t]))
          coefficient -= coefficients[t];
      }
      if (coefficient != 0) rank += product(units, supports[s], &Unit::rank);
      coefficients.push_back(std::move(coefficient));
    }
    return rank;
  }

  std::span<const ReachedPattern> patterns_;
  const std::vector<LevelUnits>& levels_;
  const std::vector<mpz_class>& tails_;
  bool grouped_;
  std::vector<std::size_t> starts_;  // of each level in a pattern's values
  std::size_t steps_ = 0;
};

}  // namespace

Result<std::vector<ReachedPattern>> reached_patterns(const Circuit& circuit, GateId output,
                                                     const FedForm& form) {
  const auto limit = [](const char* message) { return Error{ErrorCode::limit, message, ""}; };
  if (form.bits.size() > most_bits) return limit("more than 16 input bits: not all are looked at");
  if (form.levels.size() > most_levels) return limit("more than 1024 levels of fed gates");
  std::size_t reads = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g)
    reads += 1 + circuit.wires(GateId{g}).size();
  if (reads << form.bits.size() > most_reads) return limit("too many wires to look at all inputs");
  std::map<std::vector<std::int64_t>, bool> reached;
  InputBits input(circuit.bit_count());
  for (std::uint64_t x = 0; x >> form.bits.size() == 0; ++x) {
    for (std::size_t i = 0; i < form.bits.size(); ++i)
      input[form.bits[i]] = static_cast<std::uint8_t>(x >> i & 1U);
    const auto values = evaluate(circuit, input);
    std::vector<std::int64_t> pattern;
    for (const auto& level : form.levels) {
      for (const GateId id : level) pattern.push_back(values[static_cast<std::uint32_t>(id)]);
    }
    reached[std::move(pattern)] = values[static_cast<std::uint32_t>(output)] != 0;
    if (reached.size() > most_patterns) return limit("more than 1024 patterns are reached");
  }
  std::vector<ReachedPattern> patterns;
  patterns.reserve(reached.size());
  for (const auto& [values, fires] : reached) patterns.push_back({values, fires});
  return patterns;
}

Result<mpz_class> state_bound(std::span<const ReachedPattern> patterns, const FedForm& form,
                              const std::vector<LevelUnits>& levels, bool grouped,
                              const std::vector<mpz_class>& tails) {
  const auto rank = Tree(patterns, form, levels, grouped, tails).rank();
  if (!rank) return Error{ErrorCode::limit, "too many pairs of patterns are reached", ""};
  return *rank;
}

}  // namespace gatelight::theory
