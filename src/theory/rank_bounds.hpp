// SPDX-License-Identifier: Apache-2.0
//
// One question about bounds, and all that speak of the rank (private to this folder).
#ifndef GATELIGHT_THEORY_RANK_BOUNDS_HPP
#define GATELIGHT_THEORY_RANK_BOUNDS_HPP

#include "gatelight/theory.hpp"
#include "theory/set_series.hpp"
#include "theory/units.hpp"

namespace gatelight::theory {

// What every bound of a circuit starts from.  Keeps references to what it is made of.
struct Question {
  Question(const Circuit& circuit, GateId output, const FiringCaps& caps,
           const std::optional<Partition>& partition);
  const Circuit& circuit;
  GateId output;
  const FiringCaps& caps;
  const std::optional<Partition>& partition;  // nothing: for all of them
  FedForm form;
  std::vector<LevelUnits> levels;
  std::vector<mpz_class> tails;  // see tail_ranks()
};

struct RankBound {
  NamedBound named;
  std::optional<mpz_class> rank;  // what named.log2 is the logarithm of
  bool any_function = false;      // also for the matrix of the output's values
};
// Each one, or why it is not there.
[[nodiscard]] std::vector<RankBound> rank_bounds(const Question& question);

// Bits that are read on the side that has fewer of them, of the partition or of any.
[[nodiscard]] std::size_t smaller_side(const Question& question);
// How much rank the patterns of a unit have.
[[nodiscard]] Factor rank_factor(const Unit& unit);
// log2, rounded upwards; -infinity for 0.
[[nodiscard]] double log2_above(const mpz_class& number);
// A section of the page that proves the bounds.
[[nodiscard]] std::string reference(const char* section);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_RANK_BOUNDS_HPP
