// SPDX-License-Identifier: Apache-2.0
//
// Pseudo-Boolean rows as clauses, for solvers of propositional logic.
#ifndef GATELIGHT_ENCODE_CLAUSES_HPP
#define GATELIGHT_ENCODE_CLAUSES_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::encode {

// Literals as DIMACS has them: v + 1 for variable v, -(v + 1) for its negation.
struct Clauses {
  std::size_t variables = 0;           // those of the rows first, then auxiliary ones
  std::size_t count = 0;               // of clauses
  std::vector<std::int32_t> literals;  // a 0 ends each clause
};

struct ClauseOptions {
  std::size_t most = std::size_t{1} << 27;  // numbers in Clauses::literals, about
  // Rows whose table of partial sums would have more nodes are added up in binary: shorter, but solvers
  // conclude less from it.
  std::size_t nodes_a_term = 40;
};

// An assignment of the `variables` of the rows satisfies all rows if and only if it extends to an
// assignment that satisfies all clauses.  Requires: what Row requires.  Cost: O(size of the result),
// at most some 60 numbers for each 1 among a weight's binary digits, or 300 a term.  Errors: limit.
[[nodiscard]] Result<Clauses> clauses_of(const std::vector<Row>& rows, std::size_t variables,
                                         const ClauseOptions& options = {});

}  // namespace gatelight::encode

#endif  // GATELIGHT_ENCODE_CLAUSES_HPP
