// SPDX-License-Identifier: Apache-2.0
//
// Miller's test with the bases 2, 7 and 61, which errs for no number below 4,759,123,141 (Jaeschke,
// On strong pseudoprimes to several bases, 1993).
//
// Tested by tests/unit/linalg/primes_test.cpp
#include "linalg/primes.hpp"

#include <bit>
#include <initializer_list>

#include "gatelight/result.hpp"

namespace gatelight::linalg {
namespace {

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1U, base = base * base % modulus) {  // below 2^64
    if ((exponent & 1U) != 0) result = result * base % modulus;
  }
  return result;
}

bool is_witness(std::uint64_t base, std::uint64_t number) {
  base %= number;
  if (base == 0) return false;
  const int twos = std::countr_zero(number - 1);
  std::uint64_t value = power(base, (number - 1) >> twos, number);
  if (value == 1 || value == number - 1) return false;
  for (int i = 1; i < twos; ++i) {
    value = value * value % number;
    if (value == number - 1) return false;
  }
  return true;
}

}  // namespace

bool is_prime(std::uint32_t number) {
  if (number < 2) return false;
  for (const std::uint32_t small : {2U, 3U, 5U, 7U, 11U, 13U}) {
    if (number % small == 0) return number == small;
  }
  return !is_witness(2, number) && !is_witness(7, number) && !is_witness(61, number);
}

std::uint32_t previous_prime(std::uint32_t number) {
  GATELIGHT_REQUIRE(number > 2, "there is no prime below 2");
  do {
    --number;
  } while (!is_prime(number));
  return number;
}

std::uint32_t random_prime(base::Random& random, int bits) {
  GATELIGHT_REQUIRE(bits >= 3 && bits <= 32, "random_prime() takes 3 to 32 bits");
  const std::uint64_t low = std::uint64_t{1} << (bits - 1);
  while (true) {
    const auto number = static_cast<std::uint32_t>(low + random.below(low));
    if (is_prime(number)) return number;
  }
}

}  // namespace gatelight::linalg
