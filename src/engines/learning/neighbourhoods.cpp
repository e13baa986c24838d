// SPDX-License-Identifier: Apache-2.0
//
// Large neighbourhoods.
//
// Problem   Single flips are caught in local optima, and learning looks everywhere at once.
// Idea      Fix a part of the variables and let a solver of its own look for something better, for some
//           hundred conflicts: those that are whole in the linear relaxation; those that the relaxation and
//           the incumbent agree on; some input bits, or some firing gates, of the incumbent.  What was
//           refuted at once had too much fixed, what took too long too little.
// Why       Nothing is proved here; what is found is evaluated by the incumbents.
// Source    E. Danna, E. Rothberg, C. Le Pape, Exploring relaxation induced neighborhoods, 2005.
// Tested by tests/unit/engines/learning/optimize_test.cpp
#include "engines/learning/neighbourhoods.hpp"

#include <algorithm>

#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {
namespace {

constexpr std::uint64_t conflicts_a_try = 300;
constexpr double first_share = 0.7, least_share = 0.2, most_share = 1.0, share_step = 0.04;
constexpr double whole = 1e-3;                    // as near to an integer as that
constexpr std::uint64_t terms_a_conflict = 2000;  // to set a solver up, in conflicts

}  // namespace

Neighbourhoods::Neighbourhoods(const encode::Constraints& constraints, const Circuit& circuit,
                               std::size_t objective, branch_bound::Incumbents& incumbents,
                               std::uint64_t seed)
    : constraints_(constraints),
      circuit_(circuit),
      objective_(objective),
      incumbents_(incumbents),
      random_(seed) {
  for (const encode::Row& row : constraints.rows) cost_of_a_try_ += row.terms.size();
  cost_of_a_try_ = cost_of_a_try_ / terms_a_conflict + 1;
  share_.fill(first_share);
  share_[relaxation] = share_[agreement] = most_share;
}

void Neighbourhoods::run(std::uint64_t conflicts, std::span<const double> relaxed,
                         const std::function<bool()>& stop) {
  for (std::uint64_t used = 0; used < conflicts && !stop();) {
    const auto kind = static_cast<Kind>(next_++ % kinds);
    if (relaxed.empty() && (kind == relaxation || kind == agreement)) continue;
    used += explore(kind, relaxed, stop) + cost_of_a_try_;
  }
}

std::vector<Literal> Neighbourhoods::fixed_by(Kind kind, std::span<const double> relaxed,
                                              std::span<const std::uint8_t> best) {
  std::vector<Literal> fixed;
  const std::size_t bits = circuit_.bit_count();
  for (Variable v = 0; v < best.size(); ++v) {
    const bool one = best[v] != 0, input = v < bits;
    if (kind == inputs && !input) continue;
    if (kind == gates && (input || !one)) continue;
    if (kind == relaxation || kind == agreement) {
      const double x = relaxed[v];
      if (x > whole && x < 1 - whole) continue;
      if (kind == agreement && (x > 0.5) != one) continue;
      if (random_.unit() < share_[kind]) fixed.emplace_back(v, x > 0.5);
    } else if (random_.unit() < share_[kind]) {
      fixed.emplace_back(v, one);
    }
  }
  return fixed;
}

std::uint64_t Neighbourhoods::explore(Kind kind, std::span<const double> relaxed,
                                      const std::function<bool()>& stop) {
  const InputBits witness = incumbents_.witness(objective_);
  const auto best = encode::assignment_of(circuit_, constraints_, witness);
  Solver solver(constraints_);
  solver.prefer(best);
  for (const Literal literal : fixed_by(kind, relaxed, best)) solver.fix(literal);
  solver.demand(incumbents_.value(objective_) + 1);
  const auto outcome = solver.solve(std::nullopt, conflicts_a_try, stop);
  double& share = share_[kind];
  if (outcome == Solver::Outcome::found) {
    const auto first = solver.assignment().begin();
    incumbents_.offer(InputBits(first, first + static_cast<std::ptrdiff_t>(circuit_.bit_count())));
  } else if (outcome == Solver::Outcome::stopped) {
    share = std::min(share + share_step, most_share);
  } else {
    share = std::max(share - share_step, least_share);
  }
  return solver.conflicts();
}

}  // namespace gatelight::engines::learning
