// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatelight/construct.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/theory.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/rational_rank.hpp"
#include "theory/rank_bounds.hpp"
#include "theory/recursion.hpp"
#include "theory/states.hpp"

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

// A row of the check table: log2 of the rank, of the theorem's right side with the circuit's own numbers, and of the
// bounds of theorem 1 and (each gate alone) of theorem 3.
struct Row {
  const char* family;
  std::vector<NamedValue> parameters;
  double rank, theorem, fed_gates, states;
};

// Theorem 1 where gates stand alone or are grouped by their form, but not by one side.
double fed_gates_of_forms(std::vector<theory::LevelUnits> levels, const FiringCaps& caps) {
  for (auto& level : levels) {
    std::erase_if(level.groupings, [](const theory::Grouping& grouping) {
      return grouping.sharing != theory::Sharing::nothing &&
             grouping.sharing != theory::Sharing::form;
    });
  }
  const theory::Rounding whole{0, mpz_class(1) << 1000};
  const theory::Recursion recursion(levels, caps, whole, theory::rank_factor);
  return std::log2(recursion.fed_gates().get_d());
}

class CheckTable : public testing::TestWithParam<Row> {};

TEST_P(CheckTable, HasItsValues) {
  const Row& row = GetParam();
  const Construction made = construct(row.family, row.parameters).value();
  const Circuit& circuit = made.circuit;
  const Partition partition = halves(circuit.bit_count());
  const Predicted& p = made.predicted;
  constexpr double half_digit = 0.0051, half_digit_of_one = 0.051;
  EXPECT_NEAR(theorem_rhs(p.energy, static_cast<int>(p.depth), p.size, p.weight,
                          static_cast<std::size_t>(p.inputs)),
              row.theorem, half_digit_of_one);
  const auto rank =
      measure_rank(BooleanFunction::of_gate(circuit, output_of(circuit)), partition).value();
  ASSERT_TRUE(rank.exact());
  EXPECT_NEAR(std::log2(static_cast<double>(rank.lower)), row.rank, half_digit);
  const auto caps = firing_caps(circuit, output_of(circuit)).value();
  const auto bounds = instance_bounds(circuit, output_of(circuit), caps, partition);
  EXPECT_LE(named(bounds, "fed gates"), row.fed_gates + half_digit);
  EXPECT_LE(named(bounds, "states"), row.states + half_digit);
  const theory::FedForm form = theory::fed_form(circuit, output_of(circuit));
  const auto levels = theory::level_units(circuit, form, partition, caps.level);
  EXPECT_NEAR(fed_gates_of_forms(levels, caps), row.fed_gates, half_digit);
  const auto patterns = theory::reached_patterns(circuit, output_of(circuit), form).value();
  const mpz_class alone = theory::state_bound(patterns, form, levels, false).value();
  EXPECT_NEAR(std::log2(alone.get_d()), row.states,
              row.states > 12 ? half_digit_of_one : half_digit);
}

using Values = std::vector<NamedValue>;
INSTANTIATE_TEST_SUITE_P(
    InstanceBounds, CheckTable,
    testing::Values(Row{"cd", Values{{"pairs", "4"}}, 3.91, 36.0, 4.00, 3.91},
                    Row{"cd", Values{{"pairs", "6"}}, 5.98, 48.7, 6.00, 5.98},
                    Row{"cd", Values{{"pairs", "6"}, {"depth", "3"}}, 5.98, 54.5, 6.00, 5.98},
                    Row{"cd", Values{{"pairs", "6"}, {"depth", "3"}, {"energy", "3"}}, 5.98, 69.8,
                        7.32, 5.98},
                    Row{"eq", Values{{"pairs", "6"}}, 6.00, 20.3, 6.99, 6.99},
                    Row{"parity", Values{{"bits", "8"}}, 1.00, 98.7, 2.58, 12.9},
                    Row{"parity-fold", Values{{"bits", "8"}}, 1.00, 69.7, 3.17, 3.00},
                    Row{"majority", Values{{"bits", "8"}}, 2.32, 3.00, 2.59, 2.32},
                    Row{"ip", Values{{"pairs", "4"}, {"blocks", "4"}}, 3.91, 100.5, 4.00, 3.91},
                    Row{"mux", Values{{"address", "2"}}, 2.00, 9.8, 2.32, 2.32}));

