// SPDX-License-Identifier: Apache-2.0
//
// From the bytes of an ONNX file to a validated graph.
//
// Problem   The file may be truncated, lie about lengths, define a tensor twice or in a circle,
// list
//           its nodes in any order, or not be ONNX at all.
// Idea      Let protobuf parse, then check every rule this program relies on and copy the rest into
//           plain structures; later stages trust those.
// Cost      O(length + nodes log nodes).
// Limits    2 GiB (protobuf); element_limit elements a constant.
// Tested by tests/unit/formats/onnx/graph_test.cpp
#include "formats/onnx/graph.hpp"

#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <limits>
#include <set>

#include "base/text.hpp"
#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

using base::quoted;

std::string tensor_place(const std::string& name) { return "tensor " + quoted(name); }

Attribute read_attribute(const ::onnx::AttributeProto& proto, const std::string& where) {
  Attribute result;
  if (proto.has_g() || proto.graphs_size() > 0) {
    refuse_unsupported("subgraphs (attribute " + quoted(proto.name()) + ") are not supported",
                       where);
  }
  const auto finite = [&](double value) {
    if (!std::isfinite(value)) {
      refuse_bad("attribute " + quoted(proto.name()) + " is a NaN or an infinity", where);
    }
    return value;
  };
  if (proto.has_f()) result.real = finite(static_cast<double>(proto.f()));
  if (proto.has_i()) result.integer = proto.i();
  if (proto.has_s()) result.text = proto.s();
  if (proto.has_t()) {
    result.tensor = read_tensor(proto.t(), where + ": attribute " + quoted(proto.name()));
  }
  for (const float value : proto.floats())
    result.reals.push_back(finite(static_cast<double>(value)));
  result.integers.assign(proto.ints().begin(), proto.ints().end());
  using ::onnx::AttributeProto;
  result.has_list = proto.ints_size() > 0 || proto.floats_size() > 0 ||
                    proto.type() == AttributeProto::INTS || proto.type() == AttributeProto::FLOATS;
  // A zero may be left out of the bytes where the type is given.
  if (proto.type() == AttributeProto::INT && !result.integer) result.integer = 0;
  if (proto.type() == AttributeProto::FLOAT && !result.real) result.real = 0;
  return result;
}

GraphNode read_node(const ::onnx::NodeProto& proto, std::size_t index) {
  GraphNode node;
  node.name = proto.name();
  node.op = proto.op_type();
  node.domain = proto.domain();
  node.index = index;
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  if (node.op.empty()) refuse_bad("has no operator", node.place());
  for (const auto& attribute : proto.attribute()) {
    if (!node.attributes.emplace(attribute.name(), read_attribute(attribute, node.place()))
             .second) {
      refuse_bad("attribute " + quoted(attribute.name()) + " is given twice", node.place());
    }
  }
  return node;
}

ElementType element_type(int type) {
  using ::onnx::TensorProto;
  switch (type) {
    case TensorProto::FLOAT:
    case TensorProto::DOUBLE:
    case TensorProto::FLOAT16:
    case TensorProto::BFLOAT16:
    case TensorProto::UNDEFINED:
      return ElementType::real;
    case TensorProto::BOOL:
      return ElementType::boolean;
    case TensorProto::INT8:
      return ElementType::int8;
    case TensorProto::UINT8:
      return ElementType::uint8;
    case TensorProto::INT16:
      return ElementType::int16;
    case TensorProto::UINT16:
      return ElementType::uint16;
    default:
      return ElementType::other;
  }
}

GraphInput read_input(const ::onnx::ValueInfoProto& proto) {
  GraphInput input;
  input.name = proto.name();
  if (!proto.has_type() || !proto.type().has_tensor_type()) {
    refuse_unsupported("a graph input that is not a tensor", tensor_place(input.name));
  }
  const auto& type = proto.type().tensor_type();
  input.type = element_type(type.elem_type());
  input.has_shape = type.has_shape();
  for (const auto& dim : type.shape().dim()) {
    // Some exporters write 0 or -1 for "not known".
    const bool known = dim.has_dim_value() && dim.dim_value() > 0;
    input.dims.push_back(known ? std::optional<std::int64_t>(dim.dim_value()) : std::nullopt);
    input.symbols.push_back(dim.dim_param());
  }
  return input;
}

// Kahn's algorithm; keeps the order of the file where it is already right.
std::vector<GraphNode> in_order(std::vector<GraphNode> nodes, const Graph& graph) {
  std::map<std::string, std::size_t> producer;
  std::set<std::string> given;
  for (const auto& [name, parameter] : graph.parameters) given.insert(name);
  for (const GraphInput& input : graph.inputs) {
    if (!given.insert(input.name).second) refuse_bad("is defined twice", tensor_place(input.name));
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::string& output : nodes[i].outputs) {
      if (output.empty()) continue;
      if (given.contains(output) || !producer.emplace(output, i).second) {
        refuse_bad("is defined twice", tensor_place(output));
      }
    }
  }
  std::vector<std::vector<std::size_t>> readers(nodes.size());
  std::vector<std::size_t> waiting(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const std::string& input : nodes[i].inputs) {
      if (input.empty() || given.contains(input)) continue;
      const auto found = producer.find(input);
      if (found == producer.end()) {
        refuse_bad("reads " + tensor_place(input) + ", which nothing defines", nodes[i].place());
      }
      readers[found->second].push_back(i);
      ++waiting[i];
    }
  }
  for (const std::string& output : graph.outputs) {
    if (!given.contains(output) && !producer.contains(output)) {
      refuse_bad("is a graph output, but nothing defines it", tensor_place(output));
    }
  }
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (waiting[i] == 0) ready.insert(i);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = *ready.begin();
    ready.erase(ready.begin());
    order.push_back(next);
    for (const std::size_t reader : readers[next]) {
      if (--waiting[reader] == 0) ready.insert(reader);
    }
  }
  if (order.size() != nodes.size()) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (waiting[i] > 0) refuse_bad("is part of a cycle", nodes[i].place());
    }
  }
  // Only what an output depends on.
  std::set<std::string> needed(graph.outputs.begin(), graph.outputs.end());
  std::vector<GraphNode> result;
  for (std::size_t k = order.size(); k-- > 0;) {
    GraphNode& node = nodes[order[k]];
    bool is_needed = false;
    for (const std::string& output : node.outputs) is_needed = is_needed || needed.contains(output);
    if (!is_needed) continue;
    for (const std::string& input : node.inputs) needed.insert(input);
    result.push_back(std::move(node));
  }
  return {std::make_move_iterator(result.rbegin()), std::make_move_iterator(result.rend())};
}

