// SPDX-License-Identifier: Apache-2.0
//
// The shared queue of a best-first search.
//
// Invariant Every value above the incumbent that is not yet searched lies below a node in the heap
//           or under a worker's claim, so upper() is sound at any moment, also after a stop: a
//           worker that is stopped leaves its claim in place.
// Cost      O(log nodes + path) a node.
// Tested by tests/unit/engines/branch_bound/open_nodes_test.cpp
#include "engines/branch_bound/open_nodes.hpp"

#include <algorithm>
#include <chrono>

namespace gatelight::engines::branch_bound {

void OpenNodes::add(OpenNode node) {
  {
    const std::lock_guard lock(mutex_);
    memory_ += memory_of(node);
    heap_.push_back({std::move(node), added_++});
    std::push_heap(heap_.begin(), heap_.end());
  }
  changed_.notify_one();
}

std::optional<OpenNode> OpenNodes::claim(std::size_t worker, std::int64_t floor) {
  std::unique_lock lock(mutex_);
  if (heap_.empty() && !finished_locked()) {
    ++waiting_;
    changed_.wait_for(lock, std::chrono::milliseconds(50));
    --waiting_;
  }
  if (heap_.empty()) return std::nullopt;
  if (heap_.front().node.bound <= floor) {
    heap_.clear();
    memory_ = 0;
    changed_.notify_all();
    return std::nullopt;
  }
  std::pop_heap(heap_.begin(), heap_.end());
  OpenNode node = std::move(heap_.back().node);
  heap_.pop_back();
  memory_ -= memory_of(node);
  claimed_[worker] = node.bound;
  return node;
}

void OpenNodes::lower_claim(std::size_t worker, std::int64_t bound) {
  const std::lock_guard lock(mutex_);
  if (claimed_[worker]) claimed_[worker] = std::min(*claimed_[worker], bound);
}

void OpenNodes::release(std::size_t worker) {
  {
    const std::lock_guard lock(mutex_);
    claimed_[worker].reset();
  }
  changed_.notify_all();
}

bool OpenNodes::finished_locked() const {
  return heap_.empty() &&
         std::ranges::none_of(claimed_, [](const auto& c) { return c.has_value(); });
}

bool OpenNodes::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_locked();
}

bool OpenNodes::full() const {
  const std::lock_guard lock(mutex_);
  return memory_ >= memory_limit_;
}

bool OpenNodes::wanted() const {
  const std::lock_guard lock(mutex_);
  return waiting_ > 0 && heap_.empty();
}

std::optional<std::int64_t> OpenNodes::upper() const {
  const std::lock_guard lock(mutex_);
  std::optional<std::int64_t> upper;
  if (!heap_.empty()) upper = heap_.front().node.bound;
  for (const auto& claim : claimed_) {
    if (claim && (!upper || *claim > *upper)) upper = claim;
  }
  return upper;
}

}  // namespace gatelight::engines::branch_bound
