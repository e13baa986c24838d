// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/function.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

Surd small(base::Random& random, bool with_roots) {
  const Surd value(mpq_class(static_cast<long>(random.between(-12, 12)), 4));
  return with_roots && random.coin() ? value * Surd::root(2) : value;
}

std::vector<Function> random_chain(base::Random& random, bool with_roots) {
  std::vector<Function> chain;
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    if (random.coin()) {
      chain.push_back(Function::affine(small(random, with_roots), small(random, with_roots)));
      continue;
    }
    Surd low = small(random, with_roots);
    Surd high = small(random, with_roots);
    if (high < low) std::swap(low, high);
    chain.push_back(Function::clamp(random.coin() ? std::optional(low) : std::nullopt,
                                    random.coin() ? std::optional(high) : std::nullopt));
  }
  return chain;
}

TEST(Function, PulledBackConditionsHoldForTheSameArguments) {
  base::Random random(5);
  for (int round = 0; round < 600; ++round) {
    const bool with_roots = round % 2 == 0;
    const std::vector<Function> chain = random_chain(random, with_roots);
    const Surd level = small(random, with_roots);
    const Condition on_value = random.coin() ? Condition::at_least(level) : Condition::above(level);
    const Condition on_argument = pull_back(on_value, chain);
    const std::optional<ClampedAffine> form = as_clamped_affine(chain);
    ASSERT_TRUE(form);
    for (int quarter = -20; quarter <= 20; ++quarter) {
      const Surd x(mpq_class(quarter, 4));
      const Surd value = value_of(chain, x);
      ASSERT_EQ(on_argument.holds(x), on_value.holds(value))
          << "round " << round << " x " << quarter;
      // The closed form of the chain.
      Surd closed = form->a * x + form->b;
      if (form->low && closed < *form->low) closed = *form->low;
      if (form->high && *form->high < closed) closed = *form->high;
      ASSERT_TRUE(closed == value) << "round " << round;
    }
  }
}

TEST(Function, SigmoidLevels) {
  const std::vector<Function> chain{Function::affine(2, -1), Function::sigmoid(),
                                    Function::affine(4, 0)};
  for (const int eighth : {1, 5, 13, 16, 20, 31}) {
    const double level = eighth / 8.0;
    const Condition condition = pull_back(Condition::at_least(Surd(mpq_class(level))), chain);
    const double cut = (std::log(level / 4 / (1 - level / 4)) + 1) / 2;
    EXPECT_TRUE(condition.holds(Surd(mpq_class(cut + 1e-12))));
    EXPECT_FALSE(condition.holds(Surd(mpq_class(cut - 1e-12))));
  }
  EXPECT_TRUE(pull_back(Condition::at_least(2), chain).holds(Surd(mpq_class(1, 2))));  // exactly
  EXPECT_FALSE(pull_back(Condition::above(2), chain).holds(Surd(mpq_class(1, 2))));
  EXPECT_EQ(pull_back(Condition::at_least(0), chain).kind, Condition::Kind::always);
  EXPECT_EQ(pull_back(Condition::at_least(4), chain).kind, Condition::Kind::never);
}

TEST(Function, TwoSigmoidsAreRefused) {
  const std::vector<Function> chain{Function::sigmoid(), Function::sigmoid()};
  EXPECT_THROW((void)pull_back(Condition::at_least(Surd(mpq_class(3, 5))), chain), Refusal);
}

}  // namespace
}  // namespace gatelight::formats::onnx_net
