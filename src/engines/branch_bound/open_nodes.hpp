// SPDX-License-Identifier: Apache-2.0
//
// OpenNodes: the part of the search tree that is still to be searched, shared by all workers.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/branch_bound/propagate.hpp"
#include "engines/open_parts.hpp"

namespace gatelight::engines::branch_bound {

// A subtree: the decisions that lead to it and an upper bound of its values.
struct OpenNode {
  std::int64_t bound = 0;
  std::vector<Decision> path;
};
[[nodiscard]] inline std::size_t depth_of(const OpenNode& node) { return node.path.size(); }
[[nodiscard]] inline std::size_t bytes_of(const OpenNode& node) {
  return node.path.capacity() * sizeof(Decision) + 16;
}

using OpenNodes = OpenParts<OpenNode>;

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_OPEN_NODES_HPP
