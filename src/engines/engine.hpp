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
#include <limits>
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
  bool histogram = false;             // of objective 0; not for search()
  // Of every input bit to be 1, for the mean of objective 0; empty: not asked.  Only for diagram_of().
  std::vector<mpq_class> probabilities{};
};

struct Best {
  Bounds<std::int64_t> bounds;
  InputBits witness;  // in the domain, reaches bounds.lower
};

struct Answer {
  std::vector<Best> best;  // one an objective
  std::optional<std::map<std::int64_t, InputCount>> histogram;
  std::optional<mpq_class> expected;  // nothing also where the domain has probability 0
  std::uint64_t nodes = 0;         // of a search or a diagram; inputs of a sweep, at most 2^64 - 1
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

// The state diagram (src/engines/diagram): any number of inputs, for circuits whose structure keeps few
// states apart.
struct DiagramOptions {
  // Orders estimated at more are not compiled.
  double most_nodes = std::numeric_limits<double>::infinity();
  double order_seconds = 2;   // for sifting, at most
  bool predict_only = false;  // choose an order and estimate, no more
  // Local search for good inputs where the diagram is not finished; without it only once time is over.
  bool search_below = true;
  std::vector<std::uint32_t> order{};  // as an earlier result has it; empty: choose one
};
struct DiagramResult {
  std::optional<Answer> answer;  // empty where nothing was compiled; open where a limit came first
  bool complete = false;         // the answer is that of a whole diagram
  std::string reason;            // why so, in one line
  std::vector<std::uint32_t> order;
  double estimated_nodes = 0;  // from samples; infinite beyond most_nodes
  std::size_t node_bytes = 0;  // of memory a state takes while its level is expanded
};
[[nodiscard]] Result<DiagramResult> diagram_of(const Question& question, const Limits& limits,
                                               const DiagramOptions& options = {});

// Local search below, learning and branch and bound above (src/engines/learning,
// src/engines/branch_bound).  Any number of inputs.  `known`: what glance() told of the same question, if it
// was asked; else search() begins with that.
[[nodiscard]] Result<Answer> search(const Question& question, const Limits& limits,
                                    const Answer* known = nullptr);

// The first milliseconds of search(), on one thread: enough for easy questions, which are not worth a prediction.
// Looks only at small circuits of threshold gates; of others it tells the interval over the domain.
[[nodiscard]] Result<Answer> glance(const Question& question, const Limits& limits);

// Splitting boxes of words with linear bounds, for few words and many steps (src/engines/box).  Leaves
// domains that are not linear in the words to search().
struct BoxOptions {
  // Boxes of at most so many points are swept instead of bounded; nothing: as it is worth it.
  std::optional<std::uint64_t> sweep_points{};
};
[[nodiscard]] Result<Answer> box_search(const Question& question, const Limits& limits,
                                        const BoxOptions& options = {});

// What box_search() would have to do with.
struct BoxShape {
  std::size_t words = 0;        // variables: bits that always act together are one
  std::size_t free_bits = 0;    // of them
  std::size_t gates = 0;        // that have a cost or that a gate with a cost depends on
  std::size_t many_valued = 0;  // of them: that take at least four values
};
// Nothing where it would leave the question to search().
[[nodiscard]] std::optional<BoxShape> box_shape(const Question& question);

}  // namespace gatelight::engines

#endif  // GATELIGHT_ENGINES_ENGINE_HPP
