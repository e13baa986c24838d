// SPDX-License-Identifier: Apache-2.0
//
// Functions as they are run: random logic against a lane-by-lane evaluation.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "engines/exhaustive/code/assembler.hpp"
#include "engines/exhaustive/code/machine_code.hpp"
#include "engines/exhaustive/code/schedule.hpp"
#include "generate/multiplier.hpp"
#include "unit/engines/exhaustive/code/netlist_values.hpp"

namespace gatelight::engines::exhaustive::generated {
namespace {

constexpr std::uint32_t slots = 40, stores = 12, rows = 8, words = 6;

Literal draw_leaf(base::Random& random, Netlist& netlist) {
  switch (random.below(5)) {
    case 0:
      return netlist.leaf(Netlist::Kind::row, static_cast<std::uint32_t>(random.below(rows)));
    case 1:
      return netlist.leaf(Netlist::Kind::word, static_cast<std::uint32_t>(random.below(words)));
    default:
      return netlist.leaf(Netlist::Kind::slot,
                          slot_bytes * static_cast<std::uint32_t>(random.below(slots)));
  }
}

// Hundreds of nodes, many of them needed long after they were made, so that registers run out.
Logic draw_logic(base::Random& random, bool ternary) {
  Logic logic{Netlist(ternary), {}, {}};
  Netlist& netlist = logic.netlist;
  std::vector<Literal> pool{always_false, always_true};
  for (int i = 0; i < 30; ++i) pool.push_back(draw_leaf(random, netlist));
  const auto any = [&] { return pool[random.below(pool.size())] ^ random.coin(); };
  for (std::int64_t i = random.between(0, 400); i > 0; --i) {
    const auto [sum, carry] = netlist.full_add(any(), any(), any());
    pool.push_back(sum);
    if (random.coin()) pool.push_back(carry);
    if (random.below(4) == 0) pool.push_back(netlist.conjunction(any(), any()));
    if (random.below(4) == 0) pool.push_back(netlist.exor(any(), any()));
  }
  for (std::uint32_t i = 0; i < stores; ++i) {
    logic.stores.push_back({any(), slot_bytes * (slots + i)});
  }
  logic.any = any();
  return logic;
}

TEST(Schedule, OperandsComeFirstAndNothingTwice) {
  base::Random random(95);
  for (int round = 0; round < generate::scaled(100); ++round) {
    const Logic logic = draw_logic(random, random.coin());
    std::vector<char> done(logic.netlist.nodes().size(), 0);
    for (const std::uint32_t n : schedule(logic)) {
      const Netlist::Node& node = logic.netlist.nodes()[n];
      ASSERT_FALSE(is_leaf(node));
      ASSERT_EQ(done[n], 0);
      for (std::size_t i = 0; i < operand_count(node.kind); ++i) {
        const std::uint32_t operand = node.of[i].node();
        ASSERT_TRUE(is_leaf(logic.netlist.nodes()[operand]) || done[operand] != 0);
      }
      done[n] = 1;
    }
    for (const Logic::Store& store : logic.stores) {
      const std::uint32_t n = store.value.node();
      ASSERT_TRUE(is_leaf(logic.netlist.nodes()[n]) || done[n] != 0);
    }
  }
}

// The memory that the leaves of draw_logic() read.
struct Memory {
  explicit Memory(base::Random& random)
      : masks(slots + stores), tables(rows), offsets(rows), constants(words) {
    for (Mask& mask : masks) {
      for (auto& word : mask.word) word = random();
    }
    for (std::uint32_t i = 0; i < rows; ++i) {
      for (auto& word : tables[i].word) word = random();
      offsets[i] = (rows - 1 - i) * static_cast<std::uint32_t>(sizeof(HalfMask));
    }
    for (auto& word : constants) word = random.coin() ? ~std::uint64_t{0} : 0;
  }

