// SPDX-License-Identifier: Apache-2.0
//
// Operators that are linear in the network's values, and arithmetic on constants.
//
// Problem   Matrix products, sums, scales and batch normalization, exactly.
// Idea      A product or quotient by a constant changes an element's scale and offset; a sum of
//           elements is a Mix (interpreter.hpp).  BatchNormalization is the affine function
//           gamma / sqrt(variance + epsilon) * (x - mean) + beta with an exact square root.
// Limits    Products of two values of the network are refused.
// Tested by tests/unit/formats/onnx/operators_test.cpp
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

Surd inverse_of(const Surd& value, const GraphNode& node) {
  if (value.is_zero()) refuse_bad("divides by zero", node.place());
  const std::optional<Surd> inverse = value.inverse();
  if (!inverse) refuse_unsupported("divides by a sum of different square roots", node.place());
  return *inverse;
}

Surd constant_arithmetic(const std::string& op, const Surd& a, const Surd& b, bool is_integer,
                         const GraphNode& node) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  Surd quotient = a * inverse_of(b, node);
  if (is_integer) quotient = mpq_class(quotient.sign() < 0 ? quotient.ceil() : quotient.floor());
  return quotient;
}

// element op constant, or constant op element.
Element with_constant(const std::string& op, const Element& element, const Surd& constant,
                      bool constant_first, const GraphNode& node) {
  Element result = element;
  if (op == "Add") {
    result.offset += constant;
  } else if (op == "Sub" && !constant_first) {
    result.offset -= constant;
  } else if (op == "Sub") {
    result.scale = -result.scale;
    result.offset = constant - result.offset;
  } else if (op == "Div" && constant_first) {
    refuse_unsupported("divides by a value of the network", node.place());
  } else {
    const Surd factor = op == "Mul" ? constant : inverse_of(constant, node);
    result.scale = result.scale * factor;
    result.offset = result.offset * factor;
  }
  return result;
}

// Before opset 7, "broadcast" with "axis" aligned the second operand from the left.
Tensor second_operand(const Tensor& a, Tensor b, const GraphNode& node) {
  if (node.find("axis") == nullptr) return b;
  std::int64_t axis = node.integer_or("axis", 0);
  const auto rank = static_cast<std::int64_t>(a.shape.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis + static_cast<std::int64_t>(b.shape.size()) > rank) {
    refuse_bad("axis out of range", node.place());
  }
  while (axis + static_cast<std::int64_t>(b.shape.size()) < rank) b.shape.push_back(1);
  return b;
}

Tensor arithmetic(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& a = interpreter.input(node, 0);
  const Tensor b = second_operand(a, interpreter.input(node, 1), node);
  Shape shape = interpreter.common_shape(a, b, node);
  const std::vector<std::size_t> from_a = broadcast_index(a.shape, shape);
  const std::vector<std::size_t> from_b = broadcast_index(b.shape, shape);
  if (a.is_constant && b.is_constant) {
    const bool is_integer = a.is_integer && b.is_integer;
    std::vector<Surd> values;
    for (std::size_t i = 0; i < from_a.size(); ++i) {
      values.push_back(constant_arithmetic(node.op, a.constants[from_a[i]], b.constants[from_b[i]],
                                           is_integer, node));
    }
    Tensor result = Tensor::constant(std::move(shape), std::move(values));
    result.is_integer = is_integer;
    return result;
  }
  std::vector<Element> elements;
  if (a.is_constant || b.is_constant) {
    for (std::size_t i = 0; i < from_a.size(); ++i) {
      elements.push_back(
          a.is_constant
              ? with_constant(node.op, b.elements[from_b[i]], a.constants[from_a[i]], true, node)
              : with_constant(node.op, a.elements[from_a[i]], b.constants[from_b[i]], false, node));
    }
    return Tensor::dynamic(std::move(shape), std::move(elements));
  }
  if (node.op != "Add" && node.op != "Sub") {
    refuse_unsupported("combines two values of the network that are not constant", node.place());
  }
  interpreter.make_gates(a, node.place());
  interpreter.make_gates(b, node.place());
  for (std::size_t i = 0; i < from_a.size(); ++i) {
    Interpreter::Mix mix(interpreter, node);
    mix.add(a.elements[from_a[i]], 1);
    mix.add(b.elements[from_b[i]], node.op == "Add" ? 1 : -1);
    elements.push_back(mix.finish());
  }
  return Tensor::dynamic(std::move(shape), std::move(elements));
}

// a [m,k] times b [k,n], one of them at least constant, given as (row, column) -> flat index.
struct Product {
  std::size_t m, k, n;
  bool transpose_a = false, transpose_b = false;

  [[nodiscard]] std::size_t in_a(std::size_t i, std::size_t j) const {
    return transpose_a ? j * m + i : i * k + j;
  }
  [[nodiscard]] std::size_t in_b(std::size_t i, std::size_t j) const {
    return transpose_b ? j * k + i : i * n + j;
  }
};

