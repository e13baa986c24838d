// SPDX-License-Identifier: Apache-2.0
#include "gatelight/frontier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "gatelight/measure.hpp"
#include "generate/multiplier.hpp"
#include "synthesis/candidates.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t no_limit = std::int64_t{1} << 62;

KnownFunction known(const std::string& text) { return known_function(text).value(); }

std::string written(std::string_view family, const std::vector<NamedValue>& parameters) {
  std::string text(family);
  for (const auto& [name, value] : parameters) text += " " + name + "=" + value;
  return text;
}

std::vector<ReachedPoint> candidates(const FrontierQuestion& question) {
  std::vector<ReachedPoint> all;
  synthesis::for_each_candidate(
      question,
      [&](std::string_view family, std::vector<NamedValue> parameters, const Predicted& predicted) {
        all.push_back({std::string(family), std::move(parameters), predicted});
      });
  return all;
}

Frontier trace(const FrontierQuestion& question) {
  const auto frontier = trace_frontier(question);
  EXPECT_TRUE(frontier.ok());
  return *frontier;
}

// The closed forms are those of the constructions: every candidate is made, with these resources.
TEST(Frontier, CandidatesAreWhatConstructMakes) {
  std::vector<std::string> functions;
  for (const char* family : {"cd:", "disj:", "eq:", "parity:", "majority:"}) {
    for (const int n : {1, 2, 3, 5, 8, 11}) functions.push_back(family + std::to_string(n));
  }
  for (const int n : {1, 2, 3, 5}) functions.push_back("ip:" + std::to_string(n));
  for (const int n : {1, 4}) functions.push_back("mux:" + std::to_string(n));
  for (const char* text :
       {"mod:2:2", "mod:5:2", "mod:13:2", "mod:13:3", "mod:20:3", "mod:9:9", "mod:9:5"}) {
    functions.emplace_back(text);
  }
  for (const std::string& function : functions) {
    const auto all =
        candidates({.function = known(function), .size = no_limit, .weight = no_limit});
    EXPECT_FALSE(all.empty()) << function;
    for (const ReachedPoint& point : all) {
      const auto made = construct(point.family, point.parameters);
      ASSERT_TRUE(made.ok()) << written(point.family, point.parameters) << ": "
                             << made.error().text();
      EXPECT_EQ(made->predicted, point.predicted) << written(point.family, point.parameters);
    }
  }
}

// Every function that has a family is recognised, whatever the circuit's domain, and its complement is not.
TEST(Frontier, ComparesCircuitsWithFunctions) {
  for (const char* text : {"cd:5", "disj:5", "eq:5", "ip:4", "parity:9", "majority:9", "mod:9:3",
                           "mod:8:2", "mux:2", "cd:40"}) {
    const KnownFunction function = known(text);
    const auto circuit = known_circuit(function);
    ASSERT_TRUE(circuit.ok()) << text;
    ASSERT_EQ(circuit->bit_count(), function.n) << text;
    DomainSpec domain;
    domain.fix.push_back({Source::bit(InputId{0}, 0), 0});
    const auto fixed = circuit->with_domain(domain);
    ASSERT_TRUE(fixed.ok());
    const GateId output = circuit->outputs()[0];
    const auto same = compare_with(function, *fixed, output);
    ASSERT_TRUE(same.ok()) << text << ": " << same.error().text();
    EXPECT_EQ(same->equivalent, true) << text;
    const auto other =
        compare_with(known(std::string(text) == "cd:5" ? "eq:5" : "cd:5"), *circuit, output);
    EXPECT_TRUE(!other.ok() || other->equivalent == false) << text;
  }
  EXPECT_FALSE(known_circuit(known("cd:5000")).ok());
}

// What counts is whether the output is 0.
TEST(Frontier, ComparesOutputsOfManyValues) {
  for (const auto& [low, high] : {std::pair(0, 2), std::pair(-1, 1)}) {
    CircuitBuilder builder;
    const auto input = builder.add_input({.name = "x0"});
    GateSpec gate{.name = "g", .threshold = 1};
    gate.wires = {{Source::word(*input), 1}};
    gate.activation = Steps{{0}, {low, high}};
    const auto output = builder.add_gate(gate);
    ASSERT_TRUE(output.ok() && builder.add_output(*output).ok());
    const auto result = compare_with(known("majority:1"), *std::move(builder).build(), *output);
    ASSERT_EQ(result.ok(), low == 0);
    if (low == 0) {
      EXPECT_EQ(result->equivalent, true);
    }
  }
}

