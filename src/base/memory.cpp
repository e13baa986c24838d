// SPDX-License-Identifier: Apache-2.0
#include "base/memory.hpp"

#include <unistd.h>

namespace gatelight::base {

std::size_t allowed_bytes(const Limits& limits) {
  if (limits.bytes != 0) return limits.bytes;
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  constexpr std::size_t unknown = std::size_t{1} << 30;
  return pages > 0 && page > 0
             ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) / 2
             : unknown;
}

}  // namespace gatelight::base
