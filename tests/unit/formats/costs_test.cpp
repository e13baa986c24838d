// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

Circuit circuit() {
  return *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 1, "gates": [
    {"name": "g", "weights": {"x0": 1}, "threshold": 1},
    {"name": "pool", "weights": {"x0": 1}, "threshold": 1, "counts": false},
    {"name": "h", "weights": {"x0": 1}, "threshold": 1, "cost": 9}], "outputs": []})");
}

TEST(Costs, OneAGateThatCounts) {
  EXPECT_EQ(*parse_costs(circuit(), R"({"h": 0, "g": 20})"), (std::vector<std::int64_t>{20, 0, 0}));
  EXPECT_EQ(*parse_costs(circuit(), R"({"h": 5, "default": 3, "pool": 7})"),
            (std::vector<std::int64_t>{3, 7, 5}));
  EXPECT_EQ(*parse_costs(circuit(), R"({"default": 9223372036854775807})"),
            std::vector<std::int64_t>(3, INT64_MAX));
}

TEST(Costs, AGateMayBeCalledDefault) {
  const Circuit named = *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 1,
    "gates": [{"name": "default", "weights": {}, "threshold": 1},
              {"name": "g", "weights": {}, "threshold": 1}], "outputs": []})");
  EXPECT_EQ(*parse_costs(named, R"({"default": 4})"), (std::vector<std::int64_t>{4, 4}));
}

TEST(Costs, ErrorsNameTheKey) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {R"({"g": 1, "h": 1, "q": 1})", "\"q\": is not a gate"},
      {R"({"g": 1, "h": 1, "x0": 1})", "\"x0\": is not a gate"},
      {R"({"g": 1})", "gate \"h\": has no cost"},
      {R"({})", "gate \"g\": has no cost"},
      {R"({"g": -1, "h": 1})", "\"g\": a cost is an integer"},
      {R"({"g": 1.5, "h": 1})", "\"g\": a cost is an integer"},
      {R"({"g": 1, "h": 9223372036854775808})", "\"h\": a cost is an integer"},
      {R"({"g": "1", "h": 1})", "\"g\": a cost is an integer"},
      {R"({"default": null})", "\"default\": a cost is an integer"},
      {R"({"g": NaN, "h": 1})", "not valid JSON"},
      {R"({"g": 1, "g": 1, "h": 1})", "the key \"g\" is repeated"},
      {R"([1, 2])", "must be an object"},
      {R"(3)", "must be an object"},
      {R"({"g": 1, )", "not valid JSON"},
  };
  for (const auto& [json, message] : cases) {
    const auto costs = parse_costs(circuit(), json);
    ASSERT_FALSE(costs.ok()) << json;
    EXPECT_NE(costs.error().text().find(message), std::string::npos) << costs.error().text();
    EXPECT_EQ(costs.error().code, ErrorCode::bad_input);
  }
}

}  // namespace
}  // namespace gatelight
