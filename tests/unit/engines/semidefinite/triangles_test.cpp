// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/triangles.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::semidefinite {
namespace {

// Of (1, x), where bit i - 1 of the number is x_i.
std::int64_t value(const Affine& affine, unsigned number) {
  std::int64_t sum = 0;
  for (const Part& part : affine) {
    sum += part.index == 0 || ((number >> (part.index - 1)) & 1U) != 0 ? part.factor : 0;
  }
  return sum;
}

TEST(Triangles, HoldForEveryAssignment) {
  for (const bool v : {false, true}) {
    for (const bool w : {false, true}) {
      for (const std::uint32_t first : {0U, 1U}) {
        const Product product = product_of({{first, 2, 3}, {v, w}});
        bool tight = false, loose = false;
        for (unsigned number = 0; number < 8; ++number) {
          const auto both = value(product.first, number) * value(product.second, number);
          EXPECT_GE(both, 0);
          tight = tight || both == 0;
          loose = loose || both > 0;
        }
        EXPECT_TRUE(tight && loose);
      }
    }
  }
}

// What a triangle's violation is by its product, on a matrix of any numbers with ones on its diagonal.
double violation(const Matrix& moments, const Triangle& triangle) {
  const auto signs = [](const Affine& affine, std::size_t size) {
    std::vector<double> result(size, 0);
    for (const Part& part : affine) {
      const auto factor = static_cast<double>(part.factor);
      if (part.index != 0) result[part.index] += factor / 2;
      result[0] += part.index == 0 ? factor : factor / 2;
    }
    return result;
  };
  const Product product = product_of(triangle);
  const auto g = signs(product.first, moments.rows()), h = signs(product.second, moments.rows());
  double sum = 0;
  for (std::size_t i = 0; i < moments.rows(); ++i) {
    for (std::size_t j = 0; j < moments.rows(); ++j) sum += g[i] * h[j] * moments[i][j];
  }
  return -4 * sum;
}

TEST(Triangles, FindsTheMostViolated) {
  base::Random random(1);
  for (int round = 0; round < generate::scaled(20); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto size = static_cast<std::size_t>(random.between(3, 12));
    Matrix moments(size, size);
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t j = 0; j < i; ++j) {
        moments[i][j] = moments[j][i] = 2 * random.unit() - 1;
      }
      moments[i][i] = 1;
    }
    std::vector<double> all;
    for (std::uint32_t i = 0; i < size; ++i) {
      for (std::uint32_t j = i + 1; j < size; ++j) {
        for (std::uint32_t k = j + 1; k < size; ++k) {
          for (unsigned signs = 0; signs < 4; ++signs) {
            const double amount =
                violation(moments, {{i, j, k}, {(signs & 1U) != 0, (signs & 2U) != 0}});
            if (amount > 0.01) all.push_back(amount);
          }
        }
      }
    }
    std::ranges::sort(all, std::greater());
    const auto most = static_cast<std::size_t>(random.between(1, 20));
    const auto found = violated_triangles(moments, most);
    ASSERT_EQ(found.size(), std::min(most, all.size()));
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i].violation, all[i], 1e-12);
      ASSERT_NEAR(found[i].violation, violation(moments, found[i]), 1e-12);
    }
  }
}

TEST(Triangles, AveragesOfAssignmentsViolateNone) {
  base::Random random(2);
  constexpr std::size_t size = 9;
  Matrix moments(size, size);
  for (int vector = 0; vector < 5; ++vector) {
    std::vector<double> s(size, 1);
    for (std::size_t i = 1; i < size; ++i) s[i] = random.coin() ? 1 : -1;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) moments[i][j] += s[i] * s[j] / 5;
    }
  }
  EXPECT_TRUE(violated_triangles(moments, 100).empty());
  EXPECT_TRUE(violated_triangles(moments, 0).empty());
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
