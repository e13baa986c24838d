// SPDX-License-Identifier: Apache-2.0
//
// Strengthening a linear relaxation (private to the engines).
#ifndef GATELIGHT_ENGINES_LINEAR_CUT_ROUNDS_HPP
#define GATELIGHT_ENGINES_LINEAR_CUT_ROUNDS_HPP

#include <functional>

#include "engines/linear/program.hpp"

namespace gatelight::engines::linear {

// Solves the program and adds rows that cut off its optimum, again and again, until that falls no more,
// nothing above `limit` seems possible, or `stop` says so.  Rows from number `first_cut` on are dropped where
// they are not needed any more.  `each` is called after every solution.
Program::Outcome cut_rounds(Program& program, std::size_t first_cut, double limit,
                            const std::function<bool()>& stop, const std::function<void()>& each);

}  // namespace gatelight::engines::linear

#endif  // GATELIGHT_ENGINES_LINEAR_CUT_ROUNDS_HPP
