// SPDX-License-Identifier: Apache-2.0
//
// Everything that can be asked of measure_energy(), drawn at random: costs, layers, levels, histogram,
// replaced domains, threads and seeds.  Each engine says what the reference finds; stopped early, its
// interval holds it.
#include <gtest/gtest.h>

#include <array>

#include "gatelight/measure.hpp"
#include "generate/multiplier.hpp"
#include "generate/planted.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

constexpr int shards = 25;
constexpr int circuits_per_shard = 800;
constexpr Engine all_engines[] = {Engine::search, Engine::enumerate, Engine::diagram, Engine::box,
                                  Engine::automatic};

// All kinds of gates; or, more seldom, dense layers and needles, which are harder to search.
Circuit draw_circuit(base::Random& random) {
  generate::RandomOptions options{.max_bits = 9, .duplicates = true, .labels = true};
  const std::uint64_t kind = random.below(32);
  if (kind < 3) {
    options.min_bits = 10;
    options.max_bits = 14;
    options.max_gates = 20;
  }
  if (kind >= 3 && kind < 9) {
    const int bits = static_cast<int>(random.between(6, 14));
    const std::int64_t most = random.coin() ? 3 : 40;
    return generate::layered_circuit(random, bits, {10, 8, 6}, most);
  }
  if (kind == 9) {
    const int bits = static_cast<int>(random.between(6, 11));
    return generate::planted_needle(random, bits, bits, 3).circuit;
  }
  return generate::random_circuit(random, options);
}

bool holds_an_input(const Circuit& circuit, const DomainSpec& domain) {
  for (std::uint64_t x = 0; x < 1U << circuit.bit_count(); ++x) {
    const InputBits bits = generate::input_of_number(x, circuit.bit_count());
    if (reference::in_domain(circuit, domain, bits)) return true;
  }
  return false;
}

// The wires that read each gate, from the written form: wires from gates never merge or cancel.
std::vector<std::int64_t> written_fanout(const Circuit& circuit) {
  std::vector<std::int64_t> costs(circuit.gate_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    for (const WrittenWire& wire : circuit.gate(GateId{g}).wires) {
      if (wire.source.kind == Source::Kind::gate) ++costs[wire.source.index];
    }
  }
  return costs;
}

// The costs of the circuit, one a gate, fan-out, or a table of small or of large numbers.
std::vector<std::int64_t> draw_costs(base::Random& random, const Circuit& circuit) {
  const std::uint64_t kind = random.below(5);
  std::vector<std::int64_t> costs;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (kind == 0) costs.push_back(circuit.gate(GateId{g}).cost);
    if (kind == 1) costs.push_back(1);
    if (kind == 2) costs.push_back(random.between(0, 9));
    if (kind == 3) costs.push_back(random.between(0, std::int64_t{1} << random.below(57)));
  }
  return kind == 4 ? written_fanout(circuit) : costs;
}

