// SPDX-License-Identifier: Apache-2.0
//
// Exact arithmetic with square roots and one logarithm.
//
// Problem   Decide comparisons such as L >= (c - b) sqrt(v) / gamma, and the smallest integer above
//           such a number, without rounding: thresholds of gates are made from them.
// Idea      Keep q + sum p_i sqrt(r_i) with the r_i in different square classes (r_i r_j is never a
//           square; tested by an integer square root, no factoring).  Signs come from intervals of
//           growing precision.
// Why       Square roots of integers in different square classes, together with 1, are linearly
//           independent over the rationals (Besicovitch 1940), so a number is zero iff it has no
//           terms, and any other number leaves 0 at some precision.  It is irrational as soon as it
//           has a root, so it never sits on an integer.  For a logarithm: ln of a rational other
//           than 1, times an algebraic number, is transcendental (Lindemann), so it equals no surd.
// Cost      O(k^2) multiplications for k roots; k is 0 or 1 in practice.
// Limits    Numbers beyond 2^16 bits or 16 roots are refused: no sane network holds them.
// Tested by tests/unit/formats/onnx/surd_test.cpp
#include "formats/onnx/surd.hpp"

#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

constexpr std::size_t bit_limit = std::size_t{1} << 16;
constexpr std::size_t root_limit = 16;
constexpr mpfr_prec_t first_precision = 96;

void check_size(const mpq_class& value) {
  if (mpz_sizeinbase(value.get_num_mpz_t(), 2) > bit_limit ||
      mpz_sizeinbase(value.get_den_mpz_t(), 2) > bit_limit) {
    refuse_limit("an exact constant grows beyond 65536 bits");
  }
}

mpz_class floor_of(const mpq_class& value) {
  mpz_class result;
  mpz_fdiv_q(result.get_mpz_t(), value.get_num_mpz_t(), value.get_den_mpz_t());
  return result;
}

mpz_class floor_of(Real& value) {
  mpz_class result;
  mpfr_get_z(result.get_mpz_t(), value, MPFR_RNDD);
  return result;
}

// Calls enclose at growing precision until both ends have the same floor.
template <class Number>
mpz_class floor_by_precision(const Number& enclose) {
  for (mpfr_prec_t precision = first_precision;; precision *= 2) {
    Enclosure ends(precision);
    enclose(ends);
    mpz_class low = floor_of(ends.low);
    if (low == floor_of(ends.high)) return low;
  }
}

template <class Number>
int sign_by_precision(const Number& enclose) {
  for (mpfr_prec_t precision = first_precision;; precision *= 2) {
    Enclosure ends(precision);
    enclose(ends);
    if (mpfr_sgn(static_cast<mpfr_ptr>(ends.low)) > 0) return 1;
    if (mpfr_sgn(static_cast<mpfr_ptr>(ends.high)) < 0) return -1;
  }
}

}  // namespace

Surd Surd::root(const mpq_class& value) {
  Surd result;
  if (sgn(value) != 0) {
    // sqrt(a / b) = sqrt(a b) / b
    result.add_root(mpq_class(1, value.get_den()), value.get_num() * value.get_den());
  }
  return result;
}

void Surd::add_root(mpq_class factor, const mpz_class& radicand) {
  factor.canonicalize();
  if (sgn(factor) == 0) return;
  if (mpz_perfect_square_p(radicand.get_mpz_t()) != 0) {
    rational_ += factor * sqrt(radicand);
    check_size(rational_);
    return;
  }
  for (auto it = roots_.begin(); it != roots_.end(); ++it) {
    const mpz_class product = it->radicand * radicand;
    if (mpz_perfect_square_p(product.get_mpz_t()) == 0) continue;
    // sqrt(r) = sqrt(r s) / s * sqrt(s)
    it->factor += factor * mpq_class(sqrt(product)) / it->radicand;
    check_size(it->factor);
    if (sgn(it->factor) == 0) roots_.erase(it);
    return;
  }
  if (roots_.size() == root_limit) refuse_limit("a constant mixes more than 16 different roots");
  if (mpz_sizeinbase(radicand.get_mpz_t(), 2) > bit_limit) {
    refuse_limit("an exact constant grows beyond 65536 bits");
  }
  roots_.push_back({std::move(factor), radicand});
}

int Surd::sign() const {
  if (roots_.empty()) return sgn(rational_);
  return sign_by_precision([this](Enclosure& ends) { enclose(ends); });
}

mpz_class Surd::floor() const {
  if (roots_.empty()) return floor_of(rational_);
  return floor_by_precision([this](Enclosure& ends) { enclose(ends); });
}

mpz_class Surd::ceil() const { return -(-*this).floor(); }

Surd& Surd::operator+=(const Surd& other) {
  rational_ += other.rational_;
  if (!other.roots_.empty()) {
    const std::vector<Root> roots = other.roots_;  // other may be *this
    for (const Root& root : roots) add_root(root.factor, root.radicand);
  }
  return *this;
}

Surd& Surd::operator-=(const Surd& other) {
  rational_ -= other.rational_;
  if (!other.roots_.empty()) {
    const std::vector<Root> roots = other.roots_;
    for (const Root& root : roots) add_root(-root.factor, root.radicand);
  }
  return *this;
}

