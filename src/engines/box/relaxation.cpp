// SPDX-License-Identifier: Apache-2.0
//
// Lines around a step function on the integers of an interval.
//
// Problem   y(z) is a staircase.  A bound through many gates needs y between two straight lines.
// Idea      Pick a slope; the offset that makes the line hold follows from the corners of the staircase.  Of
//           the few slopes that touch two corners, and of 0, the one whose line is tightest in the middle
//           of the interval is taken: there it is tightest on average.
// Why       Where the slope is not negative, y - slope * z is largest at the first z of a step (or at the
//           interval's low end) and smallest at the last z of a step (or at its high end).  So
//           the largest, or smallest, of these corner values is a right offset whatever the slope: the choice
//           of the slope needs no proof, and its rounding no care.  The steps of a relu begin at
//           multiples of 2^shift, so among its corners y - slope * z is linear, and the first and the last
//           of them are enough.
//           The offset itself is computed from doubles v, slope and z with at most 8 roundings, each
//           at most 2^-53 of |v| + |slope| (|z| + |threshold|); 2^-48 of that is added.
// Tested by tests/unit/engines/box/relaxation_test.cpp
#include "engines/box/relaxation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gatelight::engines::box {
namespace {

constexpr double slack = 0x1p-48;
// With more steps between, the lines are flat: looking at all corners would take too long.
constexpr std::size_t most_corners = 4096;

struct Corner {
  double z = 0, y = 0;
};

Corner corner(std::int64_t z, std::int64_t y) {
  return {static_cast<double>(z), static_cast<double>(y)};
}

double slope_between(const Corner& a, const Corner& b) {
  return b.z > a.z ? std::max((b.y - a.y) / (b.z - a.z), 0.0) : 0.0;
}

class Fitter {
 public:
  Fitter(const Model& model, std::uint32_t gate, std::int64_t low, std::int64_t high)
      : gate_(model.gates()[gate]),
        low_(low),
        high_(high),
        middle_(static_cast<double>(low) / 2 + static_cast<double>(high) / 2),
        threshold_(static_cast<double>(gate_.threshold)) {
    first_ = model.activate(gate, low);
    last_ = model.activate(gate, high);
    if (gate_.shape == Shape::steps) steps_ = &model.steps()[gate];
  }

  Lines fit() {
    fit_flat();
    if (first_ == last_) return lines_;
    if (steps_ != nullptr) {
      const auto begin = std::ranges::upper_bound(steps_->at, low_);
      const auto end = std::ranges::upper_bound(steps_->at, high_);
      if (static_cast<std::size_t>(end - begin) > most_corners) return lines_;
      begin_ = static_cast<std::size_t>(begin - steps_->at.begin());
      end_ = static_cast<std::size_t>(end - steps_->at.begin());
    }
    const Corner second = corner(first_cut(), value_at_first_cut());
    const Corner last = corner(last_cut(), last_);
    const Corner start = corner(low_, first_);
    for (const double slope :
         {slope_between(second, last), slope_between(start, last), slope_between(start, second)}) {
      try_upper(slope);
    }
    const Corner before_first = corner(first_cut() - 1, first_);
    const Corner before_last = corner(last_cut() - 1, value_before_last_cut());
    const Corner stop = corner(high_, last_);
    for (const double slope :
         {slope_between(before_first, before_last), slope_between(before_first, stop),
          slope_between(before_last, stop)}) {
      try_lower(slope);
    }
    return lines_;
  }

 private:
  // Of the cuts in (low, high]; there is one.
  [[nodiscard]] std::int64_t first_cut() const {
    if (steps_ != nullptr) return steps_->at[begin_];
    return gate_.shape == Shape::relu ? (first_ + 1) << gate_.shift : 0;
  }
  [[nodiscard]] std::int64_t last_cut() const {
    if (steps_ != nullptr) return steps_->at[end_ - 1];
    return gate_.shape == Shape::relu ? last_ << gate_.shift : 0;
  }
  [[nodiscard]] std::int64_t value_at_first_cut() const {
    return steps_ != nullptr ? steps_->values[begin_ + 1] : first_ + 1;
  }
  [[nodiscard]] std::int64_t value_before_last_cut() const {
    return steps_ != nullptr ? steps_->values[end_ - 1] : last_ - 1;
  }

  void fit_flat() {
    // The two ends may be any 64-bit integers, rounded when they become doubles.
    const double first = static_cast<double>(first_), last = static_cast<double>(last_);
    lines_.lower_offset = first - (std::abs(first) >= 0x1p53 ? std::abs(first) * slack : 0);
    lines_.upper_offset = last + (std::abs(last) >= 0x1p53 ? std::abs(last) * slack : 0);
    lines_.offset_magnitude =
        std::max(std::abs(lines_.lower_offset), std::abs(lines_.upper_offset));
    upper_middle_ = lines_.upper_offset;
    lower_middle_ = lines_.lower_offset;
  }

  [[nodiscard]] double allowance(const Corner& at, double slope) const {
    return slack * (std::abs(at.y) + slope * (std::abs(at.z) + std::abs(threshold_)));
  }

  void try_upper(double slope) {
    double offset = -std::numeric_limits<double>::infinity();
    const auto see = [&](const Corner& at) {
      offset = std::max(offset, at.y - slope * at.z + allowance(at, slope));
    };
    see(corner(low_, first_));
    see(corner(first_cut(), value_at_first_cut()));
    see(corner(last_cut(), last_));
    if (steps_ != nullptr) {
      for (std::size_t i = begin_; i < end_; ++i) see(corner(steps_->at[i], steps_->values[i + 1]));
    }
    if (!(slope * middle_ + offset < upper_middle_)) return;
    upper_middle_ = slope * middle_ + offset;
    lines_.upper_slope = slope;
    lines_.upper_offset = offset - slope * threshold_;
    note_magnitude(offset, slope);
  }

  void try_lower(double slope) {
    double offset = std::numeric_limits<double>::infinity();
    const auto see = [&](const Corner& at) {
      offset = std::min(offset, at.y - slope * at.z - allowance(at, slope));
    };
    see(corner(first_cut() - 1, first_));
    see(corner(last_cut() - 1, value_before_last_cut()));
    see(corner(high_, last_));
    if (steps_ != nullptr) {
      for (std::size_t i = begin_; i < end_; ++i) see(corner(steps_->at[i] - 1, steps_->values[i]));
    }
    if (!(slope * middle_ + offset > lower_middle_)) return;
    lower_middle_ = slope * middle_ + offset;
    lines_.lower_slope = slope;
    lines_.lower_offset = offset - slope * threshold_;
    note_magnitude(offset, slope);
  }

  void note_magnitude(double offset, double slope) {
    lines_.offset_magnitude =
        std::max(lines_.offset_magnitude, 1.01 * (std::abs(offset) + slope * std::abs(threshold_)));
  }

  const Gate& gate_;
  const StepFunction* steps_ = nullptr;
  std::size_t begin_ = 0, end_ = 0;  // cuts in (low, high]
  std::int64_t low_, high_;
  std::int64_t first_ = 0, last_ = 0;  // y at both ends
  double middle_, threshold_;
  double upper_middle_ = 0, lower_middle_ = 0;  // of the best lines so far
  Lines lines_;
};

}  // namespace

Lines lines_of(const Model& model, std::uint32_t gate, std::int64_t low, std::int64_t high) {
  return Fitter(model, gate, low, high).fit();
}

}  // namespace gatelight::engines::box
