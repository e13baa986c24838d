// SPDX-License-Identifier: Apache-2.0
//
// The slow oracle of clauses: unit propagation and branching, nothing else.
#ifndef GATELIGHT_TESTS_REFERENCE_SATISFIABLE_HPP
#define GATELIGHT_TESTS_REFERENCE_SATISFIABLE_HPP

#include <cstddef>
#include <vector>

namespace gatelight::reference {

// Whether some assignment of variables 1 to `variables` satisfies every clause; literals are v and -v.
[[nodiscard]] bool satisfiable(const std::vector<std::vector<int>>& clauses, std::size_t variables);

}  // namespace gatelight::reference

#endif  // GATELIGHT_TESTS_REFERENCE_SATISFIABLE_HPP
