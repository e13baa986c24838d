// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "formats/json_tree.hpp"
#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight {
namespace {

constexpr const char* example = R"({
  "format": "gatelight/circuit", "version": 1, "name": "example",
  "inputs": [ {"name": "a"}, {"name": "b"}, {"name": "speed", "bits": 4, "signed": false} ],
  "gates": [
    {"name": "h0", "weights": {"a": 1, "b": -2, "speed": 3}, "threshold": 2},
    {"name": "h1", "weights": {"speed.3": 1, "h0": 5}, "threshold": 4, "activation": {"relu": {"shift": 1, "max": 7}}},
    {"name": "out", "weights": {"h0": 1, "h1": 1}, "threshold": 1, "activation": {"steps": {"at": [0, 3], "values": [0, 1, 2]}}}
  ],
  "outputs": ["out"],
  "domain": {"fix": {"a": 1}, "range": {"speed": [2, 11]}, "linear": [ {"weights": {"a": 1, "b": 1}, "min": 1} ] }
})";

TEST(Json, ReadsTheContractsExample) {
  const auto circuit = parse_circuit(example);
  ASSERT_TRUE(circuit.ok()) << circuit.error().text();
  EXPECT_EQ(circuit->name(), "example");
  EXPECT_EQ(circuit->bit_count(), 6U);
  EXPECT_EQ(circuit->gate_count(), 3U);
  EXPECT_EQ(circuit->level(GateId{2}), 3);
  EXPECT_EQ(circuit->fixed_bits()[0], 1);
  // speed = 8: h0 = [1 + 24 >= 2], h1 = (1 + 5 - 4) / 2, out of 1 + 1 - 1.
  const auto values = evaluate(*circuit, *parse_input_bits(*circuit, "100001"));
  EXPECT_EQ(values, (std::vector<std::int64_t>{1, 1, 1}));
}

TEST(Json, KeysMayComeInAnyOrder) {
  const auto circuit = parse_circuit(
      R"({"outputs": ["g"], "gates": [{"threshold": 1, "weights": {"x0": 1}, "name": "g"}],
          "inputs": 1, "version": 1, "format": "gatelight/circuit"})");
  EXPECT_TRUE(circuit.ok());
}

TEST(Json, WritingAndReadingIsTheIdentity) {
  base::Random random(11);
  for (int round = 0; round < generate::scaled(500); ++round) {
    const Circuit circuit = generate::random_circuit(random);
    const std::string text = format_circuit(circuit);
    const auto again = parse_circuit(text);
    ASSERT_TRUE(again.ok()) << again.error().text() << "\n" << text;
    ASSERT_EQ(format_circuit(*again), text);
    ASSERT_TRUE(std::ranges::equal(circuit.inputs(), again->inputs()));
    ASSERT_EQ(circuit.gate_count(), again->gate_count());
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      ASSERT_EQ(circuit.gate(GateId{g}), again->gate(GateId{g}));
    }
    ASSERT_EQ(circuit.domain(), again->domain());
    ASSERT_TRUE(std::ranges::equal(circuit.outputs(), again->outputs()));
  }
}

TEST(Json, StrangeNamesSurvive) {
  CircuitBuilder builder("tab\tquote\"");
  ASSERT_TRUE(builder.add_input({"line\nbreak"}).ok());
  ASSERT_TRUE(builder.add_input({"\xE2\x82\xAC", 2, true}).ok());
  GateSpec gate;
  gate.name = "\\";
  gate.wires = {{*builder.find("\xE2\x82\xAC.1"), 5}, {*builder.find("line\nbreak"), -1}};
  gate.layer = "\"";
  ASSERT_TRUE(builder.add_gate(gate).ok());
  const Circuit circuit = *std::move(builder).build();
  const auto again = parse_circuit(format_circuit(circuit));
  ASSERT_TRUE(again.ok()) << again.error().text();
  EXPECT_EQ(again->gate(GateId{0}), gate);
  EXPECT_EQ(again->inputs()[0].name, "line\nbreak");
}

// A mutation of the example, and what its error must contain.
struct Bad {
  const char* from;
  const char* to;
  const char* message;
};

class JsonErrors : public testing::TestWithParam<Bad> {};

