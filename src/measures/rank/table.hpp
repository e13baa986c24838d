// SPDX-License-Identifier: Apache-2.0
//
// The table of a Boolean function whose variables can change places (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_TABLE_HPP
#define GATELIGHT_MEASURES_RANK_TABLE_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::measures {

// The value at x = sum of 2^p * (variable at place p) is bit x % 64 of word x / 64.  Variables keep their
// numbers when they move.
class Table {
 public:
  // Bits beyond 2^variables are 0.
  Table(int variables, base::AlignedVector<std::uint64_t> words);

  [[nodiscard]] int variables() const { return static_cast<int>(at_.size()); }
  [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }
  [[nodiscard]] bool get(std::uint64_t x) const { return (words_[x / 64] >> (x % 64) & 1) != 0; }
  // The variable at a place, and the other way round.
  [[nodiscard]] int variable_at(int place) const { return at_[static_cast<std::size_t>(place)]; }
  [[nodiscard]] int place_of(int variable) const {
    return place_[static_cast<std::size_t>(variable)];
  }

  // Two places change their variables.  O(2^variables / 64).
  void swap(int one, int other);
  // The variables of this set to the lowest places, the others above, in any order.
  void bring_down(std::uint64_t set);

  [[nodiscard]] bool depends_on(int place) const;
  // Without the variables that it does not depend on, at places 0, 1, ... in the order of their numbers;
  // `kept` tells which those were.
  [[nodiscard]] Table essential(std::vector<int>& kept) const;

 private:
  std::vector<int> at_, place_;
  base::AlignedVector<std::uint64_t> words_;
};

// The rows that differ of the matrix whose rows are the assignments of the upper places and whose columns
// those of the `low` lowest places: no zero rows.
struct DistinctRows {
  linalg::BitMatrix matrix;
  std::vector<std::uint32_t> rows;  // assignments of the upper places, ascending
};
// O(2^variables / 64) expected.  Requires fewer than 2^32 rows.
[[nodiscard]] DistinctRows distinct_table_rows(const Table& table, int low);

// Variables that can change places without changing ranks: the function stays the same, or the same with
// both negated.  Classes of variables; and classes whose members can change places all together.
struct Symmetry {
  std::vector<std::vector<int>> classes;         // ascending; each variable is in one
  std::vector<std::vector<std::size_t>> groups;  // of classes; each class is in one
};
// O(variables^2 * 2^variables / 64).
[[nodiscard]] Symmetry symmetry_of(const Table& table);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_TABLE_HPP
