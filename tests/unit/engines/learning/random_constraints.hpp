// SPDX-License-Identifier: Apache-2.0
//
// Small systems of rows whose solutions can all be tried.
#ifndef GATELIGHT_TESTS_UNIT_ENGINES_LEARNING_RANDOM_CONSTRAINTS_HPP
#define GATELIGHT_TESTS_UNIT_ENGINES_LEARNING_RANDOM_CONSTRAINTS_HPP

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {

using encode::Constraints;

inline std::int64_t sum(const std::vector<Term>& terms, std::uint32_t assignment) {
  std::int64_t total = 0;
  for (const Term& term : terms) {
    const bool one = (assignment >> term.literal.variable() & 1U) != 0;
    if (one == term.literal.positive()) total += term.weight;
  }
  return total;
}

inline std::vector<Term> random_terms(base::Random& random, std::size_t variables,
                                      std::int64_t largest) {
  std::vector<Term> terms;
  for (Variable v = 0; v < variables; ++v) {
    if (random.below(3) != 0)
      terms.push_back({random.between(1, largest), Literal(v, random.coin())});
  }
  return terms;
}

// Rows that have nothing to do with circuits, of all shapes: clauses, cardinalities, huge weights.
inline Constraints random_constraints(base::Random& random) {
  Constraints constraints;
  const auto variables = static_cast<std::size_t>(random.between(1, 12));
  constraints.variables.resize(variables);
  constraints.objective = random_terms(random, variables, random.coin() ? 1 : 9);
  constraints.constant = random.between(-3, 3);
  const std::int64_t rows = random.between(0, 25);
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t largest = std::int64_t{1} << random.below(random.below(4) == 0 ? 50 : 5);
    encode::Row row{random_terms(random, variables, largest), 0};
    std::int64_t total = 0;
    for (const Term& term : row.terms) total += term.weight;
    row.bound = random.below(3) == 0 ? 1 : random.between(0, total / 2 + 1);
    constraints.rows.push_back(row);
  }
  return constraints;
}

struct Truth {
  bool feasible = false;
  std::int64_t best = 0;
};

inline bool satisfies(const Constraints& constraints, std::uint32_t assignment) {
  return std::ranges::all_of(constraints.rows, [&](const encode::Row& row) {
    return sum(row.terms, assignment) >= row.bound;
  });
}

inline std::vector<std::uint32_t> all_solutions(const Constraints& constraints) {
  std::vector<std::uint32_t> solutions;
  for (std::uint32_t assignment = 0; assignment < 1U << constraints.variables.size();
       ++assignment) {
    if (satisfies(constraints, assignment)) solutions.push_back(assignment);
  }
  return solutions;
}

inline Truth by_brute_force(const Constraints& constraints) {
  Truth truth;
  for (const std::uint32_t assignment : all_solutions(constraints)) {
    const std::int64_t total = constraints.constant + sum(constraints.objective, assignment);
    truth.best = truth.feasible ? std::max(truth.best, total) : total;
    truth.feasible = true;
  }
  return truth;
}

inline std::uint32_t number_of(const std::vector<std::uint8_t>& assignment) {
  std::uint32_t number = 0;
  for (std::size_t v = 0; v < assignment.size(); ++v) number |= std::uint32_t{assignment[v]} << v;
  return number;
}

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_TESTS_UNIT_ENGINES_LEARNING_RANDOM_CONSTRAINTS_HPP
