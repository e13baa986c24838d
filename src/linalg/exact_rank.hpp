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
  relations,         // integer relations that express all but `upper` columns (or rows) by others
};
[[nodiscard]] std::string_view name(UpperArgument argument);

// The rank modulo a prime, as evidence.
struct ModularRank {
  std::uint32_t prime = 0;
  std::size_t rank = 0;
  friend bool operator==(const ModularRank&, const ModularRank&) = default;
};

// scale * column `index` = sum of coefficients[k] * column basis[k], over the integers, scale not 0; or the
// same of rows.
struct Relation {
  std::uint32_t index = 0;
  std::int32_t scale = 1;
  std::vector<std::int32_t> coefficients;
};

struct ExactRank {
  std::size_t lower = 0, upper = 0;
  [[nodiscard]] bool exact() const { return lower == upper; }

  // Lower end: matrix[pivots.rows][pivots.columns], of order `lower`, is non-singular modulo `prime`.
  Pivots pivots;
  std::uint32_t prime = 0;

  // Upper end.
  UpperArgument argument = UpperArgument::distinct_rows;
  std::vector<ModularRank> ranks;  // `minors`: what the matrix has modulo these primes
  bool relations_of_rows = false;  // `relations`: of which side they are
  std::vector<std::uint32_t> basis;
  std::vector<Relation> relations;  // kept only if asked for

  // Random primes of 27 bits modulo which the rank is `lower`, where that proves nothing: a reason to
  // believe that `lower` is the rank.
  std::vector<std::uint32_t> agreeing;
  bool stopped = false;  // at a limit
};

struct ExactRankOptions {
  // What the upper end may cost where the distinct rows and columns do not settle it: this many
  // eliminations modulo a prime of 27 bits.
  double effort = 16;
  int random_primes =
      1;  // at least; to compare with where nothing is proved.  0: none, and no proof
  bool keep_relations = false;
  Limits limits{};
};

// Never fails; where a limit of time or memory comes first, the interval is wider.
// Cost: one elimination modulo 251; where it leaves a gap, one modulo each random prime (10 times
// slower) and what `effort` allows.
[[nodiscard]] ExactRank exact_rank(const BitMatrix& matrix, const ExactRankOptions& options = {});

}  // namespace gatelight::linalg

#endif  // GATELIGHT_LINALG_EXACT_RANK_HPP
