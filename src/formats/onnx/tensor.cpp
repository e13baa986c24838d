// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/tensor.hpp"

#include <algorithm>

namespace gatelight::formats::onnx_net {
namespace {

// Distance between neighbours along each axis, row-major.
std::vector<std::size_t> strides(const Shape& shape) {
  std::vector<std::size_t> result(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) {
    result[i - 1] = result[i] * static_cast<std::size_t>(shape[i]);
  }
  return result;
}

// The index of every element of `shape` in row-major order, when axis i steps by step[i].
std::vector<std::size_t> walk(const Shape& shape, const std::vector<std::size_t>& step) {
  const std::size_t count = element_count(shape, "");
  std::vector<std::size_t> result;
  result.reserve(count);
  std::vector<std::int64_t> position(shape.size(), 0);
  std::size_t index = 0;
  while (result.size() < count) {
    result.push_back(index);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      index += step[axis];
      if (++position[axis] < shape[axis]) break;
      index -= step[axis] * static_cast<std::size_t>(shape[axis]);
      position[axis] = 0;
    }
  }
  return result;
}

}  // namespace

SumPtr negated(const Sum& sum) {
  auto result = std::make_shared<Sum>(sum);
  for (auto& [node, weight] : result->terms) weight = -weight;
  result->low = -sum.high;
  result->high = -sum.low;
  if (sum.before) {
    result->factor = -sum.factor;
    result->shift = -sum.shift;
  }
  return result;
}

std::vector<Function> functions_of(const Element& element) {
  std::vector<Function> result = element.core->pending;
  if (!(element.scale == Surd(1)) || !element.offset.is_zero()) {
    result.push_back(Function::affine(element.scale, element.offset));
  }
  return result;
}

Tensor Tensor::constant(Shape shape, std::vector<Surd> values) {
  Tensor result;
  result.shape = std::move(shape);
  result.constants = std::move(values);
  return result;
}

Tensor Tensor::dynamic(Shape shape, std::vector<Element> values) {
  Tensor result;
  result.shape = std::move(shape);
  result.is_constant = false;
  result.elements = std::move(values);
  return result;
}

Tensor Tensor::from(const Parameter& parameter) {
  std::vector<Surd> values;
  values.reserve(parameter.reals.size() + parameter.integers.size());
  for (const double value : parameter.reals) values.emplace_back(mpq_class(value));
  for (const std::int64_t value : parameter.integers) values.push_back(Surd::integer(value));
  Tensor result = constant(parameter.dims, std::move(values));
  result.is_integer = parameter.is_integer;
  return result;
}

Tensor Tensor::reshaped(Shape to) const {
  Tensor result = *this;
  result.shape = std::move(to);
  return result;
}

Tensor Tensor::gathered(Shape to, const std::vector<std::size_t>& from) const {
  Tensor result;
  result.shape = std::move(to);
  result.is_constant = is_constant;
  result.is_integer = is_integer;
  result.is_final = is_final;
  for (const std::size_t i : from) {
    if (is_constant) result.constants.push_back(constants[i]);
    if (!is_constant) result.elements.push_back(elements[i]);
  }
  return result;
}

std::string to_string(const Shape& shape) {
  std::string result = "[";
  for (const std::int64_t dim : shape) {
    if (result.size() > 1) result += ',';
    result += std::to_string(dim);
  }
  return result + "]";
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

std::vector<std::size_t> broadcast_index(const Shape& from, const Shape& to) {
  const std::vector<std::size_t> own = strides(from);
  std::vector<std::size_t> step(to.size(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1) step[to.size() - from.size() + i] = own[i];
  }
  return walk(to, step);
}

std::vector<std::size_t> transpose_index(const Shape& from,
                                         const std::vector<std::size_t>& permutation) {
  const std::vector<std::size_t> own = strides(from);
  Shape to;
  std::vector<std::size_t> step;
  for (const std::size_t axis : permutation) {
    to.push_back(from[axis]);
    step.push_back(own[axis]);
  }
  return walk(to, step);
}

}  // namespace gatelight::formats::onnx_net
