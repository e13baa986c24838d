// SPDX-License-Identifier: Apache-2.0
//
// Circuits made of other circuits: the same function on the domain, and the resources that were promised.
#include <bit>
#include <set>

#include "gatelight/decision_tree.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"
#include "unit/synthesis/expect_construction.hpp"

namespace gatelight {
namespace {

// What every input of the domain says about a circuit, from its written form.
struct Facts {
  std::int64_t states = 0;  // distinct values of all gates together
  std::int64_t energy = 0;  // gates, or for more values cuts that are reached, on the worst input
  std::int64_t tests = 0;   // cuts of all gates
  std::vector<std::pair<InputBits, std::int64_t>> outputs;
};

Facts facts_of(const Circuit& circuit) {
  Facts facts;
  std::vector<std::vector<std::int64_t>> cuts;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    cuts.push_back(circuit.step_function(GateId{g})->values);
    facts.tests += static_cast<std::int64_t>(cuts.back().size()) - 1;
  }
  std::set<std::vector<std::int64_t>> states;
  for (std::uint64_t x = 0; x >> circuit.bit_count() == 0; ++x) {
    const InputBits input = generate::input_of_number(x, circuit.bit_count());
    if (!reference::in_domain(circuit, input)) continue;
    const auto values = reference::outputs(circuit, input);
    std::int64_t reached = 0;
    for (std::size_t g = 0; g < values.size(); ++g) {
      reached += std::ranges::lower_bound(cuts[g], values[g]) - cuts[g].begin();
    }
    facts.energy = std::max(facts.energy, reached);
    facts.outputs.emplace_back(input, values[static_cast<std::size_t>(circuit.outputs()[0])]);
    states.insert(values);
  }
  facts.states = static_cast<std::int64_t>(states.size());
  return facts;
}

// The function, and all that is predicted; an energy that is only a bound is compared as one.
void expect_same(const Result<Construction>& made, const Facts& facts) {
  ASSERT_TRUE(made.ok()) << made.error().text();
  SCOPED_TRACE(made->circuit.name());
  const auto output = static_cast<std::size_t>(made->circuit.outputs()[0]);
  for (const auto& [input, value] : facts.outputs) {
    ASSERT_EQ(reference::outputs(made->circuit, input)[output], value) << to_string(input);
    ASSERT_TRUE(reference::in_domain(made->circuit, input));
  }
  const Predicted measured = measure(*made, Engine::enumerate);
  if (!made->energy_at_most) {
    EXPECT_EQ(measured.energy, made->predicted.energy);
  }
  EXPECT_LE(measured.energy, made->predicted.energy);
  EXPECT_EQ(measured.inputs, made->predicted.inputs);
  EXPECT_EQ(measured.size, made->predicted.size);
  EXPECT_EQ(measured.depth, made->predicted.depth);
  EXPECT_EQ(measured.weight, made->predicted.weight);
  EXPECT_EQ(measured.precision, 1);
  EXPECT_EQ(made->circuit.outputs().size(), 1U);
}

bool may_fail(const Result<Construction>& made) {
  return !made.ok() &&
         (made.error().code == ErrorCode::unsupported || made.error().code == ErrorCode::overflow ||
          made.error().code == ErrorCode::limit);
}

// Cuts of all gates.
std::int64_t tests_of(const Circuit& circuit) {
  std::int64_t tests = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const auto steps = circuit.step_function(GateId{g});
    tests += steps.ok() ? static_cast<std::int64_t>(steps->at.size()) : 1'000'000;
  }
  return tests;
}

// How many of `rounds` random circuits all three ways could rebuild.
int rebuild(std::uint64_t seed, int rounds, const generate::RandomOptions& options) {
  base::Random random(seed);
  int done = 0;
  for (int round = 0; round < rounds; ++round) {
    const Circuit circuit = generate::random_circuit(random, options);
    if (circuit.outputs().empty() || tests_of(circuit) > 40) continue;
    const auto plain = threshold_gates(circuit);
    const auto few = few_states(circuit);
    const auto flat = shallow(circuit);
    if (may_fail(plain) || may_fail(few) || may_fail(flat)) continue;
    ++done;
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Facts facts = facts_of(circuit);
    expect_same(plain, facts);
    expect_same(few, facts);
    expect_same(flat, facts);
    if (testing::Test::HasFailure()) return done;
    EXPECT_LE(plain->predicted.size, std::max<std::int64_t>(1, facts.tests));
    EXPECT_LE(plain->predicted.energy, std::max<std::int64_t>(1, facts.energy));
    EXPECT_LE(few->predicted.size, facts.states);
    EXPECT_LE(few->predicted.depth, facts.tests + 1);
    EXPECT_LE(few->predicted.energy, std::bit_width(static_cast<std::uint64_t>(facts.states)));
    EXPECT_LE(flat->predicted.size, 2 * facts.energy * facts.tests + 1);
    EXPECT_LE(flat->predicted.depth, 2 * facts.energy + 1);
    if (testing::Test::HasFailure()) return done;
  }
  return done;
}

TEST(Rebuild, RandomThresholdCircuits) {
  const int rounds = generate::scaled(1500);
  EXPECT_GT(rebuild(8400, rounds,
                    {.max_bits = 7,
                     .words = false,
                     .activations = false,
                     .domain = false,
                     .costs = false,
                     .max_weight = 5}),
            rounds * 8 / 10);
}

