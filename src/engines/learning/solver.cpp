// SPDX-License-Identifier: Apache-2.0
//
// The search of a solver.
//
// Problem   An assignment that satisfies all rows and reaches a total, or the proof that there is none.
// Idea      Decide, propagate, learn from conflicts, return (conflict-driven search).  The objective is a row
//           like any other, whose bound rises with the best total known.  A total that is only supposed is
//           a row with a literal that switches it on, so what is learned under it carries that literal
//           and stays true without it.  What is supposed is decided first, one literal a level.
// Why       Every learned row is implied by rows that hold for all wanted assignments.
// Tested by tests/unit/engines/learning/solver_test.cpp
#include "engines/learning/solver.hpp"

#include <algorithm>
#include <utility>

namespace gatelight::engines::learning {
namespace {

constexpr std::uint64_t restart_unit = 1000;  // conflicts
constexpr float row_fade = 1.001F;
constexpr float largest_activity = 1e20F;
constexpr std::uint64_t decisions_a_look = 1024;  // at the clock

// 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ... (Luby)
std::uint64_t luby(std::uint64_t index) {
  std::uint64_t size = 1, power = 1;
  while (size < index + 1) {
    size = 2 * size + 1;
    power *= 2;
  }
  while (size - 1 != index) {
    size = (size - 1) / 2;
    power /= 2;
    index %= size;
  }
  return power;
}

}  // namespace

Solver::Solver(const encode::Constraints& constraints, std::size_t most_learned)
    : given_variables_(constraints.variables.size()),
      objective_(constraints.objective),
      constant_(constraints.constant),
      demanded_(constraints.constant),
      most_learned_(most_learned),
      conflict_(0),
      reason_(0) {
  for (std::size_t v = 0; v < given_variables_; ++v) add_variable();
  std::ranges::stable_sort(objective_, std::ranges::greater{}, &Term::weight);
  objective_row_ = add_row(objective_, 0, false);
  for (const encode::Row& row : constraints.rows) add_given(row.terms, row.bound);
}

void Solver::add_given(std::vector<Term> terms, std::int64_t bound) {
  if (bound <= 0 || contradiction_) return;
  for (Term& term : terms) term.weight = std::min(term.weight, bound);
  std::ranges::stable_sort(terms, std::ranges::greater{}, &Term::weight);
  contradiction_ = !imply(add_row(std::move(terms), bound, false)) || propagate() != no_row;
}

void Solver::add(const encode::Row& row) {
  backtrack(0);
  relaxation_.reset();
  add_given(row.terms, row.bound);
}

void Solver::demand(std::int64_t value) {
  if (value <= demanded_ || contradiction_) return;
  backtrack(0);
  Row& row = rows_[objective_row_];
  row.bound += value - demanded_;
  margins_[objective_row_] -= value - demanded_;
  demanded_ = value;
  contradiction_ = !imply(objective_row_) || propagate() != no_row;
}

Literal Solver::supposition(std::int64_t value) {
  for (const auto& [supposed, literal] : suppositions_) {
    if (supposed == value) return literal;
  }
  const Literal literal = fresh();
  std::vector<Term> terms = objective_;
  terms.push_back({value - constant_, ~literal});
  add_given(std::move(terms), value - constant_);
  // A larger total is a smaller one, too.
  for (const auto& [other, its_literal] : suppositions_) {
    const Literal larger = other > value ? its_literal : literal;
    const Literal smaller = other > value ? literal : its_literal;
    add_given({{1, ~larger}, {1, smaller}}, 1);
  }
  suppositions_.emplace_back(value, literal);
  return literal;
}

Literal Solver::fresh() {
  backtrack(0);
  return {add_variable(), true};
}

Solver::Held Solver::hold(encode::Row row) {
  backtrack(0);
  const auto id = static_cast<RowId>(rows_.size());
  add_given(std::move(row.terms), row.bound);
  held_.push_back(id < rows_.size() ? id : no_row);
  return static_cast<Held>(held_.size() - 1);
}

// It is one of the learned rows from now on, which are forgotten some time.
void Solver::release(Held held) {
  const RowId id = std::exchange(held_[held], no_row);
  if (id == no_row) return;
  rows_[id].learned = true;
  ++learned_;
}

void Solver::prefer(std::span<const std::uint8_t> assignment) {
  std::ranges::copy(assignment, phase_.begin());
}

void Solver::bump_row(RowId id) {
  if (!rows_[id].learned) return;
  rows_[id].activity += row_step_;
  if (rows_[id].activity < largest_activity) return;
  for (Row& row : rows_) row.activity /= largest_activity;
  row_step_ /= largest_activity;
}

double Solver::touches_in_conflicts() {
  return nanoseconds_a_touch * static_cast<double>(std::exchange(touched_, 0)) /
         nanoseconds_a_conflict;
}

void Solver::count_conflict() {
  ++conflicts_;
  work_ += std::max(1.0, touches_in_conflicts());
}

bool Solver::settle(RowId violated) {
  if (violated == no_row) violated = propagate();
  while (violated != no_row && !contradiction_) {
    count_conflict();
    activity_.fade();
    row_step_ *= row_fade;
    const std::optional<RowId> learned = learn_from(violated);
    violated = learned && !imply(*learned) ? *learned : propagate();
  }
  return !contradiction_;
}

void Solver::restart() {
  backtrack(0);
  ++restarts_;
  if (learned_ <= most_learned_) return;
  forget_some();
  most_learned_ += most_learned_ / 8 + 1;
}

std::optional<Literal> Solver::next_decision() {
  while (!activity_.empty()) {
    const Variable v = activity_.pop();
    const Literal literal(v, phase_[v] != 0);
    if (value(literal) == Value::open) return literal;
  }
  return std::nullopt;
}

// Decides the first supposition that is not true.  One that became false ends the search.
Solver::Supposing Solver::suppose_next(std::span<const Literal> supposed) {
  const auto at = static_cast<std::size_t>(level());
  if (supposed_before_.size() > at + 1) supposed_before_.resize(at + 1);
  if (supposed_before_.size() <= at) return Supposing::all_true;
  // What is true at lower levels was looked at when the level began.
  for (std::size_t i = at == 0 ? 0 : decisions_.back(); i < trail_.size(); ++i) {
    if (denied_[trail_[i].code()] == 0) continue;
    find_core(~trail_[i]);
    return Supposing::refuted;
  }
  std::size_t& next = supposed_before_[at];
  while (next < supposed.size() && value(supposed[next]) == Value::is_true) ++next;
  if (next == supposed.size()) return Supposing::all_true;
  const Literal literal = supposed[next];
  supposed_before_.push_back(next + 1);
  decisions_.push_back(trail_.size());
  assign(literal, no_row);
  return Supposing::decided;
}

Solver::Outcome Solver::solve(std::span<const Literal> supposed, std::uint64_t effort,
                              const std::function<bool()>& stop, bool relaxed) {
  if (!contradiction_) restart();
  if (relaxed && !relaxation_) build_relaxation();
  const std::uint64_t last = this->effort() + effort;
  std::uint64_t next_restart = conflicts_ + restart_unit * luby(restarts_);
  Demand demand{demanded_, std::nullopt};
  for (const auto& [value, literal] : suppositions_) {
    if (supposed.size() == 1 && supposed[0] == literal) demand = {value, literal};
  }
  denied_.assign(values_.size(), 0);
  for (const Literal literal : supposed) denied_[(~literal).code()] = 1;
  supposed_before_.assign(1, 0);
  for (std::uint64_t decisions = 1;; ++decisions) {
    const std::uint64_t before = conflicts_;
    if (contradiction_ || !settle(no_row)) return Outcome::none;
    if ((conflicts_ != before || decisions % decisions_a_look == 0) && stop())
      return Outcome::stopped;
    if (this->effort() >= last) return Outcome::stopped;
    if (conflicts_ >= next_restart) {
      restart();
      next_restart = conflicts_ + restart_unit * luby(restarts_);
    }
    const Supposing supposing = suppose_next(supposed);
    if (supposing == Supposing::refuted) return Outcome::refuted;
    if (supposing == Supposing::decided) continue;
    if (relaxed && consult(demand, stop)) continue;
    std::optional<Literal> decision;
    if (relaxed && relaxation_->choice && value(*relaxation_->choice) == Value::open) {
      decision = relaxation_->choice;
    } else {
      decision = next_decision();
    }
    if (!decision) break;
    decisions_.push_back(trail_.size());
    assign(*decision, no_row);
  }
  found_.resize(given_variables_);
  for (Variable v = 0; v < given_variables_; ++v) {
    found_[v] = value(Literal(v, true)) == Value::is_true ? 1 : 0;
  }
  return Outcome::found;
}

}  // namespace gatelight::engines::learning
