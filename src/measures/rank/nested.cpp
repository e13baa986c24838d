// SPDX-License-Identifier: Apache-2.0
//
// The rank of one threshold gate without a matrix.
//
// Problem   f(a, b) = [s(a) + s(b) >= cut] for two sums of weights.
// Idea      A row depends on s(a) only: it is the set of b with s(b) >= cut - s(a).  Sort the sums of both
//           sides and walk once through them.
// Why       The sets are nested: a larger s(a) reaches whatever a smaller one does.  Choose one row of each
//           distinct set that is not empty and, for each, the column of the smallest sum in it.  In
//           ascending order of the sets, row i holds column j iff j <= i: a triangle of ones, whose determinant
//           is 1 over every field.  More distinct rows there are not, so this is the rank.
//           Equal sums are kept once: equal rows, equal columns.
// Cost      As many sums as there are: 2^(bits of the side) at most, or the range of the sums.
// Tested by tests/unit/measures/rank/nested_test.cpp
#include "measures/rank/nested.hpp"

#include <algorithm>

#include "base/checked.hpp"

namespace gatelight::measures {

std::optional<ThresholdFunction> threshold_function(const Circuit& circuit, GateId gate) {
  const auto wires = circuit.wires(gate);
  const bool inputs_only = wires.empty() || wires.back().source < circuit.bit_count();
  const auto steps = circuit.step_function(gate);
  if (!inputs_only || !steps.ok()) return std::nullopt;
  const auto zero = std::ranges::find(steps->values, 0);
  const bool negative = steps->values.front()<0, positive = steps->values.back()> 0;
  if (zero == steps->values.end() || negative == positive) return std::nullopt;
  // Fires iff z >= at (positive), iff z < at, that is -z >= 1 - at (negative); sums fit 63 bits.
  ThresholdFunction function;
  std::int64_t constant = -circuit.threshold(gate);
  for (const Wire& wire : wires) {
    const std::int8_t fixed = circuit.fixed_bits()[wire.source];
    if (fixed < 0) {
      function.wires.push_back({wire.source, positive ? wire.weight : -wire.weight});
    } else {
      constant += fixed * wire.weight;
    }
  }
  function.cut = positive ? steps->at.front() - constant : constant - steps->at.back() + 1;
  return function;
}

std::optional<SumLists> SumLists::of(std::vector<std::int64_t> weights, std::size_t most) {
  SumLists lists;
  lists.lists_.push_back({0});
  std::size_t total = 1;
  for (const std::int64_t weight : weights) {
    const std::vector<std::int64_t>& old = lists.lists_.back();
    if (total + 2 * old.size() > most) return std::nullopt;
    std::vector<std::int64_t> sums, moved;
    moved.reserve(old.size());
    for (const std::int64_t sum : old) moved.push_back(sum + weight);  // within the gate's range
    sums.reserve(2 * old.size());
    std::ranges::set_union(old, moved, std::back_inserter(sums));
    total += sums.size();
    lists.lists_.push_back(std::move(sums));
  }
  lists.weights_ = std::move(weights);
  return lists;
}

std::vector<std::uint8_t> SumLists::subset(std::size_t count, std::int64_t sum) const {
  std::vector<std::uint8_t> bits(count, 0);
  for (std::size_t i = count; i-- > 0;) {
    if (std::ranges::binary_search(lists_[i], sum)) continue;
    bits[i] = 1;
    sum -= weights_[i];
  }
  return bits;
}

std::size_t nested_rank(std::span<const std::int64_t> rows, std::span<const std::int64_t> columns,
                        std::int64_t cut, NestedMinor* minor) {
  std::size_t rank = 0, reached = 0;  // the last row reached so many columns
  for (const std::int64_t row : rows) {
    std::size_t now = reached;
    // Both differences lie within the range of the whole sum and its cut: no overflow in 128 bits.
    while (now < columns.size() &&
           base::Wide{row} + columns[columns.size() - 1 - now] >= base::Wide{cut}) {
      ++now;
    }
    if (now == reached) continue;
    reached = now;
    ++rank;
    if (minor == nullptr) continue;
    minor->rows.push_back(row);
    minor->columns.push_back(columns[columns.size() - now]);
  }
  return rank;
}

}  // namespace gatelight::measures
