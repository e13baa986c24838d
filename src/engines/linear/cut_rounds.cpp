// SPDX-License-Identifier: Apache-2.0
//
// Rounds of cuts at the root.
//
// Problem   The relaxation of a gate is weak where its sum is far from its threshold.
// Idea      Cut off the optimum by mixed-integer roundings of single rows and of rows of the simplex tableau
//           (Gomory's), take the deepest ones, solve again; drop those that are slack.
// Why       All rows are implied, see cuts.cpp.
// Tested by tests/unit/engines/linear/program_test.cpp
#include "engines/linear/cut_rounds.hpp"

#include <cmath>

#include "engines/linear/cuts.hpp"

namespace gatelight::engines::linear {
namespace {

constexpr int most_rounds = 60;
constexpr int patience = 5;                // rounds that gain little
constexpr double least_gain = 0.01;        // of a total
constexpr std::size_t most_tableau = 200;  // rows of the tableau a round
constexpr std::int64_t tableau_divisor = 1 << 20;

// The row of the tableau, times the divisor and rounded, rounded by the divisor.
std::optional<encode::Row> gomory_cut(const Program& program, const Program::TableauRow& row,
                                      std::span<const double> point) {
  const auto rows = std::span(program.rows());
  std::optional<encode::Row> best;
  double deepest = 0;
  for (const double sign : {1.0, -1.0}) {
    std::vector<std::int64_t> multipliers(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const double multiplier = sign * row.rows[r] * static_cast<double>(tableau_divisor);
      if (!(std::abs(multiplier) < 0x1p40)) return std::nullopt;
      multipliers[r] = std::llround(multiplier);
    }
    auto cut = rounded(rows, multipliers, tableau_divisor, point);
    if (!cut) continue;
    const double distance = distance_cut_off(*cut, point);
    if (distance <= deepest) continue;
    deepest = distance;
    best = std::move(cut);
  }
  return best;
}

void drop_slack(Program& program, std::size_t first_cut) {
  std::vector<std::size_t> slack;
  for (std::size_t r = first_cut; r < program.rows().size(); ++r) {
    if (!program.tight(r)) slack.push_back(r);
  }
  program.drop_rows(slack);
}

// Slack rows are dropped only after the tableau was read: dropping makes it void.
bool renew_cuts(Program& program, std::size_t first_cut) {
  const auto solution = program.solution();
  const std::vector<double> point(solution.begin(), solution.end());
  auto cuts = row_cuts(program.rows(), point);
  for (const auto& row : program.tableau(most_tableau)) {
    if (auto cut = gomory_cut(program, row, point)) cuts.push_back(*std::move(cut));
  }
  auto best = best_cuts(std::move(cuts), point, program.variables() / 3 + 10);
  if (best.empty()) return false;
  drop_slack(program, first_cut);
  program.add_rows(std::move(best));
  return true;
}

}  // namespace

Program::Outcome cut_rounds(Program& program, std::size_t first_cut, double limit,
                            const std::function<bool()>& stop, const std::function<void()>& each) {
  auto outcome = program.solve(limit, stop);
  double last = program.value();
  for (int round = 0, idle = 0; round < most_rounds && idle < patience; ++round) {
    each();
    if (outcome != Program::Outcome::solved || stop() || !renew_cuts(program, first_cut)) break;
    outcome = program.solve(limit, stop);
    if (outcome != Program::Outcome::solved) continue;
    idle = last - program.value() < least_gain ? idle + 1 : 0;
    last = program.value();
  }
  return outcome;
}

}  // namespace gatelight::engines::linear
