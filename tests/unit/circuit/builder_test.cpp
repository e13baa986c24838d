// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "gatelight/circuit.hpp"

namespace gatelight {
namespace {

// A builder with inputs a, b (bits), u (4 bits, unsigned), s (3 bits, signed).
CircuitBuilder with_inputs() {
  CircuitBuilder builder;
  for (const InputWord& word :
       {InputWord{"a"}, InputWord{"b"}, InputWord{"u", 4}, InputWord{"s", 3, true}}) {
    EXPECT_TRUE(builder.add_input(word).ok());
  }
  return builder;
}

GateSpec gate_on(std::string name, std::vector<WrittenWire> wires, std::int64_t threshold = 0) {
  GateSpec gate;
  gate.name = std::move(name);
  gate.wires = std::move(wires);
  gate.threshold = threshold;
  return gate;
}

const Source a = Source::word(InputId{0});
const Source u = Source::word(InputId{2});
const Source s = Source::word(InputId{3});

std::string error_of(const Result<GateId>& result) {
  return result.ok() ? "accepted" : result.error().text();
}
std::string error_of(const Result<InputId>& result) {
  return result.ok() ? "accepted" : result.error().text();
}

TEST(Builder, BooleanFormOfWordsIsPowersOfTwo) {
  CircuitBuilder builder = with_inputs();
  ASSERT_TRUE(builder.add_gate(gate_on("g", {{u, 3}, {s, -2}, {a, 7}})).ok());
  const Circuit circuit = *std::move(builder).build();
  const std::vector<Wire> expected{{0, 7},  {2, 3},  {3, 6},  {4, 12},
                                   {5, 24}, {6, -2}, {7, -4}, {8, 8}};
  const auto wires = circuit.wires(GateId{0});
  EXPECT_EQ(std::vector<Wire>(wires.begin(), wires.end()), expected);
  EXPECT_EQ(circuit.sum_range(GateId{0}), (Circuit::Interval{-6, 60}));
}

TEST(Builder, AWordAndItsBitAddUpAndMayCancel) {
  CircuitBuilder builder = with_inputs();
  const Source top = *builder.find("u.3");
  EXPECT_EQ(top, Source::bit(InputId{2}, 3));
  ASSERT_TRUE(builder.add_gate(gate_on("g", {{u, 1}, {top, -8}})).ok());
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(circuit.wires(GateId{0}).size(), 3U);  // bit 3 cancels
}

TEST(Builder, NamesResolve) {
  CircuitBuilder builder = with_inputs();
  ASSERT_TRUE(builder.add_gate(gate_on("g", {})).ok());
  EXPECT_EQ(builder.find("a"), a);
  EXPECT_EQ(builder.find("a.0"), a);  // the only bit of a plain bit is the bit
  EXPECT_EQ(builder.find("g"), Source::gate(GateId{0}));
  for (const char* name : {"", ".", "a.1", "u.4", "u.-1", "u.03", "u.", "u.0x1", "g.0", "z"}) {
    EXPECT_FALSE(builder.find(name).has_value()) << name;
  }
}

TEST(Builder, RefusesTakenNames) {
  CircuitBuilder builder = with_inputs();
  EXPECT_NE(error_of(builder.add_input({"a"})).find("taken"), std::string::npos);
  EXPECT_NE(error_of(builder.add_input({"u.3"})).find("taken"), std::string::npos);
  EXPECT_EQ(error_of(builder.add_input({"u.4"})), "accepted");
  EXPECT_EQ(error_of(builder.add_input({"a.0"})), "accepted");  // "a" is a plain bit, not a word
  EXPECT_NE(error_of(builder.add_input({"a", 2})).find("taken"), std::string::npos);
  ASSERT_EQ(error_of(builder.add_input({"v.1"})), "accepted");
  EXPECT_NE(error_of(builder.add_input({"v", 2})).find("\"v.1\" is already taken"),
            std::string::npos);
  EXPECT_NE(error_of(builder.add_gate(gate_on("u.0", {}))).find("taken"), std::string::npos);
  ASSERT_EQ(error_of(builder.add_gate(gate_on("g", {}))), "accepted");
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {}))).find("taken"), std::string::npos);
}

TEST(Builder, RefusesBadWords) {
  CircuitBuilder builder;
  EXPECT_NE(error_of(builder.add_input({"w", 0})).find("1 to 62"), std::string::npos);
  EXPECT_NE(error_of(builder.add_input({"w", 63})).find("1 to 62"), std::string::npos);
  EXPECT_NE(error_of(builder.add_input({""})).find("empty"), std::string::npos);
  EXPECT_NE(error_of(builder.add_input({"\xff"})).find("UTF-8"), std::string::npos);
  EXPECT_EQ(error_of(builder.add_input({"w", 62})), "accepted");
}

TEST(Builder, RefusesBadWires) {
  CircuitBuilder builder = with_inputs();
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{a, 0}}))).find("zero"), std::string::npos);
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{a, 1}, {a, 2}}))).find("twice"),
            std::string::npos);
  const Source later = Source::gate(GateId{5});
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{later, 1}}))).find("not there"),
            std::string::npos);
  const Source no_bit = Source::bit(InputId{2}, 4);
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{no_bit, 1}}))).find("not there"),
            std::string::npos);
  GateSpec free_gate = gate_on("g", {});
  free_gate.cost = 0;
  EXPECT_NE(error_of(builder.add_gate(free_gate)).find("cost"), std::string::npos);
}

