// SPDX-License-Identifier: Apache-2.0
//
// Many sums of masks at once, with what they share computed once (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ADDERS_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ADDERS_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "engines/exhaustive/code/netlist.hpp"

namespace gatelight::engines::exhaustive::generated {

// A sum modulo 2^size(): position p holds the masks that count 2^p.
using Columns = std::vector<std::vector<Literal>>;

// The bits of each sum, lowest first.  Empties the columns.
[[nodiscard]] std::vector<std::vector<Literal>> add_up(Netlist& netlist, std::span<Columns> sums);

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ADDERS_HPP
