// SPDX-License-Identifier: Apache-2.0
//
// The cut points of every rounding mode.
//
// Problem   QONNX rounds in seven ways; ties decide whether a gate fires.
// Idea      A quantizer is described by "value >= q" alone: an exact half line for each level q.
// Why       round(x) >= q, with d the distance of x from zero:
//             half_even  x >= q - 1/2 if q is even, x > q - 1/2 if q is odd (the tie q - 1/2 goes
//             to
//                        the even one of q - 1 and q)
//             floor      x >= q                      ceil       x > q - 1
//             up         ceil(d), away from zero:    x > q - 1 for q > 0, x >= q for q <= 0
//             down       floor(d), towards zero:     x >= q for q > 0, x > q - 1 for q <= 0
//             half_up    floor(d + 1/2):             x >= q - 1/2 for q > 0, x > q - 1/2 otherwise
//             half_down  ceil(d - 1/2):              x > q - 1/2 for q > 0, x >= q - 1/2 otherwise
//           Clamping x to integers first and rounding then changes nothing at levels inside.
// Source    qonnx/custom_op/general/{intquant,bipolar_quant,multithreshold}.py of QONNX 1.0
// Tested by tests/unit/formats/onnx/quantizer_test.cpp
#include "formats/onnx/quantizer.hpp"

#include <algorithm>
#include <string>

namespace gatelight::formats::onnx_net {

std::optional<Rounding> rounding_from_name(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (upper == "ROUND" || upper == "HALF_EVEN") return Rounding::half_even;
  if (upper == "CEIL") return Rounding::ceil;
  if (upper == "FLOOR") return Rounding::floor;
  if (upper == "UP") return Rounding::up;
  if (upper == "DOWN" || upper == "ROUND_TO_ZERO") return Rounding::down;
  if (upper == "HALF_UP") return Rounding::half_up;
  if (upper == "HALF_DOWN") return Rounding::half_down;
  return std::nullopt;
}

Quantizer Quantizer::rounding(std::int64_t low, std::int64_t high, Rounding mode) {
  Quantizer result(Kind::rounding, low, high);
  result.mode_ = mode;
  return result;
}

Quantizer Quantizer::step() { return {Kind::step, 0, 1}; }
Quantizer Quantizer::sign() { return {Kind::sign, -1, 1}; }

Quantizer Quantizer::thresholds(std::vector<Surd> values) {
  std::sort(values.begin(), values.end());
  Quantizer result(Kind::thresholds, 0, static_cast<std::int64_t>(values.size()));
  result.thresholds_ = std::move(values);
  return result;
}

Condition Quantizer::reaches(std::int64_t q) const {
  switch (kind_) {
    case Kind::step:
      return Condition::at_least(0);
    case Kind::sign:
      return q <= 0 ? Condition::at_least(0) : Condition::above(0);
    case Kind::thresholds:
      return Condition::at_least(thresholds_[static_cast<std::size_t>(q - 1)]);
    case Kind::rounding:
      break;
  }
  const Surd whole = Surd::integer(q);
  const Surd before = whole - Surd(1);
  const Surd half = whole - Surd(mpq_class(1, 2));
  switch (mode_) {
    case Rounding::half_even:
      return q % 2 == 0 ? Condition::at_least(half) : Condition::above(half);
    case Rounding::ceil:
      return Condition::above(before);
    case Rounding::floor:
      return Condition::at_least(whole);
    case Rounding::up:
      return q > 0 ? Condition::above(before) : Condition::at_least(whole);
    case Rounding::down:
      return q > 0 ? Condition::at_least(whole) : Condition::above(before);
    case Rounding::half_up:
      return q > 0 ? Condition::at_least(half) : Condition::above(half);
    case Rounding::half_down:
      return q > 0 ? Condition::above(half) : Condition::at_least(half);
  }
  return {};
}

std::int64_t Quantizer::apply(const Surd& x) const {
  std::int64_t low = low_;
  std::int64_t high = high_;
  while (low < high) {
    const std::int64_t middle = high - (high - low) / 2;
    if (reaches(middle).holds(x)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

bool Quantizer::reaches_every_level() const {
  return std::adjacent_find(thresholds_.begin(), thresholds_.end()) == thresholds_.end();
}

std::int64_t Quantizer::apply(double x) const { return apply(Surd(mpq_class(x))); }

}  // namespace gatelight::formats::onnx_net
