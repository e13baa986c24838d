// SPDX-License-Identifier: Apache-2.0
//
// The bounds that go through the fed-levels one by one (private to this folder).
#ifndef GATELIGHT_THEORY_RECURSION_HPP
#define GATELIGHT_THEORY_RECURSION_HPP

#include <functional>

#include "gatelight/theory.hpp"
#include "theory/set_series.hpp"
#include "theory/units.hpp"

namespace gatelight::theory {

// What the parts of a unit measure, by rank or by gamma_2.
using FactorOf = std::function<Factor(const Unit&)>;

// Keeps references to the levels and the caps.
class Recursion {
 public:
  Recursion(const std::vector<LevelUnits>& levels, const FiringCaps& caps, Rounding rounding,
            const FactorOf& factor_of);

  // Whether the work is within the limits.
  [[nodiscard]] bool possible() const { return possible_; }

  // Theorem 1, for ranks only: any real function of the fed pattern.  `tails` are those of tail_ranks(), or none.
  [[nodiscard]] mpz_class fed_gates(const std::vector<mpz_class>& tails = {}) const;
  // The sum over all patterns; the matrix of any function with the values 0 and 1 is within it.
  [[nodiscard]] mpz_class all_patterns() const;
  // Theorem 2: [the output fires], where it is fed and so alone on the last level.
  [[nodiscard]] mpz_class accepting_patterns() const;

 private:
  struct Choice {
    const Grouping* grouping;
    std::vector<Factor> factors;
  };
  [[nodiscard]] Series unsplit(const Grouping& grouping, std::size_t cap) const;
  // The sum over patterns of levels first to last - 1.  At most `within` gates of all levels fire, and patterns of
  // more than `counted` gates are left out; each of the others is multiplied by `factor`.
  [[nodiscard]] mpz_class pattern_sum(std::size_t levels, std::size_t within, std::size_t counted,
                                      const mpz_class& factor) const;

  const FiringCaps& caps_;
  Rounding rounding_;
  std::vector<std::vector<Choice>> levels_;
  std::vector<std::size_t> most_;  // gates of each level that fire
  bool possible_ = true;
};

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_RECURSION_HPP
