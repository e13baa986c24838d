// SPDX-License-Identifier: Apache-2.0
//
// How large a minor of a 0/1 matrix can be, and when divisibility makes it 0.
#ifndef GATELIGHT_LINALG_MINOR_BOUND_HPP
#define GATELIGHT_LINALG_MINOR_BOUND_HPP

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/bit_matrix.hpp"
#include "linalg/exact_rank.hpp"

namespace gatelight::linalg {

// Ones of each row and each column, the largest first.
struct OnesCounts {
  std::vector<std::size_t> rows, columns;
};
[[nodiscard]] OnesCounts ones_counts(const BitMatrix& matrix);

// True only if all minors of order rank + 1 of a 0/1 matrix with these counts are 0, because of its ranks modulo
// distinct primes.  Decided in integers.
[[nodiscard]] bool minors_vanish(std::size_t rank, const OnesCounts& counts,
                                 std::span<const ModularRank> ranks);

// About log2 of the largest minor of this order: an estimate, for planning.
[[nodiscard]] double minor_bits(std::size_t order, const OnesCounts& counts);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_MINOR_BOUND_HPP
