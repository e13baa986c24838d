// SPDX-License-Identifier: Apache-2.0
//
// Linear bounds of every sum on a box.
//
// Problem   Interval arithmetic forgets that gates read the same inputs: "a is large" and "b is small" may
//           exclude each other, and after three layers almost everything seems possible.
// Idea      Bound a sum by a linear function of the layer below, put in place of every output there the line
//           above it (or below it, where its coefficient is negative), and so on down to the words, where a
//           linear function is bounded exactly by the corners of the box.  Level by level, since the lines
//           of a gate follow from the bounds of its own sum.  Only sums that matter go this way: those of
//           gates that may or may not fire, or whose line would depend on it.  Before that, and for
//           every gate, the cheaper way upwards: each output lies between two linear functions of the words,
//           so each sum does, by the signs of its weights.  The two ways bound differently well.
// Why       A row r stands for the claim
//             +-z <= K + sum over gates i of a_i y_i + sum over words v of b_v x_v   on the whole box,
//           with a_i, b_v exactly the doubles that are stored.  At first that is the gate's own sum.
//           Replacing y_i by its line (relaxation.cpp: lower_slope s + lower_offset <= y_i <= upper_slope
//           s + upper_offset) keeps it true, s being the sum of the terms of gate i; so does every
//           rounding whose effect is charged:
//             - a product a_i * slope is rounded to A_i: at most 2^-53 |A_i| |s| <= 2^-53 |A_i| M_i, M_i the
//               gate's magnitude, at least the sum of |weight| |source| over its terms;
//             - a coefficient is a sum of n products A_j w_ji: wrong by at most n 2^-53 sum |A_j| |w_ji|,
//               with some slack for the second order; times |y_i|, summed over all i, that is at
//               most n 2^-53 sum over j of |A_j| M_j.  That weights beyond 2^53 were rounded is in it;
//             - K is a sum of N terms: wrong by at most N 2^-53 times the sum of their absolute values.
//           All of these are at most 2^-53 max(n, N) E, where E adds up the row's own M, |A_i| M_i,
//           |a_i| times the largest offset, and |b_v| times the largest |x_v|.  Model::roundoff() is eight
//           times that factor, which covers the roundings of E, of the second order, and of the end.
//           On the way upwards a gate's function of the words is a weighted sum of n functions, and replacing
//           y by a line multiplies it by a slope that is not negative.  With S_i at least sum |c_v| |x_v| +
//           |constant| of the functions of gate i, each of these is wrong by at most n 2^-53 sum |w| S_i,
//           or 2^-52 slope S, wherever the words are in the box: this goes into the constant.
//           Products too small for a double are wrong by less than 2^-1074 each, in the end by less
//           than `underflow`.  Anything that overflows makes E infinite or no number, and such a bound is
//           not used.
//           Sums are integers, so bounds are rounded towards the inside.
// Cost      O(wires * rows) where all is undecided, much less in small boxes: a gate that is silent has
//           no wires, and one that is settled has no row.
// Tested by tests/unit/engines/box/bounder_test.cpp
#include "engines/box/bounder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace gatelight::engines::box {
namespace {

constexpr std::size_t stride = most_rows + rows_a_vector;  // an odd number of cache lines
constexpr double underflow = 0x1p-400;

}  // namespace

SumBounds initial_bounds(const Model& model) {
  SumBounds bounds;
  for (const Gate& gate : model.gates()) {
    bounds.low.push_back(gate.sum_low);
    bounds.high.push_back(gate.sum_high);
  }
  return bounds;
}

Bounder::Bounder(const Model& model)
    : model_(model),
      kernels_(row_kernels(base::instruction_set())),
      exact_(model.exact_in(53)),
      gate_links_(model.gates().size()),
      variable_links_(model.variables().size()),
      at_((model.gates().size() + model.variables().size()) * stride),
      constant_(most_rows),
      magnitude_(most_rows),
      function_stride_((model.variables().size() + rows_a_vector) / rows_a_vector * rows_a_vector),
      functions_(2 * function_stride_ * model.gates().size()),
      sum_functions_(2 * function_stride_ * model.gates().size()),
      function_magnitude_(model.gates().size()),
      sum_magnitude_(model.gates().size()),
      largest_(model.variables().size()),
      influence_(model.variables().size()) {
  const std::size_t gates = model.gates().size(), variables = model.variables().size();
  box_low_.resize(variables);
  box_high_.resize(variables);
  value_low_.resize(gates);
  value_high_.resize(gates);
  replacement_.resize(gates);
  alive_.resize(gates);
}

