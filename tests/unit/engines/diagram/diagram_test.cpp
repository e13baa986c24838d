// SPDX-License-Identifier: Apache-2.0
//
// The diagram against the oracle, against closed forms, and at its limits.
#include "engines/diagram/diagram.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <set>

#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/local_search.hpp"
#include "engines/branch_bound/network.hpp"
#include "engines/diagram/order.hpp"
#include "engines/diagram/query.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::diagram {
namespace {

Question ask(const Circuit& circuit, bool histogram = true) {
  return {circuit, {generate::total_objective(circuit)}, histogram};
}

Answer answer_of(const Question& question) {
  auto result = diagram_of(question, {});
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(result->complete);
  return *result->answer;
}

InputCount binomial(unsigned long n, unsigned long k) {
  InputCount result;
  mpz_bin_uiui(result.get_mpz_t(), n, k);
  return result;
}

InputCount power(unsigned long base, unsigned long exponent) {
  InputCount result;
  mpz_ui_pow_ui(result.get_mpz_t(), base, exponent);
  return result;
}

// ---- Closed forms ----------------------------------------------------------------------------------

TEST(DiagramFamilies, ParityThermometers) {
  for (const int n : {1, 2, 7, 100, 400}) {
    const Answer answer = answer_of(ask(generate::parity_thermometer(n)));
    EXPECT_EQ(answer.best[0].bounds.lower, 2 * ((n + 1) / 2));
    std::map<std::int64_t, InputCount> expected;  // k ones: k + k mod 2 gates
    for (int k = 0; k <= n; ++k) {
      expected[k + k % 2] += binomial(static_cast<unsigned long>(n), static_cast<unsigned long>(k));
    }
    EXPECT_EQ(answer.histogram, expected) << n;
  }
}

TEST(DiagramFamilies, Majority) {
  for (const int n : {3, 101, 400}) {
    const Answer answer = answer_of(ask(generate::majority(n)));
    InputCount firing = 0;
    for (int k = (n + 1) / 2; k <= n; ++k) {
      firing += binomial(static_cast<unsigned long>(n), static_cast<unsigned long>(k));
    }
    EXPECT_EQ(answer.histogram->at(1), firing);
    EXPECT_EQ(answer.histogram->at(0), power(2, static_cast<unsigned long>(n)) - firing);
  }
}

TEST(DiagramFamilies, Equality) {
  for (const bool interleaved : {true, false}) {
    for (const auto& [m, piece] : {std::pair{6, 2}, std::pair{50, 5}, std::pair{200, 8}}) {
      const Answer answer = answer_of(ask(generate::equality(m, piece, interleaved)));
      // Of p pieces of b bits, i differ: one gate each; none: the output.
      const auto pieces = static_cast<unsigned long>(m / piece);
      const InputCount equal = power(2, static_cast<unsigned long>(piece));
      const InputCount differ = equal * (equal - 1);
      std::map<std::int64_t, InputCount> expected;
      for (unsigned long i = 0; i <= pieces; ++i) {
        InputCount count = binomial(pieces, i), factor;
        mpz_pow_ui(factor.get_mpz_t(), differ.get_mpz_t(), i);
        count *= factor;
        mpz_pow_ui(factor.get_mpz_t(), equal.get_mpz_t(), pieces - i);
        expected[i == 0 ? 1 : static_cast<std::int64_t>(i)] += count * factor;
      }
      EXPECT_EQ(answer.histogram, expected) << m;
      EXPECT_EQ(answer.best[0].bounds.upper, static_cast<std::int64_t>(pieces));
    }
  }
}

TEST(DiagramFamilies, Disjointness) {
  for (const auto& [m, k] : {std::pair{6, 3}, std::pair{50, 5}, std::pair{200, 4}}) {
    const Answer answer = answer_of(ask(generate::disjointness(m, k)));
    // In a block no pair is (1, 1) in 3^k cases, else one gate fires, and the output if any does.
    const auto blocks = static_cast<unsigned long>(m / k);
    const InputCount none = power(3, static_cast<unsigned long>(k));
    const InputCount some = power(4, static_cast<unsigned long>(k)) - none;
    std::map<std::int64_t, InputCount> expected;
    for (unsigned long i = 0; i <= blocks; ++i) {
      InputCount count = binomial(blocks, i), factor;
      mpz_pow_ui(factor.get_mpz_t(), some.get_mpz_t(), i);
      count *= factor;
      mpz_pow_ui(factor.get_mpz_t(), none.get_mpz_t(), blocks - i);
      expected[i == 0 ? 0 : static_cast<std::int64_t>(i) + 1] += count * factor;
    }
    EXPECT_EQ(answer.histogram, expected) << m;
    EXPECT_EQ(answer.best[0].bounds.upper, static_cast<std::int64_t>(blocks) + 1);
  }
}

TEST(DiagramFamilies, Multiplexers) {
  for (const unsigned k : {2U, 7U, 8U}) {
    const Answer answer = answer_of(ask(generate::multiplexer(static_cast<int>(k))));
    const InputCount half = power(2, (1UL << k) + k - 1);
    const std::map<std::int64_t, InputCount> expected{{0, half}, {2, half}};
    EXPECT_EQ(answer.histogram, expected);
  }
}

TEST(DiagramFamilies, APlantedInputIsFound) {
  base::Random random(64);
  for (const int inputs : {9, 13}) {
    InputBits secret(static_cast<std::size_t>(inputs));
    for (auto& bit : secret) bit = random.coin() ? 1 : 0;
    const Answer answer = answer_of(ask(generate::planted(random, secret, true)));
    EXPECT_EQ(answer.best[0].witness, secret);
    EXPECT_EQ(answer.histogram->rbegin()->second, 1);
  }
}

// ---- The mean --------------------------------------------------------------------------------------

TEST(DiagramMean, IsThatOfAllInputs) {
  base::Random random(65);
  for (int round = 0; round < generate::scaled(200); ++round) {
    SCOPED_TRACE("seed 65, round " + std::to_string(round));
    Question question = ask(generate::random_circuit(random, {.min_bits = 1, .max_bits = 7}));
    for (std::size_t i = 0; i < question.circuit.bit_count(); ++i) {
      const auto below = static_cast<unsigned long>(random.between(1, 9));
      question.probabilities.emplace_back(random.below(below + 1), below);
      question.probabilities.back().canonicalize();
    }
    mpq_class mass = 0, sum = 0;
    InputBits bits(question.circuit.bit_count());
    for (std::uint64_t x = 0; x >> bits.size() == 0; ++x) {
      mpq_class weight = 1;
      for (std::size_t i = 0; i < bits.size(); ++i) {
        bits[i] = (x >> i) & 1;
        weight *=
            bits[i] != 0 ? question.probabilities[i] : mpq_class(1 - question.probabilities[i]);
      }
      if (!reference::in_domain(question.circuit, bits)) continue;
      const auto values = reference::outputs(question.circuit, bits);
      for (std::size_t g = 0; g < values.size(); ++g) {
        if (values[g] != 0) sum += weight * mpq_class(question.objectives[0].cost[g]);
      }
      mass += weight;
    }
    // The engine takes fixed bits as given, so it has an answer even where their probability is 0.
    const auto expected = answer_of(question).expected;
    if (mass == 0) continue;
    ASSERT_TRUE(expected.has_value());
    ASSERT_EQ(*expected, sum / mass);
  }
}

TEST(DiagramMean, OfAThermometerIsTheSumOfItsProbabilities) {
  Question question = ask(generate::parity_thermometer(150), false);
  question.probabilities.assign(150, mpq_class(1, 3));
  // 50 ones on average; an odd number of them with probability (1 - (1 - 2p)^n) / 2.
  mpq_class odd(1, 2), power_of(1);
  for (int i = 0; i < 150; ++i) power_of /= 3;
  EXPECT_EQ(*answer_of(question).expected, 50 + odd - power_of / 2);
}

// ---- Reducing ----------------------------------------------------------------------------------------

// What every assignment of the bits below adds, relative to the first one that the domain allows.
std::vector<std::optional<std::int64_t>> future(const Diagram& diagram, std::size_t level,
                                                std::uint32_t node) {
  std::vector<std::optional<std::int64_t>> all;
  const std::size_t below = diagram.order().size() - level;
  for (std::uint64_t rest = 0; rest >> below == 0; ++rest) {
    std::uint32_t at = node;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < below && at != Diagram::nowhere; ++i) {
      const bool bit = ((rest >> (below - 1 - i)) & 1) != 0;
      sum += diagram.gain(level + i, at, bit, 0);
      at = diagram.child(level + i, at, bit);
    }
    all.push_back(at == Diagram::nowhere ? std::nullopt : std::optional(sum));
  }
  for (const auto& first : all) {
    if (!first) continue;
    const std::int64_t offset = *first;
    for (auto& one : all) {
      if (one) *one -= offset;
    }
    break;
  }
  return all;
}

