// SPDX-License-Identifier: Apache-2.0
//
// gamma_2 by the firing gates, whatever the weights.
//
// Problem   The rank of one threshold gate's matrix grows with its weights, up to 2^(n/2), and every bound of the
//           rank with it.  gamma_2, the least product of the largest row length of U and column length of V over all
//           M = UV, does not: it is a norm, multiplicative for entrywise products, and for one gate about
//           log2(rank) / 4.5 + 1.
// Idea      Up to equal and silent rows and columns, the matrix of a threshold gate is a triangle of ones.  That is
//           (J + S) / 2, J all ones and S a skew-circulant matrix of signs, whose gamma_2 is at most the mean of
//           the moduli of its eigenvalues 1 / sin((2k + 1) pi / 2D).
// Why       docs/explanation/bounds.md, theorem 5.
// Numbers   MPFR with directed rounding up to 64 rows; beyond, 1 / sin t <= 1 / t + (1 - 2 / pi) 2t / pi up to a right
//           angle (the difference of the first two is convex), and the sum of 1 / (2k + 1) from 32 to m - 1 is at
//           most log(m / 32) / 2.  Then multiples of 2^-32, rounded upwards.
// Tested by tests/unit/theory/gamma_test.cpp
#include "theory/gamma.hpp"

#include <algorithm>
#include <map>

#include "base/real.hpp"
#include "theory/recursion.hpp"

