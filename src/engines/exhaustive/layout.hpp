// SPDX-License-Identifier: Apache-2.0
//
// Which gates a sweep computes and which input bits tell the lane and the block (private to this
// folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_LAYOUT_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_LAYOUT_HPP

#include <cstdint>
#include <vector>

#include "engines/engine.hpp"
#include "engines/exhaustive/blocks.hpp"

namespace gatelight::engines::exhaustive {

struct Layout {
  std::vector<char> needed;                // gates that are computed
  std::vector<char> read;                  // nodes that something computed reads
  std::vector<std::uint32_t> low, high;    // input bits; lane bit i, block bit i
  std::vector<int> low_index, high_index;  // of an input bit, or -1
  int unread_bits = 0;                     // free bits nothing depends on
  InputBits start;                         // fixed bits, and 0 elsewhere
  Blocks blocks;
};

// Errors: unsupported (more than 62 free bits that the domain does not tie down).
[[nodiscard]] Result<Layout> lay_out(const Question& question);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_LAYOUT_HPP
