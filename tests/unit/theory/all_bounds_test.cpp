// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "gatelight/construct.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"
#include "gatelight/theory.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight {
namespace {

std::map<std::string, NamedBound> named(const std::vector<NamedBound>& bounds) {
  std::map<std::string, NamedBound> result;
  for (const NamedBound& bound : bounds) result.emplace(bound.name, bound);
  return result;
}

std::vector<NamedBound> bounds_of(const Circuit& circuit, GateId output,
                                  const std::optional<Partition>& partition) {
  const auto everywhere = circuit.with_domain({}).value();
  EnergyOptions options;
  options.costs = unit_costs(circuit);
  const auto energy = measure_energy(everywhere, options).value();
  const auto caps = firing_caps(circuit, output).value();
  return all_bounds(circuit, output, caps, energy.bounds.upper, partition);
}

struct Tally {
  int bounds = 0;
  std::map<std::string, int> there;
};

// What is computed from below is not above what is proved from above.
TEST(AllBounds, BothSidesAgree) {
  constexpr std::uint64_t seed = 86;
  base::Random random(seed);
  Tally tally;
  const int rounds = generate::scaled(400);
  for (int round = 0; round < rounds; ++round) {
    const bool control = round % 8 == 7;
    const Circuit circuit =
        control ? generate::control_network(random, {.max_bits = 6,
                                                     .max_layers = 3,
                                                     .max_width = 3,
                                                     .max_weight = 3,
                                                     .domain = false,
                                                     .costs = false})
                : generate::random_circuit(random, {.min_bits = 1,
                                                    .max_bits = 7,
                                                    .min_gates = 1,
                                                    .max_gates = 7,
                                                    .words = round % 2 == 0,
                                                    .activations = round % 3 != 0,
                                                    .domain = false,
                                                    .duplicates = round % 4 == 0,
                                                    .max_weight = round % 5 == 0 ? 0 : 3});
    const GateId output{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    Partition partition(circuit.bit_count());
    for (auto& side : partition) side = static_cast<std::uint8_t>(random.below(2));
    const auto f = BooleanFunction::of_gate(circuit, output);
    const auto lower = lower_sides(communication_matrix(f, partition).value());
    ASSERT_TRUE(lower.has_value());
    const double sets = std::log2(static_cast<double>(count_firing_sets(circuit).value()));
    const bool best = round % 4 == 1;
    for (const NamedBound& bound :
         bounds_of(circuit, output, best ? std::nullopt : std::optional(partition))) {
      if (!bound.log2) continue;
      ++tally.bounds;
      ++tally.there[bound.name];
      constexpr double noise = 1e-6;
      const auto where = [&] {
        return bound.name + ", seed " + std::to_string(seed) + ", round " + std::to_string(round) +
               "\n" + format_circuit(circuit);
      };
      const double left = bound.measure == "gamma_2"       ? lower->gamma_2 - noise
                          : bound.measure == "sign-rank"   ? lower->sign_rank - noise
                          : bound.measure == "firing sets" ? sets
                                                           : 0;
      ASSERT_LE(left, bound.measure == "rank" ? 0 : *bound.log2) << where();
    }
  }
  std::printf("seed %llu: %d bounds;", static_cast<unsigned long long>(seed), tally.bounds);
  for (const auto& [name, count] : tally.there) std::printf(" %s %d;", name.c_str(), count);
  std::printf("\n");
  if (rounds >= 400) {
    for (const char* name :
         {"firing patterns", "closed form", "gates below the output", "rank + 1", "sets of gates"})
      EXPECT_GT(tally.there[name], 50) << name;
  }
}

TEST(AllBounds, NoneIsEverMissing) {
  const std::set<std::string> names{"trivial",         "row classes",
                                    "fed gates",       "accepting patterns",
                                    "states",          "root of the rank",
                                    "firing patterns", "closed form",
                                    "rank + 1",        "gates below the output",
                                    "sets of gates",   "this circuit"};
  const auto made = construct(families::ParityFold{8}).value();
  for (const Circuit& circuit :
       {made.circuit, *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "a", "weights": {}, "threshold": 0}], "outputs": ["a"]})")}) {
    const auto bounds = bounds_of(circuit, circuit.outputs()[0], halves(circuit.bit_count()));
    std::set<std::string> there;
    for (const NamedBound& bound : bounds) {
      there.insert(bound.name);
      EXPECT_FALSE(bound.reason.empty());
      EXPECT_EQ(bound.reference.find("docs/explanation/bounds.md#"), 0U);
    }
    EXPECT_EQ(there, circuit.bit_count() == 8 ? names : there);
  }
}

