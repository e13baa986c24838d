// SPDX-License-Identifier: Apache-2.0
#include "measures/rank/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "linalg/exact_rank.hpp"
#include "measures/rank/dense.hpp"
#include "measures/rank/partitions.hpp"

namespace gatelight::measures {
namespace {

Table table_of(int variables, const auto& value) {
  const std::size_t values = std::size_t{1} << variables;
  base::AlignedVector<std::uint64_t> words(std::max<std::size_t>(values / 64, 1), 0);
  for (std::size_t x = 0; x < values; ++x) {
    if (value(x)) words[x / 64] |= std::uint64_t{1} << (x % 64);
  }
  return Table(variables, std::move(words));
}

// The value where the variables, by number, have the bits of x.
bool value_of(const Table& table, std::uint64_t x) {
  std::uint64_t index = 0;
  for (int place = 0; place < table.variables(); ++place) {
    index |= (x >> table.variable_at(place) & 1) << place;
  }
  return table.get(index);
}

TEST(RankTable, MovingVariablesKeepsTheFunction) {
  base::Random random(61);
  for (int round = 0; round < generate::scaled(200); ++round) {
    SCOPED_TRACE("seed 61, round " + std::to_string(round));
    const int variables = 1 + static_cast<int>(random.below(10));
    std::vector<bool> values(std::size_t{1} << variables);
    for (auto value : values) value = random.coin();
    Table table = table_of(variables, [&](std::size_t x) { return values[x]; });
    for (int move = 0; move < 8; ++move) {
      const auto place = [&] {
        return static_cast<int>(random.below(static_cast<std::uint64_t>(variables)));
      };
      table.swap(place(), place());
    }
    const std::uint64_t set = random() & ((std::uint64_t{1} << variables) - 1);
    table.bring_down(set);
    for (int place = 0; place < variables; ++place) {
      ASSERT_EQ((set >> table.variable_at(place) & 1) != 0, place < std::popcount(set));
      ASSERT_EQ(table.place_of(table.variable_at(place)), place);
    }
    for (std::size_t x = 0; x < values.size(); ++x) ASSERT_EQ(value_of(table, x), values[x]);
    const DistinctRows rows = distinct_table_rows(table, std::popcount(set));
    std::set<std::vector<bool>> known;
    const std::size_t columns = std::size_t{1} << std::popcount(set);
    for (std::size_t row = 0; row < values.size() / columns; ++row) {
      std::vector<bool> entries(columns);
      for (std::size_t j = 0; j < columns; ++j) entries[j] = table.get(row * columns + j);
      if (std::ranges::find(entries, true) != entries.end()) known.insert(entries);
    }
    ASSERT_EQ(rows.rows.size(), known.size());
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        ASSERT_EQ(rows.matrix.get(i, j), table.get(rows.rows[i] * columns + j));
      }
    }
  }
}

TEST(RankTable, VariablesThatDoNotMatterAreLeftOut) {
  base::Random random(62);
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed 62, round " + std::to_string(round));
    const std::uint64_t mask = random() & 1023;
    std::vector<bool> values(1024);
    for (auto value : values) value = random.coin();
    Table table = table_of(10, [&](std::size_t x) { return values[x & mask]; });
    table.swap(static_cast<int>(random.below(10)), static_cast<int>(random.below(10)));
    std::vector<int> kept;
    const Table small = table.essential(kept);
    ASSERT_EQ(static_cast<std::size_t>(small.variables()), kept.size());
    for (int variable = 0; variable < 10; ++variable) {
      bool matters = false;
      for (std::size_t x = 0; x < 1024; ++x) {
        matters = matters || values[x & mask] != values[(x ^ std::size_t{1} << variable) & mask];
      }
      ASSERT_EQ(std::ranges::find(kept, variable) != kept.end(), matters) << variable;
    }
    for (std::uint64_t x = 0; x >> kept.size() == 0; ++x) {
      std::size_t whole = 0;
      for (std::size_t i = 0; i < kept.size(); ++i) whole |= (x >> i & 1) << kept[i];
      ASSERT_EQ(small.get(x), values[whole & mask]);
    }
  }
}

TEST(RankTable, SymmetriesAreFound) {
  // x0 x1 or x2 x3 or x4 x5: three pairs that can change places.
  const Table pairs =
      table_of(6, [](std::size_t x) { return (x & 3) == 3 || (x & 12) == 12 || (x & 48) == 48; });
  const Symmetry found = symmetry_of(pairs);
  EXPECT_EQ(found.classes, (std::vector<std::vector<int>>{{0, 1}, {2, 3}, {4, 5}}));
  EXPECT_EQ(found.groups, (std::vector<std::vector<std::size_t>>{{0, 1, 2}}));
  // Counts of B in descending order, a partition and its complement once: 10 multisets, 111 is its own.
  EXPECT_EQ(representatives(found, 6).size(), 6U);
  // x0 and not x1: the same after both are negated and exchanged.
  const Table less = table_of(2, [](std::size_t x) { return x == 1; });
  EXPECT_EQ(symmetry_of(less).classes.size(), 1U);
}

TEST(RankTable, WithoutSymmetryEveryPartitionIsListed) {
  base::Random random(63);
  std::vector<bool> values(128);
  for (auto value : values) value = random.coin();
  const Table table = table_of(7, [&](std::size_t x) { return values[x]; });
  const auto sets = representatives(symmetry_of(table), 7);
  std::set<std::uint64_t> known;
  for (const std::uint64_t set : sets) known.insert(std::min(set, 127 & ~set));
  EXPECT_EQ(sets.size(), 64U);
  EXPECT_EQ(known.size(), 64U);
  EXPECT_TRUE(std::ranges::is_sorted(sets, {}, [](std::uint64_t set) {
    return -std::min(std::popcount(set), 7 - std::popcount(set));
  }));
}

// Without the local search that usually finds the best partition before.
TEST(RankTable, PruningLosesNoPartition) {
  base::Random random(64);
  int pruned = 0;
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed 64, round " + std::to_string(round));
    const int variables = 4 + static_cast<int>(random.below(5));
    const std::uint64_t density = 1 + random.below(16), mask = random();
    std::vector<bool> values(std::size_t{1} << variables);
    for (std::size_t x = 0; x < values.size(); ++x) {
      values[x] = random.below(64) < density || (round % 3 == 0 && (x & mask) == 0);
    }
    std::vector<int> kept;
    const Table table =
        table_of(variables, [&](std::size_t x) { return values[x]; }).essential(kept);
    std::size_t largest = 0;
    for (VariableSet set = 0; set >> table.variables() == 0; ++set) {
      Table moved = table;
      largest = std::max(largest, linalg::exact_rank(table_matrix(moved, set).matrix).lower);
    }
    PartitionSearchOptions options;
    options.local_search = false;
    const PartitionSearch found = search_partitions(table, options);
    ASSERT_TRUE(found.exhausted);
    ASSERT_EQ(found.lower, largest);
    ASSERT_EQ(found.upper, largest);
    Table moved = table;
    ASSERT_EQ(linalg::exact_rank(table_matrix(moved, found.best).matrix).lower, largest);
    pruned += 2 * found.looked_at < std::uint64_t{1} << table.variables() ? 1 : 0;
  }
  EXPECT_GT(pruned, generate::scaled(50));
}

}  // namespace
}  // namespace gatelight::measures
