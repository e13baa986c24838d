// SPDX-License-Identifier: Apache-2.0
//
// A core becomes a gate.
//
// Problem   A core takes finitely many real values, one for each run of integer sums z.  Choose
// integer
//           outputs y, an activation, and unit, offset with value = unit * y + offset.
// Idea      y must be 0 exactly where the value is the real number 0, because that is what firing
//           means.  So: values in proportion to integers where there is a zero; two values 0 and s
//           a threshold (negated sums for -s and 0); -s and s "bipolar", mapped to 0 and 1; no zero
//           at all: every y is non-zero.
// Why       Ratios of the values are exact rationals, so y is exact.  Values decreasing in z are
// made
//           non-decreasing by negating the weights, which changes no value.
// Cost      O(levels).
// Limits    Values in irrational proportion are refused; an unquantized clip of more than 4096
//           different sums too, unless it is an exact integer relu.
// Tested by tests/unit/formats/onnx/materialize_test.cpp
#include <algorithm>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

// Step function of an integer sum with real values: value[j], j = number of at[i] <= z.
struct RealSteps {
  SumPtr sum;
  std::vector<std::int64_t> at;
  std::vector<Surd> value;
};

// y of each value, and value = unit * y + offset.
struct Meaning {
  std::vector<std::int64_t> y;
  Surd unit = 1, offset;
  bool is_bipolar = false;
};

bool fits(const mpz_class& value) {
  return value.fits_slong_p() && base::fits_sum(base::Wide{value.get_si()});
}

mpz_class least_common_denominator(const std::vector<mpq_class>& values) {
  mpz_class result = 1;
  for (const mpq_class& value : values) result = lcm(result, value.get_den());
  return result;
}

// The values as unit * integer with the largest possible unit > 0, if they are commensurable and
// the integers stay below `largest`.
std::optional<Meaning> in_proportion(const std::vector<Surd>& values, const mpz_class& largest) {
  Meaning result;
  const auto first = std::find_if(values.begin(), values.end(),
                                  [](const Surd& value) { return !value.is_zero(); });
  if (first == values.end()) {
    result.y.assign(values.size(), 0);
    return result;
  }
  if (!first->inverse()) return std::nullopt;
  std::vector<mpq_class> ratios;
  for (const Surd& value : values) {
    const std::optional<mpq_class> ratio = Surd::ratio(value, *first);
    if (!ratio) return std::nullopt;
    ratios.push_back(first->sign() < 0 ? mpq_class(-*ratio) : *ratio);
  }
  const mpz_class denominator = least_common_denominator(ratios);
  mpz_class divisor = 0;
  std::vector<mpz_class> whole;
  for (const mpq_class& ratio : ratios) {
    whole.emplace_back(ratio.get_num() * (denominator / ratio.get_den()));
    divisor = gcd(divisor, whole.back());
  }
  for (mpz_class& value : whole) {
    value /= divisor;
    if (abs(value) > largest) return std::nullopt;
    result.y.push_back(value.get_si());
  }
  mpq_class scale(divisor, denominator);
  scale.canonicalize();
  result.unit = Surd(scale) * (first->sign() < 0 ? -*first : *first);
  return result;
}

// Requires non-decreasing values.
Meaning meaning_of(const std::vector<Surd>& values) {
  const Surd& smallest = values.front();
  const Surd& largest = values.back();
  const bool two = std::all_of(values.begin(), values.end(), [&](const Surd& value) {
    return value == smallest || value == largest;
  });
  if (two && smallest.sign() < 0 && (smallest + largest).is_zero()) {
    Meaning result;
    for (const Surd& value : values) result.y.push_back(value == largest ? 1 : 0);
    result.unit = largest - smallest;
    result.offset = smallest;
    result.is_bipolar = true;
    return result;
  }
  const bool has_zero =
      std::any_of(values.begin(), values.end(), [](const Surd& value) { return value.is_zero(); });
  const mpz_class most = has_zero ? mpz_class(1) << 62 : mpz_class(1) << 31;
  if (std::optional<Meaning> result = in_proportion(values, most)) return *std::move(result);
  if (has_zero) refuse_unsupported("the levels of an activation are not in rational proportion");
  // No zero among the levels: count from 1.
  std::vector<Surd> above;
  above.reserve(values.size());
  for (const Surd& value : values) above.push_back(value - smallest);
  std::optional<Meaning> result = in_proportion(above, mpz_class(1) << 61);
  if (!result) refuse_unsupported("the levels of an activation are not in rational proportion");
  for (std::int64_t& y : result->y) ++y;
  result->offset = smallest - result->unit;
  return *std::move(result);
}

