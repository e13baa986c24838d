// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

// x [1,4] -> 8 -> 8 -> 3 with random real weights.
Model real_network(const char* activation, bool normalized) {
  base::Random random(7);
  Model model;
  model.input("x", {1, 4});
  std::string from = "x";
  std::int64_t in = 4;
  for (const std::int64_t out : {8, 8, 3}) {
    const std::string to = "t" + std::to_string(model.graph().node_size());
    std::vector<float> weight, bias, variance;
    for (std::int64_t i = 0; i < in * out; ++i)
      weight.push_back(static_cast<float>(2 * random.unit() - 1));
    for (std::int64_t i = 0; i < out; ++i) {
      bias.push_back(static_cast<float>(random.unit() - 0.5));
      variance.push_back(static_cast<float>(0.5 + random.unit()));
    }
    model.constant(to + ".w", {in, out}, weight).constant(to + ".b", {out}, bias);
    model.node("Gemm", {from, to + ".w", to + ".b"}, to);
    from = to;
    in = out;
    if (normalized) {
      model.constant(to + ".v", {out}, variance);
      model.node("BatchNormalization", {from, to + ".b", to + ".b", to + ".b", to + ".v"},
                 to + ".n");
      from = to + ".n";
    }
    if (out != 3) {
      model.node(activation, {from}, to + ".a");
      from = to + ".a";
    }
  }
  return model.output(from);
}

Discretized discretized(const Model& model, const DiscretizeOptions& options) {
  auto result = discretize_onnx(model.bytes(), options);
  EXPECT_TRUE(result.ok()) << result.error().text();
  return *std::move(result);
}

TEST(OnnxDiscretize, MoreBitsAgreeBetter) {
  for (const char* activation : {"Relu", "Sigmoid"}) {
    for (const bool normalized : {false, true}) {
      const Model model = real_network(activation, normalized);
      ASSERT_FALSE(model.import().ok());
      DiscretizeOptions options;
      options.samples = 100;
      options.weight_bits = options.activation_bits = 4;
      const Discretized coarse = discretized(model, options);
      options.weight_bits = 14;
      options.activation_bits = 10;
      const Discretized fine = discretized(model, options);
      EXPECT_LT(fine.largest_output_error, 1e-2) << activation << normalized;
      EXPECT_GT(coarse.largest_output_error, fine.largest_output_error);
      EXPECT_GE(fine.same_argmax, 0.98);
      EXPECT_GE(fine.same_firing, 0.99);
      EXPECT_EQ(fine.samples, 100U);
      EXPECT_EQ(fine.network.circuit.gate_count(), 19U);
    }
  }
}

TEST(OnnxDiscretize, KeepsItsPromises) {
  DiscretizeOptions options;
  options.weight_bits = 5;
  options.activation_bits = 3;
  options.input_bits = 6;
  options.input_low = -0.5;
  const Discretized result = discretized(real_network("Relu", false), options);
  const Circuit& circuit = result.network.circuit;
  EXPECT_EQ(circuit.inputs()[0].bits, 6);
  EXPECT_EQ(result.network.input_meaning[0].scale, "1/42");
  EXPECT_EQ(result.network.input_meaning[0].offset, "-1/2");
  std::int64_t largest = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    for (const WrittenWire& wire : gate.wires) largest = std::max(largest, std::abs(wire.weight));
    if (gate.counts) {
      EXPECT_LE(std::get<Relu>(gate.activation).max, 7);
    }
  }
  EXPECT_LE(largest, 15);
  EXPECT_GT(largest, 7);  // all bits are in use
}

// Two neurons whose weights differ by a factor of 1000, mixed again in proportion if asked to.
Model unequal_rows(bool mixed) {
  Model model;
  model.input("x", {1, 2})
      .constant("w", {2, 2}, {1, 0.0007F, -0.8F, 0.0009F})
      .node("MatMul", {"x", "w"}, "z")
      .node("Relu", {"z"}, "h");
  if (!mixed) return model.output("h");
  return model.constant("v", {2, 2}, {1, 0.5F, 300, -900})
      .node("MatMul", {"h", "v"}, "y")
      .output("y");
}

