// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::learning {
namespace {

using encode::Constraints;
using Outcome = Solver::Outcome;

std::int64_t sum(const std::vector<Term>& terms, std::uint32_t assignment) {
  std::int64_t total = 0;
  for (const Term& term : terms) {
    const bool one = (assignment >> term.literal.variable() & 1U) != 0;
    if (one == term.literal.positive()) total += term.weight;
  }
  return total;
}

std::vector<Term> random_terms(base::Random& random, std::size_t variables, std::int64_t largest) {
  std::vector<Term> terms;
  for (Variable v = 0; v < variables; ++v) {
    if (random.below(3) != 0)
      terms.push_back({random.between(1, largest), Literal(v, random.coin())});
  }
  return terms;
}

// Rows that have nothing to do with circuits, of all shapes: clauses, cardinalities, huge weights.
Constraints random_constraints(base::Random& random) {
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

bool satisfies(const Constraints& constraints, std::uint32_t assignment) {
  return std::ranges::all_of(constraints.rows, [&](const encode::Row& row) {
    return sum(row.terms, assignment) >= row.bound;
  });
}

Truth by_brute_force(const Constraints& constraints) {
  Truth truth;
  for (std::uint32_t assignment = 0; assignment < 1U << constraints.variables.size();
       ++assignment) {
    if (!satisfies(constraints, assignment)) continue;
    const std::int64_t total = constraints.constant + sum(constraints.objective, assignment);
    truth.best = truth.feasible ? std::max(truth.best, total) : total;
    truth.feasible = true;
  }
  return truth;
}

std::uint32_t number_of(const std::vector<std::uint8_t>& assignment) {
  std::uint32_t number = 0;
  for (std::size_t v = 0; v < assignment.size(); ++v) number |= std::uint32_t{assignment[v]} << v;
  return number;
}

bool never() { return false; }
constexpr std::uint64_t unlimited = ~std::uint64_t{0} / 2;

// Demands more and more until there is nothing left.
TEST(Solver, FindsTheLargestTotal) {
  for (int round = 0; round < generate::scaled(3000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Constraints constraints = random_constraints(random);
    const Truth truth = by_brute_force(constraints);
    Solver solver(constraints);
    bool feasible = false;
    std::int64_t best = 0;
    const bool relaxed = random.coin(), bounded = random.coin();
    if (bounded) {
      const std::int64_t bound = solver.bound_by_relaxation(never);
      ASSERT_TRUE(bound >= truth.best || !truth.feasible);
    }
    while (solver.solve(std::nullopt, unlimited, never, relaxed) == Outcome::found) {
      const std::uint32_t found = number_of(solver.assignment());
      ASSERT_TRUE(satisfies(constraints, found));
      const std::int64_t total = constraints.constant + sum(constraints.objective, found);
      ASSERT_TRUE(!feasible || total > best);
      feasible = true;
      best = total;
      solver.demand(total + 1);
    }
    ASSERT_EQ(feasible, truth.feasible);
    ASSERT_EQ(best, truth.best);
  }
}

// What is learned under a supposition must not leak into the question without it.
TEST(Solver, SuppositionsLeaveNothingBehind) {
  for (int round = 0; round < generate::scaled(2000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 100'000);
    const Constraints constraints = random_constraints(random);
    const Truth truth = by_brute_force(constraints);
    if (!truth.feasible) continue;
    Solver solver(constraints);
    for (int question = 0; question < 6; ++question) {
      const std::int64_t value = truth.best + random.between(-4, 4);
      if (value <= constraints.constant) continue;
      const auto outcome = solver.solve(solver.supposition(value), unlimited, never, random.coin());
      ASSERT_EQ(outcome, value <= truth.best ? Outcome::found : Outcome::refuted);
      if (outcome == Outcome::found) {
        ASSERT_GE(constraints.constant + sum(constraints.objective, number_of(solver.assignment())),
                  value);
      }
    }
    ASSERT_EQ(solver.solve(std::nullopt, unlimited, never), Outcome::found);
  }
}

// Stopped and resumed all the time, with room for a few learned rows only.
TEST(Solver, ForgettingChangesNothing) {
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round + 5));
    base::Random random(static_cast<std::uint64_t>(round) + 5);
    constexpr std::size_t variables = 13;
    Constraints constraints;
    constraints.variables.resize(variables);
    for (Variable v = 0; v < variables; ++v) constraints.objective.push_back({1, Literal(v, true)});
    for (int r = 0; r < 30; ++r) {
      encode::Row row{random_terms(random, variables, 20), 0};
      for (Term& term : row.terms) {
        if (term.literal.positive() && random.coin()) term.literal = ~term.literal;
        row.bound += term.weight;
      }
      row.bound /= 2;
      constraints.rows.push_back(row);
    }
    const Truth truth = by_brute_force(constraints);
    Solver solver(constraints, 3);
    bool feasible = false;
    std::int64_t best = 0;
    for (;;) {
      const auto outcome = solver.solve(std::nullopt, 10, never);
      if (outcome == Outcome::none) break;
      if (outcome != Outcome::found) continue;
      feasible = true;
      best = sum(constraints.objective, number_of(solver.assignment()));
      solver.demand(best + 1);
    }
    ASSERT_EQ(feasible, truth.feasible);
    ASSERT_EQ(best, truth.best);
  }
}

// Questions that are broken off and asked again in another form: a choice by the relaxation is then followed by
// another decision.
TEST(Solver, RelaxedQuestionsMayBeBrokenOff) {
  for (int round = 0; round < generate::scaled(20); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round + 40));
    base::Random random(static_cast<std::uint64_t>(round) + 40);
    constexpr std::size_t variables = 18;
    Constraints constraints;
    constraints.variables.resize(variables);
    for (Variable v = 0; v < variables; ++v) constraints.objective.push_back({1, Literal(v, true)});
    for (int r = 0; r < 25; ++r) {
      encode::Row row{random_terms(random, variables, 20), 0};
      for (const Term& term : row.terms) row.bound += term.weight;
      row.bound = 11 * row.bound / 20;
      constraints.rows.push_back(row);
    }
    const Truth truth = by_brute_force(constraints);
    Solver solver(constraints);
    for (int question = 0; question < 40; ++question) {
      const std::int64_t value = random.between(1, variables);
      const bool supposes = random.coin();
      const auto outcome =
          solver.solve(supposes ? std::optional(solver.supposition(value)) : std::nullopt,
                       random.below(6), never, true);
      ASSERT_TRUE(outcome != Outcome::none || !truth.feasible);
      ASSERT_TRUE(outcome != Outcome::refuted || value > truth.best || !truth.feasible);
      if (outcome == Outcome::found) {
        const std::uint32_t found = number_of(solver.assignment());
        ASSERT_TRUE(satisfies(constraints, found));
        ASSERT_GE(sum(constraints.objective, found), supposes ? value : 0);
      }
    }
  }
}

