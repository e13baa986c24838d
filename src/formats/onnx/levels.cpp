// SPDX-License-Identifier: Apache-2.0
//
// A quantizer on top of an integer sum, resolved into integer cut points.
//
// Problem   A value is Q(f(z)): Q a quantizer, f the functions between, z an integer sum (or the
// level
//           of an earlier quantizer).  Find, for every level q, the z where it is reached.
// Idea      Pull "Q >= q" back through f to a half line of z and take its smallest integer.  Where
//           that half line looks down (f decreasing), negate the weights of the sum instead, so
//           that every activation is non-decreasing.
// Why       function.cpp: the half line is exact, and its smallest integer is an exact ceiling.
// Cost      One pull back a level.  Many levels over few sums: levels are halved recursively, and a
//           range of levels that all begin at the same z is skipped, so the cost is about
//           min(levels, reachable sums) * log.
// Limits    Cut points are clamped to [lowest z, highest z + 1]; 2^20 a gate.
// Tested by tests/unit/formats/onnx/levels_test.cpp
#include <algorithm>

#include "base/checked.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

// Quantizers with at most so many levels keep them all, reachable or not: the smallest and the
// largest decide what the levels mean.
constexpr std::int64_t few_levels = 17;

class SumCuts {
 public:
  SumCuts(const Sum& sum, const std::vector<Function>& functions, const Quantizer& quantizer)
      : functions_(functions), quantizer_(quantizer), low_(sum.low), high_(sum.high + 1) {}

  // Smallest z, within [low, high + 1], where the value is at least q.  The sum is already negated
  // where f is decreasing, and the condition speaks about the sum before that.
  [[nodiscard]] std::int64_t cut(std::int64_t q) const {
    const Condition condition = pull_back(quantizer_.reaches(q), functions_);
    mpz_class z;
    switch (condition.kind) {
      case Condition::Kind::always:
        z = low_;
        break;
      case Condition::Kind::never:
        z = high_;
        break;
      case Condition::Kind::at_least:
        z = condition.bound.ceil();
        break;
      case Condition::Kind::above:
        z = condition.bound.floor() + 1;
        break;
      case Condition::Kind::at_most:
        z = -condition.bound.floor();
        break;
      case Condition::Kind::below:
        z = 1 - condition.bound.ceil();
        break;
    }
    return std::clamp(z, low_, high_).get_si();
  }

  // Cut points of the levels first..last, where they begin at `from` and `to`.
  void fill(std::int64_t first, std::int64_t from, std::int64_t last, std::int64_t to, Core& out) {
    if (last - first <= 1 || from == to) return;
    const std::int64_t middle = first + (last - first) / 2;
    const std::int64_t at = cut(middle);
    fill(first, from, middle, at, out);
    push(middle, at, out);
    fill(middle, at, last, to, out);
  }

  static void push(std::int64_t q, std::int64_t at, Core& out) {
    if (out.at.size() == CircuitLimits::steps) {
      refuse_limit("an activation with more than " + std::to_string(CircuitLimits::steps) +
                   " steps");
    }
    out.at.push_back(at);
    out.level.push_back(q);
  }

 private:
  const std::vector<Function>& functions_;
  const Quantizer& quantizer_;
  mpz_class low_, high_;
};

void cut_sum(Core& out, const std::vector<Function>& functions, const Quantizer& quantizer) {
  const auto fits = [](const mpz_class& value) {
    return value.fits_slong_p() && base::fits_sum(base::Wide{value.get_si()});
  };
  if (!fits(out.sum->low) || !fits(out.sum->high)) {
    refuse_unsupported("the exact sum of a neuron needs more than 63 bits" + convert_hint());
  }
  if (direction(functions) < 0) out.sum = negated(*out.sum);
  SumCuts cuts(*out.sum, functions, quantizer);
  const std::int64_t low = quantizer.low();
  const std::int64_t high = quantizer.high();
  out.level.push_back(low);
  if (high - low < few_levels) {
    for (std::int64_t q = low + 1; q <= high; ++q) SumCuts::push(q, cuts.cut(q), out);
    return;
  }
  const std::int64_t first = cuts.cut(low + 1);
  const std::int64_t last = cuts.cut(high);
  SumCuts::push(low + 1, first, out);
  cuts.fill(low + 1, first, high, last, out);
  SumCuts::push(high, last, out);
}

// The quantizer on each level of an earlier one.
void map_levels(Core& out, const Core& core, const std::vector<Function>& functions,
                const Quantizer& quantizer) {
  const bool exact = !has_sigmoid(functions);
  std::vector<std::int64_t> levels;
  for (const std::int64_t level : core.level) {
    const Surd base = Surd::integer(level);
    if (exact) {
      levels.push_back(quantizer.apply(value_of(functions, base)));
      continue;
    }
    std::int64_t low = quantizer.low();
    std::int64_t high = quantizer.high();
    while (low < high) {
      const std::int64_t middle = high - (high - low) / 2;
      if (pull_back(quantizer.reaches(middle), functions).holds(base)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    levels.push_back(low);
  }
  out.at = core.at;
  out.level = std::move(levels);
  if (out.level.front() > out.level.back()) {
    out.sum = negated(*out.sum);
    std::reverse(out.level.begin(), out.level.end());
    std::reverse(out.at.begin(), out.at.end());
    for (std::int64_t& at : out.at) at = 1 - at;  // z >= t fails iff -z >= 1 - t
  }
  // Merge equal neighbours.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.at.size(); ++i) {
    if (out.level[i + 1] == out.level[kept]) continue;
    out.at[kept] = out.at[i];
    out.level[++kept] = out.level[i + 1];
  }
  out.at.resize(kept);
  out.level.resize(kept + 1);
}

}  // namespace

CorePtr quantized(const Core& core, const std::vector<Function>& functions,
                  const Quantizer& quantizer, const Surd& scale, const Surd& offset,
                  bool keep_applied) {
  auto out = std::make_shared<Core>();
  out->sum = core.sum;
  out->is_stepped = true;
  if (core.is_stepped) {
    map_levels(*out, core, functions, quantizer);
  } else {
    cut_sum(*out, functions, quantizer);
  }
  if (!(scale == Surd(1)) || !offset.is_zero()) {
    out->pending.push_back(Function::affine(scale, offset));
  }
  if (keep_applied) {
    out->applied = core.applied;
    out->applied.push_back({functions, quantizer});
    if (out->sum != core.sum) {
      std::vector<Function>& first = out->applied.front().before;
      first.insert(first.begin(), Function::affine(-1, 0));
    }
  }
  return out;
}

}  // namespace gatelight::formats::onnx_net
