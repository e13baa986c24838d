// SPDX-License-Identifier: Apache-2.0
//
// An MPFR number that frees itself, for logarithms and exponentials with directed rounding.
#ifndef GATELIGHT_BASE_REAL_HPP
#define GATELIGHT_BASE_REAL_HPP

#include <mpfr.h>

namespace gatelight::base {

class Real {
 public:
  explicit Real(mpfr_prec_t precision) { mpfr_init2(value_, precision); }
  ~Real() { mpfr_clear(value_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;
  operator mpfr_ptr() { return value_; }  // NOLINT(google-explicit-constructor)

 private:
  mpfr_t value_;
};

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_REAL_HPP
