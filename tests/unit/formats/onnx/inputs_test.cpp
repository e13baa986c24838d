// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

// x -> ... "q" (levels) -> MatMul with 1 -> output: the output is the quantized value.
Model readout(Model model, const std::string& from, std::int64_t n) {
  std::vector<float> eye;
  for (std::int64_t i = 0; i < n * n; ++i) eye.push_back(i % (n + 1) == 0 ? 1 : 0);
  model.constant("eye", {n, n}, eye).node("MatMul", {from, "eye"}, "y");
  return model.output("y");
}

Imported imported(const Model& model) {
  auto result = model.import();
  EXPECT_TRUE(result.ok()) << result.error().text();
  return *std::move(result);
}

void expect_refused(const Model& model, const std::string& part) {
  const auto result = model.import();
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().text().find(part), std::string::npos) << result.error().text();
}

TEST(OnnxInputs, BipolarQuantIsOneBit) {
  Model model;
  model.input("x", {1, 3}).constant("two", {}, {2}).constant("one", {}, {1});
  model.node("Mul", {"x", "two"}, "m").node("Sub", {"m", "one"}, "s").bipolar("s", "q", 0.5F);
  const Imported network = imported(readout(model, "q", 3));
  EXPECT_EQ(network.circuit.bit_count(), 3U);
  EXPECT_EQ(network.circuit.inputs()[1].name, "x1");
  EXPECT_EQ(real_outputs(network, {0, 1, 0}), (std::vector<double>{-0.5, 0.5, -0.5}));
  // 2 x - 1 = 0.5 or -0.5 for these x.
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(network.input_meaning[i].position, i);
  EXPECT_EQ(network.input_meaning[0].scale, "1/2");
  EXPECT_EQ(network.input_meaning[0].offset, "1/4");
  for (std::uint32_t g = 0; g < 3; ++g) EXPECT_FALSE(network.circuit.gate(GateId{g}).counts);
}

TEST(OnnxInputs, QuantIsAWord) {
  Model plain;
  plain.input("x", {1, 1}).quant("x", "q", 0.25F, 0, 8, false, false);
  const Imported unsigned_word = imported(readout(plain, "q", 1));
  EXPECT_EQ(unsigned_word.circuit.inputs()[0], (InputWord{"x0", 8, false}));
  EXPECT_TRUE(unsigned_word.circuit.domain().unrestricted());
  EXPECT_EQ(unsigned_word.input_meaning[0].scale, "1/4");
  EXPECT_EQ(real_outputs(unsigned_word, {200})[0], 50);
  Model narrow;
  narrow.input("x", {1, 1}).quant("x", "q", 2, 0, 3, true, true);
  const Imported signed_word = imported(readout(narrow, "q", 1));
  EXPECT_EQ(signed_word.circuit.inputs()[0], (InputWord{"x0", 3, true}));
  ASSERT_EQ(signed_word.circuit.domain().range.size(), 1U);
  EXPECT_EQ(signed_word.circuit.domain().range[0].low, -3);
  EXPECT_EQ(real_outputs(signed_word, {-3})[0], -6);
  Model shifted;
  shifted.input("x", {1, 1}).quant("x", "q", 0.5F, 10, 4, false, false);
  const Imported zero_point = imported(readout(shifted, "q", 1));
  EXPECT_EQ(zero_point.circuit.inputs()[0].bits, 4);
  EXPECT_EQ(real_outputs(zero_point, {15})[0], 2.5);
  EXPECT_EQ(zero_point.input_meaning[0].offset, "-5");
  Model one_bit;
  one_bit.input("x", {1, 1}).quant("x", "q", 1, 0, 1, true, true);
  EXPECT_EQ(real_outputs(imported(readout(one_bit, "q", 1)), {0})[0], -1);
}

TEST(OnnxInputs, ReluBeforeTheQuantizerNarrowsTheWord) {
  Model model;
  model.input("x", {1, 1}).node("Relu", {"x"}, "r").quant("r", "q", 1, 0, 3, true, false);
  const Imported network = imported(readout(model, "q", 1));
  EXPECT_EQ(network.circuit.inputs()[0], (InputWord{"x0", 2, false}));
  EXPECT_EQ(real_outputs(network, {3})[0], 3);
}

TEST(OnnxInputs, MultiThresholdIsAWord) {
  Model model;
  model.input("x", {1, 2})
      .constant("t", {1, 3}, {-1, 0, 2.5F})
      .node("MultiThreshold", {"x", "t"}, "q");
  model.with("out_scale", 0.5).with("out_bias", -1.0);
  const Imported network = imported(readout(model, "q", 2));
  EXPECT_EQ(network.circuit.inputs()[0].bits, 2);
  EXPECT_EQ(real_outputs(network, {0, 3}), (std::vector<double>{-1, 0.5}));
}

