// SPDX-License-Identifier: Apache-2.0
//
// Arrays whose storage begins at a cache line, for vector instructions.
#ifndef GATELIGHT_BASE_ALIGNED_HPP
#define GATELIGHT_BASE_ALIGNED_HPP

#include <cstddef>
#include <new>
#include <vector>

namespace gatelight::base {

inline constexpr std::size_t line_bytes = 64;

template <class T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>& /*other*/) {}
  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{line_bytes}));
  }
  void deallocate(T* at, std::size_t /*count*/) {
    ::operator delete (at, std::align_val_t{line_bytes});
  }
  friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, LineAllocator<T>>;

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_ALIGNED_HPP
