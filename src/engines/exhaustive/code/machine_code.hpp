// SPDX-License-Identifier: Apache-2.0
//
// A plan's program as machine code of this processor.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_MACHINE_CODE_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_MACHINE_CODE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/cpu.hpp"
#include "engines/exhaustive/code/executable.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive::generated {

// What a function works on: one vector of lanes.  All pointers are moved to that vector's place inside
// a mask.
struct Arguments {
  unsigned char* slots;              // masks, by slot
  const unsigned char* rows;         // Plan::rows
  const std::uint32_t* row_offsets;  // of the front's lookups, in this half of the lanes
  const std::uint64_t* words;        // of the program
  unsigned char* spill;              // spill_slots vectors of its own
};
// Returns whether a lane of any result is set.
using Function = std::uint64_t (*)(const Arguments*);

struct MachineCode {
  // The lanes whose filters reach a floor, to Program::survivors_slot.  The front's masks are read from
  // the tables.
  Function filter = nullptr;
  // For each target the lanes that reach its floor, to Program::beats_slots; with tallies also the bits
  // of the first target's sum, to Program::bit_slots.  The front's masks are read from their slots.
  Function targets = nullptr;
  std::size_t vector_bytes = 0;
  std::size_t spill_vectors = 0;
  std::size_t bytes = 0;  // of code
  std::unique_ptr<Executable> executable;
};

// Programs with more work than this are interpreted: their code would not fit the caches.
inline constexpr std::uint64_t most_work = std::uint64_t{1} << 17;

// Null where the instruction set has no generator, the program has too much work, or the system does
// not let a program write code.
[[nodiscard]] std::unique_ptr<MachineCode> generate(const Plan& plan, bool tallies,
                                                    base::InstructionSet set);

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_MACHINE_CODE_HPP
