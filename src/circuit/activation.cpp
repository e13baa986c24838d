// SPDX-License-Identifier: Apache-2.0
//
// The four activations, and the exact discretized sigmoid.
//
// Problem   floor(M * sigma(g z) + 1/2), M = 2^bits - 1, g = p/q, must be decided exactly for every
//           integer z, however near the value comes to an integer.
// Idea      The value is at least v iff z >= (q/p) * ln((2v - 1) / (2M - 2v + 1)).  So the sigmoid is
//           a step function whose cut for v is the ceiling of that number, found by enclosing it
//           between two MPFR numbers rounded down and up, with doubled precision until both
//           have the same ceiling.
// Why       sigma is increasing, so M sigma(gz) + 1/2 >= v iff sigma(gz) >= (2v - 1)/(2M), iff
//           gz >= ln(sigma / (1 - sigma)) as above.  The logarithm of a positive rational other than 1
//           is transcendental (Lindemann), so the number is never an integer unless the fraction is 1
//           (then the cut is 0): the loop ends.
//           The value at a given z is enclosed the same way.
// Cost      A logarithm and an exponential per cut point.
// Limits    Refused where both the values and the sums between the first and the last cut point are
//           more than CircuitLimits::steps.
// Tested by tests/unit/circuit/activation_test.cpp
#include <algorithm>
#include <limits>

#include "base/real.hpp"
#include "circuit/data.hpp"

