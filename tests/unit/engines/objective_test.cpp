// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "engines/engine.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines {
namespace {

// a and b: "both" fires for 11, "some" for all but 00, "minus" is -1 (and so fires) for 00 only.
Circuit small() {
  CircuitBuilder builder;
  const Source a = Source::word(*builder.add_input({"a"}));
  const Source b = Source::word(*builder.add_input({"b"}));
  EXPECT_TRUE(builder.add_gate({.name = "both", .wires = {{a, 1}, {b, 1}}, .threshold = 2}).ok());
  EXPECT_TRUE(builder.add_gate({.name = "some", .wires = {{a, 1}, {b, 1}}, .threshold = 1}).ok());
  EXPECT_TRUE(builder
                  .add_gate({.name = "minus",
                             .wires = {{a, 1}, {b, 1}},
                             .threshold = 0,
                             .activation = Steps{{1}, {-1, 0}}})
                  .ok());
  return *std::move(builder).build();
}

TEST(Objective, CountsGatesThatFire) {
  const Circuit circuit = small();
  const Objective cost{{100, 10, 1}};
  const auto value = [&](std::vector<std::uint8_t> bits) {
    return objective_value(circuit, cost, bits);
  };
  EXPECT_EQ(value({0, 0}), 1);
  EXPECT_EQ(value({1, 0}), 10);
  EXPECT_EQ(value({0, 1}), 10);
  EXPECT_EQ(value({1, 1}), 110);
}

TEST(Objective, TheIntervalBoundUsesTheDomain) {
  const Circuit circuit = small();
  EXPECT_EQ(interval_upper_bound(circuit, {{100, 10, 1}}), 111);
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a"});
  ASSERT_TRUE(
      builder.add_gate({.name = "on", .wires = {{Source::word(a), 1}}, .threshold = 1}).ok());
  DomainSpec off;
  off.fix.push_back({Source::word(a), 0});
  EXPECT_EQ(interval_upper_bound(*std::move(builder).build(off), {{7}}), 0);
}

TEST(Objective, TheIntervalBoundIsSound) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    SCOPED_TRACE("seed " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random);
    const Objective objective = generate::total_objective(circuit);
    const std::int64_t truth = *reference::energy(circuit, objective).maximum;
    const std::int64_t bound = interval_upper_bound(circuit, objective);
    EXPECT_GE(bound, truth);
    std::int64_t total = 0;
    for (const std::int64_t cost : objective.cost) total += cost;
    EXPECT_LE(bound, total);
  }
}

}  // namespace
}  // namespace gatelight::engines
