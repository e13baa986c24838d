// SPDX-License-Identifier: Apache-2.0
//
// GATELIGHT_TEST_MULTIPLIER: how much longer than usual the random tests run.
#ifndef GATELIGHT_TESTS_GENERATE_MULTIPLIER_HPP
#define GATELIGHT_TESTS_GENERATE_MULTIPLIER_HPP

#include <cstdlib>

namespace gatelight::generate {

// The factor of the environment, 1 by default.  Fractions such as 0.1 shorten the tests.
inline double test_multiplier() {
  const char* text = std::getenv("GATELIGHT_TEST_MULTIPLIER");
  const double factor = text == nullptr ? 1.0 : std::strtod(text, nullptr);
  return factor > 0 ? factor : 1.0;
}

// The number of rounds a random test runs in place of `rounds`; at least 1.
inline int scaled(int rounds) {
  const double wanted = rounds * test_multiplier();
  if (wanted < 1) return 1;
  return wanted > 1e9 ? 1'000'000'000 : static_cast<int>(wanted);
}

}  // namespace gatelight::generate

#endif  // GATELIGHT_TESTS_GENERATE_MULTIPLIER_HPP
