// SPDX-License-Identifier: Apache-2.0
#include "measures/costs.hpp"

#include <algorithm>
#include <numeric>

#include "base/checked.hpp"
#include "gatelight/measure.hpp"

namespace gatelight {
namespace measures {

void require_costs(const Circuit& circuit, std::span<const std::int64_t> costs) {
  GATELIGHT_REQUIRE(costs.empty() || costs.size() == circuit.gate_count(),
                    "costs are given for every gate");
  GATELIGHT_REQUIRE(std::ranges::none_of(costs, [](std::int64_t cost) { return cost < 0; }),
                    "a cost is not negative");
}

engines::Objective objective_of(const Circuit& circuit, std::span<const std::int64_t> costs) {
  return objective_of(circuit, costs, [](GateId /*gate*/) { return true; });
}

Result<void> check_total(const engines::Objective& objective) {
  base::Wide sum = 0;
  for (const std::int64_t cost : objective.cost) sum += cost;
  if (sum < base::Wide{base::sum_limit}) return {};
  return Error{ErrorCode::overflow,
               "the costs of all gates together exceed 2^62; use smaller costs", ""};
}

std::int64_t total(const engines::Objective& objective) {
  return std::accumulate(objective.cost.begin(), objective.cost.end(), std::int64_t{0});
}

}  // namespace measures

std::vector<std::int64_t> unit_costs(const Circuit& circuit) {
  return std::vector<std::int64_t>(circuit.gate_count(), 1);
}

std::vector<std::int64_t> fanout_costs(const Circuit& circuit) {
  std::vector<std::int64_t> costs(circuit.gate_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source >= circuit.bit_count()) ++costs[wire.source - circuit.bit_count()];
    }
  }
  return costs;
}

}  // namespace gatelight
