// SPDX-License-Identifier: Apache-2.0
//
// A thin layer over CLP's dual simplex.
//
// Problem   max total over rows and 0 <= x <= 1, again and again, with bounds that change a little.
// Idea      The dual simplex starts from the basis of the last solution, which stays dual feasible.
// Why       Nothing is proved here; see learning/consult.cpp.
// Tested by tests/unit/engines/linear/program_test.cpp
#include "engines/linear/program.hpp"

#include <ClpEventHandler.hpp>
#include <ClpSimplex.hpp>
#include <CoinError.hpp>
#include <algorithm>
#include <cmath>

namespace gatelight::engines::linear {
namespace {

using encode::Row;
using encode::Term;
using encode::Variable;

constexpr int most_iterations = 20'000;
constexpr int keep_factorisation = 1;  // for tableau()
constexpr double fraction = 1e-4;      // nearer to an integer than that is one

// The program's tolerances are absolute: rows with large weights are scaled down.
double scale_of(const Row& row) {
  constexpr double most = 1000;
  std::int64_t largest = 1;
  for (const Term& term : row.terms) largest = std::max(largest, term.weight);
  return std::min(1.0, most / static_cast<double>(largest));
}

}  // namespace

namespace {

// Asks now and then whether to go on.
class Watcher : public ClpEventHandler {
 public:
  int event(Event which) override {
    if (which != endOfIteration || ++iterations_ % iterations_a_look != 0) return -1;
    return stop != nullptr && (*stop)() ? 0 : -1;
  }
  [[nodiscard]] ClpEventHandler* clone() const override { return new Watcher(*this); }

  const std::function<bool()>* stop = nullptr;

 private:
  static constexpr int iterations_a_look = 32;
  int iterations_ = 0;
};

}  // namespace

struct Program::Simplex {
  // CLP keeps a copy of the handler; this finds it.
  [[nodiscard]] Watcher& watcher() { return dynamic_cast<Watcher&>(*model.eventHandler()); }
  ClpSimplex model;
};

Program::Program(std::size_t variables, std::span<const Term> total)
    : simplex_(std::make_unique<Simplex>()), variables_(variables) {
  ClpSimplex& model = simplex_->model;
  model.setLogLevel(0);
  model.resize(0, static_cast<int>(variables));
  model.setOptimizationDirection(1);
  for (std::size_t v = 0; v < variables; ++v) {
    const auto column = static_cast<int>(v);
    model.setColumnBounds(column, 0, 1);
    model.setObjectiveCoefficient(column, 0);
  }
  double offset = 0;
  for (const Term& term : total) {
    const auto weight = static_cast<double>(term.weight);
    model.setObjectiveCoefficient(static_cast<int>(term.literal.variable()),
                                  term.literal.positive() ? -weight : weight);
    if (!term.literal.positive()) offset += weight;
  }
  model.setObjectiveOffset(offset);
  model.setMaximumIterations(most_iterations);
  const Watcher watcher;
  model.passInEventHandler(&watcher);
}

Program::~Program() = default;

void Program::add_rows(std::vector<Row> rows) {
  std::vector<int> starts{0}, columns;
  std::vector<double> factors, lower;
  for (const Row& row : rows) {
    const double scale = scales_.emplace_back(scale_of(row));
    double bound = static_cast<double>(row.bound) * scale;
    for (const Term& term : row.terms) {
      const double factor = static_cast<double>(term.weight) * scale;
      columns.push_back(static_cast<int>(term.literal.variable()));
      factors.push_back(term.literal.positive() ? factor : -factor);
      if (!term.literal.positive()) bound -= factor;
    }
    starts.push_back(static_cast<int>(columns.size()));
    lower.push_back(bound);
  }
  const std::vector<double> upper(rows.size(), COIN_DBL_MAX);
  tableau_ready_ = false;
  simplex_->model.addRows(static_cast<int>(rows.size()), lower.data(), upper.data(), starts.data(),
                          columns.data(), factors.data());
  std::ranges::move(rows, std::back_inserter(rows_));
}

void Program::drop_rows(std::span<const std::size_t> which) {
  if (which.empty()) return;
  tableau_ready_ = false;
  std::vector<int> list;
  std::vector<Row> kept;
  std::vector<double> scales;
  std::size_t next = 0;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (next < which.size() && which[next] == r) {
      list.push_back(static_cast<int>(r));
      ++next;
    } else {
      kept.push_back(std::move(rows_[r]));
      scales.push_back(scales_[r]);
    }
  }
  simplex_->model.deleteRows(static_cast<int>(list.size()), list.data());
  rows_ = std::move(kept);
  scales_ = std::move(scales);
}

