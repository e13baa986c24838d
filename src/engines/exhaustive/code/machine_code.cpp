// SPDX-License-Identifier: Apache-2.0
//
// A processor without a generator, or a system that forbids to run what a program wrote, is served by
// the interpreter: same results, slower.
// Tested by tests/unit/engines/exhaustive/code/generated_test.cpp
#include "engines/exhaustive/code/machine_code.hpp"

#include <algorithm>
#include <vector>

#include "engines/exhaustive/code/assembler.hpp"
#include "engines/exhaustive/code/translate.hpp"

namespace gatelight::engines::exhaustive::generated {

std::unique_ptr<MachineCode> generate(const Plan& plan, bool tallies, base::InstructionSet set) {
  if (!can_assemble(set) || plan.program.work > most_work) return nullptr;
  const bool wide = set == base::InstructionSet::avx512;
  const Assembled filter = assemble(translate_filter(plan, wide), wide);
  const Assembled targets = assemble(translate_targets(plan, tallies, wide), wide);
  std::vector<std::uint8_t> bytes = filter.bytes;
  constexpr std::size_t alignment = 64;
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
  const std::size_t second = bytes.size();
  bytes.insert(bytes.end(), targets.bytes.begin(), targets.bytes.end());
  auto code = std::make_unique<MachineCode>();
  code->executable = Executable::copy_of(bytes);
  if (code->executable == nullptr) return nullptr;
  code->filter = reinterpret_cast<Function>(code->executable->at(0));
  code->targets = reinterpret_cast<Function>(code->executable->at(second));
  code->vector_bytes = vector_bytes(wide);
  code->spill_vectors = std::max(filter.spill_vectors, targets.spill_vectors);
  code->bytes = bytes.size();
  return code;
}

}  // namespace gatelight::engines::exhaustive::generated
