// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "encode/constraints.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::encode {
namespace {

bool holds(const Row& row, const std::vector<std::uint8_t>& assignment) {
  __int128 sum = 0;
  for (const Term& term : row.terms) {
    if ((assignment[term.literal.variable()] == 1) == term.literal.positive()) sum += term.weight;
  }
  return sum >= row.bound;
}

bool holds(const Constraints& constraints, const std::vector<std::uint8_t>& assignment) {
  return std::ranges::all_of(constraints.rows,
                             [&](const Row& row) { return holds(row, assignment); });
}

std::int64_t total(const Constraints& constraints, const std::vector<std::uint8_t>& assignment) {
  std::int64_t sum = constraints.constant;
  for (const Term& term : constraints.objective) {
    if ((assignment[term.literal.variable()] == 1) == term.literal.positive()) sum += term.weight;
  }
  return sum;
}

// Each input of the domain satisfies the rows in exactly one way, and each other input in none.
TEST(PseudoBoolean, RowsSayWhatTheCircuitComputes) {
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 6, .max_gates = 6});
    const engines::Objective objective = generate::total_objective(circuit);
    const auto constraints = constraints_of(circuit, objective.cost, true);
    ASSERT_TRUE(constraints.ok());
    for (std::uint64_t number = 0; number < 1U << circuit.bit_count(); ++number) {
      const InputBits bits = generate::input_of_number(number, circuit.bit_count());
      std::vector<std::uint8_t> assignment = assignment_of(circuit, *constraints, bits);
      const bool inside = reference::in_domain(circuit, bits);
      EXPECT_EQ(holds(*constraints, assignment), inside);
      if (!inside) continue;
      EXPECT_EQ(total(*constraints, assignment),
                engines::objective_value(circuit, objective, bits));
      for (std::size_t v = circuit.bit_count(); v < assignment.size(); ++v) {
        assignment[v] ^= 1U;
        EXPECT_FALSE(holds(*constraints, assignment)) << "variable " << v;
        assignment[v] ^= 1U;
      }
    }
    if (HasFailure()) return;
  }
}

TEST(PseudoBoolean, RowsAreInNormalForm) {
  base::Random random(7);
  for (int round = 0; round < generate::scaled(100); ++round) {
    const Circuit circuit = generate::random_circuit(random);
    const auto constraints =
        constraints_of(circuit, generate::total_objective(circuit).cost, round % 2 == 0);
    ASSERT_TRUE(constraints.ok());
    for (const Row& row : constraints->rows) {
      std::vector<std::uint8_t> seen(constraints->variables.size(), 0);
      EXPECT_GT(row.bound, 0);
      for (const Term& term : row.terms) {
        EXPECT_GT(term.weight, 0);
        EXPECT_EQ(seen[term.literal.variable()]++, 0);
      }
    }
  }
}

// As trust.md has it: T = t + the negative weights, S = all of them.
TEST(PseudoBoolean, AThresholdGateHasTheTwoCanonicalRows) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a"});
  const InputId b = *builder.add_input({"b"});
  GateSpec gate{
      .name = "g", .wires = {{Source::word(a), 3}, {Source::word(b), -2}}, .threshold = 1};
  ASSERT_TRUE(builder.add_gate(gate).ok());
  const Circuit circuit = *std::move(builder).build();
  const auto constraints = constraints_of(circuit, {1}, false);
  ASSERT_TRUE(constraints.ok());
  const Literal x(0, true), not_y(1, false), g(2, true);
  ASSERT_EQ(constraints->rows.size(), 2U);
  EXPECT_EQ(constraints->rows[0], (Row{{{3, ~g}, {3, x}, {2, not_y}}, 3}));
  EXPECT_EQ(constraints->rows[1], (Row{{{3, g}, {3, ~x}, {2, ~not_y}}, 3}));
  EXPECT_EQ(constraints->objective, (std::vector<Term>{{1, g}}));
  EXPECT_EQ(name_of(circuit, constraints->variables[2]), "g");
}

TEST(PseudoBoolean, GatesThatDoNotMatterAreLeftOut) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a"});
  const InputId b = *builder.add_input({"b"});
  for (const char* name : {"g", "h"}) {
    GateSpec gate{
        .name = name, .wires = {{Source::word(a), 1}, {Source::word(b), 1}}, .threshold = 1};
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(constraints_of(circuit, {0, 1}, false)->variables.size(), 3U);
  EXPECT_EQ(constraints_of(circuit, {0, 1}, true)->variables.size(), 4U);
}

TEST(PseudoBoolean, TooManyStepsAreRefused) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a", 40});
  GateSpec gate{
      .name = "g", .wires = {{Source::word(a), 1}}, .activation = Relu{0, std::int64_t{1} << 40}};
  ASSERT_TRUE(builder.add_gate(gate).ok());
  const Circuit circuit = *std::move(builder).build();
  const auto constraints = constraints_of(circuit, {1}, false);
  ASSERT_FALSE(constraints.ok());
  EXPECT_EQ(constraints.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace gatelight::encode
