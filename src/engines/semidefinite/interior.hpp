// SPDX-License-Identifier: Apache-2.0
//
// An interior-point method for the relaxation (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_INTERIOR_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_INTERIOR_HPP

#include <cstdint>
#include <vector>

#include "engines/semidefinite/certify.hpp"
#include "engines/semidefinite/dense.hpp"
#include "engines/semidefinite/relaxation.hpp"

namespace gatelight::engines::semidefinite {

// A product in the variables s = 2 x - 1, divided by the norm of its matrix.
struct Scaled {
  struct Part {
    std::uint32_t index;
    double factor;
  };
  std::vector<Part> first, second;
  double norm = 1;
  bool zero = false;
};
[[nodiscard]] Scaled scaled(const Product& product);

class Interior {
 public:
  explicit Interior(const Relaxation& relaxation);

  // False where the numbers allow no further step.
  bool step();
  // The solution satisfies its constraints, and the best total under them is not further from it than that.
  [[nodiscard]] bool within(double gap) const;
  // What the multipliers prove, as far as they satisfy their constraints.
  [[nodiscard]] double upper() const;
  // Of a step.
  [[nodiscard]] double operations() const;

  // The products of all s, s_0 = 1.
  [[nodiscard]] const Matrix& moments() const { return at_.x; }
  [[nodiscard]] Multipliers multipliers() const;
  // An inequality that is far from tight, judged by its multiplier.
  [[nodiscard]] bool idle(std::size_t row) const;

  // Begins again near the solution, with the rows `kept` (increasing) and those added.
  void exchange(const std::vector<std::size_t>& kept, const std::vector<Product>& added);

 private:
  // A point, or a direction: the squares' and the rows' multipliers, the rows' slacks, and both matrices.
  struct Point {
    std::vector<double> d, y, slack;
    Matrix s, x;
  };
  // What both directions of a step are found with: P = S^-1, the factor of the system, by how much S is not the
  // slack matrix, and X times that times P.
  struct Equations {
    Matrix p, factor, residual, drift;
  };

  [[nodiscard]] std::size_t size() const { return cost_.rows(); }
  [[nodiscard]] std::size_t inequalities() const;
  [[nodiscard]] double barrier(const Point& point) const;
  [[nodiscard]] double step_length(const Matrix& matrix, const Matrix& by,
                                   const std::vector<double>& numbers,
                                   const std::vector<double>& numbers_by, int halvings) const;
  [[nodiscard]] Matrix combination(const std::vector<double>& weights) const;
  [[nodiscard]] std::vector<double> values(const Matrix& matrix) const;
  [[nodiscard]] Matrix slack_matrix(const Point& point) const;
  [[nodiscard]] Matrix residual() const;
  [[nodiscard]] Matrix system(const Matrix& p) const;
  [[nodiscard]] Point direction(const Equations& equations, double target,
                                const Point* first) const;
  void measure();

  std::vector<Scaled> rows_;
  Matrix cost_;  // of the total, without its constant
  double constant_ = 0;
  Point at_;
  Point early_;  // the last one that was not near the solution yet
  double primal_error_ = 1, dual_error_ = 1, lower_ = 0;
};

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_INTERIOR_HPP
