// SPDX-License-Identifier: Apache-2.0
//
// The rank of a matrix that is written out (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_DENSE_HPP
#define GATELIGHT_MEASURES_RANK_DENSE_HPP

#include "gatelight/rank.hpp"
#include "linalg/exact_rank.hpp"
#include "measures/rank/function.hpp"

namespace gatelight::measures {

// Distinct rows and columns of the matrix of one partition of a table's variables.  The larger side tells the
// rows.
struct TableMatrix {
  linalg::BitMatrix matrix;
  std::vector<std::uint32_t> rows, columns;  // assignments: bit i is the i-th variable of the side
  std::vector<int> row_variables, column_variables;
};
// Moves the table's variables.  `side_b` is the set of variables of side B.
[[nodiscard]] TableMatrix table_matrix(Table& table, std::uint64_t side_b);

// What an elimination of so many rows and columns takes, and the matrix itself, in bytes.
[[nodiscard]] std::size_t elimination_bytes(std::size_t rows, std::size_t columns);

// The rank by the table.  Empty where a limit of time came before there was a matrix.  Errors: those of
// table_of(), limit (the elimination would exceed the memory).
struct DenseRank {
  linalg::ExactRank rank;
  RankMinor minor;
  RankUpperEnd proof;
};
[[nodiscard]] Result<std::optional<DenseRank>> dense_rank(const BooleanFunction& function,
                                                          const Partition& partition,
                                                          const Limits& limits, bool keep_proof);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_DENSE_HPP