// Rows that only together leave little: x + y <= 1 for all pairs of a triangle, and so on.
TEST(Solver, RelaxationBoundsWhatRowsAloneDoNot) {
  Constraints constraints;
  constexpr Variable size = 12;
  constraints.variables.resize(size);
  for (Variable v = 0; v < size; ++v) {
    constraints.objective.push_back({1, Literal(v, true)});
    for (Variable u = 0; u < v; ++u)
      constraints.rows.push_back({{{1, Literal(u, false)}, {1, Literal(v, false)}}, 1});
  }
  Solver solver(constraints);
  EXPECT_LE(solver.bound_by_relaxation(never), size / 2);
}

TEST(Solver, StopsWhenTold) {
  Constraints constraints;
  constraints.variables.resize(5000);
  Solver solver(constraints);
  EXPECT_EQ(solver.solve(std::nullopt, unlimited, [] { return true; }), Outcome::stopped);
  EXPECT_EQ(solver.solve(std::nullopt, unlimited, never), Outcome::found);
}

// One pigeon more than there are holes: hard for clauses, but the sum of all rows says 0 >= 1.
TEST(Solver, AddsUpRows) {
  Constraints constraints;
  constexpr Variable pigeons = 12, holes = 11;
  constraints.variables.resize(pigeons * holes);
  for (Variable p = 0; p < pigeons; ++p) {
    encode::Row row{{}, 1};
    for (Variable h = 0; h < holes; ++h) row.terms.push_back({1, Literal(p * holes + h, true)});
    constraints.rows.push_back(row);
  }
  for (Variable h = 0; h < holes; ++h) {
    encode::Row row{{}, pigeons - 1};
    for (Variable p = 0; p < pigeons; ++p) row.terms.push_back({1, Literal(p * holes + h, false)});
    constraints.rows.push_back(row);
  }
  Solver solver(constraints);
  EXPECT_EQ(solver.solve(std::nullopt, 2000, never), Outcome::none);
}

}  // namespace
}  // namespace gatelight::engines::learning