// alpha * a b + c, where c[i] is the constant of element i (or none).
Tensor multiply(Interpreter& interpreter, const GraphNode& node, const Tensor& a, const Tensor& b,
                const Product& size, const Surd& alpha, const std::vector<Surd>& c) {
  if (!a.is_constant && !b.is_constant) {
    refuse_unsupported("multiplies two values of the network that are not constant", node.place());
  }
  // Each dimension is at most element_limit = 2^22, so two of them fit 64 bits.
  if (size.m * size.n > static_cast<std::size_t>(element_limit)) {
    refuse_limit("a matrix product that is too large", node.place());
  }
  interpreter.spend(size.m * size.n * size.k);
  interpreter.make_gates(a, node.place());
  interpreter.make_gates(b, node.place());
  const bool scaled = !(alpha == Surd(1));
  std::vector<Surd> constants;
  std::vector<Element> elements;
  for (std::size_t i = 0; i < size.m; ++i) {
    for (std::size_t j = 0; j < size.n; ++j) {
      const std::size_t out = i * size.n + j;
      Surd constant = c.empty() ? Surd(0) : c[out];
      if (a.is_constant && b.is_constant) {
        Surd sum;
        for (std::size_t l = 0; l < size.k; ++l) {
          sum += a.constants[size.in_a(i, l)] * b.constants[size.in_b(l, j)];
        }
        constants.push_back(alpha * sum + constant);
        continue;
      }
      Interpreter::Mix mix(interpreter, node);
      mix.add(constant);
      for (std::size_t l = 0; l < size.k; ++l) {
        const Element& element =
            a.is_constant ? b.elements[size.in_b(l, j)] : a.elements[size.in_a(i, l)];
        const Surd& weight =
            a.is_constant ? a.constants[size.in_a(i, l)] : b.constants[size.in_b(l, j)];
        if (weight.is_zero()) continue;
        mix.add(element, scaled ? alpha * weight : weight);
      }
      elements.push_back(mix.finish());
    }
  }
  Shape shape{static_cast<std::int64_t>(size.m), static_cast<std::int64_t>(size.n)};
  if (a.is_constant && b.is_constant)
    return Tensor::constant(std::move(shape), std::move(constants));
  return Tensor::dynamic(std::move(shape), std::move(elements));
}

std::size_t dim(std::int64_t value) { return static_cast<std::size_t>(value); }

Tensor matmul(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& a = interpreter.input(node, 0);
  const Tensor& b = interpreter.input(node, 1);
  // One dimension is a row on the left, a column on the right.  Leading ones are dropped.
  const auto matrix = [](Shape shape, bool left) {
    if (shape.size() == 1) shape.insert(left ? shape.begin() : shape.end(), 1);
    while (shape.size() > 2 && shape[0] == 1) shape.erase(shape.begin());
    return shape;
  };
  if (a.shape.empty() || b.shape.empty()) refuse_bad("an operand is a single number", node.place());
  Shape left = matrix(a.shape, true);
  const Shape right = matrix(b.shape, false);
  // Rows of a higher-dimensional left operand are rows all the same.
  while (left.size() > 2 && right.size() == 2) {
    left[1] *= left[0];
    left.erase(left.begin());
  }
  if (left.size() != 2 || right.size() != 2) {
    refuse_unsupported("a product of stacks of matrices", node.place());
  }
  if (left[1] != right[0]) {
    refuse_bad("shapes " + to_string(a.shape) + " and " + to_string(b.shape) + " do not fit",
               node.place());
  }
  const Product size{dim(left[0]), dim(left[1]), dim(right[1])};
  Tensor result = multiply(interpreter, node, a, b, size, 1, {});
  const Shape& wide = a.shape.size() >= b.shape.size() ? a.shape : b.shape;
  Shape shape(wide.begin(), wide.end() - std::min<std::ptrdiff_t>(2, std::ssize(wide)));
  if (a.shape.size() > 1) shape.push_back(a.shape[a.shape.size() - 2]);
  if (b.shape.size() > 1) shape.push_back(b.shape.back());
  if (wide.size() == 1) shape.clear();
  return result.reshaped(std::move(shape));
}

