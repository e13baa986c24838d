// SPDX-License-Identifier: Apache-2.0
//
// What is left of a time limit (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_REST_HPP
#define GATELIGHT_MEASURES_RANK_REST_HPP

#include <algorithm>

#include "gatelight/solve.hpp"

namespace gatelight::measures {

// The same limits for a part of the work that begins now; `deadline` began with the whole.
inline Limits rest_of(const Limits& limits, const Deadline& deadline) {
  Limits rest = limits;
  if (limits.seconds > 0) rest.seconds = std::max(limits.seconds - deadline.elapsed(), 1e-6);
  return rest;
}

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_REST_HPP
