// SPDX-License-Identifier: Apache-2.0
#include "theory/gamma.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "gatelight/construct.hpp"

namespace gatelight::theory {
namespace {

double number_of(const mpz_class& fixed) { return std::ldexp(fixed.get_d(), -int{gamma_fraction}); }

// (1 + mean of 1 / sin) / 2, as it is written down.
double formula(int rows) {
  double sum = 0;
  for (int k = 0; k < rows; ++k) sum += 1 / std::sin((2 * k + 1) * std::numbers::pi / (2 * rows));
  return (1 + sum / rows) / 2;
}

TEST(Gamma, StaircasesAreRoundedUpwards) {
  EXPECT_EQ(staircase_gamma(0), 0);
  EXPECT_NEAR(number_of(staircase_gamma(1)), 1, 1e-9);
  EXPECT_GE(staircase_gamma(1), mpz_class(1) << gamma_fraction);
  // (1 + root of 2) / 2, in multiples of 2^-32: the next one below is too small.
  const mpz_class two = staircase_gamma(2), one = mpz_class(1) << gamma_fraction;
  const auto below = [&](const mpz_class& gamma) {
    return (2 * gamma - one) * (2 * gamma - one) < 2 * one * one;
  };
  EXPECT_FALSE(below(two));
  EXPECT_TRUE(below(two - 1));
  for (int rows = 1; rows <= 64; ++rows) {
    EXPECT_NEAR(number_of(staircase_gamma(rows)), formula(rows), 1e-9) << rows;
    EXPECT_GE(number_of(staircase_gamma(rows)), formula(rows) - 1e-12) << rows;
  }
  for (int rows = 65; rows < 3000; rows += 7) {
    EXPECT_GE(number_of(staircase_gamma(rows)), formula(rows)) << rows;
    EXPECT_LE(number_of(staircase_gamma(rows)), formula(rows) + 0.02) << rows;
  }
  const double large = number_of(staircase_gamma(mpz_class(1) << 500));
  EXPECT_NEAR(large, 500 * std::numbers::ln2 / std::numbers::pi + 0.98, 0.02);
}

// The triangle of ones itself: what is proved from above and computed from below enclose its gamma_2.
TEST(Gamma, TrianglesLieBetweenBothSides) {
  for (const std::size_t rows : {1U, 2U, 3U, 10U, 64U, 65U, 200U}) {
    CommunicationMatrix triangle{rows, rows, std::vector<std::uint8_t>(rows * rows)};
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k <= i; ++k) triangle.entries[i * rows + k] = 1;
    }
    const double lower = std::exp2(lower_sides(triangle)->gamma_2);
    const double upper = number_of(staircase_gamma(static_cast<unsigned long>(rows)));
    EXPECT_LE(lower, upper + 1e-9) << rows;
    EXPECT_GE(lower, upper - 0.5) << rows;
  }
}

TEST(Gamma, FactorsOfUnits) {
  const mpz_class one = mpz_class(1) << gamma_fraction;
  // A gate of rank 1 is all ones in some rows and columns.
  Unit unit{.gates = {0}, .patterns = {3}, .rank = 1, .fire_stairs = 1, .pattern_stairs = {5}};
  Factor factor = gamma_factor(unit, staircase_gamma(1));
  EXPECT_EQ(factor.fires, one);
  EXPECT_EQ(factor.patterns, (std::vector<mpz_class>{3 * one}));
  // Of many rows the staircases are less than the root of the rank.
  unit.rank = 10000;
  const mpz_class stair = staircase_gamma(10000);
  factor = gamma_factor(unit, stair);
  EXPECT_EQ(factor.fires, stair);
  EXPECT_EQ(factor.patterns, (std::vector<mpz_class>{5 * stair}));
  // Where nothing is known of staircases, the root of the rank.
  unit.fire_stairs = 0;
  unit.pattern_stairs.clear();
  factor = gamma_factor(unit, stair);
  EXPECT_NEAR(number_of(factor.fires), 100, 1e-6);
  EXPECT_GE(number_of(factor.fires), 100);
  EXPECT_NEAR(number_of(factor.patterns[0]), 300, 1e-6);
}

}  // namespace
}  // namespace gatelight::theory
