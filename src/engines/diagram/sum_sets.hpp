// SPDX-License-Identifier: Apache-2.0
//
// Which sums unassigned bits can add (private to this folder).
#ifndef GATELIGHT_ENGINES_DIAGRAM_SUM_SETS_HPP
#define GATELIGHT_ENGINES_DIAGRAM_SUM_SETS_HPP

#include <span>
#include <vector>

#include "engines/diagram/state.hpp"

namespace gatelight::engines::diagram {

// [level][form], the first `level` bits of the order being assigned.  Empty where that is not worth its
// memory.  O(levels * forms + elements).
[[nodiscard]] std::vector<std::vector<SumSet>> sum_sets(const Forms& forms,
                                                        std::span<const std::uint32_t> order);

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_SUM_SETS_HPP
