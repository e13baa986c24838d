// SPDX-License-Identifier: Apache-2.0
//
// Tables of masks for conditions that read only inputs.
//
// Problem   For a block of inputs, which lanes have z >= cut, z a linear form of the input bits?
// Idea      z = low sum of the lane + sum over the high bits.  So the mask depends on the difference d
//           of cut and high sum only, and between two neighbouring low sums it does not change: one
//           stored mask for each distinct low sum, or for each d where that is not much more, answers
//           every block with one load.
// Why       {lanes with low sum >= d} is the same set for every d above one distinct low sum and up
//           to the next; row i is the set for the i-th, the last row the empty set.  The upper half
//           of the lanes is looked up a second time, with the weight of the highest lane bit taken
//           from d.  A lane is in row i iff its sum is the i-th or a later one: its rank tells.
// Cost      At most 513 masks of 64 bytes a form, far fewer for small weights.
// Tested by tests/unit/engines/exhaustive/plan_test.cpp
#include "engines/exhaustive/low_tables.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "base/checked.hpp"

namespace gatelight::engines::exhaustive {
namespace {

// Distances up to this are found by one load, larger ones by bisection.
constexpr std::uint64_t longest_rank = std::uint64_t{1} << 13;

using Sums = std::array<std::int64_t, half_lanes>;

Sums lane_sums(const LowWeights& weights) {
  Sums sums{};
  for (std::size_t lane = 1; lane < half_lanes; ++lane) {
    // The lane without its highest bit, plus that bit's weight.  Every such sum is a difference of
    // two reachable sums of the form, so it fits.
    const auto bit = static_cast<std::size_t>(std::bit_width(lane) - 1);
    sums[lane] = sums[lane - (std::size_t{1} << bit)] + weights[bit];
  }
  return sums;
}

// The smallest d that each row stands for, the empty row left out.
std::vector<std::int64_t> row_sums(const Sums& sums, Table::Kind kind) {
  std::vector<std::int64_t> distinct(sums.begin(), sums.end());
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (kind != Table::Kind::direct) return distinct;
  std::vector<std::int64_t> every;
  for (std::int64_t d = distinct.front(); d <= distinct.back(); ++d) every.push_back(d);
  return every;
}

Table::Kind kind_of(std::uint64_t range, std::size_t distinct) {
  if (range >= longest_rank) return Table::Kind::wide;
  return range + 1 <= 2 * distinct ? Table::Kind::direct : Table::Kind::ranked;
}

void append_ranks(Plan& plan, Table& table, std::span<const std::int64_t> sums) {
  table.ranks = static_cast<std::uint32_t>(plan.ranks.size());
  std::uint16_t row = 0;
  for (std::int64_t d = table.low; d <= table.high + 1; ++d) {
    while (row < sums.size() && sums[row] < d) ++row;
    plan.ranks.push_back(row);
  }
}

}  // namespace

std::size_t table_budget() {
  constexpr std::size_t least = std::size_t{4} << 20, most = std::size_t{64} << 20;
  std::size_t largest = 0;
#if defined(_SC_LEVEL3_CACHE_SIZE)
  for (const int level : {_SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE}) {
    largest = std::max(largest, static_cast<std::size_t>(std::max(sysconf(level), 0L)));
  }
#endif
  return std::clamp(largest / 2, least, most);
}

std::optional<std::uint32_t> LowTables::find_or_add(Plan& plan, const LowWeights& weights,
                                                    bool always) {
  if (const auto found = known_.find(weights); found != known_.end()) return found->second;
  const Sums sums = lane_sums(weights);
  const auto [low, high] = std::ranges::minmax(sums);
  const auto range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  Table table{.low = low, .high = high};
  std::vector<std::int64_t> starts = row_sums(sums, Table::Kind::ranked);
  table.kind = kind_of(range, starts.size());
  if (table.kind == Table::Kind::direct) starts = row_sums(sums, Table::Kind::direct);
  const std::size_t bytes =
      (starts.size() + 1) * sizeof(HalfMask) +
      (table.kind == Table::Kind::ranked ? (range + 2) * sizeof(std::uint16_t) : 0);
  if (!always && used_bytes_ + bytes > budget_bytes_) return std::nullopt;
  used_bytes_ += bytes;

  table.rows = static_cast<std::uint32_t>(plan.rows.size());
  table.count = static_cast<std::uint32_t>(starts.size() + 1);
  plan.rows.resize(plan.rows.size() + table.count, HalfMask{});
  LaneRanks ranks{};
  for (std::size_t lane = 0; lane < half_lanes; ++lane) {
    const auto after = std::ranges::upper_bound(starts, sums[lane]);
    ranks[lane] = static_cast<std::uint16_t>(after - starts.begin() - 1);
    plan.rows[table.rows + ranks[lane]].word[lane / 64] |= std::uint64_t{1} << (lane % 64);
  }
  for (std::uint32_t row = table.rows + table.count - 1; row-- > table.rows;) {
    for (std::size_t i = 0; i < std::size(plan.rows[row].word); ++i) {
      plan.rows[row].word[i] |= plan.rows[row + 1].word[i];
    }
  }
  if (table.kind == Table::Kind::ranked) append_ranks(plan, table, starts);
  if (table.kind == Table::Kind::wide) {
    table.sums = static_cast<std::uint32_t>(plan.sums.size());
    plan.sums.insert(plan.sums.end(), starts.begin(), starts.end());
  }
  const auto index = static_cast<std::uint32_t>(plan.tables.size());
  plan.tables.push_back(table);
  lanes_.push_back(ranks);
  known_.emplace(weights, index);
  return index;
}

bool FrontBuilder::add(Plan& plan, LowTables& tables, const LinearForm& form,
                       std::span<const std::int64_t> cuts, std::span<const Slot> pairs) {
  LowWeights weights{};
  std::copy_n(form.low.begin(), weights.size(), weights.begin());
  const auto table = tables.find_or_add(plan, weights, always_);
  if (!table) return false;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    lookups_.push_back({static_cast<std::uint32_t>(forms_.size()), *table, cuts[i], pairs[i]});
  }
  forms_.push_back(form);
  return true;
}