std::int64_t Bounder::run(const Box& box, SumBounds& bounds, std::int64_t floor) {
  bounds_ = &bounds;
  begin(box);
  std::int64_t total = 0;  // of the costs of gates that may fire
  for (std::uint32_t g = 0; g < model_.gates().size(); ++g) {
    if (!silent(g)) total += model_.gates()[g].cost;
  }
  for (std::size_t level = 0; level < model_.levels(); ++level) {
    const std::uint32_t first = model_.level_begin(level), last = model_.level_begin(level + 1);
    for (std::uint32_t g = first; g < last; ++g) total -= silent(g) ? 0 : model_.gates()[g].cost;
    for (std::uint32_t g = first; g < last; ++g) {
      if (!bound_forwards(g)) return floor;
    }
    level_ = level;
    collect_rows();
    for (std::size_t row = 0; row < wanted_.size(); row += most_rows) {
      bound_rows(row, std::min(most_rows, wanted_.size() - row));
    }
    for (std::uint32_t g = first; g < last; ++g) {
      if (bounds.low[g] > bounds.high[g]) return floor;
      settle(g);
      if (!silent(g)) total += model_.gates()[g].cost;
    }
    if (total <= floor) return total;
  }
  return total;
}

void Bounder::begin(const Box& box) {
  for (std::size_t v = 0; v < box.low.size(); ++v) {
    box_low_[v] = static_cast<double>(box.low[v]);
    box_high_[v] = static_cast<double>(box.high[v]);
    largest_[v] = std::max(std::abs(box_low_[v]), std::abs(box_high_[v]));
    variable_links_[v].clear();
    influence_[v] = 0;
  }
  for (auto& links : gate_links_) links.clear();
}

bool Bounder::silent(std::uint32_t gate) const {
  const Gate& g = model_.gates()[gate];
  return bounds_->low[gate] >= g.silent_low && bounds_->high[gate] <= g.silent_high;
}

bool Bounder::undecided(std::uint32_t gate) const {
  const Gate& g = model_.gates()[gate];
  const std::int64_t low = bounds_->low[gate], high = bounds_->high[gate];
  return g.cost > 0 && !silent(gate) && low <= g.silent_high && high >= g.silent_low;
}

// On one line but for the rounding down, whatever the exact bounds.
bool Bounder::straight(std::uint32_t gate) const {
  const Gate& g = model_.gates()[gate];
  return g.shape == Shape::relu && bounds_->low[gate] >= 0 &&
         (bounds_->high[gate] >> g.shift) <= g.max;
}

void Bounder::lower_to(std::uint32_t gate, double upper) {
  // Not below -2^62 unless nothing is left; then any crossing of the bounds says so.
  if (upper < static_cast<double>(bounds_->high[gate])) {
    bounds_->high[gate] = static_cast<std::int64_t>(std::floor(std::max(upper, -0x1p62)));
  }
}

void Bounder::raise_to(std::uint32_t gate, double lower) {
  if (lower > static_cast<double>(bounds_->low[gate])) {
    bounds_->low[gate] = static_cast<std::int64_t>(std::ceil(std::min(lower, 0x1p62)));
  }
}

// Interval arithmetic.  False: nothing is left.
bool Bounder::bound_forwards(std::uint32_t gate) {
  const bool varies =
      model_.activate(gate, bounds_->low[gate]) != model_.activate(gate, bounds_->high[gate]);
  if (!varies && !undecided(gate)) return true;  // closer bounds would say nothing new
  double low = 0, high = 0;
  for (const Term& term : model_.inputs_of(gate)) {
    const double a = term.weight * box_low_[term.index], b = term.weight * box_high_[term.index];
    low += std::min(a, b);
    high += std::max(a, b);
  }
  for (const Term& term : model_.sources_of(gate)) {
    const double a = term.weight * value_low_[term.index],
                 b = term.weight * value_high_[term.index];
    low += std::min(a, b);
    high += std::max(a, b);
  }
  const Gate& g = model_.gates()[gate];
  const auto threshold = static_cast<double>(g.threshold);
  const double error = exact_ ? 0 : model_.roundoff() * g.magnitude;
  lower_to(gate, high - threshold + error);
  raise_to(gate, low - threshold - error);
  if (bounds_->low[gate] > bounds_->high[gate]) return false;
  if (!model_.sources_of(gate).empty() || g.is_read) bound_by_functions(gate);
  return bounds_->low[gate] <= bounds_->high[gate];
}

