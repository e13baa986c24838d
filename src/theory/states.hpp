// SPDX-License-Identifier: Apache-2.0
//
// The bound by the patterns of fed gates that some input reaches (private to this folder).
#ifndef GATELIGHT_THEORY_STATES_HPP
#define GATELIGHT_THEORY_STATES_HPP

#include <span>

#include "gatelight/result.hpp"
#include "theory/units.hpp"

namespace gatelight::theory {

// A pattern of all fed gates that an input reaches, level after level, and whether the output fires then.
struct ReachedPattern {
  std::vector<std::int64_t> values;
  bool fires = false;
};
// All of them, ascending by values.  Errors: limit (more than 16 bits, 1024 patterns, or too much to evaluate);
// the message says which.
[[nodiscard]] Result<std::vector<ReachedPattern>> reached_patterns(const Circuit& circuit,
                                                                   GateId output,
                                                                   const FedForm& form);

// An upper bound of the rank of [the output fires].  `tails` are those of tail_ranks(), or none.  With `grouped`, every level is divided in the way that
// gives the least; else each gate stands alone.  Errors: limit (too many pairs of patterns).
[[nodiscard]] Result<mpz_class> state_bound(std::span<const ReachedPattern> patterns,
                                            const FedForm& form,
                                            const std::vector<LevelUnits>& levels, bool grouped,
                                            const std::vector<mpz_class>& tails = {});

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_STATES_HPP
