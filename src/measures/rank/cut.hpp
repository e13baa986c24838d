// SPDX-License-Identifier: Apache-2.0
//
// One partition as a cut of an order: side A above, side B below (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_CUT_HPP
#define GATELIGHT_MEASURES_RANK_CUT_HPP

#include "engines/function.hpp"
#include "gatelight/rank.hpp"
#include "measures/rank/nested.hpp"
#include "measures/rank/structured.hpp"

namespace gatelight::measures {

struct NestedCut {
  std::size_t rank = 0;
  RankMinor minor;
};
// Empty where there are too many different sums.
[[nodiscard]] std::optional<NestedCut> nested_cut(const BooleanFunction& function,
                                                  const ThresholdFunction& threshold,
                                                  const Partition& partition, bool with_minor);

struct StructuredCut {
  CutRank cut;
  RankMinor minor;
};
// Errors: limit (the diagram is too large, or the time was up).
[[nodiscard]] Result<StructuredCut> structured_cut(const BooleanFunction& function,
                                                   const Partition& partition,
                                                   const Limits& limits);

// At most so many nodes of a diagram, so many columns of a basis.
inline constexpr std::size_t most_diagram_nodes = std::size_t{1} << 20;

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_CUT_HPP
