// SPDX-License-Identifier: Apache-2.0
//
// The elimination, once an instruction set and size of residues, and the choice among them.
//
// Standard headers come before the target pragmas, so that nothing of them is compiled for more than
// the baseline.  Of the kernels' texts each needs those before it, so no tool may sort them: hence the
// blank lines.
//
// Tested by tests/unit/linalg/rank_test.cpp
#include "linalg/elimination.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "base/aligned.hpp"
#include "base/cpu.hpp"
#include "base/parallel.hpp"
#include "gatelight/result.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define GATELIGHT_HAS_X86 1
#else
#define GATELIGHT_HAS_X86 0
#endif

namespace gatelight::linalg {
namespace {

// sum modulo prime, reciprocal = floor((2^64 - 1) / prime): the quotient is at most 1 too small, as
// sum (1 / prime - reciprocal / 2^64) < 2^64 * 1 / 2^64.
inline std::uint32_t remainder(std::uint64_t sum, std::uint32_t prime, std::uint64_t reciprocal) {
  __extension__ using Wide = unsigned __int128;
  const auto quotient = static_cast<std::uint64_t>(Wide{sum} * reciprocal >> 64U);
  const std::uint64_t rest = sum - quotient * prime;
  return static_cast<std::uint32_t>(rest >= prime ? rest - prime : rest);
}

}  // namespace
}  // namespace gatelight::linalg

namespace gatelight::linalg::portable {
namespace {
#include "linalg/byte_field-inl.hpp"

#include "linalg/bytes_portable-inl.hpp"

#include "linalg/words_portable-inl.hpp"

#include "linalg/words-inl.hpp"

#include "linalg/elimination-inl.hpp"
}  // namespace
}  // namespace gatelight::linalg::portable

#if GATELIGHT_HAS_X86

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt")
#endif
namespace gatelight::linalg::avx2 {
namespace {
#include "linalg/byte_field-inl.hpp"

#include "linalg/bytes_avx2-inl.hpp"

#include "linalg/words_avx2-inl.hpp"

#include "linalg/words-inl.hpp"

#include "linalg/elimination-inl.hpp"
}  // namespace
}  // namespace gatelight::linalg::avx2
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push(                                                             \
    __attribute__((                                                                       \
        target("avx2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vnni"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vnni")
#endif
// The intrinsics of g++ 12 begin with undefined values and warn of their own.
#if !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
namespace gatelight::linalg::avx512 {
namespace {
#include "linalg/byte_field-inl.hpp"

#include "linalg/bytes_avx512-inl.hpp"

#include "linalg/words_avx512-inl.hpp"

#include "linalg/words-inl.hpp"

#include "linalg/elimination-inl.hpp"
}  // namespace
}  // namespace gatelight::linalg::avx512
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif

#endif  // GATELIGHT_HAS_X86

namespace gatelight::linalg {
namespace {

template <class Bytes, class Words>
Pivots eliminate_in(const EliminationTask& task) {
  if (task.prime < 256) return Bytes(task).run();
  return Words(task).run();
}

}  // namespace

Pivots eliminate(const EliminationTask& task) {
  const base::InstructionSet set = base::instruction_set();
#if GATELIGHT_HAS_X86
  if (set == base::InstructionSet::avx512) {
    return eliminate_in<avx512::Elimination<avx512::Bytes>, avx512::Elimination<avx512::Words>>(
        task);
  }
  if (set == base::InstructionSet::avx2) {
    return eliminate_in<avx2::Elimination<avx2::Bytes>, avx2::Elimination<avx2::Words>>(task);
  }
#endif
  static_cast<void>(set);
  return eliminate_in<portable::Elimination<portable::Bytes>,
                      portable::Elimination<portable::Words>>(task);
}

std::size_t elimination_bytes(std::size_t rows, std::size_t columns, std::uint32_t prime) {
  const std::size_t size = prime < 256 ? 1 : 4;
  const std::size_t line = base::line_bytes;
  const std::size_t stride = (columns * size + 2 * line - 1) / line * line;
  return rows * stride + 512 * stride;
}

}  // namespace gatelight::linalg
