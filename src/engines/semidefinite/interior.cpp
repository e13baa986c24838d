// SPDX-License-Identifier: Apache-2.0
//
// The relaxation, solved from the interior.
//
// Problem   max <total, X> over positive semidefinite X with X00 = 1, Xvv = X0v and <row, X> >= 0 for all rows.
//           Wanted are good multipliers, for certify.cpp makes a bound of any, and X, for violated cuts.
// Idea      In the variables s = 2 x - 1 the squares are 1: X has ones on its diagonal.  With multipliers d of
//           those and y >= 0 of the rows, S = Diag(d) - total - sum y_k row_k has to be semidefinite, and
//           sum d is a bound.  A primal-dual method takes Newton steps towards X S = target, slack_k y_k = target
//           for smaller and smaller targets: one to see how far the target may be lowered, one that takes
//           the first one's curvature into account.  A row is a product of two sparse sums g and h, so an entry
//           of the linear system, <row_k, X row_l S^-1>, is made of products such as (g_k X g_l) (h_k S^-1 h_l):
//           a few operations, where other methods multiply matrices.
// Why       Only the speed depends on this being right.
// Cost      (size + rows)^3 / 3 for the system and some 30 size^3 for the rest of a step.  15 steps from nothing,
//           9 from the solution before cuts were added.
// Source    C. Helmberg, F. Rendl, R. Vanderbei, H. Wolkowicz, An interior-point method for semidefinite
//           programming, 1996; S. Mehrotra, On the implementation of a primal-dual interior point method, 1992.
// Tested by tests/unit/engines/semidefinite/interior_test.cpp
#include "engines/semidefinite/interior.hpp"

#include <algorithm>
#include <cmath>

#include "engines/semidefinite/kernels.hpp"

namespace gatelight::engines::semidefinite {
namespace {

constexpr double longest = 0.95;  // of the way to the boundary
constexpr int few_halvings = 3, many_halvings = 7;
constexpr double accurate = 1e-6;
constexpr double relief = 1e-10;  // for equations that depend on each other
constexpr double early_gap = 1;
constexpr double idle_ratio = 1e-2;  // multiplier to slack
// Of a new beginning: how far towards the center, and how much larger the target.
constexpr double towards_center = 0.1, target_again = 2;

// (factor in 1, x) to (factor in 1, s).
std::vector<Scaled::Part> signs(const Affine& affine) {
  std::vector<Scaled::Part> parts;
  double constant = 0;
  for (const Part& part : affine) {
    const auto factor = static_cast<double>(part.factor);
    if (part.index != 0) parts.push_back({part.index, factor / 2});
    constant += part.index == 0 ? factor : factor / 2;
  }
  if (constant != 0) parts.insert(parts.begin(), {0, constant});
  return parts;
}

double squares(const std::vector<Scaled::Part>& parts) {
  double sum = 0;
  for (const auto& part : parts) sum += part.factor * part.factor;
  return sum;
}

double common(const std::vector<Scaled::Part>& a, const std::vector<Scaled::Part>& b) {
  double sum = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (i->index == j->index) sum += i->factor * j->factor;
    if (i->index <= j->index) {
      const bool both = i->index == j->index;
      ++i;
      if (both) ++j;
    } else {
      ++j;
    }
  }
  return sum;
}

// Rows as arrays: those of row k's first sum are first[begin[2 k]] to before begin[2 k + 1], then its second's.
struct Packed {
  std::vector<std::uint32_t> begin, index;
  std::vector<double> factor;
};

Packed packed(const std::vector<Scaled>& rows) {
  Packed result;
  const auto put = [&](const std::vector<Scaled::Part>& parts) {
    result.begin.push_back(static_cast<std::uint32_t>(result.index.size()));
    for (const auto& part : parts) {
      result.index.push_back(part.index);
      result.factor.push_back(part.factor);
    }
  };
  for (const Scaled& row : rows) {
    put(row.first);
    put(row.second);
  }
  result.begin.push_back(static_cast<std::uint32_t>(result.index.size()));
  return result;
}

double product(const std::vector<double>& a, const std::vector<double>& b) {
  return dot(a.data(), b.data(), a.size());
}

bool definite(const Matrix& matrix, double factor, const Matrix& other) {
  Matrix sum = matrix;
  sum.add(factor, other);
  return factorize(sum);
}

void add(std::vector<double>& a, double factor, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] += factor * b[k];
}

}  // namespace

