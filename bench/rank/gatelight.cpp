// SPDX-License-Identifier: Apache-2.0
#include "linalg/rank.hpp"
#include "measured.hpp"

int main(int count, char** arguments) {
  using namespace gatelight;
  return bench::measure(
      count, arguments,
      [](const bench::Entries& entries, std::size_t order, std::uint32_t prime, double& seconds) {
        linalg::BitMatrix matrix(order, order);
        for (std::size_t i = 0; i < order; ++i) {
          for (std::size_t j = 0; j < order; ++j) {
            if (entries(i, j)) matrix.set(i, j);
          }
        }
        const bench::Clock clock;
        const auto pivots =
            prime == 2 ? linalg::rank_gf2(matrix) : linalg::rank_modulo(matrix, prime);
        seconds = clock.seconds();
        return pivots.rank;
      });
}
