// SPDX-License-Identifier: Apache-2.0
//
// The fed gates of an output (private to this folder).
#ifndef GATELIGHT_THEORY_FED_FORM_HPP
#define GATELIGHT_THEORY_FED_FORM_HPP

#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::theory {

// The gates that an output depends on.  A gate is FED if it reads an input bit; its fed-level is the largest
// number of fed gates on a path that ends in it.  No fed gate of a level reads another one of it, even through
// others.
struct FedForm {
  std::vector<GateId> cone;                 // ascending, the output last
  std::vector<std::vector<GateId>> levels;  // the fed gates of the cone
  std::vector<std::uint32_t> bits;          // that gates of the cone read, ascending
  bool output_fed = false;                  // then the output is alone on the last level
};
[[nodiscard]] FedForm fed_form(const Circuit& circuit, GateId output);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_FED_FORM_HPP
