// SPDX-License-Identifier: Apache-2.0
#include "encode/clauses.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "reference/satisfiable.hpp"

namespace gatelight::encode {
namespace {

bool holds(const Row& row, std::uint32_t assignment) {
  __int128 sum = 0;
  for (const Term& term : row.terms) {
    if ((assignment >> term.literal.variable() & 1U) == (term.literal.positive() ? 1U : 0U)) {
      sum += term.weight;
    }
  }
  return sum >= row.bound;
}

// The clauses, and unit clauses that fix the first variables.
std::vector<std::vector<int>> fixed(const Clauses& clauses, std::uint32_t assignment,
                                    int variables) {
  std::vector<std::vector<int>> formula(1);
  for (const std::int32_t literal : clauses.literals) {
    if (literal == 0) {
      formula.emplace_back();
    } else {
      formula.back().push_back(literal);
    }
  }
  formula.pop_back();
  EXPECT_EQ(formula.size(), clauses.count);
  for (int v = 0; v < variables; ++v) {
    formula.push_back({(assignment >> v & 1U) == 1 ? v + 1 : -(v + 1)});
  }
  return formula;
}

// By tables alone, and by adders alone.
void agree(const Row& row, int variables) {
  for (const std::size_t nodes_a_term : {1'000'000U, 0U}) {
    const auto clauses =
        clauses_of({row}, static_cast<std::size_t>(variables), {.nodes_a_term = nodes_a_term});
    ASSERT_TRUE(clauses.ok());
    for (std::uint32_t assignment = 0; assignment < 1U << variables; ++assignment) {
      ASSERT_EQ(reference::satisfiable(fixed(*clauses, assignment, variables), clauses->variables),
                holds(row, assignment))
          << "assignment " << assignment << ", " << nodes_a_term << " nodes a term";
    }
  }
}

Row draw(base::Random& random, int variables, std::int64_t largest) {
  Row row;
  std::int64_t total = 0;
  for (int v = 0; v < variables; ++v) {
    if (random.below(8) == 0) continue;
    row.terms.push_back(
        {random.between(1, largest), Literal(static_cast<Variable>(v), random.coin())});
    total += row.terms.back().weight;
  }
  row.bound = random.between(0, total) + (random.below(10) == 0 ? 1 : 0);
  return row;
}

TEST(Clauses, HoldExactlyWhereTheRowDoes) {
  static constexpr std::int64_t largest[] = {
      1, 3, 15, 1000, std::int64_t{1} << 40, std::int64_t{1} << 59};
  for (int round = 0; round < generate::scaled(120); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const int variables = static_cast<int>(random.between(0, 7));
    agree(draw(random, variables, largest[random.below(std::size(largest))]), variables);
    if (HasFatalFailure()) return;
  }
}

TEST(Clauses, LargeWeightsTakeTheAdder) {
  base::Random random(1);
  const auto size = [&](std::int64_t largest, std::size_t nodes_a_term) {
    const Row row = draw(random, 100, largest);
    return clauses_of({{row.terms, row.bound / 2 + 1}}, 100, {.nodes_a_term = nodes_a_term})
        ->literals.size();
  };
  EXPECT_LT(size(std::int64_t{1} << 50, 40), 200'000U);
  EXPECT_LT(size(1, 1'000'000), 50'000U);
}

TEST(Clauses, BordersOfTheBound) {
  const std::vector<Term> terms{
      {2, Literal(0, true)}, {3, Literal(1, false)}, {7, Literal(2, true)}};
  for (std::int64_t bound = -1; bound <= 13; ++bound) agree({terms, bound}, 3);
  agree({{}, 1}, 1);
  agree({{}, 0}, 1);
}

TEST(Clauses, ARowThatIsAClauseStaysOne) {
  const Row row{{{2, Literal(0, true)}, {3, Literal(1, false)}}, 2};
  EXPECT_EQ(clauses_of({row}, 2)->literals, (std::vector<std::int32_t>{-2, 1, 0}));
}

TEST(Clauses, TooManyAreRefused) {
  base::Random random(1);
  const Row large = draw(random, 100, std::int64_t{1} << 50);  // stops within a row, too
  for (const std::size_t most : {100U, 10'000U, 1'000'000U}) {
    const auto clauses = clauses_of({large, large, large}, 100, {.most = most});
    ASSERT_EQ(clauses.ok(), most == 1'000'000U);
    if (clauses.ok()) continue;
    EXPECT_EQ(clauses.error().code, ErrorCode::limit);
  }
}

}  // namespace
}  // namespace gatelight::encode
