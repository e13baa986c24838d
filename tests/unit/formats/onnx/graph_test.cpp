// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

// bipolar inputs x [1,2] -> MatMul -> BipolarQuant -> y [1,2]
Model good() {
  Model model;
  model.input("x", {1, 2}).bipolar("x", "b");
  model.constant("w", {2, 2}, {1, -1, 1, 1}).node("MatMul", {"b", "w"}, "z").bipolar("z", "y");
  return model.output("y");
}

void expect_error(const Result<Imported>& result, ErrorCode code, const std::string& part) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, code) << result.error().text();
  EXPECT_NE(result.error().text().find(part), std::string::npos) << result.error().text();
  EXPECT_EQ(result.error().text().find('\n'), std::string::npos);
}

void expect_bad(const Model& model, const std::string& part) {
  expect_error(model.import(), ErrorCode::bad_input, part);
}

TEST(OnnxGraph, ReadsTheGoodOne) {
  const auto network = good().import();
  ASSERT_TRUE(network.ok()) << network.error().text();
  EXPECT_EQ(network->circuit.gate_count(), 2U);
  EXPECT_EQ(network->format, "onnx");
}

TEST(OnnxGraph, NotAModel) {
  expect_error(import_onnx(""), ErrorCode::bad_input, "no graph");
  expect_error(import_onnx("hello, this is not a protobuf"), ErrorCode::bad_input, "ONNX model");
  expect_error(import_onnx(std::string("\x1f\x8b\x08", 3)), ErrorCode::unsupported, "gunzip");
  Model empty;
  expect_bad(empty, "no nodes");
}

TEST(OnnxGraph, NodesInAnyOrderAndWithoutNames) {
  Model model = good();
  auto& nodes = *model.graph().mutable_node();
  nodes.SwapElements(0, 2);
  for (auto& node : nodes) node.clear_name();
  const auto network = model.import();
  ASSERT_TRUE(network.ok()) << network.error().text();
  EXPECT_EQ(network->circuit.gate(GateId{0}).layer, "y");
}

TEST(OnnxGraph, NodesThatNoOutputNeedsMayBeAnything) {
  Model model = good();
  model.node("Mystery", {"z"}, "unused");
  const auto network = model.import();
  ASSERT_TRUE(network.ok()) << network.error().text();
  EXPECT_NE(network->notes.back().find("left out"), std::string::npos);
}

TEST(OnnxGraph, TensorsAreDefinedOnceAndWithoutCycles) {
  Model twice = good();
  twice.node("Identity", {"x"}, "z");
  expect_bad(twice, "tensor \"z\": is defined twice");
  Model parameter = good();
  parameter.constant("w", {1}, {1});
  expect_bad(parameter, "tensor \"w\": is defined twice");
  Model missing = good();
  missing.graph().mutable_node(1)->set_input(1, "nowhere");
  expect_bad(missing, "node \"#z\" (MatMul): reads tensor \"nowhere\"");
  Model cycle = good();
  cycle.graph().mutable_node(0)->set_input(0, "y");
  expect_bad(cycle, "cycle");
  Model output = good();
  output.output("nothing");
  expect_bad(output, "tensor \"nothing\"");
}

TEST(OnnxGraph, LengthsMustFitShapes) {
  Model longer = good();
  longer.graph().mutable_initializer(1)->add_float_data(1);
  expect_bad(longer, "tensor \"w\": holds 5 values, its shape needs 4");
  Model raw = good();
  raw.graph().mutable_initializer(1)->clear_float_data();
  raw.graph().mutable_initializer(1)->set_raw_data("abc");
  expect_bad(raw, "holds 3 bytes, its shape needs 16");
  Model huge = good();
  for (int i = 0; i < 4; ++i) huge.graph().mutable_initializer(1)->add_dims(std::int64_t{1} << 40);
  expect_error(huge.import(), ErrorCode::limit, "tensor \"w\"");
  Model negative = good();
  negative.graph().mutable_initializer(1)->set_dims(0, -2);
  expect_bad(negative, "negative dimension");
}

TEST(OnnxGraph, ParametersAreFiniteNumbersInTheFile) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Model model = good();
    model.graph().mutable_initializer(1)->set_float_data(2, value);
    expect_bad(model, "tensor \"w\": holds a NaN or an infinity");
  }
  Model external = good();
  external.graph().mutable_initializer(1)->set_data_location(::onnx::TensorProto::EXTERNAL);
  expect_error(external.import(), ErrorCode::unsupported, "another file");
  Model text = good();
  text.graph().mutable_initializer(1)->set_data_type(::onnx::TensorProto::STRING);
  expect_error(text.import(), ErrorCode::unsupported, "data type");
}

TEST(OnnxGraph, EveryNumericDataType) {
  // The weights 1, -1, 1, 1 (unsigned: 1, 1, 1, 1) in other types give a circuit too.
  using ::onnx::TensorProto;
  for (const int type :
       {TensorProto::INT8, TensorProto::INT16, TensorProto::INT32, TensorProto::UINT8,
        TensorProto::UINT16, TensorProto::BOOL, TensorProto::INT64, TensorProto::UINT32,
        TensorProto::UINT64, TensorProto::DOUBLE, TensorProto::FLOAT16, TensorProto::BFLOAT16}) {
    Model model = good();
    TensorProto& w = *model.graph().mutable_initializer(1);
    w.clear_float_data();
    w.set_data_type(type);
    for (int i = 0; i < 4; ++i) {
      if (type == TensorProto::INT64) {
        w.add_int64_data(1);
      } else if (type == TensorProto::UINT32 || type == TensorProto::UINT64) {
        w.add_uint64_data(1);
      } else if (type == TensorProto::DOUBLE) {
        w.add_double_data(1);
      } else if (type == TensorProto::FLOAT16) {
        w.add_int32_data(0x3c00);
      } else if (type == TensorProto::BFLOAT16) {
        w.add_int32_data(0x3f80);
      } else {
        w.add_int32_data(1);
      }
    }
    const auto network = model.import();
    ASSERT_TRUE(network.ok()) << type << ": " << network.error().text();
    EXPECT_EQ(network->circuit.gate(GateId{0}).wires[0].weight, 1) << type;
  }
}

TEST(OnnxGraph, UnknownOperatorsAndDomainsAreNamed) {
  Model conv = good();
  conv.graph().mutable_node(1)->set_op_type("Conv");
  conv.graph().mutable_node(1)->set_name("conv1");
  expect_error(conv.import(), ErrorCode::unsupported,
               "node \"conv1\" (Conv): this operator is not supported");
  Model domain = good();
  domain.graph().mutable_node(1)->set_domain("com.example");
  expect_error(domain.import(), ErrorCode::unsupported, "com.example");
  Model unnamed = good();
  unnamed.graph().mutable_node(1)->clear_name();
  unnamed.graph().mutable_node(1)->set_op_type("Tanh");
  expect_error(unnamed.import(), ErrorCode::unsupported, "node 1 (Tanh)");
}

// Truncated and damaged models end in a circuit or an error, never in a crash.
TEST(OnnxGraph, DamagedBytes) {
  Model model = good();
  const std::string bytes = model.bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto result = import_onnx(std::string_view(bytes).substr(0, length));
    if (!result.ok()) {
      EXPECT_FALSE(result.error().message.empty());
    }
  }
  base::Random random(23);
  for (int round = 0; round < generate::scaled(3000); ++round) {
    std::string damaged = bytes;
    for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    (void)import_onnx(damaged);
  }
}

}  // namespace
}  // namespace gatelight::testing_onnx
