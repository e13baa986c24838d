// SPDX-License-Identifier: Apache-2.0
//
// What the resources of a circuit allow: the theorem that ties size, depth, weight and energy to the
// rank of the communication matrix.
#ifndef GATELIGHT_THEORY_HPP
#define GATELIGHT_THEORY_HPP

#include <cstdint>

#include "gatelight/circuit.hpp"

namespace gatelight {

// The right side of   log2 rk(f) <= e * d * (log2 s + log2 w + log2 n)   (K. Uchizawa, H. Abe,
// Trade-Offs Between Energy and Depth of Neural Networks, Neural Computation 36(8), 2024), for the
// Boolean function f of any gate of the circuit's threshold form.
//
// The theorem speaks of threshold gates.  A gate with k cut points is k threshold gates
// [z >= t_1], ..., [z >= t_k] that share their sum, and a wire from it becomes k wires whose weights
// are multiplied by the steps; the numbers below are those of this threshold form.  Gates that do not
// count and that no gate reads (imported logits) are left out.  docs/explanation/theorem.md has the
// proof that every number is at least the threshold form's own, so that the bound is sound.
struct TheoremBound {
  std::size_t n = 0;       // Boolean inputs
  std::int64_t s = 0;      // gates of the threshold form
  int d = 0;               // depth
  std::int64_t w = 0;      // largest |weight|, at least 1
  std::int64_t e = 0;      // at least the energy of the threshold form
  double rhs = 0;          // rounded upwards
  bool threshold = false;  // the circuit is its own threshold form
  bool applies = false;    // s, d >= 2, as the theorem asks
};

// Requires energy_upper >= the number of counting gates that can fire together.
// Errors: limit (a gate with more than 2^20 cut points), overflow.  O(wires + cut points).
[[nodiscard]] Result<TheoremBound> theorem_bound(const Circuit& circuit, std::int64_t energy_upper);

// e * d * (log2 s + log2 w + log2 n), every operation rounded upwards.  Requires s, w >= 1; n = 0
// counts as 1.
[[nodiscard]] double theorem_rhs(std::int64_t e, int d, std::int64_t s, std::int64_t w,
                                 std::size_t n);

}  // namespace gatelight

#endif  // GATELIGHT_THEORY_HPP
