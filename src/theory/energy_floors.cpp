// SPDX-License-Identifier: Apache-2.0
//
// How little energy a threshold circuit may have, by its size, depth and weight alone.
//
// Problem   A function of known rank; circuits of at most s gates, depth d and weight w.  Which energies e are
//           impossible for all of them?
// Idea      Upper bounds of the rank that grow with e: the theorem's right side, and theorem F1, which sums the
//           accepting patterns of any circuit with these numbers; theorem F2, the same sum for the norm gamma_2 of the
//           matrix in place of its rank, hardly depends on the weight.  The least e that is not refuted is found by
//           doubling and halving.  Energy 1 is refuted by a fooling set, whatever depth and weight.
// Why       docs/explanation/frontier.md.  The rank is rounded downwards and each bound upwards, so an energy is
//           refuted only if the exact inequality says so.  A circuit of less energy is also one of at
//           most e, so all below a refuted e are refuted, too.
// Numbers   MPFR with 64 bits: every term is positive, and each operation rounds upwards.  Its exponents
//           reach beyond 2^60, and the sums end as soon as they exceed the rank, of at most 2^20 bits.
// Cost      As many terms as it takes to reach the rank, at most e (d - 1) + 1; a few dozen sums.
// Tested by tests/unit/theory/energy_floors_test.cpp
#include <algorithm>

#include "base/halving.hpp"
#include "base/real.hpp"
#include "gatelight/theory.hpp"
#include "theory/gamma.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t most_number = std::int64_t{1} << 62;
constexpr std::int64_t most_depth = std::int64_t{1} << 30;
constexpr mpfr_prec_t precision = 64;

void multiply(base::Real& value, std::int64_t by) {
  mpfr_mul_ui(value, value, static_cast<unsigned long>(by), MPFR_RNDU);
}
void divide(base::Real& value, std::int64_t by) {
  mpfr_div_ui(value, value, static_cast<unsigned long>(by), MPFR_RNDU);
}

// Different nonzero rows (or columns) of one gate's matrix: D = min(side * w + 1, 2^side).
void most_rows(base::Real& rows, std::int64_t side, std::int64_t weight) {
  base::Real sums(precision);
  mpfr_set_si(sums, side, MPFR_RNDU);
  multiply(sums, weight);
  mpfr_add_ui(sums, sums, 1, MPFR_RNDU);
  mpfr_set_ui_2exp(rows, 1, side, MPFR_RNDU);
  mpfr_min(rows, rows, sums, MPFR_RNDU);
}

// gamma_2 of one gate's matrix.
void most_gamma2(base::Real& norm, mpfr_srcptr rows) {
  mpz_class whole;
  mpfr_get_z(whole.get_mpz_t(), rows, MPFR_RNDU);
  mpfr_set_z_2exp(norm, theory::staircase_gamma(whole).get_mpz_t(),
                  -static_cast<mpfr_exp_t>(theory::gamma_fraction), MPFR_RNDU);
}

// The factors of the term for T, rounded upwards, from T = 0 on.
class Terms {
 public:
  Terms(const ShapeLimits& limits, std::int64_t energy, mpfr_srcptr gate)
      : others_(limits.size - 1), levels_(limits.depth - 1), energy_(energy) {
    mpfr_set(gate_, gate, MPFR_RNDU);
    mpfr_set_ui(chosen_, 1, MPFR_RNDU);
    mpfr_set_ui(splits_, 1, MPFR_RNDU);
    mpfr_set_ui(subsets_, 1, MPFR_RNDU);
    mpfr_set_si(most_splits_, energy + 1, MPFR_RNDU);
    mpfr_pow_ui(most_splits_, most_splits_, static_cast<unsigned long>(levels_), MPFR_RNDU);
  }
  // C(s - 1, T) D^T * splits(T) * patterns(T).
  void value(base::Real& term) {
    mpfr_min(term, splits_, most_splits_, MPFR_RNDU);
    mpfr_mul(term, term, chosen_, MPFR_RNDU);
    base::Real patterns(precision);
    mpfr_set_ui_2exp(patterns, 1, at_, MPFR_RNDU);
    const std::int64_t k = energy_ - 1;
    if (at_ > k) mpfr_sub_ui(patterns, patterns, 1, MPFR_RNDU);  // T itself is no choice
    if (at_ > 2 * k) {  // the sum of C(T, Q), Q <= k, is below that of a geometric series
      base::Real series(precision);
      mpfr_set(series, subsets_, MPFR_RNDU);
      multiply(series, at_ - k + 1);
      divide(series, at_ - 2 * k + 1);
      mpfr_min(patterns, patterns, series, MPFR_RNDU);
    }
    mpfr_mul(term, term, patterns, MPFR_RNDU);
  }
  // To T + 1; false where that has no terms.
  bool next() {
    if (at_ >= others_ || at_ / energy_ >= levels_) return false;  // T = e * (d - 1) is the last
    multiply(chosen_, others_ - at_);
    divide(chosen_, at_ + 1);
    mpfr_mul(chosen_, chosen_, gate_, MPFR_RNDU);
    multiply(splits_, at_ + levels_);
    divide(splits_, at_ + 1);
    ++at_;
    if (at_ > energy_ - 1) {
      multiply(subsets_, at_);
      divide(subsets_, at_ - (energy_ - 1));
    }
    return true;
  }

