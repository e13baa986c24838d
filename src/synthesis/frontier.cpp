// SPDX-License-Identifier: Apache-2.0
//
// Depth by depth: the floors of the theory, and the best of all candidates.
//
// Why       Both are about circuits of at most the given size, weight and depth, so a row's floor is at most
//           what it reaches, and neither grows with the depth.
// Tested by tests/unit/synthesis/frontier_test.cpp
#include "gatelight/frontier.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "synthesis/candidates.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t most_number = std::int64_t{1} << 62;
constexpr std::int64_t most_depth = 4096;
constexpr std::int64_t usual_depth = 8, most_usual_depth = 64;

auto rank_of(const Predicted& p) { return std::tuple(p.energy, p.size, p.weight); }

// The best candidate of each depth, those beaten by a shallower one left out.
std::map<std::int64_t, ReachedPoint> best_by_depth(const FrontierQuestion& question) {
  std::map<std::int64_t, ReachedPoint> best;
  synthesis::for_each_candidate(
      question,
      [&](std::string_view family, std::vector<NamedValue> parameters, const Predicted& predicted) {
        const auto [at, added] = best.try_emplace(predicted.depth);
        if (!added && rank_of(at->second.predicted) <= rank_of(predicted)) return;
        at->second = {std::string(family), std::move(parameters), predicted};
      });
  std::int64_t least = most_number;
  std::erase_if(best, [&](const auto& entry) {
    const std::int64_t energy = entry.second.predicted.energy;
    const bool beaten = energy >= least;
    least = std::min(least, energy);
    return beaten;
  });
  return best;
}

FrontierRow row_of(const FrontierQuestion& question, std::int64_t depth) {
  FrontierRow row{.depth = depth};
  row.floors = energy_floors(question.function, {question.size, depth, question.weight});
  row.floor = 1;  // it is 1 somewhere, and there the output fires
  for (const EnergyFloor& floor : row.floors) {
    if (!floor.energy) {
      row.floor = std::nullopt;
      break;
    }
    row.floor = std::max(*row.floor, *floor.energy);
  }
  return row;
}

}  // namespace

Result<Frontier> trace_frontier(const FrontierQuestion& question) {
  constexpr auto positive = "a circuit has gates, levels and weights";
  if (auto error = synthesis::refused(
          {{"size", question.size, 1, most_number, positive},
           {"weight", question.weight, 1, most_number, positive},
           {"max-depth", question.max_depth.value_or(1), 1, most_depth, positive}})) {
    return *error;
  }
  const auto best = best_by_depth(question);
  const std::int64_t last = best.empty() ? 0 : best.rbegin()->first;
  const std::int64_t depths =
      question.max_depth.value_or(std::clamp(last + 1, usual_depth, most_usual_depth));
  Frontier frontier{question, {}};
  for (std::int64_t depth = 1; depth <= depths; ++depth) {
    FrontierRow row = row_of(question, depth);
    if (const auto after = best.upper_bound(depth); after != best.begin()) {
      row.reached = std::prev(after)->second;
    }
    frontier.rows.push_back(std::move(row));
  }
  return frontier;
}

}  // namespace gatelight
