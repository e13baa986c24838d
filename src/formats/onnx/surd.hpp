// SPDX-License-Identifier: Apache-2.0
//
// Surd: an exact real number q + p_1 sqrt(r_1) + ... + p_k sqrt(r_k) with rational q, p_i.
//
// The parameters of a network are rationals; batch normalization divides by square roots of them.
// Surds are closed under what the importer does with constants, and every comparison is exact.
#ifndef GATELIGHT_FORMATS_ONNX_SURD_HPP
#define GATELIGHT_FORMATS_ONNX_SURD_HPP

#include <gmpxx.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/real.hpp"

namespace gatelight::formats::onnx_net {

using base::Real;

// Two ends around a real number.
struct Enclosure {
  explicit Enclosure(mpfr_prec_t precision) : low(precision), high(precision) {}
  Real low, high;
};

class Surd {
 public:
  Surd() = default;
  Surd(mpq_class rational)
      : rational_(std::move(rational)) {}  // NOLINT(google-explicit-constructor)
  Surd(int value) : rational_(value) {}    // NOLINT(google-explicit-constructor)
  static Surd integer(std::int64_t value) { return Surd(mpq_class(mpz_class(value))); }
  // The non-negative square root.  Requires value >= 0.
  static Surd root(const mpq_class& value);

  [[nodiscard]] bool is_rational() const { return roots_.empty(); }
  [[nodiscard]] bool is_zero() const { return roots_.empty() && sgn(rational_) == 0; }
  [[nodiscard]] const mpq_class& rational() const { return rational_; }  // the rational part
  [[nodiscard]] int sign() const;
  [[nodiscard]] mpz_class floor() const;
  [[nodiscard]] mpz_class ceil() const;

  Surd& operator+=(const Surd& other);
  Surd& operator-=(const Surd& other);
  friend Surd operator+(Surd a, const Surd& b) { return a += b; }
  friend Surd operator-(Surd a, const Surd& b) { return a -= b; }
  friend Surd operator-(const Surd& a) { return Surd() - a; }
  friend Surd operator*(const Surd& a, const Surd& b);
  // 1 / this, where this is one term (q, or p sqrt(r)) and not zero.
  [[nodiscard]] std::optional<Surd> inverse() const;
  // a / b where that is rational.  Requires b to be one term and not zero.
  [[nodiscard]] static std::optional<mpq_class> ratio(const Surd& a, const Surd& b);

  friend bool operator==(const Surd& a, const Surd& b) { return (a - b).is_zero(); }
  friend bool operator<(const Surd& a, const Surd& b) { return compare(a, b) < 0; }
  friend bool operator<=(const Surd& a, const Surd& b) { return compare(a, b) <= 0; }
  [[nodiscard]] static int compare(const Surd& a, const Surd& b);

  // low <= this <= high.
  void enclose(Enclosure& ends) const;
  [[nodiscard]] double approximate() const;
  // "-3/4", or "approx. 0.123456789012" where there is a root.
  [[nodiscard]] std::string text() const;
  // Rationals pass; roots are rounded to 64 bits.
  [[nodiscard]] Surd rounded() const;

 private:
  struct Root {
    mpq_class factor;    // not zero
    mpz_class radicand;  // not a square
  };
  void add_root(mpq_class factor, const mpz_class& radicand);

  mpq_class rational_;
  std::vector<Root> roots_;  // no two in the same square class
};

// shift + factor * ln(odds): where a logistic function meets a level.  odds > 0, odds != 1.
struct Bound {
  Surd shift;
  Surd factor;  // zero: the bound is just `shift`
  mpq_class odds = 2;

  [[nodiscard]] bool is_plain() const { return factor.is_zero(); }
  [[nodiscard]] mpz_class floor() const;
  [[nodiscard]] mpz_class ceil() const;
  // Sign of (bound - value).
  [[nodiscard]] int compare(const Surd& value) const;

 private:
  void enclose(Enclosure& ends) const;
};

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_SURD_HPP
