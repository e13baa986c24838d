// SPDX-License-Identifier: Apache-2.0
//
// Gaussian elimination modulo a prime, with the kernels of this machine's instruction set.
#ifndef GATELIGHT_LINALG_ELIMINATION_HPP
#define GATELIGHT_LINALG_ELIMINATION_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"
#include "linalg/rank.hpp"

namespace gatelight::linalg {

struct EliminationTask {
  const BitMatrix* matrix = nullptr;
  std::uint32_t prime = 251;  // below 2^31
  // Pivots are looked for in this many leading columns; a multiple of 64, or all.
  std::size_t pivot_columns = 0;
  // Where to put what is left of the rows that hold no pivot, in their order: the entries of the columns from
  // pivot_columns on, reduced modulo the prime.  Null: nobody asks.
  std::vector<std::vector<std::uint32_t>>* remainder = nullptr;
  Limits limits{};
};

// Requires prime to be one.  Throws std::bad_alloc where the memory is not there.
[[nodiscard]] Pivots eliminate(const EliminationTask& task);

// What it allocates, apart from a few rows.
[[nodiscard]] std::size_t elimination_bytes(std::size_t rows, std::size_t columns,
                                            std::uint32_t prime);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_ELIMINATION_HPP
