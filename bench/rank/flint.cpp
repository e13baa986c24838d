// SPDX-License-Identifier: Apache-2.0
#include <flint/nmod_mat.h>

#include "measured.hpp"

int main(int count, char** arguments) {
  return gatelight::bench::measure(
      count, arguments,
      [](const auto& entries, std::size_t order, std::uint32_t prime, double& seconds) {
        nmod_mat_t matrix;
        nmod_mat_init(matrix, static_cast<slong>(order), static_cast<slong>(order), prime);
        for (std::size_t i = 0; i < order; ++i) {
          for (std::size_t j = 0; j < order; ++j) matrix->rows[i][j] = entries(i, j) ? 1 : 0;
        }
        const gatelight::bench::Clock clock;
        const slong rank = nmod_mat_rank(matrix);
        seconds = clock.seconds();
        nmod_mat_clear(matrix);
        return static_cast<std::size_t>(rank);
      });
}
