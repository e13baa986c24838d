// SPDX-License-Identifier: Apache-2.0
//
// From decisions to an optimum.
//
// Problem   A solver says whether a total can be reached.  Find the largest one, and be useful when stopped.
// Idea      Questions in turn, with growing budgets of conflicts.  From below: is there anything better than the
//           incumbent?  From above: what is lost in any case (cores.cpp)?  That lowers the upper end by one
//           small refutation after the other.  Where the ends stay far apart, a larger total is supposed and
//           refuted, too; where that takes too long, one that is nearer to the upper end.  Suppositions lead
//           the activities astray, so cores have a solver of their own, and totals are not supposed at first.
// Why       What is refuted bounds the maximum; what is learned from either question holds for the other.
// Tested by tests/unit/engines/learning/optimize_test.cpp
#include "engines/learning/optimize.hpp"

#include <algorithm>

namespace gatelight::engines::learning {
namespace {

constexpr double first_budget = 300;  // conflicts
constexpr double more_budget = 1.3;
constexpr double share_above = 0.5;
// Of cores, in efforts of a turn: budgets outgrow these, and refuting is worth more than a fair share.
constexpr double most_for_cores = 4;
constexpr std::int64_t narrow_gap = 2;  // only the question from below is left
// Where little is expected below and the gap is wider than that, of the budget.
constexpr std::int64_t wide_gap = 8;
constexpr double little_below = 0.05, much_above = 1;
constexpr std::size_t most_terms = std::size_t{1} << 19;  // of a linear program

}  // namespace

Optimizer::Optimizer(const encode::Constraints& constraints, const Circuit& circuit,
                     std::size_t objective, branch_bound::Incumbents& incumbents,
                     branch_bound::SharedUpper& upper)
    : constraints_(constraints),
      circuit_(circuit),
      objective_(objective),
      incumbents_(incumbents),
      upper_(upper),
      solver_(std::in_place, constraints),
      budget_(first_budget) {
  std::size_t terms = 0;
  for (const encode::Row& row : constraints.rows) terms += row.terms.size();
  relaxable_ = terms <= most_terms;
  prefer_incumbent();
  began_ = known_;
}

Optimizer::Optimizer(const Optimizer& whole, const encode::Row& row,
                     branch_bound::SharedUpper& upper)
    : constraints_(whole.constraints_),
      circuit_(whole.circuit_),
      objective_(whole.objective_),
      incumbents_(whole.incumbents_),
      upper_(upper),
      solver_(whole.solver_),
      budget_(whole.budget_),
      relaxable_(whole.relaxable_),
      known_(whole.known_),
      began_(whole.began_),
      expects_little_below_(whole.expects_little_below_),
      step_(whole.step_) {
  solver_->add(row);
  if (!whole.cores_) return;
  cores_.emplace(*whole.cores_);
  cores_->add(row);
}

bool Optimizer::begin_again() {
  if (lower() <= began_) return false;
  earlier_ += solver_->conflicts();
  solver_.emplace(constraints_);
  budget_ = first_budget;
  prefer_incumbent();
  began_ = known_;
  return true;
}

void Optimizer::relax(const std::function<bool()>& stop) {
  if (!relaxable_) return;
  solver_->demand(lower() + 1);
  upper_.lower_to(std::max(solver_->bound_by_relaxation(stop), lower()));
}

void Optimizer::run(std::uint64_t effort, Questions questions, const std::function<bool()>& stop) {
  relaxed_ = questions == Questions::relaxed && relaxable_;
  const std::uint64_t last = this->effort() + effort;
  while (!settled() && !stop() && this->effort() < last) {
    if (lower() > known_) prefer_incumbent();
    const std::int64_t best = lower();
    solver_->demand(best + 1);
    const auto left = static_cast<double>(last - this->effort());
    const bool from_above = expects_little_below_ && upper_.value() > best + wide_gap;
    const double below = (from_above ? little_below : 1) * budget_;
    const auto outcome = ask(std::nullopt, std::min(below, left), stop);
    if (outcome == Solver::Outcome::none) upper_.lower_to(best);
    if (outcome != Solver::Outcome::stopped) continue;
    if (questions >= Questions::cores && !expects_little_below_) {
      ask_cores(std::min(budget_, most_for_cores * static_cast<double>(effort)), stop);
    }
    const bool above = questions >= Questions::all && upper_.value() > best + narrow_gap;
    if (above) ask_above((from_above ? much_above : share_above) * budget_, stop);
    budget_ *= more_budget;
  }
}

// Assignments near a good one are tried first.
void Optimizer::prefer_incumbent() {
  known_ = lower();
  solver_->prefer(encode::assignment_of(circuit_, constraints_, incumbents_.witness(objective_)));
}

Solver::Outcome Optimizer::ask(std::optional<Literal> supposed, double budget,
                               const std::function<bool()>& stop) {
  const auto outcome = solver_->solve(
      supposed, static_cast<std::uint64_t>(budget), [&] { return stop() || settled(); }, relaxed_);
  if (outcome == Solver::Outcome::found) offer(solver_->assignment());
  return outcome;
}

void Optimizer::offer(const std::vector<std::uint8_t>& assignment) {
  const auto first = assignment.begin();
  incumbents_.offer(InputBits(first, first + static_cast<std::ptrdiff_t>(circuit_.bit_count())));
}

void Optimizer::ask_cores(double budget, const std::function<bool()>& stop) {
  if (!relaxable_) return;  // too large to be there twice
  if (!cores_) {
    cores_.emplace(constraints_,
                   encode::assignment_of(circuit_, constraints_, incumbents_.witness(objective_)));
  }
  const std::uint64_t last = cores_->effort() + static_cast<std::uint64_t>(budget);
  auto outcome = Solver::Outcome::refuted;
  while (outcome != Solver::Outcome::stopped && !settled() && !stop() && cores_->effort() < last) {
    const std::int64_t best = lower();
    cores_->demand(best + 1);
    outcome = cores_->ask(last - cores_->effort(), [&] { return stop() || settled(); });
    if (outcome == Solver::Outcome::found) offer(cores_->assignment());
    upper_.lower_to(outcome == Solver::Outcome::none ? best : std::max(cores_->top(), best));
  }
}

// Supposes a total within `step_` of the upper end.  First the step is half the gap; where a refutation takes too
// long it is halved, where it does not it is doubled.
void Optimizer::ask_above(double budget, const std::function<bool()>& stop) {
  const std::int64_t upper = upper_.value(), best = lower();
  if (upper < best + 2) return;
  const std::int64_t most = (upper - best) / 2;
  step_ = step_ == 0 ? most : std::clamp<std::int64_t>(step_, 1, most);
  const std::int64_t supposed = upper - step_ + 1;
  const auto outcome = ask(solver_->supposition(supposed), budget, stop);
  switch (outcome) {
    case Solver::Outcome::none:
      upper_.lower_to(best);
      break;
    case Solver::Outcome::refuted:
      upper_.lower_to(supposed - 1);
      step_ *= 2;
      break;
    case Solver::Outcome::stopped:
      step_ = std::max<std::int64_t>(step_ / 2, 1);
      break;
    case Solver::Outcome::found:
      break;
  }
}

}  // namespace gatelight::engines::learning
