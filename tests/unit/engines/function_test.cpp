// SPDX-License-Identifier: Apache-2.0
#include "engines/function.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/cpu.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines {
namespace {

// The input with these values of some bits, the fixed ones, and 0 elsewhere.
InputBits input_of(const Circuit& circuit, const std::vector<std::uint32_t>& bits,
                   std::uint64_t number) {
  InputBits input(circuit.bit_count(), 0);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = circuit.fixed_bits()[i] == 1 ? 1 : 0;
  for (std::size_t i = 0; i < bits.size(); ++i) input[bits[i]] = (number >> i) & 1;
  return input;
}

bool fires(const Circuit& circuit, GateId gate, const InputBits& input) {
  return reference::outputs(circuit, input)[static_cast<std::size_t>(gate)] != 0;
}

bool value_at(const FunctionTable& table, std::uint64_t x) {
  return (table.words[x / 64] >> (x % 64) & 1) != 0;
}

bool value_in(const FunctionDiagram& diagram, const InputBits& input) {
  std::uint32_t node = 0;
  for (std::size_t level = 0; level < diagram.order.size(); ++level) {
    node = diagram.children[level][2 * std::size_t{node} + input[diagram.order[level]]];
  }
  return diagram.values[node] != 0;
}

TEST(Function, TableAndDiagramAreTheGate) {
  base::Random random(31);
  for (int round = 0; round < generate::scaled(400); ++round) {
    SCOPED_TRACE("seed 31, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.min_gates = 1});
    const GateId gate{static_cast<std::uint32_t>(random.below(circuit.gate_count()))};
    const auto bits = bits_of_gate(circuit, gate);
    Limits limits;
    limits.threads = 1 + static_cast<int>(random.below(3));
    const auto table = tabulate(circuit, gate, limits);
    ASSERT_TRUE(table.ok()) << table.error().text();
    ASSERT_TRUE(table->has_value());
    const FunctionTable& values = **table;
    auto sorted = values.bits;
    std::ranges::sort(sorted);
    ASSERT_TRUE(std::ranges::includes(bits, sorted));
    const auto maker = DiagramMaker::create(circuit, gate);
    ASSERT_TRUE(maker.ok());
    std::vector<std::uint32_t> order(maker->bits().begin(), maker->bits().end());
    std::shuffle(order.begin(), order.end(), random);
    const auto diagram = maker->compile(order, ~std::size_t{0}, {});
    ASSERT_TRUE(diagram.has_value());
    for (std::uint64_t x = 0; x >> values.bits.size() == 0; ++x) {
      const InputBits input = input_of(circuit, values.bits, x);
      ASSERT_EQ(value_at(values, x), fires(circuit, gate, input)) << x;
    }
    for (int sample = 0; sample < 32; ++sample) {
      const InputBits input = input_of(circuit, bits, random());
      ASSERT_EQ(value_in(*diagram, input), fires(circuit, gate, input));
    }
    for (std::size_t level = 0; level < order.size(); ++level) {
      std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
      for (std::size_t node = 0; node < diagram->widths[level]; ++node) {
        const auto* child = &diagram->children[level][2 * node];
        ASSERT_LT(std::max(child[0], child[1]), diagram->widths[level + 1]);
        ASSERT_TRUE(pairs.insert({child[0], child[1]}).second) << "nodes are distinct";
      }
    }
  }
}

TEST(Function, LongTablesOnEveryInstructionSet) {
  base::Random random(32);
  const Circuit circuit = generate::layered_circuit(random, 24, {6, 3, 1}, 3);
  const GateId gate{9};
  for (const auto set : base::available_instruction_sets()) {
    const base::ScopedInstructionSet scope(set);
    Limits limits;
    limits.threads = 2;
    const auto table = tabulate(circuit, gate, limits);  // long enough for generated code
    ASSERT_TRUE(table.ok() && table->has_value());
    ASSERT_EQ((*table)->words.size(), std::size_t{1} << 18);
    for (int sample = 0; sample < 500; ++sample) {
      const std::uint64_t x = random() >> 40;
      const InputBits input = input_of(circuit, (*table)->bits, x);
      ASSERT_EQ(value_at(**table, x), fires(circuit, gate, input)) << base::name(set);
    }
  }
}

TEST(Function, LimitsLeaveItOpen) {
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  const Circuit circuit = generate::majority(20);
  const auto table = tabulate(circuit, GateId{0}, limits);
  ASSERT_TRUE(table.ok());
  EXPECT_FALSE(table->has_value());
  const auto maker = DiagramMaker::create(circuit, GateId{0});
  const auto order = maker->choose_order({}, 1e9);
  EXPECT_FALSE(maker->compile(order.bits, ~std::size_t{0}, limits).has_value());
  EXPECT_FALSE(maker->compile(order.bits, 10, {}).has_value());
  const auto diagram = maker->compile(order.bits, 1000, {});
  ASSERT_TRUE(diagram.has_value());
  EXPECT_EQ(*std::ranges::max_element(diagram->widths), 12U);
  const auto too_long = tabulate(generate::majority(40), GateId{0}, {});
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace gatelight::engines
