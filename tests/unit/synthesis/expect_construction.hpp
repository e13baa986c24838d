// SPDX-License-Identifier: Apache-2.0
//
// Is a construction what it says: its function on every input, and what is measured?
#ifndef GATELIGHT_TESTS_UNIT_SYNTHESIS_EXPECT_CONSTRUCTION_HPP
#define GATELIGHT_TESTS_UNIT_SYNTHESIS_EXPECT_CONSTRUCTION_HPP

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "base/random.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/measure.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {

inline constexpr std::int64_t most_swept_bits = 14;

using Function = std::function<bool(const InputBits&)>;

// Bits of the largest value that an activation is declared to have.
inline std::int64_t precision_of(const Circuit& circuit) {
  std::int64_t most = 1;
  for (std::size_t g = 0; g < circuit.gate_count(); ++g) {
    const Activation& activation = circuit.gate(GateId{static_cast<std::uint32_t>(g)}).activation;
    std::int64_t bits = 1;
    if (const auto* relu = std::get_if<Relu>(&activation)) {
      bits = std::bit_width(static_cast<std::uint64_t>(relu->max));
    }
    if (const auto* sigmoid = std::get_if<Sigmoid>(&activation)) bits = sigmoid->bits;
    most = std::max(most, bits);
  }
  return most;
}

inline Predicted measure(const Construction& made, Engine engine) {
  const Resources resources = measure_resources(made.circuit);
  EnergyOptions options;
  options.engine = engine;
  options.limits.threads = 1;
  const auto energy = measure_energy(made.circuit, options);
  EXPECT_TRUE(energy.ok()) << energy.error().text();
  EXPECT_TRUE(energy->proved());
  return {.inputs = static_cast<std::int64_t>(resources.inputs),
          .size = static_cast<std::int64_t>(resources.size),
          .depth = resources.depth,
          .energy = energy->bounds.upper,
          .weight = resources.weight,
          .precision = precision_of(made.circuit)};
}

inline void expect_predicted(const Construction& made, Engine engine) {
  const Predicted measured = measure(made, engine);
  EXPECT_EQ(measured.inputs, made.predicted.inputs);
  EXPECT_EQ(measured.size, made.predicted.size);
  EXPECT_EQ(measured.depth, made.predicted.depth);
  EXPECT_EQ(measured.energy, made.predicted.energy);
  EXPECT_EQ(measured.weight, made.predicted.weight);
  EXPECT_EQ(measured.precision, made.predicted.precision);
}

inline void expect_value(const Construction& made, const InputBits& bits, bool value) {
  const auto output = static_cast<std::size_t>(made.circuit.outputs()[0]);
  ASSERT_EQ(evaluate(made.circuit, bits)[output], value ? 1 : 0)
      << made.circuit.name() << " on " << to_string(bits);
}

// On all inputs, and all resources.
inline void expect_exact(const Result<Construction>& made, const Function& function) {
  ASSERT_TRUE(made.ok()) << made.error().text();
  SCOPED_TRACE(made->circuit.name());
  const std::size_t bits = made->circuit.bit_count();
  ASSERT_LE(static_cast<std::int64_t>(bits), most_swept_bits);
  ASSERT_EQ(made->circuit.outputs().size(), 1U);
  InputBits input(bits);
  for (std::uint32_t x = 0; x >> bits == 0; ++x) {
    for (std::size_t i = 0; i < bits; ++i) input[i] = static_cast<std::uint8_t>((x >> i) & 1);
    expect_value(*made, input, function(input));
    if (testing::Test::HasFatalFailure()) return;
  }
  expect_predicted(*made, Engine::enumerate);
}

// On random inputs, each 1 with one of several probabilities, and all resources by the diagram.
inline void expect_large(const Result<Construction>& made, const Function& function) {
  constexpr std::uint64_t seed = 8100;
  ASSERT_TRUE(made.ok()) << made.error().text();
  SCOPED_TRACE(made->circuit.name() + ", seed " + std::to_string(seed));
  base::Random random(seed);
  InputBits input(made->circuit.bit_count());
  for (int round = 0; round < generate::scaled(20); ++round) {
    const std::int64_t of_ten = random.between(0, 10);
    for (auto& bit : input) bit = random.between(1, 10) <= of_ten ? 1 : 0;
    expect_value(*made, input, function(input));
    if (testing::Test::HasFatalFailure()) return;
  }
  expect_predicted(*made, Engine::diagram);
}

inline std::int64_t ones(const InputBits& bits) { return std::ranges::count(bits, 1); }
inline bool odd(const InputBits& bits) { return ones(bits) % 2 != 0; }

// Pairs with x_i AND y_i; all x come before all y.
inline std::int64_t common(const InputBits& bits) {
  const std::size_t pairs = bits.size() / 2;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pairs; ++i) count += bits[i] & bits[pairs + i];
  return count;
}

inline bool equal_halves(const InputBits& bits) {
  const auto half = bits.begin() + static_cast<std::ptrdiff_t>(bits.size() / 2);
  return std::equal(bits.begin(), half, half);
}

}  // namespace gatelight

#endif  // GATELIGHT_TESTS_UNIT_SYNTHESIS_EXPECT_CONSTRUCTION_HPP
