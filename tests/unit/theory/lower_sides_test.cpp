// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

CommunicationMatrix matrix_of(std::size_t rows, std::size_t columns, auto entry) {
  CommunicationMatrix matrix{rows, columns, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < columns; ++k)
      matrix.entries.push_back(static_cast<std::uint8_t>(entry(i, k) ? 1 : 0));
  }
  return matrix;
}

TEST(LowerSides, OfKnownMatrices) {
  // The identity: singular values 1, gamma_2 1; its signs J - 2 I have the norm n - 2.
  const auto identity = lower_sides(matrix_of(8, 8, [](auto i, auto k) { return i == k; }));
  EXPECT_NEAR(identity->gamma_2, 0, 1e-9);
  EXPECT_NEAR(identity->sign_rank, std::log2(8.0 / 6), 1e-9);
  // A Hadamard matrix of order 2^6 has 64 singular values 8: sign-rank at least 8.  Its ones are (J - H) / 2.
  const auto hadamard =
      lower_sides(matrix_of(64, 64, [](auto i, auto k) { return std::popcount(i & k) % 2 == 1; }));
  EXPECT_NEAR(hadamard->sign_rank, 3, 1e-9);
  EXPECT_GT(hadamard->gamma_2, std::log2(3.5));
  EXPECT_LT(hadamard->gamma_2, std::log2(4.5));
  const auto zero = lower_sides(matrix_of(3, 5, [](auto, auto) { return false; }));
  EXPECT_EQ(zero->gamma_2, -std::numeric_limits<double>::infinity());
  EXPECT_NEAR(zero->sign_rank, 0, 1e-9);
}

// Repeated lines are one line with a weight: the whole matrix is among what is looked at.
TEST(LowerSides, EqualLinesAreCounted) {
  const auto entry = [](std::size_t i, std::size_t k) { return i <= k; };
  const auto once = lower_sides(matrix_of(6, 6, entry));
  const auto often =
      lower_sides(matrix_of(60, 42, [&](auto i, auto k) { return entry(i / 10, k / 7); }));
  EXPECT_NEAR(once->gamma_2, often->gamma_2, 1e-9);
  EXPECT_NEAR(once->sign_rank, often->sign_rank, 1e-9);
  // Two by two, and 30 copies of one row: more of them lower the norms, but not what is found without copies.
  const auto uneven =
      lower_sides(matrix_of(36, 6, [&](auto i, auto k) { return entry(i < 31 ? 0 : i - 30, k); }));
  EXPECT_GE(uneven->gamma_2, once->gamma_2 - 1e-9);
}

TEST(LowerSides, TooManyDifferentLines) {
  EXPECT_FALSE(lower_sides(matrix_of(600, 600, [](auto i, auto k) { return i == k; })));
}

}  // namespace
}  // namespace gatelight
