// SPDX-License-Identifier: Apache-2.0
//
// The Lagrangian bound of a box.
//
// Problem   Each of forty gates may fire somewhere in a box, but not all of them at the same input: the
//           count of gates that may fire says nothing about that.
// Idea      Treat every gate's sum z_j as a variable of its own, between its bounds, and pay for the
//           equation z_j = sum w y + sum w x - threshold_j with a multiplier m_j instead of demanding it.
//           What is left falls apart into one small maximum a gate and one a word:
//             sum over gates of  max over z_i of (a_i y_i(z_i) + cost_i [y_i(z_i) != 0] - m_i z_i)
//             + sum over words of max (b_v x_v)  - sum m_j threshold_j,
//           a_i = sum over readers j of m_j w_ji, b_v likewise.  The multipliers are chosen from the last
//           layer downwards: the slope that is tightest in the middle of the gate's range, as for the
//           lines of a single gate.  (Subgradient steps from there gained too little to pay.)
// Why       For any multipliers whatever, each input of the box has z_j that satisfy the equations, so its
//           value is one of those that are maximised over.  Nothing about the choice of
//           multipliers needs a proof.  y_i is a staircase: for a given step the best z is its first or
//           its last; among the steps of a relu that fire both are linear in the number of the step,
//           so the first and last of each are enough (add_candidates).
//           Roundings: as in bounder.cpp, a coefficient is wrong by at most n 2^-53 sum |m_j w_ji|, so all of
//           them together change the bound by at most n 2^-53 sum |m_j| M_j; the maxima and their sum
//           round terms of at most |a_i| |y_i| + cost_i + |m_i| M_i, and |b_v x_v|.  Model::roundoff() times
//           all of these is added.
// Cost      O(wires between undecided gates).
// Tested by tests/unit/engines/box/bounder_test.cpp
#include "engines/box/joint.hpp"

#include <algorithm>
#include <cmath>

namespace gatelight::engines::box {
namespace {

constexpr std::uint32_t absent = ~std::uint32_t{0};
constexpr double underflow = 0x1p-400;
constexpr std::size_t most_corners = 4096;

}  // namespace

JointBound::JointBound(const Model& model)
    : model_(model),
      needed_(model.gates().size()),
      member_of_(model.gates().size()),
      corner_(model.variables().size()) {
  box_low_.resize(corner_.size());
  box_high_.resize(corner_.size());
  slope_.resize(corner_.size());
}

std::int64_t JointBound::run(const Box& box, const SumBounds& bounds, std::int64_t known) {
  for (std::size_t v = 0; v < corner_.size(); ++v) {
    box_low_[v] = static_cast<double>(box.low[v]);
    box_high_[v] = static_cast<double>(box.high[v]);
  }
  const std::int64_t decided = choose(bounds);
  const double value = evaluate();
  for (std::size_t v = 0; v < corner_.size(); ++v) {
    corner_[v] = slope_[v] > 0 ? box.high[v] : box.low[v];
  }
  if (!(value < static_cast<double>(known - decided))) return known;
  return std::min(known, decided + static_cast<std::int64_t>(std::floor(std::max(value, 0.0))));
}

// The gates that the value is not decided without; returns the cost of those that fire everywhere.
std::int64_t JointBound::choose(const SumBounds& bounds) {
  std::ranges::fill(needed_, std::uint8_t{0});
  members_.clear();
  candidates_.clear();
  sources_.clear();
  inputs_.clear();
  std::int64_t decided = 0;
  for (auto g = static_cast<std::uint32_t>(needed_.size()); g-- > 0;) {
    const Gate& gate = model_.gates()[g];
    const std::int64_t low = bounds.low[g], high = bounds.high[g];
    const bool always = low > gate.silent_high || high < gate.silent_low;
    const bool never = low >= gate.silent_low && high <= gate.silent_high;
    if (always) decided += gate.cost;
    if (gate.cost > 0 && !always && !never) needed_[g] = 1;
    if (needed_[g] == 0) continue;
    if (model_.activate(g, low) == model_.activate(g, high)) {
      needed_[g] = 0;
      continue;
    }
    for (const Term& term : model_.sources_of(g)) needed_[term.index] = 1;
  }
  for (std::uint32_t g = 0; g < needed_.size(); ++g) {
    member_of_[g] = absent;
    if (needed_[g] != 0) add_member(g, bounds);
  }
  return decided;
}

void JointBound::add_member(std::uint32_t g, const SumBounds& bounds) {
  const Gate& gate = model_.gates()[g];
  const std::int64_t low = bounds.low[g], high = bounds.high[g];
  Member member;
  member.gate = g;
  member.threshold = static_cast<double>(gate.threshold);
  const bool always = low > gate.silent_high || high < gate.silent_low;
  member.cost = always ? 0 : static_cast<double>(gate.cost);
  member.middle = static_cast<double>(low) / 2 + static_cast<double>(high) / 2;
  member.magnitude = gate.magnitude;
  member.value_magnitude = gate.value_magnitude;
  member.first_source = static_cast<std::uint32_t>(sources_.size());
  for (const Term& term : model_.sources_of(g)) {
    if (member_of_[term.index] != absent) {
      sources_.push_back({member_of_[term.index], term.weight});
    } else {  // the same everywhere
      const std::int64_t value = model_.activate(term.index, bounds.low[term.index]);
      if (value != 0) member.threshold -= term.weight * static_cast<double>(value);
    }
  }
  member.last_source = static_cast<std::uint32_t>(sources_.size());
  member.first_input = static_cast<std::uint32_t>(inputs_.size());
  for (const Term& term : model_.inputs_of(g)) inputs_.push_back(term);
  member.last_input = static_cast<std::uint32_t>(inputs_.size());
  member.first_candidate = static_cast<std::uint32_t>(candidates_.size());
  add_candidates(g, low, high);
  member.last_candidate = static_cast<std::uint32_t>(candidates_.size());
  member_of_[g] = static_cast<std::uint32_t>(members_.size());
  members_.push_back(member);
}

// In increasing order of z; the gate's output is not the same everywhere.
void JointBound::add_candidates(std::uint32_t g, std::int64_t low, std::int64_t high) {
  const Gate& gate = model_.gates()[g];
  const auto add = [&](std::int64_t z, std::int64_t y) {
    candidates_.push_back({static_cast<double>(z), static_cast<double>(y), y != 0});
  };
  const std::int64_t first = model_.activate(g, low), last = model_.activate(g, high);
  add(low, first);
  if (gate.shape == Shape::steps) {
    const StepFunction& steps = model_.steps()[g];
    const auto begin = std::ranges::upper_bound(steps.at, low) - steps.at.begin();
    const auto end = std::ranges::upper_bound(steps.at, high) - steps.at.begin();
    if (static_cast<std::size_t>(end - begin) > most_corners) {
      // More than any step allows: both outputs at both ends.
      candidates_.pop_back();
      for (const std::int64_t z : {low, high}) {
        for (const std::int64_t y : {first, last}) {
          candidates_.push_back({static_cast<double>(z), static_cast<double>(y), true});
        }
      }
      return;
    }
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      add(steps.at[i] - 1, steps.values[i]);
      add(steps.at[i], steps.values[i + 1]);
    }
  } else {
    const int shift = gate.shape == Shape::relu ? gate.shift : 0;
    const std::int64_t offset =
        gate.shape == Shape::relu ? 0 : 1;  // a threshold's step begins at 0
    const auto cut = [&](std::int64_t value) { return (value - offset) << shift; };
    add(cut(first + 1) - 1, first);
    add(cut(first + 1), first + 1);
    if (last > first + 1) {
      add(cut(first + 2) - 1, first + 1);
      add(cut(last) - 1, last - 1);
      add(cut(last), last);
    }
  }
  add(high, last);
}

