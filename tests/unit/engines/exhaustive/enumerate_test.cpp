// SPDX-License-Identifier: Apache-2.0
//
// The engine around the kernels: threads, limits, determinism, planted answers.
#include <atomic>
#include <thread>

#include "base/random.hpp"
#include "unit/engines/exhaustive/sweep_cases.hpp"

namespace gatelight::engines {
namespace {

using exhaustive_test::all_costs;
using exhaustive_test::Small;

Question ask(const Circuit& circuit, bool histogram = false) {
  return {circuit, {all_costs(circuit)}, histogram};
}

// n gates each firing where one bit equals the planted input's, and one that needs all bits: only
// the planted input reaches n + 1.
Circuit planted(const InputBits& secret) {
  Small small(static_cast<int>(secret.size()));
  std::vector<WrittenWire> wires;
  std::int64_t ones = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const std::int64_t sign = secret[i] != 0 ? 1 : -1;
    ones += secret[i];
    wires.push_back({small.bits[i], sign});
    small.gate({{small.bits[i], sign}}, secret[i] != 0 ? 1 : 0);
  }
  small.gate(wires, ones);
  return small.build();
}

TEST(Enumerate, FindsTheOnlyMaximum) {
  base::Random random(5);
  for (const std::size_t inputs : {std::size_t{20}, std::size_t{22}}) {
    InputBits secret(inputs);
    for (auto& bit : secret) bit = random.coin() ? 1 : 0;
    const Circuit circuit = planted(secret);
    for (const auto set : base::available_instruction_sets()) {
      const base::ScopedInstructionSet forced(set);
      const auto answer = enumerate(ask(circuit, true), {});
      EXPECT_EQ(answer->best[0].bounds.lower, static_cast<std::int64_t>(inputs) + 1);
      EXPECT_EQ(answer->best[0].witness, secret);
      EXPECT_EQ(answer->histogram->rbegin()->second, InputCount{1});
      InputCount total = 0;
      for (const auto& [value, inputs_there] : *answer->histogram) total += inputs_there;
      EXPECT_EQ(total, InputCount{1} << inputs);
      EXPECT_EQ(answer->nodes, std::uint64_t{1} << inputs);
    }
  }
}

// 18 inputs, several layers, maxima reached by many inputs.
Circuit crowded() {
  base::Random random(17);
  Small small(18);
  std::vector<Source> gates;
  for (int g = 0; g < 12; ++g) {
    std::vector<WrittenWire> wires;
    for (const Source bit : small.bits) {
      if (random.coin()) wires.push_back({bit, random.coin() ? 1 : -1});
    }
    gates.push_back(small.gate(wires, 1));
  }
  for (int g = 0; g < 6; ++g) {
    std::vector<WrittenWire> wires;
    for (const Source gate : gates) wires.push_back({gate, random.coin() ? 2 : -1});
    small.gate(wires, 2);
  }
  return small.build();
}

TEST(Enumerate, SameAnswerForEveryCpuAndThreadCount) {
  const Circuit circuit = crowded();
  Question question = ask(circuit);
  Objective part = question.objectives[0];
  for (std::size_t g = 0; g < 9; ++g) part.cost[g] = 0;
  question.objectives.push_back(part);
  std::vector<Answer> answers;
  for (const bool histogram : {false, true}) {
    question.histogram = histogram;
    for (const auto set : base::available_instruction_sets()) {
      const base::ScopedInstructionSet forced(set);
      for (const int threads : {1, 2, 8}) {
        Limits limits;
        limits.threads = threads;
        answers.push_back(*enumerate(question, limits));
      }
    }
  }
  for (const Answer& answer : answers) {
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(answer.best[i].bounds, answers[0].best[i].bounds);
      EXPECT_EQ(answer.best[i].witness, answers[0].best[i].witness);
    }
    EXPECT_EQ(answer.histogram.has_value(),
              &answer - answers.data() >= static_cast<std::ptrdiff_t>(answers.size() / 2));
    if (answer.histogram) {
      EXPECT_EQ(answer.histogram, answers.back().histogram);
    }
  }
}

TEST(Enumerate, TheWitnessIsTheFirstOfManyInAnyThread) {
  // Every input is a maximum, so every thread finds one in its first block.
  Small small(23);
  for (const Source bit : small.bits) {
    small.gate({{bit, 1}}, 1);
    small.gate({{bit, -1}}, 0);
  }
  const Circuit circuit = small.build();
  for (const int threads : {1, 2, 8}) {
    Limits limits;
    limits.threads = threads;
    const auto answer = enumerate(ask(circuit), limits);
    EXPECT_EQ(answer->best[0].bounds, (Bounds<std::int64_t>{23, 23}));
    EXPECT_EQ(answer->best[0].witness, InputBits(23, 0));
  }
}