TEST_P(JsonErrors, NameThePlace) {
  const Bad& bad = GetParam();
  std::string text = example;
  const auto at = text.find(bad.from);
  ASSERT_NE(at, std::string::npos) << bad.from;
  text.replace(at, std::string(bad.from).size(), bad.to);
  const auto circuit = parse_circuit(text);
  ASSERT_FALSE(circuit.ok());
  const std::string message = circuit.error().text();
  EXPECT_NE(message.find(bad.message), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonErrors,
    testing::Values(
        Bad{"\"a\": 1, \"b\": -2", "\"a\": 0, \"b\": -2",
            "gates[0] \"h0\".weights.a: a weight must not be zero"},
        Bad{"\"a\": 1, \"b\": -2", "\"a\": 1, \"a\": -2", "the key \"a\" is repeated"},
        Bad{"\"threshold\": 2", "\"threshold\": 1e3",
            "gates[0] \"h0\".threshold: must be an integer of 64 bits, got 1e3"},
        Bad{"\"threshold\": 2", "\"threshold\": 2.0", "got 2.0"},
        Bad{"\"threshold\": 2", "\"threshold\": 1208925819614629174706176",
            "got 1208925819614629174706176"},
        Bad{"\"threshold\": 2", "\"threshold\": 9223372036854775808", "got 9223372036854775808"},
        Bad{"\"threshold\": 2", "\"threshold\": NaN", "not valid JSON"},
        Bad{"\"threshold\": 2", "\"threshold\": \"2\"", "must be an integer, got a string"},
        Bad{"\"threshold\": 2", "\"threshold\": null", "must be an integer, got null"},
        Bad{"\"threshold\": 2", "\"thresholt\": 2", "unknown key \"thresholt\""},
        Bad{", \"threshold\": 2", "", "the key \"threshold\" is missing"},
        Bad{"\"h0\": 5", "\"out\": 5",
            "\"out\" is not an input, a bit of an input, or an earlier gate"},
        Bad{"\"h0\": 5", "\"h1\": 5", "\"h1\" is not an input"},
        Bad{"speed.3", "speed.4", "\"speed.4\" is not an input"},
        Bad{"{\"name\": \"h1\"", "{\"name\": \"h0\"",
            "gates[1] \"h0\": the name \"h0\" is already taken"},
        Bad{"{\"name\": \"h1\"", "{\"name\": \"\"", "a name must not be empty"},
        Bad{"\"shift\": 1", "\"shift\": 63", "0 to 62"},
        Bad{"\"shift\": 1, ", "", "the key \"shift\" is missing"},
        Bad{"\"at\": [0, 3]", "\"at\": [3, 0]", "increase strictly"},
        Bad{"\"values\": [0, 1, 2]", "\"values\": [0, 1]", "one value more"},
        Bad{"{\"relu\": {\"shift\": 1, \"max\": 7}}", "\"step\"", "unknown activation \"step\""},
        Bad{"{\"relu\": {\"shift\": 1, \"max\": 7}}", "{}", "exactly one activation"},
        Bad{"\"bits\": 4", "\"bits\": 63", "inputs[2]: a word has 1 to 62 bits"},
        Bad{"\"bits\": 4", "\"bits\": 99999999999", "1 to 62 bits"},
        Bad{"\"version\": 1", "\"version\": 2", "version"},
        Bad{"gatelight/circuit", "gatelight/energy", "format"},
        Bad{"\"outputs\": [\"out\"]", "\"outputs\": [\"a\"]", "outputs[0]: \"a\" is not a gate"},
        Bad{"\"outputs\": [\"out\"]", "\"outputs\": [\"out\", \"out\"]", "listed twice"},
        Bad{"\"fix\": {\"a\": 1}", "\"fix\": {\"a\": 2}", "domain.fix.\"a\""},
        Bad{"\"fix\": {\"a\": 1}", "\"fix\": {\"h0\": 1}",
            "domain.fix.h0: a domain restricts inputs"},
        Bad{"\"a\": 1, \"b\": 1}", "\"h0\": 1}", "weights: a domain restricts inputs"},
        Bad{"\"a\": 1, \"b\": 1}", "\"c\": 1}", "\"c\" is not an input or a bit of an input"},
        Bad{"[2, 11]", "[11, 2]", "domain.range"}, Bad{"[2, 11]", "[16, 20]", "no input satisfies"},
        Bad{", \"min\": 1", "", "needs \"min\" or \"max\""},
        Bad{"\"domain\"", "\"domains\"", "unknown key \"domains\""},
        Bad{"[ {\"name\": \"a\"}", "[ 3", "inputs[0]: must be an object, got an integer"},
        Bad{R"("inputs": [ {"name": "a"}, {"name": "b"}, {"name": "speed", "bits": 4, "signed": false} ])",
            R"("inputs": -1)", "inputs: must not be negative"}));

TEST(JsonDomain, IsTheMemberOfACircuitFile) {
  const Circuit circuit = *parse_circuit(example);
  const auto parsed = parse_domain(circuit, R"({"fix": {"a": 1}, "range": {"speed": [2, 11]},
                   "linear": [ {"weights": {"a": 1, "b": 1}, "min": 1} ] })");
  ASSERT_TRUE(parsed.ok()) << parsed.error().text();
  EXPECT_EQ(parsed->domain, circuit.domain());
  EXPECT_TRUE(parsed->notes.empty());
  EXPECT_TRUE(parse_domain(circuit, "{}")->domain.unrestricted());
  const DomainSpec::Fix bit{Source::bit(InputId{2}, 3), 0};
  EXPECT_EQ(parse_domain(circuit, R"({"fix": {"speed.3": 0}})")->domain.fix, std::vector{bit});
}

