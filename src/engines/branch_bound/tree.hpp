// SPDX-License-Identifier: Apache-2.0
//
// TreeWorker: one thread of the branch-and-bound tree search.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_TREE_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_TREE_HPP

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "engines/branch_bound/assignment.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/network.hpp"
#include "engines/branch_bound/open_nodes.hpp"
#include "engines/branch_bound/order.hpp"
#include "engines/branch_bound/propagate.hpp"

namespace gatelight::engines::branch_bound {

// What the workers of one tree share.
struct Tree {
  const Network& network;
  const Propagator& root;
  std::size_t objective = 0;
  Branching branching = Branching::bits;
  Incumbents& incumbents;
  OpenNodes& open;
  std::atomic<std::uint64_t>& nodes;
  std::function<bool()> stop;  // asked at every node, from any thread
};

class TreeWorker {
 public:
  // `heartbeat` is called now and then from the worker's thread; may be empty.
  TreeWorker(const Tree& tree, std::size_t number, std::function<void()> heartbeat);

  // Works until the tree is searched or stopped, or (roughly) so many nodes are visited.
  void run(std::uint64_t nodes = ~std::uint64_t{0});
  // The part of the tree that it has closed, each decision counting as a half: from 0 to 1.
  [[nodiscard]] double closed() const { return closed_; }
  [[nodiscard]] std::uint64_t visited() const { return visited_; }  // nodes

 private:
  struct Branch {
    std::size_t depth;
    std::int64_t bound;
    Decision decision;
  };
  enum class Outcome { searched, handed_over, stopped };

  [[nodiscard]] std::int64_t floor() const { return tree_.incumbents.value(tree_.objective); }
  bool move_to(const std::vector<Decision>& path);
  bool take(Decision decision);
  Outcome dive(std::int64_t bound);
  void expand();
  bool next_branch();
  void close(std::size_t depth) { closed_ += std::ldexp(1.0, -static_cast<int>(depth)); }
  void hand_over();
  bool stop_now();
  void complete_node();
  void sweep();

  const Tree& tree_;
  std::size_t number_;
  std::function<void()> heartbeat_;
  Propagator propagator_;
  Assignment input_;
  std::int64_t root_floor_ = Propagator::no_floor;
  std::vector<Decision> path_;  // the decisions the propagator stands at
  std::vector<Branch> branches_;
  std::vector<Node> open_bits_;
  std::uint64_t visited_ = 0;
  double closed_ = 0;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_TREE_HPP
