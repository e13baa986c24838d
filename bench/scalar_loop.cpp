// SPDX-License-Identifier: Apache-2.0
#include "scalar_loop.hpp"

#include <algorithm>

namespace gatelight::bench {

int scalar_energy(const DenseNetwork& network, std::uint64_t first, std::uint64_t last) {
  std::size_t widest = static_cast<std::size_t>(network.inputs);
  for (const auto& layer : network.layers) widest = std::max(widest, layer.size());
  std::vector<int> values(widest);
  std::vector<int> next(widest);
  int energy = 0;
  for (std::uint64_t number = first; number < last; ++number) {
    for (int i = 0; i < network.inputs; ++i) {
      values[static_cast<std::size_t>(i)] = static_cast<int>((number >> i) & 1);
    }
    int fired = 0;
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
      const auto& gates = network.layers[layer];
      for (std::size_t gate = 0; gate < gates.size(); ++gate) {
        const auto& weights = gates[gate];
        int sum = 0;
        for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * values[i];
        next[gate] = sum >= network.thresholds[layer][gate] ? 1 : 0;
        fired += next[gate];
      }
      std::swap(values, next);
    }
    energy = std::max(energy, fired);
  }
  return energy;
}

}  // namespace gatelight::bench