// None of them is missing: what construct() makes of any parameters has the resources of some candidate.
TEST(Frontier, CandidatesAreAllThatConstructMakes) {
  std::vector<Predicted> all;
  for (const char* function : {"cd:7", "eq:7", "mod:13:3"}) {
    for (const ReachedPoint& point :
         candidates({.function = known(function), .size = no_limit, .weight = no_limit})) {
      all.push_back(point.predicted);
    }
  }
  int made = 0;
  const auto expect_there = [&](const Result<Construction>& circuit) {
    if (!circuit.ok()) return;
    ++made;
    EXPECT_NE(std::ranges::find(all, circuit->predicted), all.end()) << circuit->circuit.name();
  };
  for (std::int64_t a = 1; a <= 9; ++a) {
    for (std::int64_t b = 1; b <= 9; ++b) {
      expect_there(construct(families::Intersection{7, a, b}));
      expect_there(construct(families::Equality{7, a, b}));
      for (std::int64_t c = 1; c <= 13; ++c) {
        expect_there(construct(
            families::Modular{.bits = 13, .modulus = 3, .digits = a, .radix = b, .width = c}));
      }
    }
  }
  EXPECT_GT(made, 100);
}

// What takes too many wires is left out; the others are made.
TEST(Frontier, CandidatesHaveNoMoreWiresThanAreMade) {
  for (const char* function : {"cd:400", "parity:700", "eq:900"}) {
    const auto frontier =
        trace({.function = known(function), .size = no_limit, .weight = no_limit});
    std::set<std::string> made;
    for (const FrontierRow& row : frontier.rows) {
      if (!row.reached || made.size() > 1) continue;
      const std::string text = written(row.reached->family, row.reached->parameters);
      if (!made.insert(text).second) continue;
      const auto circuit = construct(row.reached->family, row.reached->parameters);
      ASSERT_TRUE(circuit.ok()) << text << ": " << circuit.error().text();
      EXPECT_EQ(circuit->predicted, row.reached->predicted) << text;
    }
  }
}

// The reached point is the best of all candidates of its depth, and is measured as it is predicted.
TEST(Frontier, ReachedPointsAreBuiltAndMeasured) {
  for (const char* function :
       {"cd:6", "disj:6", "eq:6", "parity:9", "mod:12:3", "ip:4", "mux:2", "majority:9"}) {
    const FrontierQuestion question{
        .function = known(function), .size = 40, .weight = 9, .max_depth = 9};
    const auto all = candidates(question);
    for (const FrontierRow& row : trace(question).rows) {
      std::int64_t least = no_limit;
      for (const ReachedPoint& point : all) {
        if (point.predicted.depth <= row.depth) least = std::min(least, point.predicted.energy);
      }
      ASSERT_EQ(row.reached.has_value(), least < no_limit) << function << ", depth " << row.depth;
      if (!row.reached) continue;
      const Predicted& predicted = row.reached->predicted;
      EXPECT_EQ(predicted.energy, least);
      EXPECT_LE(predicted.size, question.size);
      EXPECT_LE(predicted.weight, question.weight);
      const auto made = construct(row.reached->family, row.reached->parameters).value();
      const Resources measured = measure_resources(made.circuit);
      const auto energy = measure_energy(made.circuit).value();
      EXPECT_EQ(static_cast<std::int64_t>(measured.size), predicted.size);
      EXPECT_EQ(measured.depth, predicted.depth);
      EXPECT_EQ(measured.weight, predicted.weight);
      EXPECT_EQ(energy.bounds.lower, predicted.energy);
      EXPECT_EQ(energy.bounds.upper, predicted.energy);
    }
  }
}

// Every floor is at most the energy of every circuit: also within its own size, depth and weight exactly.
TEST(Frontier, NoCircuitIsBelowAFloor) {
  for (const char* function :
       {"cd:1", "cd:8", "cd:30", "disj:1", "disj:12", "eq:1", "eq:3", "eq:40", "parity:2",
        "parity:24", "mod:30:2", "mod:30:7", "ip:2", "ip:30", "mux:1", "mux:6", "majority:50"}) {
    for (const ReachedPoint& point :
         candidates({.function = known(function), .size = no_limit, .weight = no_limit})) {
      const Predicted& p = point.predicted;
      for (const EnergyFloor& floor : energy_floors(known(function), {p.size, p.depth, p.weight})) {
        ASSERT_TRUE(floor.energy && *floor.energy <= p.energy)
            << written(point.family, point.parameters) << ", " << floor.name;
      }
    }
  }
}

