// SPDX-License-Identifier: Apache-2.0
//
// Bounds<T>: the answer to a hard question, lower <= true value <= upper.
//
// Running out of time is a success with an open interval.  Every engine states in its head comment
// why its upper end is sound; the lower end is reached by the witness that stands beside it.
#ifndef GATELIGHT_BOUNDS_HPP
#define GATELIGHT_BOUNDS_HPP

namespace gatelight {

template <class T>
struct Bounds {
  T lower{};
  T upper{};

  // The question is answered: both ends agree.
  [[nodiscard]] bool closed() const { return lower == upper; }
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

}  // namespace gatelight

#endif  // GATELIGHT_BOUNDS_HPP
