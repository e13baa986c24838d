// SPDX-License-Identifier: Apache-2.0
//
// Operators that move elements about, and constants.  They never make a gate.
#include <algorithm>
#include <numeric>

#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

std::size_t axis_of(std::int64_t axis, std::size_t rank, const GraphNode& node) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < 0) axis += signed_rank;
  if (axis < 0 || axis >= signed_rank) refuse_bad("axis out of range", node.place());
  return static_cast<std::size_t>(axis);
}

std::int64_t product(const Shape& shape, std::size_t from, std::size_t to) {
  std::int64_t result = 1;
  for (std::size_t i = from; i < to; ++i) result *= shape[i];
  return result;
}

Tensor identity(Interpreter& interpreter, const GraphNode& node) {
  return interpreter.input(node, 0);
}

Surd in_precision(const Surd& value, mpfr_prec_t bits) {
  Real rounded(bits);
  mpfr_set_q(rounded, value.rational().get_mpq_t(), MPFR_RNDN);
  mpq_class result;
  mpfr_get_q(result.get_mpq_t(), rounded);
  return result;
}

Tensor cast(Interpreter& interpreter, const GraphNode& node) {
  Tensor result = interpreter.input(node, 0);
  const std::int64_t to = node.integer_or("to", 1);
  const bool to_real = to == 1 || to == 10 || to == 11 || to == 16;  // TensorProto::DataType
  if (!result.is_constant) {
    if (!to_real) refuse_unsupported("only to a real data type", node.place());
    return result;
  }
  result.is_integer = !to_real;
  for (Surd& value : result.constants) {
    if (!value.is_rational()) continue;
    if (to == 1) value = in_precision(value, 24);
    if (to == 11) value = in_precision(value, 53);
    if (!to_real) value = mpq_class(value.sign() < 0 ? value.ceil() : value.floor());
    if (to == 9) value = value.is_zero() ? 0 : 1;
  }
  return result;
}

Tensor flatten(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const auto rank = static_cast<std::int64_t>(data.shape.size());
  std::int64_t axis = node.integer_or("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) refuse_bad("axis out of range", node.place());
  const auto split = static_cast<std::size_t>(axis);
  return data.reshaped(
      {product(data.shape, 0, split), product(data.shape, split, data.shape.size())});
}

Tensor reshape(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  Shape to;
  if (const Attribute* shape = node.find("shape")) {
    to = shape->integers;  // before opset 5
  } else {
    to = interpreter.integers_input(node, 1);
  }
  if (to.size() > 64) refuse_bad("a shape of more than 64 dimensions", node.place());
  const auto have = static_cast<std::int64_t>(data.size());
  if (!data.is_constant && !to.empty() && to[0] > 1 && to[0] == interpreter.frozen_batch())
    to[0] = 1;
  const bool keep_zero = node.integer_or("allowzero", 0) != 0;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < to.size(); ++i) {
    if (to[i] == 0 && !keep_zero) {
      if (i >= data.shape.size()) refuse_bad("copies a dimension that is not there", node.place());
      to[i] = data.shape[i];
    }
    if (to[i] == -1 && !open) {
      open = i;
    } else if (to[i] < 0) {
      refuse_bad("has a negative dimension", node.place());
    } else if (to[i] != 0 && known > element_limit / to[i]) {
      refuse_limit("the shape has too many elements", node.place());
    } else {
      known *= to[i];
    }
  }
  if (open) {
    if (known == 0 || have % known != 0) {
      refuse_bad(to_string(data.shape) + " does not fit into " + to_string(to), node.place());
    }
    to[*open] = have / known;
    known *= to[*open];
  }
  if (known != have) {
    refuse_bad(to_string(data.shape) + " does not fit into " + to_string(to), node.place());
  }
  return data.reshaped(std::move(to));
}

Tensor transpose(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const std::size_t rank = data.shape.size();
  std::vector<std::size_t> permutation(rank);
  std::iota(permutation.rbegin(), permutation.rend(), std::size_t{0});
  if (const Attribute* perm = node.find("perm")) {
    if (perm->integers.size() != rank) refuse_bad("perm has the wrong length", node.place());
    for (std::size_t i = 0; i < rank; ++i) permutation[i] = axis_of(perm->integers[i], rank, node);
    std::vector<std::size_t> sorted = permutation;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < rank; ++i) {
      if (sorted[i] != i) refuse_bad("perm is not a permutation", node.place());
    }
  }
  Shape to;
  for (const std::size_t axis : permutation) to.push_back(data.shape[axis]);
  return data.gathered(std::move(to), transpose_index(data.shape, permutation));
}

