// SPDX-License-Identifier: Apache-2.0
//
// An ONNX graph as plain data, validated: everything the protobuf says that the importer uses.
#ifndef GATELIGHT_FORMATS_ONNX_GRAPH_HPP
#define GATELIGHT_FORMATS_ONNX_GRAPH_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace onnx {
class TensorProto;
}

namespace gatelight::formats::onnx_net {

using Shape = std::vector<std::int64_t>;

// The most elements of one tensor; more is refused.
inline constexpr std::int64_t element_limit = std::int64_t{1} << 22;

// Product of the dimensions; refuses negative ones and products beyond element_limit.
[[nodiscard]] std::size_t element_count(const Shape& shape, const std::string& where);

// A constant: exactly one of reals (finite) and integers is in use, with element_count(dims) items.
struct Parameter {
  Shape dims;
  bool is_integer = false;
  std::vector<double> reals;  // float16, float32 and float64 are exact here
  std::vector<std::int64_t> integers;
};

struct Attribute {
  std::optional<double> real;
  std::optional<std::int64_t> integer;
  std::optional<std::string> text;
  std::optional<Parameter> tensor;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  bool has_list = false;
};

struct GraphNode {
  std::string name, op, domain;
  std::vector<std::string> inputs, outputs;
  std::map<std::string, Attribute> attributes;
  std::size_t index = 0;  // in the file

  // node "NAME" (OpType), or node 3 (OpType).
  [[nodiscard]] std::string place() const;
  [[nodiscard]] bool has_input(std::size_t i) const {
    return i < inputs.size() && !inputs[i].empty();
  }
  [[nodiscard]] const Attribute* find(const std::string& attribute) const;
  [[nodiscard]] std::int64_t integer_or(const std::string& attribute, std::int64_t otherwise) const;
  [[nodiscard]] double real_or(const std::string& attribute, double otherwise) const;
  [[nodiscard]] std::string text_or(const std::string& attribute, std::string otherwise) const;
};

enum class ElementType : std::uint8_t { real, boolean, int8, uint8, int16, uint16, other };

struct GraphInput {
  std::string name;
  ElementType type = ElementType::real;
  bool has_shape = false;
  std::vector<std::optional<std::int64_t>> dims;  // none: symbolic
  std::vector<std::string> symbols;               // names of the symbolic ones
};

struct Graph {
  std::string name;
  std::vector<GraphNode> nodes;  // in topological order
  std::map<std::string, Parameter> parameters;
  std::vector<GraphInput> inputs;  // those that are not parameters
  std::vector<std::string> outputs;
  std::map<std::string, std::string> datatypes;  // finn_datatype annotations of tensors
  std::map<std::string, std::string> metadata;
  std::size_t unused_nodes = 0;  // nodes dropped because no output depends on them
};

// Parses and validates a model; throws Refusal.  Never trusts the bytes.  O(length).
[[nodiscard]] Graph read_graph(std::string_view model);

// The constant in a TensorProto; `where` names it.
[[nodiscard]] Parameter read_tensor(const ::onnx::TensorProto& tensor, const std::string& where);

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_GRAPH_HPP
