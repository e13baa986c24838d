// SPDX-License-Identifier: Apache-2.0
//
// OpenParts: the parts of the domain that are still to be searched, shared by all workers.
//
// Invariant Every value above the incumbent that is not yet searched lies in a part of the heap or of a
//           worker's claim, so upper() is sound at any moment, also after a stop: a worker that is
//           stopped leaves its claim in place.
// Cost      O(log parts + size of a part) a part.
// Tested by tests/unit/engines/branch_bound/open_nodes_test.cpp
// Tested by tests/unit/engines/box/open_boxes_test.cpp
#ifndef GATELIGHT_ENGINES_OPEN_PARTS_HPP
#define GATELIGHT_ENGINES_OPEN_PARTS_HPP

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace gatelight::engines {

// A Part has a `bound` of its values.  depth_of(part) is the number of decisions that lead to it, and
// bytes_of(part) what it holds outside of itself.
template <class Part>
class OpenParts {
 public:
  OpenParts(std::size_t workers, std::size_t memory_limit)
      : claimed_(workers), memory_limit_(memory_limit) {}

  void add(Part part) {
    {
      const std::lock_guard lock(mutex_);
      memory_ += memory_of(part);
      heap_.push_back({std::move(part), added_++});
      std::push_heap(heap_.begin(), heap_.end());
    }
    changed_.notify_one();
  }

  // Claims the part with the largest bound (the deepest of them) for a worker, waiting up to
  // 50 ms for one.  Empty: none yet, or finished(), or the best bound is at most `floor`, in which
  // case all parts are dropped.
  [[nodiscard]] std::optional<Part> claim(std::size_t worker, std::int64_t floor) {
    std::unique_lock lock(mutex_);
    if (heap_.empty() && !finished_locked()) {
      changed_.wait_for(lock, std::chrono::milliseconds(50));
    }
    if (heap_.empty()) return std::nullopt;
    if (heap_.front().part.bound <= floor) {
      heap_.clear();
      memory_ = 0;
      changed_.notify_all();
      return std::nullopt;
    }
    std::pop_heap(heap_.begin(), heap_.end());
    Part part = std::move(heap_.back().part);
    heap_.pop_back();
    memory_ -= memory_of(part);
    claimed_[worker] = part.bound;
    return part;
  }

  // The worker's claim now covers no value above `bound`.
  void lower_claim(std::size_t worker, std::int64_t bound) {
    const std::lock_guard lock(mutex_);
    if (claimed_[worker]) claimed_[worker] = std::min(*claimed_[worker], bound);
  }

  // The worker's claim is searched, or what is left of it was added.
  void release(std::size_t worker) {
    {
      const std::lock_guard lock(mutex_);
      claimed_[worker].reset();
    }
    changed_.notify_all();
  }

  // Nothing is open and nobody works.
  [[nodiscard]] bool finished() const {
    const std::lock_guard lock(mutex_);
    return finished_locked();
  }

  // Parts should be searched depth-first rather than added.
  [[nodiscard]] bool full() const {
    const std::lock_guard lock(mutex_);
    return memory_ >= memory_limit_;
  }

  // No open or claimed part has a value above this; empty if there is none.
  [[nodiscard]] std::optional<std::int64_t> upper() const {
    const std::lock_guard lock(mutex_);
    std::optional<std::int64_t> upper;
    if (!heap_.empty()) upper = heap_.front().part.bound;
    for (const auto& claim : claimed_) {
      if (claim && (!upper || *claim > *upper)) upper = claim;
    }
    return upper;
  }

 private:
  struct Entry {
    Part part;
    std::uint64_t number = 0;
    // Heap order: the largest bound, then the deepest, then the newest.
    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.part.bound != b.part.bound) return a.part.bound < b.part.bound;
      if (depth_of(a.part) != depth_of(b.part)) return depth_of(a.part) < depth_of(b.part);
      return a.number < b.number;
    }
  };
  [[nodiscard]] bool finished_locked() const {
    return heap_.empty() &&
           std::ranges::none_of(claimed_, [](const auto& claim) { return claim.has_value(); });
  }
  static std::size_t memory_of(const Part& part) { return sizeof(Entry) + bytes_of(part); }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> heap_;
  std::vector<std::optional<std::int64_t>> claimed_;
  std::size_t memory_limit_;
  std::size_t memory_ = 0;
  std::uint64_t added_ = 0;
};

}  // namespace gatelight::engines

#endif  // GATELIGHT_ENGINES_OPEN_PARTS_HPP