void orient(RealSteps& steps) {
  if (steps.value.front() <= steps.value.back()) return;
  steps.sum = negated(*steps.sum);
  std::reverse(steps.value.begin(), steps.value.end());
  std::reverse(steps.at.begin(), steps.at.end());
  for (std::int64_t& at : steps.at) at = 1 - at;
}

// Only reachable steps: cut points strictly increasing within (low, high], values strictly
// increasing.
Steps reachable(const RealSteps& steps, const std::vector<std::int64_t>& y) {
  const std::int64_t low = steps.sum->low.get_si();
  const std::int64_t high = steps.sum->high.get_si();
  Steps result;
  result.values.push_back(y[0]);
  for (std::size_t i = 0; i < steps.at.size(); ++i) {
    const std::int64_t at = steps.at[i];
    if (at > high || y[i + 1] == result.values.back()) continue;
    const bool same_place = at <= low || (!result.at.empty() && result.at.back() == at);
    if (same_place) {
      result.values.back() = y[i + 1];
    } else {
      result.at.push_back(at);
      result.values.push_back(y[i + 1]);
    }
  }
  return result;
}

// relu with shift k: values 0, 1, ..., n at cut points 2^k apart.
std::optional<Relu> as_relu(const Steps& steps) {
  for (std::size_t i = 0; i < steps.values.size(); ++i) {
    if (steps.values[i] != static_cast<std::int64_t>(i)) return std::nullopt;
  }
  const std::int64_t apart = steps.at[1] - steps.at[0];
  if (apart <= 0 || (apart & (apart - 1)) != 0) return std::nullopt;
  for (std::size_t i = 1; i < steps.at.size(); ++i) {
    if (steps.at[i] - steps.at[i - 1] != apart) return std::nullopt;
  }
  Relu relu;
  relu.shift = __builtin_ctzll(static_cast<unsigned long long>(apart));
  relu.max = static_cast<std::int64_t>(steps.at.size());
  return relu;
}

void set_gate(Interpreter& interpreter, Core& core, const RealSteps& steps,
              const Meaning& meaning) {
  SumPtr sum = steps.sum;
  Surd unit = meaning.unit;
  Steps form = reachable(steps, meaning.y);
  const std::int64_t low = sum->low.get_si();
  const std::int64_t high = sum->high.get_si();
  // All levels, reachable or not, decide between threshold and steps.
  const std::int64_t smallest = meaning.y.front();
  const std::int64_t largest = meaning.y.back();
  const bool is_binary = smallest >= 0 && largest <= 1;
  const bool is_negative_binary = smallest == -1 && largest == 0;
  if (is_binary || is_negative_binary ||
      (form.values.size() == 2 && form.values[0] == 0 && form.values[1] == 1)) {
    std::int64_t at = high + 1;
    if (form.at.empty()) {
      if (form.values[0] == largest && largest != smallest) at = low;
      if (largest == smallest && largest == 1) at = low;
    } else {
      at = form.at[0];
    }
    if (is_negative_binary) {
      sum = negated(*sum);
      at = 1 - at;
      unit = -unit;
    }
    core.gate = interpreter.add_gate_for(core, sum, at, Threshold{}, 0, 1);
  } else {
    const std::int64_t first = form.values.front();
    const std::int64_t last = form.values.back();
    if (form.at.empty()) {  // constant: a step beyond every sum
      form.at.push_back(high + 1);
      form.values.push_back(first + 1);
    }
    std::int64_t threshold = form.at[0];
    Activation activation;
    const std::optional<Relu> relu = form.at.size() >= 2 ? as_relu(form) : std::nullopt;
    if (relu) {
      threshold -= std::int64_t{1} << relu->shift;
      activation = *relu;
    } else {
      for (std::int64_t& at : form.at) at -= threshold;
      activation = std::move(form);
    }
    core.gate = interpreter.add_gate_for(core, sum, threshold, std::move(activation), first, last);
  }
  core.gate_scale = std::move(unit);
  core.gate_offset = meaning.offset;
}

