// SPDX-License-Identifier: Apache-2.0
//
// Every engine, instruction set and thread count gives the reference's answer.
#include <gtest/gtest.h>

#include <array>

#include "base/cpu.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/choices.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

constexpr int shards = 10;
constexpr int circuits_per_shard = 2000;

// The whole circuit, and a random part of it as a second question.
engines::Question draw_question(base::Random& random, Circuit circuit) {
  engines::Question question{circuit, {generate::total_objective(circuit)}, true};
  engines::Objective part = question.objectives[0];
  for (auto& cost : part.cost) cost = random.coin() ? 0 : cost;
  question.objectives.push_back(part);
  return question;
}

void expect_witness(const engines::Question& question, const engines::Answer& answer) {
  for (std::size_t i = 0; i < question.objectives.size(); ++i) {
    const auto& best = answer.best[i];
    ASSERT_TRUE(reference::in_domain(question.circuit, best.witness));
    const auto values = reference::outputs(question.circuit, best.witness);
    std::int64_t total = 0;
    for (std::size_t g = 0; g < values.size(); ++g)
      total += values[g] != 0 ? question.objectives[i].cost[g] : 0;
    ASSERT_EQ(total, best.bounds.lower);
  }
}

struct Expected {
  std::vector<std::int64_t> maximum;
  std::map<std::int64_t, engines::InputCount> histogram;
};

Expected reference_answer(const engines::Question& question) {
  Expected expected;
  for (const auto& objective : question.objectives) {
    const auto answer = reference::energy(question.circuit, objective);
    if (expected.maximum.empty())
      expected.histogram.insert(answer.histogram.begin(), answer.histogram.end());
    expected.maximum.push_back(*answer.maximum);
  }
  return expected;
}

void expect_answer(const engines::Question& question, const Expected& expected,
                   const Result<engines::Answer>& answer) {
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  for (std::size_t i = 0; i < question.objectives.size(); ++i) {
    ASSERT_EQ(answer->best[i].bounds.lower, expected.maximum[i]) << "objective " << i;
    ASSERT_EQ(answer->best[i].bounds.upper, expected.maximum[i]) << "objective " << i;
  }
  expect_witness(question, *answer);
}

// Open or closed.
void expect_interval(const engines::Question& question, const Expected& expected,
                     const Result<engines::Answer>& answer) {
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  for (std::size_t i = 0; i < question.objectives.size(); ++i) {
    ASSERT_LE(answer->best[i].bounds.lower, expected.maximum[i]) << "objective " << i;
    ASSERT_GE(answer->best[i].bounds.upper, expected.maximum[i]) << "objective " << i;
  }
  expect_witness(question, *answer);
}

class Agreement : public testing::TestWithParam<int> {};

// Every instruction set, with and without generated code, with and without histogram (which needs every
// lane, so nothing is filtered); 1, 2 and 8 threads in turn.
class Sweeps {
 public:
  explicit Sweeps(engines::Question question)
      : question_(std::move(question)), expected_(reference_answer(question_)) {}