// IP of 4 pairs: 4 gates of rank 1 and 8 that count them, an OR of these.  2^4 patterns of the fed ones.
TEST(AllBounds, InnerProduct) {
  const auto made = construct(families::InnerProduct{4, 4}).value();
  const auto bounds = named(bounds_of(made.circuit, made.circuit.outputs()[0], halves(8)));
  // Alone, 4 gates whose gamma_2 is 1 have (1 + 1 + 1)^4 pairs of sets; together, as one unit of rank 15 and 15
  // patterns, they have 1 + 16 roots of 15.
  EXPECT_NEAR(*bounds.at("firing patterns").log2, std::log2(1 + 16 * std::sqrt(15.0)), 1e-6);
  EXPECT_NEAR(*bounds.at("root of the rank").log2, std::log2(15.0) / 2, 1e-6);
  EXPECT_NEAR(*bounds.at("rank + 1").log2, 4, 1e-9);
  // At most 5 of 13 gates fire.
  EXPECT_NEAR(*bounds.at("sets of gates").log2, std::log2(1 + 13 + 78 + 286 + 715 + 1287.0), 1e-9);
}

// Large weights: one gate compares two words.  Every bound of the rank is 2^bits, gamma_2 is about bits / 4.5, and the
// sign-rank 2.
TEST(AllBounds, WeightsDoNotMatterForGamma) {
  CircuitBuilder builder;
  std::vector<WrittenWire> wires;
  constexpr int bits = 12;
  for (int i = 0; i < 2 * bits; ++i) {
    const auto bit = builder.add_input({"x" + std::to_string(i)}).value();
    const std::int64_t weight = std::int64_t{1} << i % bits;
    wires.push_back({Source::word(bit), i < bits ? weight : -weight});
  }
  (void)builder.add_output(
      builder.add_gate({.name = "more", .wires = wires, .threshold = 1}).value());
  const Circuit circuit = std::move(builder).build().value();
  const auto bounds = named(bounds_of(circuit, circuit.outputs()[0], halves(2 * bits)));
  EXPECT_NEAR(*bounds.at("accepting patterns").log2, bits, 0.001);
  EXPECT_LT(*bounds.at("firing patterns").log2, std::log2(bits * 0.2207 + 1));
  EXPECT_EQ(*bounds.at("gates below the output").log2, 1);
}

// A gate that always fires, with the values 1 to 4, above another gate: that it fires is a constant, but its values
// are a matrix of rank 3 at least, and so many terms has the sum that the output compares.
TEST(AllBounds, TheSignsComeFromValues) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 4,
    "gates": [{"name": "h", "weights": {"x0": 1, "x2": 1}, "threshold": 2},
              {"name": "g", "weights": {"x1": 1, "x3": 1, "h": 1}, "threshold": -1,
               "activation": {"relu": {"shift": 0, "max": 4}}},
              {"name": "out", "weights": {"g": 1}, "threshold": 3}],
    "outputs": ["out"]})");
  const auto bounds = named(bounds_of(circuit, circuit.outputs()[0], halves(4)));
  ASSERT_TRUE(bounds.at("gates below the output").log2);
  EXPECT_GE(*bounds.at("gates below the output").log2, 2);
}

TEST(AllBounds, SetsThatFire) {
  const auto made = construct(families::Parity{6}).value();
  // A chain: 0 to 6 gates, and the output with an odd number.
  EXPECT_EQ(count_firing_sets(made.circuit).value(), 7U);
  EXPECT_FALSE(count_firing_sets(construct(families::Majority{17})->circuit).ok());
}

}  // namespace
}  // namespace gatelight
