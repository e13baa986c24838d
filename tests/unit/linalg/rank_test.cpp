// SPDX-License-Identifier: Apache-2.0
#include "linalg/rank.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "base/cpu.hpp"
#include "gatelight/result.hpp"
#include "generate/matrices.hpp"
#include "generate/multiplier.hpp"
#include "reference/rational_rank.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::array<std::uint32_t, 16> primes{
    2, 3, 5, 7, 13, 101, 127, 181, 239, 241, 251, 257, 65521, 67108859, 134217689, 2147483647};

// The claim itself: a square minor of that order, of distinct rows and columns, not 0 modulo the prime.
void expect_pivots(const BitMatrix& matrix, std::uint32_t prime, const Pivots& pivots) {
  ASSERT_EQ(pivots.rows.size(), pivots.rank);
  ASSERT_EQ(pivots.columns.size(), pivots.rank);
  ASSERT_EQ(std::set(pivots.rows.begin(), pivots.rows.end()).size(), pivots.rank);
  ASSERT_EQ(std::set(pivots.columns.begin(), pivots.columns.end()).size(), pivots.rank);
  const auto minor = generate::numbers(matrix.submatrix(pivots.rows, pivots.columns));
  ASSERT_EQ(reference::modular_rank(minor, prime), pivots.rank);
}

// Every instruction set, with one and two threads: the rank of the oracle, and the same pivots.
void check_rank(const BitMatrix& matrix, std::uint32_t prime) {
  const std::size_t rank = reference::modular_rank(generate::numbers(matrix), prime);
  std::vector<std::uint32_t> rows;
  for (const base::InstructionSet set : base::available_instruction_sets()) {
    const base::ScopedInstructionSet scope(set);
    SCOPED_TRACE(base::name(set));
    for (const int threads : {1, 2}) {
      Limits limits;
      limits.threads = threads;
      const Pivots pivots = rank_modulo(matrix, prime, limits);
      ASSERT_TRUE(pivots.complete);
      ASSERT_EQ(pivots.rank, rank)
          << matrix.rows() << " x " << matrix.columns() << " mod " << prime;
      if (rows.empty()) {
        expect_pivots(matrix, prime, pivots);
        rows = pivots.rows;
      }
      ASSERT_EQ(pivots.rows, rows);
    }
  }
}

TEST(Rank, AgreesWithPlainElimination) {
  constexpr std::uint64_t seed = 7;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = generate::scaled(5000); round > 0; --round) {
    const std::size_t most = round % 50 == 0 ? 150 : 30;
    check_rank(generate::random_matrix(random, most), primes[random.below(primes.size())]);
    if (HasFatalFailure()) return;
  }
}

TEST(Rank, OfSeveralPanels) {
  constexpr std::uint64_t seed = 8;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (const auto& [rows, columns] : {std::pair{600, 1100}, {1100, 530}, {64, 1300}, {700, 64}}) {
    BitMatrix matrix(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      if (i % 3 == 2) {  // equal to an earlier row
        std::ranges::copy(matrix.row(random.below(i)), matrix.row(i).begin());
        continue;
      }
      for (std::size_t j = 0; j < matrix.columns(); ++j) matrix.set(i, j, random.coin());
    }
    check_rank(matrix, 251);
    check_rank(matrix, 2);
  }
}

// Large enough for threads to start.
TEST(Rank, ThreadsFindTheSamePivots) {
  base::Random random(9);
  BitMatrix matrix(1500, 1400);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) matrix.set(i, j, random.below(3) == 0);
  }
  for (const std::uint32_t prime : {251U, 134217689U}) {
    Limits limits;
    const Pivots one = rank_modulo(matrix, prime, limits);
    limits.threads = 2;
    const Pivots two = rank_modulo(matrix, prime, limits);
    EXPECT_EQ(one.rank, 1400U);
    EXPECT_EQ(one.rows, two.rows);
    EXPECT_EQ(one.columns, two.columns);
  }
}

TEST(Rank, OfTheTriangleThatDoublesGetWrong) {
  for (const std::size_t order : {64U, 128U, 256U, 512U}) {
    EXPECT_EQ(rank_modulo(generate::odd_triangle(order), 251).rank, order);
    EXPECT_EQ(rank_modulo(generate::odd_triangle(order), 2147483647).rank, order);
    EXPECT_EQ(rank_gf2(generate::odd_triangle(order)).rank, order);
  }
}

TEST(Rank, ModuloTwoInBits) {
  constexpr std::uint64_t seed = 10;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = generate::scaled(500); round > 0; --round) {
    const BitMatrix matrix = generate::random_matrix(random, 200);
    const Pivots pivots = rank_gf2(matrix);
    ASSERT_EQ(pivots.rank, rank_modulo(matrix, 2).rank);
    expect_pivots(matrix, 2, pivots);
  }
  BitMatrix large(3000, 2600);
  for (std::size_t i = 0; i < large.rows(); ++i) {
    for (auto& word : large.row(i)) word = random();
    large.row(i).back() &= (std::uint64_t{1} << (2600 % 64)) - 1;
  }
  EXPECT_EQ(rank_gf2(large).rank, rank_modulo(large, 2).rank);
}

// The inner product modulo 2 is what GF(2) sees nothing of.
TEST(Rank, DependsOnThePrime) {
  BitMatrix matrix(256, 256);
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t j = 0; j < 256; ++j) matrix.set(i, j, __builtin_parityll(i & j) != 0);
  }
  EXPECT_EQ(rank_gf2(matrix).rank, 8U);
  EXPECT_EQ(rank_modulo(matrix, 251).rank, 255U);
}

TEST(Rank, StopsWithASoundMinor) {
  base::Random random(11);
  BitMatrix matrix(700, 700);
  for (std::size_t i = 0; i < 700; ++i) {
    for (std::size_t j = 0; j < 700; ++j) matrix.set(i, j, random.coin());
  }
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  EXPECT_FALSE(rank_modulo(matrix, 251, limits).complete);
  EXPECT_FALSE(rank_gf2(matrix, limits).complete);
  limits.stop = nullptr;
  for (const double seconds : {1e-6, 1e-4, 3e-4, 1e-3}) {
    limits.seconds = seconds;
    expect_pivots(matrix, 251, rank_modulo(matrix, 251, limits));
  }
}

TEST(Rank, RefusesWhatIsNoPrime) {
  const BitMatrix matrix(2, 2);
  EXPECT_THROW(static_cast<void>(rank_modulo(matrix, 1)), ContractViolation);
  EXPECT_THROW(static_cast<void>(rank_modulo(matrix, 255)), ContractViolation);
  EXPECT_THROW(static_cast<void>(rank_modulo(matrix, 4294967291U)), ContractViolation);
}

TEST(Rank, TellsItsMemory) {
  EXPECT_GE(rank_bytes(1000, 1000, 251), 1000000U);
  EXPECT_LE(rank_bytes(16384, 16384, 251), std::size_t{300} << 20U);
}

}  // namespace
}  // namespace gatelight::linalg
