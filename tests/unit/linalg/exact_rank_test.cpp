// SPDX-License-Identifier: Apache-2.0
#include "linalg/exact_rank.hpp"

#include <gtest/gtest.h>

#include "generate/matrices.hpp"
#include "generate/multiplier.hpp"
#include "linalg/minor_bound.hpp"
#include "linalg/primes.hpp"
#include "reference/rational_rank.hpp"
#include "unit/proof/threshold_circuit.hpp"

namespace gatelight::linalg {
namespace {

void expect_relations(const BitMatrix& matrix, const ExactRank& result) {
  const BitMatrix columns = result.relations_of_rows ? matrix.transposed() : matrix;
  for (const Relation& relation : result.relations) {
    ASSERT_NE(relation.scale, 0);
    for (std::size_t i = 0; i < columns.rows(); ++i) {
      std::int64_t sum = columns.get(i, relation.index) ? -std::int64_t{relation.scale} : 0;
      for (std::size_t k = 0; k < result.basis.size(); ++k) {
        if (columns.get(i, result.basis[k])) sum += relation.coefficients[k];
      }
      ASSERT_EQ(sum, 0);
    }
  }
}

void check(const BitMatrix& matrix, const ExactRankOptions& options) {
  const auto rows = generate::numbers(matrix);
  const std::size_t rank = reference::rational_rank(rows);
  const ExactRank result = exact_rank(matrix, options);
  ASSERT_LE(result.lower, rank);
  ASSERT_GE(result.upper, rank);
  const auto minor = generate::numbers(matrix.submatrix(result.pivots.rows, result.pivots.columns));
  ASSERT_EQ(minor.size(), result.lower);
  ASSERT_EQ(reference::modular_rank(minor, result.prime), result.lower);
  ASSERT_TRUE(result.exact() || options.effort == 0) << matrix.rows() << " x " << matrix.columns();
  expect_relations(matrix, result);
}

TEST(ExactRank, AgreesWithFractions) {
  constexpr std::uint64_t seed = 1;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = generate::scaled(5000); round > 0; --round) {
    const std::size_t most = round % 100 == 0 ? 60 : 18;
    const BitMatrix matrix = generate::random_matrix(random, most);
    ExactRankOptions options;
    options.effort = random.below(4) == 0 ? 0 : 50;
    options.keep_relations = true;
    options.limits.seed = random();
    check(matrix, options);
    if (HasFatalFailure()) return;
  }
}

TEST(ExactRank, OfTheTriangleThatDoublesGetWrong) {
  for (const std::size_t order : {64U, 128U, 256U, 512U}) {
    const ExactRank result = exact_rank(generate::odd_triangle(order));
    EXPECT_EQ(result.lower, order);
    EXPECT_EQ(result.upper, order);
  }
}

BitMatrix cycle(std::size_t length) {
  BitMatrix matrix(length, length);
  for (std::size_t i = 0; i < length; ++i) {
    matrix.set(i, i);
    matrix.set(i, (i + 1) % length);
  }
  return matrix;
}

TEST(ExactRank, NamesTheArgument) {
  BitMatrix tall(5, 2);
  tall.set(0, 0);
  tall.set(1, 1);
  tall.set(2, 0);
  tall.set(2, 1);
  EXPECT_EQ(exact_rank(tall).argument, UpperArgument::distinct_columns);
  EXPECT_EQ(exact_rank(tall.transposed()).argument, UpperArgument::distinct_rows);
  // 4 x 4 of rank 3: neither side settles it, but every minor of order 4 is at most 3.
  const ExactRank result = exact_rank(cycle(4));
  EXPECT_EQ(result.upper, 3U);
  EXPECT_EQ(result.argument, UpperArgument::minors);
  EXPECT_EQ(result.ranks, (std::vector<ModularRank>{{251, 3}}));
}

// A cycle of even length has one relation with coefficients +-1, and minors up to 2^50.
TEST(ExactRank, FindsRelations) {
  const BitMatrix matrix = cycle(100);
  ExactRankOptions options;
  options.keep_relations = true;
  const ExactRank result = exact_rank(matrix, options);
  EXPECT_EQ(result.lower, 99U);
  EXPECT_EQ(result.upper, 99U);
  EXPECT_EQ(result.argument, UpperArgument::relations);
  ASSERT_EQ(result.relations.size(), 1U);
  expect_relations(matrix, result);
}

// What it is for: without relations most of these intervals would stay open.
TEST(ExactRank, ClosesNearlyAllMatricesOfCircuits) {
  constexpr std::uint64_t seed = 6;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const int rounds = generate::scaled(40);
  int open = 0, by_relations = 0;
  for (int round = 0; round < rounds; ++round) {
    const Circuit circuit = proof::threshold_circuit(random, 14, 1 + random.below(8));
    const auto matrix =
        proof::communication_matrix(circuit, circuit.outputs()[0], "00000001111111");
    const ExactRank result = exact_rank(matrix);
    open += result.exact() ? 0 : 1;
    by_relations += result.argument == UpperArgument::relations ? 1 : 0;
  }
  EXPECT_LE(open, rounds / 10);
  EXPECT_GE(by_relations, rounds / 4);
}

TEST(ExactRank, SpendsNoMoreThanItMay) {
  const BitMatrix matrix = cycle(100);
  ExactRankOptions options;
  options.effort = 0;
  const ExactRank open = exact_rank(matrix, options);
  EXPECT_EQ(open.lower, 99U);
  EXPECT_EQ(open.upper, 100U);
  EXPECT_EQ(open.agreeing.size(), 1U);
  EXPECT_FALSE(open.stopped);
  options.effort = 1;  // one prime more, but no relations
  const ExactRank closed = exact_rank(matrix, options);
  EXPECT_TRUE(closed.exact());
  EXPECT_EQ(closed.argument, UpperArgument::minors);
  EXPECT_EQ(closed.ranks.size(), 3U);
  EXPECT_TRUE(closed.agreeing.empty());
}

TEST(ExactRank, StopsWhenTold) {
  StopToken stop;
  stop.request_stop();
  ExactRankOptions options;
  options.limits.stop = &stop;
  const ExactRank result = exact_rank(generate::common_element(6), options);
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.lower, 0U);
  EXPECT_EQ(result.upper, 63U);
}

