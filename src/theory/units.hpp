// SPDX-License-Identifier: Apache-2.0
//
// How much rank each fed gate, or each group of them, can give (private to this folder).
#ifndef GATELIGHT_THEORY_UNITS_HPP
#define GATELIGHT_THEORY_UNITS_HPP

#include <gmpxx.h>

#include <optional>
#include <span>
#include <vector>

#include "gatelight/rank.hpp"
#include "theory/fed_form.hpp"

namespace gatelight::theory {

// A fed gate, or several of one level that are looked at as one gate of many values: its value is the pattern of
// theirs.  Patterns in which more gates fire than can are left out.
struct Unit {
  std::vector<std::uint32_t> gates{};  // by their places in the level, ascending
  std::vector<mpz_class>
      patterns;      // entry k - 1: at least the number of patterns in which k of them fire
  mpz_class rank{};  // of the matrix of each pattern, and of [one of them fires]
  // What a term may be multiplied by where all units are charged by rows, or all by columns.
  mpz_class by_rows{}, by_columns{};
  // Sums of how many matrices [sum >= t] or [sum < t] of rank at most `rank` the matrix of [one of them fires] is,
  // and all those of patterns[k - 1] together.  0 and empty: not known to be such sums.
  int fire_stairs = 0;
  std::vector<mpz_class> pattern_stairs{};
};

// The gates of a level, divided into units; each unit's rank is what it is because its gates ...
enum class Sharing {
  nothing,  // stand alone
  form,     // fire from a sum on, with weights of inputs that are positive multiples of each other
  rows,     // have weights of side A that are multiples of each other
  columns,  // the same of side B
  level,    // are all of the level
};
struct Grouping {
  Sharing sharing = Sharing::nothing;
  std::vector<Unit> units;
};

// Every way of dividing a level that is worth a try; the first is each gate alone.
struct LevelUnits {
  std::vector<Grouping> groupings;
  [[nodiscard]] const std::vector<Unit>& single() const { return groupings.front().units; }
};

// Of one partition, or valid for every partition (nothing).  `most[l]` gates of level l fire together at most.
[[nodiscard]] std::vector<LevelUnits> level_units(const Circuit& circuit, const FedForm& form,
                                                  const std::optional<Partition>& partition,
                                                  std::span<const std::int64_t> most);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_UNITS_HPP
