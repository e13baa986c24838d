// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/bound.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engines/engine.hpp"
#include "engines/semidefinite/certify.hpp"
#include "engines/semidefinite/relaxation.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::semidefinite {
namespace {

bool never() { return false; }

// Whatever the multipliers are, a bound that is returned holds.
TEST(Bound, HoldsForAnyMultipliers) {
  int bounds = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 50);
    const Circuit circuit =
        generate::random_circuit(random, {.max_bits = 6, .max_gates = 8, .max_weight = 7});
    const Objective objective = generate::total_objective(circuit);
    const auto constraints = encode::constraints_of(circuit, objective.cost, false);
    ASSERT_TRUE(constraints.ok());
    const Relaxation relaxation = relaxation_of(*constraints);
    Multipliers multipliers;
    const double size = std::ldexp(1.0, static_cast<int>(random.between(-5, 2)));
    for (std::size_t r = 0; r < relaxation.rows.size(); ++r) {
      multipliers.rows.push_back(size * (random.unit() * 1.5 - 1));
    }
    for (std::size_t v = 1; v < relaxation.size; ++v) {
      multipliers.squares.push_back(random.unit() * (1 + 8 * size));
    }
    const auto bound = certified_bound(relaxation, multipliers);
    if (!bound) continue;
    ++bounds;
    ASSERT_GE(*bound, *reference::energy(circuit, objective).maximum);
  }
  EXPECT_GT(bounds, generate::scaled(20));
}

TEST(Bound, HoldsForRandomCircuits) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 500);
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 7, .max_gates = 6});
    const Objective objective = generate::total_objective(circuit);
    const auto constraints = encode::constraints_of(circuit, objective.cost, false);
    ASSERT_TRUE(constraints.ok());
    if (constraints->variables.size() > 60) continue;  // would take long
    Bounder bounder(*constraints);
    const auto truth = *reference::energy(circuit, objective).maximum;
    for (int part = 0; part < 3; ++part) {
      ASSERT_GE(bounder.run(1e5, interval_upper_bound(circuit, objective), never), truth);
    }
    ASSERT_GE(bounder.run(1e8, interval_upper_bound(circuit, objective), never), truth);
  }
}

// Gates that read all inputs and fire where most of them are as they wish.
Circuit sparse_circuit(int bits, int gates) {
  base::Random random(4);
  CircuitBuilder builder;
  std::vector<Source> inputs;
  for (int i = 0; i < bits; ++i) {
    inputs.push_back(Source::word(*builder.add_input({"x" + std::to_string(i)})));
  }
  for (int g = 0; g < gates; ++g) {
    GateSpec gate{.name = "g" + std::to_string(g), .threshold = 5};
    std::int64_t sum = 0;
    for (const Source& input : inputs) gate.wires.push_back({input, random.coin() ? 1 : -1});
    for (const WrittenWire& wire : gate.wires) sum += wire.weight;
    gate.threshold += sum / 2;
    EXPECT_TRUE(builder.add_gate(gate).ok());
  }
  return *std::move(builder).build();
}

// Few gates fire: far below what rows allow one by one, and further with triangles.
TEST(Bound, SeesThatFewGatesFireTogether) {
  constexpr int gates = 32;
  const Circuit circuit = sparse_circuit(16, gates);
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  ASSERT_TRUE(constraints.ok());
  Bounder bounder(*constraints);
  const auto truth = *reference::energy(circuit, objective).maximum;
  std::int64_t first = gates;
  while (first == gates && !bounder.finished()) first = bounder.run(1, gates, never);
  EXPECT_LE(first, gates / 2 - 2);
  const std::int64_t last = bounder.run(1e8, first, never);
  EXPECT_LE(last, first - 2);
  EXPECT_GE(last, truth);
}

// The same from one step to the next as at one go.
TEST(Bound, StepsAreCountedNotTimed) {
  const Circuit circuit = sparse_circuit(12, 16);
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  ASSERT_TRUE(constraints.ok());
  Bounder whole(*constraints), parts(*constraints);
  const std::int64_t once = whole.run(1e9, 16, never);
  EXPECT_TRUE(whole.finished());
  std::int64_t known = 16;
  for (int i = 0; i < 10'000 && !parts.finished(); ++i) known = parts.run(1, known, never);
  EXPECT_EQ(known, once);
}

TEST(Bound, StopsAndRefuses) {
  base::Random random(4);
  const Circuit circuit = generate::layered_circuit(random, 10, {8}, 3);
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  Bounder bounder(*constraints);
  EXPECT_EQ(bounder.run(1e9, 8, [] { return true; }), 8);
  encode::Constraints huge;
  huge.variables.resize(Bounder::most_variables + 1);
  Bounder refusing(huge);
  EXPECT_TRUE(refusing.finished());
  EXPECT_EQ(refusing.run(10, 5, never), 5);
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
