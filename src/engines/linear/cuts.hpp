// SPDX-License-Identifier: Apache-2.0
//
// Rows that cut off a fractional point (private to the engines).
#ifndef GATELIGHT_ENGINES_LINEAR_CUTS_HPP
#define GATELIGHT_ENGINES_LINEAR_CUTS_HPP

#include <optional>
#include <span>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::linear {

// How much of a row is missing at a point, over the length of its weights; negative where it holds.
[[nodiscard]] double distance_cut_off(const encode::Row& row, std::span<const double> point);

// The mixed-integer rounding of a sum of rows, each times an integer of any sign, by a divisor >= 2;
// variables above 1/2 at `point` are complemented first.  Implied by the rows over 0/1 variables.  Empty where
// numbers grow too large or nothing follows.
[[nodiscard]] std::optional<encode::Row> rounded(std::span<const encode::Row> rows,
                                                 std::span<const std::int64_t> multipliers,
                                                 std::int64_t divisor,
                                                 std::span<const double> point);

// Cuts by single rows, with several divisors each.
[[nodiscard]] std::vector<encode::Row> row_cuts(std::span<const encode::Row> rows,
                                                std::span<const double> point);

// Those that cut deepest and are not too parallel to each other; at most so many.
[[nodiscard]] std::vector<encode::Row> best_cuts(std::vector<encode::Row> cuts,
                                                 std::span<const double> point, std::size_t most);

}  // namespace gatelight::engines::linear

#endif  // GATELIGHT_ENGINES_LINEAR_CUTS_HPP
