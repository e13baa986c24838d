// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/combination.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::learning {
namespace {

constexpr std::size_t variables = 5;

// The assignments (bit v: variable v) that satisfy a row.
std::uint32_t satisfied_by(const Combination& row) {
  std::uint32_t set = 0;
  for (std::uint32_t assignment = 0; assignment < 1U << variables; ++assignment) {
    std::int64_t sum = 0;
    for (Variable v = 0; v < variables; ++v) {
      if ((assignment >> v & 1U) == (row.literal(v).positive() ? 1U : 0U)) sum += row.weight(v);
    }
    if (sum >= row.bound()) set |= 1U << assignment;
  }
  return set;
}

Combination random_row(base::Random& random) {
  Combination row(variables);
  row.add_bound(random.between(1, 12));
  for (Variable v = 0; v < variables; ++v) row.add(random.between(1, 7), Literal(v, random.coin()));
  return row;
}

TEST(Combination, EveryOperationKeepsWhatIsImplied) {
  base::Random random(3);
  for (int round = 0; round < generate::scaled(2000); ++round) {
    Combination row = random_row(random);
    std::uint32_t before = satisfied_by(row);
    switch (random.below(4)) {
      case 0: {
        const Combination other = random_row(random);
        before &= satisfied_by(other);
        const std::int64_t factor = random.between(1, 3);
        for (Variable v = 0; v < variables; ++v)
          row.add(factor * other.weight(v), other.literal(v));
        row.add_bound(factor * other.bound());
        break;
      }
      case 1: {
        const auto v = static_cast<Variable>(random.below(variables));
        row.weaken(v, random.between(0, row.weight(v)));
        break;
      }
      case 2: {
        row.saturate();
        EXPECT_EQ(satisfied_by(row), before);
        EXPECT_LE(row.largest(), std::max<std::int64_t>(row.bound(), 0));
        break;
      }
      default:
        row.divide(random.between(1, 5));
    }
    EXPECT_EQ(before & ~satisfied_by(row), 0U) << "round " << round;
    if (HasFailure()) return;
  }
}

TEST(Combination, OppositeLiteralsCancel) {
  Combination row(2);
  row.add(5, Literal(0, true));
  row.add(3, Literal(0, false));
  row.add_bound(4);
  EXPECT_EQ(row.weight(Literal(0, true)), 2);
  EXPECT_EQ(row.weight(Literal(0, false)), 0);
  EXPECT_EQ(row.bound(), 1);
  row.add(2, Literal(0, false));
  EXPECT_EQ(row.bound(), -1);
  EXPECT_TRUE(row.terms().empty());
  row.clear();
  EXPECT_TRUE(row.variables().empty());
  EXPECT_EQ(row.bound(), 0);
}

}  // namespace
}  // namespace gatelight::engines::learning