// Words, domains, gates of several values, weights up to 2^40.
TEST(Rebuild, RandomCircuitsOfAllKinds) {
  const int rounds = generate::scaled(1500);
  EXPECT_GT(rebuild(8401, rounds, {.max_bits = 7, .max_gates = 8}), rounds / 4);
}

// The bounds are reached: n + 1 states of a thermometer, and every stage is needed.
TEST(Rebuild, Parity) {
  for (std::int64_t bits = 2; bits <= 9; ++bits) {
    const auto parity = construct(families::Parity{.bits = bits});
    const auto few = few_states(parity->circuit);
    expect_exact(few, odd);
    EXPECT_EQ(few->predicted.size, bits + 1);
    const auto flat = shallow(parity->circuit);
    ASSERT_TRUE(flat.ok());
    const std::int64_t e = parity->predicted.energy, s = parity->predicted.size;
    EXPECT_EQ(flat->predicted.size, 2 * e * s - e * (e - 1) + 1);
    EXPECT_EQ(flat->predicted.depth, 2 * e + 1);
  }
}

// A deep circuit of little energy becomes a flat one: cd of 10 levels and energy 2.
TEST(Rebuild, DeepBecomesShallow) {
  const auto deep = construct(families::Intersection{.pairs = 10, .depth = 11, .energy = 2});
  const auto flat = shallow(deep->circuit);
  ASSERT_TRUE(flat.ok()) << flat.error().text();
  EXPECT_EQ(deep->predicted.depth, 11);
  EXPECT_EQ(flat->predicted.depth, 5);
  EXPECT_EQ(flat->predicted.size, 2 * 2 * 11 - 2 + 1);
  base::Random random(8402);
  InputBits input(20);
  for (int round = 0; round < 200; ++round) {
    for (auto& bit : input) bit = random.between(1, 4) == 1 ? 1 : 0;
    expect_value(*flat, input, common(input) > 0);
  }
}

// Stopped before the energy is known: an upper bound takes its place, and the function stays.
TEST(Rebuild, StoppedEarly) {
  const auto start = construct(families::Parity{.bits = 12});
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  for (const auto& made :
       {threshold_gates(start->circuit, limits), shallow(start->circuit, limits)}) {
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_TRUE(made->stopped);
    EXPECT_TRUE(made->energy_at_most);
    EXPECT_GE(made->predicted.energy, start->predicted.energy);
    for (std::uint64_t x = 0; x < 4096; ++x) {
      const InputBits input = generate::input_of_number(x, 12);
      expect_value(*made, input, odd(input));
    }
  }
  EXPECT_FALSE(shallow(start->circuit)->stopped);
  EXPECT_EQ(few_states(start->circuit, limits).error().code, ErrorCode::limit);
}

TEST(Rebuild, ConstantOutputs) {
  for (const std::int64_t threshold : {0, 1}) {
    CircuitBuilder builder("constant");
    (void)builder.add_input({.name = "out"});  // the name of the gate that is made
    (void)builder.add_output(*builder.add_gate({.name = "g", .threshold = threshold}));
    const Circuit circuit = *std::move(builder).build();
    const Facts facts = facts_of(circuit);
    for (const auto& made : {threshold_gates(circuit), few_states(circuit), shallow(circuit)}) {
      expect_same(made, facts);
      EXPECT_EQ(made->predicted.size, 1);
      EXPECT_EQ(made->predicted.depth, 1);
    }
  }
}

TEST(Rebuild, WhatIsRefused) {
  CircuitBuilder builder("two");
  const InputId a = *builder.add_input({.name = "a", .bits = 2});
  const GateSpec twice{.name = "g", .wires = {{Source::word(a), 1}}, .activation = Relu{.max = 3}};
  const GateId g = *builder.add_gate(twice);
  (void)builder.add_output(g);
  const Circuit several_values = *std::move(builder).build();
  CircuitBuilder second("outputs");
  (void)second.add_input({.name = "a", .bits = 2});
  (void)second.add_gate(twice);
  const Circuit none = *std::move(second).build();
  for (const Circuit& circuit : {several_values, none}) {
    for (const auto& made : {threshold_gates(circuit), few_states(circuit), shallow(circuit)}) {
      ASSERT_FALSE(made.ok());
      EXPECT_EQ(made.error().code, ErrorCode::unsupported);
    }
  }
  const auto large = construct(families::Majority{21});
  EXPECT_EQ(few_states(large->circuit).error().code, ErrorCode::limit);
  // 2^20 tests of two wires each, and of 2^20 wires the test that reads them.
  CircuitBuilder wide("wide");
  const InputId number = *wide.add_input({.name = "a", .bits = 20});
  const InputId b = *wide.add_input({.name = "b"});
  const GateId count = *wide.add_gate({.name = "g",
                                       .wires = {{Source::word(number), 1}, {Source::word(b), 1}},
                                       .activation = Relu{.max = (1 << 20) - 1}});
  (void)wide.add_output(
      *wide.add_gate({.name = "h", .wires = {{Source::gate(count), 1}}, .threshold = 5}));
  const Circuit many_tests = *std::move(wide).build();
  EXPECT_EQ(threshold_gates(many_tests).error().code, ErrorCode::limit);
}

}  // namespace
}  // namespace gatelight