TEST(JsonDomain, ErrorsNameThePlace) {
  const Circuit circuit = *parse_circuit(example);
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"range": {"sped": [1, 2]}})",
       "range.sped: \"sped\" is not an input or a bit of an input"},
      {R"({"range": {"h0": [0, 1]}})", "\"h0\" is not an input or a bit of an input"},
      {R"({"fix": {"sped": 1}})", "fix.sped: \"sped\" is not an input or a bit of an input"},
      {R"({"linear": [{"weights": {"h0": 1}, "min": 1}]})",
       "linear[0].weights: \"h0\" is not an input or a bit of an input"},
      {R"({"ranges": {}})", "unknown key \"ranges\""},
      {R"({"domain": {}})", "unknown key \"domain\""},
      {R"([])", "must be an object"},
      {R"({"range": {"speed": [1]}})", "range.speed: must be two integers"},
      {R"({"fix": {"a": 1)", "line 1"},
  };
  for (const auto& [json, message] : cases) {
    const auto parsed = parse_domain(circuit, json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_NE(parsed.error().text().find(message), std::string::npos) << parsed.error().text();
    EXPECT_EQ(parsed.error().text().find("earlier gate"), std::string::npos);
  }
}

TEST(JsonTree, SyntaxErrorsHaveLineAndColumn) {
  const auto tree = formats::JsonTree::parse("{\n  \"a\": 1,\n  }");
  ASSERT_FALSE(tree.ok());
  EXPECT_EQ(tree.error().where, "line 3, column 3");
}

TEST(JsonTree, EveryTruncationOfTheExampleIsRefused) {
  const std::string text = example;
  for (std::size_t length = 0; length < text.rfind('}'); ++length) {
    ASSERT_FALSE(parse_circuit(text.substr(0, length)).ok()) << length;
  }
}

TEST(JsonTree, LimitsAreLimits) {
  using formats::JsonTree;
  const JsonTree::Limits limits{.depth = 3, .members = 4, .values = 8};
  EXPECT_TRUE(JsonTree::parse("[1,2,3,[4,5,6]]", limits).ok());
  for (const char* text : {"[[[[1]]]]", "[1,2,3,4,5]", "[[1,2,3],[1,2,3]]"}) {
    const auto tree = JsonTree::parse(text, limits);
    ASSERT_FALSE(tree.ok()) << text;
    EXPECT_EQ(tree.error().code, ErrorCode::limit) << text;
  }
}

TEST(JsonTree, RepeatedKeysAreRefusedWithTheirPath) {
  const auto tree = formats::JsonTree::parse(R"({"a": [{"b": 1}, {"c": {"d": 1, "d": 2}}]})");
  ASSERT_FALSE(tree.ok());
  EXPECT_EQ(tree.error().text(), "a[1].c: the key \"d\" is repeated");
}

TEST(JsonTree, BrokenUtf8IsRefused) {
  EXPECT_FALSE(formats::JsonTree::parse("{\"\xff\": 1}").ok());
}

}  // namespace
}  // namespace gatelight
