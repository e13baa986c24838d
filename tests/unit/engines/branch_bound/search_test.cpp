// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "engines/branch_bound/tree.hpp"
#include "engines/engine.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines {
namespace {

Limits with(int threads, double seconds = 0, const StopToken* stop = nullptr) {
  Limits limits;
  limits.threads = threads;
  limits.seconds = seconds;
  limits.stop = stop;
  return limits;
}

// The total, and the gates of each level.
Question question_with_levels(const Circuit& circuit) {
  Question question{circuit, {generate::total_objective(circuit)}};
  const Objective total = question.objectives[0];
  for (std::uint32_t gate = 0; gate < circuit.gate_count(); ++gate) {
    const auto level = static_cast<std::size_t>(circuit.level(GateId{gate}));
    while (question.objectives.size() <= level) {
      question.objectives.push_back({std::vector<std::int64_t>(circuit.gate_count(), 0)});
    }
    question.objectives[level].cost[gate] = total.cost[gate];
  }
  return question;
}

void expect_sound(const Question& question, const Answer& answer) {
  ASSERT_EQ(answer.best.size(), question.objectives.size());
  for (std::size_t i = 0; i < answer.best.size(); ++i) {
    const Best& best = answer.best[i];
    EXPECT_LE(best.bounds.lower, best.bounds.upper);
    EXPECT_TRUE(reference::in_domain(question.circuit, best.witness));
    EXPECT_EQ(objective_value(question.circuit, question.objectives[i], best.witness),
              best.bounds.lower);
  }
}

TEST(Search, EqualsBruteForce) {
  for (int round = 0; round < generate::scaled(80); ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    SCOPED_TRACE("seed " + std::to_string(round));
    const Question question = question_with_levels(generate::random_circuit(random));
    Limits limits;
    limits.seed = random();
    limits.threads = round % 5 == 0 ? 3 : 1;
    const Answer nothing = generate::nothing_known(question);
    const auto answer = search(question, limits, round % 3 == 0 ? nullptr : &nothing);
    ASSERT_TRUE(answer.ok());
    expect_sound(question, *answer);
    for (std::size_t i = 0; i < question.objectives.size(); ++i) {
      const auto truth = reference::energy(question.circuit, question.objectives[i]).maximum;
      EXPECT_EQ(answer->best[i].bounds.lower, truth) << "objective " << i;
      EXPECT_EQ(answer->best[i].bounds.upper, truth) << "objective " << i;
    }
    if (HasFailure()) return;
  }
}

// Where pairs of gates exclude each other, that is known before the search; without it these take minutes.
TEST(Search, StructuredCircuitsAreClosed) {
  const auto expect_energy = [](const Circuit& circuit, std::int64_t energy) {
    const Question question{circuit, {generate::total_objective(circuit)}};
    for (const int threads : {1, 2}) {
      const auto answer = search(question, with(threads, 10));
      ASSERT_TRUE(answer.ok());
      expect_sound(question, *answer);
      EXPECT_EQ(answer->best[0].bounds.lower, energy);
      EXPECT_EQ(answer->best[0].bounds.upper, energy);
    }
  };
  expect_energy(generate::equality(33, 33, false), 1);
  expect_energy(generate::disjointness(28, 7), 5);
  expect_energy(generate::multiplexer(6), 2);
}

// The tree alone, from the example input: no local search hides what it would miss.
void expect_tree_finds(std::int64_t truth, const Circuit& circuit,
                       branch_bound::Branching branching, std::size_t queue_memory) {
  using namespace branch_bound;
  const Question question{circuit, {generate::total_objective(circuit)}};
  const Network network(circuit, question.objectives[0]);
  const Propagator root(network);
  Incumbents incumbents(question);
  OpenNodes open(1, queue_memory);
  open.add({root.upper(), {}});
  std::atomic<std::uint64_t> nodes{0};
  const Tree tree{network, root, 0, branching, incumbents, open, nodes, [] { return false; }};
  TreeWorker(tree, 0, {}).run();
  EXPECT_TRUE(open.finished());
  EXPECT_EQ(incumbents.value(0), truth);
}

TEST(Search, TheTreeAloneIsComplete) {
  using branch_bound::Branching;
  for (int round = 0; round < generate::scaled(25); ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 700);
    SCOPED_TRACE("seed " + std::to_string(round + 700));
    const Circuit circuit =
        generate::random_circuit(random, {.min_bits = 9, .max_bits = 11, .max_gates = 20});
    const std::int64_t truth =
        *reference::energy(circuit, generate::total_objective(circuit)).maximum;
    expect_tree_finds(truth, circuit, Branching::bits, 1 << 20);
    expect_tree_finds(truth, circuit, Branching::gates, 1 << 20);
    expect_tree_finds(truth, circuit, Branching::bits, 0);  // always full: depth-first
    if (HasFailure()) return;
  }
}

