// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/interior.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/cpu.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::semidefinite {
namespace {

void solve(Interior& interior, double gap) {
  for (int i = 0; i < 60 && !interior.within(gap); ++i) ASSERT_TRUE(interior.step());
  ASSERT_TRUE(interior.within(gap));
}

constexpr double exact = 1e-4, roughly = 1e-3;

TEST(Interior, SolvesWhatIsKnown) {
  // max x1 + x2.
  Relaxation relaxation{3, {}, {{1, 1}, {2, 1}}};
  Interior free(relaxation);
  solve(free, exact);
  EXPECT_NEAR(free.upper(), 2, roughly);
  // x1 + x2 <= 1.
  relaxation.rows = {{{{0, 1}, {1, -1}, {2, -1}}, {{0, 1}}}};
  Interior row(relaxation);
  solve(row, exact);
  EXPECT_NEAR(row.upper(), 1, roughly);
  // x1 x2 = 0.
  relaxation.rows = {{{{1, 1}}, {{2, 1}}, true}};
  Interior equation(relaxation);
  solve(equation, exact);
  EXPECT_NEAR(equation.upper(), 1, roughly);
  // An equation twice.
  relaxation.rows = {{{{1, 1}}, {{2, 1}}, true}, {{{2, 1}}, {{1, 1}}, true}};
  Interior twice(relaxation);
  solve(twice, exact);
  EXPECT_NEAR(twice.upper(), 1, roughly);
  // Of three numbers none two at once.
  relaxation = {4, {}, {{1, 1}, {2, 1}, {3, 1}}};
  for (const auto& [a, b] : {std::pair{1U, 2U}, {1U, 3U}, {2U, 3U}}) {
    relaxation.rows.push_back({{{a, 1}}, {{b, 1}}, true});
  }
  Interior three(relaxation);
  solve(three, exact);
  EXPECT_NEAR(three.upper(), 1, roughly);
}

// A cycle of five numbers, no two neighbours at once: sqrt 5 for semidefinite matrices (Lovasz, 1979).
TEST(Interior, FindsTheThetaOfThePentagon) {
  Relaxation relaxation{6, {}, {}};
  for (std::uint32_t i = 0; i < 5; ++i) {
    relaxation.total.push_back({i + 1, 1});
    const std::uint32_t next = (i + 1) % 5;
    relaxation.rows.push_back({{{std::min(i, next) + 1, 1}}, {{std::max(i, next) + 1, 1}}, true});
  }
  Interior interior(relaxation);
  solve(interior, exact);
  EXPECT_NEAR(interior.upper(), std::sqrt(5), roughly);
  // Fewer rows allow more; the same rows again give the same.
  interior.exchange({0, 1, 2, 3}, {});
  solve(interior, exact);
  EXPECT_GT(interior.upper(), 2.5);
  interior.exchange({0, 1, 2, 3}, {relaxation.rows[4]});
  solve(interior, exact);
  EXPECT_NEAR(interior.upper(), std::sqrt(5), roughly);
}

TEST(Interior, EveryInstructionSetComputesTheSame) {
  base::Random random(5);
  const Circuit circuit = generate::layered_circuit(random, 10, {12}, 3);
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  ASSERT_TRUE(constraints.ok());
  const Relaxation relaxation = relaxation_of(without_fixed(*constraints));
  std::vector<double> results;
  for (const base::InstructionSet set : base::available_instruction_sets()) {
    const base::ScopedInstructionSet scope(set);
    Interior interior(relaxation);
    solve(interior, exact);
    results.push_back(interior.upper());
  }
  for (const double result : results) EXPECT_EQ(result, results[0]);
}

// What it proves is what certify.cpp proves, and is never below the truth.
TEST(Interior, ItsMultipliersProveItsBound) {
  int solved = 0;
  for (int round = 0; round < generate::scaled(40); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 900);
    const Circuit circuit =
        generate::random_circuit(random, {.max_bits = 7, .max_gates = 8, .max_weight = 5});
    const Objective objective = generate::total_objective(circuit);
    const auto constraints = encode::constraints_of(circuit, objective.cost, false);
    ASSERT_TRUE(constraints.ok());
    if (constraints->variables.size() > 40) continue;  // would take long
    const Relaxation relaxation = relaxation_of(without_fixed(*constraints));
    Interior interior(relaxation);
    for (int i = 0; i < 40 && !interior.within(roughly) && interior.step(); ++i) continue;
    if (!interior.within(roughly) || interior.upper() > 1e9) continue;
    ++solved;
    const auto truth = static_cast<double>(*reference::energy(circuit, objective).maximum);
    EXPECT_GT(interior.upper(), truth - exact);
    const auto bound = certified_bound(relaxation, interior.multipliers());
    ASSERT_TRUE(bound.has_value());
    EXPECT_LT(static_cast<double>(*bound), interior.upper() + 0.02);
    EXPECT_GT(static_cast<double>(*bound), interior.upper() - 1.02);
  }
  EXPECT_GT(solved, generate::scaled(30));
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
