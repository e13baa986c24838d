// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"

namespace gatelight {
namespace {

// "sum" reads all bits of s and both gates before it; nobody reads "sum".  "never" cancels bit 0.
Circuit circuit() {
  return *parse_circuit(R"({"format": "gatelight/circuit", "version": 1,
    "inputs": [{"name": "s", "bits": 3}], "gates": [
    {"name": "low", "weights": {"s": -1}, "threshold": -3, "cost": 5, "layer": "first"},
    {"name": "high", "weights": {"s": 1}, "threshold": 4, "layer": "first"},
    {"name": "pool", "weights": {"low": 1}, "threshold": 1, "counts": false, "layer": "pool"},
    {"name": "sum", "weights": {"s": 1, "low": 1, "high": 1}, "threshold": 1, "layer": "last"},
    {"name": "odd", "weights": {"s": 2, "s.0": -2, "low": 3}, "threshold": 1}], "outputs": []})");
}

TEST(Costs, FanoutCountsTheWiresThatReadAGate) {
  EXPECT_EQ(unit_costs(circuit()), std::vector<std::int64_t>(5, 1));
  EXPECT_EQ(fanout_costs(circuit()), (std::vector<std::int64_t>{3, 1, 0, 0, 0}));
}

TEST(Costs, DecideWhatIsMeasured) {
  EnergyOptions options;
  options.levels = true;
  for (const Engine engine : {Engine::enumerate, Engine::diagram, Engine::search, Engine::box}) {
    options.engine = engine;
    options.costs.clear();
    EXPECT_EQ(measure_energy(circuit(), options)->bounds.upper, 7);
    options.costs = unit_costs(circuit());
    const auto unit = *measure_energy(circuit(), options);
    EXPECT_EQ(unit.bounds, (Bounds<std::int64_t>{3, 3}));
    EXPECT_EQ(unit.cost, 4);
    options.costs = fanout_costs(circuit());
    const auto fanout = *measure_energy(circuit(), options);
    EXPECT_EQ(fanout.bounds, (Bounds<std::int64_t>{3, 3}));
    EXPECT_EQ(fanout.cost, 4);
    ASSERT_EQ(fanout.levels.size(), 2U);
    EXPECT_EQ(fanout.levels[1].size, 2U) << "gates that cost nothing count all the same";
    EXPECT_EQ(fanout.levels[1].cost, 0);
    EXPECT_EQ(fanout.levels[1].bounds, (Bounds<std::int64_t>{0, 0}));
    options.costs = {0, 0, 0, 0, 0};
    EXPECT_EQ(measure_energy(circuit(), options)->bounds, (Bounds<std::int64_t>{0, 0}));
    options.costs = {0, 0, 1000, 0, 0};
    EXPECT_EQ(measure_energy(circuit(), options)->bounds.upper, 0) << "\"pool\" does not count";
  }
}

TEST(Costs, AreChecked) {
  EnergyOptions options;
  options.costs = {std::int64_t{1} << 61, std::int64_t{1} << 61, 0, 0, 0};
  const auto energy = measure_energy(circuit(), options);
  ASSERT_FALSE(energy.ok());
  EXPECT_EQ(energy.error().code, ErrorCode::overflow);
  options.costs = {1, 1};
  EXPECT_THROW((void)measure_energy(circuit(), options), ContractViolation);
  options.costs = {1, 1, 1, 1, -1};
  EXPECT_THROW((void)measure_energy(circuit(), options), ContractViolation);
}

TEST(Layers, AreQuestionsOfTheirOwn) {
  EnergyOptions options;
  options.levels = options.layers = true;
  options.costs = unit_costs(circuit());
  for (const Engine engine : {Engine::enumerate, Engine::diagram, Engine::search, Engine::box}) {
    options.engine = engine;
    const auto energy = *measure_energy(circuit(), options);
    EXPECT_EQ(energy.levels.size(), 2U);
    ASSERT_TRUE(energy.layers.has_value());
    ASSERT_EQ(energy.layers->size(), 3U);
    const LayerEnergy& first = (*energy.layers)[0];
    EXPECT_EQ(first.layer, "first");
    EXPECT_EQ(first.size, 2U);
    EXPECT_EQ(first.bounds, (Bounds<std::int64_t>{1, 1})) << "never both";
    EXPECT_EQ((*energy.layers)[1].layer, "pool");
    EXPECT_EQ((*energy.layers)[1].size, 0U);
    EXPECT_EQ((*energy.layers)[1].bounds.upper, 0);
    EXPECT_EQ((*energy.layers)[2].layer, "last");
    EXPECT_EQ((*energy.layers)[2].bounds, (Bounds<std::int64_t>{1, 1}));
  }
}

TEST(Layers, NoneWithoutLabels) {
  EnergyOptions options;
  EXPECT_FALSE(measure_energy(circuit(), options)->layers.has_value());
  options.layers = true;
  const auto energy =
      *measure_energy(*parse_circuit(
                          R"({"format": "gatelight/circuit", "version": 1, "inputs": 1,
          "gates": [{"name": "g", "weights": {"x0": 1}, "threshold": 1}], "outputs": []})"),
                      options);
  EXPECT_TRUE(energy.layers->empty());
  ASSERT_EQ(energy.notes.size(), 1U);
  EXPECT_NE(energy.notes[0].find("label"), std::string::npos);
}

TEST(Layers, TooManyAreRefused) {
  CircuitBuilder builder;
  for (int g = 0; g < 12'000; ++g) {
    const std::string name = std::to_string(g);
    ASSERT_TRUE(builder.add_gate({.name = "g" + name, .threshold = 1, .layer = name}).ok());
  }
  EnergyOptions options;
  options.layers = true;
  const auto energy = measure_energy(*std::move(builder).build(), options);
  ASSERT_FALSE(energy.ok());
  EXPECT_EQ(energy.error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace gatelight
