// SPDX-License-Identifier: Apache-2.0
//
// What the rank bounds need to know of a circuit (private to this folder).
#ifndef GATELIGHT_THEORY_FED_FORM_HPP
#define GATELIGHT_THEORY_FED_FORM_HPP

#include <gmpxx.h>

#include <optional>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/rank.hpp"

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

// How much rank one unit can give: a fed gate, or several fed gates of a level whose weights of inputs are
// positive multiples of each other.
struct Unit {
  std::int64_t members = 1;
  mpz_class values;  // not-zero values of a gate, not-silent patterns of a group
  mpz_class rank;    // of the matrix of each value, and of [it fires]
  // What a term may be multiplied by where all units are charged by rows, or all by columns.
  mpz_class by_rows, by_columns;
};

// The same level, each gate alone and with groups.
struct LevelUnits {
  std::vector<Unit> single, grouped;
};

// Of one partition, or valid for every partition (nothing).
[[nodiscard]] std::vector<LevelUnits> level_units(const Circuit& circuit, const FedForm& form,
                                                  const std::optional<Partition>& partition);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_FED_FORM_HPP
