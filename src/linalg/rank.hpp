// SPDX-License-Identifier: Apache-2.0
//
// The rank of a 0/1 matrix over a prime field, with a non-singular minor that shows it.
//
// The rank modulo a prime never exceeds the rank over the rationals: a minor that is not 0 modulo p is
// not 0.  The converse fails (exact_rank.hpp).
#ifndef GATELIGHT_LINALG_RANK_HPP
#define GATELIGHT_LINALG_RANK_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::linalg {

// matrix[rows][columns] is a square matrix of order `rank` that is non-singular modulo the prime.
// Row i was chosen together with column i; no index is repeated.
struct Pivots {
  std::size_t rank = 0;
  std::vector<std::uint32_t> rows, columns;
  bool complete = true;  // false: a limit came first, and the true rank may be larger
};

// The rank modulo `prime`.  Requires is_prime(prime) and prime < 2^31.  Heeds the limits' seconds, stop and
// threads; the rank does not depend on threads or instruction set, nor do the pivots.
// Cost: O(rows * columns * rank) for primes below 256 in bytes, several times slower for larger ones;
// memory as rank_bytes() says.
[[nodiscard]] Pivots rank_modulo(const BitMatrix& matrix, std::uint32_t prime,
                                 const Limits& limits = {});

// The rank modulo 2, in bits: hundreds of times faster, but often far below the rank over the rationals.
[[nodiscard]] Pivots rank_gf2(const BitMatrix& matrix, const Limits& limits = {});

// What rank_modulo() allocates for its elimination: about 1 byte an entry for a prime below 256.
[[nodiscard]] std::size_t rank_bytes(std::size_t rows, std::size_t columns, std::uint32_t prime);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_RANK_HPP
