// SPDX-License-Identifier: Apache-2.0
//
// FFLAS-FFPACK with floats up to the prime 251 and doubles above, its fastest choices there.
#include <fflas-ffpack/ffpack/ffpack.h>
#include <givaro/modular-balanced.h>

#include <vector>

#include "measured.hpp"

template <class Number>
std::size_t rank_of(const gatelight::bench::Entries& entries, std::size_t order,
                    std::uint32_t prime, double& seconds) {
  const Givaro::ModularBalanced<Number> field(static_cast<Number>(prime));
  std::vector<Number> matrix(order * order);
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = 0; j < order; ++j) matrix[i * order + j] = entries(i, j) ? 1 : 0;
  }
  const gatelight::bench::Clock clock;
  const std::size_t rank = FFPACK::Rank(field, order, order, matrix.data(), order);
  seconds = clock.seconds();
  return rank;
}

int main(int count, char** arguments) {
  return gatelight::bench::measure(
      count, arguments,
      [](const auto& entries, std::size_t order, std::uint32_t prime, double& seconds) {
        return prime < 256 ? rank_of<float>(entries, order, prime, seconds)
                           : rank_of<double>(entries, order, prime, seconds);
      });
}