// An integer relu that was never quantized: max(a z + b, 0), cut off at `high`.
bool make_relu(Interpreter& interpreter, Core& core) {
  const std::optional<ClampedAffine> form = as_clamped_affine(core.pending);
  if (!form || !form->low || !form->low->is_zero() || form->a.is_zero()) return false;
  const bool negative = form->a.sign() < 0;
  SumPtr sum = negative ? negated(*core.sum) : core.sum;
  const Surd a = negative ? -form->a : form->a;
  if (!a.inverse()) return false;
  const std::optional<mpq_class> start = Surd::ratio(form->b, a);
  if (!start) return false;
  // a z + b = (a / q) (q z + p) for b / a = p / q.
  const mpz_class& q = start->get_den();
  const mpz_class& p = start->get_num();
  const Surd unit = a * Surd(mpq_class(1, q));
  const mpz_class bottom = q * sum->low + p;
  const mpz_class top = q * sum->high + p;
  if (!fits(mpz_class(2 * bottom)) || !fits(mpz_class(2 * top)) || !fits(p)) return false;
  mpz_class most = top > 1 ? top : mpz_class(1);
  if (form->high) {
    const std::optional<mpq_class> limit = Surd::ratio(*form->high, unit);
    if (!limit) return false;
    if (*limit < mpq_class(most)) {
      if (limit->get_den() != 1 || *limit < 1) return false;
      most = limit->get_num();
    }
  }
  std::vector<std::pair<NodeId, mpz_class>> terms = sum->terms;
  for (auto& term : terms) term.second *= q;
  const SumPtr scaled = interpreter.network().make_integer_sum(std::move(terms), sum->is_neuron);
  core.gate =
      interpreter.add_gate_for(core, scaled, -p.get_si(), Relu{0, most.get_si()}, 0, most.get_si());
  core.gate_scale = unit;
  return true;
}

// One step for each reachable sum.
RealSteps every_sum(const Core& core, const std::string& reader) {
  RealSteps steps;
  steps.sum = core.sum;
  constexpr int most = 4096;
  if (!fits(core.sum->low) || !fits(core.sum->high) || core.sum->high - core.sum->low > most) {
    refuse_unsupported("the values of " + core.activation->place() +
                           " are real numbers: they are "
                           "never quantized; `gatelight convert` discretizes such a network",
                       reader);
  }
  for (std::int64_t z = core.sum->low.get_si(); z <= core.sum->high.get_si(); ++z) {
    if (!steps.value.empty()) steps.at.push_back(z);
    steps.value.push_back(value_of(core.pending, Surd::integer(z)));
  }
  return steps;
}

}  // namespace

void Interpreter::make_exact_gate(Core& core, const std::string& reader) {
  if (has_sigmoid(core.pending)) {
    refuse_unsupported("the values of " + core.activation->place() +
                           " are real numbers: they are "
                           "never quantized; `gatelight convert` discretizes such a network",
                       reader);
  }
  RealSteps steps;
  if (core.is_stepped) {
    steps.sum = core.sum;
    steps.at = core.at;
    for (const std::int64_t level : core.level) {
      steps.value.push_back(value_of(core.pending, Surd::integer(level)));
    }
  } else if (make_relu(*this, core)) {
    return;
  } else {
    steps = every_sum(core, reader);
  }
  orient(steps);
  const Meaning meaning = meaning_of(steps.value);
  set_gate(*this, core, steps, meaning);
  const Network::Gate& gate = network_.gate(*core.gate);
  if (meaning.is_bipolar) {
    note("layer " + base::quoted(gate.layer) + ": values " + meaning.offset.text() + " and " +
         (meaning.unit + meaning.offset).text() + ", a gate fires where it is the larger");
  } else if (!meaning.offset.is_zero() || meaning.y.front() > 0) {
    note("layer " + base::quoted(gate.layer) + ": a gate whose value is never 0 always fires");
  }
}

}  // namespace gatelight::formats::onnx_net
