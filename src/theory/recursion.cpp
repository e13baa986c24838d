// SPDX-License-Identifier: Apache-2.0
//
// From how much rank each fed gate can give to how much all of them can.
//
// Problem   Everything is a function of the pattern of fed gates.  How large is the rank of such a function?
// Idea      Level by level, write it as a sum over sets S of gates that fire, with a term that is 0 unless all of
//           S fire, and bound the rank of each term by a product over S.  No more gates than the caps say fire
//           together, so larger sets are dropped.
// Why       docs/explanation/bounds.md: lemmas A and B, theorems 1, 2 and 5.
// Numbers   All terms are not negative, and rounded upwards; see Rounding for what is cut.
// Groups    Every level is divided in the way that gives the least number, for each number of gates that may fire.
// Cost      Sums over sets (set_series.cpp), and L * caps^2; beyond most_work nothing is said.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include "theory/recursion.hpp"

#include <algorithm>

namespace gatelight::theory {
namespace {

constexpr double most_work = 1 << 22;        // additions and products of all that every bound needs
constexpr double most_group_work = 1 << 20;  // of the groupings of a level besides the first

std::size_t bounded(std::int64_t cap) {
  return static_cast<std::size_t>(std::max<std::int64_t>(cap, 0));
}

}  // namespace

Recursion::Recursion(const std::vector<LevelUnits>& levels, const FiringCaps& caps,
                     Rounding rounding, const FactorOf& factor_of)
    : caps_(caps), rounding_(std::move(rounding)) {
  double work = 0;
  const double group_work =
      most_group_work / static_cast<double>(std::max<std::size_t>(levels.size(), 1));
  for (std::size_t l = 0; l < levels.size(); ++l) {
    most_.push_back(std::min(bounded(caps.level[l]), levels[l].single().size()));
    work += static_cast<double>(bounded(caps.suffix[0]) + 1) * static_cast<double>(most_[l] + 1);
    auto& choices = levels_.emplace_back();
    for (const Grouping& grouping : levels[l].groupings) {
      Choice choice{&grouping, {}};
      for (const Unit& unit : grouping.units) choice.factors.push_back(factor_of(unit));
      const double here = pattern_work(choice.factors, most_[l]);
      if (choices.empty()) {
        work += here;
      } else if (here > group_work) {
        continue;
      }
      choices.push_back(std::move(choice));
    }
    possible_ = possible_ && work <= most_work;
    if (!possible_) return;
  }
}

// Lemma B, charged by rows or by columns.
Series Recursion::unsplit(const Grouping& grouping, std::size_t cap) const {
  std::vector<mpz_class> rows, columns;
  for (const Unit& unit : grouping.units) {
    rows.push_back(unit.by_rows);
    columns.push_back(unit.by_columns);
  }
  Series sums = set_sums(rows, cap, rounding_);
  const Series other = set_sums(columns, cap, rounding_);
  for (std::size_t c = 0; c <= cap; ++c) sums[c] = std::min(sums[c], other[c]);
  return sums;
}

mpz_class Recursion::fed_gates(const std::vector<mpz_class>& tails) const {
  const std::size_t all = bounded(caps_.suffix[0]);
  // The bound of the levels above, by the number of gates that may still fire.
  Series above(all + 1, 1);
  for (std::size_t l = levels_.size(); l-- > 0;) {
    const bool last = l + 1 == levels_.size();
    const std::size_t cap = std::min(most_[l], bounded(caps_.suffix[l]));
    Series here(all + 1, rounding_.ceiling);
    // The constant 0, and a matrix.  On the first level that would be theorem 4 alone.
    if (l > 0 && !tails.empty()) here.assign(all + 1, std::min(here[0], mpz_class(tails[l] + 1)));
    for (const Choice& choice : levels_[l]) {
      const Series terms = unsplit(*choice.grouping, cap);
      const Table split = last ? Table() : pattern_table(choice.factors, cap, rounding_);
      for (std::size_t rem = 0; rem <= all; ++rem) {
        const std::size_t c = std::min(cap, rem);
        mpz_class bound = terms[c];
        for (std::size_t q = 0; !last && q <= c; ++q) bound += split[q][c] * (above[rem - q] - 1);
        here[rem] = std::min(here[rem], bound);
      }
    }
    above = std::move(here);
  }
  return above[all];
}

mpz_class Recursion::pattern_sum(std::size_t levels, std::size_t within, std::size_t counted,
                                 const mpz_class& factor) const {
  // By the number of gates of earlier levels that fire.
  Series above(counted + 1, factor);
  for (std::size_t l = levels; l-- > 0;) {
    const std::size_t cap = std::min(most_[l], within);
    Series here(counted + 1, rounding_.ceiling);
    for (const Choice& choice : levels_[l]) {
      const Table split = pattern_table(choice.factors, cap, rounding_);
      for (std::size_t used = 0; used <= counted; ++used) {
        const std::size_t c = std::min({cap, within - used, bounded(caps_.suffix[l])});
        mpz_class bound = 0;
        for (std::size_t q = 0; q <= c && used + q <= counted; ++q)
          bound += rounding_.product(split[q][c], above[used + q]);
        here[used] = std::min(here[used], bound);
      }
    }
    above = std::move(here);
  }
  return above[0];
}

mpz_class Recursion::all_patterns() const {
  const std::size_t all = bounded(caps_.suffix[0]);
  return pattern_sum(levels_.size(), all, all, rounding_.one());
}

mpz_class Recursion::accepting_patterns() const {
  // `accepted` bounds the gates below that fire where the output does.
  const std::size_t below = bounded(caps_.below_last);
  const std::size_t accepted = std::min(below, bounded(caps_.suffix[0] - 1));
  return pattern_sum(levels_.size() - 1, below, accepted, levels_.back()[0].factors[0].fires);
}

}  // namespace gatelight::theory
