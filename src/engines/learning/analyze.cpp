// SPDX-License-Identifier: Apache-2.0
//
// Learning from a conflict.
//
// Problem   A row is violated.  Find a row that is implied by all others, and that would have prevented the
//           conflict earlier.
// Idea      Walk back along the trail.  Where a literal of the violated row was made false by another
//           row, divide that one such that the literal has weight 1, and add it so often that the literal
//           cancels.  Stop as soon as the row forces something at an earlier level.
// Why       Sums, multiples and rounded-up divisions of rows are implied by them; so is a row from which a
//           literal is weakened away.  The sum stays violated: after division the reason has slack 0 at
//           most, since the terms that are not false are first weakened to multiples of the divisor.
//           Facts (level 0) are put in when a row is read.
// Limits    Numbers stay below 2^62: rows beyond 2^30 are divided, reasons beyond are replaced by the
//           clause that they imply here.
// Source    J. Elffers, J. Nordstrom, Divide and conquer: towards faster pseudo-Boolean solving, IJCAI 2018.
// Tested by tests/unit/engines/learning/solver_test.cpp
#include <algorithm>
#include <numeric>

#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {
namespace {

constexpr std::int64_t largest_number = std::int64_t{1} << 30;
constexpr std::int64_t divided_number = std::int64_t{1} << 20;  // and what it is divided to

// Divides by the divisor, so that a slack stays negative that is so where these literals are false.
template <class IsFalse>
void reduce_where(Combination& row, std::int64_t divisor, const IsFalse& is_false) {
  for (const Variable v : row.variables()) {
    const std::int64_t rest = row.weight(v) % divisor;
    if (rest != 0 && !is_false(row.literal(v))) row.weaken(v, rest);
  }
  row.divide(divisor);
  row.saturate();
}

template <class IsFalse>
void keep_small_where(Combination& row, const IsFalse& is_false) {
  row.saturate();
  if (row.bound() > largest_number) reduce_where(row, row.bound() / divided_number, is_false);
}

}  // namespace

// The row without facts.
void Solver::load(RowId id, Combination& into) {
  into.clear();
  into.add_bound(rows_[id].bound);
  for (const Term& term : terms(id)) {
    const Variable v = term.literal.variable();
    if (value(term.literal) == Value::open || levels_[v] > 0) {
      into.add(term.weight, term.literal);
    } else if (value(term.literal) == Value::is_true) {
      into.add_bound(-term.weight);
    }
  }
  into.saturate();
}

// Divides by the divisor, so that a negative slack on the trail before `position` stays negative.
void Solver::reduce(Combination& row, std::int64_t divisor, std::size_t position) {
  reduce_where(row, divisor, [&](Literal literal) { return false_before(literal, position); });
}

void Solver::keep_small(Combination& row, std::size_t position) {
  keep_small_where(row, [&](Literal literal) { return false_before(literal, position); });
}

// Cancels the literal that the trail has at `position`.
void Solver::add_reason(std::size_t position) {
  const Literal literal = trail_[position];
  const std::int64_t factor = conflict_.weight(~literal);
  const RowId id = reasons_[literal.variable()];
  bump_row(id);
  load(id, reason_);
  reduce(reason_, reason_.weight(literal), position);
  const bool small = reason_.bound() <= largest_number;
  conflict_.add_bound(factor * (small ? reason_.bound() : 1));
  for (const Variable v : reason_.variables()) {
    const Literal part = reason_.literal(v);
    const bool is_false = false_before(part, position);
    if (is_false) activity_.bump(v);
    if (small) {
      conflict_.add(factor * reason_.weight(v), part);
    } else if (is_false || part == literal) {
      conflict_.add(factor, part);
    }
  }
  activity_.bump(literal.variable());
}

void Solver::explain(std::size_t position) {
  add_reason(position);
  keep_small(conflict_, position);
}

// With the assignment up to `level` the conflict's row is violated or forces a literal.
bool Solver::forces_at(int level) const {
  std::int64_t slack = -conflict_.bound(), largest = 0;
  for (const Variable v : conflict_.variables()) {
    const std::int64_t weight = conflict_.weight(v);
    const Value known = value(conflict_.literal(v));
    const bool assigned = known != Value::open && levels_[v] <= level;
    if (!assigned) largest = std::max(largest, weight);
    if (!assigned || known == Value::is_true) slack += weight;
  }
  return slack < largest;
}

