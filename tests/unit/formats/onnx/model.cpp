// SPDX-License-Identifier: Apache-2.0
#include "unit/formats/onnx/model.hpp"

#include <algorithm>
#include <cstdlib>

namespace gatelight::testing_onnx {

Model::Model() {
  proto_.set_ir_version(8);
  ::onnx::OperatorSetIdProto* opset = proto_.add_opset_import();
  opset->set_domain("");
  opset->set_version(13);
  graph().set_name("test");
}

Model& Model::input(const std::string& name, const Dims& dims, int type) {
  ::onnx::ValueInfoProto* value = graph().add_input();
  value->set_name(name);
  auto* tensor = value->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (const std::int64_t dim : dims) {
    auto* added = tensor->mutable_shape()->add_dim();
    if (dim < 0) {
      added->set_dim_param("N");
    } else {
      added->set_dim_value(dim);
    }
  }
  return *this;
}

Model& Model::output(const std::string& name) {
  graph().add_output()->set_name(name);
  return *this;
}

Model& Model::constant(const std::string& name, const Dims& dims,
                       const std::vector<float>& values) {
  ::onnx::TensorProto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(::onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : dims) tensor->add_dims(dim);
  for (const float value : values) tensor->add_float_data(value);
  return *this;
}

Model& Model::integers(const std::string& name, const Dims& dims,
                       const std::vector<std::int64_t>& values) {
  ::onnx::TensorProto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(::onnx::TensorProto::INT64);
  for (const std::int64_t dim : dims) tensor->add_dims(dim);
  for (const std::int64_t value : values) tensor->add_int64_data(value);
  return *this;
}

Model& Model::node(const std::string& op, const Names& inputs, const std::string& output) {
  ::onnx::NodeProto* node = graph().add_node();
  node->set_op_type(op);
  node->set_name("#" + output);
  for (const std::string& input : inputs) node->add_input(input);
  node->add_output(output);
  return *this;
}

namespace {

::onnx::AttributeProto* attribute(::onnx::GraphProto& graph, const std::string& name) {
  ::onnx::AttributeProto* result = graph.mutable_node(graph.node_size() - 1)->add_attribute();
  result->set_name(name);
  return result;
}

}  // namespace

Model& Model::with(const std::string& name, std::int64_t value) {
  ::onnx::AttributeProto* added = attribute(graph(), name);
  added->set_type(::onnx::AttributeProto::INT);
  added->set_i(value);
  return *this;
}

Model& Model::with(const std::string& name, double value) {
  ::onnx::AttributeProto* added = attribute(graph(), name);
  added->set_type(::onnx::AttributeProto::FLOAT);
  added->set_f(static_cast<float>(value));
  return *this;
}

Model& Model::with(const std::string& name, const char* value) {
  ::onnx::AttributeProto* added = attribute(graph(), name);
  added->set_type(::onnx::AttributeProto::STRING);
  added->set_s(value);
  return *this;
}

Model& Model::with(const std::string& name, const Dims& values) {
  ::onnx::AttributeProto* added = attribute(graph(), name);
  added->set_type(::onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) added->add_ints(value);
  return *this;
}

Model& Model::quant(const std::string& from, const std::string& to, float scale, float zero,
                    float bits, bool is_signed, bool narrow, const char* rounding) {
  constant(to + ".scale", {}, {scale}).constant(to + ".zero", {}, {zero});
  constant(to + ".bits", {}, {bits});
  node("Quant", {from, to + ".scale", to + ".zero", to + ".bits"}, to);
  graph().mutable_node(graph().node_size() - 1)->set_domain("qonnx.custom_op.general");
  return with("signed", is_signed ? 1 : 0)
      .with("narrow", narrow ? 1 : 0)
      .with("rounding_mode", rounding);
}

Model& Model::bipolar(const std::string& from, const std::string& to, float scale) {
  constant(to + ".scale", {}, {scale});
  node("BipolarQuant", {from, to + ".scale"}, to);
  graph().mutable_node(graph().node_size() - 1)->set_domain("onnx.brevitas");
  return *this;
}

InputBits bits_of(const Circuit& circuit, const std::vector<std::int64_t>& words) {
  InputBits bits(circuit.bit_count());
  for (std::uint32_t w = 0; w < words.size(); ++w) {
    for (int b = 0; b < circuit.inputs()[w].bits; ++b) {
      bits[circuit.first_bit(InputId{w}) + static_cast<std::size_t>(b)] =
          static_cast<std::uint64_t>(words[w]) >> b & 1;
    }
  }
  return bits;
}

std::vector<std::vector<std::int64_t>> all_words(const Circuit& circuit) {
  std::vector<std::vector<std::int64_t>> result{{}};
  for (const InputWord& word : circuit.inputs()) {
    const std::int64_t low = word.is_signed ? -(std::int64_t{1} << (word.bits - 1)) : 0;
    std::vector<std::vector<std::int64_t>> longer;
    for (const auto& start : result) {
      for (std::int64_t v = low; v < low + (std::int64_t{1} << word.bits); ++v) {
        longer.push_back(start);
        longer.back().push_back(v);
      }
    }
    result = std::move(longer);
  }
  std::erase_if(result,
                [&](const auto& words) { return !circuit.in_domain(bits_of(circuit, words)); });
  return result;
}

double number(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    return std::atof(text.starts_with("approx. ") ? text.c_str() + 8 : text.c_str());
  }
  return std::atof(text.substr(0, slash).c_str()) / std::atof(text.substr(slash + 1).c_str());
}

std::vector<double> real_outputs(const Imported& network, const std::vector<std::int64_t>& words) {
  const auto values = evaluate(network.circuit, bits_of(network.circuit, words));
  std::vector<double> result;
  for (std::size_t i = 0; i < network.circuit.outputs().size(); ++i) {
    const auto gate = static_cast<std::size_t>(network.circuit.outputs()[i]);
    const RealMeaning& meaning = network.output_meaning[i];
    result.push_back(number(meaning.scale) * static_cast<double>(values[gate]) +
                     number(meaning.offset));
  }
  return result;
}

}  // namespace gatelight::testing_onnx
