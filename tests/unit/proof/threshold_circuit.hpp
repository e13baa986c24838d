// SPDX-License-Identifier: Apache-2.0
//
// Small circuits with a Boolean output and their communication matrices, for tests of certificates.
#ifndef GATELIGHT_TESTS_UNIT_PROOF_THRESHOLD_CIRCUIT_HPP
#define GATELIGHT_TESTS_UNIT_PROOF_THRESHOLD_CIRCUIT_HPP

#include <string>
#include <vector>

#include "base/random.hpp"
#include "gatelight/circuit.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::proof {

// Some threshold gates on the inputs, and a threshold gate "out" of them and the inputs.
inline Circuit threshold_circuit(base::Random& random, std::size_t inputs, std::size_t gates) {
  CircuitBuilder builder("random");
  std::vector<Source> sources;
  for (std::size_t i = 0; i < inputs; ++i) {
    sources.push_back(Source::word(*builder.add_input({"x" + std::to_string(i)})));
  }
  for (std::size_t g = 0; g <= gates; ++g) {
    GateSpec spec{.name = g == gates ? "out" : "g" + std::to_string(g)};
    for (const Source& source : sources) {
      const std::int64_t weight = random.between(-3, 3);
      if (weight != 0) spec.wires.push_back({source, weight});
    }
    spec.threshold = random.between(-2, 3);
    const GateId id = *builder.add_gate(spec);
    sources.push_back(Source::gate(id));
    if (g == gates) static_cast<void>(builder.add_output(id));
  }
  return *std::move(builder).build();
}

inline std::string random_partition(base::Random& random, std::size_t bits) {
  std::string partition(bits, '0');
  for (char& side : partition) side = random.coin() ? '1' : '0';
  return partition;
}

// Row i is assignment i of side A, bit j of the number being the side's j-th bit.
inline linalg::BitMatrix communication_matrix(const Circuit& circuit, GateId output,
                                              const std::string& partition) {
  std::vector<std::size_t> sides[2];
  for (std::size_t bit = 0; bit < partition.size(); ++bit) {
    sides[partition[bit] == '1' ? 1 : 0].push_back(bit);
  }
  linalg::BitMatrix matrix(std::size_t{1} << sides[0].size(), std::size_t{1} << sides[1].size());
  InputBits input(partition.size());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) {
      for (std::size_t k = 0; k < sides[0].size(); ++k) input[sides[0][k]] = i >> k & 1U;
      for (std::size_t k = 0; k < sides[1].size(); ++k) input[sides[1][k]] = j >> k & 1U;
      matrix.set(i, j, evaluate(circuit, input)[static_cast<std::size_t>(output)] != 0);
    }
  }
  return matrix;
}

}  // namespace gatelight::proof

#endif  // GATELIGHT_TESTS_UNIT_PROOF_THRESHOLD_CIRCUIT_HPP
