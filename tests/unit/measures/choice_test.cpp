// SPDX-License-Identifier: Apache-2.0
//
// Which engine is chosen, and what is predicted.
#include <gtest/gtest.h>

#include "engines/exhaustive/choices.hpp"
#include "gatelight/measure.hpp"
#include "generate/families.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight {
namespace {

EnergyPrediction predict(const Circuit& circuit, const EnergyOptions& options = {}) {
  return *predict_energy(circuit, options);
}

TEST(Choice, FewInputsAreSwept) {
  base::Random random(11);
  const auto prediction = predict(generate::layered_circuit(random, 20, {20, 10}, 9));
  EXPECT_EQ(prediction.engine, "enumerate");
  EXPECT_EQ(prediction.inputs, "1048576");
  EXPECT_LT(*prediction.seconds, 1);
  EXPECT_GT(*prediction.bytes, 1000U);
}

TEST(Choice, StructureGetsADiagram) {
  const auto prediction = predict(generate::equality(100, 5, false));
  EXPECT_EQ(prediction.engine, "diagram");
  EXPECT_GT(*prediction.states, 100);
  EXPECT_LT(*prediction.states, 10'000);
  EXPECT_EQ(prediction.inputs, "1606938044258990275541962092341162602522202993782792835301376");
}

TEST(Choice, DenseCircuitsAreSweptAsLongAsThatIsAffordable) {
  base::Random random(12);
  const Circuit circuit = generate::layered_circuit(random, 34, {32, 16}, 9);
  auto prediction = predict(circuit);
  EXPECT_EQ(prediction.engine, "enumerate");
  EXPECT_EQ(prediction.inputs, "17179869184");
  EXPECT_GT(*prediction.seconds, 0.05);
  EnergyOptions hasty;
  hasty.limits.seconds = 0.01;
  EXPECT_EQ(predict(circuit, hasty).engine, "search");
}

// All gates fire for some input, which a search finds and proves at once; the sweep would take seconds.
TEST(Choice, ASearchComesBeforeALongSweep) {
  base::Random random(16);
  CircuitBuilder builder;
  const std::size_t bits = 38;
  std::vector<Source> sources;
  for (std::size_t i = 0; i < bits; ++i) {
    sources.push_back(Source::word(*builder.add_input({"x" + std::to_string(i), 1, false})));
  }
  for (int g = 0; g < 40; ++g) {
    GateSpec gate{.name = "g" + std::to_string(g), .threshold = 1};
    for (const Source& source : sources) {
      const std::int64_t weight = random.between(1, 200);
      gate.wires.push_back({source, weight});
      gate.threshold += weight;
    }
    gate.threshold = gate.threshold / 2;
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(predict(circuit).engine, "enumerate");
  const auto measured = measure_energy(circuit, {});
  ASSERT_TRUE(measured.ok());
  EXPECT_EQ(measured->engine, "search");
  EXPECT_TRUE(measured->bounds.closed());
  EXPECT_EQ(measured->bounds.lower, 40);
}

// Before any engine is chosen; not where more than the maximum is asked for.
TEST(Choice, AFirstLookSettlesEasyQuestions) {
  const Circuit circuit = generate::majority(100);
  EnergyOptions options;
  const auto seen = measure_energy(circuit, options);
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->engine, "search");
  EXPECT_EQ(seen->reason, "a first look settled it");
  EXPECT_EQ(seen->bounds, (Bounds<std::int64_t>{1, 1}));
  options.histogram = true;
  const auto counted = measure_energy(circuit, options);
  ASSERT_TRUE(counted.ok());
  EXPECT_EQ(counted->engine, "diagram");
  EXPECT_TRUE(counted->histogram.has_value());
}

TEST(Choice, ManyInputsAreSearched) {
  base::Random random(13);
  const auto prediction = predict(generate::layered_circuit(random, 80, {40, 20}, 9));
  EXPECT_EQ(prediction.engine, "search");
  EXPECT_FALSE(prediction.seconds.has_value());
  EXPECT_NE(prediction.reason.find("80 free input bits are too many to sweep"), std::string::npos)
      << prediction.reason;
}

// Five words of eight bits, and gates of one or of many values.
Circuit controller(bool many_values) {
  base::Random random(15);
  CircuitBuilder builder;
  std::vector<Source> previous;
  for (int w = 0; w < 5; ++w) {
    previous.push_back(Source::word(*builder.add_input({"w" + std::to_string(w), 8, false})));
  }
  for (int layer = 0; layer < 2; ++layer) {
    std::vector<Source> next;
    for (int g = 0; g < 24; ++g) {
      GateSpec gate{.name = std::to_string(layer) + "_" + std::to_string(g)};
      for (const Source& source : previous) {
        gate.wires.push_back({source, random.between(1, 60) * (random.coin() ? 1 : -1)});
      }
      if (many_values) gate.activation = Relu{8, 255};
      next.push_back(Source::gate(*builder.add_gate(gate)));
    }
    previous = next;
  }
  return *std::move(builder).build();
}

TEST(Choice, FewWordsReadByGatesOfManyValuesAreSplitIntoBoxes) {
  EnergyOptions options;
  options.limits.seconds = 10;  // time to judge the diagram by all samples, also on a busy machine
  EXPECT_EQ(predict(controller(true), options).engine, "box");
  EXPECT_NE(predict(controller(false), options).engine, "box");
  options.limits.seconds = 0.5;
  options.engine = Engine::box;
  EXPECT_EQ(predict(controller(false), options).engine, "box");
  EXPECT_EQ(measure_energy(controller(true), options)->engine, "box");
}

TEST(Choice, WhatWasAskedForIsPredictedToo) {
  const Circuit circuit = generate::parity_thermometer(20);
  EnergyOptions options;
  options.engine = Engine::diagram;
  EXPECT_EQ(predict(circuit, options).engine, "diagram");
  EXPECT_EQ(predict(circuit, options).reason, "as asked");
  EXPECT_TRUE(predict(circuit, options).states.has_value());
  options.engine = Engine::search;
  EXPECT_FALSE(predict(circuit, options).seconds.has_value());
  options.engine = Engine::enumerate;
  EXPECT_TRUE(predict(circuit, options).seconds.has_value());
  EXPECT_FALSE(predict_energy(generate::parity_thermometer(70), options).ok());
}

// The time of a sweep is what a part of it, run for real, takes.
TEST(Choice, ASweepTakesRoughlyAsLongAsPredicted) {
  base::Random random(14);
  const Circuit circuit = generate::layered_circuit(random, 31, {20, 10}, 9);
  EnergyOptions options;
  options.engine = Engine::enumerate;
  const double predicted = *predict(circuit, options).seconds;
  const double taken = measure_energy(circuit, options)->seconds;
  EXPECT_LT(predicted, 20 * taken);
  EXPECT_GT(20 * predicted, taken);
}

}  // namespace
}  // namespace gatelight
