// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatelight/formats.hpp"
#include "gatelight/theory.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/rational_rank.hpp"
#include "theory/fed_form.hpp"

namespace gatelight {
namespace {

constexpr std::uint32_t prime = 2147483647;

GateId output_of(const Circuit& circuit) { return circuit.outputs()[0]; }

// The bound of that name; infinite where there is none.
double named(const std::vector<InstanceBound>& bounds, const std::string& name) {
  const auto found = std::ranges::find(bounds, name, &InstanceBound::name);
  return found == bounds.end() ? std::numeric_limits<double>::infinity() : found->log2;
}

std::vector<InstanceBound> bounds_of(const Circuit& circuit,
                                     const std::optional<Partition>& partition) {
  const auto caps = firing_caps(circuit, output_of(circuit)).value();
  return instance_bounds(circuit, output_of(circuit), caps, partition);
}

Partition partition_of(std::uint32_t sides, std::size_t bits) {
  Partition partition(bits);
  for (std::size_t i = 0; i < bits; ++i) partition[i] = static_cast<std::uint8_t>(sides >> i & 1U);
  return partition;
}

// The rank of [the gate fires], from the values of evaluate().  A rank modulo a prime is at most the rank.
std::size_t rank_of(const std::vector<bool>& fires, std::size_t bits, std::uint32_t sides) {
  std::vector<std::vector<int>> rows;
  const std::uint32_t all = (1U << bits) - 1, other = all & ~sides;
  for (std::uint32_t a = 0;; a = (a - other) & other) {
    auto& row = rows.emplace_back();
    for (std::uint32_t b = 0;; b = (b - sides) & sides) {
      row.push_back(fires[a | b] ? 1 : 0);
      if (b == sides) break;
    }
    if (a == other) break;
  }
  return reference::modular_rank(rows, prime);
}

// Everything by looking at all inputs: the tightest caps that are true.
struct Looked {
  std::vector<bool> fires;
  FiringCaps caps;
  std::int64_t energy = 0;
};
Looked look(const Circuit& circuit, GateId output) {
  const theory::FedForm form = theory::fed_form(circuit, output);
  const std::size_t depth = form.levels.size(), bits = circuit.bit_count();
  Looked looked{{}, {std::vector<std::int64_t>(depth), std::vector<std::int64_t>(depth)}};
  for (std::uint32_t x = 0; x >> bits == 0; ++x) {
    const auto values = evaluate(circuit, generate::input_of_number(x, bits));
    looked.fires.push_back(values[static_cast<std::uint32_t>(output)] != 0);
    std::int64_t suffix = 0, last = 0;
    for (std::size_t l = depth; l-- > 0;) {
      const std::int64_t here = std::ranges::count_if(
          form.levels[l], [&](GateId id) { return values[static_cast<std::uint32_t>(id)] != 0; });
      if (l + 1 == depth) last = here;
      suffix += here;
      looked.caps.level[l] = std::max(looked.caps.level[l], here);
      looked.caps.suffix[l] = std::max(looked.caps.suffix[l], suffix);
    }
    std::int64_t energy = 0;
    for (std::uint32_t g = 0; g < values.size(); ++g)
      energy += circuit.gate(GateId{g}).counts && values[g] != 0 ? 1 : 0;
    looked.energy = std::max(looked.energy, energy);
    looked.caps.below_last = std::max(looked.caps.below_last, suffix - last);
  }
  return looked;
}

// Rows of the check table: log2 of the bounds.
TEST(InstanceBounds, CheckValues) {
  const auto cd = [](int m) {
    const Circuit circuit = generate::disjointness(m, m);
    return bounds_of(circuit, halves(circuit.bit_count()));
  };
  EXPECT_NEAR(named(cd(4), "fed gates"), 4.00, 0.005);
  EXPECT_NEAR(named(cd(4), "states"), 3.91, 0.005);
  EXPECT_NEAR(named(cd(6), "fed gates"), 6.00, 0.005);
  EXPECT_NEAR(named(cd(6), "states"), 5.98, 0.005);
  const Circuit equal = generate::equality(6, 6, false);
  EXPECT_NEAR(named(bounds_of(equal, halves(12)), "fed gates"), 6.99, 0.005);
  EXPECT_NEAR(named(bounds_of(equal, halves(12)), "states"), 6.99, 0.005);
  const Circuit parity = generate::parity_thermometer(8);
  EXPECT_NEAR(named(bounds_of(parity, halves(8)), "fed gates"), 2.58, 0.005);
  EXPECT_NEAR(named(bounds_of(parity, halves(8)), "states"), 12.9, 0.05);
  const Circuit majority = generate::majority(8);
  EXPECT_NEAR(named(bounds_of(majority, halves(8)), "accepting patterns"), 2.32, 0.005);
  EXPECT_NEAR(named(bounds_of(majority, halves(8)), "states"), 2.32, 0.005);
}

// Blocks of pairs on two levels, the later ones silenced by the earlier ones: CD of 6 pairs with 9 gates,
// depth 3, energy 3 in the check table.
Circuit two_level_disjointness() {
  CircuitBuilder builder;
  std::vector<Source> x, y, first;
  for (const char* side : {"x", "y"}) {
    for (int i = 0; i < 6; ++i) {
      auto& sources = side[0] == 'x' ? x : y;
      sources.push_back(Source::word(builder.add_input({side + std::to_string(i)}).value()));
    }
  }
  std::vector<WrittenWire> all;
  int gates = 0;
  const auto block = [&](const std::vector<std::size_t>& pairs, bool silenced) {
    for (unsigned pattern = 1; pattern >> pairs.size() == 0; ++pattern) {
      GateSpec gate{.name = "g" + std::to_string(gates++)};
      const std::int64_t ones = std::popcount(pattern);
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        const bool one = (pattern >> i & 1U) != 0;
        gate.wires.push_back({x[pairs[i]], one ? ones + 1 : -(ones + 1)});
        if (one) gate.wires.push_back({y[pairs[i]], 1});
      }
      gate.threshold = (ones + 1) * ones + 1;
      for (const Source source : first) {
        if (silenced) gate.wires.push_back({source, -8});
      }
      all.push_back({Source::gate(builder.add_gate(gate).value()), 1});
    }
  };
  block({0, 1}, false);
  block({2, 3}, false);
  for (const WrittenWire& wire : all) first.push_back(wire.source);
  block({4}, true);
  block({5}, true);
  const GateId out = builder.add_gate({.name = "out", .wires = all, .threshold = 1}).value();
  (void)builder.add_output(out);
  return std::move(builder).build().value();
}

TEST(InstanceBounds, LevelsThatSilenceEachOther) {
  const Circuit circuit = two_level_disjointness();
  const auto caps = firing_caps(circuit, output_of(circuit)).value();
  EXPECT_EQ(caps.level, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(caps.suffix, (std::vector<std::int64_t>{2, 2}));
  EXPECT_TRUE(caps.exact);
  EXPECT_NEAR(named(bounds_of(circuit, halves(12)), "fed gates"), std::log2(160.0), 1e-12);
}

// Two counters of many values, one fed by side A only and one by side B only.  Each matrix has one different
// column or row, so that a product over min(rows, columns) would allow rank (1 + 1)^2 = 4.
TEST(InstanceBounds, CountersOfManyValuesAreNotChargedByTheSmallerSide) {
  constexpr int k = 6;
  CircuitBuilder builder;
  std::vector<WrittenWire> a, b;
  for (int i = 0; i < 2 * k; ++i) {
    const auto bit = builder.add_input({"x" + std::to_string(i)}).value();
    (i < k ? a : b).push_back({Source::word(bit), 1});
  }
  const GateId left = builder.add_gate({.name = "l", .wires = a, .activation = Relu{0, k}}).value();
  const GateId right =
      builder.add_gate({.name = "r", .wires = b, .activation = Relu{0, k}}).value();
  GateSpec compare{.name = "more",
                   .wires = {{Source::gate(left), 1}, {Source::gate(right), -1}},
                   .threshold = 1};
  (void)builder.add_output(builder.add_gate(compare).value());
  const Circuit circuit = std::move(builder).build().value();
  const Looked looked = look(circuit, output_of(circuit));
  const std::size_t rank = rank_of(looked.fires, 2 * k, ((1U << k) - 1) << k);
  EXPECT_EQ(rank, std::size_t{k});
  EXPECT_GT(rank, std::size_t{4});
  const double bound = named(bounds_of(circuit, halves(2 * k)), "fed gates");
  EXPECT_GE(bound, std::log2(static_cast<double>(k)));
  EXPECT_LE(bound, std::log2(2.0 * (k + 1)) + 1e-12);
}

// A gate with the values 1 and 2 below a fed gate: 2 patterns of it fire, each of rank 1, and each is multiplied
// by the term of the gate above.  (1 + 1) + (1 + 1) * 1 + 2 * 1 = 6.
TEST(InstanceBounds, EveryValueOfALowerGateIsCharged) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 6,
    "gates": [{"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 0,
               "activation": {"relu": {"shift": 0, "max": 2}}},
              {"name": "h", "weights": {"g": 1, "x5": 1}, "threshold": 2},
              {"name": "out", "weights": {"h": 1}, "threshold": 1}],
    "outputs": ["out"]})");
  EXPECT_NEAR(named(bounds_of(circuit, halves(6)), "fed gates"), std::log2(6.0), 1e-12);
}

