// SPDX-License-Identifier: Apache-2.0
//
// Circuits of up to 64 inputs whose energy is known beforehand: search reaches it and proves it, with one
// thread and with two, and the other engines agree where they can.
#include <gtest/gtest.h>

#include "gatelight/measure.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/planted.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

// Beyond so many inputs a sweep takes too long.
constexpr std::size_t most_swept = 20;

void expect_energy(const Circuit& circuit, std::int64_t energy, Engine engine, int threads,
                   std::uint64_t seed) {
  EnergyOptions options;
  options.engine = engine;
  options.limits.threads = threads;
  options.limits.seed = seed;
  const auto measured = measure_energy(circuit, options);
  ASSERT_TRUE(measured.ok()) << measured.error().text();
  SCOPED_TRACE(measured->engine + ", threads " + std::to_string(threads));
  ASSERT_EQ(measured->bounds.lower, energy);
  ASSERT_EQ(measured->bounds.upper, energy);
  ASSERT_TRUE(reference::in_domain(circuit, measured->witness));
  const auto values = reference::outputs(circuit, measured->witness);
  std::int64_t total = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    total += gate.counts && values[g] != 0 ? gate.cost : 0;
  }
  ASSERT_EQ(total, energy);
}

void expect_energy(const Circuit& circuit, std::int64_t energy, std::uint64_t seed = 1) {
  SCOPED_TRACE("bits " + std::to_string(circuit.bit_count()) + ", gates " +
               std::to_string(circuit.gate_count()));
  for (const int threads : {1, 2}) expect_energy(circuit, energy, Engine::search, threads, seed);
  if (circuit.bit_count() > most_swept) return;
  expect_energy(circuit, energy, Engine::enumerate, 1, seed);
  expect_energy(circuit, energy, Engine::diagram, 1, seed);
}

TEST(KnownEnergy, OfPairs) {
  constexpr std::uint64_t seed = 7000;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(40); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const int bits = static_cast<int>(random.between(1, 64));
    const int pairs = static_cast<int>(random.between(1, 30));
    const auto planted = generate::planted_pairs(random, bits, pairs);
    expect_energy(planted.circuit, planted.energy, random());
    if (HasFatalFailure()) return;
  }
}

TEST(KnownEnergy, OfNeedles) {
  constexpr std::uint64_t seed = 7100;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const int bits = static_cast<int>(random.between(8, 64));
    const int parities = static_cast<int>(random.between(bits / 2, bits));
    const auto planted = generate::planted_needle(random, bits, parities, 3);
    expect_energy(planted.circuit, planted.energy, random());
    if (HasFatalFailure()) return;
  }
}

TEST(KnownEnergy, AddsUpSideBySide) {
  constexpr std::uint64_t seed = 7200;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    std::vector<Circuit> parts;
    std::int64_t energy = 0;
    for (std::int64_t part = random.between(1, 8); part > 0; --part) {
      parts.push_back(generate::random_circuit(
          random,
          {.min_bits = 1, .max_bits = 8, .max_gates = 8, .words = false, .duplicates = true}));
      energy += *reference::energy(parts.back(), generate::total_objective(parts.back())).maximum;
    }
    expect_energy(generate::side_by_side(random, parts), energy, random());
    if (HasFatalFailure()) return;
  }
}

TEST(KnownEnergy, OfParities) {
  for (const int n : {1, 2, 13, 20, 40, 63, 64}) {
    expect_energy(generate::parity_thermometer(n), n + n % 2);
  }
}

TEST(KnownEnergy, OfEqualities) {
  // Every piece differs, in one direction; of equal words the output fires alone.
  for (const auto& [m, piece] : {std::pair{8, 2}, {8, 8}, {16, 4}, {32, 4}, {32, 8}, {30, 7}}) {
    expect_energy(generate::equality(m, piece, false), (m + piece - 1) / piece);
    expect_energy(generate::equality(m, piece, true), (m + piece - 1) / piece);
  }
}

TEST(KnownEnergy, OfDisjointness) {
  // At most one gate a block, and the output.
  for (const auto& [m, k] : {std::pair{8, 2}, {16, 4}, {32, 1}, {32, 2}}) {
    expect_energy(generate::disjointness(m, k), (m + k - 1) / k + 1);
  }
}

TEST(KnownEnergy, OfMultiplexers) {
  // The chosen data bit's gate, and the output.
  for (const int k : {1, 2, 3, 4, 5}) expect_energy(generate::multiplexer(k), 2);
}

}  // namespace
}  // namespace gatelight
