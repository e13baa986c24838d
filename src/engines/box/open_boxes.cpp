// SPDX-License-Identifier: Apache-2.0
//
// What is known about a box, in half of the memory.
// Tested by tests/unit/engines/box/open_boxes_test.cpp
#include "engines/box/open_boxes.hpp"

#include <limits>

namespace gatelight::engines::box {
namespace {

constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();

}  // namespace

PackedBounds pack(const SumBounds& bounds) {
  PackedBounds packed;
  packed.low.reserve(bounds.low.size());
  packed.high.reserve(bounds.high.size());
  for (const std::int64_t low : bounds.low) {
    packed.low.push_back(static_cast<std::int32_t>(low < least || low > most ? least : low));
  }
  for (const std::int64_t high : bounds.high) {
    packed.high.push_back(static_cast<std::int32_t>(high < least || high > most ? most : high));
  }
  return packed;
}

void unpack(const PackedBounds& packed, const SumBounds& initial, SumBounds& bounds) {
  for (std::size_t g = 0; g < initial.low.size(); ++g) {
    bounds.low[g] = packed.low[g] == least ? initial.low[g] : packed.low[g];
    bounds.high[g] = packed.high[g] == most ? initial.high[g] : packed.high[g];
  }
}

}  // namespace gatelight::engines::box
