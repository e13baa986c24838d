// SPDX-License-Identifier: Apache-2.0
//
// Circuits whose inputs are seen through few gates: what is left behind these, and the way back.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_NARROW_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_NARROW_HPP

#include <optional>
#include <vector>

#include "engines/engine.hpp"

namespace gatelight::engines::branch_bound {

// A circuit with far more input bits than gates on the first level, and the same circuit with these gates' outputs
// as its inputs (the TAIL).  An input of the tail is a PATTERN: which gates of the first level fire.
class Narrow {
 public:
  // Nothing where other gates read input bits, the domain has rows, a gate of the first level has other values
  // than 0 and 1, there are too few bits or too many wires, or nothing behind the first level has a cost.  The
  // circuit outlives it.
  static std::optional<Narrow> of(const Circuit& circuit, const Objective& objective);

  [[nodiscard]] const Circuit& circuit() const { return circuit_; }
  // About the tail: its gates have the numbers that they have in the circuit.  No input of the circuit has a
  // larger total than the best pattern.
  [[nodiscard]] const Question& tail() const { return tail_; }
  // One bit a gate of the first level.
  [[nodiscard]] InputBits pattern_of(const InputBits& input) const;
  // An input of the domain that has this pattern, or the last one looked at where none was found: there may be
  // none.  Starts at an input of the domain.  Cost: some hundred looks at every wire of the first level.
  [[nodiscard]] InputBits realised(const InputBits& pattern, InputBits input) const;

 private:
  struct Gate {
    GateId id{};
    std::int64_t cut = 0;  // the first sum that fires, less the threshold
    bool decided = false;  // fires always or never
    double norm = 1;       // of its sum: the standard deviation over all inputs
  };
  struct Reader {
    std::size_t gate = 0;  // of the first level
    std::int64_t weight = 0;
  };
  Narrow(const Circuit& circuit, Question tail) : circuit_(circuit), tail_(std::move(tail)) {}
  [[nodiscard]] std::vector<std::int64_t> sums_of(const InputBits& input) const;
  [[nodiscard]] double gain(const Reader& reader, std::int64_t sum, bool fires, bool rises,
                            double margin) const;

  const Circuit& circuit_;
  Question tail_;
  std::vector<Gate> gates_;
  std::vector<std::vector<Reader>> readers_;  // of each input bit
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_NARROW_HPP