// Bytes for every need that can occur, and every difference on the way there.
std::size_t FrontBuilder::number_bytes(const Plan& plan) const {
  const auto magnitude = [](base::Wide number) { return number < 0 ? -number : number; };
  base::Wide largest = 0;
  for (const Lookup& lookup : lookups_) {
    const LinearForm& form = forms_[lookup.form];
    const Table& table = plan.tables[lookup.table];
    base::Wide need = magnitude(lookup.cut) + magnitude(form.low.back());
    for (const auto& [bit, weight] : form.high) need += magnitude(weight);
    largest = std::max({largest, need, magnitude(table.low), magnitude(table.high) + 1,
                        base::Wide{table.high} - table.low + 1});
  }
  if (largest <= std::numeric_limits<std::int16_t>::max()) return 2;
  return largest <= std::numeric_limits<std::int32_t>::max() ? 4 : 8;
}

Front FrontBuilder::build(const Plan& plan) const {
  std::vector<Lookup> lookups = lookups_;
  std::ranges::stable_sort(lookups, {}, [&](const Lookup& l) { return plan.tables[l.table].kind; });
  Front front;
  front.count = static_cast<std::uint32_t>(lookups.size());
  front.padded = (front.count + Front::padding - 1) / Front::padding * Front::padding;
  front.number_bytes = number_bytes(plan);
  front.weights.assign(front.padded * plan.high_inputs.size(), front.number_bytes);
  for (NumberArray* array : {&front.need, &front.upper, &front.low, &front.last}) {
    array->assign(front.padded, front.number_bytes);
  }
  front.first_row.assign(front.padded, 0);
  front.table.assign(front.padded, 0);
  front.slot.assign(front.padded, 0);
  for (std::uint32_t i = 0; i < front.count; ++i) {
    const Lookup& lookup = lookups[i];
    const LinearForm& form = forms_[lookup.form];
    const Table& table = plan.tables[lookup.table];
    front.need.set(i, lookup.cut);
    for (const auto& [bit, weight] : form.high) front.weights.set(bit * front.padded + i, weight);
    front.upper.set(i, form.low.back());
    front.low.set(i, table.low);
    front.last.set(i, table.high + 1);
    front.table[i] = lookup.table;
    front.first_row[i] = table.rows * static_cast<std::uint32_t>(sizeof(HalfMask));
    front.slot[i] = lookup.pair;
    if (table.kind == Table::Kind::direct) front.direct = i + 1;
    if (table.kind != Table::Kind::wide) front.ranked = i + 1;  // so direct <= ranked
  }
  return front;
}

base::AlignedVector<std::uint16_t> lane_ranks(const Front& front, const LowTables& tables) {
  base::AlignedVector<std::uint16_t> ranks(std::size_t{front.padded} * half_lanes, 0);
  for (std::uint32_t i = 0; i < front.count; ++i) {
    const LaneRanks& of_lane = tables.lane_ranks(front.table[i]);
    for (std::size_t lane = 0; lane < half_lanes; ++lane) {
      ranks[lane * front.padded + i] = of_lane[lane];
    }
  }
  return ranks;
}

}  // namespace gatelight::engines::exhaustive
