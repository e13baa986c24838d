// SPDX-License-Identifier: Apache-2.0
//
// The semidefinite bound by alternating directions.
//
// Problem   max <total, X> over positive semidefinite X with X00 = 1, Xvv = X0v and <row, X> >= 0 for all rows.
//           Wanted are good multipliers: certify.cpp makes a bound of any.
// Idea      Augmented Lagrangian of the dual, minimised in turn over the multipliers (a linear system whose
//           matrix never changes) and over the slack matrix (projection on the semidefinite ones: an
//           eigenvalue decomposition).  The penalty follows the ratio of the two residuals.
// Why       Only the speed depends on this being right.
// Cost      An iteration costs O(size^3); a few hundred are enough for a bound within a unit or so.
// Source    Z. Wen, D. Goldfarb, W. Yin, Alternating direction augmented Lagrangian methods for
//           semidefinite programming, 2010.
// Tested by tests/unit/engines/semidefinite/bound_test.cpp
#include "engines/semidefinite/bound.hpp"

#include <Eigen/Dense>
#include <cmath>

#include "engines/semidefinite/certify.hpp"
#include "engines/semidefinite/relaxation.hpp"

namespace gatelight::engines::semidefinite {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int most_iterations = 3000;
constexpr int first_certificate = 25;  // the next ones at 1.25 times as many iterations
// It is given up where the bound after so many iterations is not below what is known times that.
constexpr int first_look = 60, last_look = 400;
constexpr double hopeless = 1.2;
constexpr double converged = 1e-6;
constexpr double over_relaxation = 1.6;
constexpr int iterations_a_penalty = 20;

// Symmetric matrices as sparse forms; one with a slack number beside it is an inequality.
struct Constraint {
  struct Place {
    int row, column;
    double factor;  // of X[row][column] in the form, row <= column
  };
  std::vector<Place> places;
  bool inequality = false;
  double norm = 1;  // what the form was divided by

  [[nodiscard]] double of(const MatrixXd& x) const {
    double sum = 0;
    for (const Place& p : places) sum += p.factor * x(p.row, p.column);
    return sum;
  }
  // Adds factor * the matrix of the form.
  void add_to(MatrixXd& x, double factor) const {
    for (const Place& p : places) {
      if (p.row == p.column) {
        x(p.row, p.row) += factor * p.factor;
      } else {
        x(p.row, p.column) += factor * p.factor / 2;
        x(p.column, p.row) += factor * p.factor / 2;
      }
    }
  }
};

Constraint normalised(Constraint constraint) {
  double squares = 0;
  for (const auto& p : constraint.places) {
    squares += p.factor * p.factor / (p.row == p.column ? 1 : 2);
  }
  constraint.norm = std::sqrt(squares);
  for (auto& p : constraint.places) p.factor /= constraint.norm;
  return constraint;
}

Constraint constraint_of(const Form& form) {
  Constraint constraint;
  for (const Entry& e : form) {
    constraint.places.push_back(
        {static_cast<int>(e.row), static_cast<int>(e.column), static_cast<double>(e.factor)});
  }
  return constraint;
}

// min <cost, X>, constraints(X) - slack = right, X semidefinite, slack >= 0.  The constraints are: the corner,
// the squares, the rows.
class Alternation {
 public:
  explicit Alternation(const Relaxation& relaxation) : size_(static_cast<int>(relaxation.size)) {
    constraints_.push_back(constraint_of({{0, 0, 1}}));
    for (std::uint32_t v = 1; v < relaxation.size; ++v) {
      constraints_.push_back(normalised(constraint_of({{v, v, 1}, {0, v, -1}})));
    }
    for (const Form& form : relaxation.rows) {
      Constraint constraint = normalised(constraint_of(form));
      constraint.inequality = true;
      constraints_.push_back(std::move(constraint));
    }
    cost_ = MatrixXd::Zero(size_, size_);
    constraint_of(relaxation.total).add_to(cost_, -1);
    scale_ = std::max(cost_.norm(), 1e-9);
    cost_ /= scale_;
    const auto count = static_cast<Eigen::Index>(constraints_.size());
    right_ = VectorXd::Zero(count);
    right_(0) = 1;
    factorise_gram();
    x_ = MatrixXd::Identity(size_, size_);
    s_ = MatrixXd::Zero(size_, size_);
    x_slack_ = s_slack_ = y_ = VectorXd::Zero(count);
  }

