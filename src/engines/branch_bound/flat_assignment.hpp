// SPDX-License-Identifier: Apache-2.0
//
// FlatAssignment: what Assignment does, for small threshold networks, in vectors.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_FLAT_ASSIGNMENT_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_FLAT_ASSIGNMENT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::branch_bound {

// Looks at a neighbour of the current input without giving that up.
class FlatAssignment {
 public:
  // Nothing where a gate has more than two values or fires for small sums, the domain has rows, or there are too
  // many gates for dense tables.
  static std::optional<FlatAssignment> of(const Network& network, const InputBits& bits);

  // The merit if these bits were flipped, as that of a guided Assignment but in whole numbers.  No bit twice.
  double propose(std::span<const Node> flips);
  // Takes the last proposal.
  void accept();

  void set(Node bit, bool value);

  // Gates that are silent gain weight in the merit, all others fall back towards 1; the mean stays 1.
  void weigh_silent_gates();
  void forget_weights();
  [[nodiscard]] const InputBits& bits() const { return bits_; }
  [[nodiscard]] double merit() const { return merit_; }
  [[nodiscard]] std::int64_t value() const { return value_; }

 private:
  struct Level {
    std::size_t first = 0, last = 0;  // places
  };
  FlatAssignment() = default;
  bool lay_out(const Network& network);
  void weigh(double scale);
  bool describe(const Network& network, RowId gate, std::size_t place);
  void settle();
  void add(std::size_t node, bool rises);

  // Gates have places, level after level, each level a multiple of a vector.
  std::size_t places_ = 0;
  std::vector<Level> levels_;
  std::vector<std::size_t> node_at_;  // of a place; the number of nodes where it is padding
  base::AlignedVector<std::int32_t> columns_;  // of each node: what the sums gain when it rises
  std::vector<std::size_t> first_reader_;      // of each node, a place
  base::AlignedVector<std::int32_t> threshold_, price_, range_, slope_, shift_, cost_;
  base::AlignedVector<std::int32_t> plain_price_, plain_slope_, plain_shift_;  // without weights
  std::vector<double> weight_;
  base::AlignedVector<std::int32_t> sums_, new_sums_, fired_, new_fired_;
  InputBits bits_;
  std::vector<Node> flips_;
  double unit_ = 1;  // of the merit
  double merit_ = 0, new_merit_ = 0;
  std::int64_t value_ = 0, new_value_ = 0;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_FLAT_ASSIGNMENT_HPP