TEST(DiagramReduce, KeepsOneNodeForEachFuture) {
  base::Random random(66);
  for (int round = 0; round < generate::scaled(200); ++round) {
    SCOPED_TRACE("seed 66, round " + std::to_string(round));
    const Question question = ask(generate::random_circuit(random, {.max_bits = 7}));
    const Forms forms = *make_forms(question);
    std::vector<std::uint32_t> order(forms.bits.size());
    std::iota(order.begin(), order.end(), 0U);
    Diagram diagram = *compile(forms, order, {}).diagram;
    std::vector<std::set<std::vector<std::optional<std::int64_t>>>> futures(diagram.levels());
    for (std::size_t level = 0; level < diagram.levels(); ++level) {
      for (std::uint32_t node = 0; node < diagram.width(level); ++node) {
        auto mine = future(diagram, level, node);
        const bool possible =
            std::ranges::any_of(mine, [](const auto& one) { return one.has_value(); });
        if (possible) futures[level].insert(std::move(mine));
      }
    }
    const Best before = largest_total(diagram, forms, 0);
    const auto counts = histogram(diagram, forms, 0);
    diagram.reduce();
    for (std::size_t level = 0; level < diagram.levels(); ++level) {
      ASSERT_EQ(diagram.width(level), futures[level].size()) << "level " << level;
      for (std::uint32_t node = 0; node < diagram.width(level); ++node) {
        ASSERT_TRUE(futures[level].contains(future(diagram, level, node)));
      }
    }
    EXPECT_EQ(largest_total(diagram, forms, 0).bounds, before.bounds);
    EXPECT_EQ(histogram(diagram, forms, 0), counts);
  }
}

// For one output bit, nodes of a reduced level and what was gained above them are the rows of the
// communication matrix.
TEST(DiagramReduce, LevelsAreTheRowsOfTheCommunicationMatrix) {
  const Circuit circuit = generate::equality(4, 4, false);
  Objective output{std::vector<std::int64_t>(circuit.gate_count(), 0)};
  output.cost.back() = 1;
  const Forms forms = *make_forms({circuit, {output}, false});
  std::vector<std::uint32_t> order(8);
  std::iota(order.begin(), order.end(), 0U);
  Diagram diagram = *compile(forms, order, {}).diagram;
  diagram.reduce();
  EXPECT_EQ(diagram.width(4), 16U) << "every word a is a row of its own";
  EXPECT_EQ(diagram.width(0), 1U);
}

// ---- Limits ------------------------------------------------------------------------------------------

void expect_sound(const Question& question, const DiagramResult& result) {
  ASSERT_TRUE(result.answer.has_value());
  EXPECT_FALSE(result.complete);
  for (std::size_t i = 0; i < question.objectives.size(); ++i) {
    const auto expected = reference::energy(question.circuit, question.objectives[i]);
    const Best& best = result.answer->best[i];
    EXPECT_LE(best.bounds.lower, *expected.maximum);
    EXPECT_GE(best.bounds.upper, *expected.maximum);
    EXPECT_EQ(objective_value(question.circuit, question.objectives[i], best.witness),
              best.bounds.lower);
  }
  EXPECT_FALSE(result.answer->histogram.has_value());
}

TEST(DiagramLimits, MemoryIsKeptAndBoundsAreSound) {
  base::Random random(67);
  const Question question = ask(generate::layered_circuit(random, 15, {14, 8, 4}, 7));
  Limits limits;
  limits.bytes = 1 << 20;
  const auto result = *diagram_of(question, limits);
  expect_sound(question, result);
  EXPECT_NE(result.reason.find("memory limit of 1 MiB"), std::string::npos) << result.reason;
}

TEST(DiagramLimits, StopTokenAndTime) {
  base::Random random(68);
  const Question question = ask(generate::layered_circuit(random, 15, {14, 8, 4}, 7));
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  expect_sound(question, *diagram_of(question, limits));
  limits.stop = nullptr;
  limits.seconds = 1e-3;
  expect_sound(question, *diagram_of(question, limits));
}

