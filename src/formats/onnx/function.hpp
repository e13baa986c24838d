// SPDX-License-Identifier: Apache-2.0
//
// Monotone functions of one real number, and conditions on their value pulled back to the argument.
#ifndef GATELIGHT_FORMATS_ONNX_FUNCTION_HPP
#define GATELIGHT_FORMATS_ONNX_FUNCTION_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/onnx/surd.hpp"

namespace gatelight::formats::onnx_net {

// A condition on a real number x: x >= bound, x > bound, x <= bound, x < bound, or settled.
struct Condition {
  enum class Kind : std::uint8_t { always, never, at_least, above, at_most, below };
  Kind kind = Kind::always;
  Bound bound;

  static Condition at_least(Surd value) { return {Kind::at_least, {std::move(value), {}, 2}}; }
  static Condition above(Surd value) { return {Kind::above, {std::move(value), {}, 2}}; }
  [[nodiscard]] bool holds(const Surd& x) const;
};

// A continuous monotone function: a x + b; x held within [low, high]; or 1 / (1 + e^-x).
struct Function {
  enum class Kind : std::uint8_t { affine, clamp, sigmoid };
  Kind kind = Kind::affine;
  Surd a = 1, b;                  // affine
  std::optional<Surd> low, high;  // clamp; low <= high

  static Function affine(Surd a, Surd b) {
    return {Kind::affine, std::move(a), std::move(b), {}, {}};
  }
  static Function clamp(std::optional<Surd> low, std::optional<Surd> high) {
    return {Kind::clamp, 1, {}, std::move(low), std::move(high)};
  }
  static Function sigmoid() { return {Kind::sigmoid, 1, {}, {}, {}}; }

  [[nodiscard]] Condition pull_back(const Condition& on_value) const;
  [[nodiscard]] double apply(double x) const;
};

// The condition on x that is equivalent to `condition` on functions.back()(...(functions[0](x))).
[[nodiscard]] Condition pull_back(Condition condition, std::span<const Function> functions);

// -1 if the composition is decreasing, 0 if an affine part is constant, 1 if increasing.
[[nodiscard]] int direction(std::span<const Function> functions);

// The composition of affine functions and clamps on one x.  Requires that there is no sigmoid.
[[nodiscard]] Surd value_of(std::span<const Function> functions, Surd x);
[[nodiscard]] bool has_sigmoid(std::span<const Function> functions);

// clamp(a x + b, low, high): what affine functions and clamps compose to.
struct ClampedAffine {
  Surd a = 1, b;
  std::optional<Surd> low, high;
};
[[nodiscard]] std::optional<ClampedAffine> as_clamped_affine(std::span<const Function> functions);

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_FUNCTION_HPP
