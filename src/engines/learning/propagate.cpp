// SPDX-License-Identifier: Apache-2.0
//
// What follows from an assignment.
//
// Problem   After a literal became true, find all literals that some row now forces, or a violated row.
// Idea      Clauses watch two of their literals.  All other rows are counted: each knows its slack, and is
//           looked at more closely only where that falls below its largest weight that may be open.  What an
//           assignment touches of a row is one number.
// Why       If an open literal's weight exceeds the slack, the row cannot do without it.  Terms that were
//           passed over as assigned stay so until the trail is shorter than it was then.
// Invariant Slacks count the literals of the trail before `propagated_`; backtrack() takes back just these.
// Cost      O(occurrences) an assignment.
// Tested by tests/unit/engines/learning/solver_test.cpp
#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {

void Solver::assign(Literal literal, RowId reason) {
  values_[literal.code()] = Value::is_true;
  values_[(~literal).code()] = Value::is_false;
  const Variable v = literal.variable();
  levels_[v] = level();
  reasons_[v] = reason;
  position_[v] = trail_.size();
  trail_.push_back(literal);
}

Solver::RowId Solver::propagate() {
  while (propagated_ < trail_.size()) {
    const Literal falsified = ~trail_[propagated_++];
    RowId violated = propagate_counts(falsified);
    if (violated == no_row) violated = propagate_clauses(falsified);
    if (violated != no_row) return violated;
  }
  return no_row;
}

// All slacks are updated even where a row is violated, so that backtrack() can take all back.
Solver::RowId Solver::propagate_counts(Literal falsified) {
  RowId violated = no_row;
  touched_ += occurrences_[falsified.code()].size();
  for (const Occurrence& occurrence : occurrences_[falsified.code()]) {
    const std::int64_t margin = margins_[occurrence.row] -= occurrence.weight;
    if (margin >= 0 || violated != no_row) continue;
    if (!imply(occurrence.row)) violated = occurrence.row;
  }
  return violated;
}

bool Solver::imply(RowId id) {
  const Row& row = rows_[id];
  const std::span<Term> all = terms(id);
  if (row.clause) {
    if (value(all[1].literal) != Value::is_false || value(all[0].literal) == Value::is_true)
      return true;
    if (value(all[0].literal) == Value::is_false) return false;
    assign(all[0].literal, id);
    return true;
  }
  const std::int64_t slack = margins_[id] + next_weight(row);
  if (slack < 0) return false;
  const std::uint32_t before = row.next;
  std::uint32_t next = before;
  for (; next < row.size && all[next].weight > slack; ++next) {
    if (value(all[next].literal) == Value::open) assign(all[next].literal, id);
  }
  if (next == before) return true;
  pass(id, next);
  if (level() > 0) passed_.push_back({id, before, trail_.size()});
  return true;
}

void Solver::pass(RowId id, std::uint32_t next) {
  Row& row = rows_[id];
  margins_[id] += next_weight(row);
  row.next = next;
  margins_[id] -= next_weight(row);
}

Solver::RowId Solver::propagate_clauses(Literal falsified) {
  std::vector<Watch>& list = watches_[falsified.code()];
  RowId violated = no_row;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Watch watch = list[i];
    list[kept++] = watch;
    if (violated != no_row || value(watch.blocker) == Value::is_true) continue;
    const std::span<Term> all = terms(watch.row);
    if (all[0].literal == falsified) std::swap(all[0], all[1]);
    const Literal other = all[0].literal;
    if (value(other) == Value::is_true) {
      list[kept - 1].blocker = other;
      continue;
    }
    bool moved = false;
    for (std::size_t k = 2; k < all.size() && !moved; ++k) {
      if (value(all[k].literal) == Value::is_false) continue;
      std::swap(all[1], all[k]);
      watches_[all[1].literal.code()].push_back({watch.row, other});
      moved = true;
    }
    if (moved) {
      --kept;
    } else if (value(other) == Value::is_false) {
      violated = watch.row;
    } else {
      assign(other, watch.row);
    }
  }
  list.resize(kept);
  return violated;
}

void Solver::backtrack(int level) {
  if (this->level() <= level) return;
  const std::size_t keep = decisions_[static_cast<std::size_t>(level)];
  while (trail_.size() > keep) {
    const Literal literal = trail_.back();
    trail_.pop_back();
    if (trail_.size() < propagated_) {
      for (const Occurrence& occurrence : occurrences_[(~literal).code()]) {
        margins_[occurrence.row] += occurrence.weight;
      }
    }
    values_[literal.code()] = values_[(~literal).code()] = Value::open;
    phase_[literal.variable()] = literal.positive() ? 1 : 0;
    activity_.insert(literal.variable());
  }
  for (; !passed_.empty() && passed_.back().trail > keep; passed_.pop_back()) {
    pass(passed_.back().row, passed_.back().next);
  }
  propagated_ = std::min(propagated_, keep);
  decisions_.resize(static_cast<std::size_t>(level));
}

}  // namespace gatelight::engines::learning
