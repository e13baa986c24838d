// SPDX-License-Identifier: Apache-2.0
#include "theory/set_series.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::theory {
namespace {

std::vector<Factor> random_factors(base::Random& random, unsigned fraction) {
  std::vector<Factor> factors(random.below(7));
  for (Factor& factor : factors) {
    const auto number = [&](std::int64_t low) -> mpz_class {
      return mpz_class(static_cast<long>(random.between(low, 5))) << fraction;
    };
    factor.fires = number(0);
    for (std::int64_t k = random.between(0, 3); k > 0; --k) factor.patterns.push_back(number(0));
    if (random.below(2) == 0) factor.patterns = {2 * factor.fires};
  }
  return factors;
}

using Exact = std::vector<std::vector<mpq_class>>;

// All coefficients of u^q z^t, by going through every choice of a term of each factor.
void expand(const std::vector<Factor>& factors, std::size_t next, std::size_t q, std::size_t t,
            const mpq_class& product, unsigned fraction, Exact& table) {
  if (next == factors.size()) {
    for (std::size_t c = t; c < table.size() && q < table.size(); ++c) table[q][c] += product;
    return;
  }
  const Factor& factor = factors[next];
  const auto times = [&](const mpz_class& number) -> mpq_class {
    return product * number / (mpz_class(1) << fraction);
  };
  expand(factors, next + 1, q, t, product, fraction, table);
  expand(factors, next + 1, q, t + 1, times(factor.fires), fraction, table);
  for (std::size_t k = 1; k <= factor.patterns.size(); ++k)
    expand(factors, next + 1, q + k, t + k, times(factor.patterns[k - 1]), fraction, table);
}

TEST(SetSeries, PatternTablesAreProducts) {
  constexpr std::uint64_t seed = 81;
  base::Random random(seed);
  const Rounding whole{0, mpz_class(1) << 200};
  for (int round = 0; round < generate::scaled(1000); ++round) {
    const auto factors = random_factors(random, 0);
    const std::size_t most = random.below(6);
    Exact expected(most + 1, std::vector<mpq_class>(most + 1));
    expand(factors, 0, 0, 0, 1, 0, expected);
    const Table table = pattern_table(factors, most, whole);
    for (std::size_t q = 0; q <= most; ++q) {
      for (std::size_t c = 0; c <= most; ++c)
        ASSERT_EQ(table[q][c], expected[q][c]) << "seed " << seed << ", round " << round;
    }
  }
}

TEST(SetSeries, SumsOverSets) {
  const Rounding whole{0, mpz_class(1) << 200};
  // 1; 1 + 2 + 3 + 4; ... + 6 + 8 + 12; ... + 24.
  EXPECT_EQ(set_sums({2, 3, 4}, 3, whole), (Series{1, 10, 36, 60}));
  EXPECT_EQ(set_sums({}, 1, whole), (Series{1, 1}));
}

TEST(SetSeries, FractionsAreRoundedUpwards) {
  const Rounding quarters{2, mpz_class(1) << 200};
  EXPECT_EQ(quarters.product(5, 5), 7);  // 25/16, in quarters
  EXPECT_EQ(quarters.product(6, 4), 6);
  constexpr std::uint64_t seed = 82;
  base::Random random(seed);
  constexpr unsigned bits = 8;
  const Rounding rounding{bits, mpz_class(1) << 200};
  for (int round = 0; round < generate::scaled(300); ++round) {
    auto factors = random_factors(random, bits);
    for (Factor& factor : factors) factor.fires += static_cast<unsigned long>(random.below(100));
    const std::size_t most = 4;
    Exact exact(most + 1, std::vector<mpq_class>(most + 1));
    expand(factors, 0, 0, 0, 1, bits, exact);
    const Table table = pattern_table(factors, most, rounding);
    for (std::size_t q = 0; q <= most; ++q) {
      for (std::size_t c = 0; c <= most; ++c) {
        const mpq_class above = mpq_class(table[q][c]) / (mpz_class(1) << bits) - exact[q][c];
        ASSERT_GE(above, 0) << "seed " << seed << ", round " << round;
        ASSERT_LE(above, 1 + exact[q][c] / 8) << "seed " << seed << ", round " << round;
      }
    }
  }
}

TEST(SetSeries, WhatIsTooLargeIsCut) {
  const Rounding small{0, 100};
  const Series sums = set_sums({50, 50, 50}, 2, small);
  EXPECT_EQ(sums[0], 1);
  EXPECT_GE(sums[1], 100);
  EXPECT_GE(sums[2], 100);
  const Table table = pattern_table({{50, {50}}, {50, {50}}}, 2, small);
  EXPECT_GE(table[2][2], 100);
}

}  // namespace
}  // namespace gatelight::theory
