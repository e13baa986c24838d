// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

// Bipolar inputs x [1,4] summed with weights into one neuron "z" [1,1].
Model neuron(const std::vector<float>& weights) {
  Model model;
  model.input("raw", {1, 4}).bipolar("raw", "x").constant("w", {4, 1}, weights);
  return model.node("MatMul", {"x", "w"}, "z");
}

// x -> gamma / sqrt(variance) (z - mean) + beta, with epsilon 0.
Model& normalize(Model& model, float gamma, float beta, float mean, float variance) {
  model.constant("g", {1}, {gamma}).constant("be", {1}, {beta}).constant("m", {1}, {mean});
  model.constant("v", {1}, {variance}).node("BatchNormalization", {"z", "g", "be", "m", "v"}, "n");
  return model.with("epsilon", 0.0);
}

Imported imported(Model& model, const std::string& output) {
  auto result = model.output(output).import();
  EXPECT_TRUE(result.ok()) << result.error().text();
  return *std::move(result);
}

const GateSpec& only_gate(const Imported& network) {
  EXPECT_EQ(network.circuit.gate_count(), 1U);
  return network.circuit.gate(GateId{0});
}

double weighted(const std::vector<float>& weights, const std::vector<std::int64_t>& bits) {
  double sum = 0;
  for (std::size_t i = 0; i < bits.size(); ++i)
    sum += static_cast<double>(weights[i]) * (bits[i] != 0 ? 1 : -1);
  return sum;
}

TEST(OnnxGates, BipolarIsAThreshold) {
  const std::vector<float> weights{1, -1, 2, 0.5F};
  Model model = neuron(weights).bipolar("z", "y");
  const Imported network = imported(model, "y");
  const GateSpec& gate = only_gate(network);
  EXPECT_TRUE(std::holds_alternative<Threshold>(gate.activation));
  EXPECT_TRUE(gate.counts);
  EXPECT_EQ(gate.name, "l1_n0");
  EXPECT_EQ(gate.layer, "#y");
  EXPECT_EQ(gate.wires[3].weight, 1);  // primitive: 2, -2, 4, 1
  EXPECT_NE(network.notes[0].find("fires where it is the larger"), std::string::npos);
  for (const auto& words : all_words(network.circuit)) {
    EXPECT_EQ(real_outputs(network, words)[0], weighted(weights, words) >= 0 ? 1 : -1);
  }
}

TEST(OnnxGates, ANegativeGammaFlipsTheComparisonAndKeepsItsTies) {
  const std::vector<float> weights{1, 1, 1, 1};
  for (const float gamma : {-0.7F, 0.7F}) {
    Model model = neuron(weights);
    normalize(model, gamma, 0, 2, 5).bipolar("n", "y");  // a tie at z = 2
    const Imported network = imported(model, "y");
    for (const auto& words : all_words(network.circuit)) {
      const double z = weighted(weights, words);
      EXPECT_EQ(real_outputs(network, words)[0], (gamma > 0 ? z >= 2 : z <= 2) ? 1 : -1) << z;
    }
  }
}

TEST(OnnxGates, IrrationalThresholdsAreExact) {
  // sqrt(7) (z - 1/2) / 7 + beta >= 0 for beta = the floats next to -sqrt(7) 1.5 / 7, where z = 2.
  const std::vector<float> weights{1, 1, 1, 1};
  const double exact = -1.5 / std::sqrt(7.0);
  auto beta = static_cast<float>(exact);
  for (const float near : {std::nextafter(beta, -1.0F), beta, std::nextafter(beta, 1.0F)}) {
    Model model = neuron(weights);
    normalize(model, 1, near, 0.5F, 7).bipolar("n", "y");
    const Imported network = imported(model, "y");
    const double at_two = real_outputs(network, {1, 1, 1, 0})[0];
    EXPECT_EQ(at_two, static_cast<double>(near) > exact ? 1 : -1);
  }
}

