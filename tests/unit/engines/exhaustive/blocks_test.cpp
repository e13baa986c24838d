// SPDX-License-Identifier: Apache-2.0
#include "engines/exhaustive/blocks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"
#include "gatelight/result.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::exhaustive {
namespace {

using Values = std::vector<std::uint8_t>;

// All assignments of the high bits that interval arithmetic over the low ones cannot rule out.
std::set<Values> by_hand(std::size_t bits, const std::vector<BlockCondition>& conditions) {
  std::set<Values> found;
  for (std::uint64_t number = 0; number >> bits == 0; ++number) {
    bool possible = true;
    for (const BlockCondition& condition : conditions) {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < bits; ++i)
        sum += ((number >> i) & 1) != 0 ? condition.weights[i] : 0;
      possible =
          possible && sum + condition.high >= condition.min && sum + condition.low <= condition.max;
    }
    Values values(bits);
    for (std::size_t i = 0; i < bits; ++i) values[i] = (number >> i) & 1;
    if (possible) found.insert(values);
  }
  return found;
}

TEST(Blocks, WithinVisitsWhatTheConditionsLeave) {
  base::Random random(31);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed 31, round " + std::to_string(round));
    const auto bits = static_cast<std::size_t>(random.between(0, 9));
    std::vector<BlockCondition> conditions(static_cast<std::size_t>(random.between(1, 3)));
    for (BlockCondition& condition : conditions) {
      for (std::size_t i = 0; i < bits; ++i) condition.weights.push_back(random.between(-5, 5));
      condition.low = random.between(-3, 0);
      condition.high = random.between(0, 3);
      condition.min = random.between(-12, 4);
      condition.max = random.between(condition.min, 12);
    }
    const std::set<Values> expected = by_hand(bits, conditions);
    if (expected.empty()) continue;  // a domain has an input
    const auto blocks = Blocks::within(bits, conditions);
    ASSERT_TRUE(blocks.has_value());
    // Partial assignments are cut by each condition alone, so no more than these remain.
    ASSERT_EQ(blocks->count(), expected.size());
    Blocks::Cursor walking, seeking;
    std::set<Values> visited;
    blocks->seek(walking, 0);
    for (std::uint64_t block = 0; block < blocks->count(); ++block) {
      if (block != 0) {
        const Values before = walking.values;
        blocks->next(walking);
        std::set<std::uint32_t> changed;
        for (std::uint32_t i = 0; i < bits; ++i) {
          if (before[i] != walking.values[i]) changed.insert(i);
        }
        EXPECT_EQ(changed, std::set(walking.flips.begin(), walking.flips.end()));
        EXPECT_EQ(changed.size(), walking.flips.size());
      }
      blocks->seek(seeking, block);
      EXPECT_EQ(seeking.values, walking.values);
      EXPECT_EQ(seeking.path, walking.path);
      visited.insert(walking.values);
    }
    EXPECT_EQ(visited, expected);
  }
}

TEST(Blocks, AHammingBallOfManyBitsIsCounted) {
  BlockCondition ball{.weights = std::vector<std::int64_t>(774, 1), .low = 0, .high = 10};
  ball.min = 0;
  ball.max = 2;
  const auto blocks = Blocks::within(774, {&ball, 1});
  ASSERT_TRUE(blocks.has_value());
  EXPECT_EQ(blocks->count(), 1U + 774U + 774U * 773U / 2);
  EXPECT_FALSE(blocks->complete());
}

TEST(Blocks, TooManyBlocksAreRefused) {
  BlockCondition loose{.weights = std::vector<std::int64_t>(80, 1), .low = 0, .high = 0};
  loose.min = 0;
  loose.max = 40;
  EXPECT_FALSE(Blocks::within(80, {&loose, 1}).has_value());
  EXPECT_THROW((void)Blocks::all(53), ContractViolation);
}

TEST(Blocks, TooManyDemandsAreRefused) {
  // Large random weights and one sum allowed: almost every partial assignment leaves a demand of its own.
  base::Random random(33);
  BlockCondition sums{.weights = {}, .low = 0, .high = 0};
  for (int i = 0; i < 40; ++i) {
    sums.weights.push_back(random.between(std::int64_t{1} << 40, std::int64_t{1} << 41));
    sums.min += i % 2 == 0 ? sums.weights.back() : 0;
  }
  sums.max = sums.min;
  EXPECT_FALSE(Blocks::within(40, {&sums, 1}).has_value());
}

TEST(Blocks, CompleteOnesFollowTheGrayCode) {
  const Blocks blocks = Blocks::all(7);
  EXPECT_TRUE(blocks.complete());
  EXPECT_EQ(blocks.count(), 128U);
  Blocks::Cursor cursor;
  for (std::uint64_t block = 0; block < 128; ++block) {
    blocks.seek(cursor, block);
    for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(cursor.values[i], (gray(block) >> i) & 1);
  }
  EXPECT_EQ(Blocks().count(), 1U);
}

}  // namespace
}  // namespace gatelight::engines::exhaustive