Tensor gemm(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& a = interpreter.input(node, 0);
  const Tensor& b = interpreter.input(node, 1);
  if (a.shape.size() != 2 || b.shape.size() != 2)
    refuse_bad("an operand is not a matrix", node.place());
  Product size{};
  size.transpose_a = node.integer_or("transA", 0) != 0;
  size.transpose_b = node.integer_or("transB", 0) != 0;
  size.m = dim(a.shape[size.transpose_a ? 1 : 0]);
  size.k = dim(a.shape[size.transpose_a ? 0 : 1]);
  size.n = dim(b.shape[size.transpose_b ? 0 : 1]);
  if (dim(b.shape[size.transpose_b ? 1 : 0]) != size.k) {
    refuse_bad("shapes " + to_string(a.shape) + " and " + to_string(b.shape) + " do not fit",
               node.place());
  }
  const Surd alpha = mpq_class(node.real_or("alpha", 1));
  const Surd beta = mpq_class(node.real_or("beta", 1));
  const Shape shape{static_cast<std::int64_t>(size.m), static_cast<std::int64_t>(size.n)};
  (void)element_count(shape, node.place());
  std::vector<Surd> c;
  if (node.has_input(2)) {
    const Tensor& given = interpreter.constant_input(node, 2);
    const std::optional<Shape> common = broadcast(given.shape, shape);
    if (common != shape) refuse_bad("the shape of C does not fit", node.place());
    for (const std::size_t i : broadcast_index(given.shape, shape)) {
      c.push_back(beta * given.constants[i]);
    }
  }
  return multiply(interpreter, node, a, b, size, alpha, c);
}

Tensor negative(Interpreter& interpreter, const GraphNode& node) {
  Tensor result = interpreter.input(node, 0);
  for (Surd& value : result.constants) value = -value;
  for (Element& element : result.elements) {
    element.scale = -element.scale;
    element.offset = -element.offset;
  }
  return result;
}

// Exact, or rounded to 64 bits where the network is being discretized anyway.
Surd square_root(Interpreter& interpreter, const Surd& value, const GraphNode& node) {
  if (!value.is_rational()) refuse_unsupported("a root of a root", node.place());
  if (value.sign() < 0) refuse_bad("a square root of a negative number", node.place());
  const Surd root = Surd::root(value.rational());
  return interpreter.discretizer() != nullptr ? root.rounded() : root;
}

Tensor sqrt_of(Interpreter& interpreter, const GraphNode& node) {
  Tensor result = interpreter.constant_input(node, 0);
  for (Surd& value : result.constants) value = square_root(interpreter, value, node);
  return result;
}

Tensor power(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& base = interpreter.constant_input(node, 0);
  const Tensor& exponent = interpreter.constant_input(node, 1);
  if (exponent.size() != 1) refuse_unsupported("an exponent that is not one number", node.place());
  const Surd& power = exponent.constants[0];
  Tensor result = base;
  for (Surd& value : result.constants) {
    if (power == Surd(2)) {
      value = value * value;
    } else if (power == Surd(mpq_class(1, 2))) {
      value = square_root(interpreter, value, node);
    } else if (power == Surd(mpq_class(-1, 2))) {
      value = inverse_of(square_root(interpreter, value, node), node);
    } else if (!(power == Surd(1))) {
      refuse_unsupported("an exponent other than 1/2, -1/2, 1 and 2", node.place());
    }
  }
  return result;
}

Tensor batch_normalization(Interpreter& interpreter, const GraphNode& node) {
  Tensor result = interpreter.input(node, 0);
  if (node.integer_or("training_mode", 0) != 0) {
    refuse_unsupported("in training mode", node.place());
  }
  const std::size_t axis = result.shape.size() >= 2 ? 1 : 0;
  if (result.shape.empty()) refuse_bad("needs a channel dimension", node.place());
  const std::int64_t channels = result.shape[axis];
  const Tensor* given[4];
  for (std::size_t i = 0; i < 4; ++i) {
    given[i] = &interpreter.constant_input(node, i + 1);
    if (given[i]->shape != Shape{channels}) {
      refuse_bad("input " + std::to_string(i + 1) + " has shape " + to_string(given[i]->shape) +
                     ", there are " + std::to_string(channels) + " channels",
                 node.place());
    }
  }
  const Surd epsilon =
      mpq_class(static_cast<double>(static_cast<float>(node.real_or("epsilon", 1e-5))));
  std::vector<Surd> factor, offset;
  for (std::size_t c = 0; c < dim(channels); ++c) {
    const Surd variance = given[3]->constants[c] + epsilon;
    if (variance.sign() <= 0) refuse_bad("variance + epsilon is not positive", node.place());
    factor.push_back(given[0]->constants[c] *
                     inverse_of(square_root(interpreter, variance, node), node));
    offset.push_back(given[1]->constants[c] - given[2]->constants[c] * factor.back());
  }
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < result.shape.size(); ++i) inner *= dim(result.shape[i]);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t c = i / inner % dim(channels);
    if (result.is_constant) {
      result.constants[i] = result.constants[i] * factor[c] + offset[c];
    } else {
      Element& element = result.elements[i];
      element.scale = element.scale * factor[c];
      element.offset = element.offset * factor[c] + offset[c];
    }
  }
  return result;
}

}  // namespace

void add_linear_operators(OperatorTable& table) {
  for (const char* op : {"Add", "Sub", "Mul", "Div"}) table[op] = arithmetic;
  table["MatMul"] = matmul;
  table["Gemm"] = gemm;
  table["Neg"] = negative;
  table["Sqrt"] = sqrt_of;
  table["Pow"] = power;
  table["BatchNormalization"] = batch_normalization;
}

}  // namespace gatelight::formats::onnx_net
