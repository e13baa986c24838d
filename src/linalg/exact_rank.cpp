// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/linalg/exact_rank_test.cpp
#include "linalg/exact_rank.hpp"

#include "base/random.hpp"
#include "linalg/primes.hpp"

namespace gatelight::linalg {

std::string_view name(UpperArgument argument) {
  switch (argument) {
    case UpperArgument::distinct_rows:
      return "distinct rows";
    case UpperArgument::distinct_columns:
      return "distinct columns";
    case UpperArgument::minors:
      return "minors";
    case UpperArgument::null_vectors:
      break;
  }
  return "null vectors";
}

ExactRank exact_rank(const BitMatrix& matrix, const ExactRankOptions& options) {
  const Distinct small = distinct(matrix);
  ExactRank result;
  const bool rows_fewer = small.rows.size() <= small.columns.size();
  result.upper = rows_fewer ? small.rows.size() : small.columns.size();
  result.argument = rows_fewer ? UpperArgument::distinct_rows : UpperArgument::distinct_columns;
  result.prime = 251;
  result.pivots = rank_modulo(small.matrix, result.prime, options.limits);
  for (auto& row : result.pivots.rows) row = small.rows[row];
  for (auto& column : result.pivots.columns) column = small.columns[column];
  result.lower = result.pivots.rank;
  result.stopped = !result.pivots.complete;
  return result;
}

}  // namespace gatelight::linalg
