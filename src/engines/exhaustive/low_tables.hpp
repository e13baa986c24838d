// SPDX-License-Identifier: Apache-2.0
//
// Tables of masks for gates that read only inputs (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {

// Of the low bits but the highest, 0 where not read.
using LowWeights = std::array<std::int64_t, table_bits>;

// Makes tables until their memory is spent; equal weights share one.
class LowTables {
 public:
  // The index of the table in plan.tables, or nothing where the budget is spent.
  std::optional<std::uint32_t> find_or_add(Plan& plan, const LowWeights& weights);

 private:
  // What the second-level cache of a recent core holds, roughly; beyond, adding masks is as fast.
  static constexpr std::size_t budget_bytes = std::size_t{4} << 20;
  // Distances up to this are found by one load, larger ones by bisection.
  static constexpr std::uint64_t longest_rank = 1 << 13;

  std::map<LowWeights, std::uint32_t> known_;
  std::size_t used_bytes_ = 0;
};

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_LOW_TABLES_HPP
