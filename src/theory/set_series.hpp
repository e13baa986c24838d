// SPDX-License-Identifier: Apache-2.0
//
// Sums over sets of units, by how many gates of them fire (private to this folder).
#ifndef GATELIGHT_THEORY_SET_SERIES_HPP
#define GATELIGHT_THEORY_SET_SERIES_HPP

#include <gmpxx.h>

#include <vector>

namespace gatelight::theory {

// Numbers that are not negative, as whole multiples of 2^-fraction.  Products are rounded upwards, and what is
// larger than `ceiling` is cut to it: a result below the ceiling is an upper bound, another one says nothing.
struct Rounding {
  unsigned fraction = 0;
  mpz_class ceiling;  // a multiple of 2^-fraction as well

  [[nodiscard]] mpz_class one() const { return mpz_class(1) << fraction; }
  [[nodiscard]] mpz_class product(const mpz_class& a, const mpz_class& b) const;
  void cut(mpz_class& number) const {
    if (number > ceiling) number = ceiling;
  }
};

// By powers of z; and by powers of u (outer) and z.
using Series = std::vector<mpz_class>;
using Table = std::vector<Series>;

// What one unit contributes to a sum over sets: 1 + fires z + sum over k of patterns[k - 1] (u z)^k.
struct Factor {
  mpz_class fires;
  std::vector<mpz_class> patterns;
};

// Entry c: the sum of the products of the members, over all sets of at most c of the numbers, c <= most.
[[nodiscard]] Series set_sums(const std::vector<mpz_class>& numbers, std::size_t most,
                              const Rounding& rounding);

// Entry [q][c]: the coefficients of u^q z^t in the product of the factors, summed over t <= c; c <= most.
[[nodiscard]] Table pattern_table(const std::vector<Factor>& factors, std::size_t most,
                                  const Rounding& rounding);
// About how many additions and products that takes.
[[nodiscard]] double pattern_work(const std::vector<Factor>& factors, std::size_t most);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_SET_SERIES_HPP
