// SPDX-License-Identifier: Apache-2.0
//
// Small boxes, point by point.
//
// Problem   The bounds of a small box cost as much as hundreds of evaluations.
// Idea      Evaluate it instead, some dozens of points at once, one a vector lane.  What is known to be
//           constant on the box is folded into the thresholds first, and what decides nothing is left out.
// Why       Floating point is only used where it does not round: all terms and sums of a gate, and the
//           total cost, are integers below 2^24 (float) or 2^53 (double), and so is every partial sum; a
//           relu's product with 2^-shift is exact, too.  Else circuits are evaluated one by one.  Every point
//           that is reported is evaluated again by Incumbents.
// Cost      O(wires) a dozen points.
// Tested by tests/unit/engines/box/points_test.cpp
#include "engines/box/points.hpp"

#include <algorithm>
#include <cmath>

namespace gatelight::engines::box {
namespace {

constexpr std::uint64_t points_instead_of_bounds = 1024;
constexpr std::uint64_t points_one_by_one = 32;

}  // namespace

PointSweep::PointSweep(const Model& model)
    : model_(model),
      arithmetic_(model.exact_in(24) ? 24 : (model.exact_in(53) ? 53 : 64)),
      needed_(model.gates().size()),
      constant_(model.gates().size()),
      is_constant_(model.gates().size()) {
  const std::size_t nodes = model.variables().size() + model.gates().size();
  if (arithmetic_ == 24) {
    lanes_ = point_bytes / sizeof(float);
    floats_.values.resize(nodes * lanes_);
    floats_.total.resize(lanes_);
    floats_.kernel = float_kernel(base::instruction_set());
  } else if (arithmetic_ == 53) {
    lanes_ = point_bytes / sizeof(double);
    doubles_.values.resize(nodes * lanes_);
    doubles_.total.resize(lanes_);
    doubles_.kernel = double_kernel(base::instruction_set());
  } else {
    lanes_ = 16;
  }
  values_.resize(model.variables().size() * lanes_);
}

std::uint64_t PointSweep::worth_sweeping() const {
  if (arithmetic_ == 64) return points_one_by_one;
  return arithmetic_ == 24 ? points_instead_of_bounds : points_instead_of_bounds / 2;
}

void PointSweep::sweep(const Box& box, const SumBounds& bounds, std::int64_t floor,
                       const Found& found) {
  compile(bounds);
  std::vector<std::int64_t> at = box.low;
  const std::size_t variables = at.size();
  for (bool more = true; more;) {
    std::size_t count = 0;
    for (; more && count < lanes_; ++count) {
      for (std::size_t v = 0; v < variables; ++v) values_[v * lanes_ + count] = at[v];
      std::size_t v = 0;
      for (; v < variables && at[v] == box.high[v]; ++v) at[v] = box.low[v];
      more = v < variables;
      if (more) ++at[v];
    }
    floor = evaluate_lanes(count, floor, found);
  }
}

void PointSweep::try_points(const std::vector<std::int64_t>& values, std::size_t count,
                            std::int64_t floor, const Found& found) {
  values_ = values;
  (void)evaluate_lanes(count, floor, found);
}

void PointSweep::compile(const SumBounds& bounds) {
  choose_gates(bounds);
  if (arithmetic_ == 24) write_program(floats_, bounds);
  if (arithmetic_ == 53) write_program(doubles_, bounds);
}

void PointSweep::choose_gates(const SumBounds& bounds) {
  std::ranges::fill(needed_, std::uint8_t{0});
  decided_ = 0;
  for (std::uint32_t g = static_cast<std::uint32_t>(needed_.size()); g-- > 0;) {
    const Gate& gate = model_.gates()[g];
    const std::int64_t low = bounds.low[g], high = bounds.high[g];
    constant_[g] = model_.activate(g, low);
    is_constant_[g] = constant_[g] == model_.activate(g, high) ? 1 : 0;
    const bool always = low > gate.silent_high || high < gate.silent_low;
    const bool never = low >= gate.silent_low && high <= gate.silent_high;
    if (always) decided_ += gate.cost;
    if (gate.cost > 0 && !always && !never) needed_[g] = 1;
    if (is_constant_[g] != 0 && (always || never || gate.cost == 0)) needed_[g] = 0;
    if (needed_[g] == 0) continue;
    for (const Term& term : model_.sources_of(g)) needed_[term.index] = 1;
  }
}

template <class T>
void PointSweep::write_program(Lanes<T>& lanes, const SumBounds& bounds) {
  const std::size_t variables = model_.variables().size();
  lanes.program.clear();
  lanes.gates.clear();
  links_.clear();
  first_link_.clear();
  for (std::uint32_t g = 0; g < needed_.size(); ++g) {
    if (needed_[g] == 0) continue;
    const Gate& gate = model_.gates()[g];
    double constant = -static_cast<double>(gate.threshold);
    first_link_.push_back(links_.size());
    for (const Term& term : model_.inputs_of(g)) {
      links_.push_back({term.index * lanes_, term.weight});
    }
    for (const Term& term : model_.sources_of(g)) {
      if (needed_[term.index] == 0) {
        constant += term.weight * static_cast<double>(constant_[term.index]);
      } else {
        links_.push_back({(variables + term.index) * lanes_, term.weight});
      }
    }
    PointGate<T> step;
    step.count = links_.size() - first_link_.back();
    step.constant = static_cast<T>(constant);
    step.shape = gate.shape == Shape::threshold ? 0 : (gate.shape == Shape::relu ? 1 : 2);
    step.scale = static_cast<T>(std::ldexp(1.0, -gate.shift));
    // No value exceeds value_magnitude, so a maximum beyond the exact numbers does nothing.
    step.max = static_cast<T>(std::min(static_cast<double>(gate.max), gate.value_magnitude));
    step.silent_low = static_cast<T>(gate.silent_low);
    step.silent_high = static_cast<T>(gate.silent_high);
    const bool decided = bounds.low[g] > gate.silent_high || bounds.high[g] < gate.silent_low;
    step.cost = decided ? T{0} : static_cast<T>(gate.cost);
    lanes.program.push_back(step);
    lanes.gates.push_back(g);
  }
  for (std::size_t i = 0; i < lanes.program.size(); ++i) {
    lanes.program[i].links = links_.data() + first_link_[i];
  }
}

std::int64_t PointSweep::evaluate_lanes(std::size_t count, std::int64_t floor, const Found& found) {
  if (arithmetic_ == 24) return evaluate_in(floats_, count, floor, found);
  if (arithmetic_ == 53) return evaluate_in(doubles_, count, floor, found);
  return evaluate_one_by_one(count, floor, found);
}

template <class T>
std::int64_t PointSweep::evaluate_in(Lanes<T>& lanes, std::size_t count, std::int64_t floor,
                                     const Found& found) {
  const std::size_t variables = model_.variables().size();
  for (std::size_t i = 0; i < values_.size(); ++i) lanes.values[i] = static_cast<T>(values_[i]);
  std::ranges::fill(lanes.total, T{0});
  for (std::size_t i = 0; i < lanes.program.size(); ++i) {
    const std::uint32_t g = lanes.gates[i];
    T* output = lanes.values.data() + (variables + g) * lanes_;
    lanes.kernel(lanes.values.data(), output, lanes.total.data(), lanes.program[i]);
    if (lanes.program[i].shape != 2 || !model_.gates()[g].is_read) continue;
    for (std::size_t p = 0; p < count; ++p) {
      output[p] = static_cast<T>(model_.activate(g, static_cast<std::int64_t>(output[p])));
    }
  }
  for (std::size_t p = 0; p < count; ++p) {
    if (decided_ + static_cast<std::int64_t>(lanes.total[p]) > floor) floor = found(point(p));
  }
  return floor;
}

std::int64_t PointSweep::evaluate_one_by_one(std::size_t count, std::int64_t floor,
                                             const Found& found) {
  for (std::size_t p = 0; p < count; ++p) {
    const std::vector<std::int64_t> values = point(p);
    const std::vector<std::int64_t> outputs = evaluate(model_.circuit(), model_.input_of(values));
    std::int64_t total = 0;
    for (const Gate& gate : model_.gates()) {
      if (outputs[static_cast<std::size_t>(gate.id)] != 0) total += gate.cost;
    }
    if (total > floor) floor = found(values);
  }
  return floor;
}

std::vector<std::int64_t> PointSweep::point(std::size_t lane) const {
  std::vector<std::int64_t> values;
  for (std::size_t i = lane; i < values_.size(); i += lanes_) values.push_back(values_[i]);
  return values;
}

}  // namespace gatelight::engines::box