void Program::bound(Variable variable, int low, int high) {
  simplex_->model.setColumnBounds(static_cast<int>(variable), low, high);
}

Program::Outcome Program::solve(double limit, const std::function<bool()>& stop) {
  ClpSimplex& model = simplex_->model;
  if (rows_.empty()) return Outcome::abandoned;  // CLP wants one
  simplex_->watcher().stop = &stop;
  tableau_ready_ = false;
  bool broken = false;
  try {
    model.setDualObjectiveLimit(-limit);
    model.dual(0, keep_factorisation);
  } catch (const CoinError&) {
    broken = true;
  }
  simplex_->watcher().stop = nullptr;
  if (broken) return Outcome::abandoned;
  iterations_ += static_cast<std::uint64_t>(std::max(model.numberIterations(), 0));
  tableau_ready_ = model.status() == 0;
  if (model.status() == 0) return value() > limit ? Outcome::solved : Outcome::exceeded;
  return model.status() == 1 ? Outcome::exceeded : Outcome::abandoned;
}

double Program::value() const { return -simplex_->model.objectiveValue(); }

std::span<const double> Program::solution() const {
  return {simplex_->model.primalColumnSolution(), variables_};
}

Program::Multipliers Program::multipliers() const {
  const ClpSimplex& model = simplex_->model;
  Multipliers result;
  result.rows.resize(rows_.size());
  std::unique_ptr<double[]> ray;
  if (model.status() == 1 && model.secondaryStatus() == 0) ray.reset(model.infeasibilityRay());
  double sign = 1;
  if (ray) {
    result.total = 0;
    // The ray has one sign, but for rounding errors.
    const auto [least, most] = std::minmax_element(ray.get(), ray.get() + rows_.size());
    if (-*least > *most) sign = -1;
  }
  const double* values = ray ? ray.get() : model.dualRowSolution();
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const double multiplier = sign * values[r] * scales_[r];
    result.rows[r] = std::isfinite(multiplier) ? std::max(multiplier, 0.0) : 0.0;
  }
  return result;
}

std::vector<Program::TableauRow> Program::tableau(std::size_t most) const {
  GATELIGHT_REQUIRE(tableau_ready_, "the tableau is read after a solution, before rows change");
  ClpSimplex& model = simplex_->model;
  const double* x = model.primalColumnSolution();
  std::vector<std::pair<double, int>> places;  // distance from 1/2, row of the basis
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const int basic = model.pivotVariable()[r];
    if (basic >= static_cast<int>(variables_)) continue;
    const double away = std::abs(x[basic] - std::round(x[basic]));
    if (away > fraction) places.emplace_back(0.5 - away, static_cast<int>(r));
  }
  std::ranges::sort(places);
  if (places.size() > most) places.resize(most);
  std::vector<TableauRow> result;
  for (const auto& [distance, place] : places) {
    TableauRow row{static_cast<Variable>(model.pivotVariable()[place]), {}};
    row.rows.resize(rows_.size());
    model.getBInvRow(place, row.rows.data());
    for (std::size_t r = 0; r < rows_.size(); ++r) row.rows[r] *= scales_[r];
    result.push_back(std::move(row));
  }
  return result;
}

std::vector<Program::Trial> Program::try_both(std::span<const Variable> variables, int iterations) {
  std::vector<Trial> trials;
  if (variables.empty()) return trials;
  tableau_ready_ = false;
  ClpSimplex& model = simplex_->model;
  const std::size_t count = variables.size();
  const std::vector<int> columns(variables.begin(), variables.end());
  std::vector<double> lower(count, 1.0), upper(count, 0.0);
  std::vector<int> status(2 * count), used(2 * count);
  std::vector<std::vector<double>> solutions(2 * count, std::vector<double>(variables_));
  std::vector<double*> places;
  for (auto& solution : solutions) places.push_back(solution.data());
  try {
    model.setMaximumIterations(iterations);
    model.strongBranching(static_cast<int>(count), columns.data(), lower.data(), upper.data(),
                          places.data(), status.data(), used.data(), false, true, 0);
    model.setMaximumIterations(most_iterations);
  } catch (const CoinError&) {
    model.setMaximumIterations(most_iterations);
    return trials;
  }
  for (const int some : used) iterations_ += static_cast<std::uint64_t>(std::max(some, 0));
  trials.reserve(count);
  for (std::size_t i = 0; i < count; ++i) trials.push_back({variables[i], upper[i], lower[i]});
  return trials;
}

bool Program::tight(std::size_t row) const {
  return simplex_->model.getRowStatus(static_cast<int>(row)) != ClpSimplex::basic;
}

}  // namespace gatelight::engines::linear
