// SPDX-License-Identifier: Apache-2.0
//
// OpenBoxes: the parts of the domain that are still to be searched, shared by all workers.
#ifndef GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP
#define GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engines/box/bounder.hpp"

namespace gatelight::engines::box {

// Sums beyond 32 bits are remembered as unknown: what is known about a box costs as much as a hundred boxes.
struct PackedBounds {
  std::vector<std::int32_t> low, high;
};
[[nodiscard]] PackedBounds pack(const SumBounds& bounds);
// Where nothing is remembered, `initial` says what holds.
void unpack(const PackedBounds& packed, const SumBounds& initial, SumBounds& bounds);

struct OpenBox {
  std::int64_t bound = 0;
  int depth = 0;  // splits that lead to it
  Box box;
  std::shared_ptr<const PackedBounds> known;  // what holds on the box it is a part of; may be null
};

class OpenBoxes {
 public:
  OpenBoxes(std::size_t workers, std::size_t memory_limit)
      : claimed_(workers), memory_limit_(memory_limit) {}

  void add(OpenBox box);
  // Claims the box with the largest bound (the deepest of them) for a worker, waiting up to
  // 50 ms for one.  Empty: none yet, or finished(), or the best bound is at most `floor`, in which
  // case all boxes are dropped.
  [[nodiscard]] std::optional<OpenBox> claim(std::size_t worker, std::int64_t floor);
  // The worker's claim now covers no value above `bound`.
  void lower_claim(std::size_t worker, std::int64_t bound);
  // The worker's claim is searched, or what is left of it was added.
  void release(std::size_t worker);

  // Nothing is open and nobody works.
  [[nodiscard]] bool finished() const;
  // Boxes should be searched depth-first rather than added.
  [[nodiscard]] bool full() const;
  // No open or claimed box has a value above this; empty if there is none.
  [[nodiscard]] std::optional<std::int64_t> upper() const;

 private:
  struct Entry {
    OpenBox box;
    std::uint64_t number = 0;
    // Heap order: the largest bound, then the deepest, then the newest.
    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.box.bound != b.box.bound) return a.box.bound < b.box.bound;
      if (a.box.depth != b.box.depth) return a.box.depth < b.box.depth;
      return a.number < b.number;
    }
  };
  [[nodiscard]] bool finished_locked() const;
  static std::size_t memory_of(const OpenBox& box) {
    // Two halves share what is known about the whole.
    const std::size_t known = box.known ? box.known->low.size() * sizeof(std::int32_t) : 0;
    return sizeof(Entry) + 2 * box.box.low.capacity() * sizeof(std::int64_t) + known + 64;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> heap_;
  std::vector<std::optional<std::int64_t>> claimed_;
  std::size_t memory_limit_;
  std::size_t memory_ = 0;
  std::uint64_t added_ = 0;
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP
