// SPDX-License-Identifier: Apache-2.0
#include "engines/branch_bound/assignment.hpp"

#include <gtest/gtest.h>

#include "engines/branch_bound/flat_assignment.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::branch_bound {
namespace {

TEST(Assignment, FlipsAgreeWithEvaluation) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    SCOPED_TRACE("seed " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random);
    const Objective objective = generate::total_objective(circuit);
    const Network network(circuit, objective);
    InputBits bits = circuit.example_input();
    Assignment input(network, bits, random.coin());
    for (int step = 0; step < 40; ++step) {
      EXPECT_EQ(input.bits(), bits);
      EXPECT_EQ(input.value(), objective_value(circuit, objective, bits));
      bool fixed_as_asked = true;
      for (std::size_t i = 0; i < bits.size(); ++i) {
        const std::int8_t fixed = circuit.fixed_bits()[i];
        if (fixed >= 0 && fixed != bits[i]) fixed_as_asked = false;
      }
      EXPECT_EQ(input.feasible() && fixed_as_asked, circuit.in_domain(bits));
      const std::vector<std::int64_t> outputs = evaluate(circuit, bits);
      for (RowId gate = 0; gate < outputs.size(); ++gate) {
        if (!network.row(gate).relevant) continue;
        EXPECT_EQ(input.output(gate), outputs[gate]) << "gate " << gate;
      }
      if (HasFailure()) return;
      if (bits.empty()) break;
      const auto bit = static_cast<Node>(random.below(bits.size()));
      bits[bit] ^= 1U;
      input.flip(bit);
    }
  }
}

// The merit is what a fresh assignment says, whatever flips led there, and rises with the value.
TEST(Assignment, MeritDoesNotDependOnHistory) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 300);
    SCOPED_TRACE("seed " + std::to_string(round + 300));
    const Circuit circuit = generate::random_circuit(random, {.min_bits = 1, .domain = false});
    const Network network(circuit, generate::total_objective(circuit));
    Assignment input(network, circuit.example_input(), true);
    for (int step = 0; step < 50; ++step) {
      input.flip(static_cast<Node>(random.below(circuit.bit_count())));
    }
    const Assignment fresh(network, input.bits(), true);
    EXPECT_NEAR(input.merit(), fresh.merit(), 1e-9);
    EXPECT_GE(input.merit(), static_cast<double>(input.value()) / network.mean_cost() - 1e-9);
  }
}

// The same values, and merits up to their rounding; proposals that are not taken leave no trace.
TEST(FlatAssignment, EqualsAssignment) {
  int suitable = 0;
  for (int round = 0; round < generate::scaled(400); ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 900);
    SCOPED_TRACE("seed " + std::to_string(round + 900));
    const bool layered = random.coin();
    const Circuit circuit =
        layered ? generate::layered_circuit(random, 20, {40, 20, 3}, random.between(1, 30))
                : generate::random_circuit(random, {.min_bits = 1,
                                                    .max_gates = 40,
                                                    .domain = false,
                                                    .max_weight = 1 << random.below(20)});
    const Network network(circuit, generate::total_objective(circuit));
    const InputBits start = circuit.example_input();
    auto flat = FlatAssignment::of(network, start);
    ASSERT_TRUE(flat.has_value() || !layered);
    if (!flat) continue;
    ++suitable;
    Assignment input(network, start, true);
    const double flat_start = flat->merit(), input_start = input.merit();
    for (int step = 0; step < 60; ++step) {
      ASSERT_EQ(flat->bits(), input.bits());
      ASSERT_EQ(flat->value(), input.value());
      // Gates that never fire may count for something constant in one of them.
      ASSERT_NEAR(flat->merit() - flat_start, input.merit() - input_start,
                  0.02 * (1 + input.merit()));
      std::vector<Node> flips{static_cast<Node>(random.below(circuit.bit_count()))};
      const auto other = static_cast<Node>(random.below(circuit.bit_count()));
      if (random.coin() && other != flips[0]) flips.push_back(other);
      const double merit = flat->propose(flips);
      if (random.coin()) continue;
      flat->accept();
      ASSERT_EQ(flat->merit(), merit);
      for (const Node bit : flips) input.flip(bit);
    }
  }
  EXPECT_GE(suitable, generate::scaled(400) / 2);
}

// Inputs x and y, gates that fire for x, for not x, and for y: with x and y at 0 two are silent.
TEST(FlatAssignment, GatesThatStaySilentWeighMore) {
  CircuitBuilder builder;
  const Source x_bit = Source::word(*builder.add_input({"x"}));
  const Source y_bit = Source::word(*builder.add_input({"y"}));
  ASSERT_TRUE(builder.add_gate({.name = "copy x", .wires = {{x_bit, 1}}, .threshold = 1}).ok());
  ASSERT_TRUE(builder.add_gate({.name = "not x", .wires = {{x_bit, -1}}, .threshold = 0}).ok());
  ASSERT_TRUE(builder.add_gate({.name = "copy y", .wires = {{y_bit, 1}}, .threshold = 1}).ok());
  const Circuit circuit = *std::move(builder).build();
  const Network network(circuit, generate::total_objective(circuit));
  auto flat = FlatAssignment::of(network, InputBits{0, 0});
  ASSERT_TRUE(flat);
  const Node x = 0, y = 1;
  const double merit = flat->merit(), swapped = flat->propose({&x, 1}),
               more = flat->propose({&y, 1});
  EXPECT_NEAR(swapped, merit, 1e-5);  // one gate for another
  for (int i = 0; i < 50; ++i) flat->weigh_silent_gates();
  EXPECT_EQ(flat->value(), 1);
  EXPECT_GT(flat->propose({&x, 1}), flat->merit() + 0.1);
  EXPECT_LT(flat->merit(), merit);  // the mean weight stays 1
  flat->forget_weights();
  EXPECT_EQ(flat->merit(), merit);
  EXPECT_EQ(flat->propose({&y, 1}), more);
}

}  // namespace
}  // namespace gatelight::engines::branch_bound
