// SPDX-License-Identifier: Apache-2.0
//
// Integer relations between the columns of a 0/1 matrix, from one elimination modulo a prime.
#ifndef GATELIGHT_LINALG_RELATIONS_HPP
#define GATELIGHT_LINALG_RELATIONS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"
#include "linalg/exact_rank.hpp"

namespace gatelight::linalg {

struct ProvedRelations {
  std::size_t open = 0;             // columns without one
  std::vector<Relation> relations;  // in the order of the columns, if they were to be kept
};

// For each column that holds no pivot: a relation to the pivot columns that holds over the integers, where one
// with small coefficients exists.  Requires `pivots` of the full rank modulo `prime` < 2^31.
[[nodiscard]] ProvedRelations prove_relations(const BitMatrix& matrix, const Pivots& pivots,
                                              std::uint32_t prime, bool keep, const Limits& limits);

// Multiplications that it takes for a matrix of this rank with so many columns besides.
[[nodiscard]] double relations_cost(std::size_t rank, std::size_t others);

// Memory that it takes.
[[nodiscard]] std::size_t relations_bytes(std::size_t rank, std::size_t others);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_RELATIONS_HPP
