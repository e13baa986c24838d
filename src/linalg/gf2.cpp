// SPDX-License-Identifier: Apache-2.0
//
// The rank over the field of two elements.
//
// Problem   A quick lower bound on the rank over the rationals: bits, 64 columns a word.
// Idea      64 columns are eliminated together.  Rows are taken in order; what a row's word keeps after
//           reduction by the pivots found so far makes it a pivot or not, and a mask x of 64 bits
//           says which pivot rows to take from it.  All words to the right then lose those sums, 8
//           pivots at a time by looking them up in tables of all 256 sums ("four Russians").
// Cost      m n r / 512 word operations, and m n / 64 * 32 for the masks; copies the matrix.
// Tested by tests/unit/linalg/rank_test.cpp
#include <algorithm>
#include <array>
#include <bit>

#include "linalg/rank.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::size_t most_words = 32;  // of a row at once, so that the tables stay in the cache

class Elimination {
 public:
  Elimination(const BitMatrix& matrix, const Limits& limits)
      : matrix_(matrix),
        deadline_(limits),
        chunk_(std::min(most_words, matrix.words())),
        tables_(8 * 256 * chunk_) {
    for (std::size_t i = 0; i < matrix.rows(); ++i)
      active_.push_back(static_cast<std::uint32_t>(i));
  }

  Pivots run() {
    for (std::size_t word = 0; word < matrix_.words() && !active_.empty(); ++word) {
      if (deadline_.expired()) {
        pivots_.complete = false;
        break;
      }
      factor(word);
      update(word + 1);
    }
    pivots_.rank = pivots_.rows.size();
    return std::move(pivots_);
  }

 private:
  // Of one column of 64: the pivot row's word reduced by the others, and the sum of pivots that it is.
  struct Reduced {
    std::uint64_t word = 0, sum = 0;
  };

  void factor(std::size_t word) {
    std::array<Reduced, 64> basis{};  // by pivot column
    std::uint64_t columns = 0;        // those with a pivot
    found_.clear();
    sums_.clear();
    std::size_t kept = 0;
    for (const std::uint32_t index : active_) {
      Reduced left{matrix_.row(index)[word], 0};
      for (std::uint64_t bits = left.word & columns; bits != 0; bits &= bits - 1) {
        const Reduced& other = basis[static_cast<std::size_t>(std::countr_zero(bits))];
        left.word ^= other.word;
        left.sum ^= other.sum;
      }
      if (left.word == 0) {
        active_[kept++] = index;
        sums_.push_back(left.sum);
        continue;
      }
      const int column = std::countr_zero(left.word);
      left.sum ^= std::uint64_t{1} << found_.size();
      for (std::uint64_t bits = columns; bits != 0; bits &= bits - 1) {
        Reduced& other = basis[static_cast<std::size_t>(std::countr_zero(bits))];
        if ((other.word >> column & 1U) == 0) continue;
        other.word ^= left.word;
        other.sum ^= left.sum;
      }
      basis[static_cast<std::size_t>(column)] = left;
      columns |= std::uint64_t{1} << column;
      found_.push_back(index);
      pivots_.rows.push_back(index);
      pivots_.columns.push_back(static_cast<std::uint32_t>(64 * word) +
                                static_cast<std::uint32_t>(column));
    }
    active_.resize(kept);
  }

  void update(std::size_t first) {
    if (found_.empty()) return;
    for (std::size_t begin = first; begin < matrix_.words(); begin += chunk_) {
      const std::size_t count = std::min(chunk_, matrix_.words() - begin);
      for (std::size_t group = 0; group < 8; ++group) fill_table(group, begin, count);
      for (std::size_t i = 0; i < active_.size(); ++i) {
        if (sums_[i] == 0) continue;
        std::uint64_t* row = matrix_.row(active_[i]).data() + begin;
        add_sums(row, sums_[i], count);
      }
    }
  }

  // All eight tables in one pass: row and sums are read once.
  void add_sums(std::uint64_t* row, std::uint64_t sum, std::size_t count) {
    const std::uint64_t* t[8];
    for (std::size_t group = 0; group < 8; ++group)
      t[group] = table(group, sum >> (8 * group) & 255U);
    for (std::size_t k = 0; k < count; ++k) {
      row[k] ^= t[0][k] ^ t[1][k] ^ t[2][k] ^ t[3][k] ^ t[4][k] ^ t[5][k] ^ t[6][k] ^ t[7][k];
    }
  }

  std::uint64_t* table(std::size_t group, std::size_t sum) {
    return tables_.data() + (256 * group + sum) * chunk_;
  }

  void fill_table(std::size_t group, std::size_t begin, std::size_t count) {
    const std::size_t pivots =
        std::min<std::size_t>(8, found_.size() - std::min(8 * group, found_.size()));
    std::fill_n(table(group, 0), count, 0);
    for (std::size_t sum = 1; sum < std::size_t{1} << pivots; ++sum) {
      const std::uint32_t index =
          found_[8 * group + static_cast<std::size_t>(std::countr_zero(sum))];
      const std::uint64_t* row = matrix_.row(index).data() + begin;
      const std::uint64_t* before = table(group, sum & (sum - 1));
      std::uint64_t* to = table(group, sum);
      for (std::size_t k = 0; k < count; ++k) to[k] = before[k] ^ row[k];
    }
  }

  BitMatrix matrix_;
  Deadline deadline_;
  std::vector<std::uint32_t> active_;  // rows without a pivot, in their order
  std::vector<std::uint32_t> found_;   // pivot rows of the columns at work
  std::vector<std::uint64_t> sums_;    // of each active row: the pivots to take from it
  std::size_t chunk_;                  // words of a row at once
  base::AlignedVector<std::uint64_t> tables_;
  Pivots pivots_;
};

}  // namespace

Pivots rank_gf2(const BitMatrix& matrix, const Limits& limits) {
  return Elimination(matrix, limits).run();
}

}  // namespace gatelight::linalg
