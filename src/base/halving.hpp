// SPDX-License-Identifier: Apache-2.0
#ifndef GATELIGHT_BASE_HALVING_HPP
#define GATELIGHT_BASE_HALVING_HPP

#include <cstdint>

namespace gatelight::base {

// The least number of low ... high - 1 that is allowed, where all above an allowed one are, too; high where none is.
// Requires low <= high, and high - low must not overflow.  Asks about log2(high - low) times.
template <class Allowed>
[[nodiscard]] std::int64_t least_allowed(std::int64_t low, std::int64_t high,
                                         const Allowed& allowed) {
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (allowed(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_HALVING_HPP
