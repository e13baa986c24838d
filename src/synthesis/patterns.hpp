// SPDX-License-Identifier: Apache-2.0
//
// Wires of gates that fire on one pattern of their inputs only.
#ifndef GATELIGHT_SYNTHESIS_PATTERNS_HPP
#define GATELIGHT_SYNTHESIS_PATTERNS_HPP

#include <cstdint>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::synthesis {

// Their sum is the number of ones of the assignment on it, and less on every other one.
[[nodiscard]] std::vector<WrittenWire> only_on(const std::vector<Source>& bits,
                                               std::uint32_t assignment);

// Of `size` pairs from number `first` on.  Let the pattern have p ones: where the x are the pattern, the sum is
// p^2 plus the number of y in the pattern that are 1; everywhere else it is at most p^2.
[[nodiscard]] std::vector<WrittenWire> pairs_of(const std::vector<Source>& x,
                                                const std::vector<Source>& y, std::size_t first,
                                                std::int64_t size, std::uint32_t pattern);

}  // namespace gatelight::synthesis

#endif  // GATELIGHT_SYNTHESIS_PATTERNS_HPP
