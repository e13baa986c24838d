// SPDX-License-Identifier: Apache-2.0
//
// The engine as a whole: proofs on networks beyond the slow oracle, threads, limits, domains it leaves to
// others.  Agreement with the oracle: tests/agree/engines_test.cpp.
#include <gtest/gtest.h>

#include "engines/engine.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines {
namespace {

Question question_of(const Circuit& circuit) {
  return {circuit, {generate::total_objective(circuit)}, false, {}};
}

Circuit larger_network(base::Random& random, int bits) {
  return generate::control_network(
      random, {.max_bits = bits, .max_layers = 4, .max_width = 14, .max_weight = 127});
}

// With and without sweeps of small boxes, by any number of threads, with every gate of levels besides.
TEST(Box, AgreesWithTheSweep) {
  constexpr std::uint64_t seed = 5;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(25); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Circuit circuit = larger_network(random, 18);
    Question question = question_of(circuit);
    Objective odd = question.objectives[0];
    for (std::size_t g = 0; g < odd.cost.size(); g += 2) odd.cost[g] = 0;
    question.objectives.push_back(odd);
    const auto swept = enumerate(question, {});
    ASSERT_TRUE(swept.ok());
    for (const int threads : {1, 3}) {
      Limits limits;
      limits.threads = threads;
      const auto boxes = box_search(question, limits, {.sweep_points = threads == 1 ? 4U : 200U});
      ASSERT_TRUE(boxes.ok());
      for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(boxes->best[i].bounds, swept->best[i].bounds) << "objective " << i;
        ASSERT_EQ(objective_value(circuit, question.objectives[i], boxes->best[i].witness),
                  boxes->best[i].bounds.lower);
      }
    }
  }
}

TEST(Box, OneThreadRepeatsItself) {
  base::Random random(6);
  const Circuit circuit = larger_network(random, 24);
  const auto first = box_search(question_of(circuit), {});
  const auto second = box_search(question_of(circuit), {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->nodes, second->nodes);
  EXPECT_EQ(first->best[0].witness, second->best[0].witness);
}

// A network that takes minutes, stopped: the interval holds what is known about it.
TEST(Box, ALimitLeavesASoundInterval) {
  base::Random random(7);
  CircuitBuilder builder;
  std::vector<Source> previous;
  for (int w = 0; w < 6; ++w)
    previous.push_back(Source::word(*builder.add_input({"w" + std::to_string(w), 8, false})));
  for (int layer = 0; layer < 4; ++layer) {
    std::vector<Source> next;
    for (int g = 0; g < 20; ++g) {
      GateSpec gate{.name = "g" + std::to_string(layer) + "_" + std::to_string(g)};
      for (const Source& source : previous)
        gate.wires.push_back({source, random.between(1, 60) * (random.coin() ? 1 : -1)});
      gate.activation = Relu{layer == 0 ? 5 : 6, 255};
      next.push_back(Source::gate(*builder.add_gate(gate)));
    }
    previous = next;
  }
  const Circuit circuit = *std::move(builder).build();
  const Question question = question_of(circuit);
  // No seed of sampling may find more than the upper end allows.
  std::int64_t sampled = 0;
  InputBits bits(circuit.bit_count());
  for (int i = 0; i < 3000; ++i) {
    for (auto& bit : bits) bit = random.coin() ? 1 : 0;
    sampled = std::max(sampled, objective_value(circuit, question.objectives[0], bits));
  }
  Limits limits;
  limits.seconds = 0.3;
  limits.threads = 2;
  std::int64_t lower = -1, upper = 1000;
  limits.progress = [&](const Progress& progress) {
    EXPECT_GE(progress.lower, lower);
    EXPECT_LE(*progress.upper, upper);
    lower = progress.lower;
    upper = *progress.upper;
  };
  const auto answer = box_search(question, limits);
  ASSERT_TRUE(answer.ok());
  const auto& [bounds, witness] = answer->best[0];
  EXPECT_GE(bounds.upper, sampled);
  EXPECT_GE(bounds.upper, bounds.lower);
  EXPECT_EQ(objective_value(circuit, question.objectives[0], witness), bounds.lower);
  StopToken stopped;
  stopped.request_stop();
  Limits now;
  now.stop = &stopped;
  const auto nothing = box_search(question, now);
  ASSERT_TRUE(nothing.ok());
  EXPECT_GE(nothing->best[0].bounds.upper, bounds.lower);
  EXPECT_LE(nothing->best[0].bounds.lower, bounds.upper);
}

TEST(Box, LeavesConditionsOnBitsToSearch) {
  base::Random random(8);
  Circuit circuit = generate::control_network(random, {.max_bits = 10, .domain = false});
  DomainSpec domain;
  domain.hamming = DomainSpec::Hamming{InputBits(circuit.bit_count(), 0), 2};
  circuit = *circuit.with_domain(domain);
  const auto answer = box_search(question_of(circuit), {});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->notes.size(), 1U);
  EXPECT_EQ(answer->best[0].bounds, enumerate(question_of(circuit), {})->best[0].bounds);
}

TEST(Box, ACircuitWithoutInputsOrGates) {
  CircuitBuilder builder;
  const auto nothing = box_search(question_of(*std::move(builder).build()), {});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(nothing->best[0].bounds, (Bounds<std::int64_t>{0, 0}));
}

}  // namespace
}  // namespace gatelight::engines
