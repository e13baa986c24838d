// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "random_constraints.hpp"

namespace gatelight::engines::learning {
namespace {

using Outcome = Solver::Outcome;

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

// Two literals that are false violate it by 1, of 2^40.
encode::Row just_violated_row(base::Random& random, const Constraints& constraints) {
  encode::Row row;
  for (Variable v = 0; v < constraints.variables.size(); ++v) {
    row.terms.push_back(
        {random.between(std::int64_t{1} << 39, std::int64_t{1} << 40), Literal(v, random.coin())});
    row.bound += row.terms.back().weight;
  }
  const auto one_of_them = [&] { return row.terms[random.below(row.terms.size())].weight; };
  row.bound += 1 - one_of_them() - one_of_them();
  return row;
}

// Many suppositions at once: the core says what is wrong with them, and is true of all that the rows allow.
TEST(Solver, CoresRefuteSuppositions) {
  int refuted = 0, found = 0;
  for (int round = 0; round < generate::scaled(2000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 200'000);
    Constraints constraints = random_constraints(random);
    if (random.coin()) constraints.rows.push_back(just_violated_row(random, constraints));
    const std::vector<std::uint32_t> solutions = all_solutions(constraints);
    Solver solver(constraints, random.coin() ? 2 : 2000);
    for (int question = 0; question < 6; ++question) {
      std::vector<Literal> supposed;
      for (const Term& term : random_terms(random, constraints.variables.size(), 1))
        supposed.push_back(term.literal);
      const auto holds = [&](std::uint32_t assignment) {
        return std::ranges::all_of(supposed, [&](Literal literal) {
          return sum({{1, literal}}, assignment) == 1;
        });
      };
      const std::uint64_t effort = random.coin() ? 3 : unlimited;
      const auto outcome = solver.solve(supposed, effort, never, random.below(4) == 0);
      ASSERT_TRUE(outcome != Outcome::none || solutions.empty());
      ASSERT_TRUE(outcome != Outcome::stopped || effort < unlimited);
      if (outcome == Outcome::found) {
        ++found;
        ASSERT_TRUE(satisfies(constraints, number_of(solver.assignment())));
        ASSERT_TRUE(holds(number_of(solver.assignment())));
      }
      if (outcome != Outcome::refuted) continue;
      ++refuted;
      const encode::Row& core = solver.core();
      ASSERT_GT(core.bound, 0);
      for (const Term& term : core.terms) {
        ASSERT_GT(term.weight, 0);
        ASSERT_TRUE(std::ranges::find(supposed, ~term.literal) != supposed.end());
      }
      for (const std::uint32_t a : solutions) ASSERT_GE(sum(core.terms, a), core.bound);
    }
  }
  EXPECT_GT(refuted, generate::scaled(500));
  EXPECT_GT(found, generate::scaled(500));
}

// A row holds while it is held; learned rows may keep some of it later.
TEST(Solver, HoldsRowsOverItsOwnAndFreshVariables) {
  for (int round = 0; round < generate::scaled(1000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 300'000);
    const Constraints constraints = random_constraints(random);
    const Literal one(0, random.coin());
    Solver solver(constraints, 2);
    // fresh -> one, held while others come, are satisfied, and go.
    const Literal fresh = solver.fresh(), other = solver.fresh();
    std::vector<Solver::Held> others;
    for (int i = 0; i < 5; ++i)
      others.push_back(solver.hold({{{2, other}, {1, fresh}, {1, one}}, 2}));
    const auto held = solver.hold({{{1, ~fresh}, {1, one}}, 1});
    for (const auto row : others) solver.release(row);
    solver.fix(other);
    const bool possible = std::ranges::any_of(all_solutions(constraints), [&](std::uint32_t a) {
      return sum({{1, one}}, a) == 1;
    });
    for (int question = 0; question < 3; ++question) {
      const auto outcome = solver.solve(fresh, unlimited, never);
      ASSERT_EQ(outcome == Outcome::found, possible);
    }
    solver.release(held);
    const auto outcome = solver.solve(std::nullopt, unlimited, never);
    ASSERT_EQ(outcome == Outcome::found, by_brute_force(constraints).feasible);
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
