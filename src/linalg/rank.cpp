// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/linalg/rank_test.cpp
#include "linalg/rank.hpp"

#include "gatelight/result.hpp"
#include "linalg/elimination.hpp"
#include "linalg/primes.hpp"

namespace gatelight::linalg {

Pivots rank_modulo(const BitMatrix& matrix, std::uint32_t prime, const Limits& limits) {
  GATELIGHT_REQUIRE(prime < (1U << 31U) && is_prime(prime),
                    "rank_modulo() takes a prime below 2^31");
  return eliminate({&matrix, prime, matrix.columns(), nullptr, limits});
}

std::size_t rank_bytes(std::size_t rows, std::size_t columns, std::uint32_t prime) {
  return elimination_bytes(rows, columns, prime);
}

}  // namespace gatelight::linalg
