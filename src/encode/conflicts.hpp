// SPDX-License-Identifier: Apache-2.0
//
// Which literals of gates cannot be true together: what two rows at a time say beyond one.
#ifndef GATELIGHT_ENCODE_CONFLICTS_HPP
#define GATELIGHT_ENCODE_CONFLICTS_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::encode {

// A symmetric relation between literals of gates' variables, as a bit matrix.  That a implies b is a
// conflict of a and ~b; two gates are equal where each implies the other.
class Conflicts {
 public:
  Conflicts(std::size_t bits, std::size_t variables);

  [[nodiscard]] std::size_t size() const { return 2 * (variables_ - bits_); }  // literals of gates
  [[nodiscard]] std::size_t words() const { return words_; }                   // of a row
  [[nodiscard]] bool has(Literal literal) const { return literal.variable() >= bits_; }
  [[nodiscard]] std::size_t index(Literal literal) const { return literal.code() - 2 * bits_; }
  [[nodiscard]] Literal literal(std::size_t index) const {
    return Literal::of_code(static_cast<std::uint32_t>(index + 2 * bits_));
  }
  // Bit i: the literal with index i.
  [[nodiscard]] const std::uint64_t* row(std::size_t index) const {
    return matrix_.data() + index * words_;
  }
  [[nodiscard]] bool together(std::size_t a, std::size_t b) const {  // are in conflict
    return (row(a)[b / 64] >> (b % 64) & 1U) != 0;
  }
  void set(std::size_t a, std::size_t b, bool value);

 private:
  std::size_t bits_, variables_, words_;
  std::vector<std::uint64_t> matrix_;
};

struct Found {
  Conflicts conflicts;
  std::vector<Literal> facts;  // true in every solution; single-literal rows are not listed again
  std::vector<std::uint8_t> is_true;  // by literal code: these, and those of single-literal rows
  // Conflicts that no propagation from one of the two literals showed, as indices a < b.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> hidden;
  bool contradiction = false;  // no solution at all
};

// Conflicts between the variables of gates, by propagation from each literal and by adding up two rows.  Not all
// of them; each holds for every solution of the rows.
// Requires rows as in constraints_of(), the input bits being the first `bits` variables.
// Cost: at most `work` looks at a term for adding, four times as many, quicker ones, for propagation, and memory for a
// square of 2 * gates' variables bits.
[[nodiscard]] Found find_conflicts(const Constraints& constraints, std::size_t bits,
                                   std::size_t work);

// More conflicts, by adding up two rows that know of groups: lists, without common literals, of literals of which
// one is true at most in every solution.  Returns how many.
// Requires `found` to be of the same constraints, without contradiction.
std::size_t add_conflicts(const Constraints& constraints,
                          const std::vector<std::vector<Literal>>& groups, std::size_t work,
                          Found& found);

}  // namespace gatelight::encode

#endif  // GATELIGHT_ENCODE_CONFLICTS_HPP
