// SPDX-License-Identifier: Apache-2.0
#include "engines/exhaustive/plan.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "engines/exhaustive/low_tables.hpp"
#include "engines/exhaustive/weighted_sum.hpp"
#include "unit/engines/exhaustive/sweep_cases.hpp"

namespace gatelight::engines::exhaustive {
namespace {

using exhaustive_test::all_costs;
using exhaustive_test::Small;

Plan plan_of(const Circuit& circuit) {
  return *compile_plan({circuit, {all_costs(circuit)}, false});
}

TEST(Plan, LowBitsHaveTheSmallestWeights) {
  Small small(13);
  std::vector<WrittenWire> wires;
  for (std::size_t i = 0; i < 13; ++i)
    wires.push_back({small.bits[i], static_cast<std::int64_t>(i < 3 ? 100 + i : i)});
  small.gate(wires, 5);
  const Plan plan = plan_of(small.build());
  EXPECT_EQ(plan.low_inputs, (std::vector<std::uint32_t>{3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(plan.high_inputs, (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(plan.blocks.count(), 8U);
}

TEST(Plan, LeavesOutWhatNobodyReads) {
  Small small(6);
  const Source used = small.gate({{small.bits[0], 1}, {small.bits[2], 1}}, 1);
  small.gate({{used, 1}}, 1);
  small.gate({{small.bits[5], 1}}, 1);  // no objective asks for it
  const Circuit circuit = small.build();
  const Plan plan = *compile_plan({circuit, {{{1, 1, 0}}}, false});
  EXPECT_EQ(plan.low_inputs, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(plan.unread_bits, 4);
  EXPECT_EQ(plan.front.count, 1U);
}

TEST(Plan, ConsecutiveBlocksDifferInOneInput) {
  Small small(13);
  std::vector<WrittenWire> wires;
  for (const Source bit : small.bits) wires.push_back({bit, 1});
  small.gate(wires, 5);
  const Plan plan = plan_of(small.build());
  std::set<InputBits> seen;
  for (std::uint64_t block = 0; block < plan.blocks.count(); ++block) {
    const InputBits now = plan.input(block, 5);
    EXPECT_TRUE(seen.insert(now).second);
    if (block == 0) continue;
    const InputBits before = plan.input(block - 1, 5);
    int changes = 0;
    for (std::size_t i = 0; i < now.size(); ++i) changes += now[i] != before[i];
    EXPECT_EQ(changes, 1);
  }
}

TEST(Plan, RefusesMoreThan62FreeBitsWithAHint) {
  Small wide(63);
  std::vector<WrittenWire> wires;
  for (const Source bit : wide.bits) wires.push_back({bit, 1});
  wide.gate(wires, 1);
  const Circuit circuit = wide.build();
  const auto plan = compile_plan({circuit, {all_costs(circuit)}, false});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().code, ErrorCode::unsupported);
  EXPECT_NE(plan.error().message.find("at most 62 free input bits, this domain has 63"),
            std::string::npos);
}

TEST(Plan, ConstantGatesCostNothing) {
  Small small(3);
  const Source always = small.gate({{small.bits[0], 1}}, 0);
  const Source never = small.gate({{small.bits[0], 1}}, 2);
  small.gate({{always, 1}, {never, 5}, {small.bits[1], 1}}, 2);
  const Plan plan = plan_of(small.build());
  EXPECT_EQ(plan.front.count, 1U);
  EXPECT_TRUE(plan.program.steps.empty());
  EXPECT_EQ(plan.program.targets[0].constant, 1);
}

// The lanes of a row are those whose rank reaches it, and those whose low sum reaches what it stands for.
void expect_rows(const Plan& plan, const LowTables& tables, std::uint32_t index,
                 const LowWeights& weights) {
  const Table& table = plan.tables[index];
  for (std::int64_t d = table.low; d <= table.high + 1; ++d) {
    auto row = static_cast<std::uint32_t>(d - table.low);
    if (table.kind == Table::Kind::ranked) row = plan.ranks[table.ranks + row];
    if (table.kind == Table::Kind::wide) {
      row = 0;
      while (row + 1 < table.count && plan.sums[table.sums + row] < d) ++row;
      d = row + 1 < table.count ? plan.sums[table.sums + row] : d;  // the largest with this row
    }
    for (std::size_t lane = 0; lane < half_lanes; ++lane) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < table_bits; ++i) sum += ((lane >> i) & 1) != 0 ? weights[i] : 0;
      const HalfMask& mask = plan.rows[table.rows + row];
      ASSERT_EQ((mask.word[lane / 64] >> (lane % 64)) & 1, sum >= d) << lane << " " << d;
      ASSERT_EQ(tables.lane_ranks(index)[lane] >= row, sum >= d) << lane << " " << d;
    }
  }
}

TEST(LowTables, EveryKindHasTheLanesAtOrAboveEachSum) {
  Plan plan;
  LowTables tables(std::size_t{1} << 20);
  const std::pair<LowWeights, Table::Kind> cases[] = {
      {{1, -1, 1, 1, -2, 0, 0, 0, 3}, Table::Kind::direct},
      {{2, 2, -700}, Table::Kind::ranked},
      {{3, -1, 0, 5, 0, 0, 0, 0, -40'000}, Table::Kind::wide},
      {{}, Table::Kind::direct}};
  for (const auto& [weights, kind] : cases) {
    const auto index = tables.find_or_add(plan, weights);
    ASSERT_TRUE(index.has_value());
    EXPECT_EQ(plan.tables[*index].kind, kind);
    EXPECT_EQ(tables.find_or_add(plan, weights), index) << "equal weights share a table";
    expect_rows(plan, tables, *index, weights);
  }
}

TEST(Front, KindsOfTablesStandTogether) {
  Small small(13);
  const auto wires = [&](std::int64_t factor) {
    std::vector<WrittenWire> all;
    for (std::size_t i = 0; i < 13; ++i)
      all.push_back({small.bits[i], 1 + factor * static_cast<std::int64_t>(i)});
    return all;
  };
  for (const std::int64_t factor : {100'000, 0, 40, 0, 100'000})
    small.gate(wires(factor), 7 * factor + 4);
  const Plan plan = plan_of(small.build());
  ASSERT_EQ(plan.front.count, 5U);
  EXPECT_EQ(plan.front.padded, Front::padding);
  EXPECT_EQ(plan.front.direct, 2U);
  EXPECT_EQ(plan.front.ranked, 3U);
  for (std::uint32_t i = 0; i < plan.front.count; ++i) {
    const auto kind = plan.tables[plan.front.table[i]].kind;
    EXPECT_EQ(kind, i < 2 ? Table::Kind::direct : i < 3 ? Table::Kind::ranked : Table::Kind::wide);
  }
}

TEST(WeightedSum, HasTheFewestDigits) {
  // 255 = 256 - 1: two digits; -255 the other way round.
  for (const std::int64_t weight : {255, -255}) {
    Program program;
    SlotPool slots;
    const Term term{slots.pair(), weight};
    const Sum sum = compile_sum(program, slots, {&term, 1}, std::min<std::int64_t>(weight, 0),
                                std::max<std::int64_t>(weight, 0));
    EXPECT_EQ(sum.bias, Count{weight > 0 ? 1U : 256U});
    const auto uses = [&](Slot slot) { return std::ranges::count(program.code, slot); };
    EXPECT_EQ(uses(term.pair) + uses(complement(term.pair)), 2);
  }
}

TEST(WeightedSum, DigitsAddUpToTheWeight) {
  for (std::int64_t weight = -300; weight <= 300; ++weight) {
    std::int64_t sum = 0;
    for (const Digit& digit : digits_of(weight))
      sum += (digit.negative ? -1 : 1) * (std::int64_t{1} << digit.position);
    EXPECT_EQ(sum, weight);
  }
  EXPECT_EQ(digits_of(3).size(), 2U);
  EXPECT_EQ(digits_of(3)[1].position, 1) << "binary where that is not longer";
  EXPECT_EQ(digits_of(7).size(), 2U);
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  ASSERT_EQ(digits_of(least).size(), 1U);
  EXPECT_EQ(digits_of(least)[0].position, 63);
}

TEST(WeightedSum, CompareWordsAreClamped) {
  Sum sum;
  sum.positions = 8;
  sum.low = -3;
  sum.high = 100;
  sum.bias = 3;
  std::uint64_t words[9];
  const auto overflows = [&](std::uint64_t value) {  // adds the complement and the carry
    std::uint64_t carry = words[0] != 0 ? 1U : 0U;
    for (unsigned p = 0; p < 8; ++p) carry = (((value >> p) & 1) + (words[1 + p] & 1) + carry) >> 1;
    return carry != 0;
  };
  for (const std::int64_t cut : {-1000, -4, -3, -2, 0, 1, 50, 100, 101, 5000}) {
    set_compare_words(words, sum, cut);
    for (std::int64_t value = -3; value <= 100; ++value) {
      EXPECT_EQ(overflows(static_cast<std::uint64_t>(value + 3)), value >= cut)
          << value << " " << cut;
    }
  }
}

}  // namespace
}  // namespace gatelight::engines::exhaustive
