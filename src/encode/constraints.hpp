// SPDX-License-Identifier: Apache-2.0
//
// A circuit, its domain and its energy as pseudo-Boolean constraints: the canonical rows that engines,
// exports and checkers share.
//
// Variables are 0 or 1: one an input bit, and one a cut point of a gate, "the gate's sum has reached
// it".  A threshold gate has one, a gate with k + 1 values has k of them, y_1 >= ... >= y_k (order
// encoding).  A LITERAL is a variable or its negation, a ROW says that a weighted sum of literals
// reaches a bound; all weights are positive.
#ifndef GATELIGHT_ENCODE_CONSTRAINTS_HPP
#define GATELIGHT_ENCODE_CONSTRAINTS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::encode {

using Variable = std::uint32_t;

class Literal {
 public:
  constexpr Literal() = default;
  constexpr Literal(Variable variable, bool positive)
      : code_(2 * variable + (positive ? 0U : 1U)) {}
  [[nodiscard]] static constexpr Literal of_code(std::uint32_t code) {
    Literal literal;
    literal.code_ = code;
    return literal;
  }
  [[nodiscard]] constexpr Variable variable() const { return code_ / 2; }
  [[nodiscard]] constexpr bool positive() const { return code_ % 2 == 0; }
  [[nodiscard]] constexpr std::uint32_t code() const {
    return code_;
  }  // dense: an index for arrays
  [[nodiscard]] constexpr Literal operator~() const { return of_code(code_ ^ 1U); }
  friend constexpr bool operator==(Literal, Literal) = default;

 private:
  std::uint32_t code_ = 0;
};

struct Term {
  std::int64_t weight = 0;
  Literal literal;
  friend bool operator==(const Term&, const Term&) = default;
};

// sum of weights of true literals >= bound.  Weights are positive, no variable occurs twice, and the
// sum of all weights is below 2^63.
struct Row {
  std::vector<Term> terms;
  std::int64_t bound = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

// What a variable stands for.
struct Meaning {
  Node node = 0;  // an input bit or a gate (see circuit.hpp)
  int step = 0;   // of a gate, from 1 on: [its value is at least values[step] of its step function]
};

struct Constraints {
  std::vector<Meaning> variables;  // the input bits first, in order
  std::vector<Row> rows;           // by gate, in order: the rows of its variables; then the domain;
                                   // a search appends what presolve() finds
  // The total cost of an input is constant + the weights of the true literals here.
  std::vector<Term> objective;
  std::int64_t constant = 0;
};

// Larger encodings are refused with ErrorCode::limit.
inline constexpr std::size_t most_variables = std::size_t{1} << 20;
inline constexpr std::size_t most_terms = std::size_t{1} << 24;

// The rows of a circuit.  For every assignment of the variables that satisfies all rows: the input bits
// are an input of the domain, and every other variable has the value that evaluate() gives it; and each
// input of the domain extends to exactly one such assignment.
//
//   variable y of a cut t of gate g, sum of its weights * literals = S at most, T = what is left of t:
//     T ~y + sum >= T                               y -> the sum reaches T
//     (S - T + 1) y + sum of weights * ~literals >= S - T + 1    the sum reaches T -> y
//
// `cost` has an entry a gate.  Gates without a cost on which none with a cost depends are left out
// unless `whole`.
// Cost: O(steps * wires * values of the sources).  Errors: limit (too many variables or terms),
// overflow (bounds of a row beyond 2^62).
[[nodiscard]] Result<Constraints> constraints_of(const Circuit& circuit,
                                                 const std::vector<std::int64_t>& cost, bool whole);

// "x3", "speed.2" or, for gates, "h0" or "h0>=2": unique within a circuit.
[[nodiscard]] std::string name_of(const Circuit& circuit, const Meaning& meaning);

// The values of all variables on an input.
[[nodiscard]] std::vector<std::uint8_t> assignment_of(const Circuit& circuit,
                                                      const Constraints& constraints,
                                                      const InputBits& bits);

}  // namespace gatelight::encode

#endif  // GATELIGHT_ENCODE_CONSTRAINTS_HPP
