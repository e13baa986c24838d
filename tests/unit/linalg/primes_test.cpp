// SPDX-License-Identifier: Apache-2.0
#include "linalg/primes.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "gatelight/result.hpp"

namespace gatelight::linalg {
namespace {

TEST(Primes, AgreeWithTheSieve) {
  constexpr std::uint32_t end = 200000;
  std::vector<bool> composite(end);
  for (std::uint32_t i = 2; i < end; ++i) {
    EXPECT_EQ(is_prime(i), !composite[i]) << i;
    for (std::uint64_t j = std::uint64_t{i} * i; j < end && !composite[i]; j += i) {
      composite[j] = true;
    }
  }
  EXPECT_FALSE(is_prime(0));
  EXPECT_FALSE(is_prime(1));
}

TEST(Primes, KnowsLargeOnes) {
  EXPECT_TRUE(is_prime(4294967291U));
  EXPECT_TRUE(is_prime(2147483647U));
  EXPECT_FALSE(is_prime(4294967295U));
  EXPECT_FALSE(is_prime(4295098369U % 4294967296U));
  EXPECT_FALSE(is_prime(65537U * 65521U % 4294967296U));
  EXPECT_FALSE(is_prime(3215031751U));  // a strong pseudoprime for 2, 3, 5 and 7
  EXPECT_EQ(previous_prime(256), 251U);
  EXPECT_EQ(previous_prime(3), 2U);
  EXPECT_THROW(static_cast<void>(previous_prime(2)), ContractViolation);
}

TEST(Primes, DrawsOfTheWantedLength) {
  base::Random random(1);
  for (int bits = 3; bits <= 32; ++bits) {
    const std::uint32_t prime = random_prime(random, bits);
    EXPECT_TRUE(is_prime(prime));
    EXPECT_EQ(std::uint64_t{prime} >> static_cast<unsigned>(bits - 1), 1U);
  }
}

}  // namespace
}  // namespace gatelight::linalg
