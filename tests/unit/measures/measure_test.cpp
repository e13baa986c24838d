// SPDX-License-Identifier: Apache-2.0
#include "gatelight/measure.hpp"

#include <gtest/gtest.h>

#include "gatelight/formats.hpp"
#include "generate/families.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

Circuit parse(const char* text) { return *parse_circuit(text); }

TEST(Resources, FollowTheDefinitions) {
  const Circuit circuit = parse(R"({"format": "gatelight/circuit", "version": 1,
    "inputs": [{"name": "a"}, {"name": "s", "bits": 4, "signed": true}],
    "gates": [{"name": "g0", "weights": {"a": -5, "s": 3}, "threshold": 900},
              {"name": "g1", "weights": {"g0": 20}, "threshold": 1, "counts": false},
              {"name": "g2", "weights": {"s.2": 1, "g1": -1}, "threshold": 0}],
    "outputs": ["g2"]})");
  const Resources resources = measure_resources(circuit);
  EXPECT_EQ(resources.inputs, 5U);
  EXPECT_EQ(resources.size, 2U);
  EXPECT_EQ(resources.depth, 3);
  EXPECT_EQ(resources.weight, 24);  // 3 on the top bit: 3 * 2^3; thresholds do not count
  EXPECT_EQ(resources.resolution, 20);
  EXPECT_EQ(resources.resolution_bits, 5);
}

TEST(Resources, OfNothing) {
  const Circuit circuit = parse(
      R"({"format": "gatelight/circuit", "version": 1, "inputs": 0, "gates": [], "outputs": []})");
  EXPECT_EQ(measure_resources(circuit).depth, 0);
  const auto energy = measure_energy(circuit);
  ASSERT_TRUE(energy.ok());
  EXPECT_EQ(energy->bounds, (Bounds<std::int64_t>{0, 0}));
  EXPECT_TRUE(energy->witness.empty());
}

constexpr const char* costly = R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "or", "weights": {"x0": 1, "x1": 1}, "threshold": 1, "cost": 2},
              {"name": "nor", "weights": {"x0": -1, "x1": -1}, "threshold": 0, "cost": 10},
              {"name": "and", "weights": {"x0": 1, "x1": 1}, "threshold": 2}],
    "outputs": []})";

TEST(Energy, CostsAreAddedUpAndCountsAreCounted) {
  for (const Engine engine : {Engine::automatic, Engine::enumerate, Engine::search, Engine::box}) {
    EnergyOptions options;
    options.engine = engine;
    auto energy = *measure_energy(parse(costly), options);
    EXPECT_EQ(energy.bounds, (Bounds<std::int64_t>{10, 10}));
    EXPECT_EQ(to_string(energy.witness), "00");
    options.costs = unit_costs(parse(costly));
    energy = *measure_energy(parse(costly), options);
    EXPECT_EQ(energy.bounds, (Bounds<std::int64_t>{2, 2}));
    EXPECT_EQ(to_string(energy.witness), "11");
  }
}

TEST(Energy, LevelsAndHistogram) {
  EnergyOptions options;
  options.levels = options.histogram = true;
  const auto energy = *measure_energy(parse(costly), options);
  ASSERT_EQ(energy.levels.size(), 1U);
  EXPECT_EQ(energy.levels[0].size, 3U);
  EXPECT_EQ(energy.levels[0].bounds.upper, 10);
  const std::map<std::int64_t, std::string> expected{{2, "2"}, {3, "1"}, {10, "1"}};
  EXPECT_EQ(energy.histogram, expected);
}

TEST(Energy, EachLevelIsAQuestionOfItsOwn) {
  const Circuit circuit = parse(R"({"format": "gatelight/circuit", "version": 1, "inputs": 1,
    "gates": [{"name": "a", "weights": {"x0": 1}, "threshold": 1},
              {"name": "b", "weights": {"x0": 1}, "threshold": 1},
              {"name": "not_a", "weights": {"a": -1}, "threshold": 0}], "outputs": []})");
  for (const Engine engine : {Engine::enumerate, Engine::search, Engine::box}) {
    EnergyOptions options;
    options.engine = engine;
    options.levels = true;
    const auto energy = *measure_energy(circuit, options);
    EXPECT_EQ(energy.bounds.upper, 2);
    ASSERT_EQ(energy.levels.size(), 2U);
    EXPECT_EQ(energy.levels[0].bounds, (Bounds<std::int64_t>{2, 2}));
    EXPECT_EQ(energy.levels[1].bounds,
              (Bounds<std::int64_t>{1, 1}));  // at x0 = 0, not where e is reached
  }
}

TEST(Energy, CostsBeyond62BitsAreRefused) {
  const Circuit circuit = parse(R"({"format": "gatelight/circuit", "version": 1, "inputs": 1,
    "gates": [{"name": "g", "weights": {}, "threshold": 0, "cost": 4611686018427387903},
              {"name": "h", "weights": {}, "threshold": 0, "cost": 1}], "outputs": []})");
  const auto energy = measure_energy(circuit);
  ASSERT_FALSE(energy.ok());
  EXPECT_EQ(energy.error().code, ErrorCode::overflow);
}

