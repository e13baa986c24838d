// SPDX-License-Identifier: Apache-2.0
//
// The rank of a matrix that is written out.
//
// Problem   The exact rank of a matrix of up to 2^16 rows or columns.
// Idea      All values of f as a table (engines/function.hpp); move the variables of the smaller side to its
//           lowest places, so that the rows of the larger side lie in memory one after the other; keep one
//           of each kind of row, then of each kind of column (a symmetric function has few); eliminate.
// Why       Repeated and zero rows and columns do not change a rank, and a matrix and its transpose have the
//           same one.
// Cost      2^bits values, then O(rows * columns * rank) of the distinct ones (linalg/exact_rank.hpp).
// Limits    Memory: 2^bits / 8 bytes, and a byte for each entry of the elimination.
// Tested by tests/unit/measures/rank/rank_test.cpp
#include "measures/rank/dense.hpp"

#include <algorithm>
#include <bit>
#include <new>

#include "base/memory.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight::measures {
namespace {

constexpr std::uint32_t byte_prime = 251;
constexpr double effort = 16;

// What the rows and columns of a matrix stand for.
class Lines {
 public:
  Lines(const TableOfFunction& known, const TableMatrix& matrix, const BooleanFunction& function,
        const Partition& partition, bool rows_are_a)
      : known_(known),
        matrix_(matrix),
        partition_(partition),
        inputs_(function.inputs()),
        rows_are_a_(rows_are_a) {}

  // The input that has the assignment of a row (or column), and 0 on the other side.
  [[nodiscard]] InputBits input(bool row, std::uint32_t index) const {
    const auto& variables = row ? matrix_.row_variables : matrix_.column_variables;
    const std::uint32_t assignment = (row ? matrix_.rows : matrix_.columns)[index];
    InputBits bits(inputs_, 0);
    for (std::size_t i = 0; i < variables.size(); ++i) {
      bits[known_.bits[static_cast<std::size_t>(variables[i])]] = (assignment >> i) & 1;
    }
    return bits;
  }
  // The side that rows (or columns) belong to.
  [[nodiscard]] std::uint8_t side(bool row) const { return row == rows_are_a_ ? 0 : 1; }
  [[nodiscard]] std::string text(bool row, std::uint32_t index) const {
    return side_bits(input(row, index), partition_, side(row));
  }

 private:
  const TableOfFunction& known_;
  const TableMatrix& matrix_;
  const Partition& partition_;
  std::size_t inputs_;
  bool rows_are_a_;
};

RankUpperEnd proof_of(const linalg::ExactRank& rank, const Lines& lines) {
  RankUpperEnd proof{rank.upper, "", {}, {}, {}};
  const auto lines_of = [&](bool row) { return lines.side(row) == 0 ? "rows" : "columns"; };
  switch (rank.argument) {
    case linalg::UpperArgument::distinct_rows:
    case linalg::UpperArgument::distinct_columns:
      proof.argument = std::string("distinct ") +
                       lines_of(rank.argument == linalg::UpperArgument::distinct_rows);
      break;
    case linalg::UpperArgument::minors:
      proof.argument = linalg::name(rank.argument);
      for (const auto& [prime, modular] : rank.ranks) proof.primes.push_back({prime, modular});
      break;
    case linalg::UpperArgument::relations:
      const bool rows = rank.relations_of_rows;
      proof.argument = std::string("relations of ") + lines_of(rows);
      for (const std::uint32_t index : rank.basis) proof.basis.push_back(lines.text(rows, index));
      for (const linalg::Relation& relation : rank.relations) {
        proof.relations.push_back({lines.text(rows, relation.index),
                                   relation.scale,
                                   {relation.coefficients.begin(), relation.coefficients.end()}});
      }
      break;
  }
  return proof;
}

}  // namespace

std::size_t elimination_bytes(std::size_t rows, std::size_t columns) {
  return rows * columns / 4 + linalg::rank_bytes(rows, columns, byte_prime);
}

TableMatrix table_matrix(Table& table, std::uint64_t side_b) {
  const std::uint64_t all = (std::uint64_t{1} << table.variables()) - 1;
  const bool b_is_smaller = 2 * std::popcount(side_b) <= table.variables();
  const std::uint64_t low = b_is_smaller ? side_b : all & ~side_b;
  table.bring_down(low);
  const int columns = std::popcount(low);
  DistinctRows rows = distinct_table_rows(table, columns);
  linalg::Distinct distinct = linalg::distinct(rows.matrix);
  TableMatrix result;
  result.matrix = std::move(distinct.matrix);
  for (const std::uint32_t row : distinct.rows) result.rows.push_back(rows.rows[row]);
  result.columns = std::move(distinct.columns);
  for (int place = 0; place < table.variables(); ++place) {
    auto& variables = place < columns ? result.column_variables : result.row_variables;
    variables.push_back(table.variable_at(place));
  }
  return result;
}

Result<std::optional<DenseRank>> dense_rank(const BooleanFunction& function,
                                            const Partition& partition, const Limits& limits,
                                            bool keep_proof) {
  const Deadline deadline(limits);
  auto values = table_of(function, limits);
  if (!values.ok()) return values.error();
  if (!values->has_value()) return std::optional<DenseRank>();
  TableOfFunction& known = **values;
  std::uint64_t side_b = 0;
  for (std::size_t i = 0; i < known.bits.size(); ++i) {
    side_b |= std::uint64_t{partition[known.bits[i]]} << i;
  }
  try {
    const TableMatrix matrix = table_matrix(known.table, side_b);
    const std::size_t bytes = elimination_bytes(matrix.rows.size(), matrix.columns.size());
    if (bytes > base::allowed_bytes(limits)) {
      return Error{ErrorCode::limit,
                   "the elimination of " + std::to_string(matrix.rows.size()) + " x " +
                       std::to_string(matrix.columns.size()) + " distinct rows and columns takes " +
                       std::to_string(bytes >> 20) + " MiB",
                   ""};
    }
    DenseRank result;
    linalg::ExactRankOptions options;
    options.effort = effort;
    options.limits = rest_of(limits, deadline);
    options.keep_relations = keep_proof;
    result.rank = linalg::exact_rank(matrix.matrix, options);
    // The larger side tells the rows of the matrix; which side is it?
    const bool rows_are_a = 2 * std::popcount(side_b) <= known.table.variables();
    const Lines lines(known, matrix, function, partition, rows_are_a);
    result.minor.prime = result.rank.prime;
    for (const std::uint32_t row : result.rank.pivots.rows) {
      result.minor.rows.push_back(lines.input(true, row));
    }
    for (const std::uint32_t column : result.rank.pivots.columns) {
      result.minor.columns.push_back(lines.input(false, column));
    }
    if (!rows_are_a) std::swap(result.minor.rows, result.minor.columns);
    if (keep_proof) result.proof = proof_of(result.rank, lines);
    return std::optional(std::move(result));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "not enough memory for the matrix of this partition", ""};
  }
}

}  // namespace gatelight::measures
