// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/certify.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::semidefinite {
namespace {

// A sum of `rank` squares of integer vectors, so semidefinite, and of that rank at most.
std::vector<double> gram(base::Random& random, std::size_t size, std::size_t rank,
                         std::int64_t largest) {
  std::vector<double> matrix(size * size, 0);
  for (std::size_t r = 0; r < rank; ++r) {
    std::vector<std::int64_t> vector(size);
    for (auto& number : vector) number = random.between(-largest, largest);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        matrix[i * size + j] += static_cast<double>(vector[i] * vector[j]);
      }
    }
  }
  return matrix;
}

TEST(Certify, AcceptsDefiniteMatrices) {
  base::Random random(1);
  for (int round = 0; round < generate::scaled(200); ++round) {
    const auto size = static_cast<std::size_t>(random.between(1, 30));
    std::vector<double> matrix = gram(random, size, size, 1000);
    for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] += 100;
    EXPECT_TRUE(surely_semidefinite(matrix, size));
  }
}

// A singular matrix less 1 at the end of its diagonal has a negative eigenvalue.  With entries near 2^51 a
// plain factorisation often does not see it: its rounding errors exceed 1.
TEST(Certify, NeverAcceptsAnIndefiniteMatrix) {
  base::Random random(2);
  for (int round = 0; round < generate::scaled(60); ++round) {
    const auto size = static_cast<std::size_t>(random.between(80, 120));
    std::vector<double> matrix = gram(random, size, size - 1, std::int64_t{1} << 23);
    matrix.back() -= 1;
    EXPECT_FALSE(surely_semidefinite(matrix, size)) << "round " << round;
  }
}

// max x over x in {0, 1}, beside a row that says 1 >= 0.
TEST(Certify, NegativeMultipliersCountAsNone) {
  const Relaxation relaxation{2, {{{{0, 1}}, {{0, 1}}}}, {{1, 1}}};
  EXPECT_EQ(certified_bound(relaxation, {{0}, {1}}), 1);
  EXPECT_EQ(certified_bound(relaxation, {{5}, {1}}), 6);
  EXPECT_EQ(certified_bound(relaxation, {{-5}, {1}}), 1);
  EXPECT_EQ(certified_bound(relaxation, {{std::nan("")}, {1}}), std::nullopt);
}

// max x1 + x2 where x1 x2 = 0: S(1) = (1 - x1 - x2)^2 needs the multiplier -2.
TEST(Certify, MultipliersOfEquationsHaveAnySign) {
  Relaxation relaxation{3, {{{{1, 1}}, {{2, 1}}, true}}, {{1, 1}, {2, 1}}};
  EXPECT_EQ(certified_bound(relaxation, {{-2}, {1, 1}}), 1);
  EXPECT_EQ(certified_bound(relaxation, {{-std::nan("")}, {1, 1}}), std::nullopt);
  EXPECT_EQ(certified_bound(relaxation, {{-1e300}, {1, 1}}), std::nullopt);
  relaxation.rows[0].zero = false;
  EXPECT_EQ(certified_bound(relaxation, {{-2}, {1, 1}}), 2);
}

TEST(Certify, NumbersThatAreNoneProveNothing) {
  EXPECT_FALSE(surely_semidefinite({std::nan("")}, 1));
  EXPECT_FALSE(surely_semidefinite({HUGE_VAL}, 1));
  EXPECT_FALSE(surely_semidefinite({-5}, 1));
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
