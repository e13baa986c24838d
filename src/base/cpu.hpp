// SPDX-License-Identifier: Apache-2.0
//
// Which instruction set the vector kernels use, found at run time.
//
// The choice is, in this order: the one a ScopedInstructionSet forces; the one the environment
// variable GATELIGHT_CPU names (portable, avx2 or avx512); the best the machine has.  A name that
// is unknown, or that this processor or operating system lacks, counts as not given: it can never
// make a program fail.  Every choice gives the same results, only the time differs.
#ifndef GATELIGHT_BASE_CPU_HPP
#define GATELIGHT_BASE_CPU_HPP

#include <optional>
#include <string_view>
#include <vector>

namespace gatelight::base {

enum class InstructionSet {
  portable,  // plain C++, 128-bit vectors where the compiler has them
  avx2,
  avx512,  // F, BW, VL, DQ, VBMI, VBMI2 and VNNI: Ice Lake, Zen 4 and later
};

[[nodiscard]] std::string_view name(InstructionSet set);
[[nodiscard]] std::optional<InstructionSet> parse_instruction_set(std::string_view name);

// What this machine can run, the operating system's support included; portable comes first.
[[nodiscard]] std::vector<InstructionSet> available_instruction_sets();
[[nodiscard]] bool is_available(InstructionSet set);

// The choice explained above.  Thread-safe.
[[nodiscard]] InstructionSet instruction_set();

// What a value of GATELIGHT_CPU stands for; null where it is not set.
[[nodiscard]] InstructionSet choose_instruction_set(const char* wanted);

// Forces a set for the whole process while it lives, for tests and benchmarks; falls back to the
// best where the machine lacks it.  Scopes nest; they are not meant for concurrent use.
class ScopedInstructionSet {
 public:
  explicit ScopedInstructionSet(InstructionSet set);
  ~ScopedInstructionSet();
  ScopedInstructionSet(const ScopedInstructionSet&) = delete;
  ScopedInstructionSet& operator=(const ScopedInstructionSet&) = delete;

 private:
  int previous_;
};

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_CPU_HPP
