// SPDX-License-Identifier: Apache-2.0
//
// The rank of a 0/1 matrix over the rationals, as an interval whose two ends carry their evidence.
//
// Agreement modulo primes is never called a proof: where no argument closes the interval, the answer
// says modulo which random primes the rank is the same, and `upper` stays what was proved.
#ifndef GATELIGHT_LINALG_EXACT_RANK_HPP
#define GATELIGHT_LINALG_EXACT_RANK_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"
#include "linalg/rank.hpp"

namespace gatelight::linalg {

// Why the rank is not above `upper` (docs/explanation/rank-dense.md has the proofs).
enum class UpperArgument : std::uint8_t {
  distinct_rows,     // as many distinct rows that are not zero
  distinct_columns,  // the same of columns
  minors,            // every minor of order upper + 1 is divisible by more than it can be
  null_vectors,      // explicit integer relations between the columns (or rows) with these pivots
};
[[nodiscard]] std::string_view name(UpperArgument argument);

struct ExactRank {
  std::size_t lower = 0, upper = 0;
  [[nodiscard]] bool exact() const { return lower == upper; }

  // Lower end: matrix[pivots.rows][pivots.columns], of order `lower`, is non-singular modulo `prime`.
  Pivots pivots;
  std::uint32_t prime = 0;

  // Upper end.  For `minors`: the rank is at most `upper` modulo each of `primes`.  For `null_vectors`:
  // those exist; the first of `primes` is what they were found with.
  UpperArgument argument = UpperArgument::distinct_rows;
  std::vector<std::uint32_t> primes;

  // Random primes of 26 bits modulo which the rank is `lower` as well: no proof, but a reason to believe.
  std::vector<std::uint32_t> agreeing;
  bool stopped = false;  // at a limit
};

struct ExactRankOptions {
  // How much work to spend on the upper end after the first elimination: at most this many times its
  // cost.  0: only the arguments that are free.
  double effort = 16;
  int random_primes = 1;  // to compare with where nothing is proved
  Limits limits{};
};

// Cost: one elimination modulo a byte-sized prime, then what `effort` allows.
[[nodiscard]] ExactRank exact_rank(const BitMatrix& matrix, const ExactRankOptions& options = {});

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_EXACT_RANK_HPP
