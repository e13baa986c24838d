// SPDX-License-Identifier: Apache-2.0
//
// Upper bounds of the rank of one circuit's communication matrix.
//
// Problem   The theorem's right side is far above the rank.  The circuit itself says more: how many of its fed
//           gates fire together, how many different rows and columns each one's matrix has, and which patterns
//           of them some input reaches.
// Idea      Count rows; go through the levels with caps (recursion.cpp); go through the reached patterns
//           (states.cpp).  All are true, so that the smallest one counts.
// Why       docs/explanation/bounds.md: theorems 1 to 4.
// Numbers   Whole and not negative.  Those above 2^(n + 64) are dropped, as they say nothing.  Logarithms are
//           rounded upwards.
// Cost      About a second at most: what takes longer is left out.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include "theory/rank_bounds.hpp"

#include <algorithm>
#include <limits>

#include "base/real.hpp"
#include "theory/recursion.hpp"
#include "theory/row_classes.hpp"
#include "theory/states.hpp"

namespace gatelight {
namespace theory {
namespace {

constexpr std::size_t most_entries = std::size_t{1} << 20;  // of vectors of sums

double log2_of(const mpz_class& number, mpfr_rnd_t rounding) {
  if (number == 0) return -std::numeric_limits<double>::infinity();
  base::Real value(64);
  mpfr_set_z(value, number.get_mpz_t(), rounding);
  mpfr_log2(value, value, rounding);
  return mpfr_get_d(value, rounding);
}

// A bound by name, before it is known.
struct Name {
  const char* name;
  const char* section;
  bool any_function = false;
};
constexpr Name trivial{"trivial", "what-is-printed-and-when-it-is-sound", true};
constexpr Name classes{"row classes", "theorem-4-row-classes", true};
constexpr Name fed_gates{"fed gates", "theorem-1-fed-gates", true};
constexpr Name accepting{"accepting patterns", "theorem-2-accepting-patterns"};
constexpr Name states{"states", "theorem-3-states"};

// The bounds of one question, in the order in which they are tried.
class Collector {
 public:
  explicit Collector(std::size_t bits) : ceiling_(mpz_class(1) << (bits + 64)) {}
  void add(const Name& name, const mpz_class& rank, const char* reason) {
    if (rank >= ceiling_) return miss(name, "says less than 2^(bits + 64)");
    bounds_.push_back({{name.name, "rank", log2_above(rank), reason, reference(name.section)},
                       rank,
                       name.any_function});
  }
  void miss(const Name& name, std::string reason) {
    bounds_.push_back(
        {{name.name, "rank", std::nullopt, std::move(reason), reference(name.section)},
         std::nullopt,
         name.any_function});
  }
  [[nodiscard]] std::vector<RankBound> take() && { return std::move(bounds_); }

 private:
  mpz_class ceiling_;
  std::vector<RankBound> bounds_;
};

void add_row_classes(Collector& bounds, const Circuit& circuit, const FedForm& form,
                     const std::optional<Partition>& partition) {
  if (!partition) return bounds.miss(classes, "for one partition only");
  const auto a = row_classes(circuit, form, *partition, 0, 0, most_entries);
  const auto b = row_classes(circuit, form, *partition, 1, 0, most_entries);
  if (!a && !b) return bounds.miss(classes, "too many on both sides to be counted");
  std::size_t least = std::min(a.value_or(std::size_t{0} - 1), b.value_or(std::size_t{0} - 1));
  bounds.add(classes, static_cast<unsigned long>(least),
             "assignments of one side that all fed gates tell apart (theorem 4)");
}

void add_recursion(Collector& bounds, const Question& question) {
  const Rounding rounding{0, mpz_class(1) << (question.form.bits.size() + 64)};
  const Recursion recursion(question.levels, question.caps, rounding, rank_factor);
  constexpr const char* too_much = "too many gates fire together for it to be computed";
  if (recursion.possible()) {
    bounds.add(fed_gates, recursion.fed_gates(question.tails),
               "fed gates that fire together (theorem 1)");
  } else {
    bounds.miss(fed_gates, too_much);
  }
  if (!question.form.output_fed) {
    bounds.miss(accepting, "the output reads no input bit");
  } else if (!recursion.possible()) {
    bounds.miss(accepting, too_much);
  } else {
    bounds.add(accepting, recursion.accepting_patterns(),
               "patterns below a fed output that fires (theorem 2)");
  }
}

void add_states(Collector& bounds, const Question& question) {
  const auto patterns = reached_patterns(question.circuit, question.output, question.form);
  if (!patterns.ok()) return bounds.miss(states, patterns.error().message);
  const auto rank = state_bound(*patterns, question.form, question.levels, true, question.tails);
  if (!rank.ok()) return bounds.miss(states, rank.error().message);
  bounds.add(states, *rank, "patterns of fed gates that are reached and contribute (theorem 3)");
}

}  // namespace

double log2_above(const mpz_class& number) { return log2_of(number, MPFR_RNDU); }

std::string reference(const char* section) {
  return std::string("docs/explanation/bounds.md#") + section;
}

std::size_t smaller_side(const Question& question) {
  const std::vector<std::uint32_t>& bits = question.form.bits;
  if (!question.partition) return bits.size() / 2;
  std::size_t ones = 0;
  for (const std::uint32_t bit : bits) ones += (*question.partition)[bit];
  return std::min(ones, bits.size() - ones);
}

Factor rank_factor(const Unit& unit) {
  Factor factor{unit.rank, unit.patterns};
  for (mpz_class& patterns : factor.patterns) patterns *= unit.rank;
  return factor;
}

Question::Question(const Circuit& asked, GateId gate, const FiringCaps& firing,
                   const std::optional<Partition>& sides)
    : circuit(asked), output(gate), caps(firing), partition(sides), form(fed_form(asked, gate)) {
  GATELIGHT_REQUIRE(!sides || sides->size() == asked.bit_count(),
                    "a partition has one side for each input bit");
  GATELIGHT_REQUIRE(
      firing.level.size() == form.levels.size() && firing.suffix.size() == form.levels.size(),
      "caps of another output");
  levels = level_units(asked, form, sides, firing.level);
  tails = tail_ranks(asked, form, sides);
}

std::vector<RankBound> rank_bounds(const Question& question) {
  Collector bounds(question.form.bits.size());
  bounds.add(trivial, mpz_class(1) << smaller_side(question),
             "the smaller side has so many assignments of the bits that are read");
  if (question.form.levels.empty()) {
    bounds.add(fed_gates, 1, "no gate reads an input: the function is constant (theorem 1)");
    return std::move(bounds).take();
  }
  add_row_classes(bounds, question.circuit, question.form, question.partition);
  add_recursion(bounds, question);
  add_states(bounds, question);
  return std::move(bounds).take();
}

}  // namespace theory

double log2_below(std::uint64_t number) {
  return theory::log2_of(mpz_class(static_cast<unsigned long>(number)), MPFR_RNDD);
}

std::vector<InstanceBound> instance_bounds(const Circuit& circuit, GateId output,
                                           const FiringCaps& caps,
                                           const std::optional<Partition>& partition) {
  std::vector<InstanceBound> bounds;
  for (const theory::RankBound& bound :
       theory::rank_bounds(theory::Question(circuit, output, caps, partition))) {
    const NamedBound& named = bound.named;
    if (named.log2) bounds.push_back({named.name, *named.log2, named.reason});
  }
  return bounds;
}

}  // namespace gatelight
