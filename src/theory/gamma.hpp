// SPDX-License-Identifier: Apache-2.0
//
// Upper bounds of the factorization norm gamma_2 (private to this folder).
#ifndef GATELIGHT_THEORY_GAMMA_HPP
#define GATELIGHT_THEORY_GAMMA_HPP

#include "theory/rank_bounds.hpp"

namespace gatelight::theory {

constexpr unsigned gamma_fraction = 32;  // numbers below are multiples of 2^-32, rounded upwards

// gamma_2 of a 0/1 matrix [row sum + column sum >= t] with at most `rows` different rows that are not 0, at most.
[[nodiscard]] mpz_class staircase_gamma(const mpz_class& rows);

// What the patterns of a unit measure by gamma_2; `stair` is staircase_gamma(unit.rank).
[[nodiscard]] Factor gamma_factor(const Unit& unit, const mpz_class& stair);

// All of them, with the rank's bounds for their square roots.
[[nodiscard]] std::vector<NamedBound> gamma_bounds(const Question& question,
                                                   const std::vector<NamedBound>& ranks);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_GAMMA_HPP
