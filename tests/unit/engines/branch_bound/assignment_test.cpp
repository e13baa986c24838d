// SPDX-License-Identifier: Apache-2.0
#include "engines/branch_bound/assignment.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gatelight::engines::branch_bound
