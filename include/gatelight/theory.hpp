// SPDX-License-Identifier: Apache-2.0
//
// What the resources of a circuit allow: the theorem that ties size, depth, weight and energy to the
// rank of the communication matrix.
#ifndef GATELIGHT_THEORY_HPP
#define GATELIGHT_THEORY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/rank.hpp"
#include "gatelight/solve.hpp"

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

// The same for the function of one gate, [y != 0], also where the gate does not count and nothing reads it:
// it is made to count.  Errors: as theorem_bound(), unsupported (the theorem says nothing: the gate has
// negative values, so that [y != 0] is no gate of the threshold form).
[[nodiscard]] Result<TheoremBound> theorem_bound(const Circuit& circuit, GateId gate,
                                                 std::int64_t energy_upper);

// e * d * (log2 s + log2 w + log2 n), every operation rounded upwards.  Requires s, w >= 1; n = 0
// counts as 1.
[[nodiscard]] double theorem_rhs(std::int64_t e, int d, std::int64_t s, std::int64_t w,
                                 std::size_t n);

// ---- Bounds of the instance ---------------------------------------------------------------------
//
// Sharper upper bounds of the rank, from the circuit itself in place of its four numbers: how many gates that
// read inputs ("fed" gates) can fire together, and how many different rows and columns the matrix of each one
// has.  docs/explanation/bounds.md states and proves them.

// Upper bounds of how many fed gates that the output depends on can fire together, over ALL inputs whatever
// the domain of the circuit: of each fed-level, from each fed-level on, and below the last one.
struct FiringCaps {
  std::vector<std::int64_t> level, suffix;
  std::int64_t below_last = 0;
  bool exact = true;  // no limit came first
};
// By measure_energy(); the limits are for all of its runs together.  Errors: as measure_energy().
[[nodiscard]] Result<FiringCaps> firing_caps(const Circuit& circuit, GateId output,
                                             const Limits& limits = {});

// rank <= 2^log2; log2 is rounded upwards, and -infinity for rank 0.
struct InstanceBound {
  std::string name;  // "trivial", "row classes", "fed gates", "accepting patterns" or "states"
  double log2 = 0;
  std::string reason;  // one line
};
// Of the matrix of [y != 0] of the output, for one partition, or, without one, for all.  "trivial" is always
// there; the others where they can be computed in about a second and say less than 2^(n + 64).
// Requires caps of firing_caps(), or any others that are true, and partition->size() == bit_count().
[[nodiscard]] std::vector<InstanceBound> instance_bounds(const Circuit& circuit, GateId output,
                                                         const FiringCaps& caps,
                                                         const std::optional<Partition>& partition);

// An upper bound by name, or why there is none.
struct NamedBound {
  std::string name;
  std::string measure;         // of what: "rank", ...
  std::optional<double> log2;  // rounded upwards, -infinity for 0; nothing where it does not apply
  std::string reason;          // how it comes about, or why it does not apply; one line
  std::string reference;       // page and section where it is stated and proved
};

// log2 of a number, rounded downwards; -infinity for 0.
[[nodiscard]] double log2_below(std::uint64_t number);

// ---- What a budget allows -----------------------------------------------------------------------

// A function of which a partition of large rank is known: log2 rk(f) >= log2_rank, rounded downwards.
struct KnownFunction {
  std::string name;  // as written
  std::size_t n = 0;
  double log2_rank = 0;
};
// "cd:M" (do two sets of M elements meet: OR of x_i AND y_i), "disj:M" (do they not), "eq:M" (x = y), "ip:M"
// (inner product modulo 2), each of M pairs of bits, 1 <= M <= 2^20.  Errors: bad_input.
[[nodiscard]] Result<KnownFunction> known_function(std::string_view text);

// Size, depth, energy and weight of a threshold circuit; one of them may be left out.
struct Budget {
  std::optional<std::int64_t> s, d, e, w;
};
// The budget in which the number left out is the least one that the theorem leaves possible (s, d >= 2, w >= 1,
// e >= 0), and the right side with it.  Where not even the largest number (2^62, or 2^30 for d) is enough, or
// the whole budget was given and is not enough, `possible` is false: no such circuit exists.
struct BudgetAnswer {
  std::int64_t s = 0, d = 0, e = 0, w = 0;
  double rhs = 0;
  bool possible = false;
};
// Errors: bad_input (two or more are left out, or one is out of its range).
[[nodiscard]] Result<BudgetAnswer> ask_budget(const KnownFunction& function, const Budget& budget);

}  // namespace gatelight

#endif  // GATELIGHT_THEORY_HPP
