// SPDX-License-Identifier: Apache-2.0
//
// Ranks at the cuts of a variable order, through a decision diagram (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_STRUCTURED_HPP
#define GATELIGHT_MEASURES_RANK_STRUCTURED_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engines/function.hpp"
#include "linalg/exact_rank.hpp"

namespace gatelight::measures {

// The matrix of a cut has a row for each assignment of the bits above it, a column for each assignment of
// those below.
struct CutRank {
  std::size_t lower = 0;
  double upper =
      0;  // the rank over the rationals is at most this: a whole number, or a power of two
  std::uint32_t prime = 2;                // the minor is not singular modulo this
  std::string reason{};                   // of the upper end
  std::vector<std::uint32_t> primes{};    // of the upper end
  std::vector<std::uint32_t> agreeing{};  // see ExactRank
  [[nodiscard]] bool exact() const { return static_cast<double>(lower) == upper; }
};

struct CutOptions {
  std::size_t first = 0;  // the highest cut that is asked for
  bool minor = false;     // the minor of that cut
  double effort = 0;      // see ExactRankOptions
  std::size_t basis =
      4096;  // at most so many columns are kept at a level; more leave a lower bound
  Limits limits{};
};

struct CutRanks {
  std::vector<CutRank>
      cuts;  // by the number of bits above, from 0; those above `first` are not set
  // Assignments of the minor's rows (bits above the cut `first`, in order) and columns (below).
  std::vector<std::vector<std::uint8_t>> rows, columns;
};
// Empty where a limit came first.
[[nodiscard]] std::optional<CutRanks> ranks_at_cuts(const engines::FunctionDiagram& diagram,
                                                    const CutOptions& options);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_STRUCTURED_HPP
