// SPDX-License-Identifier: Apache-2.0
//
// Tables of masks for gates that read only inputs.
//
// Problem   For a block of inputs, which lanes have z >= cut, for a gate over input bits only?
// Idea      z = low sum of the lane + offset of the block.  So the mask depends on cut - offset
//           only, and between two neighbouring low sums it does not change: one stored mask for
//           each distinct low sum answers every block with one load.
// Why       {lanes with low sum >= d} is the same set for every d above one distinct low sum and up
//           to the next; row i is the set for the i-th, the last row the empty set.  The upper half
//           of the lanes is looked up a second time, with the weight of the highest lane bit in the
//           offset.
// Cost      At most 513 masks of 64 bytes a gate, far fewer for small weights.
// Tested by tests/unit/engines/exhaustive/plan_test.cpp
#include "engines/exhaustive/low_tables.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace gatelight::engines::exhaustive {
namespace {

constexpr std::size_t half = lanes / 2;

std::array<std::int64_t, half> lane_sums(const LowWeights& weights) {
  std::array<std::int64_t, half> sums{};
  for (std::size_t lane = 1; lane < half; ++lane) {
    // The lane without its highest bit, plus that bit's weight.  Every such sum is a difference of
    // two reachable sums of the gate, so it fits.
    const auto bit = static_cast<std::size_t>(std::bit_width(lane) - 1);
    sums[lane] = sums[lane - (std::size_t{1} << bit)] + weights[bit];
  }
  return sums;
}

}  // namespace

std::optional<std::uint32_t> LowTables::find_or_add(Plan& plan, const LowWeights& weights) {
  if (const auto found = known_.find(weights); found != known_.end()) return found->second;
  const auto sums = lane_sums(weights);
  std::array<std::uint16_t, half> order{};
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::ranges::sort(order, {}, [&](std::uint16_t lane) { return sums[lane]; });

  std::vector<std::int64_t> distinct;
  for (const std::uint16_t lane : order) {
    if (distinct.empty() || distinct.back() != sums[lane]) distinct.push_back(sums[lane]);
  }
  const auto range =
      static_cast<std::uint64_t>(distinct.back()) - static_cast<std::uint64_t>(distinct.front());
  const bool ranked = range < longest_rank;
  const std::size_t bytes =
      (distinct.size() + 1) * sizeof(HalfMask) + (ranked ? (range + 2) * sizeof(std::uint16_t) : 0);
  if (used_bytes_ + bytes > budget_bytes) return std::nullopt;
  used_bytes_ += bytes;

  Table table{.low = distinct.front(),
              .high = distinct.back(),
              .rows = static_cast<std::uint32_t>(plan.rows.size()),
              .count = static_cast<std::uint32_t>(distinct.size()),
              .sums = static_cast<std::uint32_t>(plan.sums.size())};
  plan.sums.insert(plan.sums.end(), distinct.begin(), distinct.end());
  // Rows from the empty one upwards: lanes join in decreasing order of their sum.
  plan.rows.resize(plan.rows.size() + distinct.size() + 1, HalfMask{});
  HalfMask mask{};
  std::size_t next = half;
  for (std::size_t row = distinct.size(); row-- > 0;) {
    for (; next > 0 && sums[order[next - 1]] == distinct[row]; --next) {
      const std::size_t lane = order[next - 1];
      mask.word[lane / 64] |= std::uint64_t{1} << (lane % 64);
    }
    plan.rows[table.rows + row] = mask;
  }
  if (ranked) {
    table.ranks = static_cast<std::uint32_t>(plan.ranks.size());
    std::uint16_t row = 0;
    for (std::uint64_t d = 0; d <= range + 1; ++d) {
      while (row < distinct.size() && static_cast<std::uint64_t>(distinct[row] - table.low) < d)
        ++row;
      plan.ranks.push_back(row);
    }
  }
  const auto index = static_cast<std::uint32_t>(plan.tables.size());
  plan.tables.push_back(table);
  known_.emplace(weights, index);
  return index;
}

}  // namespace gatelight::engines::exhaustive
