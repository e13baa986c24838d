// SPDX-License-Identifier: Apache-2.0
//
// Problem   The rank is r modulo some primes.  Is it r over the rationals?
// Bound     Hadamard: a minor D of order m has D^2 <= the product of the squared lengths of its rows,
//           which for 0/1 entries are at most the numbers of ones of the m fullest rows; likewise
//           of columns; and D^2 <= (m + 1)^(m + 1) / 4^m for every 0/1 matrix (border it with ones and
//           subtract: 2^m D is a minor of order m + 1 with entries +-1).
// Divisor   If the rank modulo p is t < m, then p^(m - t) divides every minor of order m: the greatest common
//           divisor of those minors is the product of the first m invariant factors of Smith's normal
//           form, and all but t of them are divisible by p (or 0).
// Why       A number that is divisible by P and smaller than P is 0.  Primes are distinct, so
//           their powers multiply.
// Tested by tests/unit/linalg/exact_rank_test.cpp
#include "linalg/minor_bound.hpp"

#include <gmpxx.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace gatelight::linalg {
namespace {

// Whether `square` exceeds the product of the first `order` numbers.
bool exceeds_product(const mpz_class& square, std::size_t order,
                     const std::vector<std::size_t>& counts) {
  mpz_class product = 1;
  for (std::size_t i = 0; i < order; ++i) product *= static_cast<unsigned long>(counts[i]);
  return square > product;
}

// Whether 4^m square > (m + 1)^(m + 1).
bool exceeds_every(const mpz_class& square, std::size_t order) {
  mpz_class most;
  mpz_ui_pow_ui(most.get_mpz_t(), order + 1, order + 1);
  return mpz_class(square << (2 * order)) > most;
}

}  // namespace

OnesCounts ones_counts(const BitMatrix& matrix) {
  const auto of_rows = [](const BitMatrix& bits) {
    std::vector<std::size_t> counts(bits.rows());
    for (std::size_t i = 0; i < bits.rows(); ++i) {
      for (const std::uint64_t word : bits.row(i)) {
        counts[i] += static_cast<std::size_t>(std::popcount(word));
      }
    }
    std::ranges::sort(counts, std::greater{});
    return counts;
  };
  return {of_rows(matrix), of_rows(matrix.transposed())};
}

bool minors_vanish(std::size_t rank, const OnesCounts& counts, std::span<const ModularRank> ranks) {
  const std::size_t order = rank + 1;
  if (order > counts.rows.size() || order > counts.columns.size()) return true;
  mpz_class square = 1, power;
  for (const ModularRank& modular : ranks) {
    if (modular.rank > rank) return false;
    mpz_ui_pow_ui(power.get_mpz_t(), modular.prime, 2 * (order - modular.rank));
    square *= power;
  }
  return exceeds_every(square, order) || exceeds_product(square, order, counts.rows) ||
         exceeds_product(square, order, counts.columns);
}

double minor_bits(std::size_t order, const OnesCounts& counts) {
  const auto half_sum = [order](const std::vector<std::size_t>& numbers) {
    double bits = 0;
    for (std::size_t i = 0; i < std::min(order, numbers.size()); ++i) {
      bits += std::log2(static_cast<double>(std::max<std::size_t>(numbers[i], 1))) / 2;
    }
    return bits;
  };
  const auto m = static_cast<double>(order);
  return std::min(
      {half_sum(counts.rows), half_sum(counts.columns), (m + 1) / 2 * std::log2(m + 1) - m});
}

}  // namespace gatelight::linalg
