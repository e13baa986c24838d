// SPDX-License-Identifier: Apache-2.0
#include "engines/branch_bound/narrow.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "engines/branch_bound/tail_search.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::branch_bound {
namespace {

// Three gates behind 12 to 14 bits, of which every pattern need not occur: some of the three read few bits, and
// the same ones.
Circuit narrow_circuit(base::Random& random, bool fixed) {
  CircuitBuilder builder;
  const int bits = static_cast<int>(random.between(12, 14));
  std::vector<Source> inputs;
  for (int bit = 0; bit < bits; ++bit)
    inputs.push_back(Source::word(*builder.add_input({"x" + std::to_string(bit)})));
  const auto add = [&](const std::vector<Source>& sources, std::int64_t most, double share) {
    GateSpec gate;
    std::int64_t low = 0, high = 0;
    for (const Source source : sources) {
      if (random.unit() > share) continue;
      std::int64_t weight = random.between(-most, most);
      if (weight == 0) weight = 1;
      gate.wires.push_back({source, weight});
      (weight > 0 ? high : low) += weight;
    }
    gate.threshold = random.between(low, high + 1);
    gate.cost = random.between(1, 3);
    gate.counts = random.below(5) != 0;
    gate.name = "g" + std::to_string(builder.gate_count());
    return Source::gate(*builder.add_gate(std::move(gate)));
  };
  std::vector<Source> first, second;
  const bool few = random.coin();
  const std::vector<Source> some(inputs.begin(), inputs.begin() + (few ? 3 : bits));
  for (int i = 0; i < 3; ++i) first.push_back(add(some, few ? 1 : 5, 1));
  for (int i = 0; i < 4; ++i) second.push_back(add(first, 3, 0.8));
  for (int i = 0; i < 2; ++i) add(second, 3, 0.8);
  DomainSpec domain;
  if (fixed) domain.fix.push_back({inputs[random.below(3)], random.coin() ? 1 : 0});

  return *std::move(builder).build(domain);
}

template <class Each>
void for_all_inputs(const Circuit& circuit, const Each& each) {
  for (std::uint64_t number = 0; number < std::uint64_t{1} << circuit.bit_count(); ++number) {
    const InputBits input = generate::input_of_number(number, circuit.bit_count());
    if (circuit.in_domain(input)) each(input);
  }
}

TEST(Narrow, APatternHasTheTotalOfItsInputs) {
  int narrow_ones = 0, patterns = 0, realised = 0;
  for (int round = 0; round < generate::scaled(40); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 100);
    const Circuit circuit = narrow_circuit(random, random.coin());
    const Objective objective = generate::total_objective(circuit);
    const auto narrow = Narrow::of(circuit, objective);
    if (!narrow) continue;
    ++narrow_ones;
    const Question& tail = narrow->tail();
    std::set<InputBits> seen;
    for_all_inputs(circuit, [&](const InputBits& input) {
      const InputBits pattern = narrow->pattern_of(input);
      ASSERT_EQ(objective_value(tail.circuit, tail.objectives[0], pattern),
                objective_value(circuit, objective, input));
      seen.insert(pattern);
    });
    for (const InputBits& pattern : seen) {
      const InputBits input = narrow->realised(pattern, circuit.example_input());
      ASSERT_TRUE(circuit.in_domain(input));
      ++patterns;
      realised += narrow->pattern_of(input) == pattern ? 1 : 0;
    }
  }
  EXPECT_GE(narrow_ones, generate::scaled(40) / 3);
  EXPECT_GE(realised * 100, patterns * 85) << realised << " of " << patterns;
}

// Of 8 gates behind 80 bits all patterns occur: that is a matter of dimensions.
TEST(Narrow, RealisesWhatManyBitsAllow) {
  for (int round = 0; round < generate::scaled(5); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 200);
    const Circuit circuit = generate::layered_circuit(random, 80, {8, 4}, 2);
    const auto narrow = Narrow::of(circuit, generate::total_objective(circuit));
    ASSERT_TRUE(narrow.has_value());
    for (int i = 0; i < 64; ++i) {
      const InputBits pattern = generate::input_of_number(random.below(256), 8);
      EXPECT_EQ(narrow->pattern_of(narrow->realised(pattern, circuit.example_input())), pattern);
    }
  }
}