// Theorem 1 for CD far beyond what can be measured: 3 blocks a level on 3 levels, and so on.
TEST(InstanceBounds, LargeIntersections) {
  struct Large {
    std::int64_t pairs, steps;
    double theorem, fed_gates, grouped;
  };
  for (const Large& large : {Large{36, 4, 244, 42.0, 38.1}, Large{64, 5, 423, 76.4, 67.6},
                             Large{100, 6, 655, 121.2, 106.3}}) {
    const auto made =
        construct(families::Intersection{large.pairs, large.steps, large.steps}).value();
    const Predicted& p = made.predicted;
    EXPECT_NEAR(theorem_rhs(p.energy, static_cast<int>(p.depth), p.size, p.weight,
                            static_cast<std::size_t>(p.inputs)),
                large.theorem, 0.51);
    // A gate of each block of one level fires, and the output, which reads no input.
    const auto levels = static_cast<std::size_t>(p.depth - 1);
    const std::vector<std::int64_t> most(levels, p.energy - 1);
    const FiringCaps caps{most, most, p.energy - 1};
    const Partition partition = halves(made.circuit.bit_count());
    const auto form = theory::fed_form(made.circuit, output_of(made.circuit));
    EXPECT_NEAR(
        fed_gates_of_forms(theory::level_units(made.circuit, form, partition, caps.level), caps),
        large.fed_gates, 0.051);
    // Whole levels in place of gates do better, and cannot do better than the rank.
    const auto bounds = instance_bounds(made.circuit, output_of(made.circuit), caps, partition);
    std::printf("CD of %d pairs: fed gates %.2f\n", static_cast<int>(large.pairs),
                named(bounds, "fed gates"));
    EXPECT_NEAR(named(bounds, "fed gates"), large.grouped, 0.051);
    EXPECT_GE(named(bounds, "fed gates"), static_cast<double>(large.pairs) - 0.01);
  }
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
  const auto caps = firing_caps(circuit, output_of(circuit)).value();
  const Partition partition = halves(6);
  const theory::Question question(circuit, output_of(circuit), caps, partition);
  EXPECT_NEAR(fed_gates_of_forms(question.levels, caps), std::log2(6.0), 1e-12);
  // What lies above the lower gate depends on x5 alone, and has rank 1.
  EXPECT_EQ(question.tails, (std::vector<mpz_class>{2, 1}));
}

// Four gates that exclude each other, and above them 3 and 3 gates that compare two bits of each side with 1 to 6:
// each of them may fire with every set of the others, but all together they tell 4 rows apart.
TEST(InstanceBounds, UpperLevelsThatTellFewRowsApart) {
  CircuitBuilder builder;
  std::vector<Source> x;
  for (int i = 0; i < 12; ++i)
    x.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
  std::vector<WrittenWire> read;
  for (int i = 0; i < 4; ++i) {
    GateSpec gate{.name = "g" + std::to_string(i), .threshold = 8};
    for (const int k : {2, 3, 4, 5, 8, 9, 10, 11}) {
      const bool wanted = k % 4 != i;
      gate.wires.push_back({x[static_cast<std::size_t>(k)], wanted ? 2 : -2});
    }
    gate.threshold = 12;
    read.push_back({Source::gate(builder.add_gate(gate).value()), 1});
  }
  std::vector<WrittenWire> compared;
  for (int i = 0; i < 6; ++i) {
    GateSpec gate{.name = "h" + std::to_string(i), .wires = read, .threshold = 1 + i};
    for (const auto& [bit, weight] : {std::pair{0, 1}, {1, 2 + i % 2}, {6, 1}, {7, 2 - i % 2}})
      gate.wires.push_back({x[static_cast<std::size_t>(bit)], weight});
    compared.push_back({Source::gate(builder.add_gate(gate).value()), i % 2 == 0 ? 1 : -1});
    if (i == 2) read.insert(read.end(), compared.begin(), compared.end());
  }
  (void)builder.add_output(
      builder.add_gate({.name = "out", .wires = compared, .threshold = 1}).value());
  const Circuit circuit = std::move(builder).build().value();
  const auto caps = firing_caps(circuit, output_of(circuit)).value();
  const Partition partition = halves(12);
  const theory::Question question(circuit, output_of(circuit), caps, partition);
  ASSERT_EQ(question.tails.size(), 3U);
  EXPECT_EQ(question.tails[1], 4);
  const theory::Rounding whole{0, mpz_class(1) << 1000};
  const theory::Recursion recursion(question.levels, caps, whole, theory::rank_factor);
  EXPECT_LT(recursion.fed_gates(question.tails), recursion.fed_gates());
  const auto patterns =
      theory::reached_patterns(circuit, output_of(circuit), question.form).value();
  const auto states = [&](bool grouped, const std::vector<mpz_class>& tails) -> mpz_class {
    return theory::state_bound(patterns, question.form, question.levels, grouped, tails).value();
  };
  EXPECT_LT(states(false, question.tails), states(false, {}));
  const auto f = BooleanFunction::of_gate(circuit, output_of(circuit));
  EXPECT_GE(states(true, question.tails).get_ui(), measure_rank(f, partition).value().lower);
}

