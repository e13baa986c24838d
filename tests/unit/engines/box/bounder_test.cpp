// SPDX-License-Identifier: Apache-2.0
//
// Bounds hold at every point of a box, whatever the box, the weights and the instruction set; and they are
// better than intervals where they should be.
#include "engines/box/bounder.hpp"

#include <gtest/gtest.h>

#include "engines/box/joint.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::box {
namespace {

Box random_part(base::Random& random, const Model& model, std::uint64_t most_points) {
  Box box;
  for (const Variable& variable : model.variables()) {
    const std::int64_t low = random.between(variable.low, variable.high);
    box.low.push_back(low);
    box.high.push_back(random.between(low, variable.high));
  }
  for (std::size_t v = 0; points_of(box) > most_points; v = (v + 1) % box.low.size()) {
    box.high[v] = box.low[v] + (box.high[v] - box.low[v]) / 2;
  }
  return box;
}

template <class Visit>
void for_each_point(const Box& box, const Visit& visit) {
  std::vector<std::int64_t> at = box.low;
  for (;;) {
    visit(at);
    std::size_t v = 0;
    for (; v < at.size() && at[v] == box.high[v]; ++v) at[v] = box.low[v];
    if (v == at.size()) return;
    ++at[v];
  }
}

std::int64_t sum_at(const Circuit& circuit, GateId gate, const InputBits& bits,
                    const std::vector<std::int64_t>& outputs) {
  std::int64_t z = -circuit.threshold(gate);
  for (const Wire& wire : circuit.wires(gate)) {
    z += wire.weight *
         (wire.source < bits.size() ? bits[wire.source] : outputs[wire.source - bits.size()]);
  }
  return z;
}

// All sums within the bounds, all values at most the upper ends; returns the largest value.
void expect_sound(const Circuit& circuit, const Objective& objective, const Model& model,
                  const Box& box, const SumBounds& bounds, std::int64_t count, std::int64_t joint) {
  for_each_point(box, [&](const std::vector<std::int64_t>& at) {
    const InputBits bits = model.input_of(at);
    const auto outputs = evaluate(circuit, bits);
    for (std::uint32_t g = 0; g < model.gates().size(); ++g) {
      const std::int64_t z = sum_at(circuit, model.gates()[g].id, bits, outputs);
      ASSERT_LE(bounds.low[g], z) << "gate " << g;
      ASSERT_GE(bounds.high[g], z) << "gate " << g;
    }
    const std::int64_t value = objective_value(circuit, objective, bits);
    ASSERT_LE(value, count);
    ASSERT_LE(value, joint);
  });
}

class Bounders : public testing::TestWithParam<base::InstructionSet> {};

TEST_P(Bounders, HoldAtEveryPoint) {
  const base::ScopedInstructionSet forced(GetParam());
  constexpr std::uint64_t seed = 2;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(600); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Circuit circuit =
        round % 4 == 0
            ? generate::random_circuit(
                  random, {.domain = false, .max_weight = round % 8 == 0 ? 1LL << 56 : 0})
            : generate::control_network(random, {.max_bits = 14, .domain = false});
    const Objective objective = generate::total_objective(circuit);
    const auto model = Model::of(circuit, objective);
    ASSERT_TRUE(model);
    Bounder bounder(*model);
    JointBound joint(*model);
    // A box, then a part of it that starts from what is known about the whole.
    SumBounds bounds = initial_bounds(*model);
    Box box = random_part(random, *model, 1500);
    for (int depth = 0; depth < 2; ++depth) {
      const std::int64_t count = bounder.run(box, bounds, -1);
      const std::int64_t together = joint.run(box, bounds, count);
      ASSERT_LE(together, count);
      expect_sound(circuit, objective, *model, box, bounds, count, together);
      if (HasFatalFailure()) return;
      for (std::size_t v = 0; v < box.low.size(); ++v) {
        box.low[v] = random.between(box.low[v], box.high[v]);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, Bounders, testing::ValuesIn(base::available_instruction_sets()),
                         [](const auto& set) { return std::string(base::name(set.param)); });

// h = relu(x), and two gates that want it large and small: intervals see both fire, lines do not.
Circuit opposites() {
  CircuitBuilder builder;
  const InputId x = *builder.add_input({"x", 8, false});
  const InputId y = *builder.add_input({"y", 8, false});
  GateSpec a{.name = "a", .wires = {{Source::word(x), 1}, {Source::word(y), 1}}, .threshold = 0};
  a.activation = Relu{0, 1000};
  GateSpec b{
      .name = "b", .wires = {{Source::word(x), 1}, {Source::word(y), -1}}, .threshold = -255};
  b.activation = Relu{0, 1000};
  const Source first = Source::gate(*builder.add_gate(a)),
               second = Source::gate(*builder.add_gate(b));
  // a + b - 2x = 255, so this never fires.
  GateSpec c{
      .name = "c", .wires = {{first, 1}, {second, 1}, {Source::word(x), -2}}, .threshold = 258};
  (void)*builder.add_gate(c);
  return *std::move(builder).build();
}

TEST(Bounder, KeepsWhatGatesHaveInCommon) {
  const Circuit circuit = opposites();
  const Objective objective = generate::total_objective(circuit);
  EXPECT_EQ(interval_upper_bound(circuit, objective), 3);
  const auto model = Model::of(circuit, objective);
  SumBounds bounds = initial_bounds(*model);
  EXPECT_EQ(Bounder(*model).run(*model->domain_box(), bounds, -1), 2);
}

// x >= 128 and x < 100 exclude each other, though each may fire.
TEST(JointBound, AddsUpWhatGatesExclude) {
  CircuitBuilder builder;
  const InputId x = *builder.add_input({"x", 8, false});
  for (int i = 0; i < 4; ++i) {
    const std::string name = std::to_string(i);
    (void)*builder.add_gate({"up" + name, {{Source::word(x), 1}}, 250});
    (void)*builder.add_gate({"down" + name, {{Source::word(x), -1}}, -5});
  }
  const Circuit circuit = *std::move(builder).build();
  const auto model = Model::of(circuit, generate::total_objective(circuit));
  SumBounds bounds = initial_bounds(*model);
  const Box box = *model->domain_box();
  EXPECT_EQ(Bounder(*model).run(box, bounds, -1), 8);
  EXPECT_EQ(JointBound(*model).run(box, bounds, 8), 4);
}

}  // namespace
}  // namespace gatelight::engines::box
