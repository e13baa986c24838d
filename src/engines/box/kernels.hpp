// SPDX-License-Identifier: Apache-2.0
//
// The inner loops of bounds and of point sweeps, once an instruction set.
#ifndef GATELIGHT_ENGINES_BOX_KERNELS_HPP
#define GATELIGHT_ENGINES_BOX_KERNELS_HPP

#include <cstddef>
#include <cstdint>

#include "base/cpu.hpp"

namespace gatelight::engines::box {

inline constexpr std::size_t rows_a_vector = 8;  // doubles in 64 bytes
inline constexpr std::size_t most_rows = 128;    // bounded at a time
inline constexpr std::size_t point_bytes = 256;  // of the lanes of one node

// weight * the array that begins `offset` elements after the base.
struct Link {
  std::size_t offset = 0;
  double weight = 0;
};

// Sums of a set of rows, all of them per-row arrays of doubles at 64-byte boundaries.
struct RowSums {
  double* constant;   // K of bounder.cpp
  double* magnitude;  // E of bounder.cpp
};

// What replaces one gate in every row: its two lines and their magnitudes.
struct Replacement {
  double upper_slope, upper_offset, lower_slope, lower_offset;
  double offset_magnitude, sum_magnitude;
};

struct RowKernels {
  // at[r] += sum of link.weight * base[link.offset + r]; rows is a multiple of rows_a_vector.
  void (*gather)(double* at, const Link* links, std::size_t count, const double* base,
                 std::size_t rows);
  // Two linear functions a source, `stride` elements each, the upper one first.  Adds weight times the upper
  // one to `upper` and weight times the lower one to `lower`, the other way round where it is negative.
  void (*combine)(double* upper, double* lower, const Link* links, std::size_t count,
                  const double* base, std::size_t stride);
  // Coefficients of a gate's output become coefficients of its sum.
  void (*replace)(double* at, RowSums sums, const Replacement& gate, std::size_t rows);
  // A variable takes its better end: the largest value of at[r] * x, x in [low, high].
  void (*finish)(const double* at, RowSums sums, double low, double high, std::size_t rows);
};

[[nodiscard]] RowKernels row_kernels(base::InstructionSet set);

// One gate of a point sweep on point_bytes / sizeof(T) points at once.
template <class T>
struct PointGate {
  const Link* links = nullptr;  // offsets in elements of `values`
  std::size_t count = 0;
  T constant = 0;        // added to the sum
  T scale = 1, max = 1;  // of a relu: 2^-shift
  int shape = 0;         // 0 threshold, 1 relu, 2: `values` gets the sum itself
  T silent_low = 0, silent_high = 0;
  T cost = 0;
};

template <class T>
using PointKernel = void (*)(T* values, T* output, T* total, const PointGate<T>& gate);

[[nodiscard]] PointKernel<float> float_kernel(base::InstructionSet set);
[[nodiscard]] PointKernel<double> double_kernel(base::InstructionSet set);

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_KERNELS_HPP