// The axes from attribute `axes` (old) or input 1 (new); nothing if neither is there.
std::optional<Shape> axes_of(Interpreter& interpreter, const GraphNode& node) {
  if (const Attribute* axes = node.find("axes")) return axes->integers;
  if (node.has_input(1)) return interpreter.integers_input(node, 1);
  return std::nullopt;
}

Tensor squeeze(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const std::optional<Shape> axes = axes_of(interpreter, node);
  std::vector<bool> drop(data.shape.size(), false);
  if (axes) {
    for (const std::int64_t axis : *axes) {
      const std::size_t i = axis_of(axis, data.shape.size(), node);
      if (data.shape[i] != 1) refuse_bad("squeezes a dimension that is not 1", node.place());
      drop[i] = true;
    }
  }
  Shape to;
  for (std::size_t i = 0; i < data.shape.size(); ++i) {
    if (!drop[i] && (axes || data.shape[i] != 1)) to.push_back(data.shape[i]);
  }
  return data.reshaped(std::move(to));
}

Tensor unsqueeze(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const std::optional<Shape> axes = axes_of(interpreter, node);
  if (!axes || axes->size() > 64) refuse_bad("needs a list of axes", node.place());
  const std::size_t rank = data.shape.size() + axes->size();
  Shape to(rank, 0);
  for (const std::int64_t axis : *axes) {
    std::int64_t& dim = to[axis_of(axis, rank, node)];
    if (dim == 1) refuse_bad("an axis is given twice", node.place());
    dim = 1;
  }
  auto next = data.shape.begin();
  for (std::int64_t& dim : to) {
    if (dim == 0) dim = *next++;
  }
  return data.reshaped(std::move(to));
}

Tensor shape_of(Interpreter& interpreter, const GraphNode& node) {
  const Shape& shape = interpreter.input(node, 0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [rank](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = bound(node.integer_or("start", 0));
  const std::int64_t end = bound(node.integer_or("end", rank));
  std::vector<Surd> values;
  for (std::int64_t i = start; i < end; ++i) {
    values.push_back(Surd::integer(shape[static_cast<std::size_t>(i)]));
  }
  const auto count = static_cast<std::int64_t>(values.size());
  Tensor result = Tensor::constant({count}, std::move(values));
  result.is_integer = true;
  return result;
}

Tensor gather(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const Tensor& indices = interpreter.constant_input(node, 1);
  const std::size_t axis = axis_of(node.integer_or("axis", 0), data.shape.size(), node);
  const std::int64_t size = data.shape[axis];
  Shape to(data.shape.begin(), data.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  to.insert(to.end(), indices.shape.begin(), indices.shape.end());
  to.insert(to.end(), data.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.shape.end());
  (void)element_count(to, node.place());
  std::vector<std::size_t> picks;
  for (const Surd& value : indices.constants) {
    if (!value.is_rational() || value.rational().get_den() != 1) {
      refuse_bad("an index is not an integer", node.place());
    }
    mpz_class index = value.rational().get_num();
    if (sgn(index) < 0) index += mpz_class(size);
    if (sgn(index) < 0 || index >= mpz_class(size))
      refuse_bad("an index is out of range", node.place());
    picks.push_back(index.get_ui());
  }
  const auto outer = static_cast<std::size_t>(product(data.shape, 0, axis));
  const auto inner = static_cast<std::size_t>(product(data.shape, axis + 1, data.shape.size()));
  std::vector<std::size_t> from;
  for (std::size_t o = 0; o < outer; ++o) {
    for (const std::size_t pick : picks) {
      for (std::size_t i = 0; i < inner; ++i) {
        from.push_back((o * static_cast<std::size_t>(size) + pick) * inner + i);
      }
    }
  }
  return data.gathered(std::move(to), from);
}

Tensor concat(Interpreter& interpreter, const GraphNode& node) {
  if (node.inputs.empty()) refuse_bad("has no input", node.place());
  const Tensor& first = interpreter.input(node, 0);
  const std::size_t axis = axis_of(node.integer_or("axis", 1), first.shape.size(), node);
  bool dynamic = false;
  Shape to = first.shape;
  to[axis] = 0;
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    const Tensor& part = interpreter.input(node, k);
    dynamic = dynamic || !part.is_constant;
    Shape expected = to;
    if (part.shape.size() == to.size()) expected[axis] = part.shape[axis];
    if (part.shape != expected) refuse_bad("shapes do not fit", node.place());
    to[axis] += part.shape[axis];
    (void)element_count(to, node.place());
  }
  Tensor result;
  result.is_constant = !dynamic;
  result.is_integer = first.is_integer;
  const auto outer = static_cast<std::size_t>(product(to, 0, axis));
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const Tensor& part = interpreter.input(node, k);
      if (dynamic && part.is_constant && part.size() > 0) {
        refuse_unsupported("joins constants with values of the network", node.place());
      }
      const std::size_t run = part.size() / outer;
      for (std::size_t i = o * run; i < (o + 1) * run; ++i) {
        if (dynamic) result.elements.push_back(part.elements[i]);
        if (!dynamic) result.constants.push_back(part.constants[i]);
      }
    }
  }
  result.shape = std::move(to);
  return result;
}

