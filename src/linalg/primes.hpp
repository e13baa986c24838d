// SPDX-License-Identifier: Apache-2.0
//
// Primes of at most 32 bits.
#ifndef GATELIGHT_LINALG_PRIMES_HPP
#define GATELIGHT_LINALG_PRIMES_HPP

#include <cstdint>

#include "base/random.hpp"

namespace gatelight::linalg {

// Exact for every 32-bit number.
[[nodiscard]] bool is_prime(std::uint32_t number);

// The largest prime below `number`.  Requires number > 2.
[[nodiscard]] std::uint32_t previous_prime(std::uint32_t number);

// Uniform among the primes of exactly `bits` bits, 3 <= bits <= 32.
[[nodiscard]] std::uint32_t random_prime(base::Random& random, int bits);

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_PRIMES_HPP
