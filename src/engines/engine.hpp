// SPDX-License-Identifier: Apache-2.0
//
// What every engine answers: the largest total cost of gates that fire, over all inputs of a domain.
//
// Several objectives can be asked at once (the whole circuit and each of its levels); objective 0 is
// the main one.  An engine returns bounds for each: lower is reached by the witness, upper is sound.
#ifndef GATELIGHT_ENGINES_ENGINE_HPP
#define GATELIGHT_ENGINES_ENGINE_HPP

#include <gmpxx.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatelight/bounds.hpp"
#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight::engines {

// An exact number of inputs: of several hundred bits there are more than any machine number holds.
using InputCount = mpz_class;

// A cost for each gate, 0 where the gate does not count.  The sum of all costs is at most 2^62.
struct Objective {
  std::vector<std::int64_t> cost;
};

struct Question {
  Circuit circuit;
  std::vector<Objective> objectives;  // at least one
  bool histogram = false;             // of objective 0; only engines that see every input can
};

struct Best {
  Bounds<std::int64_t> bounds;
  InputBits witness;  // in the domain, reaches bounds.lower
};

struct Answer {
  std::vector<Best> best;  // one an objective
  std::optional<std::map<std::int64_t, InputCount>> histogram;
  std::uint64_t nodes = 0;         // of a search; inputs of a sweep, at most 2^64 - 1
  std::vector<std::string> notes;  // what the user should know besides
};

// The total cost of the gates that fire on one input.  Scalar, exact: every witness goes through it.
[[nodiscard]] std::int64_t objective_value(const Circuit& circuit, const Objective& objective,
                                           std::span<const std::uint8_t> bits);

// Sound upper bounds without search: interval propagation over the whole domain.
[[nodiscard]] std::int64_t interval_upper_bound(const Circuit& circuit, const Objective& objective);

// Every input of the domain, bit-parallel (src/engines/exhaustive).  Requires at most 62 free bits, or a
// domain that leaves fewer than 2^62 inputs.  Stopped early: lower is the best so far, upper the
// interval bound.  With a checkpoint, goes on from its state, and saves its own now and then and when
// it ends.
[[nodiscard]] Result<Answer> enumerate(const Question& question, const Limits& limits,
                                       const Checkpoint* checkpoint = nullptr);

// What enumerate() would do.  Measures a small part of the sweep; takes well below a second.
struct SweepPrediction {
  InputCount inputs;       // that are looked at
  double seconds = 0;      // of all of them
  std::size_t bytes = 0;   // of memory
  bool generated = false;  // by machine code generated for this circuit
};
[[nodiscard]] Result<SweepPrediction> predict_enumeration(const Question& question,
                                                          const Limits& limits);

// Local search below, branch and bound on inputs with interval bounds above
// (src/engines/branch_bound).  Any number of inputs.
[[nodiscard]] Result<Answer> search(const Question& question, const Limits& limits);

}  // namespace gatelight::engines

#endif  // GATELIGHT_ENGINES_ENGINE_HPP
