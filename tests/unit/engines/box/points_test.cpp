// SPDX-License-Identifier: Apache-2.0
//
// Sweeps of boxes see every point, in every arithmetic and with what is known folded in.
#include "engines/box/points.hpp"

#include <gtest/gtest.h>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::box {
namespace {

std::int64_t largest_value(const Circuit& circuit, const Objective& objective, const Model& model,
                           const Box& box) {
  std::int64_t largest = -1;
  std::vector<std::int64_t> at = box.low;
  for (;;) {
    largest = std::max(largest, objective_value(circuit, objective, model.input_of(at)));
    std::size_t v = 0;
    for (; v < at.size() && at[v] == box.high[v]; ++v) at[v] = box.low[v];
    if (v == at.size()) return largest;
    ++at[v];
  }
}

class Sweeps : public testing::TestWithParam<base::InstructionSet> {};

TEST_P(Sweeps, FindTheLargestValue) {
  const base::ScopedInstructionSet forced(GetParam());
  constexpr std::uint64_t seed = 3;
  base::Random random(seed);
  std::size_t one_by_one = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const Circuit circuit =
        round % 4 == 0
            ? generate::random_circuit(
                  random, {.domain = false, .max_weight = round % 8 == 0 ? 1LL << 56 : 0})
            : generate::control_network(random, {.domain = false});
    const Objective objective = generate::total_objective(circuit);
    const auto model = Model::of(circuit, objective);
    ASSERT_TRUE(model);
    Box box;
    for (const Variable& variable : model->variables()) {
      box.low.push_back(random.between(variable.low, variable.high));
      box.high.push_back(random.between(box.low.back(), variable.high));
    }
    SumBounds bounds = initial_bounds(*model);
    if (random.coin()) (void)Bounder(*model).run(box, bounds, -1);
    std::int64_t floor = -1;
    const auto found = [&](const std::vector<std::int64_t>& at) {
      const std::int64_t value = objective_value(circuit, objective, model->input_of(at));
      EXPECT_GT(value, floor);
      return floor = value;
    };
    PointSweep sweep(*model);
    one_by_one += sweep.lanes() == 16 ? 1 : 0;
    sweep.sweep(box, bounds, -1, found);
    ASSERT_EQ(floor, largest_value(circuit, objective, *model, box));
    // Nothing more is found above it.
    sweep.sweep(box, bounds, floor, found);
    if (HasFailure()) return;
  }
  EXPECT_GT(one_by_one, 0U);
}

INSTANTIATE_TEST_SUITE_P(Sets, Sweeps, testing::ValuesIn(base::available_instruction_sets()),
                         [](const auto& set) { return std::string(base::name(set.param)); });

}  // namespace
}  // namespace gatelight::engines::box