TEST(Builder, SumsOf63BitsFitAndNoMore) {
  constexpr std::int64_t limit = std::int64_t{1} << 62;
  CircuitBuilder builder = with_inputs();
  EXPECT_EQ(error_of(builder.add_gate(gate_on("most", {{a, limit - 1}}))), "accepted");
  EXPECT_EQ(error_of(builder.add_gate(gate_on("least", {{a, -limit}}))), "accepted");
  for (const std::int64_t weight : {limit, -limit - 1, std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{a, weight}}))).find("63 bits"),
              std::string::npos)
        << weight;
  }
  // The word's top place does not fit, though the weight alone does.
  EXPECT_NE(error_of(builder.add_gate(gate_on("g", {{u, limit / 2}}))), "accepted");
}

TEST(Builder, ThresholdsOutOfReachAreAsGoodAsTheNearestOnes) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  CircuitBuilder builder = with_inputs();
  GateSpec relu = gate_on("relu", {{u, 3}}, most);
  relu.activation = Relu{2, 5};
  ASSERT_EQ(error_of(builder.add_gate(gate_on("never", {{u, 3}, {a, -2}}, most))), "accepted");
  ASSERT_EQ(error_of(builder.add_gate(gate_on("always", {{u, 3}, {a, -2}}, least))), "accepted");
  ASSERT_EQ(error_of(builder.add_gate(relu)), "accepted");
  relu.name = "relu2";
  relu.threshold = least;  // how far above matters to a relu
  EXPECT_NE(error_of(builder.add_gate(relu)).find("63 bits"), std::string::npos);
  GateSpec steps = gate_on("steps", {{u, 3}}, most);
  steps.activation = Steps{{0}, {0, 1}};
  EXPECT_NE(error_of(builder.add_gate(steps)).find("63 bits"), std::string::npos);
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(circuit.gate(GateId{0}).threshold, most) << "as written";
  EXPECT_EQ(circuit.threshold(GateId{0}), 46);
  EXPECT_EQ(circuit.threshold(GateId{1}), -2);
  for (const char* bits : {"000000000", "111111111", "101111010"}) {
    EXPECT_EQ(evaluate(circuit, *parse_input_bits(circuit, bits)),
              (std::vector<std::int64_t>{0, 1, 0}));
  }
}

TEST(Builder, LevelsSkip) {
  CircuitBuilder builder = with_inputs();
  const GateId first = *builder.add_gate(gate_on("g1", {{a, 1}}, 1));
  const GateId second = *builder.add_gate(gate_on("g2", {{Source::gate(first), 1}}, 1));
  const GateId third = *builder.add_gate(gate_on("g3", {{a, 1}, {Source::gate(second), 1}}, 1));
  const GateId constant = *builder.add_gate(gate_on("g4", {}));
  const Circuit circuit = *std::move(builder).build();
  EXPECT_EQ(circuit.level(first), 1);
  EXPECT_EQ(circuit.level(third), 3);
  EXPECT_EQ(circuit.level(constant), 1);
}

TEST(Builder, OutputsOnce) {
  CircuitBuilder builder = with_inputs();
  const GateId gate = *builder.add_gate(gate_on("g", {}));
  EXPECT_TRUE(builder.add_output(gate).ok());
  EXPECT_FALSE(builder.add_output(gate).ok());
  EXPECT_THROW((void)builder.add_output(GateId{9}), ContractViolation);
}

TEST(Circuit, BitNames) {
  const Circuit circuit = *with_inputs().build();
  EXPECT_EQ(circuit.bit_count(), 9U);
  EXPECT_EQ(circuit.bit_name(1), "b");
  EXPECT_EQ(circuit.bit_name(5), "u.3");
  EXPECT_EQ(circuit.bit_name(6), "s.0");
}

TEST(Circuit, StepFunctionsAgreeWithActivations) {
  const std::vector<Activation> activations{Threshold{},
                                            Relu{1, 7},
                                            Relu{0, 1000},
                                            Steps{{-3, 0, 40}, {-2, 0, 0, 5}},
                                            Steps{{}, {4}},
                                            Sigmoid{3, 1, 8},
                                            Steps{{-100, 100}, {0, 1, 2}}};
  for (const Activation& activation : activations) {
    CircuitBuilder builder = with_inputs();
    GateSpec gate = gate_on("g", {{u, 3}, {s, -2}}, 5);
    gate.activation = activation;
    const GateId id = *builder.add_gate(gate);
    const Circuit circuit = *std::move(builder).build();
    const StepFunction steps = *circuit.step_function(id);
    EXPECT_TRUE(std::ranges::is_sorted(steps.values, std::less_equal{}));
    ASSERT_EQ(steps.values.size(), steps.at.size() + 1);
    const auto [low, high] = circuit.sum_range(id);
    for (std::int64_t z = low; z <= high; ++z) {
      const auto passed = std::ranges::upper_bound(steps.at, z) - steps.at.begin();
      ASSERT_EQ(steps.values[static_cast<std::size_t>(passed)], circuit.activate(id, z)) << z;
    }
    for (const std::int64_t cut : steps.at) {
      EXPECT_GT(cut, low);
      EXPECT_LE(cut, high);
    }
  }
}

}  // namespace
}  // namespace gatelight
