// SPDX-License-Identifier: Apache-2.0
//
// The circuits of the benchmarks: random, the same on every machine.
#ifndef GATELIGHT_BENCH_NETWORKS_HPP
#define GATELIGHT_BENCH_NETWORKS_HPP

#include <cstdint>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::bench {

// A fully connected network of threshold gates: layers[l][gate][source] is a weight.
struct DenseNetwork {
  int inputs = 0;
  std::vector<std::vector<std::vector<int>>> layers;
  std::vector<std::vector<int>> thresholds;
};

// Weights uniform in [-largest, largest] without 0; each threshold is the mean of its sum, sources
// being fair coins, plus a uniform share in [-0.5, 0.5] of its standard deviation.
[[nodiscard]] DenseNetwork dense_network(int inputs, const std::vector<int>& layers, int largest,
                                         std::uint64_t seed);
[[nodiscard]] Circuit to_circuit(const DenseNetwork& network);

// 4 words of 8 bits, 16 gates with 4-bit weights and values 0 to 3, then 12 gates with weights -1,
// 0 and 1 and the same values: 2^32 inputs.
[[nodiscard]] Circuit word_network(std::uint64_t seed);

}  // namespace gatelight::bench

#endif  // GATELIGHT_BENCH_NETWORKS_HPP
