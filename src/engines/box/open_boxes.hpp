// SPDX-License-Identifier: Apache-2.0
//
// OpenBoxes: the parts of the domain that are still to be searched, shared by all workers.
#ifndef GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP
#define GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engines/box/bounder.hpp"
#include "engines/open_parts.hpp"

namespace gatelight::engines::box {

// Sums beyond 32 bits are remembered as unknown: what is known about a box costs as much as a hundred boxes.
struct PackedBounds {
  std::vector<std::int32_t> low, high;
};
[[nodiscard]] PackedBounds pack(const SumBounds& bounds);
// Where nothing is remembered, `initial` says what holds.
void unpack(const PackedBounds& packed, const SumBounds& initial, SumBounds& bounds);

struct OpenBox {
  std::int64_t bound = 0;
  int depth = 0;  // splits that lead to it
  Box box;
  std::shared_ptr<const PackedBounds> known;  // what holds on the box it is a part of; may be null
};
[[nodiscard]] inline int depth_of(const OpenBox& box) { return box.depth; }
[[nodiscard]] inline std::size_t bytes_of(const OpenBox& box) {
  // Two halves share what is known about the whole.
  const std::size_t known = box.known ? box.known->low.size() * sizeof(std::int32_t) : 0;
  return 2 * box.box.low.capacity() * sizeof(std::int64_t) + known + 64;
}

using OpenBoxes = OpenParts<OpenBox>;

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_OPEN_BOXES_HPP
