// SPDX-License-Identifier: Apache-2.0
//
// The bound by the sets of gates that really fire together (private to this folder).
#ifndef GATELIGHT_THEORY_STATES_HPP
#define GATELIGHT_THEORY_STATES_HPP

#include <optional>
#include <vector>

#include "theory/fed_form.hpp"

namespace gatelight::theory {

// The sets of fed gates, as indices into the one level, whose coefficient is not 0.  Nothing where there is more
// than one level, a gate with two values that are not 0, or too much to look at.
[[nodiscard]] std::optional<std::vector<std::vector<std::uint32_t>>> contributing_states(
    const Circuit& circuit, GateId output, const FedForm& form);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_STATES_HPP