// The sum between two linear functions of the words.
void Bounder::bound_by_functions(std::uint32_t gate) {
  const std::size_t words = box_low_.size();
  double* upper = sum_functions_.data() + 2 * function_stride_ * gate;
  double* lower = upper + function_stride_;
  const auto threshold = static_cast<double>(model_.gates()[gate].threshold);
  std::fill_n(upper, 2 * function_stride_, 0.0);
  double magnitude = 0;
  for (const Term& term : model_.inputs_of(gate)) {
    upper[term.index] = lower[term.index] = term.weight;
    magnitude += std::abs(term.weight) * largest_[term.index];
  }
  links_.clear();
  for (const Term& term : model_.sources_of(gate)) {
    if (alive_[term.index] == 0) continue;
    links_.push_back({2 * function_stride_ * term.index, term.weight});
    magnitude += std::abs(term.weight) * function_magnitude_[term.index];
  }
  kernels_.combine(upper, lower, links_.data(), links_.size(), functions_.data(), function_stride_);
  sum_magnitude_[gate] = magnitude;
  const double error = model_.roundoff() * (magnitude + std::abs(threshold)) + underflow;
  upper[words] += error;
  lower[words] -= error;
  double high = upper[words] - threshold + error, low = lower[words] - threshold - error;
  for (std::size_t v = 0; v < words; ++v) {
    high += std::max(upper[v] * box_low_[v], upper[v] * box_high_[v]);
    low += std::min(lower[v] * box_low_[v], lower[v] * box_high_[v]);
  }
  lower_to(gate, high);
  raise_to(gate, low);
}

void Bounder::settle_functions(std::uint32_t gate, const Lines& lines) {
  const std::size_t words = box_low_.size();
  const double* sum = sum_functions_.data() + 2 * function_stride_ * gate;
  double* to = functions_.data() + 2 * function_stride_ * gate;
  // Where a slope is 0, nothing may have been computed for this box.
  for (std::size_t v = 0; v <= words; ++v) {
    to[v] = lines.upper_slope == 0 ? 0 : lines.upper_slope * sum[v];
    to[function_stride_ + v] =
        lines.lower_slope == 0 ? 0 : lines.lower_slope * sum[function_stride_ + v];
  }
  const double slope = std::max(lines.upper_slope, lines.lower_slope);
  const double magnitude =
      (slope == 0 ? 0 : 1.01 * slope * sum_magnitude_[gate]) + lines.offset_magnitude;
  const double error = model_.roundoff() * magnitude + underflow;
  to[words] += lines.upper_offset + error;
  to[function_stride_ + words] += lines.lower_offset - error;
  function_magnitude_[gate] = magnitude;
}

void Bounder::collect_rows() {
  wanted_.clear();
  for (std::uint32_t g = model_.level_begin(level_); g < model_.level_begin(level_ + 1); ++g) {
    const Gate& gate = model_.gates()[g];
    if (model_.sources_of(g).empty())
      continue;  // linear in the words: interval arithmetic is exact
    const bool varies = model_.activate(g, bounds_->low[g]) != model_.activate(g, bounds_->high[g]);
    const bool line_depends = gate.is_read && varies && !straight(g);
    if (!line_depends && !undecided(g)) continue;
    if (line_depends || bounds_->high[g] > gate.silent_high) wanted_.push_back({g, false});
    if (line_depends || bounds_->low[g] < gate.silent_low) wanted_.push_back({g, true});
  }
}

void Bounder::bound_rows(std::size_t first, std::size_t count) {
  const std::size_t rows = (count + rows_a_vector - 1) / rows_a_vector * rows_a_vector;
  const RowSums sums{constant_.data(), magnitude_.data()};
  const std::size_t gates = model_.gates().size();
  seed(first, count);
  for (std::uint32_t i = model_.level_begin(level_); i-- > 0;) {
    if (alive_[i] == 0) continue;
    double* at = at_.data() + i * stride;
    kernels_.gather(at, gate_links_[i].data(), gate_links_[i].size(), at_.data(), rows);
    kernels_.replace(at, sums, replacement_[i], rows);
  }
  for (std::size_t v = 0; v < variable_links_.size(); ++v) {
    double* at = at_.data() + (gates + v) * stride;
    kernels_.gather(at, variable_links_[v].data(), variable_links_[v].size(), at_.data(), rows);
    kernels_.finish(at, sums, box_low_[v], box_high_[v], rows);
  }
  read_rows(first, count);
}

