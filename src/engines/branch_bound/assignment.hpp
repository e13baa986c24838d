// SPDX-License-Identifier: Apache-2.0
//
// Assignment: one input, every sum and output it causes, and what changes when a bit flips.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_ASSIGNMENT_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_ASSIGNMENT_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::branch_bound {

// What a silent gate on the verge of firing is worth to local search, as a part of a firing one; from so far below
// it is worth nothing.
inline constexpr double verge_share = 0.5;
[[nodiscard]] double guidance_range(const Network& network, RowId gate);

class Assignment {
 public:
  // Keeps a reference to `network`.  With `guided`, merit() also rewards silent gates that are
  // close to firing.
  Assignment(const Network& network, const InputBits& bits, bool guided);

  // O(readers of the bit and of every gate whose output changes).
  void flip(Node bit);
  void set(Node bit, bool value) {
    if ((bits_[bit] != 0) != value) flip(bit);
  }

  [[nodiscard]] const InputBits& bits() const { return bits_; }
  // The total cost of the gates that fire.
  [[nodiscard]] std::int64_t value() const { return value_; }
  // All rows of the domain hold.  (Bits that the domain fixes are the caller's affair.)
  [[nodiscard]] bool feasible() const { return broken_rows_ == 0; }
  // What local search climbs: value() in units of the mean cost, plus the guidance.  Rounding makes
  // it drift by about 1e-16 a flip; nothing exact depends on it.
  [[nodiscard]] double merit() const { return merit_; }
  [[nodiscard]] std::int64_t sum(RowId row) const { return sums_[row]; }
  [[nodiscard]] std::int64_t output(RowId gate) const { return outputs_[gate]; }

 private:
  void add_to_domain_row(RowId row, std::int64_t change);
  void touch(RowId gate);
  void settle(RowId gate);
  void spread(Node node, std::int64_t change);
  [[nodiscard]] double merit_of(RowId gate) const;

  const Network& network_;
  bool guided_;
  InputBits bits_;
  std::vector<std::int64_t> sums_;
  std::vector<std::int64_t> outputs_;
  std::vector<double> merits_;
  std::vector<double> inverse_scale_;  // of the distance to the silent interval's ends
  std::vector<double> price_;          // cost in units of the mean cost
  std::int64_t value_ = 0;
  double merit_ = 0;
  std::size_t broken_rows_ = 0;
  // Gates whose sum changed and whose output is not up to date, by level.
  std::vector<std::vector<RowId>> touched_;
  std::vector<std::uint8_t> is_touched_;
  std::uint32_t lowest_touched_ = 0, highest_touched_ = 0;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_ASSIGNMENT_HPP
