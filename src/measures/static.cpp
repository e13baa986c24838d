// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "gatelight/measure.hpp"

namespace gatelight {

Resources measure_resources(const Circuit& circuit) {
  Resources resources;
  resources.inputs = circuit.bit_count();
  const auto magnitude = [](std::int64_t weight) { return weight < 0 ? -weight : weight; };
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateId id{g};
    resources.size += circuit.gate(id).counts ? 1 : 0;
    resources.depth = std::max(resources.depth, circuit.level(id));
    for (const Wire& wire : circuit.wires(id)) {
      resources.weight = std::max(resources.weight, magnitude(wire.weight));
    }
    for (const WrittenWire& wire : circuit.gate(id).wires) {
      resources.resolution = std::max(resources.resolution, magnitude(wire.weight));
    }
  }
  resources.resolution_bits =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(resources.resolution)));
  return resources;
}

}  // namespace gatelight
