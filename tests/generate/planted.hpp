// SPDX-License-Identifier: Apache-2.0
//
// Circuits of any number of inputs whose energy is known because they were built around it.
#ifndef GATELIGHT_TESTS_GENERATE_PLANTED_HPP
#define GATELIGHT_TESTS_GENERATE_PLANTED_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight::generate {

struct Planted {
  Circuit circuit;
  InputBits secret;         // reaches the energy
  std::int64_t energy = 0;  // with the costs of the circuit
};

// Pairs of gates, of inputs and of earlier gates: one of a pair fires exactly if the other does not, and on
// the secret the dearer one of every pair does.  The energy is the cost of all dearer ones.
[[nodiscard]] Planted planted_pairs(base::Random& random, int bits, int pairs);

// A gate that fires where all `parities` of `read` inputs each are as on the secret, at more than the cost of
// all others together, which read the parities, too: being close to the secret shows in little.
[[nodiscard]] Planted planted_needle(base::Random& random, int bits, int parities, int read);

// The circuits beside each other as one, inputs and gates shuffled.  Energies add up, and each domain holds
// for its own inputs.  Requires input words of one bit.
[[nodiscard]] Circuit side_by_side(base::Random& random, std::span<const Circuit> circuits);

}  // namespace gatelight::generate

#endif  // GATELIGHT_TESTS_GENERATE_PLANTED_HPP