TEST(Energy, NeedsNoLimitsForStructure) {
  // x0 + ... + x99 and its complement, both thresholds reached by half of the inputs.
  const Circuit circuit = generate::parity_thermometer(100);
  EnergyOptions options;
  options.histogram = true;
  const auto energy = *measure_energy(circuit, options);
  EXPECT_EQ(energy.engine, "diagram");
  EXPECT_EQ(energy.bounds, (Bounds<std::int64_t>{100, 100}));
  EXPECT_EQ(energy.histogram->at(0), "1");
  EXPECT_NE(energy.reason.find("states"), std::string::npos);
}

TEST(Energy, TheMeanUnderProbabilities) {
  const Circuit circuit = parse(costly);  // 0: 10, 1: 2, 2: 2, 3: 3
  EnergyOptions options;
  options.probabilities = {{1, 2}, {1, 2}};
  for (const Engine engine : {Engine::automatic, Engine::enumerate, Engine::diagram}) {
    options.engine = engine;
    const auto energy = *measure_energy(circuit, options);
    ASSERT_TRUE(energy.expected.has_value());
    EXPECT_EQ(energy.expected->exact, "17/4");
    EXPECT_EQ(energy.expected->value, 4.25);
    EXPECT_FALSE(energy.histogram.has_value()) << "not asked for";
  }
  options.probabilities = {{1, 3}, {0, 1}};
  for (const Engine engine : {Engine::automatic, Engine::diagram}) {
    options.engine = engine;
    EXPECT_EQ(measure_energy(circuit, options)->expected->exact, "22/3");
  }
  for (const Engine engine : {Engine::enumerate, Engine::search, Engine::box}) {
    options.engine = engine;
    EXPECT_EQ(measure_energy(circuit, options).error().code, ErrorCode::unsupported);
  }
}

TEST(Energy, ADomainOfProbabilityZeroHasNoMean) {
  const Circuit circuit = parse(R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 2}], "outputs": [],
    "domain": {"linear": [{"weights": {"x0": 1, "x1": 1}, "min": 1}]}})");
  EnergyOptions options;
  options.engine = Engine::diagram;
  options.probabilities = {{0, 1}, {0, 1}};
  const auto energy = measure_energy(circuit, options);
  ASSERT_FALSE(energy.ok());
  EXPECT_EQ(energy.error().code, ErrorCode::bad_input);
}

TEST(Energy, FallsBackWhereADiagramOutgrowsItsMemory) {
  // 90,301 states; one gate, so that the search which takes over ends at once.  With a histogram nobody looks
  // before.
  const Circuit circuit = generate::majority(600);
  EnergyOptions options;
  options.histogram = true;
  options.limits.bytes = 1 << 20;
  const auto fallen = *measure_energy(circuit, options);
  EXPECT_EQ(fallen.engine, "search");
  options.engine = Engine::diagram;
  const auto open = *measure_energy(circuit, options);
  EXPECT_EQ(open.engine, "diagram");
  for (const EnergyResult* result : {&fallen, &open}) {
    EXPECT_LE(result->bounds.lower, 1);
    EXPECT_GE(result->bounds.upper, 1);
    ASSERT_EQ(result->notes.size(), 1U);
    EXPECT_NE(result->notes[0].find("memory limit of 1 MiB"), std::string::npos);
  }
}

TEST(Energy, ACheckpointMeansASweep) {
  EnergyOptions options;
  std::optional<std::string> state;
  options.checkpoint = Checkpoint{"here", [&] { return Result<std::optional<std::string>>(state); },
                                  [&](const std::string& text) {
                                    state = text;
                                    return Result<void>();
                                  }};
  const auto energy = *measure_energy(generate::parity_thermometer(26), options);
  EXPECT_EQ(energy.engine, "enumerate");
  EXPECT_EQ(energy.bounds.upper, 26);
  EXPECT_TRUE(state.has_value());
}

TEST(Sampling, StaysBelowTheEnergyAndNearTheMean) {
  base::Random random(5);
  const Circuit circuit = generate::layered_circuit(random, 10, {16, 8}, 3);
  const auto answer = reference::energy(circuit, generate::total_objective(circuit));
  double mean = 0;
  for (const auto& [fire, inputs] : answer.histogram) {
    mean += static_cast<double>(fire) * static_cast<double>(inputs) / 1024;
  }
  const auto sampled = sample_energy(circuit, 50'000, 1);
  ASSERT_TRUE(sampled.has_value());
  EXPECT_NEAR(sampled->mean, mean, 0.1);
  EXPECT_LE(sampled->largest, *answer.maximum);
  EXPECT_EQ(sampled->samples, 50'000U);
}

}  // namespace
}  // namespace gatelight
