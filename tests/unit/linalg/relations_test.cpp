// SPDX-License-Identifier: Apache-2.0
#include "linalg/relations.hpp"

#include <gtest/gtest.h>

#include "generate/matrices.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::uint32_t large_prime = 134217689;

BitMatrix matrix_of(const std::vector<std::vector<int>>& rows) {
  BitMatrix matrix(rows.size(), rows[0].size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) matrix.set(i, j, rows[i][j] != 0);
  }
  return matrix;
}

TEST(Relations, FindDenominators) {
  const BitMatrix matrix = matrix_of({{1, 1, 0, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}});
  const auto found =
      prove_relations(matrix, rank_modulo(matrix, large_prime), large_prime, true, {});
  EXPECT_EQ(found.open, 0U);
  ASSERT_EQ(found.relations.size(), 1U);
  EXPECT_EQ(found.relations[0].index, 3U);
  EXPECT_EQ(found.relations[0].scale, 2);
  EXPECT_EQ(found.relations[0].coefficients, (std::vector<std::int32_t>{1, 1, 1}));
}

// Modulo 2 the third column is the sum of the others; over the integers it is not, and 2 is too small to tell.
TEST(Relations, AreNotClaimedWhereThePrimeIsTooSmall) {
  const BitMatrix matrix = matrix_of({{0, 1, 1}, {1, 0, 1}, {1, 1, 0}});
  const Pivots pivots = rank_modulo(matrix, 2);
  ASSERT_EQ(pivots.rank, 2U);
  EXPECT_EQ(prove_relations(matrix, pivots, 2, true, {}).open, 1U);
}

TEST(Relations, HoldOverTheIntegers) {
  constexpr std::uint64_t seed = 5;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  int proved = 0;
  for (int round = generate::scaled(500); round > 0; --round) {
    const BitMatrix matrix = generate::random_matrix(random, 40);
    const std::uint32_t prime = random.coin() ? large_prime : 251;
    const Pivots pivots = rank_modulo(matrix, prime);
    const auto found = prove_relations(matrix, pivots, prime, true, {});
    ASSERT_EQ(found.open + found.relations.size() + pivots.rank, matrix.columns());
    for (const Relation& relation : found.relations) {
      ASSERT_GT(relation.scale, 0);
      for (std::size_t i = 0; i < matrix.rows(); ++i) {
        std::int64_t sum = matrix.get(i, relation.index) ? -std::int64_t{relation.scale} : 0;
        for (std::size_t k = 0; k < pivots.rank; ++k) {
          if (matrix.get(i, pivots.columns[k])) sum += relation.coefficients[k];
        }
        ASSERT_EQ(sum, 0);
      }
      ++proved;
    }
  }
  EXPECT_GT(proved, 100);
}

}  // namespace
}  // namespace gatelight::linalg
