// SPDX-License-Identifier: Apache-2.0
//
// The inner loops once an instruction set, and the choice among them (decision 0008).
//
// Multiplications and additions may or may not be fused, so bounds differ in their last bits from one
// instruction set to the other; the proof in bounder.cpp covers both.
// Tested by tests/unit/engines/box/bounder_test.cpp
#include "engines/box/kernels.hpp"

#if defined(__x86_64__)
#define GATELIGHT_HAS_X86 1
#else
#define GATELIGHT_HAS_X86 0
#endif
#define GATELIGHT_ALWAYS_INLINE __attribute__((always_inline)) inline

namespace gatelight::engines::box::portable {
namespace {
#include "engines/box/kernels-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::box::portable

#if GATELIGHT_HAS_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace gatelight::engines::box::avx2 {
namespace {
#include "engines/box/kernels-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::box::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512vl,avx512dq"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,avx512f,avx512vl,avx512dq")
#endif
namespace gatelight::engines::box::avx512 {
namespace {
#include "engines/box/kernels-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::box::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif  // GATELIGHT_HAS_X86

namespace gatelight::engines::box {

namespace {

// The only set that base::InstructionSet does not promise and these loops are compiled for.
[[maybe_unused]] bool has_fma() {
#if GATELIGHT_HAS_X86
  return __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

}  // namespace

RowKernels row_kernels(base::InstructionSet set) {
#if GATELIGHT_HAS_X86
  if (set == base::InstructionSet::avx512)
    return {avx512::gather, avx512::combine, avx512::replace, avx512::finish};
  if (set == base::InstructionSet::avx2 && has_fma())
    return {avx2::gather, avx2::combine, avx2::replace, avx2::finish};
#endif
  (void)set;
  return {portable::gather, portable::combine, portable::replace, portable::finish};
}

PointKernel<float> float_kernel(base::InstructionSet set) {
#if GATELIGHT_HAS_X86
  if (set == base::InstructionSet::avx512) return avx512::point_gate<float>;
  if (set == base::InstructionSet::avx2 && has_fma()) return avx2::point_gate<float>;
#endif
  (void)set;
  return portable::point_gate<float>;
}

PointKernel<double> double_kernel(base::InstructionSet set) {
#if GATELIGHT_HAS_X86
  if (set == base::InstructionSet::avx512) return avx512::point_gate<double>;
  if (set == base::InstructionSet::avx2 && has_fma()) return avx2::point_gate<double>;
#endif
  (void)set;
  return portable::point_gate<double>;
}

}  // namespace gatelight::engines::box