Tensor slice(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  Shape starts, ends, axes, steps;
  if (const Attribute* old = node.find("starts")) {
    starts = old->integers;
    if (const Attribute* a = node.find("ends")) ends = a->integers;
    if (const Attribute* a = node.find("axes")) axes = a->integers;
  } else {
    starts = interpreter.integers_input(node, 1);
    ends = interpreter.integers_input(node, 2);
    if (node.has_input(3)) axes = interpreter.integers_input(node, 3);
    if (node.has_input(4)) steps = interpreter.integers_input(node, 4);
  }
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size()) {
    refuse_bad("starts, ends, axes and steps differ in length", node.place());
  }
  Tensor result = data;
  for (std::size_t k = 0; k < starts.size(); ++k) {
    if (steps[k] != 1) refuse_unsupported("steps other than 1", node.place());
    const std::size_t axis = axis_of(axes[k], result.shape.size(), node);
    const std::int64_t size = result.shape[axis];
    const auto bound = [size](std::int64_t at) {
      return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
    };
    const std::int64_t start = bound(starts[k]);
    const std::int64_t end = std::max(start, bound(ends[k]));
    const auto outer = product(result.shape, 0, axis);
    const auto inner = product(result.shape, axis + 1, result.shape.size());
    std::vector<std::size_t> from;
    for (std::int64_t o = 0; o < outer; ++o) {
      for (std::int64_t i = (o * size + start) * inner; i < (o * size + end) * inner; ++i) {
        from.push_back(static_cast<std::size_t>(i));
      }
    }
    Shape to = result.shape;
    to[axis] = end - start;
    result = result.gathered(std::move(to), from);
  }
  return result;
}

Tensor constant(Interpreter&, const GraphNode& node) {
  if (const Attribute* value = node.find("value"); value != nullptr && value->tensor) {
    return Tensor::from(*value->tensor);
  }
  Parameter parameter;
  if (const Attribute* value = node.find("value_float"); value != nullptr && value->real) {
    parameter.reals = {*value->real};
  } else if (const Attribute* whole = node.find("value_int"); whole != nullptr && whole->integer) {
    parameter.is_integer = true;
    parameter.integers = {*whole->integer};
  } else if (const Attribute* list = node.find("value_floats")) {
    parameter.reals = list->reals;
    parameter.dims = {static_cast<std::int64_t>(list->reals.size())};
  } else if (const Attribute* wholes = node.find("value_ints")) {
    parameter.is_integer = true;
    parameter.integers = wholes->integers;
    parameter.dims = {static_cast<std::int64_t>(wholes->integers.size())};
  } else {
    refuse_unsupported("a constant that is not numeric", node.place());
  }
  return Tensor::from(parameter);
}

Tensor constant_of_shape(Interpreter& interpreter, const GraphNode& node) {
  Shape shape = interpreter.integers_input(node, 0);
  const std::size_t count = element_count(shape, node.place());
  Surd value = 0;
  bool is_integer = false;
  if (const Attribute* given = node.find("value")) {
    if (!given->tensor) refuse_bad("its value is not a tensor", node.place());
    const Tensor tensor = Tensor::from(*given->tensor);
    if (tensor.size() != 1) refuse_bad("its value is not one number", node.place());
    value = tensor.constants[0];
    is_integer = tensor.is_integer;
  }
  Tensor result = Tensor::constant(std::move(shape), std::vector<Surd>(count, value));
  result.is_integer = is_integer;
  return result;
}

}  // namespace

void add_shape_operators(OperatorTable& table) {
  table["Identity"] = identity;
  table["Dropout"] = identity;
  table["Cast"] = cast;
  table["Flatten"] = flatten;
  table["Reshape"] = reshape;
  table["Transpose"] = transpose;
  table["Squeeze"] = squeeze;
  table["Unsqueeze"] = unsqueeze;
  table["Shape"] = shape_of;
  table["Gather"] = gather;
  table["Concat"] = concat;
  table["Slice"] = slice;
  table["Constant"] = constant;
  table["ConstantOfShape"] = constant_of_shape;
}

}  // namespace gatelight::formats::onnx_net