TEST(Narrow, RefusesOtherCircuits) {
  base::Random random(1);
  const auto is_narrow = [](const Circuit& circuit) {
    return Narrow::of(circuit, generate::total_objective(circuit)).has_value();
  };
  EXPECT_TRUE(is_narrow(generate::layered_circuit(random, 12, {3, 2}, 2)));
  EXPECT_FALSE(is_narrow(generate::layered_circuit(random, 12, {4, 2}, 2))) << "too few bits";
  EXPECT_FALSE(is_narrow(generate::layered_circuit(random, 12, {3}, 2))) << "nothing behind";
  const auto build = [](Source deep_source_of_two, Activation activation, DomainSpec domain) {
    CircuitBuilder builder;
    std::vector<WrittenWire> wires;
    for (int bit = 0; bit < 12; ++bit)
      wires.push_back({Source::word(*builder.add_input({"x" + std::to_string(bit)})), 1});
    const GateId first = *builder.add_gate(
        {.name = "a", .wires = wires, .threshold = 4, .activation = std::move(activation)});
    std::vector<WrittenWire> deep{{Source::gate(first), 1}};
    if (deep_source_of_two.kind != Source::Kind::gate) deep.push_back({deep_source_of_two, 1});
    EXPECT_TRUE(builder.add_gate({.name = "b", .wires = deep, .threshold = 1}).ok());
    return *std::move(builder).build(std::move(domain));
  };
  const Source gate = Source::gate(GateId{0}), word = Source::word(InputId{0});
  EXPECT_TRUE(is_narrow(build(gate, Threshold{}, {})));
  EXPECT_FALSE(is_narrow(build(word, Threshold{}, {}))) << "reads a bit";
  EXPECT_FALSE(is_narrow(build(gate, Relu{0, 3}, {}))) << "four values";
  EXPECT_TRUE(is_narrow(build(gate, Relu{0, 1}, {})));
  DomainSpec domain;
  domain.linear.push_back(
      {.wires = {{Source::word(InputId{0}), 1}, {Source::word(InputId{1}), 1}}, .max = 1});
  EXPECT_FALSE(is_narrow(build(gate, Threshold{}, domain))) << "rows of the domain";
}

// Where patterns cannot be realised the tail says so, and its upper end holds.
TEST(TailSearch, IsSound) {
  int closed = 0, astray = 0;
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 300);
    const Circuit circuit = narrow_circuit(random, random.coin());
    const Question question{circuit, {generate::total_objective(circuit)}};
    const auto narrow = Narrow::of(circuit, question.objectives[0]);
    if (!narrow) continue;
    Incumbents incumbents(question);
    SharedUpper upper(interval_upper_bound(circuit, question.objectives[0]));
    TailSearch tail(*narrow, 0, incumbents, upper, random());
    ASSERT_TRUE(tail.ready());
    const auto never = [] { return false; };
    if (random.coin()) {
      tail.work(0, 1, never, {});
    } else {
      std::thread other([&] { tail.work(1, 2, never, {}); });
      tail.work(0, 2, never, {});
      other.join();
    }
    const auto truth = *reference::energy(circuit, question.objectives[0]).maximum;
    ASSERT_GE(upper.value(), truth);
    ASSERT_LE(incumbents.value(0), truth);
    if (tail.astray()) {
      ++astray;
    } else {
      ++closed;
      ASSERT_EQ(incumbents.value(0), truth);
      ASSERT_EQ(upper.value(), truth);
    }
  }
  EXPECT_GT(closed, 0);
  EXPECT_GT(astray, 0);
}

TEST(TailSearch, IsPartOfTheSearch) {
  for (int round = 0; round < generate::scaled(40); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 400);
    const Circuit circuit = narrow_circuit(random, random.coin());
    const Question question{circuit, {generate::total_objective(circuit)}};
    Limits limits;
    limits.threads = round % 4 == 0 ? 2 : 1;
    limits.seed = random();
    const Answer nothing = generate::nothing_known(question);
    const auto answer = search(question, limits, &nothing);
    ASSERT_TRUE(answer.ok());
    const auto truth = *reference::energy(circuit, question.objectives[0]).maximum;
    EXPECT_EQ(answer->best[0].bounds.lower, truth);
    EXPECT_EQ(answer->best[0].bounds.upper, truth);
    EXPECT_EQ(objective_value(circuit, question.objectives[0], answer->best[0].witness), truth);
  }
}

}  // namespace
}  // namespace gatelight::engines::branch_bound