TEST(OnnxGates, DenormalVarianceAndGamma) {
  Model model = neuron({1, 1, 1, 1});
  normalize(model, 0x1p-149F, -0x1p-75F, 0, 0x1p-149F).bipolar("n", "y");
  // z 2^-149 2^74.5 >= 2^-75 iff z >= sqrt(2)/2: from z = 2 on.
  const Imported network = imported(model, "y");
  EXPECT_EQ(real_outputs(network, {1, 1, 1, 0})[0], 1);
  EXPECT_EQ(real_outputs(network, {1, 1, 0, 0})[0], -1);
}

TEST(OnnxGates, HalfEvenTies) {
  // z in {-4, -2, 0, 2, 4}; z / 4 has ties at -1/2 and 1/2; both go to 0.
  Model model = neuron({1, 1, 1, 1}).quant("z", "y", 4, 0, 2, true, true);
  const Imported network = imported(model, "y");
  const std::vector<double> expected{-4, 0, 0, 0, 4};
  for (const auto& words : all_words(network.circuit)) {
    const auto z = static_cast<int>(weighted({1, 1, 1, 1}, words));
    EXPECT_EQ(real_outputs(network, words)[0], expected[static_cast<std::size_t>((z + 4) / 2)]);
  }
  // 3/2 and 1/2 with offset: 0.5 -> 0, 1.5 -> 2.
  Model odd = neuron({1, 1, 1, 1});
  odd.constant("c", {}, {2}).node("Add", {"z", "c"}, "s").quant("s", "y", 4, 0, 3, true, true);
  const Imported second = imported(odd, "y");
  EXPECT_EQ(real_outputs(second, {1, 1, 1, 1})[0], 8);  // 6/4 -> 2
  EXPECT_EQ(real_outputs(second, {1, 1, 0, 0})[0], 0);  // 2/4 -> 0
}

TEST(OnnxGates, ATernaryGateIsSilentAtZeroOnly) {
  Model model = neuron({1, 1, 1, 1}).quant("z", "y", 0.5F, 0, 2, true, true);
  const Imported network = imported(model, "y");
  ASSERT_TRUE(std::holds_alternative<Steps>(only_gate(network).activation));
  EXPECT_EQ(std::get<Steps>(only_gate(network).activation).values,
            (std::vector<std::int64_t>{-1, 0, 1}));
}

TEST(OnnxGates, UnsignedLevelsEvenlyApartAreARelu) {
  // z = 2 s - 10 with s the sum of weight * bit: floor(z / 4) = floor((s - 5) / 2).
  Model model = neuron({1, 2, 3, 4}).quant("z", "y", 4, 0, 2, false, false, "FLOOR");
  const Imported network = imported(model, "y");
  EXPECT_EQ(std::get<Relu>(only_gate(network).activation), (Relu{1, 2}));
  EXPECT_EQ(only_gate(network).threshold, 5);
  EXPECT_EQ(real_outputs(network, {1, 1, 1, 1})[0], 8);
}

TEST(OnnxGates, TwoLevelsWithAZero) {
  // {0, 1/2}, {-1/2, 0} and {0, -1/2}: one threshold, silent at 0.
  for (const int kind : {0, 1, 2}) {
    Model model = neuron({1, 1, 1, 1}).constant("t", {1, 1}, {1});
    model.node("MultiThreshold", {"z", "t"}, "y").with("out_scale", kind == 2 ? -0.5 : 0.5);
    model.with("out_bias", kind == 1 ? -0.5 : 0.0);
    const Imported network = imported(model, "y");
    EXPECT_TRUE(std::holds_alternative<Threshold>(only_gate(network).activation));
    for (const auto& words : all_words(network.circuit)) {
      const bool up = weighted({1, 1, 1, 1}, words) >= 1;
      const double real = kind == 1 ? (up ? 0 : -0.5) : (up ? (kind == 2 ? -0.5 : 0.5) : 0);
      EXPECT_EQ(real_outputs(network, words)[0], real);
      EXPECT_EQ(evaluate(network.circuit, bits_of(network.circuit, words))[0] != 0, real != 0);
    }
  }
}

