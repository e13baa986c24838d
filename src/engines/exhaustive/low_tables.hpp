// SPDX-License-Identifier: Apache-2.0
//
// Tables of masks for conditions over input bits only, and the lookups into them (private to this
// folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {

// Of the low bits but the highest, 0 where not read.
using LowWeights = std::array<std::int64_t, table_bits>;
// What tables may take: half of the largest cache.  Beyond, adding masks is as fast as loading them.
[[nodiscard]] std::size_t table_budget();

// The rank of each lane of the lower half (plan.hpp).
using LaneRanks = std::array<std::uint16_t, half_lanes>;

// Makes tables until their memory is spent; equal weights share one.
class LowTables {
 public:
  explicit LowTables(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // The index of the table in plan.tables, or nothing where the budget is spent and `always` is false.
  std::optional<std::uint32_t> find_or_add(Plan& plan, const LowWeights& weights,
                                           bool always = false);
  [[nodiscard]] const LaneRanks& lane_ranks(std::uint32_t table) const { return lanes_[table]; }

 private:
  std::map<LowWeights, std::uint32_t> known_;
  std::vector<LaneRanks> lanes_;  // of each table
  std::size_t budget_bytes_, used_bytes_ = 0;
};

// A linear form over the swept bits.
struct LinearForm {
  std::array<std::int64_t, lane_bits> low{};                 // weights of the low bits
  std::vector<std::pair<std::size_t, std::int64_t>> high{};  // index of the high bit, weight
};

// Collects lookups, then lays them out for the kernels.
class FrontBuilder {
 public:
  enum class Tables { within_budget, always };
  explicit FrontBuilder(Tables tables) : always_(tables == Tables::always) {}

  // One lookup for each cut: pair[i] = [form >= cuts[i]].  False, and nothing is added, where no table
  // can be had.
  bool add(Plan& plan, LowTables& tables, const LinearForm& form,
           std::span<const std::int64_t> cuts, std::span<const Slot> pairs);
  [[nodiscard]] Front build(const Plan& plan) const;

 private:
  struct Lookup {
    std::uint32_t form = 0;
    std::uint32_t table = 0;
    std::int64_t cut = 0;
    Slot pair = 0;
  };
  [[nodiscard]] std::size_t number_bytes(const Plan& plan) const;

  bool always_;
  std::vector<LinearForm> forms_;
  std::vector<Lookup> lookups_;
};

// Plan::lane_ranks of this front.
[[nodiscard]] base::AlignedVector<std::uint16_t> lane_ranks(const Front& front,
                                                            const LowTables& tables);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP
