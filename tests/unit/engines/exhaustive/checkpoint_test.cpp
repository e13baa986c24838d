// SPDX-License-Identifier: Apache-2.0
//
// Sweeps that are stopped and go on, and states that are not what they should be.
#include "engines/exhaustive/checkpoint.hpp"

#include "base/digest.hpp"
#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "unit/engines/exhaustive/sweep_cases.hpp"

namespace gatelight::engines::exhaustive {
namespace {

// A checkpoint in memory.
struct Memory {
  std::optional<std::string> state;
  int saves = 0;
  Checkpoint checkpoint(double seconds = 1e9) {
    return {"memory", [this] { return Result<std::optional<std::string>>(state); },
            [this](const std::string& text) {
              state = text;
              ++saves;
              return Result<void>();
            },
            seconds};
  }
};

Question wide_question(base::Random& random, bool histogram, int bits = 24) {
  const Circuit circuit = generate::layered_circuit(random, bits, {18, 9, 4}, 3);
  Question question{circuit, {generate::total_objective(circuit)}, histogram};
  Objective part = question.objectives[0];
  for (auto& cost : part.cost) cost = random.coin() ? cost : 0;
  question.objectives.push_back(part);
  return question;
}

void expect_same(const Answer& one, const Answer& other) {
  for (std::size_t i = 0; i < one.best.size(); ++i) {
    EXPECT_EQ(one.best[i].bounds, other.best[i].bounds);
    EXPECT_EQ(one.best[i].witness, other.best[i].witness);
  }
  EXPECT_EQ(one.histogram, other.histogram);
  EXPECT_EQ(one.nodes, other.nodes);
}

TEST(Checkpoint, StoppedAgainAndAgainTheAnswerIsTheSame) {
  base::Random random(77);
  for (const bool histogram : {false, true}) {
    const int bits = histogram ? 24 : 27;
    const Question question = wide_question(random, histogram, bits);
    const std::string finished = "next " + std::to_string(std::uint64_t{1} << (bits - lane_bits));
    const Answer expected = *enumerate(question, {});
    Memory memory;
    Answer answer;
    int runs = 0;
    do {
      StopToken stop;
      Limits limits;
      limits.threads = 1 + runs % 3;
      limits.stop = &stop;
      Checkpoint checkpoint = memory.checkpoint(0);
      int saves = 0;
      checkpoint.save = [&](const std::string& text) {
        memory.state = text;
        if (++saves == 4) stop.request_stop();
        return Result<void>();
      };
      const auto result = enumerate(question, limits, &checkpoint);
      ASSERT_TRUE(result.ok()) << result.error().text();
      answer = *result;
      EXPECT_LE(answer.best[0].bounds.lower, expected.best[0].bounds.lower);
      EXPECT_GE(answer.best[0].bounds.upper, expected.best[0].bounds.upper);
      ASSERT_LT(++runs, 10'000);
    } while (memory.state->find(finished) == std::string::npos);
    EXPECT_GT(runs, 2) << "the sweep was never stopped";
    expect_same(answer, expected);
    // A finished one answers at once, and again.
    const Checkpoint checkpoint = memory.checkpoint();
    expect_same(*enumerate(question, {}, &checkpoint), expected);
  }
}

TEST(Checkpoint, SavedOftenTheAnswerIsTheSame) {
  base::Random random(78);
  const Question question = wide_question(random, true);
  Memory memory;
  const Checkpoint checkpoint = memory.checkpoint(0);
  Limits limits;
  limits.threads = 2;
  expect_same(*enumerate(question, limits, &checkpoint), *enumerate(question, {}));
  EXPECT_GT(memory.saves, 5);
}

// From every state saved on the way, as after a crash.
TEST(Checkpoint, GoesOnFromEveryState) {
  base::Random random(79);
  const Question question = wide_question(random, true);
  const Answer expected = *enumerate(question, {});
  Memory memory;
  std::vector<std::string> states;
  Checkpoint checkpoint = memory.checkpoint(0);
  checkpoint.save = [&](const std::string& text) {
    states.push_back(text);
    return Result<void>();
  };
  expect_same(*enumerate(question, {}, &checkpoint), expected);
  for (std::size_t i = 0; i < states.size(); i += 1 + states.size() / 20) {
    Memory other{states[i]};
    const Checkpoint again = other.checkpoint();
    expect_same(*enumerate(question, {}, &again), expected);
  }
}

TEST(Checkpoint, AlteredAndTornStatesAreDetected) {
  base::Random random(80);
  const Question question = wide_question(random, true);
  const Plan plan = *compile_plan(question);
  const std::string identity = identity_of(question, plan);
  const SweepState state{5, {{7, 1234}, {3, 99}}, {{0, 17}, {4, 1}}};
  const std::string text = format_state(state, identity);
  EXPECT_EQ(*parse_state(text, identity, plan), state);
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_state(text.substr(0, length), identity, plan).ok()) << length;
  }
  for (int round = 0; round < generate::scaled(500); ++round) {
    std::string other = text;
    const std::size_t at = random.below(other.size());
    other[at] = static_cast<char>(other[at] ^ (1 << random.below(8)));
    EXPECT_FALSE(parse_state(other, identity, plan).ok()) << "seed 80, byte " << at;
  }
  EXPECT_FALSE(parse_state(text + "\n", identity, plan).ok());
}

// Whoever forges the digest too still cannot make a state that does not fit.
TEST(Checkpoint, StatesThatDoNotFitAreRefused) {
  base::Random random(81);
  const Question question = wide_question(random, true);
  const Plan plan = *compile_plan(question);
  const std::string identity = identity_of(question, plan);
  const auto parses = [&](const SweepState& state) {
    return parse_state(format_state(state, identity), identity, plan).ok();
  };
  EXPECT_TRUE(parses({16384, {{7, 0}, {3, 0}}, {}}));
  EXPECT_FALSE(parses({16385, {{7, 0}, {3, 0}}, {}})) << "more blocks than there are";
  EXPECT_FALSE(parses({1, {{7, 0}}, {}})) << "a target is missing";
  EXPECT_FALSE(parses({1, {{7, 0}, {3, 0}, {3, 0}}, {}}));
  EXPECT_FALSE(parses({1, {{7, 0}, {3, std::uint64_t{1} << 40}}, {}})) << "no such input";
}

TEST(Checkpoint, OfAnotherQuestionIsRefused) {
  base::Random random(82);
  const Question question = wide_question(random, false);
  Memory memory;
  const Checkpoint checkpoint = memory.checkpoint();
  ASSERT_TRUE(enumerate(question, {}, &checkpoint).ok());
  Question other = question;
  other.objectives[1].cost[0] ^= 1;
  const auto answer = enumerate(other, {}, &checkpoint);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::bad_input);
  EXPECT_NE(answer.error().text().find("belongs to another circuit"), std::string::npos);
  EXPECT_NE(answer.error().text().find("memory"), std::string::npos) << "names the checkpoint";
}

TEST(Checkpoint, WhatCannotBeSavedIsSaidAtOnceOrAtTheEnd) {
  base::Random random(83);
  const Question question = wide_question(random, false);
  const Error full{ErrorCode::io, "the disk is full", ""};
  Memory memory;
  Checkpoint checkpoint = memory.checkpoint();
  checkpoint.save = [&](const std::string&) { return Result<void>(full); };
  const auto refused = enumerate(question, {}, &checkpoint);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  int saves = 0;
  checkpoint.save = [&](const std::string&) {
    return saves++ == 0 ? Result<void>() : Result<void>(full);
  };
  const auto answer = enumerate(question, {}, &checkpoint);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->best[0].bounds, enumerate(question, {})->best[0].bounds);
  ASSERT_EQ(answer->notes.size(), 1U);
  EXPECT_NE(answer->notes[0].find("the disk is full"), std::string::npos);
}

}  // namespace
}  // namespace gatelight::engines::exhaustive
