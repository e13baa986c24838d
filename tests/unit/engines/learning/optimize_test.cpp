// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/optimize.hpp"

#include <gtest/gtest.h>

#include <iterator>

#include "engines/learning/neighbourhoods.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::learning {
namespace {

bool never() { return false; }

Optimizer::Questions any_questions(base::Random& random) {
  using enum Optimizer::Questions;
  constexpr Optimizer::Questions any[] = {from_below, cores, all, relaxed};
  return any[random.below(std::size(any))];
}

// The energy of a circuit, with what an optimizer shares with others.
struct Asked {
  explicit Asked(const Circuit& circuit)
      : question{circuit, {generate::total_objective(circuit)}},
        constraints(encode::constraints_of(circuit, question.objectives[0].cost, false)),
        incumbents(question),
        upper(interval_upper_bound(circuit, question.objectives[0])) {}
  Question question;
  Result<encode::Constraints> constraints;
  branch_bound::Incumbents incumbents;
  branch_bound::SharedUpper upper;
};

// Learning alone, from the example input: neither local search nor the tree hides what it would miss.
TEST(Optimizer, EqualsBruteForce) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 3000);
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 9, .max_gates = 14});
    Asked asked(circuit);
    ASSERT_TRUE(asked.constraints.ok());
    auto& [question, constraints, incumbents, upper] = asked;
    Optimizer optimizer(*constraints, circuit, 0, incumbents, upper);
    if (random.coin()) optimizer.relax(never);
    optimizer.run(~std::uint64_t{0} / 2, any_questions(random), never);
    const auto truth = *reference::energy(circuit, question.objectives[0]).maximum;
    ASSERT_EQ(incumbents.value(0), truth);
    ASSERT_EQ(upper.value(), truth);
  }
}

// Whenever it is interrupted the interval holds the truth; in the end both ends meet.
TEST(Optimizer, IsSoundAtAnyMoment) {
  for (int round = 0; round < generate::scaled(10); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 9000);
    const Circuit circuit = generate::random_circuit(
        random, {.min_bits = 10, .max_bits = 12, .min_gates = 20, .max_gates = 30});
    Asked asked(circuit);
    ASSERT_TRUE(asked.constraints.ok());
    auto& [question, constraints, incumbents, upper] = asked;
    Optimizer optimizer(*constraints, circuit, 0, incumbents, upper);
    const auto truth = *reference::energy(circuit, question.objectives[0]).maximum;
    optimizer.relax(never);
    ASSERT_GE(upper.value(), truth);
    while (incumbents.value(0) < upper.value()) {
      optimizer.run(1, any_questions(random), never);
      ASSERT_LE(incumbents.value(0), truth);
      ASSERT_GE(upper.value(), truth);
    }
  }
}

// Beginning again, after a better input came from elsewhere, is right, happens once for an incumbent, and
// forgets no conflict that was counted.
TEST(Optimizer, BeginsAgainForABetterIncumbent) {
  int again = 0;
  for (int round = 0; round < generate::scaled(30); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 5000);
    const Circuit circuit = generate::layered_circuit(random, 12, {14, 8}, 4);
    Asked asked(circuit);
    ASSERT_TRUE(asked.constraints.ok());
    auto& [question, constraints, incumbents, upper] = asked;
    Optimizer optimizer(*constraints, circuit, 0, incumbents, upper);
    EXPECT_FALSE(optimizer.begin_again());
    optimizer.run(1, Optimizer::Questions::all, never);
    const auto truth = reference::energy(circuit, question.objectives[0]);
    const std::int64_t before = incumbents.value(0);
    InputBits bits(circuit.bit_count());
    for (int i = 0; i < 200; ++i) {
      for (auto& bit : bits) bit = static_cast<std::uint8_t>(random.coin());
      incumbents.offer(bits);
    }
    const std::uint64_t conflicts = optimizer.conflicts();
    if (incumbents.value(0) > before) {
      EXPECT_TRUE(optimizer.begin_again());
      EXPECT_FALSE(optimizer.begin_again());
      ++again;
    }
    EXPECT_EQ(optimizer.conflicts(), conflicts);
    optimizer.run(~std::uint64_t{0} / 2, any_questions(random), never);
    ASSERT_EQ(incumbents.value(0), *truth.maximum);
    ASSERT_EQ(upper.value(), *truth.maximum);
    EXPECT_GE(optimizer.conflicts(), conflicts);
  }
  EXPECT_GT(again, generate::scaled(3));
}

// From the example input, by neighbourhoods alone, nearly always to the best input.
TEST(Neighbourhoods, FindBetterInputs) {
  int reached = 0;
  const int rounds = generate::scaled(20);
  for (int round = 0; round < rounds; ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 77);
    const Circuit circuit = generate::layered_circuit(random, 14, {10, 6}, 3);
    const Question question{circuit, {generate::total_objective(circuit)}};
    const auto constraints = encode::constraints_of(circuit, question.objectives[0].cost, false);
    ASSERT_TRUE(constraints.ok());
    branch_bound::Incumbents incumbents(question);
    Neighbourhoods neighbourhoods(*constraints, circuit, 0, incumbents, 1);
    neighbourhoods.run(1500, {}, never);
    const auto truth = *reference::energy(circuit, question.objectives[0]).maximum;
    ASSERT_LE(incumbents.value(0), truth);
    reached += incumbents.value(0) == truth ? 1 : 0;
  }
  EXPECT_GE(reached, rounds * 3 / 4);
}

}  // namespace
}  // namespace gatelight::engines::learning
