// SPDX-License-Identifier: Apache-2.0
//
// The inner loops of this folder, for one instruction set each (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_KERNELS_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_KERNELS_HPP

#include <cstddef>
#include <cstdint>

namespace gatelight::engines::semidefinite {

// Sums are added up in so many lanes whatever the instruction set is, so all compute the same numbers.
inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t tile = 4;

// Counts are multiples of `lanes`, rows begin at multiples of 64 bytes.
struct Kernels {
  // out[i * tile + j] = the product of row i of a and row j of b, for `tile` rows each.
  void (*multiply_tile)(const double* a, std::size_t a_stride, const double* b,
                        std::size_t b_stride, std::size_t count, double* out);
  double (*dot)(const double* a, const double* b, std::size_t count);
  // to += factor * from.
  void (*add_row)(double* to, double factor, const double* from, std::size_t count);
  // Pairs of sparse vectors g, h: those of pair k are the entries (index, factor) from begin[2 k] on, and from
  // begin[2 k + 1] to before begin[2 k + 2].  With the rows (X a, X b, P a, P b)[i] of `table`,
  //   out[k] = (g X a * h P b + g X b * h P a + g P a * h X b + g P b * h X a) / 4   for k < count.
  void (*pair)(const std::uint32_t* begin, const std::uint32_t* index, const double* factor,
               const double* table, std::size_t count, double* out);
};

// Those of base::instruction_set().
[[nodiscard]] const Kernels& kernels();

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_KERNELS_HPP
