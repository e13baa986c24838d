// SPDX-License-Identifier: Apache-2.0
#include "engines/diagram/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engines/diagram/diagram.hpp"
#include "gatelight/construct.hpp"
#include "generate/families.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::diagram {
namespace {

Forms forms_of(const Circuit& circuit) {
  return *make_forms({circuit, {generate::total_objective(circuit)}, false});
}

std::size_t nodes_of(const Forms& forms, const std::vector<std::uint32_t>& order) {
  const Compiled compiled = compile(forms, order, {});
  EXPECT_TRUE(compiled.diagram.has_value());
  return compiled.nodes;
}

bool is_permutation_of_bits(std::vector<std::uint32_t> order, std::size_t bits) {
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    if (order[i] != i) return false;
  }
  return order.size() == bits;
}

TEST(Order, FindsTheGoodOneOfEachFamily) {
  const struct {
    Circuit circuit;
    std::size_t most;                                     // states
  } cases[] = {{generate::equality(60, 5, false), 4000},  // word after word: 2^60 in that order
               {generate::equality(50, 50, false), 600},  // no pieces
               {generate::disjointness(60, 4), 6000},
               {generate::multiplexer(6), 4000},  // data before address: 2^64
               {generate::parity_thermometer(60), 2000}};
  for (const auto& one : cases) {
    const Forms forms = forms_of(one.circuit);
    const ChosenOrder order = choose_order(forms, {});
    EXPECT_TRUE(is_permutation_of_bits(order.bits, forms.bits.size()));
    const std::size_t nodes = nodes_of(forms, order.bits);
    EXPECT_LE(nodes, one.most);
    // Samples see the frequent states only, but most of them.
    EXPECT_LE(order.nodes, 3 * static_cast<double>(nodes));
    EXPECT_GE(20 * order.nodes, static_cast<double>(nodes));
  }
}

// Levels of gates that are silenced by earlier levels: whole inputs of a level are known before the next one, or
// all subsets of its gates wait.  Random inputs make the first level fire, and do not tell.
TEST(Order, LevelsThatSilenceLaterOnes) {
  const auto made = construct(families::Intersection{.pairs = 60, .depth = 7, .energy = 6});
  const Forms forms = forms_of(made->circuit);
  const Compiled compiled = compile(forms, choose_order(forms, {}).bits, {.nodes = 20'000});
  EXPECT_TRUE(compiled.diagram.has_value());
}

TEST(Order, KeepsToItsTime) {
  const Forms forms = forms_of(generate::disjointness(100, 5));
  StopToken stop;
  stop.request_stop();
  OrderOptions options;
  options.stop = &stop;
  const ChosenOrder order = choose_order(forms, options);
  EXPECT_TRUE(is_permutation_of_bits(order.bits, forms.bits.size()));
  EXPECT_GT(order.nodes, 1e300) << "nothing is known";
}

// Costs near the limit: those of all samples together leave 64 bits.  (The sanitizer sees it.)
// Told to stop before it begins, it says that it knows nothing, and gives an order all the same.
TEST(Order, StopsWhereNothingWasJudged) {
  const Forms forms = forms_of(generate::equality(20, 5, false));
  StopToken stop;
  stop.request_stop();
  const ChosenOrder order = choose_order(forms, {.stop = &stop});
  EXPECT_TRUE(std::isinf(order.nodes));
  EXPECT_TRUE(is_permutation_of_bits(order.bits, 40));
}

TEST(Order, DoesNotAddUpTheCostsOfSamples) {
  CircuitBuilder builder;
  std::vector<InputId> bits;
  for (int i = 0; i < 12; ++i)
    bits.push_back(*builder.add_input({.name = "x" + std::to_string(i)}));
  for (int g = 0; g < 3; ++g) {
    GateSpec gate{
        .name = "g" + std::to_string(g), .threshold = 5 + g, .cost = std::int64_t{1} << 60};
    for (const InputId bit : bits) gate.wires.push_back({Source::word(bit), 1});
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  const Forms forms = forms_of(*std::move(builder).build());
  EXPECT_LT(choose_order(forms, {}).nodes, 1000);
}

TEST(Order, TellsAHopelessCircuit) {
  base::Random random(71);
  const Forms forms = forms_of(generate::layered_circuit(random, 60, {40, 20}, 5));
  EXPECT_GT(choose_order(forms, {.most_nodes = 1e7}).nodes, 1e7);
}

// Comparisons of scattered pairs, none of which stands together in any of the simple orders: all weights and
// numbers of readers are equal, and a gate over all bits pulls everything to one place.
TEST(Order, SiftingRepairsABadOne) {
  base::Random random(72);
  CircuitBuilder builder;
  constexpr int pairs = 13;
  std::vector<Source> bits;
  for (int i = 0; i < 2 * pairs; ++i) {
    bits.push_back(Source::word(builder.add_input({.name = "x" + std::to_string(i)}).value()));
  }
  std::vector<Source> differ;
  for (std::size_t i = 0; i < pairs; ++i) {
    differ.push_back(Source::gate(
        builder
            .add_gate({.name = "d" + std::to_string(i),
                       .wires = {{bits[i], 1}, {bits[2 * pairs - 1 - (i * 5) % pairs], -1}},
                       .threshold = 1})
            .value()));
  }
  GateSpec all{.name = "most", .threshold = pairs / 2};
  for (const Source gate : differ) all.wires.push_back({gate, 1});
  const Source last = Source::gate(builder.add_gate(all).value());
  const Circuit circuit = std::move(builder).build().value();
  // Only the last gate is asked for.
  Objective objective{std::vector<std::int64_t>(circuit.gate_count(), 0)};
  objective.cost[last.index] = 1;
  const Forms forms = *make_forms({circuit, {objective}, false});
  std::vector<std::uint32_t> declared(forms.bits.size());
  for (std::uint32_t i = 0; i < declared.size(); ++i) declared[i] = i;
  const std::size_t bad = nodes_of(forms, declared);
  const std::size_t good = nodes_of(forms, choose_order(forms, {}).bits);
  EXPECT_LT(20 * good, bad);
}

}  // namespace
}  // namespace gatelight::engines::diagram
