// SPDX-License-Identifier: Apache-2.0
#include "gatelight/equivalence.hpp"

#include <gtest/gtest.h>

#include "gatelight/formats.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

constexpr Engine engines_that_prove[] = {Engine::automatic, Engine::enumerate, Engine::diagram,
                                         Engine::search, Engine::box};

Circuit parse(const std::string& text) { return *parse_circuit(text); }

Circuit gates(const std::string& inputs, const std::string& list, const std::string& outputs,
              const std::string& domain = "{}") {
  return parse(R"({"format": "gatelight/circuit", "version": 1, "inputs": )" + inputs +
               R"(, "gates": [)" + list + R"(], "outputs": [)" + outputs + R"(], "domain": )" +
               domain + "}");
}

// x0 and x1, once as a gate, once by De Morgan.
const std::string direct = R"({"name": "and", "weights": {"x0": 1, "x1": 1}, "threshold": 2})";
const std::string indirect = R"({"name": "n0", "weights": {"x0": -1}, "threshold": 0},
  {"name": "n1", "weights": {"x1": -1}, "threshold": 0},
  {"name": "nor", "weights": {"n0": -1, "n1": -1}, "threshold": 0})";

TEST(Equivalence, OfTwoWaysToSayTheSame) {
  for (const Engine engine : engines_that_prove) {
    const auto result = *check_equivalence(gates("2", direct, R"("and")"),
                                           gates("2", indirect, R"("nor")"), {.engine = engine});
    EXPECT_EQ(result.equivalent, true);
    EXPECT_TRUE(result.input_a.empty());
  }
}

TEST(Equivalence, ACounterexampleIsEvaluated) {
  const Circuit a = gates("2", direct, R"("and")");
  const Circuit b =
      gates("2", R"({"name": "or", "weights": {"x0": 1, "x1": 1}, "threshold": 1})", R"("or")");
  for (const Engine engine : engines_that_prove) {
    const auto result = *check_equivalence(a, b, {.engine = engine});
    EXPECT_EQ(result.equivalent, false);
    EXPECT_EQ(result.outputs_a, (std::vector<std::int64_t>{0}));
    EXPECT_EQ(result.outputs_b, (std::vector<std::int64_t>{1}));
    EXPECT_EQ(reference::outputs(a, result.input_a).back(), 0);
    EXPECT_EQ(reference::outputs(b, result.input_b).back(), 1);
  }
}

TEST(Equivalence, InputsAreMatchedByNameOrElseInOrder) {
  const std::string first = R"({"name": "g", "weights": {"a": 1, "b": -1}, "threshold": 1})";
  const Circuit one = gates(R"([{"name": "a"}, {"name": "b"}])", first, R"("g")");
  const Circuit turned = gates(R"([{"name": "b"}, {"name": "a"}])", first, R"("g")");
  auto result = *check_equivalence(one, turned);
  EXPECT_EQ(result.equivalent, true);
  EXPECT_TRUE(result.by_name);
  const Circuit other =
      gates(R"([{"name": "b"}, {"name": "c"}])",
            R"({"name": "g", "weights": {"b": 1, "c": -1}, "threshold": 1})", R"("g")");
  result = *check_equivalence(one, other);
  EXPECT_EQ(result.equivalent, true);
  EXPECT_FALSE(result.by_name);
  // A word against its bits, in order.
  const Circuit word = gates(R"([{"name": "w", "bits": 2}])",
                             R"({"name": "g", "weights": {"w": 1}, "threshold": 2})", R"("g")");
  const Circuit bits = gates(R"([{"name": "p"}, {"name": "q"}])",
                             R"({"name": "g", "weights": {"q": 7}, "threshold": 1})", R"("g")");
  EXPECT_EQ(check_equivalence(word, bits)->equivalent, true);
  // Differently named and ordered: the counterexample is given in the bits of both.
  const Circuit swapped = gates(R"([{"name": "b"}, {"name": "a"}])",
                                R"({"name": "g", "weights": {"b": 1}, "threshold": 1})", R"("g")");
  const Circuit plain =
      gates(R"([{"name": "a"}, {"name": "b"}])",
            R"({"name": "g", "weights": {"a": 1, "b": 1}, "threshold": 1})", R"("g")");
  result = *check_equivalence(plain, swapped);
  EXPECT_EQ(result.equivalent, false);
  EXPECT_EQ(to_string(result.input_a), "10");
  EXPECT_EQ(to_string(result.input_b), "01");
}

TEST(Equivalence, IsAskedOnTheCommonDomain) {
  const Circuit a = gates("2", direct, R"("and")", R"({"fix": {"x0": 1}})");
  const Circuit b = gates("2", R"({"name": "g", "weights": {"x1": 1}, "threshold": 1})", R"("g")");
  EXPECT_EQ(check_equivalence(a, b)->equivalent, true);
  EXPECT_EQ(check_equivalence(b, a)->equivalent, true);
  const Circuit c = gates("2", direct, R"("and")", R"({"fix": {"x0": 0}})");
  const auto none = check_equivalence(a, c);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("no input in common"), std::string::npos);
}