// The slope of the upper envelope in the middle of the range.
double JointBound::slope_of(const Member& member, double coefficient) const {
  const std::size_t count = member.last_candidate - member.first_candidate;
  const Candidate* at = candidates_.data() + member.first_candidate;
  const Candidate& low = at[0];
  const Candidate& high = at[count - 1];
  const auto worth = [&](const Candidate& c) {
    return coefficient * c.y + (c.fires ? member.cost : 0);
  };
  double slope = (worth(high) - worth(low)) / (high.z - low.z);
  if (count > 16) return slope;
  double best = -1e300;
  for (std::size_t i = 0; i < count && at[i].z <= member.middle; ++i) {
    const double left = worth(at[i]);
    for (std::size_t j = count; j-- > i + 1 && at[j].z > member.middle;) {
      const double tilt = (worth(at[j]) - left) / (at[j].z - at[i].z);
      const double middle = left + tilt * (member.middle - at[i].z);
      if (middle <= best) continue;
      best = middle;
      slope = tilt;
    }
  }
  return slope;
}

// From the last gate to the first: all that reads a gate has its multiplier by then.
double JointBound::evaluate() {
  coefficient_.assign(members_.size(), 0.0);
  std::ranges::fill(slope_, 0.0);
  double total = 0, charge = 0;
  for (std::size_t i = members_.size(); i-- > 0;) {
    const Member& member = members_[i];
    const double coefficient = coefficient_[i];
    const double multiplier = slope_of(member, coefficient);
    double best = -HUGE_VAL;
    for (std::uint32_t c = member.first_candidate; c < member.last_candidate; ++c) {
      const Candidate& candidate = candidates_[c];
      best = std::max(best, coefficient * candidate.y + (candidate.fires ? member.cost : 0) -
                                multiplier * candidate.z);
    }
    total += best - multiplier * member.threshold;
    charge += std::abs(coefficient) * member.value_magnitude + member.cost +
              3 * std::abs(multiplier) * member.magnitude;
    for (std::uint32_t s = member.first_source; s < member.last_source; ++s) {
      coefficient_[sources_[s].index] += multiplier * sources_[s].weight;
    }
    for (std::uint32_t s = member.first_input; s < member.last_input; ++s) {
      slope_[inputs_[s].index] += multiplier * inputs_[s].weight;
    }
  }
  for (std::size_t v = 0; v < slope_.size(); ++v) {
    total += slope_[v] * (slope_[v] > 0 ? box_high_[v] : box_low_[v]);
    charge += std::abs(slope_[v]) * std::max(std::abs(box_low_[v]), std::abs(box_high_[v]));
  }
  const double bound = total + model_.roundoff() * charge + underflow;
  return std::isfinite(bound) ? bound : HUGE_VAL;
}

}  // namespace gatelight::engines::box
