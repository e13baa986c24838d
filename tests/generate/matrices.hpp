// SPDX-License-Identifier: Apache-2.0
//
// 0/1 matrices for tests: random ones of many shapes, and families whose rank is known.
#ifndef GATELIGHT_TESTS_GENERATE_MATRICES_HPP
#define GATELIGHT_TESTS_GENERATE_MATRICES_HPP

#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::generate {

// Sparse, dense, nested, repetitive, of few distinct blocks, or rows that are sums and differences of others,
// in random order; sides from 0 to `most`.
[[nodiscard]] linalg::BitMatrix random_matrix(base::Random& random, std::size_t most);

// Unit triangular with ones at odd offsets above the diagonal: of full rank, with a singular value that
// doubles cannot tell from 0 from order 64 on.
[[nodiscard]] linalg::BitMatrix odd_triangle(std::size_t order);

// The matrix of OR_i (x_i and y_i) on k + k bits: of rank 2^k - 1.
[[nodiscard]] linalg::BitMatrix common_element(int k);

// Its entries as numbers, for the oracle.
[[nodiscard]] std::vector<std::vector<int>> numbers(const linalg::BitMatrix& matrix);

}  // namespace gatelight::generate

#endif  // GATELIGHT_TESTS_GENERATE_MATRICES_HPP