void read_parameters(const ::onnx::GraphProto& proto, Graph& graph) {
  if (proto.sparse_initializer_size() > 0) refuse_unsupported("sparse constants are not supported");
  for (const auto& tensor : proto.initializer()) {
    if (tensor.name().empty()) refuse_bad("a constant has no name");
    Parameter parameter = read_tensor(tensor, tensor_place(tensor.name()));
    if (!graph.parameters.emplace(tensor.name(), std::move(parameter)).second) {
      refuse_bad("is defined twice", tensor_place(tensor.name()));
    }
  }
}

}  // namespace

std::size_t element_count(const Shape& shape, const std::string& where) {
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t dim : shape) {
    if (dim < 0) refuse_bad("has a negative dimension", where);
    if (dim == 0) {
      empty = true;
    } else if (count > element_limit / dim) {
      refuse_limit("has more than " + std::to_string(element_limit) + " elements", where);
    } else {
      count *= dim;
    }
  }
  return empty ? 0 : static_cast<std::size_t>(count);
}

std::string GraphNode::place() const {
  if (name.empty()) return "node " + std::to_string(index) + " (" + base::one_line(op, 80) + ")";
  return "node " + quoted(name) + " (" + base::one_line(op, 80) + ")";
}

const Attribute* GraphNode::find(const std::string& attribute) const {
  const auto found = attributes.find(attribute);
  return found == attributes.end() ? nullptr : &found->second;
}

std::int64_t GraphNode::integer_or(const std::string& attribute, std::int64_t otherwise) const {
  const Attribute* found = find(attribute);
  if (found == nullptr) return otherwise;
  if (!found->integer) refuse_bad("attribute " + quoted(attribute) + " is not an integer", place());
  return *found->integer;
}

double GraphNode::real_or(const std::string& attribute, double otherwise) const {
  const Attribute* found = find(attribute);
  if (found == nullptr) return otherwise;
  if (!found->real) refuse_bad("attribute " + quoted(attribute) + " is not a number", place());
  return *found->real;
}

std::string GraphNode::text_or(const std::string& attribute, std::string otherwise) const {
  const Attribute* found = find(attribute);
  if (found == nullptr) return otherwise;
  if (!found->text) refuse_bad("attribute " + quoted(attribute) + " is not a text", place());
  return *found->text;
}

Graph read_graph(std::string_view model) {
  if (model.size() >= 2 && model[0] == '\x1f' && model[1] == '\x8b') {
    refuse_unsupported("a gzip file: unpack it first (gunzip)");
  }
  if (model.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    refuse_limit("larger than 2 GiB");
  }
  const google::protobuf::LogSilencer silence;  // the library does not print
  ::onnx::ModelProto proto;
  if (!proto.ParseFromArray(model.data(), static_cast<int>(model.size()))) {
    refuse_bad("not a complete ONNX model (the protobuf does not parse)");
  }
  if (!proto.has_graph()) refuse_bad("not an ONNX model (it holds no graph)");
  const ::onnx::GraphProto& source = proto.graph();
  Graph graph;
  graph.name = source.name();
  read_parameters(source, graph);
  for (const auto& input : source.input()) {
    if (!graph.parameters.contains(input.name())) graph.inputs.push_back(read_input(input));
  }
  for (const auto& output : source.output()) graph.outputs.push_back(output.name());
  std::set<std::string> different(graph.outputs.begin(), graph.outputs.end());
  if (different.size() != graph.outputs.size()) refuse_bad("a graph output is listed twice");
  if (source.node_size() == 0) refuse_bad("the graph has no nodes");
  if (graph.inputs.empty()) refuse_bad("the graph has no inputs");
  if (graph.outputs.empty()) refuse_bad("the graph has no outputs");
  for (const auto& annotation : source.quantization_annotation()) {
    for (const auto& entry : annotation.quant_parameter_tensor_names()) {
      if (entry.key() == "finn_datatype") graph.datatypes[annotation.tensor_name()] = entry.value();
    }
  }
  for (const auto& entry : proto.metadata_props()) graph.metadata[entry.key()] = entry.value();
  std::vector<GraphNode> nodes;
  for (const auto& node : source.node()) nodes.push_back(read_node(node, nodes.size()));
  const std::size_t all = nodes.size();
  graph.nodes = in_order(std::move(nodes), graph);
  graph.unused_nodes = all - graph.nodes.size();
  return graph;
}

}  // namespace gatelight::formats::onnx_net
