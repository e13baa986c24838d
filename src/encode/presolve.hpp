// SPDX-License-Identifier: Apache-2.0
//
// Rows that a circuit's constraints imply, and that no single one of them shows: groups of gates of which one
// fires at most, gates that fire only with another one, gates that are the same.
#ifndef GATELIGHT_ENCODE_PRESOLVE_HPP
#define GATELIGHT_ENCODE_PRESOLVE_HPP

#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::encode {

struct Presolved {
  // Weights are 1.  A row with one literal is a fact; with k literals and bound k - 1 it is a GROUP: one of the
  // literals is false at most.  Every solution of the constraints satisfies all of them.
  std::vector<Row> rows;
  std::int64_t most = 0;  // no solution's total exceeds it; meaningless where there is no solution
};

// Requires constraints as constraints_of() returns them, of `bits` input bits.  Nothing but `most` where there
// are many variables.
// Cost: a few hundred million simple steps at most, far less where little is found; a pass over the terms.
[[nodiscard]] Presolved presolve(const Constraints& constraints, std::size_t bits);

}  // namespace gatelight::encode

#endif  // GATELIGHT_ENCODE_PRESOLVE_HPP
