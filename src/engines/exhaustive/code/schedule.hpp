// SPDX-License-Identifier: Apache-2.0
//
// In which order the nodes of a netlist are computed (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_SCHEDULE_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_SCHEDULE_HPP

#include <cstdint>
#include <vector>

#include "engines/exhaustive/code/translate.hpp"

namespace gatelight::engines::exhaustive::generated {

// Masks that lie in memory before the function begins.
[[nodiscard]] inline bool is_leaf(const Netlist::Node& node) {
  return node.kind == Netlist::Kind::constant || node.kind == Netlist::Kind::slot ||
         node.kind == Netlist::Kind::row || node.kind == Netlist::Kind::word;
}

// Operands of a node, as many as it has.
[[nodiscard]] inline std::size_t operand_count(Netlist::Kind kind) {
  return kind == Netlist::Kind::exor3 || kind == Netlist::Kind::majority ? 3 : 2;
}

// All nodes that a store or the result needs, leaves left out, each after its operands.
[[nodiscard]] std::vector<std::uint32_t> schedule(const Logic& logic);

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_SCHEDULE_HPP