  // In the lower half of the lanes.
  [[nodiscard]] int leaf(const Netlist::Node& node, std::size_t lane) const {
    const auto bit = [&](const std::uint64_t* from) {
      return static_cast<int>((from[lane / 64] >> (lane % 64)) & 1);
    };
    if (node.kind == Netlist::Kind::slot) return bit(masks[node.index / slot_bytes].word);
    if (node.kind == Netlist::Kind::row) return bit(tables[rows - 1 - node.index].word);
    return static_cast<int>(constants[node.index] & 1);
  }

  std::vector<Mask> masks;
  std::vector<HalfMask> tables;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint64_t> constants;
};

void expect_function(const Logic& logic, bool wide, Memory memory) {
  const Memory before = memory;
  const Assembled assembled = assemble(logic, wide);
  const auto code = Executable::copy_of(assembled.bytes);
  ASSERT_NE(code, nullptr) << "this system lets no program run what it wrote";
  std::vector<Mask> spill(assembled.spill_vectors);
  const Arguments arguments{reinterpret_cast<unsigned char*>(memory.masks.data()),
                            reinterpret_cast<const unsigned char*>(memory.tables.data()),
                            memory.offsets.data(), memory.constants.data(),
                            reinterpret_cast<unsigned char*>(spill.data())};
  const std::uint64_t some = reinterpret_cast<Function>(code->at(0))(&arguments);
  bool expected_some = false;
  for (std::size_t lane = 0; lane < 8 * vector_bytes(wide); ++lane) {
    const auto values =
        evaluate(logic.netlist, [&](const Netlist::Node& node) { return before.leaf(node, lane); });
    for (const Logic::Store& store : logic.stores) {
      const Mask& mask = memory.masks[store.to / slot_bytes];
      ASSERT_EQ((mask.word[lane / 64] >> (lane % 64)) & 1,
                static_cast<std::uint64_t>(value_of(values, store.value)))
          << "lane " << lane << ", slot " << store.to / slot_bytes;
    }
    expected_some = expected_some || value_of(values, logic.any) != 0;
  }
  EXPECT_EQ(some != 0, expected_some);
}

TEST(Assembler, EveryStoreAndTheResultAreRight) {
  base::Random random(96);
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed 96, round " + std::to_string(round));
    for (const base::InstructionSet set : base::available_instruction_sets()) {
      if (!can_assemble(set)) continue;
      SCOPED_TRACE(std::string(base::name(set)));
      const bool wide = set == base::InstructionSet::avx512;
      expect_function(draw_logic(random, wide), wide, Memory(random));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Assembler, TheResultIsZeroWhereNoLaneIsSet) {
  for (const base::InstructionSet set : base::available_instruction_sets()) {
    if (!can_assemble(set)) continue;
    const bool wide = set == base::InstructionSet::avx512;
    base::Random random(97);
    Memory memory(random);
    memory.masks[0] = Mask{};
    memory.masks[1] = Mask{};
    Logic logic{Netlist(wide), {}, {}};
    const Literal zero = logic.netlist.leaf(Netlist::Kind::slot, 0);
    const Literal other = logic.netlist.leaf(Netlist::Kind::slot, slot_bytes);
    for (const Literal any : {always_false, zero, logic.netlist.exor(zero, other), !zero}) {
      logic.any = any;
      expect_function(logic, wide, memory);
    }
    memory.masks[1].word[0] = 4;  // a single lane
    logic.any = logic.netlist.disjunction(zero, other);
    expect_function(logic, wide, memory);
  }
}

TEST(MachineCode, IsRefusedForHugePrograms) {
  Plan plan;
  plan.program.work = most_work + 1;
  EXPECT_EQ(generate(plan, false, base::instruction_set()), nullptr);
  EXPECT_EQ(generate(Plan{}, false, base::InstructionSet::portable), nullptr);
}

}  // namespace
}  // namespace gatelight::engines::exhaustive::generated
