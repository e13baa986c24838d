// SPDX-License-Identifier: Apache-2.0
//
// Learning in parts of the domain.
//
// Problem   The upper end of a wide gap: each step down takes two or three times as long as the one before.
// Idea      Say how many of the counted variables are 1: from 0 to 64, say, then 0 to 31 and 32 to 63, and so on.
//           Each range is a cell with a solver of its own.  The cell with the largest upper end is worked on;
//           where that takes long it is halved, and both halves know what was learned so far.  Few ranges stay
//           hard, and in each of them every row that reads the counted variables says more.
// Why       The ranges cover all numbers, so the largest upper end of a cell bounds the total.  A cell's rows are
//           those of the circuit and two for its range; its optimizer proves its upper end.  What was learned for a
//           range is implied by its rows, which a part of it has, too.
// Cost      Memory for a solver a cell, some ten MB where rows have 200 terms: no more than 40.
// Tested by tests/unit/engines/learning/cells_test.cpp
#include "engines/learning/cells.hpp"

#include <algorithm>
#include <utility>

#include "engines/learning/optimize.hpp"

namespace gatelight::engines::learning {
namespace {

// A turn's, in conflicts; later a part of what the cell took so far.
constexpr double least_effort = 1000;
constexpr double more_effort = 0.5;
constexpr double share_to_split = 0.125;  // of the effort for all cells, at least
// Of constraints that there are many solvers of.
constexpr std::size_t most_terms = std::size_t{1} << 18;

encode::Row at_least(std::span<const encode::Variable> counted, bool ones, std::int64_t bound) {
  encode::Row row;
  row.bound = bound;
  for (const encode::Variable v : counted) row.terms.push_back({1, encode::Literal(v, ones)});
  return row;
}

}  // namespace

struct Cells::Cell {
  Cell(std::int64_t low_count, std::int64_t high_count, std::int64_t most)
      : low(low_count), high(high_count), upper(most) {}
  std::int64_t low, high;
  branch_bound::SharedUpper upper;
  std::unique_ptr<Optimizer> optimizer{};
  bool relaxed = false;  // its cuts are made
  double spent = 0;
  bool taken = false;
};

Cells::Cells(const encode::Constraints& constraints, std::vector<encode::Variable> counted,
             const Circuit& circuit, std::size_t objective, branch_bound::Incumbents& incumbents,
             branch_bound::SharedUpper& upper, double effort_to_split)
    : counted_(std::move(counted)),
      effort_to_split_(effort_to_split),
      objective_(objective),
      incumbents_(incumbents),
      upper_(upper) {
  std::size_t terms = 0;
  for (const encode::Row& row : constraints.rows) terms += row.terms.size();
  if (terms > most_terms) most_cells_ = 1;
  auto all = std::make_unique<Cell>(0, static_cast<std::int64_t>(counted_.size()), upper.value());
  all->optimizer =
      std::make_unique<Optimizer>(constraints, circuit, objective, incumbents, all->upper);
  all->optimizer->expect_little_below();
  cells_.push_back(std::move(all));
}

Cells::~Cells() = default;

std::size_t Cells::size() const {
  const std::lock_guard lock(mutex_);
  return cells_.size();
}

// One of the two ends is that of the whole.
std::unique_ptr<Cells::Cell> Cells::part(const Cell& whole, std::int64_t low,
                                         std::int64_t high) const {
  auto cell = std::make_unique<Cell>(low, high, whole.upper.value());
  const auto all = static_cast<std::int64_t>(counted_.size());
  const encode::Row row =
      low > whole.low ? at_least(counted_, true, low) : at_least(counted_, false, all - high);
  cell->optimizer = std::make_unique<Optimizer>(*whole.optimizer, row, cell->upper);
  return cell;
}

void Cells::split(std::size_t index) {
  const Cell& cell = *cells_[index];
  const std::int64_t middle = cell.low + (cell.high - cell.low) / 2;
  auto above = part(cell, middle + 1, cell.high);
  cells_[index] = part(cell, cell.low, middle);
  cells_.push_back(std::move(above));
}

// The cell to work on; none where all are taken or closed.
Cells::Cell* Cells::take() {
  const std::lock_guard lock(mutex_);
  for (;;) {
    std::size_t best = cells_.size();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i]->taken) continue;
      const auto rank = [&](std::size_t c) {
        return std::pair(-cells_[c]->upper.value(), cells_[c]->spent);
      };
      if (best == cells_.size() || rank(i) < rank(best)) best = i;
    }
    if (best == cells_.size()) return nullptr;
    Cell& cell = *cells_[best];
    if (cell.spent >= std::max(effort_to_split_, share_to_split * spent_) && cell.low < cell.high &&
        cells_.size() < most_cells_) {
      split(best);
      continue;
    }
    cell.taken = true;
    return &cell;
  }
}

void Cells::give_back(Cell& cell, double effort) {
  const std::lock_guard lock(mutex_);
  cell.spent += effort;
  spent_ += effort;
  cell.taken = false;
  const std::int64_t best = incumbents_.value(objective_);
  std::erase_if(cells_,
                [&](const auto& other) { return !other->taken && other->upper.value() <= best; });
  // The incumbent, which only rises, covers the cells that were closed.
  std::int64_t most = best;
  for (const auto& other : cells_) most = std::max(most, other->upper.value());
  upper_.lower_to(most);
}

double Cells::work(const std::function<bool()>& stop) {
  Cell* const cell = take();
  if (cell == nullptr) return 0;
  const std::int64_t before = cell->upper.value();
  const auto moved = [&] { return stop() || cell->upper.value() < before; };
  const double effort = std::max(least_effort, more_effort * cell->spent);
  const std::uint64_t counted = cell->optimizer->conflicts();
  const std::uint64_t spent = cell->optimizer->effort();
  if (!std::exchange(cell->relaxed, true)) cell->optimizer->relax(stop);
  for (const auto questions : {Optimizer::Questions::all, Optimizer::Questions::relaxed}) {
    if (!moved()) cell->optimizer->run(static_cast<std::uint64_t>(effort), questions, moved);
  }
  conflicts_ += cell->optimizer->conflicts() - counted;
  const auto used = static_cast<double>(cell->optimizer->effort() - spent);
  give_back(*cell, used + 1);
  return used + 1;
}

}  // namespace gatelight::engines::learning
