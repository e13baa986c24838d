// SPDX-License-Identifier: Apache-2.0
//
// Which assignments of the high bits a sweep visits, numbered from 0, and how to walk through them.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_BLOCKS_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_BLOCKS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gatelight::engines::exhaustive {

// A linear condition on all swept bits, seen from the high ones: min <= sum <= max.
struct BlockCondition {
  std::vector<std::int64_t> weights;  // of each high bit
  std::int64_t low = 0, high = 0;     // range of the sum over the low bits
  std::int64_t min = 0, max = 0;
};

// Immutable; shared by all threads.
class Blocks {
 public:
  // Blocks are numbered below this, so that a block and one of its lanes fit 62 bits.
  static constexpr std::uint64_t most = std::uint64_t{1} << 52;

  // One block: no high bits.
  Blocks() = default;
  // Every assignment, in the order of the Gray code.  Requires bits <= 52.
  static Blocks all(std::size_t bits);
  // Only assignments from which no condition is out of reach by interval arithmetic, in
  // lexicographic order, the highest bit first.  Nothing where there are more than `most`, or where
  // the conditions tell too many partial assignments apart (`most_nodes`).
  static std::optional<Blocks> within(std::size_t bits, std::span<const BlockCondition> conditions);
  static constexpr std::size_t most_nodes = std::size_t{1} << 20;

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::size_t bits() const { return bits_; }
  // All assignments are visited: block number b is the assignment gray(b).
  [[nodiscard]] bool complete() const { return nodes_.empty(); }

  // A place in the order.  One a thread.
  struct Cursor {
    std::vector<std::uint8_t> values;  // of the high bits
    std::vector<std::uint32_t> path;   // node above each bit
    std::vector<std::uint32_t> flips;  // the bits that next() changed
  };
  // Requires block < count().  O(bits).
  void seek(Cursor& cursor, std::uint64_t block) const;
  // From one block to the one after it, which must exist.  Amortised O(1) for one condition.  Requires
  // !complete().
  void next(Cursor& cursor) const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  struct Node {
    std::uint32_t child[2] = {none, none};
    std::uint64_t blocks = 0;  // below it
  };

  void descend(Cursor& cursor, std::size_t from, std::uint32_t node) const;

  std::size_t bits_ = 0;
  std::uint64_t count_ = 1;
  std::vector<Node> nodes_;  // nodes_[0] is the root; a leaf has no children
};

// The assignment of the high bits, bit i of the result, of a block in the order of the Gray code:
// consecutive ones differ in one bit.
constexpr std::uint64_t gray(std::uint64_t block) { return block ^ (block >> 1); }

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_BLOCKS_HPP
