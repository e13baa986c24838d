// SPDX-License-Identifier: Apache-2.0
//
// Lines above and below the output of one gate.
#ifndef GATELIGHT_ENGINES_BOX_RELAXATION_HPP
#define GATELIGHT_ENGINES_BOX_RELAXATION_HPP

#include <array>
#include <cstdint>

#include "engines/box/model.hpp"

namespace gatelight::engines::box {

// With s = z + threshold, the sum of a gate's terms:
//   lower_slope * s + lower_offset <= y <= upper_slope * s + upper_offset
// for every integer z of an interval, as real numbers.  Slopes are not negative.
struct Lines {
  double upper_slope = 0, upper_offset = 0;
  double lower_slope = 0, lower_offset = 0;
  double offset_magnitude = 0;  // at least |upper_offset| and |lower_offset|
};

// Requires sum_low <= low <= high <= sum_high of the gate.  O(1), or O(steps between low and high).
[[nodiscard]] Lines lines_of(const Model& model, std::uint32_t gate, std::int64_t low,
                             std::int64_t high);

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_RELAXATION_HPP
