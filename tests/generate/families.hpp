// SPDX-License-Identifier: Apache-2.0
//
// Circuits of known functions and known behaviour, of any number of inputs.
#ifndef GATELIGHT_TESTS_GENERATE_FAMILIES_HPP
#define GATELIGHT_TESTS_GENERATE_FAMILIES_HPP

#include "base/random.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight::generate {

// n gates [at least i ones], and their alternating sum: of an input with k ones, k + k mod 2 fire.
[[nodiscard]] Circuit parity_thermometer(int n);

// One gate: at least half of the n bits are 1.
[[nodiscard]] Circuit majority(int n);

// a = b for two words of m bits, compared in pieces of `piece` bits: fires a gate for every piece that
// differs, or the output.  Declared word after word, or (interleaved) bit beside bit.
[[nodiscard]] Circuit equality(int m, int piece, bool interleaved);

// OR of a_i AND b_i over m pairs, by blocks of k: a gate for each pattern of the a's of a block fires if they
// match it and a b of the pattern is 1.
[[nodiscard]] Circuit disjointness(int m, int k);

// 2^k data bits, declared before the k address bits; one gate a data bit, and an OR.
[[nodiscard]] Circuit multiplexer(int k);

// Exactly one input, `secret`, makes more than half of the gates fire: `copies` gates repeat the value of
// a gate that recognizes it, beside a random layered circuit with as many gates.
[[nodiscard]] Circuit planted(base::Random& random, const InputBits& secret, bool copies_are_deep);

}  // namespace gatelight::generate

#endif  // GATELIGHT_TESTS_GENERATE_FAMILIES_HPP