TEST(Enumerate, EndsEarlyWhereTheBoundIsReached) {
  // All 40 gates fire together at once: no need for 2^40 inputs.
  Small small(40);
  for (const Source bit : small.bits) small.gate({{bit, -1}}, 0);
  const Circuit circuit = small.build();
  for (const int threads : {1, 4}) {
    Limits limits;
    limits.threads = threads;
    const auto answer = enumerate(ask(circuit), limits);
    EXPECT_EQ(answer->best[0].bounds, (Bounds<std::int64_t>{40, 40}));
    EXPECT_EQ(answer->best[0].witness, InputBits(40, 0));
  }
}

// 48 inputs that no bound settles: x_i and not x_i can never both fire, which intervals do not see.
Circuit endless() {
  Small small(48);
  for (const Source bit : small.bits) {
    small.gate({{bit, 1}}, 1);
    small.gate({{bit, -1}}, 0);
  }
  DomainSpec domain;
  std::vector<WrittenWire> all;
  for (const Source bit : small.bits) all.push_back({bit, 1});
  domain.linear = {{all, 24, 24}};
  return small.build(domain);
}

void expect_open(const Result<Answer>& answer, const Circuit& circuit) {
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->best[0].bounds.lower, 48);
  EXPECT_EQ(answer->best[0].bounds.upper, interval_upper_bound(circuit, all_costs(circuit)));
  EXPECT_GT(answer->best[0].bounds.upper, 48);
  EXPECT_TRUE(circuit.in_domain(answer->best[0].witness));
  EXPECT_FALSE(answer->histogram.has_value());
}

TEST(Enumerate, StopTokenEndsTheSweepWithASoundInterval) {
  const Circuit circuit = endless();
  for (const int threads : {1, 3}) {
    StopToken stop;
    Limits limits;
    limits.threads = threads;
    limits.stop = &stop;
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      stop.request_stop();
    });
    expect_open(enumerate(ask(circuit, true), limits), circuit);
  }
}

TEST(Enumerate, StoppedBeforeItBeganItReturnsTheExample) {
  const Circuit circuit = endless();
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  const auto answer = enumerate(ask(circuit), limits);
  expect_open(answer, circuit);
  EXPECT_EQ(answer->best[0].witness, circuit.example_input());
  EXPECT_EQ(answer->nodes, 0U);
}

TEST(Enumerate, TimeLimitAndProgress) {
  const Circuit circuit = endless();
  std::atomic<int> calls{0};
  Limits limits;
  limits.threads = 2;
  limits.seconds = 0.5;
  limits.progress = [&](const Progress& progress) {
    ++calls;
    EXPECT_GT(progress.nodes, 0U);
    EXPECT_GE(progress.done, 0);
    EXPECT_LT(progress.done, 1);
    EXPECT_LE(progress.lower, *progress.upper);
  };
  const auto start = std::chrono::steady_clock::now();
  expect_open(enumerate(ask(circuit), limits), circuit);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_GE(calls.load(), 1);
  EXPECT_LE(calls.load(), 3);
}

TEST(Enumerate, UnreadBitsMultiplyTheHistogram) {
  Small small(62);
  small.gate({{small.bits[0], 1}, {small.bits[61], 1}}, 2);
  const auto answer = enumerate(ask(small.build(), true), {});
  EXPECT_EQ(answer->histogram->at(1), InputCount{1} << 60);
  EXPECT_EQ(answer->histogram->at(0), InputCount{3} << 60);
  EXPECT_EQ(answer->nodes, std::uint64_t{1} << 62);
}

TEST(Enumerate, NoGatesAndNoInputs) {
  const auto answer = enumerate(ask(Small(0).build(), true), {});
  EXPECT_EQ(answer->best[0].bounds, (Bounds<std::int64_t>{0, 0}));
  EXPECT_EQ(answer->histogram->at(0), InputCount{1});
}

TEST(Enumerate, AProgressCallbackThatThrowsEndsTheSweep) {
  Limits limits;
  limits.threads = 3;
  limits.progress = [](const Progress&) { throw std::runtime_error("callback"); };
  EXPECT_THROW((void)enumerate(ask(endless()), limits), std::runtime_error);
}

}  // namespace
}  // namespace gatelight::engines