namespace gatelight::circuit {
namespace {

using base::Real;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// (q/p) * (ln(numerator) - ln(denominator)) rounded towards `direction` (MPFR_RNDD or MPFR_RNDU).
// p and q are positive, so every step keeps the direction.
void scaled_log_ratio(mpfr_ptr result, std::uint64_t numerator, std::uint64_t denominator,
                      const Sigmoid& sigmoid, mpfr_rnd_t direction) {
  const mpfr_rnd_t opposite = direction == MPFR_RNDD ? MPFR_RNDU : MPFR_RNDD;
  Real log_denominator(mpfr_get_prec(result));
  Real argument(64);
  mpfr_set_ui(argument, denominator, MPFR_RNDN);  // exact: 64 bits
  mpfr_log(log_denominator, argument, opposite);
  mpfr_set_ui(argument, numerator, MPFR_RNDN);
  mpfr_log(result, argument, direction);
  mpfr_sub(result, result, log_denominator, direction);
  mpfr_mul_si(result, result, sigmoid.gain_q, direction);
  mpfr_div_si(result, result, sigmoid.gain_p, direction);
}

// The smallest z at which the sigmoid reaches v >= 1; `never` where that exceeds 63 bits, and at
// least -2^62.
std::int64_t sigmoid_cut(const Sigmoid& sigmoid, std::int64_t v) {
  const auto top = (std::uint64_t{1} << sigmoid.bits) - 1;
  const auto value = static_cast<std::uint64_t>(v);
  if (value > top) return never;
  const std::uint64_t numerator = 2 * value - 1;
  const std::uint64_t denominator = 2 * top - numerator;
  if (numerator == denominator) return 0;
  for (mpfr_prec_t precision = 96;; precision *= 2) {
    Real low(precision);
    Real high(precision);
    scaled_log_ratio(low, numerator, denominator, sigmoid, MPFR_RNDD);
    scaled_log_ratio(high, numerator, denominator, sigmoid, MPFR_RNDU);
    if (mpfr_cmp_si(low, std::int64_t{1} << 62) > 0) return never;
    if (mpfr_cmp_si(high, -(std::int64_t{1} << 62)) < 0) return -(std::int64_t{1} << 62);
    const long ceiling = mpfr_get_si(low, MPFR_RNDU);
    if (ceiling == mpfr_get_si(high, MPFR_RNDU)) return ceiling;
  }
}

// M * sigma(z p/q) + 1/2 rounded towards `direction`.  Every step is monotone, so its own rounding is
// chosen to push the result that way.
void scaled_sigmoid(mpfr_ptr result, const Sigmoid& sigmoid, std::int64_t z, mpfr_rnd_t direction) {
  const mpfr_rnd_t opposite = direction == MPFR_RNDD ? MPFR_RNDU : MPFR_RNDD;
  const std::int64_t top = (std::int64_t{1} << sigmoid.bits) - 1;
  mpfr_set_si(result, -z, opposite);
  mpfr_mul_si(result, result, sigmoid.gain_p, opposite);
  mpfr_div_si(result, result, sigmoid.gain_q, opposite);
  mpfr_exp(result, result, opposite);
  mpfr_add_ui(result, result, 1, opposite);
  mpfr_si_div(result, top, result, direction);
  mpfr_add_d(result, result, 0.5, direction);
}

// The sigmoid's value at z.  Only at z = 0 is M * sigma + 1/2 an integer; else the loop ends.
std::int64_t sigmoid_value(const Sigmoid& sigmoid, std::int64_t z) {
  if (z == 0) return std::int64_t{1} << (sigmoid.bits - 1);
  for (mpfr_prec_t precision = 96;; precision *= 2) {
    Real low(precision);
    Real high(precision);
    scaled_sigmoid(low, sigmoid, z, MPFR_RNDD);
    scaled_sigmoid(high, sigmoid, z, MPFR_RNDU);
    const long floor = mpfr_get_si(low, MPFR_RNDD);
    if (floor == mpfr_get_si(high, MPFR_RNDD)) return floor;
  }
}

Error bad(std::string message) { return {ErrorCode::bad_input, std::move(message), "activation"}; }

Result<void> check_steps(const Steps& steps) {
  if (steps.values.size() != steps.at.size() + 1) {
    return bad("steps need one value more than cut points, got " +
               std::to_string(steps.values.size()) + " values for " +
               std::to_string(steps.at.size()) + " cut points");
  }
  if (steps.at.size() > CircuitLimits::steps) return bad("more than 2^20 cut points");
  for (std::size_t i = 1; i < steps.at.size(); ++i) {
    if (steps.at[i - 1] >= steps.at[i])
      return bad("the cut points of steps must increase strictly");
  }
  if (!std::is_sorted(steps.values.begin(), steps.values.end())) {
    return bad("the values of steps must not decrease");
  }
  return {};
}

std::int64_t step_value(const std::vector<std::int64_t>& at,
                        const std::vector<std::int64_t>& values, std::int64_t z) {
  const auto passed = std::upper_bound(at.begin(), at.end(), z) - at.begin();
  return values[static_cast<std::size_t>(passed)];
}

}  // namespace

Result<void> check_activation(const Activation& activation) {
  if (const Relu* relu = std::get_if<Relu>(&activation)) {
    if (relu->shift < 0 || relu->shift > 62) return bad("the shift of a relu must be 0 to 62");
    if (relu->max < 1) return bad("the max of a relu must be at least 1");
  } else if (const Steps* steps = std::get_if<Steps>(&activation)) {
    return check_steps(*steps);
  } else if (const Sigmoid* sigmoid = std::get_if<Sigmoid>(&activation)) {
    if (sigmoid->bits < 1 || sigmoid->bits > 62)
      return bad("the bits of a sigmoid must be 1 to 62");
    if (sigmoid->gain_p < 1 || sigmoid->gain_q < 1) {
      return bad("the gain of a sigmoid must be two positive integers");
    }
  }
  return {};
}

std::int64_t nearest_threshold(const Activation& activation, std::int64_t threshold,
                               Circuit::Interval sums) {
  // Beyond the largest sum, z is negative: silent, however far.  At or below the smallest one, a
  // threshold gate fires, however far; a relu still depends on how far.
  if (std::holds_alternative<Threshold>(activation)) {
    return std::clamp(threshold, sums.low, sums.high + 1);
  }
  if (std::holds_alternative<Relu>(activation)) return std::min(threshold, sums.high + 1);
  return threshold;
}

Result<StepFunction> sigmoid_steps(const Sigmoid& sigmoid, Circuit::Interval range) {
  StepFunction steps;
  const std::int64_t first = sigmoid_value(sigmoid, range.low);
  const std::int64_t last = sigmoid_value(sigmoid, range.high);
  steps.values.push_back(first);
  if (first == last) return steps;
  // Every cut lies between the first and the last one, and changes the value by at least 1.
  const std::int64_t last_cut = sigmoid_cut(sigmoid, last);
  std::int64_t cut = sigmoid_cut(sigmoid, first + 1);
  const auto most = static_cast<std::uint64_t>(std::min(last - first, last_cut - cut + 1));
  if (most > CircuitLimits::steps) {
    return Error{ErrorCode::limit, "the sigmoid takes more than 2^20 different values",
                 "activation"};
  }
  while (cut <= last_cut) {
    const std::int64_t value = sigmoid_value(sigmoid, cut);
    steps.at.push_back(cut);
    steps.values.push_back(value);
    cut = sigmoid_cut(sigmoid, value + 1);
  }
  mpfr_free_cache();
  return steps;
}

std::int64_t apply(const Activation& activation, const StepFunction* sigmoid, std::int64_t z) {
  if (sigmoid != nullptr) return step_value(sigmoid->at, sigmoid->values, z);
  if (std::holds_alternative<Threshold>(activation)) return z >= 0 ? 1 : 0;
  if (const Relu* relu = std::get_if<Relu>(&activation)) {
    return std::min(relu->max, std::max<std::int64_t>(z, 0) >> relu->shift);
  }
  const Steps& steps = std::get<Steps>(activation);
  return step_value(steps.at, steps.values, z);
}

}  // namespace gatelight::circuit
