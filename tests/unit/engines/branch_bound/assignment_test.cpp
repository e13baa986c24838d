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

}  // namespace
}  // namespace gatelight::engines::branch_bound
