// SPDX-License-Identifier: Apache-2.0
#include "theory/states.hpp"

#include <gtest/gtest.h>

#include "gatelight/construct.hpp"
#include "gatelight/formats.hpp"

namespace gatelight::theory {
namespace {

struct Measured {
  std::size_t patterns = 0;
  mpz_class alone, grouped;
};

Measured measured(const Circuit& circuit, const Partition& partition) {
  const GateId output = circuit.outputs()[0];
  const FedForm form = fed_form(circuit, output);
  std::vector<std::int64_t> most;
  for (const auto& level : form.levels) most.push_back(static_cast<std::int64_t>(level.size()));
  const auto levels = level_units(circuit, form, partition, most);
  const auto patterns = reached_patterns(circuit, output, form).value();
  return {patterns.size(), state_bound(patterns, form, levels, false).value(),
          state_bound(patterns, form, levels, true).value()};
}

// 9 gates on 3 levels, 4 blocks of 2, 2, 1 and 1 pairs.  On the first level nothing fires, one of 6, or one of 3
// and one of 3; only where nothing does, one of 2 or both on the next.  The 6 + 9 patterns where the first level
// decides, and (1 + 6 + 9) * 3 for the rest: 63, which is the rank.
TEST(States, LevelsThatSilenceEachOther) {
  const auto made = construct(families::Intersection{6, 3, 3}).value();
  const Measured cd = measured(made.circuit, halves(12));
  EXPECT_EQ(cd.patterns, 1U + 15 + 3);
  EXPECT_EQ(cd.alone, 63);
  EXPECT_EQ(cd.grouped, 63);
}

// A chain of 8 gates, 9 patterns.  Alone they have ranks 2, 3, 4, 5, 4, 3, 2, 1, and the first k together give a
// product: 2 + 6 + 24 + 120 + 480 + 1440 + 2880 + 2880.  As one gate of 8 values all terms together are one of
// rank 5, the number of sums of one side.
TEST(States, AChainIsOneGateOfManyValues) {
  const auto made = construct(families::Parity{8}).value();
  const Measured parity = measured(made.circuit, halves(8));
  EXPECT_EQ(parity.patterns, 9U);
  EXPECT_EQ(parity.alone, 7832);
  EXPECT_EQ(parity.grouped, 5);
}

// The gate below never is 0, so that no pattern is all silent: its values 1 and 2 (of side A) decide which of two
// gates of side B counts.  One constant is free.
TEST(States, WhereSomethingAlwaysFires) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 4,
    "gates": [{"name": "g", "weights": {"x0": 1}, "threshold": 1,
               "activation": {"steps": {"at": [0], "values": [1, 2]}}},
              {"name": "h", "weights": {"g": 2, "x2": 1}, "threshold": 5},
              {"name": "k", "weights": {"g": -2, "x3": 1}, "threshold": -1},
              {"name": "out", "weights": {"h": 1, "k": 1}, "threshold": 1}],
    "outputs": ["out"]})");
  const Measured bound = measured(circuit, halves(4));
  const auto rank =
      measure_rank(BooleanFunction::of_gate(circuit, circuit.outputs()[0]), halves(4)).value();
  ASSERT_TRUE(rank.exact());
  EXPECT_EQ(rank.lower, 2U);
  EXPECT_EQ(bound.patterns, 4U);
  EXPECT_EQ(bound.alone, 2);
}

TEST(States, MoreThanCanBeLookedAtIsRefused) {
  const auto refused = [](const Circuit& circuit) {
    const GateId output = circuit.outputs()[0];
    return reached_patterns(circuit, output, fed_form(circuit, output)).error().message;
  };
  EXPECT_NE(refused(construct(families::Majority{17})->circuit).find("16 input bits"),
            std::string::npos);
  EXPECT_NE(refused(construct(families::Equality{8, 1, 8})->circuit).find("1024 patterns"),
            std::string::npos);
}

}  // namespace
}  // namespace gatelight::theory
