// SPDX-License-Identifier: Apache-2.0
#include "gatelight/theory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include <cmath>

#include "engines/engine.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

// Rows of the check table: (n; s, d, e, w) -> right side.
TEST(Theorem, CheckValues) {
  EXPECT_NEAR(theorem_rhs(2, 2, 16, 4, 8), 36.0, 0.05);   // CD m=4
  EXPECT_NEAR(theorem_rhs(3, 3, 9, 2, 12), 69.8, 0.05);   // CD m=6, depth 3, energy 3
  EXPECT_NEAR(theorem_rhs(1, 2, 3, 32, 12), 20.3, 0.05);  // EQ m=6
  EXPECT_NEAR(theorem_rhs(8, 2, 9, 1, 8), 98.7, 0.05);    // parity thermometer
  EXPECT_NEAR(theorem_rhs(1, 1, 1, 1, 8), 3.0, 0);        // majority
  EXPECT_NEAR(theorem_rhs(5, 3, 13, 1, 8), 100.5, 0.05);  // inner product
  EXPECT_NEAR(theorem_rhs(1, 2, 5, 1, 6), 9.8, 0.05);     // multiplexer
}

TEST(Theorem, RoundsUpwards) {
  for (std::int64_t s = 1; s < 200; ++s) {
    const long double exact = 7.0L * 3 * (std::log2(static_cast<long double>(s)) + std::log2(5.0L));
    EXPECT_GE(static_cast<long double>(theorem_rhs(7, 3, s, 5, 1)), exact - 1e-17L * exact);
  }
}

TEST(Theorem, AThresholdCircuitIsItsOwnThresholdForm) {
  base::Random random(3);
  const Circuit circuit = generate::layered_circuit(random, 8, {6, 3, 1}, 5);
  const auto bound = *theorem_bound(circuit, 4);
  EXPECT_TRUE(bound.threshold);
  EXPECT_TRUE(bound.applies);
  EXPECT_EQ(bound.s, 10);
  EXPECT_EQ(bound.d, 3);
  EXPECT_EQ(bound.e, 4);
  EXPECT_EQ(bound.w, measure_resources(circuit).weight);
  EXPECT_EQ(bound.rhs, theorem_rhs(4, 3, 10, bound.w, 8));
}

// The threshold form, built explicitly, never exceeds the numbers that theorem_bound states.
TEST(Theorem, NumbersBoundTheExplicitThresholdForm) {
  base::Random random(4);
  for (int round = 0; round < 400; ++round) {
    const Circuit circuit = generate::random_circuit(random, {.min_bits = 1,
                                                              .max_bits = 6,
                                                              .max_gates = 8,
                                                              .domain = false,
                                                              .costs = round % 2 == 0,
                                                              .max_weight = 5});
    engines::Objective count;
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g)
      count.cost.push_back(circuit.gate(GateId{g}).counts);
    const std::int64_t energy = *reference::energy(circuit, count).maximum;
    const auto bound = *theorem_bound(circuit, energy);

    std::vector<bool> read(circuit.gate_count());
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      for (const Wire& wire : circuit.wires(GateId{g})) {
        if (wire.source >= circuit.bit_count()) read[wire.source - circuit.bit_count()] = true;
      }
    }
    std::int64_t size = 0, largest = 0;
    for (std::uint32_t x = 0; x < 1U << circuit.bit_count(); ++x) {
      InputBits bits(circuit.bit_count());
      for (std::size_t i = 0; i < bits.size(); ++i)
        bits[i] = static_cast<std::uint8_t>(x >> i & 1U);
      const auto values = evaluate(circuit, bits);
      std::int64_t on = 0;
      size = 0;
      for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
        if (!circuit.gate(GateId{g}).counts && !read[g]) continue;
        const StepFunction steps = *circuit.step_function(GateId{g});
        size += static_cast<std::int64_t>(steps.at.size());
        on +=
            std::ranges::count_if(steps.values, [&](std::int64_t v) { return v <= values[g]; }) - 1;
      }
      largest = std::max(largest, on);
    }
    ASSERT_GE(bound.e, largest) << "round " << round;
    ASSERT_GE(bound.s, size) << "round " << round;
  }
}

TEST(Theorem, StepsMultiplyTheWeights) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "a", "weights": {"x0": 1, "x1": 2}, "threshold": 0,
               "activation": {"steps": {"at": [1, 3], "values": [0, 2, 7]}}},
              {"name": "b", "weights": {"a": -3}, "threshold": -9}],
    "outputs": ["b"]})");
  const auto bound = *theorem_bound(circuit, 2);
  EXPECT_EQ(bound.w, 3 * 5);  // the larger step of a is 5
  EXPECT_EQ(bound.s, 3);
  EXPECT_EQ(bound.e, 3);  // at most 2 * 2, and at most s
  EXPECT_FALSE(bound.threshold);
}

TEST(Theorem, LogitsThatDoNotCountAreLeftOut) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "a", "weights": {"x0": 1}, "threshold": 1},
              {"name": "b", "weights": {"a": 1, "x1": 2}, "threshold": 1},
              {"name": "logit", "weights": {"b": 100}, "threshold": 0, "counts": false,
               "activation": {"relu": {"shift": 0, "max": 1000}}}],
    "outputs": ["logit"]})");
  const auto bound = *theorem_bound(circuit, 2);
  EXPECT_EQ(bound.s, 2);
  EXPECT_EQ(bound.d, 2);
  EXPECT_EQ(bound.w, 2);
  EXPECT_EQ(bound.e, 2);
  EXPECT_TRUE(bound.threshold);
}

}  // namespace
}  // namespace gatelight
