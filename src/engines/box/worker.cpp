// SPDX-License-Identifier: Apache-2.0
//
// Splitting boxes of words.
//
// Problem   Prove that no input of the domain is worth more than the incumbent, or find one.
// Idea      A box is dropped where its bound does not exceed the incumbent, swept point by point where it
//           is small, and else cut in two across the word that brings most gates closer to silence.
//           Workers claim the box with the largest bound and hand back its halves: best-first, so
//           the global bound falls as fast as it can.  When the queue is full they go depth-first below
//           what they claimed.  Now and then some points of a box are tried as incumbents.
// Why       The two halves hold all points of a box.  Boxes are dropped only where the bounds hold for
//           all their inputs of the domain that are worth more than the incumbent of that moment, and the
//           incumbent only rises.
// Invariant The boxes of a dive are on the stack, the next one last.  A stopped worker leaves its claim, whose
//           bound covers the stack.
// Cost      At most as many boxes as there are points.
// Tested by tests/unit/engines/box/box_test.cpp
#include "engines/box/worker.hpp"

#include <algorithm>
#include <utility>

namespace gatelight::engines::box {
namespace {

constexpr std::size_t boxes_between_reports = 64;  // of a worker that goes depth-first
constexpr std::uint64_t boxes_a_sample = 16;

}  // namespace

Worker::Worker(const Shared& shared, std::size_t number, std::uint64_t seed, Besides besides)
    : shared_(shared),
      number_(number),
      besides_(std::move(besides)),
      random_(seed),
      initial_(initial_bounds(shared.model)),
      bounds_(initial_),
      bounder_(shared.model),
      joint_(shared.model),
      sweep_(shared.model),
      samples_(shared.model),
      sample_values_(shared.model.variables().size() * samples_.lanes()) {
  samples_.compile(initial_);
  worth_sweeping_ = shared.options.sweep_points.value_or(sweep_.worth_sweeping());
}

void Worker::run() {
  while (!shared_.stop()) {
    if (besides_.heartbeat) besides_.heartbeat();
    std::optional<OpenBox> box = shared_.open.claim(number_, floor());
    if (!box) {
      if (shared_.open.finished()) return;
      continue;
    }
    const Outcome outcome = dive(*std::move(box));
    stack_.clear();
    if (outcome == Outcome::stopped) return;
    shared_.open.release(number_);
    if (boxes_ < next_turn_) continue;
    next_turn_ *= 2;
    if (besides_.turn) besides_.turn(boxes_);
  }
}

Worker::Outcome Worker::dive(OpenBox root) {
  std::int64_t bound = root.bound;
  stack_.push_back(std::move(root));
  std::size_t count = 0;
  while (!stack_.empty()) {
    if (besides_.heartbeat) besides_.heartbeat();
    if (shared_.stop()) return Outcome::stopped;
    OpenBox box = std::move(stack_.back());
    stack_.pop_back();
    if (box.bound <= floor()) continue;
    process(std::move(box));
    if (!shared_.open.full()) {
      for (OpenBox& left : stack_) shared_.open.add(std::move(left));
      return Outcome::handed_over;
    }
    if (++count % boxes_between_reports != 0) continue;
    std::int64_t left = floor();
    for (const OpenBox& other : stack_) left = std::max(left, other.bound);
    if (left < bound) shared_.open.lower_claim(number_, bound = left);
  }
  return Outcome::searched;
}

// Settles a box, or leaves its two halves on the stack.
void Worker::process(OpenBox box) {
  ++boxes_;
  shared_.nodes.fetch_add(1, std::memory_order_relaxed);
  if (!shared_.model.tighten(box.box)) return;
  if (box.known) {
    unpack(*box.known, initial_, bounds_);
  } else {
    bounds_ = initial_;
  }
  const auto found = [this](const std::vector<std::int64_t>& values) { return offer(values); };
  const std::uint64_t points = points_of(box.box);
  if (points <= std::max<std::uint64_t>(worth_sweeping_, 1)) {
    if (points > 2 * sweep_.lanes() && bounder_.run(box.box, bounds_, floor()) <= floor()) return;
    return sweep_.sweep(box.box, bounds_, floor(), found);
  }
  std::int64_t bound = std::min(bounder_.run(box.box, bounds_, floor()), box.bound);
  if (bound <= floor()) return;
  bound = joint_.run(box.box, bounds_, bound);
  if (bound <= floor()) return;
  if (splits_++ % boxes_a_sample == 0) sample(box.box);
  if (bound > floor()) split(box, bound);
}

void Worker::split(const OpenBox& box, std::int64_t bound) {
  const auto known = std::make_shared<const PackedBounds>(pack(bounds_));
  const std::size_t v = variable_to_split(box.box);
  const std::int64_t low = box.box.low[v], high = box.box.high[v];
  const std::int64_t middle = low + (high - low) / 2;
  OpenBox lower{bound, box.depth + 1, box.box, known};
  OpenBox upper = lower;
  lower.box.high[v] = middle;
  upper.box.low[v] = middle + 1;
  stack_.push_back(std::move(lower));
  stack_.push_back(std::move(upper));
}

std::size_t Worker::variable_to_split(const Box& box) const {
  const std::vector<double>& influence = bounder_.influence();
  std::size_t best = box.low.size();
  for (std::size_t v = 0; v < box.low.size(); ++v) {
    if (box.low[v] == box.high[v]) continue;
    if (best == box.low.size() || influence[v] > influence[best]) best = v;
  }
  return best;  // a box that is split has more than one point
}

// The middle, and random points.
void Worker::sample(const Box& box) {
  const std::size_t lanes = samples_.lanes();
  for (std::size_t v = 0; v < box.low.size(); ++v) {
    std::int64_t* values = sample_values_.data() + v * lanes;
    values[0] = box.low[v] + (box.high[v] - box.low[v]) / 2;
    values[1] = joint_.corner()[v];
    for (std::size_t p = 2; p < lanes; ++p) values[p] = random_.between(box.low[v], box.high[v]);
  }
  samples_.try_points(sample_values_, lanes, floor(),
                      [this](const std::vector<std::int64_t>& values) { return offer(values); });
}

std::int64_t Worker::offer(const std::vector<std::int64_t>& values) {
  shared_.incumbents.offer(shared_.model.input_of(values));
  return floor();
}

}  // namespace gatelight::engines::box