TEST(Equivalence, MultiValuedOutputsAreCompared) {
  const auto relu = [](int max) {
    return gates(R"([{"name": "s", "bits": 4}])",
                 R"({"name": "g", "weights": {"s": 1}, "threshold": 0, "activation":
                     {"relu": {"shift": 0, "max": )" +
                     std::to_string(max) + "}}}",
                 R"("g")");
  };
  EXPECT_EQ(check_equivalence(relu(15), relu(99))->equivalent, true);
  for (const Engine engine : engines_that_prove) {
    const auto result = *check_equivalence(relu(15), relu(14), {.engine = engine});
    EXPECT_EQ(result.equivalent, false);
    EXPECT_EQ(result.outputs_a, (std::vector<std::int64_t>{15}));
    EXPECT_EQ(result.outputs_b, (std::vector<std::int64_t>{14}));
  }
}

TEST(Equivalence, WhatCannotBeComparedIsRefused) {
  const Circuit two = gates("2", direct, R"("and")");
  const Circuit three = gates("3", direct, R"("and")");
  const Circuit silent = gates("2", direct, "");
  const Circuit both = gates("2", indirect, R"("n0", "nor")");
  for (const auto& [a, b] :
       {std::pair{two, three}, std::pair{two, both}, std::pair{silent, silent}}) {
    const auto result = check_equivalence(a, b);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::bad_input);
  }
}

TEST(Equivalence, LargeCircuitsWithStructure) {
  // Equality of words of 100 bits, piece by piece or bit by bit: different gates, the same function.
  const Circuit pieces = generate::equality(100, 10, true);
  const Circuit bits = generate::equality(100, 1, true);
  const auto result = *check_equivalence(pieces, bits);
  EXPECT_EQ(result.equivalent, true);
  EXPECT_EQ(result.engine, "diagram");
  EXPECT_EQ(check_equivalence(pieces, generate::equality(100, 10, false))->equivalent, true)
      << "matched by name, although declared in another order";
}

TEST(Equivalence, LimitsLeaveItOpen) {
  base::Random random(15);
  const Circuit a = generate::layered_circuit(random, 60, {30, 15, 1}, 9);
  const Circuit b = generate::layered_circuit(random, 60, {30, 15, 1}, 9);
  StopToken stop;
  stop.request_stop();
  EquivalenceOptions options;
  options.limits.stop = &stop;
  const auto result = *check_equivalence(a, b, options);
  if (result.equivalent) {
    EXPECT_EQ(result.equivalent, false) << "nothing was proved";
  }
}

// Random pairs: a circuit against itself with one number changed.
TEST(Equivalence, AgreesWithEvaluatingAllInputs) {
  base::Random random(16);
  int different = 0;
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed 16, round " + std::to_string(round));
    const Circuit a =
        generate::random_circuit(random, {.max_bits = 6, .min_gates = 2, .max_weight = 3});
    CircuitBuilder builder;
    for (const InputWord& word : a.inputs()) (void)builder.add_input(word);
    const auto last = static_cast<std::uint32_t>(a.gate_count() - 1);  // the output
    const auto changed = random.coin() ? last : static_cast<std::uint32_t>(random.below(last));
    for (std::uint32_t g = 0; g < a.gate_count(); ++g) {
      GateSpec gate = a.gate(GateId{g});
      const bool small = -1000 < gate.threshold && gate.threshold < 1000;
      if (g == changed && small) gate.threshold += random.between(-2, 2);
      if (!builder.add_gate(gate).ok()) break;
    }
    if (builder.gate_count() != a.gate_count()) continue;
    for (const GateId output : a.outputs()) (void)builder.add_output(output);
    const auto b = std::move(builder).build(a.domain());
    ASSERT_TRUE(b.ok());
    bool same = true;
    InputBits bits(a.bit_count());
    for (std::uint64_t x = 0; x >> bits.size() == 0; ++x) {
      for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = (x >> i) & 1;
      if (!reference::in_domain(a, bits)) continue;
      for (const GateId output : a.outputs()) {
        const auto at = static_cast<std::size_t>(output);
        same = same && reference::outputs(a, bits)[at] == reference::outputs(*b, bits)[at];
      }
    }
    const Engine engine = engines_that_prove[random.below(4)];
    const auto result = check_equivalence(a, *b, {.engine = engine});
    ASSERT_TRUE(result.ok()) << result.error().text();
    ASSERT_EQ(result->equivalent, same);
    different += same ? 0 : 1;
  }
  EXPECT_GT(different, generate::scaled(10));
}

}  // namespace
}  // namespace gatelight