TEST(ExactRank, KeepsToItsMemory) {
  const BitMatrix matrix = cycle(100);
  ExactRankOptions options;
  options.limits.bytes = 1000;  // nothing fits
  const ExactRank none = exact_rank(matrix, options);
  EXPECT_TRUE(none.stopped);
  EXPECT_EQ(none.lower, 0U);
  EXPECT_EQ(none.upper, 100U);
  options.limits.bytes = rank_bytes(100, 100, 251);  // but no words
  const ExactRank some = exact_rank(matrix, options);
  EXPECT_TRUE(some.stopped);
  EXPECT_EQ(some.lower, 99U);
  EXPECT_EQ(some.upper, 100U);
}

TEST(MinorBound, IsExactAtItsEdge) {
  const OnesCounts full{std::vector<std::size_t>(20, 20), std::vector<std::size_t>(20, 20)};
  // Minors of order 3 are at most 2 = sqrt(4^4 / 4^3): a prime of 2 is too small, 3 is enough.
  EXPECT_FALSE(minors_vanish(2, full, std::vector<ModularRank>{{2, 2}}));
  EXPECT_TRUE(minors_vanish(2, full, std::vector<ModularRank>{{3, 2}}));
  // A lower rank counts twice.
  EXPECT_TRUE(minors_vanish(2, full, std::vector<ModularRank>{{2, 1}}));
  EXPECT_FALSE(minors_vanish(2, full, std::vector<ModularRank>{{3, 3}}));
  // design/rank.md: 251 decides ranks up to 8.
  EXPECT_TRUE(minors_vanish(8, full, std::vector<ModularRank>{{251, 8}}));
  EXPECT_FALSE(minors_vanish(9, full, std::vector<ModularRank>{{251, 9}}));
  // Sparse rows have smaller minors.
  const OnesCounts sparse{std::vector<std::size_t>(20, 2), std::vector<std::size_t>(20, 5)};
  EXPECT_TRUE(minors_vanish(9, sparse, std::vector<ModularRank>{{251, 9}}));
}

// The determinant of a 0/1 matrix of order 7 reaches 32 = sqrt(8^8 / 4^7).
TEST(MinorBound, CoversTheLargestDeterminant) {
  BitMatrix matrix(7, 7);  // the Fano plane's complement
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t j = 0; j < 7; ++j) {
      matrix.set(i, j, __builtin_parityll((i + 1) & (j + 1)) != 0);
    }
  }
  EXPECT_EQ(rank_modulo(matrix, 2).rank, 3U);
  EXPECT_EQ(rank_modulo(matrix, 3).rank, 7U);
  const OnesCounts counts = ones_counts(matrix);
  // 2^4 divides it, and more is not claimed: the matrix has rank 7.
  EXPECT_FALSE(minors_vanish(6, counts, std::vector<ModularRank>{{2, 3}}));
}

}  // namespace
}  // namespace gatelight::linalg
