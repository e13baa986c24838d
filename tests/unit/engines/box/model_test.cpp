// SPDX-License-Identifier: Apache-2.0
//
// Variables stand for bits: every input is one point, and its sums are those of the circuit.
#include "engines/box/model.hpp"

#include <gtest/gtest.h>

#include <set>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::box {
namespace {

std::vector<std::int64_t> point_of(const Model& model, const InputBits& bits) {
  std::vector<std::int64_t> values;
  for (const Variable& variable : model.variables()) {
    std::int64_t value = 0;
    for (int j = 0; j < variable.bits; ++j) {
      const bool sign = variable.is_signed && j == variable.bits - 1;
      if (bits[variable.first_bit + static_cast<Node>(j)] == 0) continue;
      value += sign ? -(std::int64_t{1} << j) : std::int64_t{1} << j;
    }
    values.push_back(value);
  }
  return values;
}

TEST(Model, AgreesWithTheCircuit) {
  constexpr std::uint64_t seed = 4;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(200); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Circuit circuit = random.coin() ? generate::control_network(random, {.max_weight = 127})
                                          : generate::random_circuit(random, {.max_weight = 127});
    const auto model = Model::of(circuit, generate::total_objective(circuit));
    if (!model) continue;
    const auto box = model->domain_box();
    ASSERT_TRUE(box);
    for (std::uint64_t x = 0; x < std::uint64_t{1} << circuit.bit_count(); ++x) {
      const InputBits bits = generate::input_of_number(x, circuit.bit_count());
      if (!circuit.in_domain(bits)) continue;
      const auto outputs = evaluate(circuit, bits);
      const std::vector<std::int64_t> point = point_of(*model, bits);
      for (std::size_t v = 0; v < point.size(); ++v) {
        ASSERT_LE(box->low[v], point[v]);
        ASSERT_GE(box->high[v], point[v]);
      }
      Box single{point, point};
      ASSERT_TRUE(model->tighten(single));
      std::vector<std::int64_t> y(model->gates().size());
      for (std::uint32_t g = 0; g < y.size(); ++g) {
        std::int64_t z = -model->gates()[g].threshold;
        for (const Term& t : model->inputs_of(g))
          z += static_cast<std::int64_t>(t.weight) * point[t.index];
        for (const Term& t : model->sources_of(g))
          z += static_cast<std::int64_t>(t.weight) * y[t.index];
        y[g] = model->activate(g, z);
        ASSERT_EQ(y[g], outputs[static_cast<std::size_t>(model->gates()[g].id)]);
        ASSERT_EQ(y[g] != 0, z < model->gates()[g].silent_low || z > model->gates()[g].silent_high);
        ASSERT_LE(std::abs(static_cast<double>(z)), model->gates()[g].magnitude);
      }
      // And back.
      const InputBits again = model->input_of(point);
      ASSERT_TRUE(circuit.in_domain(again));
      ASSERT_EQ(point_of(*model, again), point);
    }
  }
}

Circuit two_words(bool reads_a_bit) {
  CircuitBuilder builder;
  const InputId a = *builder.add_input({"a", 6, false});
  const InputId b = *builder.add_input({"b", 5, true});
  GateSpec gate{
      .name = "g", .wires = {{Source::word(a), 3}, {Source::word(b), -7}}, .threshold = 2};
  if (reads_a_bit) gate.wires.push_back({Source::bit(a, 2), 1});
  (void)*builder.add_gate(gate);
  return *std::move(builder).build();
}

TEST(Model, WordsStayTogetherUnlessABitIsReadAlone) {
  const auto whole = Model::of(two_words(false), {{1}});
  ASSERT_EQ(whole->variables().size(), 2U);
  EXPECT_EQ(whole->variables()[1].low, -16);
  EXPECT_EQ(whole->variables()[1].high, 15);
  // Bits 0 and 1, bit 2, bits 3 to 5, and b.
  EXPECT_EQ(Model::of(two_words(true), {{1}})->variables().size(), 4U);
}

TEST(Model, RowsOverWordsTightenBoxes) {
  DomainSpec domain;
  domain.range.push_back({InputId{0}, 5, 40});
  domain.linear.push_back(
      {{{Source::word(InputId{0}), 1}, {Source::word(InputId{1}), 2}}, 30, std::nullopt});
  const auto model = Model::of(*two_words(false).with_domain(domain), {{1}});
  ASSERT_TRUE(model);
  Box box = *model->domain_box();
  EXPECT_EQ(box.low, (std::vector<std::int64_t>{5, -5}));
  box.high[1] = -6;
  EXPECT_FALSE(model->tighten(box));
}

TEST(Model, ConditionsOnBitsOfWordsAreRefused) {
  DomainSpec domain;
  domain.hamming = DomainSpec::Hamming{std::vector<std::uint8_t>(11, 0), 3};
  EXPECT_FALSE(Model::of(*two_words(false).with_domain(domain), {{1}}));
}

}  // namespace
}  // namespace gatelight::engines::box
