// SPDX-License-Identifier: Apache-2.0
//
// Do two circuits compute the same function?
#ifndef GATELIGHT_EQUIVALENCE_HPP
#define GATELIGHT_EQUIVALENCE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/measure.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

struct EquivalenceOptions {
  Engine engine = Engine::automatic;
  Limits limits{};
};

struct EquivalenceResult {
  std::optional<bool> equivalent;  // nothing where a limit came first
  // Where not equivalent: an input of `a`, the same one in the bits of `b`, and what they make of it.
  InputBits input_a, input_b;
  std::vector<std::int64_t> outputs_a, outputs_b;
  bool by_name = true;  // inputs were matched by name; else bit by bit in their order
  std::string engine, reason;
  std::uint64_t nodes = 0;
  double seconds = 0;
};

// Compares the outputs, in order, on all inputs that both domains allow.  Inputs are matched by name where
// both circuits declare the same words, else bit by bit in declaration order.
// Errors: bad_input (different numbers of input bits or outputs, no outputs, domains without a common
// input), overflow (values whose difference does not fit), and those of measure_energy().
// Cost: as measure_energy() of both circuits side by side.
[[nodiscard]] Result<EquivalenceResult> check_equivalence(const Circuit& a, const Circuit& b,
                                                          const EquivalenceOptions& options = {});

}  // namespace gatelight

#endif  // GATELIGHT_EQUIVALENCE_HPP