 private:
  std::int64_t others_, levels_, energy_, at_ = 0;
  base::Real gate_{precision};     // D, the most that one gate contributes
  base::Real chosen_{precision};   // C(s - 1, T) D^T
  base::Real splits_{precision};   // C(T + L - 1, T): T split over L levels
  base::Real subsets_{precision};  // C(T, e - 1), from T = e - 1 on
  base::Real most_splits_{precision};
};

// Whether the sum over accepting patterns, where each gate contributes at most `gate`, reaches 2^log2_least.
bool patterns_reach(const ShapeLimits& limits, std::int64_t energy, base::Real& gate,
                    double log2_least) {
  base::Real least(precision), sum(precision), term(precision);
  mpfr_set_d(least, log2_least, MPFR_RNDD);
  mpfr_exp2(least, least, MPFR_RNDD);
  mpfr_set_zero(sum, 1);
  Terms terms(limits, energy, gate);
  do {
    terms.value(term);
    mpfr_mul(term, term, gate, MPFR_RNDU);
    mpfr_add(sum, sum, term, MPFR_RNDU);
    if (mpfr_greaterequal_p(sum, least) != 0) return true;
  } while (terms.next());
  return false;
}

// The least energy of 1 to `most` that is allowed; nothing where none is.
template <class Allowed>
std::optional<std::int64_t> least_energy(std::int64_t most, const Allowed& allowed) {
  std::int64_t high = 1;
  while (!allowed(high)) {
    if (high == most) return std::nullopt;
    high = std::min(2 * high, most);  // most <= 2^62
  }
  const std::int64_t low = high == 1 ? 1 : high / 2 + 1;  // high / 2 was refuted
  return base::least_allowed(low, high, allowed);
}

}  // namespace

std::vector<EnergyFloor> energy_floors(const KnownFunction& function, const ShapeLimits& limits) {
  const std::int64_t size = limits.size, depth = limits.depth, weight = limits.weight;
  GATELIGHT_REQUIRE(size >= 1 && size <= most_number && weight >= 1 && weight <= most_number &&
                        depth >= 1 && depth <= most_depth,
                    "limits must be positive");
  std::vector<EnergyFloor> floors;
  if (size >= 2 && depth >= 2) {
    floors.push_back({"theorem", least_energy(size, [&](std::int64_t energy) {
                        return theorem_rhs(energy, static_cast<int>(depth), size, weight,
                                           function.n) >= function.log2_rank;
                      })});
  }
  base::Real rows(precision), norm(precision);
  most_rows(rows, function.side, weight);
  most_gamma2(norm, rows);
  floors.push_back({"fed gates", least_energy(size, [&](std::int64_t energy) {
                      return patterns_reach(limits, energy, rows, function.log2_rank);
                    })});
  if (function.log2_gamma2 > 0) {
    floors.push_back({"gamma_2", least_energy(size, [&](std::int64_t energy) {
                        return patterns_reach(limits, energy, norm, function.log2_gamma2);
                      })});
  }
  EnergyFloor one{"energy one", 1};
  if (size < function.single_size) {
    one.energy = size >= 2 ? std::optional<std::int64_t>(2) : std::nullopt;
  }
  floors.push_back(std::move(one));
  return floors;
}

}  // namespace gatelight