// One gate for each of 32 inputs; the tree must find the single input whose gate is dear, wherever
// in the sweep it comes.
TEST(Search, TheTreeMissesNoInput) {
  for (std::uint32_t dear = 0; dear < 32; ++dear) {
    CircuitBuilder builder;
    std::vector<Source> bits;
    for (int i = 0; i < 5; ++i) {
      bits.push_back(Source::word(*builder.add_input({"x" + std::to_string(i)})));
    }
    for (std::uint32_t input = 0; input < 32; ++input) {
      GateSpec gate{.name = "g" + std::to_string(input), .cost = input == dear ? 2 : 1};
      for (std::size_t i = 0; i < 5; ++i) {
        const bool one = (input >> i & 1U) != 0;
        gate.wires.push_back({bits[i], one ? 1 : -1});
        gate.threshold += one ? 1 : 0;
      }
      ASSERT_TRUE(builder.add_gate(gate).ok());
    }
    const Circuit circuit = *std::move(builder).build();
    expect_tree_finds(2, circuit, branch_bound::Branching::bits, 1 << 20);
    expect_tree_finds(2, circuit, branch_bound::Branching::gates, 1 << 20);
  }
}

TEST(Search, IncumbentsRefuseInputsOutsideTheDomain) {
  CircuitBuilder builder;
  const Source a = Source::word(*builder.add_input({"a"}));
  ASSERT_TRUE(builder.add_gate({.name = "on", .wires = {{a, 1}}, .threshold = 1}).ok());
  const Circuit circuit = *std::move(builder).build({.fix = {{a, 0}}});
  const Question question{circuit, {{{5}}, {{0}}}};
  branch_bound::Incumbents incumbents(question);
  incumbents.offer({1});
  EXPECT_EQ(incumbents.value(0), 0);
  EXPECT_EQ(incumbents.witness(0), InputBits{0});
}

TEST(Search, ClosesLayeredNetworks) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    base::Random random(seed);
    const Circuit circuit = generate::layered_circuit(random, 14, {12, 8, 4}, 7);
    const Question question{circuit, {generate::total_objective(circuit)}};
    const Answer nothing = generate::nothing_known(question);
    const auto answer = search(question, with(static_cast<int>(seed)), &nothing);
    ASSERT_TRUE(answer.ok());
    expect_sound(question, *answer);
    EXPECT_TRUE(answer->best[0].bounds.closed());
    EXPECT_EQ(answer->best[0].bounds.lower,
              *reference::energy(circuit, question.objectives[0]).maximum);
  }
}

TEST(Search, OneThreadAndASeedRepeatExactly) {
  base::Random random(3);
  const Question question = question_with_levels(generate::layered_circuit(random, 16, {12, 8}, 3));
  Limits limits;
  limits.seed = 5;
  const Answer nothing = generate::nothing_known(question);
  for (const Answer* known : {&nothing, static_cast<const Answer*>(nullptr)}) {
    const auto first = search(question, limits, known);
    const auto second = search(question, limits, known);
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_EQ(first->nodes, second->nodes);
    for (std::size_t i = 0; i < question.objectives.size(); ++i) {
      EXPECT_EQ(first->best[i].bounds, second->best[i].bounds);
      EXPECT_EQ(first->best[i].witness, second->best[i].witness);
    }
  }
}