  // The larger of the relative residuals of both sides.
  double step() {
    const VectorXd values = apply(x_, x_slack_);
    const VectorXd dual = apply(s_ - cost_, s_slack_);
    y_ = -gram_.solve(penalty_ * (values - right_) + dual);
    MatrixXd v = cost_ - penalty_ * x_;
    VectorXd v_slack = -penalty_ * x_slack_;
    for (std::size_t i = 0; i < constraints_.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      constraints_[i].add_to(v, -y_(at));
      if (constraints_[i].inequality) v_slack(at) += y_(at);
    }
    const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(v);
    const VectorXd& numbers = eigen.eigenvalues();
    const MatrixXd& vectors = eigen.eigenvectors();
    // The smaller part is the cheaper product.
    const auto positive = static_cast<Eigen::Index>((numbers.array() > 0).count());
    const auto part = [&](Eigen::Index first, Eigen::Index count) -> MatrixXd {
      const auto columns = vectors.middleCols(first, count);
      return columns * numbers.segment(first, count).asDiagonal() * columns.transpose();
    };
    const Eigen::Index negative = size_ - positive;
    s_ = positive <= negative ? part(negative, positive) : MatrixXd(v - part(0, negative));
    s_slack_ = v_slack.cwiseMax(0);
    const MatrixXd new_x = (s_ - v) / penalty_;
    const VectorXd new_slack = (s_slack_ - v_slack) / penalty_;
    const double moved = (new_x - x_).norm() + (new_slack - x_slack_).norm();
    x_ += over_relaxation * (new_x - x_);
    x_slack_ += over_relaxation * (new_slack - x_slack_);
    const double primal = (apply(x_, x_slack_) - right_).norm() / 2;
    const double other = penalty_ * moved / (1 + cost_.norm());
    adapt(primal, other);
    return std::max(primal, other);
  }

  [[nodiscard]] Multipliers multipliers() const {
    Multipliers result;
    // S = cost - sum y * constraint: the squares' multipliers are -y, those of the rows y.
    for (std::size_t i = 1; i < constraints_.size(); ++i) {
      const double y = y_(static_cast<Eigen::Index>(i)) * scale_ / constraints_[i].norm;
      (constraints_[i].inequality ? result.rows : result.squares)
          .push_back(constraints_[i].inequality ? y : -y);
    }
    return result;
  }

 private:
  void factorise_gram() {
    const auto count = static_cast<Eigen::Index>(constraints_.size());
    MatrixXd gram(count, count);
    MatrixXd matrix = MatrixXd::Zero(size_, size_);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Constraint& one = constraints_[static_cast<std::size_t>(i)];
      one.add_to(matrix, 1);
      for (Eigen::Index j = 0; j <= i; ++j) {
        gram(i, j) = gram(j, i) = constraints_[static_cast<std::size_t>(j)].of(matrix);
      }
      for (const auto& p : one.places) matrix(p.row, p.column) = matrix(p.column, p.row) = 0;
      if (one.inequality) gram(i, i) += 1;
    }
    gram_.compute(gram);
  }

  [[nodiscard]] VectorXd apply(const MatrixXd& x, const VectorXd& slack) const {
    VectorXd values(static_cast<Eigen::Index>(constraints_.size()));
    for (std::size_t i = 0; i < constraints_.size(); ++i) {
      const auto at = static_cast<Eigen::Index>(i);
      values(at) = constraints_[i].of(x) - (constraints_[i].inequality ? slack(at) : 0);
    }
    return values;
  }

  void adapt(double primal, double dual) {
    balance_ += primal < dual ? 1 : -1;
    if (++since_ < iterations_a_penalty) return;
    if (balance_ > iterations_a_penalty / 2) penalty_ /= 1.6;
    if (balance_ < -iterations_a_penalty / 2) penalty_ *= 1.6;
    balance_ = since_ = 0;
  }

  int size_;
  std::vector<Constraint> constraints_;
  MatrixXd cost_, x_, s_;
  VectorXd right_, y_, x_slack_, s_slack_;
  Eigen::LDLT<MatrixXd> gram_;
  double scale_ = 1, penalty_ = 1;
  int balance_ = 0, since_ = 0;
};

bool suitable(const encode::Constraints& constraints) {
  if (constraints.variables.size() > Bounder::most_variables) return false;
  for (const encode::Row& row : constraints.rows) {
    __int128 sum = row.bound;
    for (const encode::Term& term : row.terms) sum += term.weight;
    if (sum >= __int128{1} << 60) return false;
  }
  return true;
}

}  // namespace

struct Bounder::State {
  explicit State(const encode::Constraints& constraints)
      : relaxation(relaxation_of(constraints)), alternation(relaxation) {}

  Relaxation relaxation;
  Alternation alternation;
  int iterations = 0, next_certificate = first_certificate;
  bool useful = false;  // once below what was known
};

Bounder::Bounder(const encode::Constraints& constraints) : finished_(!suitable(constraints)) {
  if (!finished_) state_ = std::make_unique<State>(constraints);
}

Bounder::~Bounder() = default;

double Bounder::effort() const {
  const double size = finished_ ? 0 : state_->relaxation.size;
  return 1.2 * size * size * size;
}

std::int64_t Bounder::run(int iterations, std::int64_t known, const std::function<bool()>& stop) {
  std::int64_t best = known;
  for (int i = 0; i < iterations && !finished_; ++i) {
    if (stop()) break;
    const bool ready = state_->alternation.step() < converged;
    const int done = ++state_->iterations;
    if (done < state_->next_certificate && !ready && i + 1 < iterations) continue;
    state_->next_certificate = done + done / 4;
    const auto bound = certified_bound(state_->relaxation, state_->alternation.multipliers());
    if (bound && *bound < best) {
      best = *bound;
      state_->useful = true;
    }
    const double known_times = bound ? static_cast<double>(*bound) / static_cast<double>(known) : 2;
    finished_ =
        ready || done >= most_iterations ||
        (!state_->useful && (done >= last_look || (done >= first_look && known_times > hopeless)));
  }
  return best;
}

}  // namespace gatelight::engines::semidefinite
