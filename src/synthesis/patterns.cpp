// SPDX-License-Identifier: Apache-2.0
#include "synthesis/patterns.hpp"

#include <bit>

namespace gatelight::synthesis {

std::vector<WrittenWire> only_on(const std::vector<Source>& bits, std::uint32_t assignment) {
  std::vector<WrittenWire> wires;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    wires.push_back({bits[i], ((assignment >> i) & 1) != 0 ? 1 : -1});
  }
  return wires;
}

std::vector<WrittenWire> pairs_of(const std::vector<Source>& x, const std::vector<Source>& y,
                                  std::size_t first, std::int64_t size, std::uint32_t pattern) {
  const std::int64_t ones = std::popcount(pattern);
  std::vector<WrittenWire> wires;
  for (std::int64_t i = 0; i < size; ++i) {
    const std::size_t pair = first + static_cast<std::size_t>(i);
    const bool chosen = ((pattern >> i) & 1) != 0;
    wires.push_back({x[pair], chosen ? ones : -ones});
    if (chosen) wires.push_back({y[pair], 1});
  }
  return wires;
}

}  // namespace gatelight::synthesis
