// SPDX-License-Identifier: Apache-2.0
//
// BitMatrix: a dense 0/1 matrix, eight entries a byte.
//
//   BitMatrix matrix(4, 3);              // all zero
//   matrix.set(0, 2);
//   const Distinct d = distinct(matrix);  // d.matrix is 1 x 1, d.rows[0] == 0, d.columns[0] == 2
#ifndef GATELIGHT_LINALG_BIT_MATRIX_HPP
#define GATELIGHT_LINALG_BIT_MATRIX_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.hpp"

namespace gatelight::linalg {

// Rows of 64-bit words: entry (i, j) is bit j % 64 of word j / 64 of row i.  Each row begins at a cache
// line.  Bits beyond the last column are 0 always: who writes whole words keeps it so.
class BitMatrix {
 public:
  BitMatrix() = default;
  // All zero.  Requires rows, columns < 2^32.
  BitMatrix(std::size_t rows, std::size_t columns);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  // Words of a row that hold entries; the rest of the stride is padding, and zero.
  [[nodiscard]] std::size_t words() const { return (columns_ + 63) / 64; }
  [[nodiscard]] std::size_t stride() const { return stride_; }

  [[nodiscard]] bool get(std::size_t row, std::size_t column) const {
    return (data_[row * stride_ + column / 64] >> (column % 64) & 1U) != 0;
  }
  void set(std::size_t row, std::size_t column, bool value = true) {
    std::uint64_t& word = data_[row * stride_ + column / 64];
    const std::uint64_t bit = std::uint64_t{1} << (column % 64);
    word = value ? word | bit : word & ~bit;
  }

  // words() words.
  [[nodiscard]] std::span<const std::uint64_t> row(std::size_t index) const {
    return {data_.data() + index * stride_, words()};
  }
  [[nodiscard]] std::span<std::uint64_t> row(std::size_t index) {
    return {data_.data() + index * stride_, words()};
  }

  // O(entries / 64 * 6) word operations.
  [[nodiscard]] BitMatrix transposed() const;
  // The entries (rows[i], columns[j]); lists may be in any order and repeat.  O(entries of the result).
  [[nodiscard]] BitMatrix submatrix(std::span<const std::uint32_t> rows,
                                    std::span<const std::uint32_t> columns) const;
  // The rows named, whole.
  [[nodiscard]] BitMatrix rows_of(std::span<const std::uint32_t> rows) const;

  friend bool operator==(const BitMatrix&, const BitMatrix&) = default;

 private:
  std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
  base::AlignedVector<std::uint64_t> data_;
};

// The first of each class of equal rows, zero rows left out, in increasing order.  Compares what it
// hashes, so it is exact.  O(entries / 64) word operations, expected.
[[nodiscard]] std::vector<std::uint32_t> distinct_rows(const BitMatrix& matrix);

// A matrix without zero rows, zero columns and repetitions, and where its rows and columns stand in
// the one it was made from (increasing).  Over every field it has the same rank.
struct Distinct {
  BitMatrix matrix;
  std::vector<std::uint32_t> rows, columns;
};
[[nodiscard]] Distinct distinct(const BitMatrix& matrix);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_BIT_MATRIX_HPP
