// SPDX-License-Identifier: Apache-2.0
//
// One partition as a cut of an order.
//
// Problem   The paths of nested.cpp and structured.cpp speak of orders, the question of a partition.
// Idea      Any order with the bits of side A before those of side B.  Within the sides the bits keep the
//           order that suits the whole diagram.  Where the first pass leaves an interval open, a second one
//           spends more on its upper end.
// Tested by tests/unit/measures/rank/rank_test.cpp
#include "measures/rank/cut.hpp"

#include <algorithm>

#include "measures/rank/function.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight::measures {
namespace {

constexpr std::size_t most_sums = std::size_t{1} << 26;
constexpr double second_effort = 16;

struct WeightedSide {
  std::vector<std::uint32_t> bits;
  std::vector<std::int64_t> weights;
};

WeightedSide weighted(const ThresholdFunction& threshold, const Partition& partition,
                      std::uint8_t side) {
  WeightedSide result;
  for (const Wire& wire : threshold.wires) {
    if (partition[wire.source] != side) continue;
    result.bits.push_back(wire.source);
    result.weights.push_back(wire.weight);
  }
  return result;
}

std::vector<InputBits> inputs_of(const SumLists& lists, const WeightedSide& weighted_side,
                                 const Side& side, std::span<const std::int64_t> sums) {
  std::vector<InputBits> inputs;
  for (const std::int64_t sum : sums) {
    const auto subset = lists.subset(lists.weights(), sum);
    InputBits input = side.base;
    for (std::size_t i = 0; i < subset.size(); ++i) input[weighted_side.bits[i]] = subset[i];
    inputs.push_back(std::move(input));
  }
  return inputs;
}

std::vector<InputBits> inputs_of(std::span<const std::uint32_t> bits, const Side& side,
                                 const std::vector<std::vector<std::uint8_t>>& assignments) {
  std::vector<InputBits> inputs;
  for (const auto& assignment : assignments) {
    InputBits input = side.base;
    for (std::size_t i = 0; i < bits.size(); ++i) input[bits[i]] = assignment[i];
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace

std::optional<NestedCut> nested_cut(const BooleanFunction& function,
                                    const ThresholdFunction& threshold, const Partition& partition,
                                    bool with_minor) {
  const WeightedSide a = weighted(threshold, partition, 0), b = weighted(threshold, partition, 1);
  const auto rows = SumLists::of(a.weights, most_sums);
  const auto columns = SumLists::of(b.weights, most_sums);
  if (!rows || !columns) return std::nullopt;
  NestedCut result;
  NestedMinor minor;
  result.rank = nested_rank(rows->first(rows->weights()), columns->first(columns->weights()),
                            threshold.cut, with_minor ? &minor : nullptr);
  if (!with_minor) return result;
  result.minor.rows = inputs_of(*rows, a, side_of(function, partition, 0), minor.rows);
  result.minor.columns = inputs_of(*columns, b, side_of(function, partition, 1), minor.columns);
  return result;
}

Result<StructuredCut> structured_cut(const BooleanFunction& function, const Partition& partition,
                                     const Limits& limits) {
  const Deadline deadline(limits);
  const BooleanFunction::Data& data = function.data();
  const auto maker = engines::DiagramMaker::create(*data.circuit, data.gate);
  if (!maker.ok()) return maker.error();
  std::vector<std::uint32_t> order = maker->choose_order(limits, most_diagram_nodes).bits;
  std::stable_partition(order.begin(), order.end(),
                        [&](std::uint32_t bit) { return partition[bit] == 0; });
  const auto above = static_cast<std::size_t>(
      std::ranges::count_if(order, [&](std::uint32_t bit) { return partition[bit] == 0; }));
  const Error too_large{ErrorCode::limit, "the decision diagram of this partition is too large",
                        ""};
  const auto diagram = maker->compile(order, most_diagram_nodes, rest_of(limits, deadline));
  if (!diagram) return too_large;
  CutOptions options;
  options.first = above;
  options.minor = true;
  options.limits = rest_of(limits, deadline);
  auto ranks = ranks_at_cuts(*diagram, options);
  if (ranks && !ranks->cuts[above].exact()) {
    options.effort = second_effort;
    options.limits = rest_of(limits, deadline);
    if (auto more = ranks_at_cuts(*diagram, options)) ranks = std::move(more);
  }
  if (!ranks) return too_large;
  StructuredCut result;
  result.cut = ranks->cuts[above];
  const std::span bits(diagram->order);
  result.minor.prime = result.cut.prime;
  result.minor.rows = inputs_of(bits.first(above), side_of(function, partition, 0), ranks->rows);
  result.minor.columns =
      inputs_of(bits.subspan(above), side_of(function, partition, 1), ranks->columns);
  return result;
}

}  // namespace gatelight::measures
