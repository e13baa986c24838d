// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.hpp"

#include <gtest/gtest.h>

namespace gatelight::base {
namespace {

TEST(Cpu, PortableIsAlwaysThereAndFirst) {
  const auto sets = available_instruction_sets();
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets.front(), InstructionSet::portable);
  for (const InstructionSet set : sets) EXPECT_TRUE(is_available(set));
}

TEST(Cpu, NamesGoBothWays) {
  for (const auto set : {InstructionSet::portable, InstructionSet::avx2, InstructionSet::avx512}) {
    EXPECT_EQ(parse_instruction_set(name(set)), set);
  }
  EXPECT_EQ(parse_instruction_set("AVX2"), std::nullopt);
  EXPECT_EQ(parse_instruction_set(""), std::nullopt);
}

TEST(Cpu, TheEnvironmentChoosesWhatIsThere) {
  const InstructionSet best = available_instruction_sets().back();
  EXPECT_EQ(choose_instruction_set(nullptr), best);
  EXPECT_EQ(choose_instruction_set("portable"), InstructionSet::portable);
  EXPECT_EQ(choose_instruction_set("sse9"), best);
  EXPECT_EQ(choose_instruction_set(""), best);
  for (const auto set : {InstructionSet::avx2, InstructionSet::avx512}) {
    const auto chosen = choose_instruction_set(std::string(name(set)).c_str());
    EXPECT_EQ(chosen, is_available(set) ? set : best);
  }
}

TEST(Cpu, ScopesForceAndNest) {
  const InstructionSet before = instruction_set();
  {
    const ScopedInstructionSet outer(InstructionSet::portable);
    EXPECT_EQ(instruction_set(), InstructionSet::portable);
    {
      const ScopedInstructionSet inner(available_instruction_sets().back());
      EXPECT_EQ(instruction_set(), available_instruction_sets().back());
    }
    EXPECT_EQ(instruction_set(), InstructionSet::portable);
  }
  EXPECT_EQ(instruction_set(), before);
}

}  // namespace
}  // namespace gatelight::base
