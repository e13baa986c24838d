// SPDX-License-Identifier: Apache-2.0
//
// The kernels, once for each instruction set, and the choice among them.
//
// Problem   The relaxation's time goes into products of rows, some 10^10 operations a second if vectors are as wide
//           as the processor's, a tenth of that otherwise.
// Idea      docs/decisions/0008-kernels-by-target-pragmas.md: one text, a namespace for each instruction set.
// Why       Every variant adds the same numbers in the same order, in eight lanes, and this file is compiled without
//           fused multiplication: so all results are the same, and a run repeats on any machine.
// Cost      Some 16 operations a cycle with AVX-512, 8 with AVX2.
// Tested by tests/unit/engines/semidefinite/dense_test.cpp
#include "engines/semidefinite/kernels.hpp"

#include "base/cpu.hpp"

#if defined(__x86_64__)
#define GATELIGHT_HAS_X86 1
#else
#define GATELIGHT_HAS_X86 0
#endif

namespace gatelight::engines::semidefinite {

// Vectors may be made of any doubles.
using Four = double __attribute__((vector_size(4 * sizeof(double)), may_alias));

namespace portable {
namespace {
using Piece = double __attribute__((vector_size(2 * sizeof(double)), may_alias));
constexpr std::size_t tile_rows = 2;
#include "engines/semidefinite/kernels-inl.hpp"
}  // namespace
}  // namespace portable
}  // namespace gatelight::engines::semidefinite

#if GATELIGHT_HAS_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt")
#endif
namespace gatelight::engines::semidefinite::avx2 {
namespace {
using Piece = double __attribute__((vector_size(4 * sizeof(double)), may_alias));
constexpr std::size_t tile_rows = 2;
#include "engines/semidefinite/kernels-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::semidefinite::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,popcnt,avx512f,avx512vl,avx512dq"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt,avx512f,avx512vl,avx512dq")
#endif
namespace gatelight::engines::semidefinite::avx512 {
namespace {
using Piece = double __attribute__((vector_size(8 * sizeof(double)), may_alias));
constexpr std::size_t tile_rows = 4;
#include "engines/semidefinite/kernels-inl.hpp"
}  // namespace
}  // namespace gatelight::engines::semidefinite::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif  // GATELIGHT_HAS_X86

namespace gatelight::engines::semidefinite {

const Kernels& kernels() {
#if GATELIGHT_HAS_X86
  const base::InstructionSet set = base::instruction_set();
  if (set == base::InstructionSet::avx512) return avx512::all;
  if (set == base::InstructionSet::avx2) return avx2::all;
#endif
  return portable::all;
}

}  // namespace gatelight::engines::semidefinite
