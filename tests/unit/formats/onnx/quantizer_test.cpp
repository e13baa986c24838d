// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/quantizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace gatelight::formats::onnx_net {
namespace {

// QONNX's rounding functions, as its Python says them.
double rounded(Rounding mode, double x) {
  const double sign = x > 0 ? 1 : (x < 0 ? -1 : 0);
  switch (mode) {
    case Rounding::half_even:
      return std::nearbyint(x);
    case Rounding::ceil:
      return std::ceil(x);
    case Rounding::floor:
      return std::floor(x);
    case Rounding::up:
      return sign * std::ceil(std::abs(x));
    case Rounding::down:
      return std::trunc(x);
    case Rounding::half_up:
      return sign * std::floor(std::abs(x) + 0.5);
    case Rounding::half_down:
      return sign * std::ceil(std::abs(x) - 0.5);
  }
  return 0;
}

TEST(Quantizer, EveryModeRoundsAsQonnx) {
  for (const Rounding mode : {Rounding::half_even, Rounding::ceil, Rounding::floor, Rounding::up,
                              Rounding::down, Rounding::half_up, Rounding::half_down}) {
    for (const auto& [low, high] : {std::pair{-4, 3}, {-3, 3}, {0, 7}, {0, 6}}) {
      const Quantizer quantizer = Quantizer::rounding(low, high, mode);
      for (int quarter = -40; quarter <= 40; ++quarter) {
        for (const double nudge : {-0x1p-30, 0.0, 0x1p-30}) {
          const double x = quarter / 4.0 + nudge;
          const double held = std::min<double>(std::max<double>(x, low), high);
          EXPECT_EQ(quantizer.apply(Surd(mpq_class(x))), std::llround(rounded(mode, held)))
              << "mode " << static_cast<int>(mode) << " x " << x << " in " << low << ".." << high;
        }
      }
    }
  }
}

TEST(Quantizer, Names) {
  EXPECT_EQ(rounding_from_name("round"), Rounding::half_even);
  EXPECT_EQ(rounding_from_name("ROUND_TO_ZERO"), Rounding::down);
  EXPECT_EQ(rounding_from_name("HALF_DOWN"), Rounding::half_down);
  EXPECT_FALSE(rounding_from_name("NEAREST"));
}

TEST(Quantizer, StepSignAndThresholds) {
  EXPECT_EQ(Quantizer::step().apply(Surd(0)), 1);
  EXPECT_EQ(Quantizer::step().apply(Surd(mpq_class(-0x1p-1074))), 0);
  EXPECT_EQ(Quantizer::sign().apply(Surd(0)), 0);
  EXPECT_EQ(Quantizer::sign().apply(Surd(mpq_class(0x1p-1074))), 1);
  EXPECT_EQ(Quantizer::sign().apply(Surd(-1)), -1);
  const Quantizer unsorted = Quantizer::thresholds({3, -1, 3});
  EXPECT_EQ(unsorted.apply(Surd(-2)), 0);
  EXPECT_EQ(unsorted.apply(Surd(-1)), 1);
  EXPECT_EQ(unsorted.apply(Surd(3)), 3);
  EXPECT_FALSE(unsorted.reaches_every_level());
}

}  // namespace
}  // namespace gatelight::formats::onnx_net
