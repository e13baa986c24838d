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
  std::string measure;  // "rank", "gamma_2", "sign-rank", "firing sets" or "size at energy 1"
  std::optional<double> log2;  // rounded upwards, -infinity for 0; nothing where it does not apply
  std::string reason;          // how it comes about, or why it does not apply; one line
  std::string reference;       // page and section where it is stated and proved
};
// Those of instance_bounds(), and what else the number of firing gates bounds: gamma_2 of the matrix, its sign-rank
// (the least rank of a matrix that is positive where f is 1 and negative where not), the number of different
// sets of counting gates that fire together, and the size of a circuit of energy 1.  All are proved, whatever the weights; none is ever missing from
// the list.  Requires energy_upper >= the number of counting gates that fire together, over all inputs.
[[nodiscard]] std::vector<NamedBound> all_bounds(const Circuit& circuit, GateId output,
                                                 const FiringCaps& caps, std::int64_t energy_upper,
                                                 const std::optional<Partition>& partition);

// log2 of lower bounds of two measures of a matrix, NOT certified: floating point without an error bound, right to
// about nine digits.  gamma_2 is -infinity for a matrix of zeros, and not negative otherwise.
struct LowerSides {
  double gamma_2 = 0, sign_rank = 0;
};
// Nothing where the matrix has more than 512 different rows or columns.  O(entries log + 512^3).
[[nodiscard]] std::optional<LowerSides> lower_sides(const CommunicationMatrix& matrix);

// log2 of a number, rounded downwards; -infinity for 0.
[[nodiscard]] double log2_below(std::uint64_t number);

// The number of different sets of counting gates that fire together on some input, all inputs looked at.
// Errors: limit (more than 16 input bits, or too many wires).
[[nodiscard]] Result<std::uint64_t> count_firing_sets(const Circuit& circuit);

// ---- Energy one ---------------------------------------------------------------------------------

// Zeros of f, any two z, z' of which are the sum z + z' = p + q of two ones.  Every threshold circuit that computes f
// with energy 1 has at least so many gates.
struct FoolingSet {
  std::vector<InputBits> zeros;  // bits that f does not depend on are 0
  bool largest = false;          // there is no larger one
};
// Looks for a large one; it stops without the largest one at a limit, also at one of its own.
// Errors: unsupported (f depends on more than 12 bits).
[[nodiscard]] Result<FoolingSet> fooling_set(const BooleanFunction& function,
                                             const Limits& limits = {});
// Whether it is one.  Requires a function of at most 12 bits, and whole inputs.  O(zeros^2 * 2^bits) at worst.
[[nodiscard]] bool is_fooling_set(const BooleanFunction& function,
                                  const std::vector<InputBits>& zeros);

// ---- What a budget allows -----------------------------------------------------------------------

// A function of which a partition of large rank is known: log2 rk(f) >= log2_rank, rounded downwards.
struct KnownFunction {
  std::string name{};  // as written
  std::size_t n = 0;
  double log2_rank = 0;
  std::int64_t side = 0;   // input bits on the smaller side of that partition
  double log2_gamma2 = 0;  // the norm gamma_2 of that matrix is at least 2^this, rounded downwards
  // A circuit of energy 1 has so many gates or more; 2^62 stands for all above.
  std::int64_t single_size = 1;
  std::string family{};        // "cd", ..., or empty
  std::int64_t parameter = 0;  // pairs, bits or address bits
  std::int64_t modulus = 0;    // of mod
};
// "cd:M" (do two sets of M elements meet: OR of x_i AND y_i), "disj:M" (do they not), "eq:M" (x = y), "ip:M"
// (inner product modulo 2), each of M pairs of bits; "parity:N", "majority:N", "mod:N:K" (is the number of ones
// a multiple of K), of N bits; "mod:M", which is "mod:2M:M"; "mux:A" (the one of 2^A bits that A bits choose).
// 1 <= M, N <= 2^20, 2 <= K <= N, 1 <= A <= 20.  Errors: bad_input.
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

// A threshold circuit of at most so many gates, levels, and so large weights.
struct ShapeLimits {
  std::int64_t size = 1, depth = 1, weight = 1;
};
// The least energy within limits that one argument leaves possible.
struct EnergyFloor {
  std::string name;                    // "theorem", "fed gates", "gamma_2" or "energy one"
  std::optional<std::int64_t> energy;  // nothing: no such circuit exists
};
// Of all threshold circuits within the limits that compute the function: every energy below is impossible.
// The theorem is asked where size and depth are 2 or more; "fed gates" and "gamma_2" (where that norm is known to
// be above 1; it hardly depends on the weight) are theorems F1 and F2 of docs/explanation/frontier.md; "energy one"
// asks what energy 1 takes.  Requires positive numbers of at most 2^62, of the depth 2^30.
[[nodiscard]] std::vector<EnergyFloor> energy_floors(const KnownFunction& function,
                                                     const ShapeLimits& limits);

}  // namespace gatelight

#endif  // GATELIGHT_THEORY_HPP
