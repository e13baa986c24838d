// SPDX-License-Identifier: Apache-2.0
//
// Which bit or gate to decide next, and which way first.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_ORDER_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_ORDER_HPP

#include <optional>

#include "engines/branch_bound/propagate.hpp"

namespace gatelight::engines::branch_bound {

enum class Branching { bits, gates };

// Bits only, or gates as long as any are open: by the gap between bound and incumbent at the root.
[[nodiscard]] Branching choose_branching(const Propagator& root, std::int64_t incumbent);

// The decision to try first; empty when every bit that matters is fixed.  O(wires).
[[nodiscard]] std::optional<Decision> next_decision(const Propagator& node, Branching branching);

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_ORDER_HPP
