// SPDX-License-Identifier: Apache-2.0
//
// A row under construction: a sum of rows by which a conflict is explained (private to this folder).
#ifndef GATELIGHT_ENGINES_LEARNING_COMBINATION_HPP
#define GATELIGHT_ENGINES_LEARNING_COMBINATION_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::learning {

using encode::Literal;
using encode::Term;
using encode::Variable;

// sum of weight * literal >= bound, one literal a variable.  Every operation leaves a row that is implied
// by the rows it was made of, over 0/1 variables.  Weights and bound stay below 2^62 as long as what is
// added does (keep_small() of the solver takes care).
class Combination {
 public:
  explicit Combination(std::size_t variables)
      : weight_(variables, 0), literal_(variables), listed_(variables, 0) {}

  void clear();
  void add_variable();  // one more

  // Adds a term; opposite literals cancel.
  void add(std::int64_t weight, Literal literal);
  void add_bound(std::int64_t bound) { bound_ += bound; }
  // Takes `weight` from the variable's term: true or not, its literal is worth that at most.
  void weaken(Variable variable, std::int64_t weight);
  // Forgets a term whose literal is false in any case.
  void drop(Variable variable) { weight_[variable] = 0; }
  // Weights beyond the bound say no more than the bound.  Also forgets variables without a weight.
  void saturate();
  // Rounds up.
  void divide(std::int64_t divisor);

  [[nodiscard]] std::int64_t bound() const { return bound_; }
  [[nodiscard]] std::int64_t weight(Variable variable) const { return weight_[variable]; }
  [[nodiscard]] std::int64_t weight(Literal literal) const {
    return literal_[literal.variable()] == literal ? weight_[literal.variable()] : 0;
  }
  [[nodiscard]] Literal literal(Variable variable) const { return literal_[variable]; }
  [[nodiscard]] std::int64_t largest() const;
  // Perhaps with some of weight 0.
  [[nodiscard]] std::span<const Variable> variables() const { return variables_; }
  // By falling weight.
  [[nodiscard]] std::vector<Term> terms() const;

 private:
  std::vector<std::int64_t> weight_;
  std::vector<Literal> literal_;
  std::vector<std::uint8_t> listed_;
  std::vector<Variable> variables_;
  std::int64_t bound_ = 0;
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_COMBINATION_HPP