TEST(OnnxGates, LevelsWithoutAZeroAlwaysFire) {
  Model model = neuron({1, 1, 1, 1}).constant("t", {1, 2}, {0, 3});
  model.node("MultiThreshold", {"z", "t"}, "y").with("out_scale", 2.0).with("out_bias", 3.0);
  const Imported network = imported(model, "y");
  EXPECT_EQ(std::get<Steps>(only_gate(network).activation).values,
            (std::vector<std::int64_t>{3, 5, 7}));
  EXPECT_NE(network.notes[0].find("always fires"), std::string::npos);
  Model odd = neuron({1, 1, 1, 1}).constant("t", {1, 2}, {0, 3});  // 0.1F is no small fraction
  odd.node("MultiThreshold", {"z", "t"}, "y").with("out_scale", 2.0).with("out_bias", 0.1);
  const Imported second = imported(odd, "y");
  for (const auto& words : all_words(second.circuit)) {
    EXPECT_NE(evaluate(second.circuit, bits_of(second.circuit, words))[0], 0);
  }
}

TEST(OnnxGates, SignAddSignIsBipolar) {
  Model model = neuron({1, 1, 1, 1}).node("Sign", {"z"}, "s").constant("tenth", {}, {0.1F});
  model.node("Add", {"s", "tenth"}, "a").node("Sign", {"a"}, "y");
  const Imported network = imported(model, "y");
  EXPECT_TRUE(std::holds_alternative<Threshold>(only_gate(network).activation));
  EXPECT_EQ(real_outputs(network, {1, 1, 0, 0})[0], 1);
}

TEST(OnnxGates, NeuronsWithoutWeightsAreGates) {
  Model model =
      neuron({0, 0, 0, 0}).constant("c", {}, {1}).node("Add", {"z", "c"}, "s").bipolar("s", "y");
  const Imported network = imported(model, "y");
  EXPECT_TRUE(only_gate(network).wires.empty());
  EXPECT_TRUE(only_gate(network).counts);
  EXPECT_EQ(real_outputs(network, {0, 0, 0, 0})[0], 1);
}

TEST(OnnxGates, OneGateForAllReaders) {
  Model model = neuron({1, 1, 1, 1}).bipolar("z", "a").constant("k", {1, 2}, {1, -3});
  model.node("MatMul", {"a", "k"}, "b").node("Add", {"b", "a"}, "y");
  const Imported network = imported(model, "y");
  EXPECT_EQ(network.circuit.gate_count(), 3U);  // the neuron and two logits
  EXPECT_EQ(real_outputs(network, {1, 1, 1, 1}), (std::vector<double>{2, -2}));
}

TEST(OnnxGates, LogitsKeepTheirOrderAndDoNotCount) {
  Model model = neuron({1, 1, 1, 1}).constant("c", {2}, {-0.75F, 2}).constant("d", {}, {3});
  model.node("Mul", {"z", "c"}, "m").node("Add", {"m", "d"}, "y");
  const Imported network = imported(model, "y");
  for (const auto& words : all_words(network.circuit)) {
    const double z = weighted({1, 1, 1, 1}, words);
    EXPECT_EQ(real_outputs(network, words), (std::vector<double>{-0.75 * z + 3, 2 * z + 3}));
  }
  for (const RealMeaning& meaning : network.output_meaning) EXPECT_GT(number(meaning.scale), 0);
  EXPECT_FALSE(network.circuit.gate(GateId{0}).counts);
  EXPECT_EQ(network.circuit.gate(GateId{0}).layer, "output");
}

TEST(OnnxGates, HugeLogitsAreLeftOut) {
  Model model = neuron({1, 0x1p70F, 1, 1}).constant("c", {2}, {1, 1}).node("Mul", {"z", "c"}, "y");
  const Imported network = imported(model, "y");
  EXPECT_TRUE(network.circuit.outputs().empty());
  EXPECT_NE(network.notes.back().find("63 bits"), std::string::npos);
}

}  // namespace
}  // namespace gatelight::testing_onnx
