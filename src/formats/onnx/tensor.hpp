// SPDX-License-Identifier: Apache-2.0
//
// The values the importer computes with: exact constants, and functions of the circuit's nodes.
#ifndef GATELIGHT_FORMATS_ONNX_TENSOR_HPP
#define GATELIGHT_FORMATS_ONNX_TENSOR_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "formats/onnx/function.hpp"
#include "formats/onnx/graph.hpp"
#include "formats/onnx/quantizer.hpp"
#include "formats/onnx/surd.hpp"

namespace gatelight::formats::onnx_net {

// A node of the circuit being made: an input word, or a gate.
using NodeId = std::uint32_t;
inline constexpr NodeId gate_flag = NodeId{1} << 31;

// z = sum of integer weight * node, nodes increasing, weights not zero.
struct Sum {
  std::vector<std::pair<NodeId, mpz_class>> terms;
  mpz_class low, high;     // bounds of z over all values of the nodes
  bool is_neuron = false;  // made by mixing nodes: what reads it is a neuron, however few its terms

  // While discretizing: z of the original network is factor * (z of *before) + shift.
  std::shared_ptr<const Sum> before;
  double factor = 1, shift = 0;
};
using SumPtr = std::shared_ptr<const Sum>;
[[nodiscard]] SumPtr negated(const Sum& sum);

// One quantizer that has been resolved into cut points; kept for statistics while discretizing.
struct Applied {
  std::vector<Function> before;
  Quantizer quantizer;
};

// A value that lazily waits to become a gate.  Its base is z itself, or, once quantized, level[j]
// where j is the number of at[i] <= z.  Its value is `pending` applied to the base.
struct Core {
  SumPtr sum;                      // nothing for a raw input
  std::optional<std::size_t> raw;  // a real-valued graph input, not quantized yet
  bool is_stepped = false;
  std::vector<std::int64_t> at;     // non-decreasing, within [sum->low, sum->high + 1]
  std::vector<std::int64_t> level;  // non-decreasing, one more than at
  std::vector<Function> pending;
  const GraphNode* activation = nullptr;  // the last function that is not affine
  std::size_t neuron = 0;                 // its element there
  std::vector<Applied> applied;

  // Set once it is a gate of output y: value = gate_scale * y + gate_offset.
  std::optional<NodeId> gate;
  Surd gate_scale, gate_offset;

  [[nodiscard]] bool needs_gate() const { return is_stepped || !pending.empty(); }
};
using CorePtr = std::shared_ptr<Core>;

// A dynamic number: scale * value of the core + offset.
struct Element {
  CorePtr core;
  Surd scale = 1, offset;
};

// The functions from the core's base to the element.
[[nodiscard]] std::vector<Function> functions_of(const Element& element);

// Exactly one of constants and elements is in use.
struct Tensor {
  Shape shape;
  bool is_constant = true;
  bool is_integer = false;  // constants of an integer data type
  bool is_final = false;    // after a softmax or argmax that was left out
  std::vector<Surd> constants;
  std::vector<Element> elements;

  [[nodiscard]] std::size_t size() const {
    return is_constant ? constants.size() : elements.size();
  }
  static Tensor constant(Shape shape, std::vector<Surd> values);
  static Tensor dynamic(Shape shape, std::vector<Element> values);
  static Tensor from(const Parameter& parameter);
  // The same data in another shape of as many elements.
  [[nodiscard]] Tensor reshaped(Shape to) const;
  // Element i of the result is element from[i] of this.
  [[nodiscard]] Tensor gathered(Shape to, const std::vector<std::size_t>& from) const;
};

// "[1,784]"
[[nodiscard]] std::string to_string(const Shape& shape);

// numpy's broadcasting: the common shape (nothing if there is none), and for each of its elements
// the index into a tensor of shape `from`.
[[nodiscard]] std::optional<Shape> broadcast(const Shape& a, const Shape& b);
[[nodiscard]] std::vector<std::size_t> broadcast_index(const Shape& from, const Shape& to);

// For each element of the transposed tensor the index in the original.
[[nodiscard]] std::vector<std::size_t> transpose_index(const Shape& from,
                                                       const std::vector<std::size_t>& permutation);

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_TENSOR_HPP
