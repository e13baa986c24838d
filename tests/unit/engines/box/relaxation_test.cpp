// SPDX-License-Identifier: Apache-2.0
//
// Lines hold at every integer of the interval, checked with exact fractions.
#include "engines/box/relaxation.hpp"

#include <gmpxx.h>
#include <gtest/gtest.h>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::box {
namespace {

void expect_lines_hold(const Model& model, std::uint32_t g, std::int64_t low, std::int64_t high) {
  const Lines lines = lines_of(model, g, low, high);
  EXPECT_GE(lines.upper_slope, 0);
  EXPECT_GE(lines.lower_slope, 0);
  EXPECT_GE(lines.offset_magnitude, std::abs(lines.upper_offset));
  EXPECT_GE(lines.offset_magnitude, std::abs(lines.lower_offset));
  for (std::int64_t z = low; z <= high; ++z) {
    const mpz_class s =
        mpz_class(static_cast<long>(z)) + static_cast<long>(model.gates()[g].threshold);
    const mpq_class y(static_cast<long>(model.activate(g, z)));
    ASSERT_LE(mpq_class(lines.lower_slope) * s + mpq_class(lines.lower_offset), y) << "z " << z;
    ASSERT_GE(mpq_class(lines.upper_slope) * s + mpq_class(lines.upper_offset), y) << "z " << z;
  }
}

TEST(Relaxation, HoldsAtEveryInteger) {
  constexpr std::uint64_t seed = 1;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(400); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Circuit circuit = random.coin() ? generate::control_network(random, {.domain = false})
                                          : generate::random_circuit(random, {.domain = false});
    const auto model = Model::of(circuit, generate::total_objective(circuit));
    ASSERT_TRUE(model);
    for (std::uint32_t g = 0; g < model->gates().size(); ++g) {
      const Gate& gate = model->gates()[g];
      ASSERT_EQ(model->activate(g, gate.sum_low), circuit.activate(gate.id, gate.sum_low));
      std::int64_t low = random.between(gate.sum_low, gate.sum_high);
      // Where something happens, more often than not.
      if (random.coin())
        low = std::clamp<std::int64_t>(-random.between(0, 40), gate.sum_low, gate.sum_high);
      const std::int64_t high =
          std::min(gate.sum_high, low + random.between(0, random.coin() ? 4 : 200));
      expect_lines_hold(*model, g, low, high);
      if (HasFailure()) return;
    }
  }
}

// A relu that is active everywhere lies between two lines of the same slope, less than 1 apart.
TEST(Relaxation, AnActiveReluIsAlmostALine) {
  CircuitBuilder builder;
  const InputId word = *builder.add_input({"w", 8, false});
  GateSpec gate{.name = "g", .wires = {{Source::word(word), 3}}, .threshold = -5};
  gate.activation = Relu{2, 1000};
  (void)*builder.add_gate(gate);
  const Circuit circuit = *std::move(builder).build();
  const auto model = Model::of(circuit, generate::total_objective(circuit));
  const Lines lines = lines_of(*model, 0, 20, 700);
  EXPECT_EQ(lines.upper_slope, 0.25);
  EXPECT_NEAR(lines.lower_slope, 0.25, 1e-3);
  EXPECT_NEAR(lines.upper_offset, 1.25, 1e-3);
  EXPECT_NEAR(lines.lower_offset, 0.5, 0.3);
}

}  // namespace
}  // namespace gatelight::engines::box
