// SPDX-License-Identifier: Apache-2.0
//
// From costs to the objectives that engines are asked about.
#ifndef GATELIGHT_MEASURES_COSTS_HPP
#define GATELIGHT_MEASURES_COSTS_HPP

#include <span>

#include "engines/engine.hpp"

namespace gatelight::measures {

// Costs are empty (those of the circuit), or one a gate and not negative.
void require_costs(const Circuit& circuit, std::span<const std::int64_t> costs);

// The costs of the counting gates that are asked for, 0 for all others.  Requires require_costs().
template <class Asked>
engines::Objective objective_of(const Circuit& circuit, std::span<const std::int64_t> costs,
                                Asked asked) {
  engines::Objective objective;
  objective.cost.reserve(circuit.gate_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    const bool wanted = gate.counts && asked(GateId{g});
    objective.cost.push_back(wanted ? (costs.empty() ? gate.cost : costs[g]) : 0);
  }
  return objective;
}
[[nodiscard]] engines::Objective objective_of(const Circuit& circuit,
                                              std::span<const std::int64_t> costs);

// Engines add up costs without looking: together they stay below 2^62.
[[nodiscard]] Result<void> check_total(const engines::Objective& objective);
// Requires check_total() of this objective, or of one that asks for more gates.
[[nodiscard]] std::int64_t total(const engines::Objective& objective);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_COSTS_HPP
