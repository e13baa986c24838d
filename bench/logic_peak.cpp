// SPDX-License-Identifier: Apache-2.0
#include "logic_peak.hpp"

#include "record.hpp"

namespace gatelight::bench {
namespace {

constexpr int operations = 16;  // in a round

#if defined(__x86_64__)
void ternary_rounds(int rounds) {
  asm volatile(
      "1:\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm0\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm1\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm2\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm3\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm4\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm5\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm6\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm7\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm8\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm9\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm10\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm11\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm12\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm13\n\t"
      "vpternlogq $0x96, %%zmm30, %%zmm31, %%zmm14\n\t"
      "vpternlogq $0xe8, %%zmm30, %%zmm31, %%zmm15\n\t"
      "dec %0\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : "+r"(rounds)
      :
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

void binary_rounds(int rounds) {
  asm volatile(
      "1:\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm0\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm1\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm2\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm3\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm4\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm5\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm6\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm7\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm8\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm9\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm10\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm11\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm12\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm13\n\t"
      "vpxor %%ymm14, %%ymm15, %%ymm0\n\t"
      "vpand %%ymm14, %%ymm15, %%ymm1\n\t"
      "dec %0\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : "+r"(rounds)
      :
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13");
}
#else
void ternary_rounds(int) {}
void binary_rounds(int) {}
#endif

}  // namespace

double logic_peak(base::InstructionSet set, double seconds) {
  if (set == base::InstructionSet::portable) return 0;
  constexpr int rounds = 1 << 18;
  const Stopwatch watch(1);
  double done = 0;
  while (watch.seconds() < seconds) {
    set == base::InstructionSet::avx512 ? ternary_rounds(rounds) : binary_rounds(rounds);
    done += double{operations} * rounds;
  }
  return done / watch.seconds();
}

}  // namespace gatelight::bench