// One circuit and what is asked about it.
class Case {
 public:
  explicit Case(base::Random& random) : circuit_(draw_circuit(random)) {
    if (random.coin()) replace_domain(random);
    costs_ = draw_costs(random, circuit_);
    options_.costs = costs_;
    // Where the same can be said without a table.
    std::vector<std::int64_t> own;
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g)
      own.push_back(circuit_.gate(GateId{g}).cost);
    if (costs_ == own && random.coin()) options_.costs.clear();
    if (costs_ == written_fanout(circuit_)) options_.costs = fanout_costs(circuit_);
    if (std::ranges::count(costs_, 1) == std::ssize(costs_)) options_.costs = unit_costs(circuit_);
    options_.levels = random.coin();
    options_.layers = random.coin();
    options_.histogram = random.coin();
    options_.limits.threads = random.coin() ? 1 : 2;
    options_.limits.seed = random();
    ask([](GateId /*gate*/) { return true; });
    for (int level = 1; level <= measure_resources(circuit_).depth; ++level) {
      ask([&](GateId gate) { return circuit_.level(gate) == level; });
    }
    for (const std::string& label : labels()) {
      ask([&](GateId gate) { return circuit_.gate(gate).layer == label; });
    }
    expected_ = reference::energies(circuit_, objectives_);
  }

  void expect_answers() {
    for (const Engine engine : all_engines) {
      EnergyOptions options = options_;
      options.engine = engine;
      if (engine == Engine::search || engine == Engine::box) options.histogram = false;
      const auto energy = measure_energy(circuit_, options);
      ASSERT_TRUE(energy.ok()) << energy.error().text();
      SCOPED_TRACE(energy->engine);
      expect_whole(*energy);
      expect_parts(*energy);
      expect_histogram(*energy, options.histogram);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  // With next to no time, or memory.
  void expect_sound_intervals(base::Random& random) {
    for (const Engine engine : all_engines) {
      EnergyOptions options = options_;
      options.engine = engine;
      if (engine == Engine::search || engine == Engine::box) options.histogram = false;
      options.limits.seconds = 1e-6 * static_cast<double>(random.between(1, 1000));
      if (random.coin()) options.limits.bytes = random.below(5000) + 1;
      const auto energy = measure_energy(circuit_, options);
      ASSERT_TRUE(energy.ok()) << energy.error().text();
      SCOPED_TRACE(energy->engine);
      expect_witness(*energy);
      ASSERT_LE(energy->bounds.lower, expected_[0].maximum);
      ASSERT_GE(energy->bounds.upper, expected_[0].maximum);
      std::size_t next = 1;
      for (const LevelEnergy& level : energy->levels) {
        ASSERT_LE(level.bounds.lower, expected_[next].maximum);
        ASSERT_GE(level.bounds.upper, expected_[next++].maximum);
      }
    }
  }

  [[nodiscard]] bool replaced() const { return replaced_; }

 private:
  void replace_domain(base::Random& random) {
    const DomainSpec domain = generate::random_domain(random, circuit_);
    const auto other = circuit_.with_domain(domain);
    EXPECT_EQ(other.ok(), holds_an_input(circuit_, domain));
    replaced_ = other.ok();
    if (replaced_) circuit_ = *other;
  }

  template <class Asked>
  void ask(Asked asked) {
    engines::Objective& objective = objectives_.emplace_back();
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
      const bool wanted = circuit_.gate(GateId{g}).counts && asked(GateId{g});
      objective.cost.push_back(wanted ? costs_[g] : 0);
    }
  }

  // Those that are there, in the order of their first gates.
  [[nodiscard]] std::vector<std::string> labels() const {
    std::vector<std::string> found;
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
      const std::string& label = circuit_.gate(GateId{g}).layer;
      if (!label.empty() && !std::ranges::count(found, label)) found.push_back(label);
    }
    return found;
  }

  [[nodiscard]] Bounds<std::int64_t> exactly(std::size_t objective) const {
    return {*expected_[objective].maximum, *expected_[objective].maximum};
  }

  void expect_witness(const EnergyResult& energy) const {
    ASSERT_TRUE(reference::in_domain(circuit_, energy.witness));
    const auto values = reference::outputs(circuit_, energy.witness);
    std::int64_t total = 0;
    for (std::size_t g = 0; g < values.size(); ++g)
      total += values[g] != 0 ? objectives_[0].cost[g] : 0;
    ASSERT_EQ(total, energy.bounds.lower);
  }

  void expect_whole(const EnergyResult& energy) const {
    ASSERT_EQ(energy.bounds.lower, *expected_[0].maximum);
    ASSERT_EQ(energy.bounds.upper, *expected_[0].maximum);
    expect_witness(energy);
  }

  void expect_parts(const EnergyResult& energy) const {
    const auto depth = static_cast<std::size_t>(measure_resources(circuit_).depth);
    ASSERT_EQ(energy.levels.size(), options_.levels ? depth : 0);
    for (std::size_t i = 0; i < energy.levels.size(); ++i) {
      ASSERT_EQ(energy.levels[i].bounds, exactly(1 + i)) << "level " << i + 1;
    }
    ASSERT_EQ(energy.layers.has_value(), options_.layers);
    if (!options_.layers) return;
    const auto labels_there = labels();
    ASSERT_EQ(energy.layers->size(), labels_there.size());
    for (std::size_t i = 0; i < labels_there.size(); ++i) {
      ASSERT_EQ((*energy.layers)[i].layer, labels_there[i]);
      ASSERT_EQ((*energy.layers)[i].bounds, exactly(1 + depth + i)) << labels_there[i];
    }
  }

  void expect_histogram(const EnergyResult& energy, bool asked) const {
    ASSERT_EQ(energy.histogram.has_value(), asked);
    if (!asked) return;
    std::map<std::int64_t, std::string> counts;
    for (const auto& [total, inputs] : expected_[0].histogram)
      counts.emplace(total, std::to_string(inputs));
    ASSERT_EQ(*energy.histogram, counts);
  }

  Circuit circuit_;
  bool replaced_ = false;
  std::vector<std::int64_t> costs_;
  EnergyOptions options_;
  std::vector<engines::Objective> objectives_;
  std::vector<reference::Answer> expected_;
};

class Options : public testing::TestWithParam<int> {};

TEST_P(Options, AgreeWithTheReference) {
  const auto seed = 6000 + static_cast<std::uint64_t>(GetParam());
  base::Random random(seed);
  int replaced = 0;
  for (int round = 0; round < generate::scaled(circuits_per_shard); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    Case drawn(random);
    drawn.expect_answers();
    replaced += drawn.replaced() ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GE(replaced, 1);
}

INSTANTIATE_TEST_SUITE_P(Shards, Options, testing::Range(0, shards));

TEST(OptionsStopped, IntervalsHoldTheReference) {
  constexpr std::uint64_t seed = 6900;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(1000); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    Case drawn(random);
    drawn.expect_sound_intervals(random);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace gatelight
