// SPDX-License-Identifier: Apache-2.0
//
// Seeded random circuits of every kind the model allows.
#ifndef GATELIGHT_TESTS_GENERATE_RANDOM_CIRCUIT_HPP
#define GATELIGHT_TESTS_GENERATE_RANDOM_CIRCUIT_HPP

#include <cstdint>

#include "base/random.hpp"
#include "engines/engine.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight::generate {

struct RandomOptions {
  int min_bits = 0, max_bits = 9;  // Boolean inputs
  int min_gates = 0, max_gates = 12;
  bool words = true;            // multi-bit inputs, signed and unsigned
  bool activations = true;      // relu, steps and sigmoid besides threshold
  bool domain = true;           // sometimes a domain
  bool costs = true;            // sometimes costs, and gates that do not count
  bool duplicates = false;      // some gates repeat an earlier one
  bool labels = false;          // some gates have a layer label: "a", "b" or "c"
  std::int64_t max_weight = 0;  // 0: drawn per circuit, from 1 to 2^40
};

// A circuit drawn from the options.  Skip connections, constant gates, gates that read nothing, dead
// gates and repeated thresholds all occur.
[[nodiscard]] Circuit random_circuit(base::Random& random, const RandomOptions& options = {});

// Ranges, fixed words and bits, linear conditions, a Hamming ball, or all values within a distance of a
// point; often several of them, sometimes none, and often there is no input in it.
[[nodiscard]] DomainSpec random_domain(base::Random& random, const Circuit& circuit);

// Bit i of the input is bit i of the number.
[[nodiscard]] InputBits input_of_number(std::uint64_t number, std::size_t bits);

// The costs the energy question is about: GateSpec::cost where the gate counts, else 0.
[[nodiscard]] engines::Objective total_objective(const Circuit& circuit);

// What is known before anyone looked: a search that is told so skips its first glance, which settles most small
// circuits.
[[nodiscard]] engines::Answer nothing_known(const engines::Question& question);

// Layers of threshold gates, each reading all of the layer before, weights +-1..max_weight,
// thresholds at the mean + U[-0.5, 0.5] standard deviations: the circuits of the benchmarks.
[[nodiscard]] Circuit layered_circuit(base::Random& random, int bits,
                                      const std::vector<int>& layers, std::int64_t max_weight);

// Layers of gates of many steps over a few words, each gate reading most of the layer before and sometimes
// more: small control networks.
struct ControlOptions {
  int max_bits = 10;  // of all words together
  int max_layers = 4, max_width = 6;
  std::int64_t max_weight = 0;  // 0: drawn per circuit, from 3 to 2^30
  bool domain = true, costs = true;
};
[[nodiscard]] Circuit control_network(base::Random& random, const ControlOptions& options = {});

}  // namespace gatelight::generate

#endif  // GATELIGHT_TESTS_GENERATE_RANDOM_CIRCUIT_HPP
