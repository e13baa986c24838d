// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

std::int64_t level_at(const Core& core, std::int64_t z) {
  const auto above = std::upper_bound(core.at.begin(), core.at.end(), z);
  return core.level[static_cast<std::size_t>(above - core.at.begin())];
}

std::shared_ptr<Sum> sum_between(long low, long high) {
  auto sum = std::make_shared<Sum>();
  sum->terms = {{0, 1}};
  sum->low = low;
  sum->high = high;
  return sum;
}

Quantizer random_quantizer(base::Random& random) {
  const auto mode = static_cast<Rounding>(random.below(7));
  switch (random.below(5)) {
    case 0:
      return Quantizer::step();
    case 1:
      return Quantizer::sign();
    case 2:
      return Quantizer::rounding(0, 255, mode);
    case 3:
      return Quantizer::thresholds({-3, Surd::root(2), 5, 5});
    default:
      return Quantizer::rounding(-3, 3, mode);
  }
}

std::vector<Function> random_functions(base::Random& random) {
  const auto draw = [&] {
    const Surd value(mpq_class(static_cast<long>(random.between(-16, 16)), 8));
    return random.below(4) == 0 ? value * Surd::root(3) : value;
  };
  std::vector<Function> functions{Function::affine(draw(), draw())};
  if (random.coin()) functions.push_back(Function::clamp(Surd(0), std::nullopt));
  if (random.coin()) functions.push_back(Function::affine(draw(), draw()));
  return functions;
}

// Where the sum was negated, -z goes in.
std::int64_t argument(const Core& core, const Sum& original, std::int64_t z) {
  return core.sum->terms[0].second == original.terms[0].second ? z : -z;
}

TEST(Levels, CutPointsAreWhereTheFunctionSaysOneSumAtATime) {
  base::Random random(17);
  for (int round = 0; round < 300; ++round) {
    Core core;
    const auto sum = sum_between(-random.between(0, 60), random.between(0, 60));
    core.sum = sum;
    const std::vector<Function> functions = random_functions(random);
    const Quantizer quantizer = random_quantizer(random);
    const CorePtr first = quantized(core, functions, quantizer, 1, {}, false);
    ASSERT_TRUE(std::is_sorted(first->at.begin(), first->at.end()));
    ASSERT_TRUE(std::is_sorted(first->level.begin(), first->level.end()));
    const std::vector<Function> more = random_functions(random);
    const Quantizer second_quantizer = random_quantizer(random);
    const CorePtr second = quantized(*first, more, second_quantizer, 1, {}, false);
    ASSERT_TRUE(std::is_sorted(second->level.begin(), second->level.end()));
    for (std::int64_t z = sum->low.get_si(); z <= sum->high.get_si(); ++z) {
      const std::int64_t one = quantizer.apply(value_of(functions, Surd::integer(z)));
      ASSERT_EQ(level_at(*first, argument(*first, *sum, z)), one)
          << "round " << round << " z " << z;
      const std::int64_t two = second_quantizer.apply(value_of(more, Surd::integer(one)));
      ASSERT_EQ(level_at(*second, argument(*second, *sum, z)), two)
          << "round " << round << " z " << z;
    }
  }
}

TEST(Levels, ManyLevelsOverFewSumsStayFew) {
  Core core;
  core.sum = sum_between(-5, 5);
  const CorePtr wide = quantized(
      core, {Function::affine(1000, 0)},
      Quantizer::rounding(0, (std::int64_t{1} << 40) - 1, Rounding::half_even), 1, {}, false);
  EXPECT_LT(wide->at.size(), 300U);
  EXPECT_EQ(level_at(*wide, 3), 3000);
  EXPECT_EQ(level_at(*wide, -1), 0);
}

TEST(Levels, SignAddSignIsAtLeastZero) {
  Core core;
  core.sum = sum_between(-3, 3);
  const CorePtr sign = quantized(core, {}, Quantizer::sign(), 1, {}, false);
  const CorePtr both =
      quantized(*sign, {Function::affine(1, mpq_class(0.1))}, Quantizer::sign(), 1, {}, false);
  EXPECT_EQ(both->at, (std::vector<std::int64_t>{0}));
  EXPECT_EQ(both->level, (std::vector<std::int64_t>{-1, 1}));
}

}  // namespace
}  // namespace gatelight::formats::onnx_net