TEST(Glance, SettlesEasyQuestionsAndNoHardOnes) {
  base::Random random(31);
  const Circuit easy = generate::layered_circuit(random, 40, {10, 5}, 2);
  const Question question = question_with_levels(easy);
  const auto seen = glance(question, {});
  ASSERT_TRUE(seen.ok());
  expect_sound(question, *seen);
  for (const Best& best : seen->best) EXPECT_TRUE(best.bounds.closed());
  const Circuit hard = generate::layered_circuit(random, 60, {60, 40, 20}, 15);
  const Question open{hard, {generate::total_objective(hard)}};
  const auto stopped = glance(open, {});
  ASSERT_TRUE(stopped.ok());
  expect_sound(open, *stopped);
  EXPECT_FALSE(stopped->best[0].bounds.closed());
  EXPECT_GT(stopped->best[0].bounds.lower, generate::nothing_known(open).best[0].bounds.lower);
}

// The example input leaves the gate silent, and a single flip shows that it fires.
TEST(Glance, LooksAtThresholdGatesOnly) {
  const auto bounds = [](const Activation& activation) {
    CircuitBuilder builder;
    const Source a = Source::word(*builder.add_input({"a"}));
    EXPECT_TRUE(
        builder.add_gate({.name = "g", .wires = {{a, 2}}, .threshold = 1, .activation = activation})
            .ok());
    const Circuit circuit = *std::move(builder).build();
    return glance({circuit, {generate::total_objective(circuit)}}, {})->best[0].bounds;
  };
  EXPECT_EQ(bounds(Threshold{}), (Bounds<std::int64_t>{1, 1}));
  EXPECT_EQ(bounds(Relu{0, 2}), (Bounds<std::int64_t>{0, 1}));
}

// A search takes both ends from what is known, here: too small an upper end shows up in the answer.
TEST(Search, GoesOnFromWhatIsKnown) {
  base::Random random(33);
  const Circuit circuit = generate::layered_circuit(random, 30, {30, 15}, 9);
  const Question question{circuit, {generate::total_objective(circuit)}};
  StopToken stop;
  stop.request_stop();
  Answer known = generate::nothing_known(question);
  Answer better = *glance(question, {});
  ASSERT_GT(better.best[0].bounds.lower, known.best[0].bounds.lower);
  better.best[0].bounds.upper = known.best[0].bounds.upper - 1;
  const auto answer = search(question, with(1, 0, &stop), &better);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->best[0].bounds, better.best[0].bounds);
  EXPECT_EQ(answer->best[0].witness, better.best[0].witness);
}

TEST(Search, AStopLeavesASoundInterval) {
  base::Random random(4);
  const Question question =
      question_with_levels(generate::layered_circuit(random, 60, {40, 20}, 15));
  StopToken stop;
  stop.request_stop();
  const auto at_once = search(question, with(2, 0, &stop));
  ASSERT_TRUE(at_once.ok());
  expect_sound(question, *at_once);
  EXPECT_EQ(at_once->best[0].bounds.upper,
            interval_upper_bound(question.circuit, question.objectives[0]));
  for (const int threads : {1, 2}) {
    const Deadline clock({});
    const auto timed = search(question, with(threads, 0.2));
    EXPECT_LT(clock.elapsed(), 2.0);
    ASSERT_TRUE(timed.ok());
    expect_sound(question, *timed);
    EXPECT_GT(timed->best[0].bounds.lower, at_once->best[0].bounds.lower);
  }
}

