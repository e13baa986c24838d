// SPDX-License-Identifier: Apache-2.0
#include "linalg/bit_matrix.hpp"

#include <gtest/gtest.h>

#include <set>

#include "generate/matrices.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::uint64_t seed = 20261125;

TEST(BitMatrix, TransposesEveryShape) {
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = generate::scaled(200); round > 0; --round) {
    const BitMatrix matrix = generate::random_matrix(random, 200);
    const BitMatrix other = matrix.transposed();
    ASSERT_EQ(other.rows(), matrix.columns());
    ASSERT_EQ(other.columns(), matrix.rows());
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      for (std::size_t j = 0; j < matrix.columns(); ++j) {
        ASSERT_EQ(matrix.get(i, j), other.get(j, i));
      }
    }
    ASSERT_EQ(other.transposed(), matrix);
  }
}

TEST(BitMatrix, TakesSubmatricesInAnyOrder) {
  BitMatrix matrix(3, 130);
  matrix.set(2, 129);
  matrix.set(0, 64);
  const std::vector<std::uint32_t> rows{2, 0, 2}, columns{64, 129};
  const BitMatrix part = matrix.submatrix(rows, columns);
  EXPECT_EQ(generate::numbers(part), (std::vector<std::vector<int>>{{0, 1}, {1, 0}, {0, 1}}));
  EXPECT_EQ(matrix.rows_of(rows).columns(), 130U);
  EXPECT_TRUE(matrix.rows_of(rows).get(0, 129));
}

TEST(BitMatrix, DropsZeroAndRepeatedRowsAndColumns) {
  base::Random random(seed + 1);
  SCOPED_TRACE(testing::Message() << "seed " << seed + 1);
  for (int round = generate::scaled(300); round > 0; --round) {
    const BitMatrix matrix = generate::random_matrix(random, 90);
    const Distinct small = distinct(matrix);
    ASSERT_EQ(small.matrix, matrix.submatrix(small.rows, small.columns));
    const auto all = generate::numbers(matrix);
    const std::set<std::vector<int>> kinds(all.begin(), all.end());
    const std::size_t zero = kinds.contains(std::vector<int>(matrix.columns(), 0)) ? 1 : 0;
    ASSERT_EQ(small.rows.size(), kinds.size() - zero);
    const auto rows = generate::numbers(small.matrix);
    ASSERT_EQ(std::set(rows.begin(), rows.end()).size(), rows.size());
    const auto columns = generate::numbers(small.matrix.transposed());
    ASSERT_EQ(std::set(columns.begin(), columns.end()).size(), columns.size());
    for (const auto& column : columns) ASSERT_NE(column, std::vector<int>(column.size(), 0));
  }
}

}  // namespace
}  // namespace gatelight::linalg