// What some hundred moves of local search find.
std::int64_t found_shortly(const Question& question, std::uint64_t seed) {
  branch_bound::Incumbents incumbents(question);
  branch_bound::LocalSearchOptions options;
  options.seed = seed;
  options.enough = std::numeric_limits<std::int64_t>::max();
  int checks = 60;
  options.stop = [&] { return --checks == 0; };
  const branch_bound::Network network(question.circuit, question.objectives[0]);
  branch_bound::local_search(network, 0, incumbents, options);
  return incumbents.value(0);
}

TEST(DiagramLimits, StoppedOnesAreSearchedForAMoment) {
  base::Random random(71);
  int better = 0;
  for (int round = 0; round < 2; ++round) {
    SCOPED_TRACE("seed 71, round " + std::to_string(round));
    const Question question = ask(generate::layered_circuit(random, 60, {30, 20, 10}, 7), false);
    StopToken stop;
    stop.request_stop();
    Limits limits;
    limits.seed = random();
    limits.stop = &stop;
    const std::int64_t known = found_shortly(question, limits.seed);
    const std::int64_t example =
        objective_value(question.circuit, question.objectives[0], question.circuit.example_input());
    better += known > example ? 1 : 0;
    for (const bool search_below : {true, false}) {  // no other engine has time to follow
      const auto stopped = *diagram_of(question, limits, {.search_below = search_below});
      ASSERT_FALSE(stopped.complete);
      const Best& best = stopped.answer->best[0];
      EXPECT_GE(best.bounds.lower, known);
      EXPECT_EQ(objective_value(question.circuit, question.objectives[0], best.witness),
                best.bounds.lower);
      EXPECT_GE(best.bounds.upper, best.bounds.lower);
    }
    Limits short_time;
    short_time.seconds = 0.02;
    short_time.seed = limits.seed;
    EXPECT_GE(diagram_of(question, short_time)->answer->best[0].bounds.lower, known);
  }
  EXPECT_GE(better, 1);
}

TEST(DiagramLimits, UnfinishedDiagramsOfRandomCircuitsAreSound) {
  base::Random random(69);
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed 69, round " + std::to_string(round));
    const Question question = ask(generate::random_circuit(random, {.min_bits = 4, .max_bits = 9}));
    const Forms forms = *make_forms(question);
    std::vector<std::uint32_t> order(forms.bits.size());
    std::iota(order.begin(), order.end(), 0U);
    CompileLimits limits;
    limits.nodes = static_cast<std::size_t>(random.between(1, 12));
    const Compiled compiled = compile(forms, order, limits);
    if (compiled.diagram) continue;
    EXPECT_EQ(compiled.stop, Compiled::Stop::nodes);
    EXPECT_GE(compiled.upper[0],
              *reference::energy(question.circuit, question.objectives[0]).maximum);
  }
}

TEST(DiagramLimits, HopelessOnesAreNotCompiled) {
  base::Random random(70);
  const Question question = ask(generate::layered_circuit(random, 50, {40, 20}, 5));
  DiagramOptions options;
  options.most_nodes = 1e6;
  const auto result = *diagram_of(question, {}, options);
  EXPECT_FALSE(result.answer.has_value());
  EXPECT_GT(result.estimated_nodes, 1e6);
  EXPECT_FALSE(result.reason.empty());
}

TEST(DiagramLimits, ProgressIsReported) {
  base::Random random(73);
  const Question question = ask(generate::layered_circuit(random, 17, {20, 10, 4}, 9), false);
  int calls = 0;
  Limits limits;
  limits.seconds = 3;
  limits.progress = [&](const Progress& progress) {
    ++calls;
    EXPECT_GT(progress.nodes, 0U);
    EXPECT_GE(progress.done, 0);
    EXPECT_LE(progress.done, 1);
  };
  (void)diagram_of(question, limits);
  EXPECT_GE(calls, 1);
}

TEST(DiagramLimits, NoInputsAndNoGates) {
  const Circuit circuit = CircuitBuilder().build().value();
  const Answer answer = answer_of(ask(circuit));
  EXPECT_EQ(answer.best[0].bounds, (Bounds<std::int64_t>{0, 0}));
  EXPECT_EQ(answer.histogram->at(0), 1);
}

}  // namespace
}  // namespace gatelight::engines::diagram
