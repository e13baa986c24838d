// SPDX-License-Identifier: Apache-2.0
//
// Reliability branching.
//
// Problem   A tree of a hundred nodes or of a hundred thousand: that depends on what is decided first.
// Idea      Decide a variable of which both values lower the bound much: the product of both gains.  Gains are
//           the means of those seen before; for variables not seen often enough the two programs are
//           solved, a few iterations far.
// Why       Any choice is right; only the time differs.
// Source    T. Achterberg, T. Koch, A. Martin, Branching rules revisited, 2005.
// Tested by tests/unit/engines/linear/program_test.cpp
#include "engines/linear/branching.hpp"

#include <algorithm>
#include <cmath>

namespace gatelight::engines::linear {
namespace {

using encode::Literal;
using encode::Variable;

constexpr double fraction = 1e-5;
constexpr int reliable = 4;             // gains seen
constexpr std::size_t most_tries = 12;  // a choice
constexpr int iterations_a_try = 40;
constexpr double least_gain = 1e-3;

}  // namespace

double Branching::expected(Literal literal, double missing) const {
  const Gain& gain = gains_[literal.variable()][literal.positive() ? 1 : 0];
  if (gain.count > 0) return missing * gain.sum / gain.count;
  return all_.count > 0 ? missing * all_.sum / all_.count : missing;
}

double Branching::score(Variable variable, double x, double most) const {
  const double down = std::min(expected(Literal(variable, false), x), most);
  const double up = std::min(expected(Literal(variable, true), 1 - x), most);
  return std::max(down, least_gain) * std::max(up, least_gain);
}

void Branching::learn(Literal literal, double missing, double gain) {
  GATELIGHT_REQUIRE(literal.variable() < gains_.size(), "a literal of the program");
  if (missing < fraction) return;
  Gain& known = gains_[literal.variable()][literal.positive() ? 1 : 0];
  const double unit = std::max(gain, 0.0) / missing;
  known.sum += unit;
  all_.sum += unit;
  ++known.count;
  ++all_.count;
}

std::optional<Literal> Branching::choose(Program& program, double limit) {
  const auto solution = program.solution();
  const double value = program.value(), most = value - limit;
  std::vector<std::pair<double, Variable>> order;
  for (Variable v = 0; v < solution.size(); ++v) {
    const double x = solution[v];
    if (x > fraction && x < 1 - fraction) order.emplace_back(-score(v, x, most), v);
  }
  if (order.empty()) return std::nullopt;
  std::ranges::sort(order);
  std::vector<Variable> tries;
  for (const auto& [minus_score, v] : order) {
    if (tries.size() == most_tries) break;
    if (std::min(gains_[v][0].count, gains_[v][1].count) < reliable) tries.push_back(v);
  }
  std::vector<double> point(solution.begin(), solution.end());
  for (const auto& [v, down, up] : program.try_both(tries, iterations_a_try)) {
    learn(Literal(v, false), point[v], std::min(down, most));
    learn(Literal(v, true), 1 - point[v], std::min(up, most));
  }
  Variable best = order.front().second;
  double highest = 0;
  for (const auto& [minus_score, v] : order) {
    const double now = score(v, point[v], most);
    if (now <= highest) continue;
    highest = now;
    best = v;
  }
  const double down = expected(Literal(best, false), point[best]);
  const double up = expected(Literal(best, true), 1 - point[best]);
  return Literal(best, up >= down);
}

}  // namespace gatelight::engines::linear
