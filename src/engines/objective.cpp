// SPDX-License-Identifier: Apache-2.0
//
// What an objective is worth on one input, and the bound that needs no search.
//
// The upper bound is that of the branch-and-bound root: the cost of all gates that interval
// propagation over the domain does not prove silent (branch_bound/propagate.cpp says why).
// Tested by tests/unit/engines/objective_test.cpp
#include "engines/objectives.hpp"

#include <algorithm>

#include "engines/branch_bound/network.hpp"
#include "engines/branch_bound/propagate.hpp"

namespace gatelight::engines {

std::int64_t objective_value(const Circuit& circuit, const Objective& objective,
                             std::span<const std::uint8_t> bits) {
  GATELIGHT_REQUIRE(objective.cost.size() == circuit.gate_count(),
                    "an objective has one cost a gate");
  const std::vector<std::int64_t> outputs = evaluate(circuit, bits);
  std::int64_t total = 0;  // at most 2^62 by the contract of Objective
  for (std::size_t gate = 0; gate < outputs.size(); ++gate) {
    if (outputs[gate] != 0) total += objective.cost[gate];
  }
  return total;
}

std::int64_t interval_upper_bound(const Circuit& circuit, const Objective& objective) {
  GATELIGHT_REQUIRE(objective.cost.size() == circuit.gate_count(),
                    "an objective has one cost a gate");
  const branch_bound::Network network(circuit, objective);
  return branch_bound::Propagator(network).upper();
}

void require_objectives(const Question& question) {
  GATELIGHT_REQUIRE(!question.objectives.empty(), "a question has at least one objective");
  for (const Objective& objective : question.objectives) {
    GATELIGHT_REQUIRE(objective.cost.size() == question.circuit.gate_count(),
                      "an objective has one cost a gate");
  }
}

double seconds_for(std::size_t i, std::size_t count, const Limits& limits,
                   const Deadline& deadline) {
  if (limits.seconds <= 0) return 0;
  const double left = std::max(limits.seconds - deadline.elapsed(), 1e-6);
  return i == 0 && count > 1 ? left / 2 : left / static_cast<double>(count - i);
}

}  // namespace gatelight::engines