Surd operator*(const Surd& a, const Surd& b) {
  Surd result(mpq_class(a.rational_ * b.rational_));
  check_size(result.rational_);
  for (const Surd::Root& root : a.roots_) {
    result.add_root(root.factor * b.rational_, root.radicand);
    for (const Surd::Root& other : b.roots_) {
      result.add_root(root.factor * other.factor, root.radicand * other.radicand);
    }
  }
  for (const Surd::Root& root : b.roots_) {
    result.add_root(root.factor * a.rational_, root.radicand);
  }
  return result;
}

std::optional<Surd> Surd::inverse() const {
  if (roots_.empty()) {
    if (sgn(rational_) == 0) return std::nullopt;
    return Surd(mpq_class(1 / rational_));
  }
  if (sgn(rational_) != 0 || roots_.size() != 1) return std::nullopt;
  Surd result;  // 1 / (p sqrt(r)) = sqrt(r) / (p r)
  result.add_root(1 / (roots_[0].factor * roots_[0].radicand), roots_[0].radicand);
  return result;
}

std::optional<mpq_class> Surd::ratio(const Surd& a, const Surd& b) {
  if (a.roots_.empty() && b.roots_.empty()) return mpq_class(a.rational_ / b.rational_);
  const std::optional<Surd> inverse = b.inverse();
  if (!inverse) return std::nullopt;
  const Surd quotient = a * *inverse;
  if (!quotient.is_rational()) return std::nullopt;
  return quotient.rational_;
}

int Surd::compare(const Surd& a, const Surd& b) {
  if (a.roots_.empty() && b.roots_.empty()) return cmp(a.rational_, b.rational_);
  return (a - b).sign();
}

void Surd::enclose(Enclosure& ends) const {
  const mpfr_prec_t precision = mpfr_get_prec(static_cast<mpfr_ptr>(ends.low));
  mpfr_set_q(ends.low, rational_.get_mpq_t(), MPFR_RNDD);
  mpfr_set_q(ends.high, rational_.get_mpq_t(), MPFR_RNDU);
  Real part(precision);
  for (const Root& root : roots_) {
    const mpq_class square = root.factor * root.factor * root.radicand;
    const bool positive = sgn(root.factor) > 0;
    mpfr_set_q(part, square.get_mpq_t(), MPFR_RNDD);
    mpfr_sqrt(part, part, MPFR_RNDD);
    if (positive) mpfr_add(ends.low, ends.low, part, MPFR_RNDD);
    if (!positive) mpfr_sub(ends.high, ends.high, part, MPFR_RNDU);
    mpfr_set_q(part, square.get_mpq_t(), MPFR_RNDU);
    mpfr_sqrt(part, part, MPFR_RNDU);
    if (positive) mpfr_add(ends.high, ends.high, part, MPFR_RNDU);
    if (!positive) mpfr_sub(ends.low, ends.low, part, MPFR_RNDD);
  }
}

double Surd::approximate() const {
  Enclosure ends(first_precision);
  enclose(ends);
  return mpfr_get_d(ends.low, MPFR_RNDN);
}

std::string Surd::text() const {
  if (roots_.empty()) return rational_.get_str();
  Enclosure ends(first_precision);
  enclose(ends);
  char digits[64];
  mpfr_snprintf(digits, sizeof digits, "%.15Rg", static_cast<mpfr_ptr>(ends.low));
  return std::string("approx. ") + digits;
}

Surd Surd::rounded() const {
  if (roots_.empty()) return *this;
  Enclosure ends(64);
  enclose(ends);
  mpq_class value;
  mpfr_get_q(value.get_mpq_t(), ends.low);
  return value;
}

void Bound::enclose(Enclosure& ends) const {
  const mpfr_prec_t precision = mpfr_get_prec(static_cast<mpfr_ptr>(ends.low));
  Enclosure log(precision);
  mpfr_set_q(log.low, odds.get_mpq_t(), MPFR_RNDD);
  mpfr_log(log.low, log.low, MPFR_RNDD);
  mpfr_set_q(log.high, odds.get_mpq_t(), MPFR_RNDU);
  mpfr_log(log.high, log.high, MPFR_RNDU);
  Enclosure scale(precision);
  factor.enclose(scale);
  shift.enclose(ends);
  // The product of two intervals lies between the smallest and largest product of their ends.
  Real part(precision);
  Enclosure product(precision);
  mpfr_set_inf(product.low, 1);
  mpfr_set_inf(product.high, -1);
  for (Real* a : {&scale.low, &scale.high}) {
    for (Real* b : {&log.low, &log.high}) {
      mpfr_mul(part, *a, *b, MPFR_RNDD);
      mpfr_min(product.low, product.low, part, MPFR_RNDD);
      mpfr_mul(part, *a, *b, MPFR_RNDU);
      mpfr_max(product.high, product.high, part, MPFR_RNDU);
    }
  }
  mpfr_add(ends.low, ends.low, product.low, MPFR_RNDD);
  mpfr_add(ends.high, ends.high, product.high, MPFR_RNDU);
}

mpz_class Bound::floor() const {
  if (is_plain()) return shift.floor();
  return floor_by_precision([this](Enclosure& ends) { enclose(ends); });
}

mpz_class Bound::ceil() const {
  if (is_plain()) return shift.ceil();
  return floor() + 1;  // never an integer
}

int Bound::compare(const Surd& value) const {
  if (is_plain()) return Surd::compare(shift, value);
  Bound difference = *this;
  difference.shift -= value;
  return sign_by_precision([&difference](Enclosure& ends) { difference.enclose(ends); });
}

}  // namespace gatelight::formats::onnx_net
