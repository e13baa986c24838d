// SPDX-License-Identifier: Apache-2.0
//
// What the linear relaxation knows.
//
// Problem   Propagation looks at one row at a time.  That many rows together leave no total above the incumbent
//           is seen late, after many decisions.
// Idea      Solve the linear relaxation (linear/) below the decisions taken, with cuts found at the root.  Its
//           multipliers name rows whose sum is violated, or which forces literals; that sum is a row
//           like any other, so conflict analysis learns from it.
// Why       The multipliers are rounded to whole numbers; the sum of rows, times these, is implied by them
//           whatever the multipliers are.  It is used only where its exact slack says so.  Without
//           decisions the slack bounds the total: sum + scale * total <= slack + scale * total.
// Limits    The multipliers are scaled such that no number exceeds 2^61.
// Source    J. Devriendt, A. Gleixner, J. Nordstrom, Learn to relax: integrating 0-1 integer linear
//           programming with pseudo-Boolean conflict-driven search, 2021.
// Tested by tests/unit/engines/learning/solver_test.cpp
#include <algorithm>
#include <cmath>
#include <limits>

#include "engines/learning/solver.hpp"
#include "engines/linear/cut_rounds.hpp"

namespace gatelight::engines::learning {
namespace {

constexpr double largest_scaled = 0x1p60;
constexpr std::int64_t largest_bound = std::int64_t{1} << 29;  // of a row that is kept
constexpr double tolerance = 1e-6;
// Nanoseconds, roughly, of a simplex iteration for each row and column; iterations a call costs besides.
constexpr double effort_a_place = 0.8;
constexpr double iterations_a_call = 8;

}  // namespace

void Solver::Relaxation::count(std::uint64_t iterations) {
  effort += (static_cast<double>(iterations) + iterations_a_call) * effort_a_place *
            static_cast<double>(program.rows().size() * program.variables());
}

std::uint64_t Solver::effort() const {
  const double more = relaxation_ ? relaxation_->effort / nanoseconds_a_conflict : 0;
  return static_cast<std::uint64_t>(work_ + more);
}

void Solver::build_relaxation() {
  relaxation_.emplace(given_variables_, objective_);
  std::vector<encode::Row> rows;
  for (RowId id = 0; id < rows_.size(); ++id) {
    if (id == objective_row_ || rows_[id].learned) continue;
    load(id, conflict_);
    const bool own = std::ranges::all_of(conflict_.variables(),
                                         [&](Variable v) { return v < given_variables_; });
    if (own && conflict_.bound() > 0) rows.push_back({conflict_.terms(), conflict_.bound()});
  }
  relaxation_->given = rows.size();
  relaxation_->program.add_rows(std::move(rows));
}

// The program knows what is assigned.
void Solver::send_values() {
  for (Variable v = 0; v < given_variables_; ++v) {
    const Value now = value(Literal(v, true));
    if (relaxation_->sent[v] == now) continue;
    relaxation_->sent[v] = now;
    relaxation_->program.bound(v, now == Value::is_true ? 1 : 0, now == Value::is_false ? 0 : 1);
  }
}

std::int64_t Solver::bound_by_relaxation(const std::function<bool()>& stop) {
  const std::int64_t unknown = std::numeric_limits<std::int64_t>::max();
  if (contradiction_) return unknown;
  backtrack(0);
  if (!relaxation_) build_relaxation();
  send_values();
  std::int64_t best = unknown;
  std::uint64_t counted = relaxation_->program.iterations();
  const auto each = [&] {
    const std::uint64_t now = relaxation_->program.iterations();
    const auto solution = relaxation_->program.solution();
    relaxation_->root.assign(solution.begin(), solution.end());
    relaxation_->count(3 * (now - counted));  // the cuts cost as much
    counted = now;
    const double scale = add_up({});
    if (scale < 1) return;
    const std::int64_t slack = slack_of(conflict_);
    const std::int64_t total = slack < 0 ? -1 : slack / static_cast<std::int64_t>(scale);
    best = std::min(best, constant_ + total);
  };
  const double limit = static_cast<double>(demanded_ - constant_) - tolerance;
  linear::cut_rounds(relaxation_->program, relaxation_->given, limit, stop, each);
  each();
  return best;
}

// All literals that are not false, less the bound.
std::int64_t Solver::slack_of(const Combination& row) const {
  std::int64_t slack = -row.bound();
  for (const Variable v : row.variables()) {
    if (value(row.literal(v)) != Value::is_false) slack += row.weight(v);
  }
  return slack;
}

// conflict_ = the sum of rows by the program's multipliers, and of the objective, which has to reach what
// is demanded, or, where the literal is true, what is supposed.  Returns what the objective was taken times.
double Solver::add_up(std::optional<Demand> demand) {
  const auto multipliers = relaxation_->program.multipliers();
  const auto& rows = relaxation_->program.rows();
  double size = 0;
  for (const Term& term : objective_)
    size += 2 * multipliers.total * static_cast<double>(term.weight);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (multipliers.rows[r] <= 0) continue;
    double weights = static_cast<double>(rows[r].bound);
    for (const Term& term : rows[r].terms) weights += static_cast<double>(term.weight);
    size += multipliers.rows[r] * weights;
  }
  conflict_.clear();
  if (!(size > 0) || !std::isfinite(size)) return 0;
  const double scale = std::min(largest_scaled / size, 0x1p40);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto times = static_cast<std::int64_t>(multipliers.rows[r] * scale);
    if (times <= 0) continue;
    conflict_.add_bound(times * rows[r].bound);
    for (const Term& term : rows[r].terms) conflict_.add(times * term.weight, term.literal);
  }
  const auto times = static_cast<std::int64_t>(multipliers.total * scale);
  if (times <= 0) return 0;
  for (const Term& term : objective_) conflict_.add(times * term.weight, term.literal);
  if (demand) {
    conflict_.add_bound(times * (demand->value - constant_));
    if (demand->literal) conflict_.add(times * (demand->value - constant_), ~*demand->literal);
  }
  return static_cast<double>(times);
}

