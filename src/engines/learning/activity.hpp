// SPDX-License-Identifier: Apache-2.0
//
// Which variable was part of conflicts lately: a heap by a score that fades (private to this folder).
#ifndef GATELIGHT_ENGINES_LEARNING_ACTIVITY_HPP
#define GATELIGHT_ENGINES_LEARNING_ACTIVITY_HPP

#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::learning {

// Source: variable state independent decaying sum, as in N. Een, N. Sorensson, An Extensible SAT-solver, 2003.
class Activity {
 public:
  using Variable = encode::Variable;

  void add_variable(double score);
  void bump(Variable variable);
  void fade() { step_ /= 0.95; }

  void insert(Variable variable);  // if it is not there
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  Variable pop();  // the one with the highest score

 private:
  static constexpr std::size_t absent = ~std::size_t{0};
  void up(std::size_t at);
  void down(std::size_t at);
  void put(std::size_t at, Variable variable) {
    heap_[at] = variable;
    place_[variable] = at;
  }

  std::vector<double> score_;
  std::vector<std::size_t> place_;  // in the heap
  std::vector<Variable> heap_;
  double step_ = 1;
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_ACTIVITY_HPP
