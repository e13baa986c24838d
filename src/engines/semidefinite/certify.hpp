// SPDX-License-Identifier: Apache-2.0
//
// From approximate multipliers to a bound that holds (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_CERTIFY_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_CERTIFY_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include "engines/semidefinite/relaxation.hpp"

namespace gatelight::engines::semidefinite {

// Of the rows (negative ones count as 0 but for those that are 0 themselves), and of X[v][v] = X[0][v] for v = 1 ... size - 1.
struct Multipliers {
  std::vector<double> rows, squares;
};

// An integer that no total exceeds.  Nothing where the multipliers prove none or numbers are too large.
// Cost: a few factorisations of a matrix.
[[nodiscard]] std::optional<std::int64_t> certified_bound(const Relaxation& relaxation,
                                                          const Multipliers& multipliers);

// A symmetric matrix, all of it, row by row, is positive semidefinite.  False may also mean: not shown.
[[nodiscard]] bool surely_semidefinite(std::vector<double> matrix, std::size_t size);

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_CERTIFY_HPP
