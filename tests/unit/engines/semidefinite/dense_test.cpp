// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/dense.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/cpu.hpp"
#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::semidefinite {
namespace {

Matrix random_matrix(base::Random& random, std::size_t rows, std::size_t columns) {
  Matrix matrix(rows, columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) matrix[i][j] = 2 * random.unit() - 1;
  }
  return matrix;
}

// Sizes around those of tiles, vectors and blocks.
std::size_t random_size(base::Random& random) {
  return static_cast<std::size_t>(random.coin() ? random.between(1, 40) : random.between(60, 300));
}

TEST(Dense, ProductsAreThoseOfTheDefinition) {
  base::Random random(1);
  for (int round = 0; round < generate::scaled(10); ++round) {
    const Matrix a = random_matrix(random, random_size(random), random_size(random));
    const Matrix b = random_matrix(random, random_size(random), a.columns());
    const Matrix product = times_transposed(a, b);
    for (std::size_t i = 0; i < a.rows(); ++i) {
      for (std::size_t j = 0; j < b.rows(); ++j) {
        double sum = 0;
        for (std::size_t k = 0; k < a.columns(); ++k) sum += a[i][k] * b[j][k];
        ASSERT_NEAR(product[i][j], sum, 1e-10) << "round " << round;
      }
    }
  }
}

TEST(Dense, FactorsInvertAndSolve) {
  base::Random random(2);
  for (int round = 0; round < generate::scaled(20); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Matrix half = random_matrix(random, random_size(random), random_size(random));
    Matrix a = times_transposed(half, half);
    a.add_to_diagonal(1);
    const std::size_t n = a.rows();
    Matrix factor = a;
    for (std::size_t i = 0; i < n; ++i) {  // what is above the diagonal is not looked at
      for (std::size_t j = i + 1; j < n; ++j) factor[i][j] = std::nan("");
    }
    ASSERT_TRUE(factorize(factor));
    const Matrix again = times_transposed(factor, factor);
    const Matrix one = times_transposed(inverse_of_product(factor), a);
    std::vector<double> x(n), right(n, 0);
    for (double& number : x) number = random.unit();
    for (std::size_t i = 0; i < n; ++i) right[i] = dot(a[i], x.data(), n);
    solve(factor, right);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(right[i], x[i], 1e-9);
      for (std::size_t j = 0; j < n; ++j) {
        ASSERT_NEAR(again[i][j], a[i][j], 1e-9);
        ASSERT_NEAR(one[i][j], i == j ? 1 : 0, 1e-9);
      }
    }
  }
}

// To the last bit, so that a run repeats on any machine.
TEST(Dense, EveryInstructionSetComputesTheSame) {
  base::Random random(4);
  for (int round = 0; round < generate::scaled(10); ++round) {
    const Matrix half = random_matrix(random, random_size(random), random_size(random));
    std::vector<Matrix> results;
    for (const base::InstructionSet set : base::available_instruction_sets()) {
      const base::ScopedInstructionSet scope(set);
      Matrix factor = times_transposed(half, half);
      factor.add_to_diagonal(1);
      ASSERT_TRUE(factorize(factor));
      results.push_back(inverse_of_product(factor));
      std::vector<double> x(factor.rows(), 1);
      solve(factor, x);
      results.back()[0][0] += inner(factor, factor) + x[0];
    }
    for (const Matrix& result : results) {
      for (std::size_t i = 0; i < result.rows(); ++i) {
        for (std::size_t j = 0; j < result.columns(); ++j) {
          ASSERT_EQ(result[i][j], results[0][i][j]) << "round " << round;
        }
      }
    }
  }
}

TEST(Dense, RefusesWhatIsNotDefinite) {
  base::Random random(3);
  for (int round = 0; round < generate::scaled(20); ++round) {
    const std::size_t n = random_size(random) + 1;
    const Matrix half = random_matrix(random, n, n);
    Matrix a = times_transposed(half, half);
    a.add_to_diagonal(1);
    const auto at = static_cast<std::size_t>(random.below(n));
    a[at][at] = random.coin() ? -1e-3 : std::nan("");
    EXPECT_FALSE(factorize(a));
  }
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
