// SPDX-License-Identifier: Apache-2.0
//
// Branch and bound on input bits and gates.
//
// Problem   Prove that no input of the domain is worth more than the incumbent, or find one.
// Idea      Each decision splits the inputs in two: a bit is 0 or 1, a gate fires or is silent.  A
//           part whose interval bound does not exceed the incumbent is dropped.  Workers claim the
//           part with the largest bound, search below it depth-first for a short while, and hand
//           back what is left: nearly best-first, so the global bound falls steadily, without
//           replaying a path for every node.  When the queue is full they stay depth-first.  A
//           part with few open bits is swept in Gray order, one flip an input.
// Why       Both outcomes of each decision are searched or stay in the queue.  Parts are dropped
//           only where propagation proves that no input in them exceeds the incumbent of that
//           moment, and the incumbent only rises.
// Invariant path_ is the list of decisions the propagator stands at; the branches of a dive hang
//           off it, deepest last.  A stopped worker leaves its claim, whose bound covers its
//           branches.
// Cost      At most 2^(open bits) leaves.
// Tested by tests/unit/engines/branch_bound/search_test.cpp
#include "engines/branch_bound/tree.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace gatelight::engines::branch_bound {
namespace {

constexpr std::size_t dive_nodes = 64;  // searched depth-first before handing over
constexpr std::size_t sweep_bits = 6;   // open bits left: sweep instead of branching
constexpr std::uint64_t completion_every = 16;

}  // namespace

TreeWorker::TreeWorker(const Tree& tree, std::size_t number, std::function<void()> heartbeat)
    : tree_(tree),
      number_(number),
      heartbeat_(std::move(heartbeat)),
      propagator_(tree.root),
      input_(tree.network, tree.incumbents.witness(tree.objective), false) {}

void TreeWorker::run(std::uint64_t nodes) {
  const std::uint64_t begin = visited_;
  while (!tree_.stop() && visited_ - begin < nodes) {
    if (heartbeat_) heartbeat_();
    const std::optional<OpenNode> node = tree_.open.claim(number_, floor());
    if (!node) {
      if (tree_.open.finished()) return;
      continue;
    }
    const std::uint64_t before = visited_;
    Outcome outcome = Outcome::searched;
    if (move_to(node->path)) {
      outcome = dive(node->bound);
    } else {
      close(node->path.size());
    }
    tree_.nodes.fetch_add(std::max<std::uint64_t>(visited_ - before, 1), std::memory_order_relaxed);
    branches_.clear();
    if (outcome == Outcome::stopped) return;
    tree_.open.release(number_);
  }
}

// Stands the propagator at a node, keeping what it has in common with the last one.
bool TreeWorker::move_to(const std::vector<Decision>& path) {
  if (floor() > root_floor_) {  // a risen incumbent says more at the root
    root_floor_ = floor();
    propagator_.backtrack(0);
    path_.clear();
    if (!propagator_.tighten(root_floor_)) return false;
  }
  std::size_t common = 0;
  while (common < path.size() && common < path_.size() && path[common] == path_[common]) ++common;
  propagator_.backtrack(common);
  path_.resize(common);
  if (!propagator_.feasible()) return false;
  for (; common < path.size(); ++common) {
    if (!take(path[common])) return false;
  }
  return true;
}

bool TreeWorker::take(Decision decision) {
  path_.push_back(decision);
  return propagator_.decide(decision, floor());
}

TreeWorker::Outcome TreeWorker::dive(std::int64_t bound) {
  std::size_t count = 0;
  for (bool alive = true; alive; alive = next_branch()) {
    if (stop_now()) return Outcome::stopped;
    ++count;
    ++visited_;
    expand();
    if (count % dive_nodes == 0) {
      if (!tree_.open.full()) {
        hand_over();
        return Outcome::handed_over;
      }
      std::int64_t left = floor();
      for (const Branch& branch : branches_) left = std::max(left, branch.bound);
      if (left < bound) tree_.open.lower_claim(number_, bound = left);
    }
  }
  return Outcome::searched;
}

bool TreeWorker::stop_now() {
  if (heartbeat_) heartbeat_();
  return tree_.stop();
}

// Settles the current node, or leaves its two children as branches.
void TreeWorker::expand() {
  if (propagator_.upper() <= floor()) return close(path_.size());
  open_bits_.clear();
  for (const Node bit : tree_.network.free_bits()) {
    if (propagator_.bit(bit) < 0) open_bits_.push_back(bit);
  }
  if (open_bits_.size() <= sweep_bits) return sweep();
  if (propagator_.open_gates() == 0 || visited_ % completion_every == 0) {
    complete_node();
    if (propagator_.upper() <= floor()) return close(path_.size());
  }
  // More than sweep_bits bits are open, so there is a decision.
  const Decision first = *next_decision(propagator_, tree_.branching);
  const Decision second{first.node, static_cast<std::uint8_t>(first.value ^ 1U)};
  branches_.push_back({path_.size(), propagator_.upper(), second});
  branches_.push_back({path_.size(), propagator_.upper(), first});
}

// Goes to the deepest branch that may still hold something.  False: none is left.
bool TreeWorker::next_branch() {
  while (!branches_.empty()) {
    const Branch branch = branches_.back();
    branches_.pop_back();
    if (branch.bound > floor()) {
      propagator_.backtrack(branch.depth);
      path_.resize(branch.depth);
      if (take(branch.decision)) return true;
    }
    close(branch.depth + 1);
  }
  return false;
}

void TreeWorker::hand_over() {
  for (const Branch& branch : branches_) {
    if (branch.bound <= floor()) continue;
    OpenNode node{branch.bound, {}};
    node.path.reserve(branch.depth + 1);
    node.path.assign(path_.begin(), path_.begin() + static_cast<std::ptrdiff_t>(branch.depth));
    node.path.push_back(branch.decision);
    tree_.open.add(std::move(node));
  }
  branches_.clear();
}

// Tries one input of the node: fixed bits as decided, open ones as they were.
void TreeWorker::complete_node() {
  for (const Node bit : tree_.network.free_bits()) {
    if (propagator_.bit(bit) >= 0) input_.set(bit, propagator_.bit(bit) != 0);
  }
  if (input_.feasible() && input_.value() > floor()) tree_.incumbents.offer(input_.bits());
}

// Tries all inputs of the node, each one flip from the last.
void TreeWorker::sweep() {
  close(path_.size());
  complete_node();
  const std::uint64_t inputs = std::uint64_t{1} << open_bits_.size();
  for (std::uint64_t i = 1; i < inputs; ++i) {
    input_.flip(open_bits_[static_cast<std::size_t>(std::countr_zero(i))]);
    if (input_.value() > floor() && input_.feasible()) tree_.incumbents.offer(input_.bits());
  }
}

}  // namespace gatelight::engines::branch_bound