struct Tally {
  int ranks = 0, fed = 0, accepting = 0, states = 0;  // looked at; a bound below the trivial one
  int theorem = 0;                                    // it applies
};

// Every bound of every kind, for partitions of one circuit.
void expect_sound(const Circuit& circuit, GateId output, base::Random& random, Tally& tally) {
  const std::size_t bits = circuit.bit_count();
  const Looked looked = look(circuit, output);
  const auto everywhere = instance_bounds(circuit, output, looked.caps, std::nullopt);
  const std::uint32_t partitions = 1U << bits;
  const bool all = bits <= 4;
  const auto theorem = theorem_bound(circuit, output, looked.energy);
  for (std::uint32_t i = 0; i < (all ? partitions : 6); ++i) {
    const auto sides = all ? i : static_cast<std::uint32_t>(random.below(partitions));
    const auto rank = static_cast<double>(rank_of(looked.fires, bits, sides));
    const auto here = instance_bounds(circuit, output, looked.caps, partition_of(sides, bits));
    const double trivial = named(here, "trivial");
    ++tally.ranks;
    if (theorem.ok() && theorem->applies) {
      ++tally.theorem;
      ASSERT_LE(std::log2(rank), theorem->rhs) << "the theorem\n" << format_circuit(circuit);
    }
    tally.fed += named(here, "fed gates") < trivial ? 1 : 0;
    tally.accepting += named(here, "accepting patterns") < trivial ? 1 : 0;
    tally.states += named(here, "states") < trivial ? 1 : 0;
    for (const auto& bounds : {here, everywhere}) {
      for (const InstanceBound& bound : bounds)
        ASSERT_LE(std::log2(rank), bound.log2 + 1e-12)
            << bound.name << ", " << (&bounds == &here) << ", sides " << sides << "\n"
            << format_circuit(circuit);
    }
  }
}

TEST(InstanceBounds, NoRankIsLarger) {
  constexpr std::uint64_t seed = 71;
  base::Random random(seed);
  Tally tally;
  const int rounds = generate::scaled(5000);
  for (int round = 0; round < rounds; ++round) {
    const bool control = round % 8 == 7;
    const Circuit circuit =
        control ? generate::control_network(random, {.max_bits = 6,
                                                     .max_layers = 3,
                                                     .max_width = 3,
                                                     .max_weight = 3,
                                                     .domain = false})
                : generate::random_circuit(random, {.min_bits = 1,
                                                    .max_bits = round % 4 == 0 ? 7 : 5,
                                                    .min_gates = 1,
                                                    .max_gates = round % 3 == 0 ? 8 : 4,
                                                    .words = round % 2 == 0,
                                                    .activations = round % 2 == 0,
                                                    .domain = false,
                                                    .max_weight = round % 5 == 0 ? 0 : 3});
    const GateId output{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    expect_sound(circuit, output, random, tally);
    if (HasFatalFailure()) FAIL() << "seed " << seed << ", round " << round;
  }
  std::printf(
      "seed %llu: %d circuits, %d ranks; bounds below the trivial one: %d fed gates, %d "
      "accepting patterns, %d states\n",
      static_cast<unsigned long long>(seed), rounds, tally.ranks, tally.fed, tally.accepting,
      tally.states);
  if (rounds >= 500) {
    EXPECT_GT(tally.fed, 0);
    EXPECT_GT(tally.accepting, 0);
    EXPECT_GT(tally.states, 0);
    EXPECT_GT(tally.theorem, 0);
  }
}

// Circuits whose bounds are close to the rank: a few gates that exclude each other, on several levels.
TEST(InstanceBounds, NoRankIsLargerWhereFewGatesFire) {
  constexpr std::uint64_t seed = 72;
  base::Random random(seed);
  Tally tally;
  for (int round = 0; round < generate::scaled(1500); ++round) {
    CircuitBuilder builder;
    const int bits = static_cast<int>(random.between(4, 6));
    std::vector<Source> inputs, gates;
    for (int i = 0; i < bits; ++i)
      inputs.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
    const auto count = random.between(2, 5);
    for (std::int64_t g = 0; g <= count; ++g) {
      GateSpec spec{.name = "g" + std::to_string(g)};
      std::int64_t high = 0;
      for (const Source input : inputs) {
        const std::int64_t weight = random.between(-2, 2);
        if (weight == 0 || (g == count && random.below(2) == 0)) continue;
        spec.wires.push_back({input, weight});
        high += std::max<std::int64_t>(weight, 0);
      }
      for (const Source gate : gates) {
        const std::int64_t weight = g == count ? random.between(-2, 2) : -random.between(0, 4);
        if (weight != 0) spec.wires.push_back({gate, weight});
      }
      spec.threshold = g == count ? random.between(-1, 2) : high - random.between(0, 1);
      if (random.below(4) == 0) spec.activation = Steps{{0, 1}, {0, 1, 3}};
      gates.push_back(Source::gate(builder.add_gate(spec).value()));
    }
    const Circuit circuit = std::move(builder).build().value();
    expect_sound(circuit, GateId{static_cast<std::uint32_t>(count)}, random, tally);
    if (HasFatalFailure()) FAIL() << "seed " << seed << ", round " << round;
  }
  std::printf(
      "seed %llu: %d ranks; bounds below the trivial one: %d fed gates, %d accepting "
      "patterns, %d states\n",
      static_cast<unsigned long long>(seed), tally.ranks, tally.fed, tally.accepting, tally.states);
}

TEST(FiringCaps, AreTrueAndTightWhateverTheDomain) {
  constexpr std::uint64_t seed = 73;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(200); ++round) {
    const Circuit circuit = generate::random_circuit(
        random, {.min_bits = 1, .max_bits = 6, .min_gates = 1, .max_gates = 9});
    const GateId output{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    const auto caps = firing_caps(circuit, output).value();
    const auto looked = look(circuit, output).caps;
    const theory::FedForm form = theory::fed_form(circuit, output);
    bool counted = true;
    for (const auto& level : form.levels) {
      ASSERT_TRUE(!level.empty());
      for (const GateId id : level) counted = counted && circuit.gate(id).counts;
    }
    for (std::size_t l = 0; l < form.levels.size(); ++l) {
      ASSERT_GE(caps.level[l], looked.level[l]) << "round " << round;
      ASSERT_GE(caps.suffix[l], looked.suffix[l]) << "round " << round;
      // A single gate is taken to fire, a single question is about several.
      if (counted && form.levels[l].size() > 1 && form.levels.size() <= 6) {
        ASSERT_EQ(caps.suffix[l], looked.suffix[l]) << "round " << round;
      }
    }
    ASSERT_GE(caps.below_last, looked.below_last) << "round " << round;
  }
}

TEST(InstanceBounds, AllPartitionsAreNotBelowAnyOne) {
  const Circuit circuit = generate::majority(9);
  const double all = named(bounds_of(circuit, std::nullopt), "accepting patterns");
  for (std::uint32_t sides = 0; sides < 1U << 9; ++sides) {
    ASSERT_GE(all, named(bounds_of(circuit, partition_of(sides, 9)), "accepting patterns"));
  }
  EXPECT_LE(named(bounds_of(circuit, std::nullopt), "trivial"), 4.0);
}

TEST(InstanceBounds, LogarithmsAreOnTheSafeSide) {
  EXPECT_EQ(log2_below(8), 3.0);
  EXPECT_EQ(log2_below(0), -std::numeric_limits<double>::infinity());
  for (std::uint64_t number = 1; number < 2000; ++number)
    EXPECT_LE(static_cast<long double>(log2_below(number)),
              std::log2(static_cast<long double>(number)));
  EXPECT_GE(static_cast<long double>(named(bounds_of(generate::majority(8), halves(8)), "states")),
            std::log2(5.0L));
}

TEST(InstanceBounds, AConstantOutput) {
  const Circuit circuit =
      *parse_circuit(R"({"format": "gatelight/circuit", "version": 1, "inputs": 2,
    "gates": [{"name": "a", "weights": {}, "threshold": 0}], "outputs": ["a"]})");
  EXPECT_EQ(named(bounds_of(circuit, halves(2)), "fed gates"), 0.0);
  EXPECT_EQ(named(bounds_of(circuit, std::nullopt), "trivial"), 0.0);
}

}  // namespace
}  // namespace gatelight