TEST(OnnxInputs, AnnotationsAndIntegerTypes) {
  const auto annotated = [](const std::string& type) {
    Model model;
    model.input("x", {1, 1});
    auto* annotation = model.graph().add_quantization_annotation();
    annotation->set_tensor_name("x");
    auto* entry = annotation->add_quant_parameter_tensor_names();
    entry->set_key("finn_datatype");
    entry->set_value(type);
    return readout(model, "x", 1);
  };
  EXPECT_EQ(real_outputs(imported(annotated("BIPOLAR")), {0})[0], -1);
  EXPECT_EQ(real_outputs(imported(annotated("BINARY")), {1})[0], 1);
  EXPECT_EQ(imported(annotated("INT4")).circuit.inputs()[0], (InputWord{"x0", 4, true}));
  EXPECT_EQ(imported(annotated("UINT7")).circuit.inputs()[0], (InputWord{"x0", 7, false}));
  EXPECT_EQ(imported(annotated("TERNARY")).circuit.domain().range[0].low, -1);
  expect_refused(annotated("FLOAT32"), "gatelight convert");
  expect_refused(annotated("INT99"), "gatelight convert");
  Model bytes;
  bytes.input("x", {1, 1}, ::onnx::TensorProto::INT8).node("Cast", {"x"}, "f").with("to", 1);
  EXPECT_EQ(imported(readout(bytes, "f", 1)).circuit.inputs()[0], (InputWord{"x0", 8, true}));
}

TEST(OnnxInputs, RealInputsAreRefused) {
  Model model;
  expect_refused(readout(model.input("x", {1, 2}), "x", 2), "gatelight convert");
}

TEST(OnnxInputs, OneQuantizerForEachInput) {
  Model same;
  same.input("x", {1, 1}).bipolar("x", "a").bipolar("x", "b").node("Add", {"a", "b"}, "q");
  EXPECT_EQ(real_outputs(imported(readout(same, "q", 1)), {1})[0], 2);
  Model other;
  other.input("x", {1, 1}).bipolar("x", "a").quant("x", "b", 1, 0, 4, true, true);
  other.node("Add", {"a", "b"}, "q");
  expect_refused(readout(other, "q", 1), "second way");
}

TEST(OnnxInputs, TheBatchIsReadAsOne) {
  for (const std::int64_t batch : {std::int64_t{-1}, std::int64_t{789444}}) {
    Model model;
    model.input("x", {batch, 2}).bipolar("x", "q");
    const Imported network = imported(readout(model, "q", 2));
    EXPECT_EQ(network.circuit.bit_count(), 2U);
    EXPECT_NE(network.notes[0].find("batch"), std::string::npos);
  }
  Model rows;  // five different rows are not a batch
  rows.input("x", {5, 2})
      .constant("b", {5, 2}, std::vector<float>(10, 1))
      .node("Add", {"x", "b"}, "s");
  rows.bipolar("s", "q");
  expect_refused(readout(rows, "q", 2), "batch");
  Model open;
  open.input("x", {1, -1}).bipolar("x", "q");
  expect_refused(readout(open, "q", 2), "no fixed size");
}

TEST(OnnxInputs, Names) {
  const auto named = [](const std::string& names) {
    Model model;
    model.input("x", {1, 2}).bipolar("x", "q");
    auto* entry = model.proto().add_metadata_props();
    entry->set_key("input_names");
    entry->set_value(names);
    return readout(model, "q", 2);
  };
  EXPECT_EQ(imported(named("length, width")).circuit.inputs()[1].name, "width");
  expect_refused(named("length"), "input_names");
  expect_refused(named("a,a"), "twice");
  expect_refused(named("a,"), "empty");
  expect_refused(named("a,\xff"), "UTF-8");
  Model two;
  two.input("left", {1, 1}).input("right", {1, 1}).bipolar("left", "a").bipolar("right", "b");
  two.node("Add", {"a", "b"}, "q");
  const Imported network = imported(readout(two, "q", 1));
  EXPECT_EQ(network.circuit.inputs()[1].name, "right0");
}

TEST(OnnxInputs, ElementsThatNothingReadsAreLeftOut) {
  Model model;
  model.input("x", {1, 3}).integers("i", {1}, {1}).node("Gather", {"x", "i"}, "g").with("axis", 1);
  model.bipolar("g", "q");
  const Imported network = imported(readout(model, "q", 1));
  ASSERT_EQ(network.circuit.inputs().size(), 1U);
  EXPECT_EQ(network.circuit.inputs()[0].name, "x1");
}

}  // namespace
}  // namespace gatelight::testing_onnx
