// SPDX-License-Identifier: Apache-2.0
//
// What to decide where the linear relaxation is fractional (private to the engines).
#ifndef GATELIGHT_ENGINES_LINEAR_BRANCHING_HPP
#define GATELIGHT_ENGINES_LINEAR_BRANCHING_HPP

#include <array>
#include <optional>
#include <vector>

#include "engines/linear/program.hpp"

namespace gatelight::engines::linear {

// Remembers how far the total fell where variables were fixed (pseudo-costs).
class Branching {
 public:
  explicit Branching(std::size_t variables) : gains_(variables) {}

  // A literal of a fractional variable, for a program that is solved; nothing where the solution is whole.
  // Fixes variables that are not known well for a moment, to try them.
  std::optional<encode::Literal> choose(Program& program, double limit);
  // After fixing a literal of which `missing` was missing, the total fell by `gain`.
  void learn(encode::Literal literal, double missing, double gain);

 private:
  struct Gain {
    double sum = 0;
    int count = 0;
  };
  [[nodiscard]] double expected(encode::Literal literal, double missing) const;
  [[nodiscard]] double score(encode::Variable variable, double x, double most) const;

  std::vector<std::array<Gain, 2>> gains_;  // a unit, for the negative and the positive literal
  Gain all_;
};

}  // namespace gatelight::engines::linear

#endif  // GATELIGHT_ENGINES_LINEAR_BRANCHING_HPP