TEST(Frontier, FloorsAreBelowWhatIsReachedWithinManyBudgets) {
  constexpr std::uint64_t seed = 8401;
  base::Random random(seed);
  const char* const families[] = {"cd:", "disj:", "eq:", "parity:", "ip:", "majority:"};
  for (int round = 0; round < generate::scaled(300); ++round) {
    const std::string function = families[random.below(6)] + std::to_string(random.between(1, 48));
    const FrontierQuestion question{.function = known(function),
                                    .size = std::int64_t{1} << random.between(0, 16),
                                    .weight = random.between(1, 60),
                                    .max_depth = 12};
    std::int64_t floor_before = no_limit, reached_before = no_limit;
    for (const FrontierRow& row : trace(question).rows) {
      const std::int64_t floor = row.floor.value_or(no_limit);
      const std::int64_t reached = row.reached ? row.reached->predicted.energy : no_limit;
      EXPECT_LE(floor, reached) << function << ", depth " << row.depth << ", seed " << seed;
      EXPECT_GE(floor, 1);
      EXPECT_LE(floor, floor_before);
      EXPECT_LE(reached, reached_before);
      EXPECT_LE(row.reached ? row.reached->predicted.depth : 1, row.depth);
      floor_before = floor;
      reached_before = reached;
    }
  }
}

TEST(Frontier, Intersection64) {
  const auto frontier = trace({.function = known("cd:64"), .size = 4096, .weight = 16});
  ASSERT_EQ(frontier.rows.size(), 10U);  // 8 blocks: from depth 9 on energy 2, and one more
  EXPECT_FALSE(frontier.rows[0].floor);
  EXPECT_FALSE(frontier.rows[0].reached);
  const std::vector<std::int64_t> floors{3, 2, 2, 2, 2, 2, 2, 2, 2},
      reached{8, 5, 4, 3, 3, 3, 3, 2, 2};
  for (std::size_t i = 0; i < floors.size(); ++i) {
    EXPECT_EQ(frontier.rows[i + 1].depth, static_cast<std::int64_t>(i) + 2);
    EXPECT_EQ(frontier.rows[i + 1].floor, floors[i]);
    EXPECT_EQ(frontier.rows[i + 1].reached.value().predicted.energy, reached[i]);
  }
  EXPECT_EQ(written(frontier.rows[1].reached->family, frontier.rows[1].reached->parameters),
            "cd pairs=64 depth=2 energy=8");
}

TEST(Frontier, Tables) {
  // The parity of 3 bits: four ones, four zeros.
  const KnownFunction parity{.name = "a table", .n = 3, .log2_rank = 1, .side = 1};
  const auto frontier =
      trace({.function = parity, .size = 5, .weight = 1, .max_depth = 2, .table = "96"});
  EXPECT_FALSE(frontier.rows[0].reached);
  ASSERT_TRUE(frontier.rows[1].reached);
  const ReachedPoint& point = *frontier.rows[1].reached;
  EXPECT_EQ(written(point.family, point.parameters), "table inputs=3 hex=96 energy=1");
  std::set<std::string> families;
  for (const ReachedPoint& any :
       candidates({.function = parity, .size = no_limit, .weight = no_limit, .table = "96"})) {
    families.insert(any.family);
    EXPECT_EQ(construct(any.family, any.parameters).value().predicted, any.predicted);
  }
  EXPECT_EQ(families, (std::set<std::string>{"list", "table", "tree"}));
}

TEST(Frontier, BadNumbers) {
  const KnownFunction cd = known("cd:4");
  EXPECT_EQ(trace_frontier({.function = cd, .size = 0, .weight = 1}).error().where, "size");
  EXPECT_EQ(trace_frontier({.function = cd, .size = no_limit + 1, .weight = 1}).error().where,
            "size");
  EXPECT_EQ(trace_frontier({.function = cd, .size = 1, .weight = 0}).error().where, "weight");
  EXPECT_EQ(trace_frontier({.function = cd, .size = 1, .weight = 1, .max_depth = 0}).error().where,
            "max-depth");
  EXPECT_EQ(
      trace_frontier({.function = cd, .size = 1, .weight = 1, .max_depth = 4097}).error().where,
      "max-depth");
}

}  // namespace
}  // namespace gatelight
