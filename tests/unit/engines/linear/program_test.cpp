// SPDX-License-Identifier: Apache-2.0
#include "engines/linear/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engines/linear/branching.hpp"
#include "engines/linear/cut_rounds.hpp"
#include "engines/linear/cuts.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::linear {
namespace {

using encode::Literal;
using encode::Row;

constexpr double tolerance = 1e-5;
bool never() { return false; }

struct Relaxed {
  explicit Relaxed(std::uint64_t seed) {
    base::Random random(seed);
    const Circuit circuit = generate::layered_circuit(random, 10, {8, 6, 4}, random.between(1, 9));
    const auto objective = generate::total_objective(circuit);
    constraints = *encode::constraints_of(circuit, objective.cost, false);
    truth = *reference::energy(circuit, objective).maximum;
  }
  encode::Constraints constraints;
  std::int64_t truth = 0;
};

TEST(Program, CutsTightenAndNeverBelowTheTruth) {
  double before = 0, after = 0;
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    const Relaxed one(static_cast<std::uint64_t>(round));
    Program program(one.constraints.variables.size(), one.constraints.objective);
    program.add_rows(one.constraints.rows);
    ASSERT_EQ(program.solve(-1, never), Program::Outcome::solved);
    before += program.value();
    const std::size_t given = program.rows().size();
    ASSERT_EQ(cut_rounds(program, given, -1, never, [] {}), Program::Outcome::solved);
    ASSERT_GE(program.value(), static_cast<double>(one.truth) - tolerance);
    after += program.value();
    // What is left of the rows holds at the solution, and the multipliers have the right sign.
    const auto solution = program.solution();
    for (const Row& row : program.rows()) ASSERT_LE(distance_cut_off(row, solution), tolerance);
    for (const double multiplier : program.multipliers().rows) ASSERT_GE(multiplier, 0);
  }
  EXPECT_LT(after, before);
}

TEST(Program, SaysWhereNothingIsLeft) {
  Program program(2, std::vector<encode::Term>{{1, Literal(0, true)}, {1, Literal(1, false)}});
  program.add_rows(
      {{{{1, Literal(0, true)}, {1, Literal(1, true)}}, 2}, {{{1, Literal(0, true)}}, 0}});
  ASSERT_EQ(program.solve(-1, never), Program::Outcome::solved);
  EXPECT_NEAR(program.value(), 1, tolerance);
  EXPECT_EQ(program.solve(1.5, never), Program::Outcome::exceeded);
  program.bound(1, 0, 0);
  EXPECT_EQ(program.solve(-1, never), Program::Outcome::exceeded);
  EXPECT_GT(program.multipliers().rows[0], 0);
  program.bound(1, 0, 1);
  const std::vector<std::size_t> first{0};
  program.drop_rows(first);
  ASSERT_EQ(program.solve(-1, never), Program::Outcome::solved);
  EXPECT_NEAR(program.value(), 2, tolerance);
}

TEST(Branching, DecidesFractionalVariablesAndLearns) {
  int decided = 0;
  for (int round = 0; round < generate::scaled(30); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    const Relaxed one(static_cast<std::uint64_t>(round) + 500);
    Program program(one.constraints.variables.size(), one.constraints.objective);
    program.add_rows(one.constraints.rows);
    Branching branching(one.constraints.variables.size());
    ASSERT_EQ(program.solve(-1, never), Program::Outcome::solved);
    const auto solution = program.solution();
    const std::vector<double> point(solution.begin(), solution.end());
    const auto choice = branching.choose(program, -1);
    const bool whole =
        std::ranges::all_of(point, [](double x) { return std::abs(x - std::round(x)) < 1e-5; });
    ASSERT_EQ(choice.has_value(), !whole);
    if (!choice) continue;
    ++decided;
    const double x = point[choice->variable()];
    ASSERT_GT(std::min(x, 1 - x), 0);
    // Trying left no trace.
    ASSERT_EQ(program.solve(-1, never), Program::Outcome::solved);
    for (encode::Variable v = 0; v < point.size(); ++v)
      ASSERT_TRUE(program.solution()[v] > -tolerance && program.solution()[v] < 1 + tolerance);
  }
  EXPECT_GT(decided, 0);
}

}  // namespace
}  // namespace gatelight::engines::linear
