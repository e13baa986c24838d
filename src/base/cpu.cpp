// SPDX-License-Identifier: Apache-2.0
//
// Run-time choice of the instruction set.
//
// __builtin_cpu_supports reads cpuid and xgetbv, so it also knows whether the operating system
// saves the wide registers.
//
// Tested by tests/unit/base/cpu_test.cpp
#include "base/cpu.hpp"

#include <atomic>
#include <cstdlib>

namespace gatelight::base {
namespace {

constexpr int not_forced = -1;
std::atomic<int> forced{not_forced};

bool detect(InstructionSet set) {
#if defined(__x86_64__)
  switch (set) {
    case InstructionSet::portable:
      return true;
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
             __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx2") &&
             __builtin_cpu_supports("popcnt");
  }
#endif
  return set == InstructionSet::portable;
}

InstructionSet best_instruction_set() {
  static const InstructionSet best = available_instruction_sets().back();
  return best;
}

}  // namespace

std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::portable:
      break;
  }
  return "portable";
}

std::optional<InstructionSet> parse_instruction_set(std::string_view text) {
  for (const InstructionSet set :
       {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512}) {
    if (name(set) == text) return set;
  }
  return std::nullopt;
}

bool is_available(InstructionSet set) { return detect(set); }

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets{InstructionSet::portable};
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
    if (detect(set)) sets.push_back(set);
  }
  return sets;
}

InstructionSet choose_instruction_set(const char* wanted) {
  if (wanted != nullptr) {
    const auto set = parse_instruction_set(wanted);
    if (set && detect(*set)) return *set;
  }
  return best_instruction_set();
}

InstructionSet instruction_set() {
  const int set = forced.load(std::memory_order_relaxed);
  if (set != not_forced) return static_cast<InstructionSet>(set);
  return choose_instruction_set(std::getenv("GATELIGHT_CPU"));
}

ScopedInstructionSet::ScopedInstructionSet(InstructionSet set)
    : previous_(forced.exchange(static_cast<int>(detect(set) ? set : best_instruction_set()))) {}

ScopedInstructionSet::~ScopedInstructionSet() { forced.store(previous_); }

}  // namespace gatelight::base