struct Tally {
  int ranks = 0, fed = 0, accepting = 0, states = 0;  // looked at; a bound below the trivial one
  int theorem = 0;                                    // it applies
  int all = 0;  // circuits all of whose partitions were looked at
};

// Every bound of every kind, for some partitions of one circuit, or for all of them.
void expect_sound(const Circuit& circuit, GateId output, bool all, base::Random& random,
                  Tally& tally) {
  const std::size_t bits = circuit.bit_count();
  const Looked looked = look(circuit, output);
  const auto everywhere = instance_bounds(circuit, output, looked.caps, std::nullopt);
  const std::uint32_t partitions = 1U << bits;
  tally.all += all ? 1 : 0;
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

// Layers, control networks, and circuits with skip connections: with threshold gates alone or with words and
// gates of many values, with repeated gates, of small and of large weights.
Circuit of_any_kind(base::Random& random, int round) {
  if (round % 8 == 7) {
    return generate::control_network(
        random, {.max_bits = 6, .max_layers = 3, .max_width = 3, .max_weight = 3, .domain = false});
  }
  if (round % 8 == 3) {
    const int bits = static_cast<int>(random.between(4, 7));
    std::vector<int> layers(random.below(3) + 1);
    for (int& width : layers) width = static_cast<int>(random.between(1, 4));
    layers.push_back(1);
    return generate::layered_circuit(random, bits, layers, random.between(1, 3));
  }
  return generate::random_circuit(random, {.min_bits = 1,
                                           .max_bits = round % 4 == 0 ? 7 : 5,
                                           .min_gates = 1,
                                           .max_gates = round % 3 == 0 ? 8 : 4,
                                           .words = round % 2 == 0,
                                           .activations = round % 2 == 0,
                                           .domain = false,
                                           .duplicates = round % 5 == 1,
                                           .max_weight = round % 5 == 0 ? 0 : 3});
}

TEST(InstanceBounds, NoRankIsLarger) {
  constexpr std::uint64_t seed = 71;
  base::Random random(seed);
  Tally tally;
  const int rounds = generate::scaled(5000);
  for (int round = 0; round < rounds; ++round) {
    const Circuit circuit = of_any_kind(random, round);
    // All partitions of circuits of up to 4 bits, and of one in 8, 20 and 50 of those of 5, 6 and 7.
    constexpr int one_in[] = {1, 1, 1, 1, 1, 8, 20, 50};
    const bool all = random.below(static_cast<std::uint64_t>(one_in[circuit.bit_count()])) == 0;
    const GateId output{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    expect_sound(circuit, output, all, random, tally);
    if (HasFatalFailure()) FAIL() << "seed " << seed << ", round " << round;
  }
  std::printf(
      "seed %llu: %d circuits, all partitions of %d, %d ranks; bounds below the trivial one: %d "
      "fed "
      "gates, %d accepting patterns, %d states\n",
      static_cast<unsigned long long>(seed), rounds, tally.all, tally.ranks, tally.fed,
      tally.accepting, tally.states);
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
    expect_sound(circuit, GateId{static_cast<std::uint32_t>(count)}, bits == 4, random, tally);
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
