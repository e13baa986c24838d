// SPDX-License-Identifier: Apache-2.0
//
// Integer arithmetic that refuses to wrap.
#ifndef GATELIGHT_BASE_CHECKED_HPP
#define GATELIGHT_BASE_CHECKED_HPP

#include <cstdint>
#include <optional>

namespace gatelight::base {

using Wide = __int128;

// Every sum a gate can reach lies within [-sum_limit, sum_limit - 1]: 63 bits.  Two such numbers can
// be added or subtracted in 64 bits.
inline constexpr std::int64_t sum_limit = std::int64_t{1} << 62;

constexpr bool fits_sum(Wide value) { return value >= -Wide{sum_limit} && value < Wide{sum_limit}; }

constexpr std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

constexpr std::optional<std::int64_t> checked_mul(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_CHECKED_HPP