// The lowest level at which it does; `highest` is one.
int Solver::level_to_return_to(const std::vector<Term>& terms, int highest) const {
  std::vector<std::pair<int, std::int64_t>> falsified;
  std::int64_t slack = -conflict_.bound();
  for (const Term& term : terms) {
    slack += term.weight;
    const int at = levels_[term.literal.variable()];
    if (value(term.literal) == Value::is_false && at <= highest)
      falsified.emplace_back(at, term.weight);
  }
  std::ranges::sort(falsified);
  std::size_t next = 0, largest = 0;
  for (int at = 0; at < highest;) {
    for (; next < falsified.size() && falsified[next].first <= at; ++next)
      slack -= falsified[next].second;
    const auto assigned = [&](const Term& term) {
      return value(term.literal) != Value::open && levels_[term.literal.variable()] <= at;
    };
    while (largest < terms.size() && assigned(terms[largest])) ++largest;
    const std::int64_t most = largest < terms.size() ? terms[largest].weight : 0;
    if (slack < most) return at;
    // Between two levels with a falsified literal only the largest open weight changes, downwards.
    if (next == falsified.size()) break;
    at = falsified[next].first;
  }
  return highest;
}

std::optional<Solver::RowId> Solver::learn_from(RowId violated) {
  bump_row(violated);
  load(violated, conflict_);
  return analyze();
}

std::optional<Solver::RowId> Solver::analyze() {
  std::size_t position = trail_.size();
  keep_small(conflict_, position);
  for (const Variable v : conflict_.variables()) activity_.bump(v);
  int highest = 0;
  for (;;) {
    while (position > 0 && conflict_.weight(~trail_[position - 1]) == 0) --position;
    if (position == 0) {
      contradiction_ = true;
      return std::nullopt;
    }
    --position;
    highest = levels_[trail_[position].variable()];
    if (forces_at(highest - 1)) break;
    explain(position);
  }
  return learn(highest - 1);
}

// Keeps the conflict's row, which forces something at `level`.
std::optional<Solver::RowId> Solver::learn(int level) {
  std::int64_t common = 0;
  for (const Variable v : conflict_.variables()) common = std::gcd(common, conflict_.weight(v));
  if (common > 1) conflict_.divide(common);
  conflict_.saturate();
  std::vector<Term> terms = conflict_.terms();
  backtrack(level_to_return_to(terms, level));
  if (terms.size() == 1) {
    backtrack(0);
    if (value(terms[0].literal) == Value::is_false) {
      contradiction_ = true;
      return std::nullopt;
    }
    if (value(terms[0].literal) == Value::open) assign(terms[0].literal, no_row);
    return std::nullopt;
  }
  return add_row(std::move(terms), conflict_.bound(), true);
}

// What the rows say about the suppositions alone, one of which became false.  In the row that made it so all literals
// but their negations are explained away, the last one first.  What counts as false, so that the row is violated:
// negations of suppositions, and what the trail has before `position`.  A row that is violated by the former alone
// stays so without all other literals.
void Solver::find_core(Literal refuted) {
  work_ += touches_in_conflicts();
  if (is_fact(~refuted)) {
    core_ = {{{1, ~refuted}}, 1};
    return;
  }
  std::size_t position = position_[refuted.variable()];
  load(reasons_[refuted.variable()], conflict_);
  const auto is_false = [&](Literal literal) {
    return denied_[literal.code()] != 0 || false_before(literal, position);
  };
  for (;;) {
    keep_small_where(conflict_, is_false);
    std::int64_t others = 0;
    for (const Variable v : conflict_.variables()) {
      if (denied_[conflict_.literal(v).code()] == 0) others += conflict_.weight(v);
    }
    if (others < conflict_.bound()) break;
    do {
      --position;
    } while (conflict_.weight(~trail_[position]) == 0 || denied_[(~trail_[position]).code()] != 0);
    add_reason(position);
  }
  for (const Variable v : conflict_.variables()) {
    if (denied_[conflict_.literal(v).code()] == 0) conflict_.weaken(v, conflict_.weight(v));
  }
  conflict_.saturate();
  core_ = {conflict_.terms(), conflict_.bound()};
}

}  // namespace gatelight::engines::learning
