// SPDX-License-Identifier: Apache-2.0
#include "engines/learning/cells.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::learning {
namespace {

bool never() { return false; }

// Cells that are halved at once, later, or not at all; counted are some of the variables.
struct Asked {
  Asked(const Circuit& circuit, base::Random& random)
      : question{circuit, {generate::total_objective(circuit)}},
        constraints(encode::constraints_of(circuit, question.objectives[0].cost, false)),
        incumbents(question),
        upper(interval_upper_bound(circuit, question.objectives[0])) {
    std::vector<encode::Variable> counted;
    for (encode::Variable v = 0; v < constraints->variables.size(); ++v) {
      if (random.coin()) counted.push_back(v);
    }
    const double efforts[] = {0, 50, Cells::usual_effort};
    cells.emplace(*constraints, std::move(counted), circuit, 0, incumbents, upper,
                  efforts[random.below(3)]);
  }
  Question question;
  Result<encode::Constraints> constraints;
  branch_bound::Incumbents incumbents;
  branch_bound::SharedUpper upper;
  std::optional<Cells> cells;
};

TEST(Cells, EqualsBruteForce) {
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 4000);
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 9, .max_gates = 14});
    Asked asked(circuit, random);
    const auto truth = *reference::energy(circuit, asked.question.objectives[0]).maximum;
    while (asked.incumbents.value(0) < asked.upper.value()) {
      asked.cells->work(never);
      ASSERT_LE(asked.incumbents.value(0), truth);
      ASSERT_GE(asked.upper.value(), truth);
    }
    ASSERT_EQ(asked.incumbents.value(0), truth);
  }
}

// An interrupted turn proves nothing that is wrong, and is taken up again.
TEST(Cells, MayBeStoppedAtAnyMoment) {
  std::size_t most = 0;
  for (int round = 0; round < generate::scaled(15); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 8000);
    const Circuit circuit = generate::layered_circuit(random, 11, {10, 8}, 3);
    Asked asked(circuit, random);
    const auto truth = *reference::energy(circuit, asked.question.objectives[0]).maximum;
    std::uint64_t patience = 1;
    while (asked.incumbents.value(0) < asked.upper.value()) {
      std::uint64_t looks = 0;
      asked.cells->work([&] { return ++looks > patience; });
      patience += patience / 4 + 1;
      most = std::max(most, asked.cells->size());
      ASSERT_GE(asked.upper.value(), truth);
    }
    ASSERT_EQ(asked.upper.value(), truth);
  }
  EXPECT_GT(most, 2U) << "nothing was ever split";
}

TEST(Cells, AreSharedByThreads) {
  for (int round = 0; round < generate::scaled(10); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 6000);
    const Circuit circuit = generate::layered_circuit(random, 12, {10, 8}, 3);
    Asked asked(circuit, random);
    const auto work = [&] {
      while (asked.incumbents.value(0) < asked.upper.value()) asked.cells->work(never);
    };
    std::thread other(work);
    work();
    other.join();
    const auto truth = *reference::energy(circuit, asked.question.objectives[0]).maximum;
    EXPECT_EQ(asked.incumbents.value(0), truth);
    EXPECT_EQ(asked.upper.value(), truth);
  }
}

}  // namespace
}  // namespace gatelight::engines::learning
