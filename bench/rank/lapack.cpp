// SPDX-License-Identifier: Apache-2.0
//
// What people do: singular values in doubles by divide and conquer, those above order * epsilon * the
// largest counted (the rule of NumPy's matrix_rank).  The prime is ignored.
#include <cstdint>
#include <limits>
#include <vector>

#include "measured.hpp"

extern "C" void dgesdd_(const char* job, const int* rows, const int* columns, double* matrix,
                        const int* stride, double* values, double* left, const int* left_stride,
                        double* right, const int* right_stride, double* work, const int* work_size,
                        int* integers, int* status);

int main(int count, char** arguments) {
  return gatelight::bench::measure(
      count, arguments, [](const auto& entries, std::size_t order, std::uint32_t, double& seconds) {
        std::vector<double> matrix(order * order), values(order);
        for (std::size_t i = 0; i < order; ++i) {
          for (std::size_t j = 0; j < order; ++j) matrix[j * order + i] = entries(i, j) ? 1 : 0;
        }
        const int n = static_cast<int>(order), one = 1, ask = -1;
        std::vector<int> integers(8 * order);
        double none = 0, best = 0;
        int status = 0;
        const gatelight::bench::Clock clock;
        dgesdd_("N", &n, &n, matrix.data(), &n, values.data(), &none, &one, &none, &one, &best,
                &ask, integers.data(), &status);
        const int size = static_cast<int>(best);
        std::vector<double> work(static_cast<std::size_t>(size));
        dgesdd_("N", &n, &n, matrix.data(), &n, values.data(), &none, &one, &none, &one,
                work.data(), &size, integers.data(), &status);
        std::size_t rank = 0;
        const double least =
            values[0] * static_cast<double>(order) * std::numeric_limits<double>::epsilon();
        for (const double value : values) rank += value > least ? 1 : 0;
        seconds = clock.seconds();
        return rank;
      });
}
