// SPDX-License-Identifier: Apache-2.0
//
// From a plan's program to logic (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_TRANSLATE_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_TRANSLATE_HPP

#include <vector>

#include "engines/exhaustive/code/netlist.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive::generated {

// A function to generate: masks to compute and store.
struct Logic {
  struct Store {
    Literal value;
    Slot to = 0;
  };
  Netlist netlist;
  std::vector<Store> stores;
  Literal any;  // the function returns whether this has a lane
};

// The functions of machine_code.hpp.
[[nodiscard]] Logic translate_filter(const Plan& plan, bool ternary);
[[nodiscard]] Logic translate_targets(const Plan& plan, bool tallies, bool ternary);

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_TRANSLATE_HPP
