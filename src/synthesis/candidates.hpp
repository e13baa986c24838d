// SPDX-License-Identifier: Apache-2.0
//
// Every circuit that the families have for a function, by its predicted resources.
#ifndef GATELIGHT_SYNTHESIS_CANDIDATES_HPP
#define GATELIGHT_SYNTHESIS_CANDIDATES_HPP

#include <functional>

#include "gatelight/frontier.hpp"

namespace gatelight::synthesis {

// Takes the name of a family, parameters and resources; called once for each circuit that construct() makes.
using TakeCandidate = std::function<void(
    std::string_view family, std::vector<NamedValue> parameters, const Predicted& predicted)>;
// All threshold circuits of the function's families whose size and weight are within the question's, in a
// fixed order; none for a function without a family, save by its table.
void for_each_candidate(const FrontierQuestion& question, const TakeCandidate& take);

}  // namespace gatelight::synthesis

#endif  // GATELIGHT_SYNTHESIS_CANDIDATES_HPP
