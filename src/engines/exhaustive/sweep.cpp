// SPDX-License-Identifier: Apache-2.0
//
// The kernel of a sweep, once an instruction set, and the choice among them.
//
// Standard headers come before the target pragmas, so that nothing of them is compiled for more
// than the baseline.  The portable kernel needs no pragma; the build needs no -m option. Tested by
// tests/unit/engines/exhaustive/sweep_test.cpp
#include <cstddef>
#include <cstdint>

#include "engines/exhaustive/weighted_sum.hpp"
#include "engines/exhaustive/worker.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define GATELIGHT_HAS_X86 1
#else
#define GATELIGHT_HAS_X86 0
#endif

// For the few functions whose arguments must stay in registers.
#define GATELIGHT_ALWAYS_INLINE __attribute__((always_inline)) inline

namespace gatelight::engines::exhaustive::portable {
namespace {
#include "engines/exhaustive/lanes_portable-inl.hpp"
#include "engines/exhaustive/sweep-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::exhaustive::portable

#if GATELIGHT_HAS_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt")
#endif
namespace gatelight::engines::exhaustive::avx2 {
namespace {
#include "engines/exhaustive/lanes_avx2-inl.hpp"
#include "engines/exhaustive/sweep-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::exhaustive::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push(                                                              \
    __attribute__((                                                                        \
        target("avx2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2")
#endif
namespace gatelight::engines::exhaustive::avx512 {
namespace {
#include "engines/exhaustive/lanes_avx512-inl.hpp"
#include "engines/exhaustive/sweep-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::exhaustive::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif  // GATELIGHT_HAS_X86

namespace gatelight::engines::exhaustive {

Kernel kernel_for(base::InstructionSet set) {
#if GATELIGHT_HAS_X86
  if (set == base::InstructionSet::avx512) return {avx512::sweep, avx512::flush, avx512::decide};
  if (set == base::InstructionSet::avx2) return {avx2::sweep, avx2::flush, avx2::decide};
#endif
  (void)set;
  return {portable::sweep, portable::flush, portable::decide};
}

}  // namespace gatelight::engines::exhaustive
