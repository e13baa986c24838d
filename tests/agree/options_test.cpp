// SPDX-License-Identifier: Apache-2.0
//
// Costs, layers, levels and replaced domains: what measure_energy() says is what the reference finds.
#include <gtest/gtest.h>

#include <array>

#include "gatelight/measure.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

// The circuit with a label at most gates, and its outputs.
Circuit labelled(base::Random& random, const Circuit& circuit) {
  CircuitBuilder builder(circuit.name());
  for (const InputWord& word : circuit.inputs()) EXPECT_TRUE(builder.add_input(word).ok());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    GateSpec gate = circuit.gate(GateId{g});
    gate.layer = std::array{"", "a", "b", "c"}[random.below(4)];
    EXPECT_TRUE(builder.add_gate(std::move(gate)).ok());
  }
  return *std::move(builder).build(circuit.domain());
}

// Ranges, fixed words and a Hamming ball; often without any input.
DomainSpec random_domain(base::Random& random, const Circuit& circuit) {
  DomainSpec domain;
  for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
    const auto [least, most] = word_range(circuit.inputs()[w]);
    const std::int64_t low = random.between(least, most);
    const std::int64_t high = random.between(low, most);
    if (random.below(3) == 0) domain.range.push_back({InputId{w}, low, high});
    if (random.below(8) == 0) domain.fix.push_back({Source::word(InputId{w}), high});
  }
  if (random.below(4) == 0) {
    domain.hamming.emplace();
    for (std::size_t i = 0; i < circuit.bit_count(); ++i) {
      domain.hamming->center.push_back(random.coin() ? 1 : 0);
    }
    domain.hamming->radius = random.between(0, 4);
  }
  return domain;
}

bool holds_an_input(const Circuit& circuit, const DomainSpec& domain) {
  for (std::uint32_t x = 0; x < 1U << circuit.bit_count(); ++x) {
    InputBits bits;
    for (std::size_t i = 0; i < circuit.bit_count(); ++i) bits.push_back(x >> i & 1U);
    bool inside = true;
    for (const auto& [word, low, high] : domain.range) {
      const std::int64_t value = word_value(circuit, word, bits);
      inside = inside && low <= value && value <= high;
    }
    for (const auto& [source, value] : domain.fix) {
      inside = inside && word_value(circuit, InputId{source.index}, bits) == value;
    }
    std::int64_t distance = 0;
    for (std::size_t i = 0; domain.hamming && i < bits.size(); ++i) {
      distance += bits[i] != domain.hamming->center[i] ? 1 : 0;
    }
    if (inside && (!domain.hamming || distance <= domain.hamming->radius)) return true;
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

template <class Asked>
std::int64_t maximum(const Circuit& circuit, const std::vector<std::int64_t>& costs, Asked asked) {
  engines::Objective objective;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const bool wanted = circuit.gate(GateId{g}).counts && asked(GateId{g});
    objective.cost.push_back(wanted ? costs[g] : 0);
  }
  return *reference::energy(circuit, objective).maximum;
}

void expect_all(const Circuit& circuit, const std::vector<std::int64_t>& costs,
                const EnergyResult& energy) {
  const Bounds<std::int64_t> whole{energy.bounds.lower, energy.bounds.lower};
  ASSERT_EQ(energy.bounds, whole);
  ASSERT_EQ(energy.bounds.lower, maximum(circuit, costs, [](GateId /*gate*/) { return true; }));
  ASSERT_TRUE(reference::in_domain(circuit, energy.witness));
  for (const LevelEnergy& level : energy.levels) {
    const std::int64_t expected =
        maximum(circuit, costs, [&](GateId g) { return circuit.level(g) == level.level; });
    ASSERT_EQ(level.bounds, (Bounds<std::int64_t>{expected, expected})) << level.level;
  }
  std::size_t labels = 0;
  for (const char* label : {"a", "b", "c"}) {
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      if (circuit.gate(GateId{g}).layer != label) continue;
      ++labels;
      break;
    }
  }
  ASSERT_EQ(energy.layers->size(), labels);
  for (const LayerEnergy& layer : *energy.layers) {
    const std::int64_t expected =
        maximum(circuit, costs, [&](GateId g) { return circuit.gate(g).layer == layer.layer; });
    ASSERT_EQ(layer.bounds, (Bounds<std::int64_t>{expected, expected})) << layer.layer;
  }
}

TEST(Options, AgreeWithTheReference) {
  constexpr std::uint64_t seed = 6000;
  base::Random random(seed);
  int replaced = 0;
  for (int round = 0; round < generate::scaled(400); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    Circuit circuit = labelled(random, generate::random_circuit(random, {.max_bits = 8}));
    if (random.coin()) {
      const DomainSpec domain = random_domain(random, circuit);
      const auto other = circuit.with_domain(domain);
      ASSERT_EQ(other.ok(), holds_an_input(circuit, domain));
      if (other.ok()) circuit = *other;
      replaced += other.ok() ? 1 : 0;
    }
    EnergyOptions options;
    options.levels = options.layers = true;
    std::vector<std::int64_t> costs;
    if (random.coin()) {
      costs = written_fanout(circuit);
      ASSERT_EQ(fanout_costs(circuit), costs);
    } else {
      for (std::size_t g = 0; g < circuit.gate_count(); ++g) costs.push_back(random.between(0, 9));
    }
    options.costs = costs;
    for (const Engine engine :
         {Engine::automatic, Engine::enumerate, Engine::diagram, Engine::search}) {
      options.engine = engine;
      const auto energy = measure_energy(circuit, options);
      ASSERT_TRUE(energy.ok()) << energy.error().text();
      expect_all(circuit, costs, *energy);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GE(replaced, 1);
}

}  // namespace
}  // namespace gatelight