Scaled scaled(const Product& product) {
  Scaled result{signs(product.first), signs(product.second), 1, product.zero};
  const double both = common(result.first, result.second);
  result.norm = std::sqrt((squares(result.first) * squares(result.second) + both * both) / 2);
  for (auto& part : result.first) part.factor /= result.norm;
  return result;
}

Interior::Interior(const Relaxation& relaxation) : cost_(relaxation.size, relaxation.size) {
  at_.x = at_.s = cost_;
  double norm = 0;
  for (const auto& part : signs(relaxation.total)) {
    if (part.index == 0) {
      constant_ = part.factor;
    } else {
      cost_[0][part.index] = cost_[part.index][0] = part.factor / 2;
      norm += part.factor * part.factor / 4;
    }
  }
  for (const Product& row : relaxation.rows) rows_.push_back(scaled(row));
  const double start = 3 * std::sqrt(norm) + 1;
  at_.x.add_to_diagonal(1);
  at_.s.add_to_diagonal(start);
  at_.d.assign(relaxation.size, 0);
  // An equation has no slack.
  for (const Scaled& row : rows_) {
    at_.y.push_back(row.zero ? 0 : 0.3 * start);
    at_.slack.push_back(row.zero ? 0 : 1);
  }
  early_ = at_;
}

std::size_t Interior::inequalities() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows_, [](const Scaled& row) { return !row.zero; }));
}

double Interior::barrier(const Point& point) const {
  return (inner(point.x, point.s) + product(point.slack, point.y)) /
         static_cast<double>(size() + inequalities());
}

// How far to go, 1 at most, so that both stay well inside.
double Interior::step_length(const Matrix& matrix, const Matrix& by,
                             const std::vector<double>& numbers,
                             const std::vector<double>& numbers_by, int halvings) const {
  double most = 1;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (!rows_[k].zero && numbers_by[k] < 0)
      most = std::min(most, -longest * numbers[k] / numbers_by[k]);
  }
  if (definite(matrix, most / longest, by)) return most;
  double least = 0;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (least + most) / 2;
    (definite(matrix, middle / longest, by) ? least : most) = middle;
  }
  return least;
}

// The sum of weights * rows.
Matrix Interior::combination(const std::vector<double>& weights) const {
  Matrix sum(size(), size());
  for (std::size_t k = 0; k < rows_.size(); ++k) {
    for (const auto& g : rows_[k].first) {
      for (const auto& h : rows_[k].second) {
        const double entry = weights[k] * g.factor * h.factor / 2;
        sum[g.index][h.index] += entry;
        sum[h.index][g.index] += entry;
      }
    }
  }
  return sum;
}

std::vector<double> Interior::values(const Matrix& matrix) const {
  std::vector<double> result;
  result.reserve(rows_.size());
  for (const Scaled& row : rows_) {
    double sum = 0;
    for (const auto& h : row.second) {
      double part = 0;
      for (const auto& g : row.first) part += g.factor * matrix[h.index][g.index];
      sum += part * h.factor;
    }
    result.push_back(sum);
  }
  return result;
}

Matrix Interior::slack_matrix(const Point& point) const {
  Matrix result(size(), size());
  for (std::size_t i = 0; i < size(); ++i) result[i][i] = point.d[i];
  result.add(-1, cost_);
  result.add(-1, combination(point.y));
  return result;
}

// By how much S differs from what the multipliers make of it.
Matrix Interior::residual() const {
  Matrix result = at_.s;
  result.add(-1, slack_matrix(at_));
  return result;
}