TEST(OnnxDiscretize, EachNeuronHasItsOwnScale) {
  DiscretizeOptions options;
  options.weight_bits = 5;
  const Discretized result = discretized(unequal_rows(true), options);
  const Circuit& circuit = result.network.circuit;
  for (std::uint32_t g = 0; g < 2; ++g) {
    EXPECT_EQ(circuit.gate(GateId{g}).wires.size(), 2U);  // one scale for both drops the small ones
    EXPECT_EQ(std::get<Relu>(circuit.gate(GateId{g}).activation).max, 255);
  }
  EXPECT_GE(result.same_firing, 0.98);
  EXPECT_LT(result.largest_output_error, 0.05);
}

TEST(OnnxDiscretize, OutputsOfOneTensorShareAUnit) {
  for (const bool mixed : {false, true}) {
    const Discretized result = discretized(unequal_rows(mixed), {});
    ASSERT_EQ(result.network.output_meaning.size(), 2U);
    EXPECT_EQ(result.network.output_meaning[0].scale, result.network.output_meaning[1].scale);
  }
}

TEST(OnnxDiscretize, TheReportedSamplesDoNotShapeTheCircuit) {
  DiscretizeOptions options;
  const Discretized many = discretized(real_network("Relu", false), options);
  options.samples = 10;
  const Discretized few = discretized(real_network("Relu", false), options);
  EXPECT_EQ(format_circuit(few.network.circuit), format_circuit(many.network.circuit));
}

TEST(OnnxDiscretize, TheSameSeedGivesTheSameReport) {
  const Model model = real_network("Relu", true);
  const Discretized one = discretized(model, {});
  const Discretized two = discretized(model, {});
  EXPECT_EQ(format_circuit(one.network.circuit), format_circuit(two.network.circuit));
  EXPECT_EQ(one.largest_output_error, two.largest_output_error);
  EXPECT_EQ(one.network.notes, two.network.notes);
}

TEST(OnnxDiscretize, QuantizedNetworksStayExact) {
  Model model;
  model.input("raw", {1, 2}).bipolar("raw", "x").constant("w", {2, 1}, {1, 0.5F});
  model.node("MatMul", {"x", "w"}, "z").bipolar("z", "y").output("y");
  const Discretized result = discretized(model, {});
  EXPECT_EQ(format_circuit(result.network.circuit), format_circuit(model.import()->circuit));
  EXPECT_EQ(result.same_firing, 1);
}

TEST(OnnxDiscretize, QuantizersInsideARealNetworkStayExact) {
  Model model;
  model.input("x", {1, 2})
      .constant("w", {2, 2}, {1, 0.25F, -0.5F, 0.75F})
      .node("MatMul", {"x", "w"}, "z");
  model.quant("z", "y", 0.125F, 0, 3, true, true).output("y");
  const Discretized result = discretized(model, {});
  EXPECT_EQ(result.same_firing, 1);
  EXPECT_EQ(result.largest_output_error, 0);
}

TEST(OnnxDiscretize, Refusals) {
  const Model model = real_network("Relu", false);
  DiscretizeOptions options;
  options.weight_bits = 1;
  EXPECT_FALSE(discretize_onnx(model.bytes(), options).ok());
  options = {};
  options.input_low = 2;
  EXPECT_FALSE(discretize_onnx(model.bytes(), options).ok());
  for (const std::size_t samples : {0, 10001}) {
    options = {};
    options.samples = samples;
    EXPECT_FALSE(discretize_onnx(model.bytes(), options).ok());
  }
  const auto unknown = discretize_onnx(real_network("Tanh", false).bytes(), {});
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().text().find("(Tanh): this operator is not supported"),
            std::string::npos);
  EXPECT_FALSE(discretize_onnx("nonsense", {}).ok());
}

}  // namespace
}  // namespace gatelight::testing_onnx
