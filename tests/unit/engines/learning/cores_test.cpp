// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/cores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "generate/multiplier.hpp"
#include "random_constraints.hpp"

namespace gatelight::engines::learning {
namespace {

using Outcome = Solver::Outcome;

bool never() { return false; }
constexpr std::uint64_t unlimited = ~std::uint64_t{0} / 2;

std::int64_t total_of(const Constraints& constraints, std::uint32_t assignment) {
  return constraints.constant + sum(constraints.objective, assignment);
}

std::vector<std::uint8_t> some_assignment(base::Random& random, std::size_t variables) {
  std::vector<std::uint8_t> assignment(variables);
  for (auto& value : assignment) value = static_cast<std::uint8_t>(random.coin());
  return assignment;
}

// How many literals that cost at least so much are true in the solution that has the fewest.
std::int64_t fewest(const encode::Row& row, std::span<const std::int64_t> weights,
                    std::int64_t weight) {
  std::int64_t fewest = static_cast<std::int64_t>(row.terms.size());
  for (std::uint32_t chosen = 0; chosen < 1U << row.terms.size(); ++chosen) {
    std::int64_t sum = 0, count = 0;
    for (std::size_t i = 0; i < row.terms.size(); ++i) {
      if ((chosen >> i & 1U) == 0) continue;
      sum += row.terms[i].weight;
      count += weights[i] >= weight ? 1 : 0;
    }
    if (sum >= row.bound) fewest = std::min(fewest, count);
  }
  return fewest;
}

// Implied, as good as any, and with no literal that it could do without.
TEST(Cardinality, IsTheMostThatARowSays) {
  for (int round = 0; round < generate::scaled(1000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    encode::Row row;
    std::vector<std::int64_t> weights;
    std::int64_t sum = 0;
    const auto size = static_cast<Variable>(random.between(1, 8));
    const std::int64_t largest = random.coin() ? 3 : 9, dearest = random.coin() ? 1 : 4;
    for (Variable v = 0; v < size; ++v) {
      row.terms.push_back({random.between(1, largest), Literal(v, random.coin())});
      weights.push_back(random.between(1, dearest));
      sum += row.terms.back().weight;
    }
    std::ranges::stable_sort(row.terms, std::ranges::greater{}, &Term::weight);
    row.bound = random.between(1, sum);
    const Cardinality found = cardinality_of(row, weights);
    std::int64_t best = 0;
    for (const std::int64_t weight : weights)
      best = std::max(best, weight * fewest(row, weights, weight));
    ASSERT_EQ(found.least * found.weight, best);
    const auto least_of = [&](const std::vector<Literal>& literals) {
      std::vector<std::int64_t> counted;
      for (const Term& term : row.terms)
        counted.push_back(std::ranges::find(literals, term.literal) != literals.end() ? 1 : 0);
      return fewest(row, counted, 1);
    };
    ASSERT_EQ(least_of(found.literals), found.least);
    std::vector<Literal> less = found.literals;
    less.pop_back();
    ASSERT_LT(least_of(less), found.least);
    for (std::size_t i = 0; i < row.terms.size(); ++i) {
      if (std::ranges::find(found.literals, row.terms[i].literal) != found.literals.end()) {
        ASSERT_GE(weights[i], found.weight);
      }
    }
  }
}

// Interrupted all the time, with rows that come later: the upper end is never too low, nor does it stay too high.
TEST(Cores, EndAtTheLargestTotal) {
  int cores_found = 0;
  for (int round = 0; round < generate::scaled(3000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 1000);
    Constraints constraints = random_constraints(random);
    const std::size_t variables = constraints.variables.size();
    std::optional<Cores> cores;
    cores.emplace(constraints, some_assignment(random, variables));
    const std::int64_t part = random.below(4) == 0 ? random.between(0, 4) : -1;
    Truth truth = by_brute_force(constraints);
    std::optional<std::int64_t> best;
    for (int question = 0;; ++question) {
      if (question == part) {
        // A copy for the part where a row holds.  What was found so far stays demanded.
        encode::Row row{random_terms(random, variables, 1), 1};
        if (row.terms.empty()) row.bound = 0;
        constraints.rows.push_back(row);
        const Cores whole = *cores;
        cores.emplace(whole);
        cores->add(row);
        truth = by_brute_force(constraints);
        if (best && (!truth.feasible || truth.best < *best)) truth = {true, *best};
      }
      const std::int64_t before = cores->top();
      const auto outcome = cores->ask(random.coin() ? 1 : unlimited, never);
      if (outcome == Outcome::none) break;
      if (outcome == Outcome::found) {
        const std::uint32_t found = number_of(cores->assignment());
        ASSERT_TRUE(satisfies(constraints, found));
        ASSERT_TRUE(!best || total_of(constraints, found) > *best);
        best = total_of(constraints, found);
        cores->demand(*best + 1);
      }
      if (outcome == Outcome::refuted) {
        ASSERT_LT(cores->top(), before);
        ++cores_found;
      }
      // Nothing better is wanted any more.
      if (best && cores->top() <= *best) break;
      if (truth.feasible) {
        ASSERT_GE(cores->top(), truth.best);
      }
      if (!truth.feasible && cores->top() < constraints.constant) break;
    }
    ASSERT_EQ(best.has_value(), truth.feasible);
    if (best) {
      ASSERT_EQ(*best, truth.best);
    }
  }
  EXPECT_GT(cores_found, generate::scaled(1000));
}

// Much is lost, many steps of each core.
TEST(Cores, CountWhatIsLost) {
  for (int round = 0; round < generate::scaled(200); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 5000);
    constexpr Variable variables = 11;
    Constraints constraints;
    constraints.variables.resize(variables);
    const std::int64_t dearest = random.coin() ? 1 : 3;
    for (Variable v = 0; v < variables; ++v)
      constraints.objective.push_back({random.between(1, dearest), Literal(v, true)});
    const std::int64_t rows = random.between(1, 8);
    for (std::int64_t r = 0; r < rows; ++r) {
      encode::Row row;
      for (Variable v = 0; v < variables; ++v) {
        if (random.below(4) == 0) continue;
        row.terms.push_back({random.between(1, 9), Literal(v, random.below(8) == 0)});
        row.bound += row.terms.back().weight;
      }
      row.bound = row.bound * random.between(4, 9) / 10;
      constraints.rows.push_back(row);
    }
    const Truth truth = by_brute_force(constraints);
    Cores cores(constraints, some_assignment(random, variables));
    // As where the incumbent comes from elsewhere, perhaps as good as any.
    std::int64_t best = truth.best - random.between(0, 3);
    cores.demand(best + 1);
    while (cores.top() > best) {
      const auto outcome = cores.ask(random.coin() ? 1 : unlimited, never);
      if (outcome == Outcome::none) break;
      if (outcome != Outcome::found) continue;
      best = total_of(constraints, number_of(cores.assignment()));
      cores.demand(best + 1);
    }
    ASSERT_EQ(best, truth.feasible ? truth.best : best);
  }
}

// Of each three literals one is lost; one core each, whose steps stay.
TEST(Cores, DisjointReasonsTakeNoConflict) {
  Constraints constraints;
  constexpr Variable groups = 40;
  constraints.variables.resize(3 * groups);
  for (Variable v = 0; v < 3 * groups; ++v) constraints.objective.push_back({1, Literal(v, true)});
  for (Variable g = 0; g < groups; ++g) {
    encode::Row row{{}, 1};
    for (Variable v = 3 * g; v < 3 * g + 3; ++v) row.terms.push_back({1, Literal(v, false)});
    constraints.rows.push_back(row);
  }
  Cores cores(constraints, std::vector<std::uint8_t>(3 * groups, 0));
  for (Variable g = 1; g <= groups; ++g) {
    ASSERT_EQ(cores.ask(unlimited, never), Outcome::refuted);
    ASSERT_EQ(cores.top(), 3 * groups - g);
  }
  EXPECT_EQ(cores.ask(unlimited, never), Outcome::found);
  EXPECT_EQ(cores.conflicts(), 0U);
}

TEST(Cores, AreTheSameEachTime) {
  for (int round = 0; round < generate::scaled(50); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 9000);
    const Constraints constraints = random_constraints(random);
    const auto preferred = some_assignment(random, constraints.variables.size());
    Cores one(constraints, preferred), other(constraints, preferred);
    for (int question = 0; question < 10; ++question) {
      ASSERT_EQ(one.ask(2, never), other.ask(2, never));
      ASSERT_EQ(one.top(), other.top());
      ASSERT_EQ(one.conflicts(), other.conflicts());
    }
  }
}

}  // namespace
}  // namespace gatelight::engines::learning
