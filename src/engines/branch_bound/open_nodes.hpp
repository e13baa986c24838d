// SPDX-License-Identifier: Apache-2.0
//
// OpenNodes: the part of the search tree that is still to be searched, shared by all workers.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "engines/branch_bound/propagate.hpp"

namespace gatelight::engines::branch_bound {

// A subtree: the decisions that lead to it and an upper bound of its values.
struct OpenNode {
  std::int64_t bound = 0;
  std::vector<Decision> path;
};

class OpenNodes {
 public:
  OpenNodes(std::size_t workers, std::size_t memory_limit)
      : claimed_(workers), memory_limit_(memory_limit) {}

  void add(OpenNode node);
  // Claims the node with the largest bound (the deepest of them) for a worker, waiting up to
  // 50 ms for one.  Empty: none yet, or finished(), or the best bound is at most `floor`, in which
  // case all nodes are dropped.
  [[nodiscard]] std::optional<OpenNode> claim(std::size_t worker, std::int64_t floor);
  // The worker's claim now covers no value above `bound`.
  void lower_claim(std::size_t worker, std::int64_t bound);
  // The worker's claim is searched, or what is left of it was added.
  void release(std::size_t worker);

  // Nothing is open and nobody works.
  [[nodiscard]] bool finished() const;
  // Nodes should be searched depth-first rather than added.
  [[nodiscard]] bool full() const;
  // Some worker waits for a node.
  [[nodiscard]] bool wanted() const;
  // No open or claimed node has a value above this; empty if there is none.
  [[nodiscard]] std::optional<std::int64_t> upper() const;

 private:
  struct Entry {
    OpenNode node;
    std::uint64_t number = 0;
    // Heap order: the largest bound, then the deepest, then the newest.
    friend bool operator<(const Entry& a, const Entry& b) {
      if (a.node.bound != b.node.bound) return a.node.bound < b.node.bound;
      if (a.node.path.size() != b.node.path.size()) return a.node.path.size() < b.node.path.size();
      return a.number < b.number;
    }
  };
  [[nodiscard]] bool finished_locked() const;
  static std::size_t memory_of(const OpenNode& node) {
    return sizeof(Entry) + node.path.capacity() * sizeof(Decision) + 16;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> heap_;
  std::vector<std::optional<std::int64_t>> claimed_;
  std::size_t memory_limit_;
  std::size_t memory_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t added_ = 0;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP
