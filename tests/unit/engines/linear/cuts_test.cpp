// SPDX-License-Identifier: Apache-2.0
#include "engines/linear/cuts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "generate/multiplier.hpp"

namespace gatelight::engines::linear {
namespace {

using encode::Literal;
using encode::Row;
using encode::Variable;

bool holds(const Row& row, std::uint32_t assignment) {
  std::int64_t sum = 0;
  for (const auto& term : row.terms) {
    const bool one = (assignment >> term.literal.variable() & 1U) != 0;
    if (one == term.literal.positive()) sum += term.weight;
  }
  return sum >= row.bound;
}

Row random_row(base::Random& random, std::size_t variables) {
  const std::int64_t largest = std::int64_t{1} << random.below(random.below(5) == 0 ? 40 : 6);
  Row row;
  std::int64_t total = 0;
  for (Variable v = 0; v < variables; ++v) {
    if (random.below(3) == 0) continue;
    row.terms.push_back({random.between(1, largest), Literal(v, random.coin())});
    total += row.terms.back().weight;
  }
  row.bound = random.between(0, 2 * total / 3);
  return row;
}

struct Case {
  explicit Case(std::uint64_t seed) : random(seed) {
    variables = static_cast<std::size_t>(random.between(1, 9));
    const std::int64_t count = random.between(1, 5);
    for (std::int64_t r = 0; r < count; ++r) rows.push_back(random_row(random, variables));
    for (std::size_t v = 0; v < variables; ++v) point.push_back(random.unit());
  }
  // Every assignment that satisfies the rows satisfies the cut.
  [[nodiscard]] bool implied(const Row& cut) const {
    for (std::uint32_t assignment = 0; assignment < 1U << variables; ++assignment) {
      const auto satisfied = [&](const Row& row) { return holds(row, assignment); };
      if (std::ranges::all_of(rows, satisfied) && !holds(cut, assignment)) return false;
    }
    return true;
  }
  base::Random random;
  std::size_t variables = 0;
  std::vector<Row> rows;
  std::vector<double> point;
};

TEST(Cuts, RoundingsAreImplied) {
  int made = 0, violated = 0;
  for (int round = 0; round < generate::scaled(20'000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    Case one(static_cast<std::uint64_t>(round));
    std::vector<std::int64_t> multipliers;
    const std::int64_t most = std::int64_t{1} << one.random.below(20);
    for (std::size_t r = 0; r < one.rows.size(); ++r)
      multipliers.push_back(one.random.between(-most, most));
    const std::int64_t divisor = one.random.between(2, 2 + 8 * most);
    const auto cut = rounded(one.rows, multipliers, divisor, one.point);
    if (!cut) continue;
    ++made;
    ASSERT_TRUE(one.implied(*cut));
    ASSERT_GT(cut->bound, 0);
    for (const auto& term : cut->terms) ASSERT_TRUE(0 < term.weight && term.weight <= cut->bound);
    violated += distance_cut_off(*cut, one.point) > 0 ? 1 : 0;
  }
  EXPECT_GT(made, generate::scaled(20'000) / 20);
  EXPECT_GT(violated, 0);
}

TEST(Cuts, OfSingleRowsAreImpliedAndCutOff) {
  int made = 0;
  for (int round = 0; round < generate::scaled(5000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round + 100'000));
    const Case one(static_cast<std::uint64_t>(round) + 100'000);
    const auto cuts = best_cuts(row_cuts(one.rows, one.point), one.point, 3);
    ASSERT_LE(cuts.size(), 3U);
    for (const Row& cut : cuts) {
      ++made;
      ASSERT_TRUE(one.implied(cut));
      ASSERT_GT(distance_cut_off(cut, one.point), 0);
    }
  }
  EXPECT_GT(made, generate::scaled(5000) / 20);
}

// 2x + 2y >= 1 says x + y >= 1: the point (1/4, 1/4) goes.
TEST(Cuts, RoundARowUp) {
  const std::vector<Row> rows{{{{2, Literal(0, true)}, {2, Literal(1, true)}}, 1}};
  const std::vector<double> point{0.25, 0.25};
  const std::vector<std::int64_t> once{1};
  const auto cut = rounded(rows, once, 2, point);
  ASSERT_TRUE(cut);
  EXPECT_EQ(*cut, (Row{{{1, Literal(0, true)}, {1, Literal(1, true)}}, 1}));
  EXPECT_FALSE(rounded(rows, std::vector<std::int64_t>{2}, 2, point));  // nothing to round
}

}  // namespace
}  // namespace gatelight::engines::linear
