// SPDX-License-Identifier: Apache-2.0
#ifndef GATELIGHT_BASE_MEMORY_HPP
#define GATELIGHT_BASE_MEMORY_HPP

#include <cstddef>

#include "gatelight/solve.hpp"

namespace gatelight::base {

// limits.bytes, or what stands for 0: half of the machine's memory, and 1 GiB where that is not known.
[[nodiscard]] std::size_t allowed_bytes(const Limits& limits);

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_MEMORY_HPP
