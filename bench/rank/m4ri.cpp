// SPDX-License-Identifier: Apache-2.0
//
// M4RI, for the prime 2 only.
#include <m4ri/m4ri.h>

#include "measured.hpp"

int main(int count, char** arguments) {
  return gatelight::bench::measure(
      count, arguments, [](const auto& entries, std::size_t order, std::uint32_t, double& seconds) {
        mzd_t* matrix = mzd_init(static_cast<rci_t>(order), static_cast<rci_t>(order));
        for (std::size_t i = 0; i < order; ++i) {
          for (std::size_t j = 0; j < order; ++j) {
            mzd_write_bit(matrix, static_cast<rci_t>(i), static_cast<rci_t>(j),
                          entries(i, j) ? 1 : 0);
          }
        }
        const gatelight::bench::Clock clock;
        const auto rank = static_cast<std::size_t>(mzd_echelonize_pluq(matrix, 0));
        seconds = clock.seconds();
        mzd_free(matrix);
        return rank;
      });
}