// The lower triangle of the matrix of the Newton equations for (d, y).
Matrix Interior::system(const Matrix& p) const {
  const std::size_t n = size();
  Matrix result(n + rows_.size(), n + rows_.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) result[i][j] = at_.x[i][j] * p[i][j];
  }
  const Packed rows = packed(rows_);
  const Kernels& with = kernels();
  Matrix parts(4, n);
  base::AlignedVector<double> entries(4 * n);
  for (std::size_t l = 0; l < rows_.size(); ++l) {
    for (std::size_t i = 0; i < 4; ++i) {
      std::fill_n(parts[i], n, 0.0);
      const Matrix& matrix = i < 2 ? at_.x : p;
      for (const auto& part : i % 2 == 0 ? rows_[l].first : rows_[l].second) {
        with.add_row(parts[i], part.factor, matrix[part.index], matrix.stride());
      }
      for (std::size_t j = 0; j < n; ++j) entries[4 * j + i] = parts[i][j];
    }
    double* row = result[n + l];
    for (std::size_t j = 0; j < n; ++j) {
      row[j] = -0.5 * (parts[0][j] * parts[3][j] + parts[1][j] * parts[2][j]);
    }
    with.pair(rows.begin.data(), rows.index.data(), rows.factor.data(), entries.data(), l + 1,
              row + n);
    row[n + l] += rows_[l].zero ? relief * row[n + l] : at_.slack[l] / at_.y[l];
  }
  return result;
}

// Towards X S = target.  With a first direction its second-order part is taken into account.
Interior::Point Interior::direction(const Equations& equations, double target,
                                    const Point* first) const {
  const std::size_t n = size(), m = rows_.size();
  const Matrix& p = equations.p;
  // What X becomes before the multipliers move: target P - second order + X residual P.
  Matrix still(n, n);
  still.add(target, p);
  std::vector<double> bend(m, 0);
  if (first != nullptr) {
    Matrix second = times_transposed(times_transposed(first->x, first->s), p);
    symmetrize(second);
    still.add(-1, second);
    for (std::size_t k = 0; k < m; ++k) {
      if (!rows_[k].zero) bend[k] = first->slack[k] * first->y[k] / at_.y[k];
    }
  }
  Matrix moved = equations.drift;
  moved.add(1, still);
  const std::vector<double> at_rows = values(moved);
  std::vector<double> right(n + m);
  for (std::size_t i = 0; i < n; ++i) right[i] = moved[i][i] - 1;
  for (std::size_t k = 0; k < m; ++k) {
    right[n + k] = (rows_[k].zero ? 0 : target / at_.y[k]) - bend[k] - at_rows[k];
  }
  solve(equations.factor, right);
  Point result;
  result.d.assign(right.begin(), right.begin() + static_cast<std::ptrdiff_t>(n));
  result.y.assign(right.begin() + static_cast<std::ptrdiff_t>(n), right.end());
  result.s = Matrix(n, n);
  for (std::size_t i = 0; i < n; ++i) result.s[i][i] = result.d[i];
  result.s.add(-1, combination(result.y));
  result.s.add(-1, equations.residual);
  result.x = times_transposed(times_transposed(at_.x, result.s), p);
  symmetrize(result.x);
  Matrix to = still;
  to.add(-1, result.x);
  to.add(-1, at_.x);
  result.x = std::move(to);
  for (std::size_t k = 0; k < m; ++k) {
    const double wanted =
        rows_[k].zero ? 0 : (target - at_.slack[k] * result.y[k]) / at_.y[k] - bend[k];
    result.slack.push_back(wanted - at_.slack[k]);
  }
  return result;
}

bool Interior::step() {
  const std::size_t n = size();
  Matrix factor = at_.s;
  if (!factorize(factor)) return false;
  Equations equations;
  equations.p = inverse_of_product(factor);
  equations.residual = residual();
  equations.factor = system(equations.p);
  if (!factorize(equations.factor)) return false;
  equations.drift = times_transposed(times_transposed(at_.x, equations.residual), equations.p);
  symmetrize(equations.drift);
  const double now = barrier(at_);
  const Point first = direction(equations, 0, nullptr);
  const double x_first = step_length(at_.x, first.x, at_.slack, first.slack, few_halvings);
  const double s_first = step_length(at_.s, first.s, at_.y, first.y, few_halvings);
  const double after =
      (inner(at_.x, at_.s) + x_first * inner(first.x, at_.s) + s_first * inner(at_.x, first.s) +
       x_first * s_first * inner(first.x, first.s) + product(at_.slack, at_.y) +
       x_first * product(first.slack, at_.y) + s_first * product(at_.slack, first.y) +
       x_first * s_first * product(first.slack, first.y)) /
      static_cast<double>(n + inequalities());
  const double ratio = std::clamp(after / now, 0.0, 1.0);
  const double share = std::min(x_first, s_first) > 0.1 ? std::max(ratio * ratio, 0.02) : 0.8;
  const Point second = direction(equations, share * now, &first);
  const double x_step = step_length(at_.x, second.x, at_.slack, second.slack, many_halvings);
  const double s_step = step_length(at_.s, second.s, at_.y, second.y, many_halvings);
  if (!(x_step > 0 || s_step > 0)) return false;
  at_.x.add(x_step, second.x);
  add(at_.slack, x_step, second.slack);
  at_.s.add(s_step, second.s);
  add(at_.d, s_step, second.d);
  add(at_.y, s_step, second.y);
  measure();
  return std::isfinite(upper());
}

