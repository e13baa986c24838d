// SPDX-License-Identifier: Apache-2.0
//
// Small ONNX models for tests, written node by node.
#ifndef GATELIGHT_TESTS_UNIT_FORMATS_ONNX_MODEL_HPP
#define GATELIGHT_TESTS_UNIT_FORMATS_ONNX_MODEL_HPP

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gatelight/formats.hpp"

namespace gatelight::testing_onnx {

using Names = std::vector<std::string>;
using Dims = std::vector<std::int64_t>;

class Model {
 public:
  Model();
  Model& input(const std::string& name, const Dims& dims, int type = ::onnx::TensorProto::FLOAT);
  Model& output(const std::string& name);
  Model& constant(const std::string& name, const Dims& dims, const std::vector<float>& values);
  Model& integers(const std::string& name, const Dims& dims,
                  const std::vector<std::int64_t>& values);
  // The node is named after its first output, with '#' before it.
  Model& node(const std::string& op, const Names& inputs, const std::string& output);
  // Attributes of the last node.
  Model& with(const std::string& name, std::int64_t value);
  Model& with(const std::string& name, int value) { return with(name, std::int64_t{value}); }
  Model& with(const std::string& name, double value);
  Model& with(const std::string& name, const char* value);
  Model& with(const std::string& name, const Dims& values);
  // Quant with its three parameters as constants.
  Model& quant(const std::string& from, const std::string& to, float scale, float zero, float bits,
               bool is_signed, bool narrow, const char* rounding = "ROUND");
  Model& bipolar(const std::string& from, const std::string& to, float scale = 1);

  [[nodiscard]] std::string bytes() const { return proto_.SerializeAsString(); }
  [[nodiscard]] ::onnx::ModelProto& proto() { return proto_; }
  [[nodiscard]] ::onnx::GraphProto& graph() { return *proto_.mutable_graph(); }
  [[nodiscard]] Result<Imported> import() const { return import_onnx(bytes()); }

 private:
  ::onnx::ModelProto proto_;
};

// The bits of an input given as word values.
[[nodiscard]] InputBits bits_of(const Circuit& circuit, const std::vector<std::int64_t>& words);
// Every allowed combination of word values.  Requires few of them.
[[nodiscard]] std::vector<std::vector<std::int64_t>> all_words(const Circuit& circuit);
// An exact rational such as "-3/4" as a double.
[[nodiscard]] double number(const std::string& text);
// The real values of the outputs on one input.
[[nodiscard]] std::vector<double> real_outputs(const Imported& network,
                                               const std::vector<std::int64_t>& words);

}  // namespace gatelight::testing_onnx

#endif  // GATELIGHT_TESTS_UNIT_FORMATS_ONNX_MODEL_HPP
