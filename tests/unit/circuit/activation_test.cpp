// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "circuit/data.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

std::int64_t value_at(const StepFunction& steps, std::int64_t z) {
  std::size_t j = 0;
  while (j < steps.at.size() && steps.at[j] <= z) ++j;
  return steps.values[j];
}

TEST(Activation, ReluShiftsSaturatesAndRoundsDown) {
  const auto relu = [](int shift, std::int64_t max, std::int64_t z) {
    return circuit::apply(Relu{shift, max}, nullptr, z);
  };
  EXPECT_EQ(relu(0, 7, -5), 0);
  EXPECT_EQ(relu(0, 7, 6), 6);
  EXPECT_EQ(relu(0, 7, 100), 7);
  EXPECT_EQ(relu(3, 7, 7), 0);
  EXPECT_EQ(relu(3, 7, 8), 1);
  EXPECT_EQ(relu(3, 7, 63), 7);
  EXPECT_EQ(relu(62, 7, (std::int64_t{1} << 62) - 1), 0);
}

TEST(Activation, SigmoidMatchesFloatingPointAwayFromTies) {
  for (const Sigmoid sigmoid :
       {Sigmoid{1, 1, 1}, Sigmoid{4, 1, 10}, Sigmoid{8, 3, 100}, Sigmoid{12, 1, 500}}) {
    const StepFunction steps = *circuit::sigmoid_steps(sigmoid, {-3000, 3000});
    const double top = std::ldexp(1.0, sigmoid.bits) - 1;
    for (std::int64_t z = -3000; z <= 3000; ++z) {
      const double x =
          static_cast<double>(z * sigmoid.gain_p) / static_cast<double>(sigmoid.gain_q);
      const double exact = top / (1 + std::exp(-x)) + 0.5;
      if (z != 0 && std::abs(exact - std::nearbyint(exact)) < 1e-9) continue;
      ASSERT_EQ(value_at(steps, z), static_cast<std::int64_t>(std::floor(exact)))
          << "bits " << sigmoid.bits << " z " << z;
    }
  }
}

TEST(Activation, SigmoidTieAtZeroRoundsUp) {
  // M/2 + 1/2 is an integer for every M = 2^bits - 1: the value at 0 is 2^(bits - 1).
  for (int bits = 1; bits <= 20; ++bits) {
    const StepFunction steps = *circuit::sigmoid_steps({bits, 1, 1'000'000'000}, {-1, 1});
    EXPECT_EQ(value_at(steps, 0), std::int64_t{1} << (bits - 1));
    EXPECT_EQ(value_at(steps, -1), (std::int64_t{1} << (bits - 1)) - 1) << "just below the tie";
  }
}

TEST(Activation, SigmoidWithExtremeGains) {
  const StepFunction steep = *circuit::sigmoid_steps({8, std::int64_t{1} << 62, 1}, {-10, 10});
  EXPECT_EQ(steep.at, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(steep.values, (std::vector<std::int64_t>{0, 128, 255}));
  const std::int64_t far = (std::int64_t{1} << 62) - 1;
  const StepFunction flat = *circuit::sigmoid_steps({4, 1, far}, {-far, far});
  EXPECT_EQ(flat.values.front(), 4);  // 15 / (1 + e) = 4.03
  EXPECT_EQ(flat.values.back(), 11);
  const StepFunction wide = *circuit::sigmoid_steps({62, 1, 1}, {-2, 2});
  EXPECT_EQ(wide.values.size(), 5U);
}

TEST(Activation, TooManyStepsIsALimitNotAHang) {
  const auto steps = circuit::sigmoid_steps({62, 1, 1'000'000'000}, {-100'000'000, 100'000'000});
  ASSERT_FALSE(steps.ok());
  EXPECT_EQ(steps.error().code, ErrorCode::limit);
}

TEST(Activation, RulesAreChecked) {
  const auto refused = [](const Activation& activation) {
    return !circuit::check_activation(activation).ok();
  };
  EXPECT_TRUE(refused(Relu{-1, 1}));
  EXPECT_TRUE(refused(Relu{63, 1}));
  EXPECT_TRUE(refused(Relu{0, 0}));
  EXPECT_TRUE(refused(Steps{{1}, {0}}));
  EXPECT_TRUE(refused(Steps{{1, 1}, {0, 1, 2}}));
  EXPECT_TRUE(refused(Steps{{1, 2}, {0, 2, 1}}));
  EXPECT_TRUE(refused(Sigmoid{0, 1, 1}));
  EXPECT_TRUE(refused(Sigmoid{63, 1, 1}));
  EXPECT_TRUE(refused(Sigmoid{3, 0, 1}));
  EXPECT_TRUE(refused(Sigmoid{3, 1, -1}));
  EXPECT_FALSE(refused(Steps{{}, {0}}));
  EXPECT_FALSE(refused(Steps{{-1, 4}, {-1, -1, 3}}));
}

// The library against the oracle's own formulas, read from the written form.
TEST(Evaluate, AgreesWithTheReferenceOnRandomCircuits) {
  base::Random random(20260101);
  for (int round = 0; round < 300; ++round) {
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 12});
    for (int i = 0; i < 20; ++i) {
      InputBits bits(circuit.bit_count());
      for (auto& bit : bits) bit = random.coin() ? 1 : 0;
      const auto values = evaluate(circuit, bits);
      ASSERT_EQ(values, reference::outputs(circuit, bits)) << "round " << round;
      ASSERT_EQ(circuit.in_domain(bits), reference::in_domain(circuit, bits)) << "round " << round;
      for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
        ASSERT_GE(values[g], circuit.value_range(GateId{g}).low);
        ASSERT_LE(values[g], circuit.value_range(GateId{g}).high);
      }
    }
    ASSERT_TRUE(reference::in_domain(circuit, circuit.example_input())) << "round " << round;
  }
}

TEST(Evaluate, InputsAsText) {
  CircuitBuilder builder;
  ASSERT_TRUE(builder.add_input({"s", 3, true}).ok());
  ASSERT_TRUE(builder.add_input({"u", 2}).ok());
  const Circuit circuit = *std::move(builder).build();
  const InputBits bits = *parse_input_bits(circuit, "10110");
  EXPECT_EQ(word_value(circuit, InputId{0}, bits), 1 - 4);
  EXPECT_EQ(word_value(circuit, InputId{1}, bits), 1);
  EXPECT_EQ(to_string(bits), "10110");
  EXPECT_FALSE(parse_input_bits(circuit, "1011").ok());
  EXPECT_FALSE(parse_input_bits(circuit, "10112").ok());
}

}  // namespace
}  // namespace gatelight
