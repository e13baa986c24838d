// SPDX-License-Identifier: Apache-2.0
//
// Conditions pulled back through monotone functions.
//
// Problem   Between the integer sum of a neuron and its quantizer lie batch normalization, scales,
//           clipping, a sigmoid.  For each level of the quantizer: for which sums is it reached?
// Idea      "value >= c" is a condition on the value of the last function; rewrite it as a
// condition
//           on its argument, and so on down to the sum.
// Why       Each function is monotone, so the preimage of a half line is a half line, everything or
//           nothing.  An affine function with a negative factor turns the half line round and keeps
//           its end (open or closed); a clamp settles ends outside its range; a sigmoid, strictly
//           increasing onto (0, 1), moves the end c to ln(c / (1 - c)).
// Cost      O(1) exact operations a function.
// Limits    One sigmoid between two quantizers: ln of a logarithm is refused.
// Tested by tests/unit/formats/onnx/function_test.cpp
#include "formats/onnx/function.hpp"

#include <cmath>

#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

using Kind = Condition::Kind;

Kind flipped(Kind kind) {
  switch (kind) {
    case Kind::at_least:
      return Kind::at_most;
    case Kind::above:
      return Kind::below;
    case Kind::at_most:
      return Kind::at_least;
    case Kind::below:
      return Kind::above;
    default:
      return kind;
  }
}

bool settled(Kind kind) { return kind == Kind::always || kind == Kind::never; }
bool upward(Kind kind) { return kind == Kind::at_least || kind == Kind::above; }

Condition constant(bool value) { return {value ? Kind::always : Kind::never, {}}; }

Condition through_affine(const Function& f, const Condition& condition) {
  if (f.a.is_zero()) return constant(condition.holds(f.b));
  const std::optional<Surd> inverse = f.a.inverse();
  if (!inverse) refuse_unsupported("a factor is a sum of different square roots");
  Condition result = condition;
  result.bound.shift = (condition.bound.shift - f.b) * *inverse;
  result.bound.factor = condition.bound.factor * *inverse;
  if (f.a.sign() < 0) result.kind = flipped(result.kind);
  return result;
}

Condition through_clamp(const Function& f, const Condition& condition) {
  // The value never leaves [low, high]: an end at or beyond them settles the condition.
  const int at_low = f.low ? condition.bound.compare(*f.low) : 1;
  const int at_high = f.high ? condition.bound.compare(*f.high) : -1;
  switch (condition.kind) {
    case Kind::at_least:
      if (at_low <= 0) return constant(true);
      if (at_high > 0) return constant(false);
      break;
    case Kind::above:
      if (at_low < 0) return constant(true);
      if (at_high >= 0) return constant(false);
      break;
    case Kind::at_most:
      if (at_high >= 0) return constant(true);
      if (at_low < 0) return constant(false);
      break;
    case Kind::below:
      if (at_high > 0) return constant(true);
      if (at_low <= 0) return constant(false);
      break;
    default:
      break;
  }
  return condition;
}

Condition through_sigmoid(const Condition& condition) {
  if (condition.bound.compare(Surd(0)) <= 0) return constant(upward(condition.kind));
  if (condition.bound.compare(Surd(1)) >= 0) return constant(!upward(condition.kind));
  if (!condition.bound.is_plain() || !condition.bound.shift.is_rational()) {
    refuse_unsupported("a sigmoid compared with an irrational level");
  }
  const mpq_class& level = condition.bound.shift.rational();
  Condition result = condition;
  result.bound = {};
  if (level != mpq_class(1, 2)) {
    result.bound.factor = 1;
    result.bound.odds = level / (1 - level);
  }
  return result;
}

}  // namespace

bool Condition::holds(const Surd& x) const {
  switch (kind) {
    case Kind::always:
      return true;
    case Kind::never:
      return false;
    case Kind::at_least:
      return bound.compare(x) <= 0;
    case Kind::above:
      return bound.compare(x) < 0;
    case Kind::at_most:
      return bound.compare(x) >= 0;
    case Kind::below:
      return bound.compare(x) > 0;
  }
  return false;
}

Condition Function::pull_back(const Condition& on_value) const {
  if (settled(on_value.kind)) return on_value;
  switch (kind) {
    case Kind::affine:
      return through_affine(*this, on_value);
    case Kind::clamp:
      return through_clamp(*this, on_value);
    case Kind::sigmoid:
      return through_sigmoid(on_value);
  }
  return on_value;
}

double Function::apply(double x) const {
  switch (kind) {
    case Kind::affine:
      return a.approximate() * x + b.approximate();
    case Kind::clamp:
      if (low) x = std::max(x, low->approximate());
      if (high) x = std::min(x, high->approximate());
      return x;
    case Kind::sigmoid:
      return 1 / (1 + std::exp(-x));
  }
  return x;
}

Condition pull_back(Condition condition, std::span<const Function> functions) {
  for (std::size_t i = functions.size(); i-- > 0;) condition = functions[i].pull_back(condition);
  return condition;
}

int direction(std::span<const Function> functions) {
  int result = 1;
  for (const Function& f : functions) {
    if (f.kind == Function::Kind::affine) result *= f.a.sign();
  }
  return result;
}

Surd value_of(std::span<const Function> functions, Surd x) {
  for (const Function& f : functions) {
    if (f.kind == Function::Kind::affine) {
      x = x * f.a + f.b;
    } else {
      if (f.low && x < *f.low) x = *f.low;
      if (f.high && *f.high < x) x = *f.high;
    }
  }
  return x;
}

bool has_sigmoid(std::span<const Function> functions) {
  for (const Function& f : functions) {
    if (f.kind == Function::Kind::sigmoid) return true;
  }
  return false;
}

std::optional<ClampedAffine> as_clamped_affine(std::span<const Function> functions) {
  ClampedAffine all;
  const auto limit = [](Surd& x, const Function& f) {
    if (f.low && x < *f.low) x = *f.low;
    if (f.high && *f.high < x) x = *f.high;
  };
  for (const Function& f : functions) {
    if (f.kind == Function::Kind::sigmoid) return std::nullopt;
    if (f.kind == Function::Kind::affine) {
      all.a = all.a * f.a;
      all.b = all.b * f.a + f.b;
      if (all.low) all.low = *all.low * f.a + f.b;
      if (all.high) all.high = *all.high * f.a + f.b;
      if (f.a.sign() < 0) std::swap(all.low, all.high);
      continue;
    }
    if (all.low) limit(*all.low, f);
    if (all.high) limit(*all.high, f);
    if (!all.low) all.low = f.low;
    if (!all.high) all.high = f.high;
  }
  return all;
}

}  // namespace gatelight::formats::onnx_net
