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

__int128 value(const Form& form, const std::vector<std::uint8_t>& assignment) {
  const auto factor = [&](std::uint32_t index) { return index == 0 ? 1 : assignment[index - 1]; };
  __int128 sum = 0;
  for (const Entry& e : form)
    sum += static_cast<__int128>(e.factor) * factor(e.row) * factor(e.column);
  return sum;
}

TEST(Relaxation, EveryAssignmentSatisfiesIt) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit =
        generate::random_circuit(random, {.max_bits = 6, .max_gates = 6, .max_weight = 1 << 20});
    const Objective objective = generate::total_objective(circuit);
    const auto constraints = encode::constraints_of(circuit, objective.cost, true);
    ASSERT_TRUE(constraints.ok());
    const Relaxation relaxation = relaxation_of(*constraints);
    for (std::uint64_t number = 0; number < 1U << circuit.bit_count(); ++number) {
      const InputBits bits = generate::input_of_number(number, circuit.bit_count());
      if (!circuit.in_domain(bits)) continue;
      const auto assignment = encode::assignment_of(circuit, *constraints, bits);
      for (const Form& row : relaxation.rows) ASSERT_TRUE(value(row, assignment) >= 0);
      ASSERT_TRUE(value(relaxation.total, assignment) == objective_value(circuit, objective, bits));
    }
  }
}

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
      ASSERT_GE(bounder.run(30, interval_upper_bound(circuit, objective), never), truth);
    }
  }
}

// Few gates fire: far below what rows allow one by one.
TEST(Bound, SeesThatFewGatesFireTogether) {
  constexpr int bits = 16, gates = 32;
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
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  const Circuit circuit = *std::move(builder).build();
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  ASSERT_TRUE(constraints.ok());
  Bounder bounder(*constraints);
  const auto truth = *reference::energy(circuit, objective).maximum;
  const std::int64_t bound = bounder.run(300, gates, never);
  EXPECT_GE(bound, truth);
  EXPECT_LE(bound, gates / 2);
  EXPECT_FALSE(bounder.finished());
}

TEST(Bound, StopsAndRefuses) {
  base::Random random(4);
  const Circuit circuit = generate::layered_circuit(random, 10, {8}, 3);
  const Objective objective = generate::total_objective(circuit);
  const auto constraints = encode::constraints_of(circuit, objective.cost, false);
  Bounder bounder(*constraints);
  EXPECT_EQ(bounder.run(1000, 8, [] { return true; }), 8);
  encode::Constraints huge;
  huge.variables.resize(Bounder::most_variables + 1);
  Bounder refusing(huge);
  EXPECT_TRUE(refusing.finished());
  EXPECT_EQ(refusing.run(10, 5, never), 5);
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
