// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/linalg/bit_matrix_test.cpp
#include "linalg/bit_matrix.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "gatelight/result.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::size_t line_words = base::line_bytes / sizeof(std::uint64_t);

// 64 x 64 bits in place: blocks of 32, 16, ... across the diagonal change places.
void transpose_block(std::array<std::uint64_t, 64>& block) {
  std::uint64_t mask = 0x00000000ffffffffU;
  for (unsigned width = 32; width != 0; width >>= 1U, mask ^= mask << width) {
    for (unsigned i = 0; i < 64; i = ((i | width) + 1) & ~width) {
      const std::uint64_t moved = ((block[i] >> width) ^ block[i | width]) & mask;
      block[i] ^= moved << width;
      block[i | width] ^= moved;
    }
  }
}

std::uint64_t hash_row(std::span<const std::uint64_t> row) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U;
  for (const std::uint64_t word : row) {
    hash = (hash ^ word) * 0xbf58476d1ce4e5b9U;
    hash ^= hash >> 29U;
  }
  return hash;
}

}  // namespace

BitMatrix::BitMatrix(std::size_t rows, std::size_t columns)
    : rows_(rows),
      columns_(columns),
      stride_((columns + 64 * line_words - 1) / (64 * line_words) * line_words) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  GATELIGHT_REQUIRE(rows <= most && columns <= most, "a BitMatrix has fewer than 2^32 rows");
  data_.resize(rows_ * stride_);  // below 2^32 * 2^26 words: it cannot wrap
}

BitMatrix BitMatrix::transposed() const {
  BitMatrix result(columns_, rows_);
  std::array<std::uint64_t, 64> block{};
  for (std::size_t i = 0; i < rows_; i += 64) {
    const std::size_t height = std::min<std::size_t>(64, rows_ - i);
    for (std::size_t word = 0; word < words(); ++word) {
      block.fill(0);
      for (std::size_t k = 0; k < height; ++k) block[k] = data_[(i + k) * stride_ + word];
      transpose_block(block);
      const std::size_t width = std::min<std::size_t>(64, columns_ - 64 * word);
      for (std::size_t k = 0; k < width; ++k) {
        result.data_[(64 * word + k) * result.stride_ + i / 64] = block[k];
      }
    }
  }
  return result;
}

BitMatrix BitMatrix::submatrix(std::span<const std::uint32_t> rows,
                               std::span<const std::uint32_t> columns) const {
  BitMatrix result(rows.size(), columns.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint64_t* from = data_.data() + rows[i] * stride_;
    std::uint64_t* to = result.data_.data() + i * result.stride_;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const std::uint64_t bit = from[columns[j] / 64] >> (columns[j] % 64) & 1U;
      to[j / 64] |= bit << (j % 64);
    }
  }
  return result;
}

BitMatrix BitMatrix::rows_of(std::span<const std::uint32_t> rows) const {
  BitMatrix result(rows.size(), columns_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::copy_n(data_.begin() + static_cast<std::ptrdiff_t>(rows[i] * stride_), stride_,
                result.data_.begin() + static_cast<std::ptrdiff_t>(i * stride_));
  }
  return result;
}

std::vector<std::uint32_t> distinct_rows(const BitMatrix& matrix) {
  constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();
  std::size_t slots = 16;
  while (slots < 2 * matrix.rows()) slots *= 2;
  std::vector<std::uint32_t> table(slots, empty), found;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const auto row = matrix.row(i);
    if (std::ranges::all_of(row, [](std::uint64_t word) { return word == 0; })) continue;
    std::size_t slot = hash_row(row) & (slots - 1);
    while (table[slot] != empty && !std::ranges::equal(row, matrix.row(table[slot]))) {
      slot = (slot + 1) & (slots - 1);
    }
    if (table[slot] != empty) continue;
    table[slot] = static_cast<std::uint32_t>(i);
    found.push_back(table[slot]);
  }
  return found;
}

// Rows first: equal rows stay equal when repeated columns go, and distinct ones stay distinct, since
// each column that goes has a twin that stays, or is zero.
Distinct distinct(const BitMatrix& matrix) {
  Distinct result;
  result.rows = distinct_rows(matrix);
  const BitMatrix columns = matrix.rows_of(result.rows).transposed();
  result.columns = distinct_rows(columns);
  result.matrix = columns.rows_of(result.columns).transposed();
  return result;
}

}  // namespace gatelight::linalg
