// SPDX-License-Identifier: Apache-2.0
//
// The shared queue of a best-first search.
//
// Invariant Every value above the incumbent that is not yet searched lies in a box of the heap or of a
//           worker's claim, so upper() is sound at any moment, also after a stop: a worker that is
//           stopped leaves its claim in place.
// Cost      O(log boxes + variables) a box.
// Tested by tests/unit/engines/box/open_boxes_test.cpp
#include "engines/box/open_boxes.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace gatelight::engines::box {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

}  // namespace

PackedBounds pack(const SumBounds& bounds) {
  PackedBounds packed;
  packed.low.reserve(bounds.low.size());
  packed.high.reserve(bounds.high.size());
  for (const std::int64_t low : bounds.low) {
    packed.low.push_back(static_cast<std::int32_t>(low < least || low > most ? least : low));
  }
  for (const std::int64_t high : bounds.high) {
    packed.high.push_back(static_cast<std::int32_t>(high < least || high > most ? most : high));
  }
  return packed;
}

void unpack(const PackedBounds& packed, const SumBounds& initial, SumBounds& bounds) {
  for (std::size_t g = 0; g < initial.low.size(); ++g) {
    bounds.low[g] = packed.low[g] == least ? initial.low[g] : packed.low[g];
    bounds.high[g] = packed.high[g] == most ? initial.high[g] : packed.high[g];
  }
}

void OpenBoxes::add(OpenBox box) {
  {
    const std::lock_guard lock(mutex_);
    memory_ += memory_of(box);
    heap_.push_back({std::move(box), added_++});
    std::push_heap(heap_.begin(), heap_.end());
  }
  changed_.notify_one();
}

std::optional<OpenBox> OpenBoxes::claim(std::size_t worker, std::int64_t floor) {
  std::unique_lock lock(mutex_);
  if (heap_.empty() && !finished_locked()) {
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  if (heap_.empty()) return std::nullopt;
  if (heap_.front().box.bound <= floor) {
    heap_.clear();
    memory_ = 0;
    changed_.notify_all();
    return std::nullopt;
  }
  std::pop_heap(heap_.begin(), heap_.end());
  OpenBox box = std::move(heap_.back().box);
  heap_.pop_back();
  memory_ -= memory_of(box);
  claimed_[worker] = box.bound;
  return box;
}

void OpenBoxes::lower_claim(std::size_t worker, std::int64_t bound) {
  const std::lock_guard lock(mutex_);
  if (claimed_[worker]) claimed_[worker] = std::min(*claimed_[worker], bound);
}

void OpenBoxes::release(std::size_t worker) {
  {
    const std::lock_guard lock(mutex_);
    claimed_[worker].reset();
  }
  changed_.notify_all();
}

bool OpenBoxes::finished_locked() const {
  return heap_.empty() &&
         std::ranges::none_of(claimed_, [](const auto& claim) { return claim.has_value(); });
}

bool OpenBoxes::finished() const {
  const std::lock_guard lock(mutex_);
  return finished_locked();
}

bool OpenBoxes::full() const {
  const std::lock_guard lock(mutex_);
  return memory_ >= memory_limit_;
}

std::optional<std::int64_t> OpenBoxes::upper() const {
  const std::lock_guard lock(mutex_);
  std::optional<std::int64_t> upper;
  if (!heap_.empty()) upper = heap_.front().box.bound;
  for (const auto& claim : claimed_) {
    if (claim && (!upper || *claim > *upper)) upper = claim;
  }
  return upper;
}

}  // namespace gatelight::engines::box