// Rows that stand for the sums themselves.
void Bounder::seed(std::size_t first, std::size_t count) {
  const std::size_t rows = (count + rows_a_vector - 1) / rows_a_vector * rows_a_vector;
  const std::size_t gates = model_.gates().size();
  for (std::uint32_t i = 0; i < model_.level_begin(level_); ++i) {
    if (alive_[i] != 0) std::memset(at_.data() + i * stride, 0, rows * sizeof(double));
  }
  for (std::size_t v = 0; v < variable_links_.size(); ++v) {
    std::memset(at_.data() + (gates + v) * stride, 0, rows * sizeof(double));
  }
  std::ranges::fill(constant_, 0.0);
  std::ranges::fill(magnitude_, 0.0);
  for (std::size_t r = 0; r < count; ++r) {
    const auto [g, negative] = wanted_[first + r];
    const double sign = negative ? -1 : 1;
    constant_[r] = -sign * static_cast<double>(model_.gates()[g].threshold);
    magnitude_[r] = model_.gates()[g].magnitude;
    for (const Term& term : model_.sources_of(g)) {
      at_[term.index * stride + r] = sign * term.weight;
    }
    for (const Term& term : model_.inputs_of(g)) {
      at_[(gates + term.index) * stride + r] = sign * term.weight;
    }
  }
}

void Bounder::read_rows(std::size_t first, std::size_t count) {
  for (std::size_t r = 0; r < count; ++r) {
    const auto [g, negative] = wanted_[first + r];
    const double bound = constant_[r] + model_.roundoff() * magnitude_[r] + underflow;
    if (negative) {
      raise_to(g, -bound);
    } else {
      lower_to(g, bound);
    }
    if (!undecided(g)) continue;
    for (std::size_t v = 0; v < influence_.size(); ++v) {
      note_slope(g, v, at_[(model_.gates().size() + v) * stride + r]);
    }
  }
}

// The part of an undecided gate's way to silence that halving a variable would bring it.
void Bounder::note_slope(std::uint32_t gate, std::size_t variable, double slope) {
  const Gate& g = model_.gates()[gate];
  const double change = std::abs(slope) * (box_high_[variable] - box_low_[variable]) / 2;
  const double needed =
      static_cast<double>(bounds_->high[gate]) - static_cast<double>(g.silent_high);
  influence_[variable] +=
      static_cast<double>(g.cost) * std::min(1.0, change / std::max(needed, 1.0));
}

// The bounds of this gate are final for this box: its lines, and what it passes down.
void Bounder::settle(std::uint32_t gate) {
  const Gate& g = model_.gates()[gate];
  const std::int64_t low = bounds_->low[gate], high = bounds_->high[gate];
  if (model_.sources_of(gate).empty() && undecided(gate)) {
    for (const Term& term : model_.inputs_of(gate)) note_slope(gate, term.index, term.weight);
  }
  if (!g.is_read) return;
  const std::int64_t first = model_.activate(gate, low), last = model_.activate(gate, high);
  value_low_[gate] = static_cast<double>(first);
  value_high_[gate] = static_cast<double>(last);
  alive_[gate] = first != 0 || last != 0 ? 1 : 0;
  if (alive_[gate] == 0) return;
  const Lines lines = lines_of(model_, gate, low, high);
  settle_functions(gate, lines);
  replacement_[gate] = {lines.upper_slope,  lines.upper_offset,     lines.lower_slope,
                        lines.lower_offset, lines.offset_magnitude, g.magnitude};
  if (lines.upper_slope == 0 && lines.lower_slope == 0) return;  // nothing is passed down
  for (const Term& term : model_.sources_of(gate)) {
    if (alive_[term.index] != 0) gate_links_[term.index].push_back({gate * stride, term.weight});
  }
  for (const Term& term : model_.inputs_of(gate)) {
    variable_links_[term.index].push_back({gate * stride, term.weight});
  }
}

}  // namespace gatelight::engines::box