  void run() {
    for (const base::InstructionSet set : base::available_instruction_sets()) {
      for (const auto code : {engines::exhaustive::CodeChoice::interpreted,
                              engines::exhaustive::CodeChoice::generated}) {
        for (const bool histogram : {true, false}) {
          sweep(set, code, histogram);
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }

 private:
  void sweep(base::InstructionSet set, engines::exhaustive::CodeChoice code, bool histogram) {
    static int count = 0;
    Limits limits;
    limits.threads = std::array{1, 2, 8}[static_cast<std::size_t>(count++ % 3)];
    SCOPED_TRACE(std::string(base::name(set)) + ", threads " + std::to_string(limits.threads) +
                 (code == engines::exhaustive::CodeChoice::generated ? ", generated" : "") +
                 (histogram ? ", histogram" : ""));
    const base::ScopedInstructionSet forced(set);
    const engines::exhaustive::ScopedChoices chosen({.code = code});
    question_.histogram = histogram;
    const auto answer = engines::enumerate(question_, limits);
    expect_answer(question_, expected_, answer);
    ASSERT_EQ(answer->histogram.has_value(), histogram);
    if (histogram) {
      ASSERT_EQ(*answer->histogram, expected_.histogram);
    }
    if (witness_.empty()) witness_ = answer->best[0].witness;
    ASSERT_EQ(witness_, answer->best[0].witness) << "the same witness everywhere";
  }

  engines::Question question_;
  Expected expected_;
  InputBits witness_;
};

TEST_P(Agreement, EnumerateEqualsTheReference) {
  const int shard = GetParam();
  base::Random random(1000 + static_cast<std::uint64_t>(shard));
  for (int round = 0; round < generate::scaled(circuits_per_shard); ++round) {
    SCOPED_TRACE("seed " + std::to_string(1000 + shard) + ", round " + std::to_string(round));
    // Beyond 10 inputs there is more than one block.
    const int most = round % 100 == 0 ? 13 : round % 10 == 0 ? 12 : 8;
    Sweeps(draw_question(random, generate::random_circuit(random, {.max_bits = most}))).run();
    if (HasFatalFailure()) return;
  }
}

TEST_P(Agreement, SearchEqualsTheReference) {
  const int shard = GetParam();
  base::Random random(2000 + static_cast<std::uint64_t>(shard));
  for (int round = 0; round < generate::scaled(circuits_per_shard / 8); ++round) {
    SCOPED_TRACE("seed " + std::to_string(2000 + shard) + ", round " + std::to_string(round));
    auto question = draw_question(random, generate::random_circuit(random, {.max_bits = 10}));
    question.histogram = false;
    const Expected expected = reference_answer(question);
    const auto glance = engines::glance(question, {});
    expect_interval(question, expected, glance);
    for (const int threads : {1, 2}) {
      Limits limits;
      limits.threads = threads;
      const auto nothing = generate::nothing_known(question);
      expect_answer(question, expected, engines::search(question, limits, &nothing));
      expect_answer(question, expected, engines::search(question, limits, &*glance));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(Agreement, BoxEqualsTheReference) {
  const int shard = GetParam();
  base::Random random(5000 + static_cast<std::uint64_t>(shard));
  for (int round = 0; round < generate::scaled(circuits_per_shard / 8); ++round) {
    SCOPED_TRACE("seed " + std::to_string(5000 + shard) + ", round " + std::to_string(round));
    const auto circuit = round % 3 == 0 ? generate::random_circuit(random, {.max_bits = 10})
                                        : generate::control_network(random, {});
    auto question = draw_question(random, circuit);
    question.histogram = false;
    const Expected expected = reference_answer(question);
    for (const int threads : {1, 2}) {
      Limits limits;
      limits.threads = threads;
      // Boxes of few points are cut further instead of swept, so that bounds decide.
      expect_answer(
          question, expected,
          engines::box_search(question, limits, {.sweep_points = round % 2 == 0 ? 2U : 0U}));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(Agreement, DiagramEqualsTheReference) {
  const int shard = GetParam();
  base::Random random(4000 + static_cast<std::uint64_t>(shard));
  for (int round = 0; round < generate::scaled(circuits_per_shard / 2); ++round) {
    SCOPED_TRACE("seed " + std::to_string(4000 + shard) + ", round " + std::to_string(round));
    const int most = round % 25 == 0 ? 12 : 9;
    const auto question =
        draw_question(random, generate::random_circuit(random, {.max_bits = most}));
    const Expected expected = reference_answer(question);
    const auto result = engines::diagram_of(question, {}, {.order_seconds = 0.01});
    ASSERT_TRUE(result.ok()) << result.error().text();
    ASSERT_TRUE(result->complete);
    expect_answer(question, expected, *result->answer);
    ASSERT_EQ(result->answer->histogram, expected.histogram);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, Agreement, testing::Range(0, shards));

// Interval bounds are sound everywhere.
TEST(IntervalBound, IsAtLeastTheEnergy) {
  base::Random random(3000);
  for (int round = 0; round < generate::scaled(2000); ++round) {
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 8});
    const auto objective = generate::total_objective(circuit);
    ASSERT_GE(engines::interval_upper_bound(circuit, objective),
              *reference::energy(circuit, objective).maximum)
        << "round " << round;
  }
}

}  // namespace
}  // namespace gatelight
