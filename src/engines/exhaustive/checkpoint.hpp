// SPDX-License-Identifier: Apache-2.0
//
// What a sweep has done so far, as text (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CHECKPOINT_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CHECKPOINT_HPP

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engines/exhaustive/plan.hpp"
#include "engines/exhaustive/worker.hpp"

namespace gatelight::engines::exhaustive {

// The result of the blocks [0, next).
struct SweepState {
  std::uint64_t next = 0;
  std::vector<Found> best;                       // one a target
  std::map<std::uint64_t, std::uint64_t> tally;  // inputs by sum of target 0, bias included
  friend bool operator==(const SweepState&, const SweepState&) = default;
};

// A digest of everything the numbers of a state depend on: the circuit, the question, and the order of
// the sweep.
[[nodiscard]] std::string identity_of(const Question& question, const Plan& plan);

[[nodiscard]] std::string format_state(const SweepState& state, std::string_view identity);

// Errors: bad_input (damaged, or of another question).  Whatever the text, the state fits the plan.
[[nodiscard]] Result<SweepState> parse_state(std::string_view text, std::string_view identity,
                                             const Plan& plan);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CHECKPOINT_HPP
