// SPDX-License-Identifier: Apache-2.0
//
// The instruction limit: how many vector logic operations a core completes where nothing holds it up.
#ifndef GATELIGHT_BENCH_LOGIC_PEAK_HPP
#define GATELIGHT_BENCH_LOGIC_PEAK_HPP

#include "base/cpu.hpp"

namespace gatelight::bench {

// Operations on whole vectors in a second of processor time: ternary logic of 512 bits with AVX-512,
// and/xor of 256 bits with AVX2, on independent registers.  0 for other instruction sets.
[[nodiscard]] double logic_peak(base::InstructionSet set, double seconds);

}  // namespace gatelight::bench

#endif  // GATELIGHT_BENCH_LOGIC_PEAK_HPP
