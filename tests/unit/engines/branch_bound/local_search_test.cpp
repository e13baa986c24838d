// SPDX-License-Identifier: Apache-2.0
#include "engines/branch_bound/local_search.hpp"

#include <gtest/gtest.h>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::branch_bound {
namespace {

LocalSearchOptions quick(std::int64_t enough, std::uint64_t seed = 1) {
  LocalSearchOptions options;
  options.seed = seed;
  options.patience = 20'000;
  options.enough = enough;
  options.stop = [] { return false; };
  return options;
}

TEST(LocalSearch, StaysInTheDomainAndTellsTheTruth) {
  int optimal = 0;
  const int rounds = generate::scaled(60);
  for (int round = 0; round < rounds; ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    SCOPED_TRACE("seed " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random);
    const Question question{circuit, {generate::total_objective(circuit)}};
    const Network network(circuit, question.objectives[0]);
    Incumbents incumbents(question);
    local_search(network, 0, incumbents, quick(network.total_cost()));
    const InputBits witness = incumbents.witness(0);
    EXPECT_TRUE(reference::in_domain(circuit, witness));
    EXPECT_EQ(incumbents.value(0), objective_value(circuit, question.objectives[0], witness));
    const auto truth = reference::energy(circuit, question.objectives[0]).maximum;
    EXPECT_LE(incumbents.value(0), *truth);
    if (incumbents.value(0) == *truth) ++optimal;
  }
  // No promise, but on at most 9 bits it hardly ever misses.
  EXPECT_GE(optimal * 10, rounds * 9);
}

TEST(LocalSearch, FindsTheOptimumOfDenseNetworks) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    base::Random random(seed);
    const Circuit circuit = generate::layered_circuit(random, 12, {16, 8, 4}, 3);
    const Question question{circuit, {generate::total_objective(circuit)}};
    const Network network(circuit, question.objectives[0]);
    Incumbents incumbents(question);
    local_search(network, 0, incumbents, quick(network.total_cost()));
    EXPECT_EQ(incumbents.value(0), *reference::energy(circuit, question.objectives[0]).maximum);
  }
}

// 10 of 20 bits are 1, and only pairs of flips stay on that row.  Every bit that is 1 pays, so a
// search that left the domain would be drawn away from it for good.
TEST(LocalSearch, MovesAlongAnEquality) {
  CircuitBuilder builder;
  std::vector<WrittenWire> wires;
  for (int i = 0; i < 20; ++i) {
    wires.push_back({Source::word(*builder.add_input({"x" + std::to_string(i)})), 1});
  }
  for (int i = 0; i < 20; ++i) {
    const GateSpec copy{.name = "copy" + std::to_string(i),
                        .wires = {wires[static_cast<std::size_t>(i)]},
                        .threshold = 1};
    ASSERT_TRUE(builder.add_gate(copy).ok());
  }
  // Of bits i and i + 10, the first should be 1 and the second 0.
  for (std::size_t i = 0; i < 10; ++i) {
    GateSpec gate{.name = "g" + std::to_string(i)};
    gate.wires = {{wires[i].source, 1}, {wires[i + 10].source, -1}};
    gate.threshold = 1;
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  DomainSpec domain;
  domain.linear.push_back({wires, 10, 10});
  const Circuit circuit = *std::move(builder).build(domain);
  const Question question{circuit, {generate::total_objective(circuit)}};
  const Network network(circuit, question.objectives[0]);
  Incumbents incumbents(question);
  ASSERT_LT(incumbents.value(0), 20);
  local_search(network, 0, incumbents, quick(20));
  EXPECT_EQ(incumbents.value(0), 20);
}

// The top bit is fixed to 0, though everything would fire with it: word moves must leave it alone.
TEST(LocalSearch, WordMovesLeaveFixedBitsAlone) {
  CircuitBuilder builder;
  const InputId word = *builder.add_input({"w", 40, false});
  const std::int64_t half = std::int64_t{1} << 39;
  for (int i = 0; i < 40; ++i) {
    const std::int64_t threshold = i < 20 ? half + i : half - (std::int64_t{1} << (i - 20));
    ASSERT_TRUE(builder
                    .add_gate({.name = "g" + std::to_string(i),
                               .wires = {{Source::word(word), 1}},
                               .threshold = threshold})
                    .ok());
  }
  const Circuit circuit = *std::move(builder).build({.fix = {{Source::bit(word, 39), 0}}});
  const Question question{circuit, {generate::total_objective(circuit)}};
  const Network network(circuit, question.objectives[0]);
  Incumbents incumbents(question);
  local_search(network, 0, incumbents, quick(20));
  EXPECT_EQ(incumbents.value(0), 20);
}

// A word's best value lies behind a carry that no single bit crosses.
TEST(LocalSearch, MovesWords) {
  CircuitBuilder builder;
  const InputId word = *builder.add_input({"w", 16, true});
  const auto band = [&](const char* name, std::int64_t weight, std::int64_t threshold) {
    ASSERT_TRUE(
        builder
            .add_gate(
                {.name = name, .wires = {{Source::word(word), weight}}, .threshold = threshold})
            .ok());
  };
  band("at_least", 1, -1);
  band("at_most", -1, 0);  // both fire for -1 and 0
  const Circuit circuit = *std::move(builder).build({.range = {{word, -30000, 30000}}});
  const Question question{circuit, {generate::total_objective(circuit)}};
  const Network network(circuit, question.objectives[0]);
  Incumbents incumbents(question);
  local_search(network, 0, incumbents, quick(2));
  EXPECT_EQ(incumbents.value(0), 2);
}

TEST(LocalSearch, StopsAtOnceWhenAsked) {
  base::Random random(9);
  const Circuit circuit = generate::layered_circuit(random, 60, {60, 60}, 3);
  const Question question{circuit, {generate::total_objective(circuit)}};
  const Network network(circuit, question.objectives[0]);
  Incumbents incumbents(question);
  const std::int64_t before = incumbents.value(0);
  LocalSearchOptions options = quick(network.total_cost());
  options.stop = [] { return true; };
  local_search(network, 0, incumbents, options);
  EXPECT_EQ(incumbents.value(0), before);
}

}  // namespace
}  // namespace gatelight::engines::branch_bound
