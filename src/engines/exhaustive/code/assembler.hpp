// SPDX-License-Identifier: Apache-2.0
//
// Machine code for x86-64 processors with AVX2 or AVX-512 (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ASSEMBLER_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ASSEMBLER_HPP

#include <cstdint>
#include <vector>

#include "base/cpu.hpp"
#include "engines/exhaustive/code/translate.hpp"

namespace gatelight::engines::exhaustive::generated {

// Whether there is a generator for an instruction set.
[[nodiscard]] bool can_assemble(base::InstructionSet set);

// Of the registers that hold a mask.
[[nodiscard]] constexpr std::size_t vector_bytes(bool wide) { return wide ? 64 : 32; }

// The bytes of a function (machine_code.hpp), which may be placed anywhere, and the vectors it spills.
struct Assembled {
  std::vector<std::uint8_t> bytes;
  std::size_t spill_vectors = 0;
};

// With `wide`, 32 registers of 512 bits and ternary logic; else 16 of 256 bits.  Requires a generator.
[[nodiscard]] Assembled assemble(const Logic& logic, bool wide);

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_ASSEMBLER_HPP
