// SPDX-License-Identifier: Apache-2.0
//
// The rows of a solver: given, learned, forgotten.
//
// Problem   Thousands of learned rows make every assignment slower; most are never used again.
// Idea      From time to time, when nothing but facts is assigned, rows that conflicts did not use lately are
//           dropped, and the facts are put into the others, which get shorter.
// Why       Learned rows are implied by the given ones, so any of them may go.  A literal that is a
//           fact counts the same in every assignment that is left.
// Cost      O(all terms), after several thousand conflicts.
// Tested by tests/unit/engines/learning/solver_test.cpp
#include <algorithm>

#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {

Variable Solver::add_variable() {
  const auto variable = static_cast<Variable>(levels_.size());
  values_.resize(values_.size() + 2, Value::open);
  occurrences_.resize(occurrences_.size() + 2);
  watches_.resize(watches_.size() + 2);
  levels_.push_back(0);
  reasons_.push_back(no_row);
  position_.push_back(0);
  phase_.push_back(0);
  activity_.add_variable(0);
  conflict_.add_variable();
  reason_.add_variable();
  return variable;
}

// Requires terms by falling weight.  The caller makes the row's consequences true: imply().
Solver::RowId Solver::add_row(std::vector<Term> terms, std::int64_t bound, bool learned) {
  Row row;
  row.first = terms_.size();
  row.size = static_cast<std::uint32_t>(terms.size());
  row.learned = learned;
  row.bound = bound;
  row.activity = learned ? row_step_ : 0;
  row.clause = bound == 1 && terms.size() > 1 && terms.front().weight == 1;
  terms_.insert(terms_.end(), terms.begin(), terms.end());
  rows_.push_back(row);
  margins_.push_back(0);
  learned_ += learned ? 1 : 0;
  const auto id = static_cast<RowId>(rows_.size() - 1);
  attach(id);
  return id;
}

void Solver::attach(RowId id) {
  Row& row = rows_[id];
  const std::span<Term> all = terms(id);
  if (row.clause) {
    // Watched are literals that are not false, or became so last: they are the first to be open again.
    const auto rank = [this](const Term& term) {
      if (value(term.literal) != Value::is_false) return trail_.size() + 1;
      return position_[term.literal.variable()];
    };
    for (std::size_t i = 0; i < 2; ++i) {
      const auto rest = all.subspan(i);
      std::iter_swap(rest.begin(), std::ranges::max_element(rest, {}, rank));
    }
    watches_[all[0].literal.code()].push_back({id, all[1].literal});
    watches_[all[1].literal.code()].push_back({id, all[0].literal});
    return;
  }
  std::int64_t& margin = margins_[id] = -row.bound - next_weight(row);
  for (const Term& term : all) {
    if (!false_before(term.literal, propagated_)) margin += term.weight;
    occurrences_[term.literal.code()].push_back({id, term.weight});
  }
}

// Requires level() == 0 and nothing left to propagate.
void Solver::forget_some() {
  std::vector<float> activities;
  for (const Row& row : rows_) {
    if (row.learned && row.size > 2) activities.push_back(row.activity);
  }
  float least = 0;
  if (activities.size() > 1) {
    const auto middle = activities.begin() + static_cast<std::ptrdiff_t>(activities.size() / 2);
    std::ranges::nth_element(activities, middle);
    least = *middle;
  }
  const std::vector<Row> rows = std::move(rows_);
  const std::vector<Term> all = std::move(terms_);
  rows_.clear();
  margins_.clear();
  passed_.clear();
  terms_.clear();
  learned_ = 0;
  for (auto& list : occurrences_) list.clear();
  for (auto& list : watches_) list.clear();
  for (const Literal literal : trail_) reasons_[literal.variable()] = no_row;
  std::vector<RowId> renamed(rows.size(), no_row);
  for (RowId id = 0; id < rows.size(); ++id) {
    const Row& row = rows[id];
    if (row.learned && row.size > 2 && row.activity < least) continue;
    std::vector<Term> kept;
    std::int64_t bound = row.bound;
    const bool fixed = id == objective_row_;  // its bound rises later: weights stay as they are
    for (std::size_t i = row.first; i < row.first + row.size; ++i) {
      const Value known = value(all[i].literal);
      if (fixed || known == Value::open) {
        kept.push_back(all[i]);
      } else if (known == Value::is_true) {
        bound -= all[i].weight;
      }
    }
    if (!fixed) {
      if (bound <= 0) continue;
      for (Term& term : kept) term.weight = std::min(term.weight, bound);
      std::ranges::stable_sort(kept, std::ranges::greater{}, &Term::weight);
    }
    renamed[id] = add_row(std::move(kept), bound, row.learned);
    rows_.back().activity = row.activity;
  }
  objective_row_ = renamed[objective_row_];
  for (RowId& id : held_) {
    if (id != no_row) id = renamed[id];
  }
}

std::size_t Solver::bytes() const {
  return rows_.capacity() * sizeof(Row) + terms_.capacity() * (sizeof(Term) + sizeof(Occurrence));
}

}  // namespace gatelight::engines::learning
