// SPDX-License-Identifier: Apache-2.0
//
// The constraints of a circuit, lifted to a matrix (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP

#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::semidefinite {

// A symmetric matrix M by its linear form <M, X> = sum of factor * X[row][column] over entries with row <=
// column, on symmetric X; no place twice.
struct Entry {
  std::uint32_t row = 0, column = 0;
  std::int64_t factor = 0;
};
using Form = std::vector<Entry>;

// Index 0 stands for the number 1, index v + 1 for variable v.  For an assignment x, X is the matrix of all
// products: X = (1, x)(1, x)^T.  It is positive semidefinite with X[0][0] = 1 and X[v][v] = X[0][v], and
//   <row, X> >= 0  for every row,   <total, X> = the assignment's total cost.
struct Relaxation {
  std::uint32_t size = 0;  // of the matrix
  std::vector<Form> rows;
  Form total;
};

// Requires sums of the rows' weights below 2^60.
[[nodiscard]] Relaxation relaxation_of(const encode::Constraints& constraints);

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP
