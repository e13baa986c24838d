// SPDX-License-Identifier: Apache-2.0
//
// The blocks that a domain leaves to sweep.
//
// Problem   A domain such as a Hamming ball holds a vanishing part of all inputs.  Visit the blocks
//           that can hold one of them, in a fixed order, and number them so that threads and
//           checkpoints can take ranges.
// Idea      Decide the high bits from the highest down.  What a condition still demands of the bits
//           below is an interval for their sum, cut to what they can reach; partial assignments with
//           equal demands are one node.  Each node counts the blocks below it, so block number b is
//           found by walking down, and the next one by going up to the last bit that can become 1.
// Why       The interval of reachable sums contains every reachable sum, so a dropped assignment has
//           no input of the domain.  Equal demands leave the same blocks below.
// Cost      O(nodes) to build.  A Hamming ball has radius + 1 nodes a bit, a word range about two;
//           several conditions with large weights can have exponentially many, hence the limit.
// Tested by tests/unit/engines/exhaustive/blocks_test.cpp
#include "engines/exhaustive/blocks.hpp"

#include <algorithm>
#include <map>

#include "gatelight/result.hpp"

namespace gatelight::engines::exhaustive {
namespace {

using Demand = std::vector<std::int64_t>;  // low and high end for each condition

// Sums of conditions lie within 63 bits (Circuit), so their differences fit 64.
class Demands {
 public:
  Demands(std::size_t bits, std::span<const BlockCondition> conditions)
      : conditions_(conditions), reach_(bits + 1) {
    for (std::size_t level = 0; level <= bits; ++level) {
      for (const BlockCondition& condition : conditions) {
        std::int64_t low = condition.low, high = condition.high;
        for (std::size_t bit = 0; bit < level; ++bit) {
          (condition.weights[bit] < 0 ? low : high) += condition.weights[bit];
        }
        reach_[level].push_back(low);
        reach_[level].push_back(high);
      }
    }
  }

  // What is demanded of the bits below `level`, cut to what they reach; nothing where they cannot.
  [[nodiscard]] std::optional<Demand> cut(Demand demand, std::size_t level) const {
    for (std::size_t c = 0; c < conditions_.size(); ++c) {
      std::int64_t& low = demand[2 * c];
      std::int64_t& high = demand[2 * c + 1];
      low = std::max(low, reach_[level][2 * c]);
      high = std::min(high, reach_[level][2 * c + 1]);
      if (low > high) return std::nullopt;
    }
    return demand;
  }

  [[nodiscard]] std::optional<Demand> start(std::size_t bits) const {
    Demand demand;
    for (const BlockCondition& condition : conditions_) {
      demand.push_back(condition.min);
      demand.push_back(condition.max);
    }
    return cut(std::move(demand), bits);
  }

  // The demand on the bits below `bit` once it is set to `value`.
  [[nodiscard]] std::optional<Demand> after(const Demand& demand, std::size_t bit,
                                            bool value) const {
    Demand rest = demand;
    for (std::size_t c = 0; value && c < conditions_.size(); ++c) {
      rest[2 * c] -= conditions_[c].weights[bit];
      rest[2 * c + 1] -= conditions_[c].weights[bit];
    }
    return cut(std::move(rest), bit);
  }

 private:
  std::span<const BlockCondition> conditions_;
  std::vector<Demand> reach_;  // [number of bits][2 * condition]: of that many lowest high bits
};

}  // namespace

Blocks Blocks::all(std::size_t bits) {
  GATELIGHT_REQUIRE(bits <= 52, "a sweep of all blocks has at most 52 high bits");
  Blocks blocks;
  blocks.bits_ = bits;
  blocks.count_ = std::uint64_t{1} << bits;
  return blocks;
}

std::optional<Blocks> Blocks::within(std::size_t bits, std::span<const BlockCondition> conditions) {
  const Demands demands(bits, conditions);
  Blocks blocks;
  blocks.bits_ = bits;
  blocks.count_ = 0;
  const auto start = demands.start(bits);
  GATELIGHT_REQUIRE(start.has_value(), "internal error: a domain without an input reached a sweep");
  blocks.nodes_.emplace_back();
  std::map<Demand, std::uint32_t> level{{*start, 0}};
  for (std::size_t bit = bits; bit-- > 0;) {
    std::map<Demand, std::uint32_t> below;
    for (const auto& [demand, node] : level) {
      for (const bool value : {false, true}) {
        auto rest = demands.after(demand, bit, value);
        if (!rest) continue;
        const auto next = static_cast<std::uint32_t>(blocks.nodes_.size());
        const auto [found, added] = below.try_emplace(*std::move(rest), next);
        if (added) blocks.nodes_.emplace_back();
        blocks.nodes_[node].child[value ? 1 : 0] = found->second;
      }
      if (blocks.nodes_.size() > most_nodes) return std::nullopt;
    }
    level = std::move(below);
  }
  for (const auto& [demand, leaf] : level) blocks.nodes_[leaf].blocks = 1;
  // Children have larger numbers than their parents.  A child without blocks is a dead end.
  for (std::size_t n = blocks.nodes_.size(); n-- > 0;) {
    Node& node = blocks.nodes_[n];
    for (std::uint32_t& child : node.child) {
      if (child == none) continue;
      node.blocks = std::min(node.blocks + blocks.nodes_[child].blocks, most + 1);
      if (blocks.nodes_[child].blocks == 0) child = none;
    }
  }
  blocks.count_ = blocks.nodes_[0].blocks;
  if (blocks.count_ > most) return std::nullopt;
  GATELIGHT_REQUIRE(blocks.count_ > 0, "internal error: no block of the domain is left to sweep");
  return blocks;
}

void Blocks::descend(Cursor& cursor, std::size_t from, std::uint32_t node) const {
  for (std::size_t bit = from; bit-- > 0;) {
    cursor.path[bit] = node;
    const std::uint8_t value = nodes_[node].child[0] == none ? 1 : 0;
    if (cursor.values[bit] != value) {
      cursor.values[bit] = value;
      cursor.flips.push_back(static_cast<std::uint32_t>(bit));
    }
    node = nodes_[node].child[value];
  }
}

void Blocks::seek(Cursor& cursor, std::uint64_t block) const {
  GATELIGHT_REQUIRE(block < count_, "internal error: a block beyond the last one");
  cursor.values.assign(bits_, 0);
  cursor.path.assign(bits_, 0);
  cursor.flips.clear();
  if (complete()) {
    for (std::size_t bit = 0; bit < bits_; ++bit) cursor.values[bit] = (gray(block) >> bit) & 1;
    return;
  }
  std::uint32_t node = 0;
  for (std::size_t bit = bits_; bit-- > 0;) {
    cursor.path[bit] = node;
    const std::uint32_t zero = nodes_[node].child[0];
    const std::uint64_t skipped = zero == none ? 0 : nodes_[zero].blocks;
    const bool one = block >= skipped;
    if (one) block -= skipped;
    cursor.values[bit] = one ? 1 : 0;
    node = nodes_[node].child[one ? 1 : 0];
  }
}

void Blocks::next(Cursor& cursor) const {
  cursor.flips.clear();
  for (std::size_t bit = 0; bit < bits_; ++bit) {
    const Node& node = nodes_[cursor.path[bit]];
    if (cursor.values[bit] != 0 || node.child[1] == none) continue;
    cursor.values[bit] = 1;
    cursor.flips.push_back(static_cast<std::uint32_t>(bit));
    descend(cursor, bit, node.child[1]);
    return;
  }
}

}  // namespace gatelight::engines::exhaustive