bool Solver::consult(const Demand& demand, const std::function<bool()>& stop) {
  send_values();
  linear::Program& program = relaxation_->program;
  const std::uint64_t before = program.iterations();
  const double limit = static_cast<double>(demand.value - constant_) - tolerance;
  const auto outcome = program.solve(limit, stop);
  relaxation_->count(program.iterations() - before);
  relaxation_->choice.reset();
  if (outcome == linear::Program::Outcome::abandoned) return false;
  const bool solved = outcome == linear::Program::Outcome::solved;
  // The last decision may be another one by now, a supposition even, of which the program knows nothing.
  if (relaxation_->decided && level() > 0 && trail_[decisions_.back()] == *relaxation_->decided) {
    relaxation_->branching.learn(*relaxation_->decided, relaxation_->missing,
                                 relaxation_->value_before - (solved ? program.value() : limit));
  }
  relaxation_->decided.reset();
  add_up(demand);
  shorten();
  const std::int64_t slack = slack_of(conflict_);
  if (slack < 0) {
    count_conflict();
    const auto learned = analyze();
    settle(learned && !imply(*learned) ? *learned : no_row);
    return true;
  }
  if (outcome == linear::Program::Outcome::solved) {
    const auto solution = program.solution();
    for (Variable v = 0; v < given_variables_; ++v) phase_[v] = solution[v] > 0.5 ? 1 : 0;
  }
  const bool forces = std::ranges::any_of(conflict_.variables(), [&](Variable v) {
    return value(conflict_.literal(v)) == Value::open && conflict_.weight(v) > slack;
  });
  if (!forces) {
    if (solved) choose_by_relaxation(limit);
    return false;
  }
  std::vector<Term> terms = conflict_.terms();
  imply(add_row(std::move(terms), conflict_.bound(), true));
  return true;
}

void Solver::choose_by_relaxation(double limit) {
  const auto solution = relaxation_->program.solution();
  const std::vector<double> point(solution.begin(), solution.end());
  const double value = relaxation_->program.value();
  const std::uint64_t before = relaxation_->program.iterations();
  const auto choice = relaxation_->branching.choose(relaxation_->program, limit);
  relaxation_->count(relaxation_->program.iterations() - before);
  if (!choice) return;
  relaxation_->choice = choice;
  relaxation_->value_before = value;
  const double x = point[choice->variable()];
  relaxation_->missing = choice->positive() ? 1 - x : x;
  relaxation_->decided = choice;
}

// Without facts, and with numbers that conflict analysis can work with; violated where it was.
void Solver::shorten() {
  for (const Variable v : conflict_.variables()) {
    const Literal literal = conflict_.literal(v);
    if (value(literal) == Value::open || levels_[v] > 0) continue;
    if (value(literal) == Value::is_true) conflict_.weaken(v, conflict_.weight(v));
    conflict_.drop(v);
  }
  conflict_.saturate();
  if (conflict_.bound() > largest_bound) {
    reduce(conflict_, conflict_.bound() / largest_bound + 1, trail_.size());
  }
}

}  // namespace gatelight::engines::learning
