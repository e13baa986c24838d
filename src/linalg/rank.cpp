// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/linalg/rank_test.cpp
#include "linalg/rank.hpp"

#include <algorithm>
#include <numeric>

#include "gatelight/result.hpp"
#include "linalg/primes.hpp"

namespace gatelight::linalg {
namespace {

using Residues = std::vector<std::vector<std::uint32_t>>;

std::uint32_t inverse(std::uint32_t value, std::uint32_t prime) {
  std::int64_t a = value, b = prime, x = 1, y = 0;
  while (b != 0) {
    const std::int64_t q = a / b;
    a -= q * b;
    x -= q * y;
    std::swap(a, b);
    std::swap(x, y);
  }
  return static_cast<std::uint32_t>(x < 0 ? x + prime : x);
}

}  // namespace

Pivots rank_modulo(const BitMatrix& matrix, std::uint32_t prime, const Limits& limits) {
  GATELIGHT_REQUIRE(prime < (1U << 31U) && is_prime(prime), "rank_modulo() takes a prime below 2^31");
  const Deadline deadline(limits);
  Residues rows(matrix.rows(), std::vector<std::uint32_t>(matrix.columns()));
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) rows[i][j] = matrix.get(i, j) ? 1 : 0;
  }
  std::vector<std::uint32_t> order(matrix.rows());
  std::iota(order.begin(), order.end(), 0U);
  Pivots pivots;
  for (std::size_t j = 0; j < matrix.columns() && pivots.rank < rows.size(); ++j) {
    if (deadline.expired()) {
      pivots.complete = false;
      break;
    }
    std::size_t found = pivots.rank;
    while (found < rows.size() && rows[found][j] == 0) ++found;
    if (found == rows.size()) continue;
    std::swap(rows[found], rows[pivots.rank]);
    std::swap(order[found], order[pivots.rank]);
    const auto& pivot = rows[pivots.rank];
    const std::uint64_t scale = inverse(pivot[j], prime);
    for (std::size_t i = pivots.rank + 1; i < rows.size(); ++i) {
      if (rows[i][j] == 0) continue;
      const std::uint64_t factor = prime - rows[i][j] * scale % prime;
      for (std::size_t k = j; k < matrix.columns(); ++k) {
        rows[i][k] = static_cast<std::uint32_t>((rows[i][k] + factor * pivot[k]) % prime);
      }
    }
    pivots.rows.push_back(order[pivots.rank]);
    pivots.columns.push_back(static_cast<std::uint32_t>(j));
    ++pivots.rank;
  }
  return pivots;
}

Pivots rank_gf2(const BitMatrix& matrix, const Limits& limits) {
  return rank_modulo(matrix, 2, limits);
}

std::size_t rank_bytes(std::size_t rows, std::size_t columns, std::uint32_t prime) {
  return rows * columns * (prime < 256 ? 1 : 4);
}

}  // namespace gatelight::linalg