namespace gatelight::theory {
namespace {

constexpr mpfr_prec_t precision = 96;
constexpr unsigned long few_rows = 64;
constexpr const char* section = "theorem-5-gamma_2-whatever-the-weights";

mpz_class to_fixed(mpfr_ptr number) {
  mpfr_mul_2ui(number, number, gamma_fraction, MPFR_RNDU);
  mpz_class fixed;
  mpfr_get_z(fixed.get_mpz_t(), number, MPFR_RNDU);
  return fixed;
}

mpz_class root(const mpz_class& number) {
  mpz_class result;
  mpz_sqrt(result.get_mpz_t(), mpz_class(number << (2 * gamma_fraction)).get_mpz_t());
  return result + 1;
}

// sum += 1 / sin(numerator pi / denominator), rounded upwards; an angle up to a right one.
void add_cosecant(mpfr_ptr sum, unsigned long numerator, unsigned long denominator) {
  base::Real term(precision);
  mpfr_const_pi(term, MPFR_RNDD);
  mpfr_mul_ui(term, term, numerator, MPFR_RNDD);
  mpfr_div_ui(term, term, denominator, MPFR_RNDD);
  mpfr_sin(term, term, MPFR_RNDD);
  mpfr_ui_div(term, 1, term, MPFR_RNDU);
  mpfr_add(sum, sum, term, MPFR_RNDU);
}

// (1 + (sum of the moduli) / D) / 2.
mpz_class of_few(unsigned long rows) {
  base::Real sum(precision);
  mpfr_set_zero(sum, 1);
  // The angles of k and D - 1 - k have the same sine; the middle one of an odd number is a right one.
  for (unsigned long k = 0; k < rows / 2; ++k) add_cosecant(sum, 2 * k + 1, 2 * rows);
  mpfr_mul_ui(sum, sum, 2, MPFR_RNDU);
  if (rows % 2 == 1) mpfr_add_ui(sum, sum, 1, MPFR_RNDU);
  mpfr_div_ui(sum, sum, rows, MPFR_RNDU);
  mpfr_add_ui(sum, sum, 1, MPFR_RNDU);
  mpfr_div_ui(sum, sum, 2, MPFR_RNDU);
  return to_fixed(sum);
}

// 1/2 + (2 / pi) (sum of 1 / (2k + 1) for k < m) + (1 - 2 / pi) / 4, 2m rows.
mpz_class of_many(const mpz_class& half) {
  base::Real sum(precision), term(precision), two_by_pi(precision);
  constexpr unsigned long first = few_rows / 2;
  mpfr_set_z(sum, half.get_mpz_t(), MPFR_RNDU);
  mpfr_div_ui(sum, sum, first, MPFR_RNDU);
  mpfr_log(sum, sum, MPFR_RNDU);
  mpfr_div_ui(sum, sum, 2, MPFR_RNDU);
  for (unsigned long k = 0; k < first; ++k) {
    mpfr_set_ui(term, 1, MPFR_RNDU);
    mpfr_div_ui(term, term, 2 * k + 1, MPFR_RNDU);
    mpfr_add(sum, sum, term, MPFR_RNDU);
  }
  mpfr_const_pi(two_by_pi, MPFR_RNDD);
  mpfr_ui_div(two_by_pi, 2, two_by_pi, MPFR_RNDU);
  mpfr_mul(sum, sum, two_by_pi, MPFR_RNDU);
  mpfr_const_pi(two_by_pi, MPFR_RNDU);
  mpfr_ui_div(two_by_pi, 2, two_by_pi, MPFR_RNDD);
  mpfr_ui_sub(term, 1, two_by_pi, MPFR_RNDU);
  mpfr_div_ui(term, term, 4, MPFR_RNDU);
  mpfr_add(sum, sum, term, MPFR_RNDU);
  mpfr_add_d(sum, sum, 0.5, MPFR_RNDU);
  return to_fixed(sum);
}

// log2 of a fixed number of steps.
double log2_of_fixed(const mpz_class& number) {
  return number == 0 ? log2_above(0) : log2_above(number) - static_cast<double>(gamma_fraction);
}

// e L log2(1 + 2 (s / L) gamma): every gate has one firing value and as many rows as the smaller side allows.
double closed_form(const Question& question, std::size_t smaller) {
  const std::size_t levels = question.form.levels.size();
  std::size_t gates = 0;
  for (const auto& level : question.form.levels) gates += level.size();
  mpz_class base = staircase_gamma(mpz_class(1) << smaller) * 2 * static_cast<unsigned long>(gates);
  mpz_cdiv_q_ui(base.get_mpz_t(), base.get_mpz_t(), levels);
  base += mpz_class(1) << gamma_fraction;
  base::Real log(precision);
  mpfr_set_z(log, base.get_mpz_t(), MPFR_RNDU);
  mpfr_log2(log, log, MPFR_RNDU);
  mpfr_sub_ui(log, log, gamma_fraction, MPFR_RNDU);
  mpfr_mul_ui(log, log,
              static_cast<unsigned long>(std::max<std::int64_t>(question.caps.suffix[0], 0)),
              MPFR_RNDU);
  mpfr_mul_ui(log, log, levels, MPFR_RNDU);
  return mpfr_get_d(log, MPFR_RNDU);
}

bool all_have_one_firing_value(const Question& question) {
  return std::ranges::all_of(question.levels, [](const LevelUnits& level) {
    return std::ranges::all_of(level.single(), [](const Unit& unit) {
      return unit.patterns[0] <= 1 && unit.fire_stairs <= 1 && unit.pattern_stairs[0] <= 1;
    });
  });
}

NamedBound patterns_bound(const Question& question) {
  NamedBound bound{"firing patterns", "gamma_2", std::nullopt, "", reference(section)};
  if (question.form.levels.empty()) {
    bound.log2 = 0;
    bound.reason = "no gate reads an input: the function is constant";
    return bound;
  }
  const std::size_t bits = question.form.bits.size();
  const Rounding rounding{gamma_fraction, mpz_class(1) << (bits + 64 + gamma_fraction)};
  std::map<mpz_class, mpz_class> known;  // of staircases
  const Recursion recursion(question.levels, question.caps, rounding, [&](const Unit& unit) {
    const auto [stair, added] = known.try_emplace(unit.rank);
    if (added) stair->second = staircase_gamma(unit.rank);
    return gamma_factor(unit, stair->second);
  });
  if (!recursion.possible()) {
    bound.reason = "too many gates fire together for it to be computed";
    return bound;
  }
  mpz_class least = recursion.all_patterns();
  if (question.form.output_fed) least = std::min(least, recursion.accepting_patterns());
  if (least >= rounding.ceiling) {
    bound.reason = "says less than 2^(bits + 64)";
    return bound;
  }
  bound.log2 = log2_of_fixed(least);
  bound.reason = "patterns of fed gates that fire together (theorem 5)";
  return bound;
}

}  // namespace

mpz_class staircase_gamma(const mpz_class& rows) {
  if (rows <= few_rows) return rows == 0 ? mpz_class(0) : of_few(rows.get_ui());
  // A triangle is part of every larger one.
  return of_many((rows + 1) / 2);
}

Factor gamma_factor(const Unit& unit, const mpz_class& stair) {
  Factor factor;
  const mpz_class one = mpz_class(1) << gamma_fraction;
  // The matrix of one pattern: 0/1, so at most the root of its rank; of rank 1, all ones in some rows and columns.
  const mpz_class each = unit.rank == 0 ? mpz_class(0) : unit.rank == 1 ? one : root(unit.rank);
  factor.fires = unit.fire_stairs == 0 ? each : std::min(each, mpz_class(unit.fire_stairs * stair));
  for (std::size_t k = 0; k < unit.patterns.size(); ++k) {
    mpz_class patterns = unit.patterns[k] * each;
    if (k < unit.pattern_stairs.size())
      patterns = std::min(patterns, mpz_class(unit.pattern_stairs[k] * stair));
    factor.patterns.push_back(std::move(patterns));
  }
  return factor;
}

std::vector<NamedBound> gamma_bounds(const Question& question,
                                     const std::vector<NamedBound>& ranks) {
  std::vector<NamedBound> bounds;
  NamedBound by_rank{"root of the rank", "gamma_2", std::nullopt, "no bound of the rank is known",
                     reference(section)};
  for (const NamedBound& rank : ranks) {
    if (!rank.log2 || (by_rank.log2 && *rank.log2 / 2 >= *by_rank.log2)) continue;
    by_rank.log2 = *rank.log2 / 2;  // a halved number is exact
    by_rank.reason = "of a 0/1 matrix; \"" + rank.name + "\" is the smallest bound of the rank";
  }
  bounds.push_back(std::move(by_rank));
  bounds.push_back(patterns_bound(question));
  NamedBound closed{"closed form", "gamma_2", std::nullopt, "", reference(section)};
  if (question.form.levels.empty()) {
    closed.reason = "no gate reads an input";
  } else if (!all_have_one_firing_value(question)) {
    closed.reason = "asks for gates that fire from a sum on, with one value";
  } else {
    closed.log2 = closed_form(question, smaller_side(question));
    closed.reason = "e L log2(1 + 2 (s / L) g), for any weights; e fed gates of s on L levels fire";
  }
  bounds.push_back(std::move(closed));
  return bounds;
}

}  // namespace gatelight::theory