// How far both sides are from satisfying their equations.
void Interior::measure() {
  primal_error_ = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    primal_error_ = std::max(primal_error_, std::abs(at_.x[i][i] - 1));
  }
  const std::vector<double> at_rows = values(at_.x);
  for (std::size_t k = 0; k < rows_.size(); ++k) {
    primal_error_ = std::max(primal_error_, std::abs(at_rows[k] - at_.slack[k]));
  }
  const Matrix off = residual();
  dual_error_ = std::sqrt(inner(off, off) / std::max(inner(at_.s, at_.s), 1e-30));
  lower_ = constant_ + inner(cost_, at_.x);
  if (!within(early_gap)) early_ = at_;
}

bool Interior::within(double gap) const {
  return primal_error_ < accurate && dual_error_ < accurate && upper() - lower_ < gap;
}

double Interior::upper() const {
  double sum = constant_;
  for (const double number : at_.d) sum += number;
  return sum;
}

double Interior::operations() const {
  const auto n = static_cast<double>(size()), all = n + static_cast<double>(rows_.size());
  return all * all * all / 3 + 50 * n * n * n;
}

Multipliers Interior::multipliers() const {
  Multipliers result;
  for (std::size_t k = 0; k < rows_.size(); ++k) result.rows.push_back(at_.y[k] / rows_[k].norm);
  // s_v^2 - 1 = 4 (x_v^2 - x_v).
  for (std::size_t v = 1; v < size(); ++v) result.squares.push_back(4 * at_.d[v]);
  return result;
}

bool Interior::idle(std::size_t row) const {
  return !rows_[row].zero && at_.y[row] < idle_ratio * at_.slack[row];
}

void Interior::exchange(const std::vector<std::size_t>& kept, const std::vector<Product>& added) {
  const double target = target_again * barrier(early_);
  std::vector<Scaled> rows;
  std::vector<double> y;
  for (const std::size_t k : kept) {
    rows.push_back(std::move(rows_[k]));
    y.push_back(early_.y[k]);
  }
  for (const Product& product : added) rows.push_back(scaled(product));
  rows_ = std::move(rows);
  at_.x = Matrix(size(), size());
  at_.x.add(1 - towards_center, early_.x);
  at_.x.add_to_diagonal(towards_center);
  at_.slack = values(at_.x);
  at_.y = std::move(y);
  const double least = 0.3 * std::sqrt(target);
  for (std::size_t k = 0; k < rows_.size(); ++k) {
    at_.slack[k] = rows_[k].zero ? 0 : std::max(at_.slack[k], least);
    const double center = rows_[k].zero ? 0 : target / at_.slack[k];
    if (k >= kept.size()) {
      at_.y.push_back(center);
    } else if (!rows_[k].zero) {
      at_.y[k] = std::max(at_.y[k], center / 2);
    }
  }
  at_.d = early_.d;
  // As far inside as it takes.
  for (double more = target;; more *= 2) {
    for (double& number : at_.d) number += more;
    at_.s = slack_matrix(at_);
    Matrix factor = at_.s;
    factor.add_to_diagonal(-target);
    if (factorize(factor) || !std::isfinite(more)) break;
  }
  measure();
}

}  // namespace gatelight::engines::semidefinite