// Stopped in the middle of the tree, the interval still holds the truth.
TEST(Search, AnIntervalStoppedMidwayHoldsTheTruth) {
  base::Random random(21);
  const Circuit circuit = generate::layered_circuit(random, 13, {24, 12}, 3);
  const Question question{circuit, {generate::total_objective(circuit)}};
  const std::int64_t truth = *reference::energy(circuit, question.objectives[0]).maximum;
  using namespace branch_bound;
  const Network network(circuit, question.objectives[0]);
  const Propagator root(network);
  for (int checks = 1; checks < 200; checks += 9) {
    Incumbents incumbents(question);
    OpenNodes open(1, 1 << 20);
    open.add({root.upper(), {}});
    std::atomic<std::uint64_t> nodes{0};
    int left = checks;
    const Tree tree{network,    root, 0,     checks % 2 == 0 ? Branching::bits : Branching::gates,
                    incumbents, open, nodes, [&left] { return --left < 0; }};
    TreeWorker(tree, 0, {}).run();
    const std::int64_t upper = std::max(open.upper().value_or(0), incumbents.value(0));
    EXPECT_LE(incumbents.value(0), truth);
    EXPECT_GE(upper, truth) << "after " << checks << " checks";
  }
}

TEST(Search, ReportsProgressThatEnclosesTheAnswer) {
  base::Random random(8);
  const Circuit circuit = generate::layered_circuit(random, 40, {40, 20}, 15);
  const Question question{circuit, {generate::total_objective(circuit)}};
  std::vector<Progress> reports;
  Limits limits = with(1, 0.9);
  limits.progress = [&](const Progress& progress) { reports.push_back(progress); };
  const auto answer = search(question, limits);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(reports.empty());
  for (const Progress& report : reports) {
    EXPECT_LE(report.lower, answer->best[0].bounds.lower);
    ASSERT_TRUE(report.upper.has_value());
    EXPECT_GE(*report.upper, answer->best[0].bounds.upper);
  }
}

// Two gates that exclude each other, at 2^61 each: nothing wraps.
TEST(Search, HugeCosts) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a"});
  constexpr std::int64_t cost = std::int64_t{1} << 61;
  ASSERT_TRUE(
      builder
          .add_gate({.name = "on", .wires = {{Source::word(a), 1}}, .threshold = 1, .cost = cost})
          .ok());
  ASSERT_TRUE(
      builder
          .add_gate({.name = "off", .wires = {{Source::word(a), -1}}, .threshold = 0, .cost = cost})
          .ok());
  const Circuit circuit = *std::move(builder).build();
  const auto answer = search({circuit, {{{cost, cost}}}}, {});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->best[0].bounds, (Bounds<std::int64_t>{cost, cost}));
}

TEST(Search, NoInputsNoGatesNoCosts) {
  CircuitBuilder empty;
  const auto nothing = search({*std::move(empty).build(), {{{}}}}, {});
  ASSERT_TRUE(nothing.ok());
  EXPECT_EQ(nothing->best[0].bounds, (Bounds<std::int64_t>{0, 0}));

  CircuitBuilder builder;
  ASSERT_TRUE(builder.add_gate({.name = "always", .threshold = -1}).ok());
  const Circuit constant = *std::move(builder).build();
  const auto answer = search({constant, {{{1}}, {{0}}}}, {});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->best[0].bounds, (Bounds<std::int64_t>{1, 1}));
  EXPECT_EQ(answer->best[1].bounds, (Bounds<std::int64_t>{0, 0}));
}

TEST(Search, RefusesObjectivesOfTheWrongSize) {
  CircuitBuilder builder;
  ASSERT_TRUE(builder.add_gate({.name = "g", .threshold = 0}).ok());
  const Circuit circuit = *std::move(builder).build();
  EXPECT_THROW((void)search({circuit, {{{}}}}, {}), ContractViolation);
  EXPECT_THROW((void)search({circuit, {}}, {}), ContractViolation);
}

}  // namespace
}  // namespace gatelight::engines
