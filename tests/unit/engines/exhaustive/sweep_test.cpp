// SPDX-License-Identifier: Apache-2.0
//
// The kernels on circuits built to reach each of their paths.
#include <limits>

#include "base/checked.hpp"
#include "base/random.hpp"
#include "unit/engines/exhaustive/sweep_cases.hpp"

namespace gatelight {
namespace {

using exhaustive_test::expect_sweep_agrees;
using exhaustive_test::Small;

// Layer 1: copies of the inputs, so that a deep gate sums masks that are not inputs.
std::vector<Source> copies(Small& small) {
  std::vector<Source> gates;
  for (const Source bit : small.bits) gates.push_back(small.gate({{bit, 1}}, 1));
  return gates;
}

// Cut points at and around the ends of what 8, 16, 32 and 62 bits hold, reached exactly.
class SumEdges : public testing::TestWithParam<std::int64_t> {};

TEST_P(SumEdges, DeepSumsCompareExactlyAtTheEdge) {
  const std::int64_t edge = GetParam();
  for (const std::int64_t sign : {1, -1}) {
    Small small(4);
    const auto gates = copies(small);
    const std::vector<WrittenWire> wires{
        {gates[0], sign * (edge - 2)}, {gates[1], sign}, {gates[2], sign}, {gates[3], -sign}};
    for (std::int64_t near = -2; near <= 2; ++near) {
      small.gate(wires, sign * edge + near);
      small.gate(wires, near);
    }
    expect_sweep_agrees(small.build());
  }
}

TEST_P(SumEdges, FirstLayerSumsCompareExactlyAtTheEdge) {
  const std::int64_t edge = GetParam();
  for (const int inputs : {4, 13}) {  // in a block; with bits that tell the block
    Small small(inputs);
    std::vector<WrittenWire> wires{
        {small.bits[0], edge - 2}, {small.bits[1], 1}, {small.bits[2], 1}, {small.bits[3], -1}};
    for (int i = 4; i < inputs; ++i)
      wires.push_back({small.bits[static_cast<std::size_t>(i)], i % 2 == 0 ? 1 : -1});
    for (std::int64_t near = -2; near <= 2; ++near) {
      small.gate(wires, edge + near);
      small.gate(wires, near);
    }
    expect_sweep_agrees(small.build());
  }
}

constexpr std::int64_t int_edges[] = {127,
                                      128,
                                      255,
                                      256,
                                      32'767,
                                      32'768,
                                      65'536,
                                      (std::int64_t{1} << 31) - 1,
                                      std::int64_t{1} << 31,
                                      std::int64_t{1} << 32,
                                      (std::int64_t{1} << 61) - 9,
                                      (std::int64_t{1} << 60) + 12'345};
INSTANTIATE_TEST_SUITE_P(Edges, SumEdges, testing::ValuesIn(int_edges));

TEST(Sweep, WeightsWithLongRunsOfOnesNearTheLimit) {
  // Non-adjacent forms carry into positions beyond the weight's own bits.
  const std::int64_t big = (base::sum_limit - 1) / 3;
  Small small(3);
  const auto gates = copies(small);
  for (const std::int64_t threshold : {std::int64_t{0}, big, 2 * big, -big}) {
    small.gate({{gates[0], big}, {gates[1], big}, {gates[2], -big}}, threshold);
    small.gate({{gates[0], -big}, {gates[1], -big}, {gates[2], big - 1}}, threshold / 2);
  }
  expect_sweep_agrees(small.build());
}

TEST(Sweep, EveryNumberOfAddends) {
  // 1 to 20 masks at one position: all shapes of a position's code.
  Small small(9);
  auto gates = copies(small);
  for (std::size_t i = 0; gates.size() < 20; ++i) {
    gates.push_back(small.gate({{small.bits[i % 9], 1}, {small.bits[(i + 4) % 9], -1}}, 1));
  }
  for (std::size_t count = 1; count <= gates.size(); ++count) {
    std::vector<WrittenWire> wires;
    for (std::size_t i = 0; i < count; ++i) wires.push_back({gates[i], i % 3 == 1 ? -1 : 1});
    small.gate(wires, static_cast<std::int64_t>(count / 4));
  }
  expect_sweep_agrees(small.build());
}

TEST(Sweep, EveryNumberOfInputs) {
  base::Random random(7);
  for (int inputs = 0; inputs <= 13; ++inputs) {
    SCOPED_TRACE(inputs);
    Small small(inputs);
    std::vector<WrittenWire> wires;
    for (const Source bit : small.bits) wires.push_back({bit, random.coin() ? 2 : -1});
    const Source first = small.gate(wires, 1);
    const Source second = small.gate(wires, inputs / 2);
    small.gate({{first, 1}, {second, -2}}, -1);
    small.gate({}, 0);  // constant: fires
    small.gate({}, 1);  // constant: silent
    expect_sweep_agrees(small.build());
  }
}

TEST(Sweep, ActivationsInTheFirstLayerAndDeeper) {
  const std::vector<Activation> activations{Relu{0, 1},
                                            Relu{0, 3},
                                            Relu{1, 5},
                                            Relu{2, 200},
                                            Relu{0, 1000},
                                            Relu{3, 1'000'000},
                                            Steps{{-3, 0, 4}, {-2, 0, 0, 7}},
                                            Steps{{-1, 2}, {-5, -1, 4}},
                                            Steps{{1}, {2, 3}},
                                            Steps{{0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5, 6}},
                                            Steps{{}, {0}},
                                            Steps{{}, {-4}},
                                            Steps{{-100, 100}, {-1, 0, 1}},
                                            Sigmoid{4, 1, 3},
                                            Sigmoid{8, 1, 10}};
  for (std::size_t which = 0; which < activations.size(); ++which) {
    SCOPED_TRACE(which);
    const Activation& activation = activations[which];
    Small small(12);
    std::vector<WrittenWire> wires;
    for (std::size_t i = 0; i < 12; ++i) {
      wires.push_back(
          {small.bits[i], (i % 2 == 0 ? 1 : -1) * static_cast<std::int64_t>(3 * i + 1)});
    }
    const Source first = small.gate(wires, 2, activation);
    const Source other = small.gate({wires[0], wires[3], wires[7]}, -2, activation);
    // Deep; with skip connections to bits of the lane and of the block; of a deep value again.
    const Source deep = small.gate({{first, 3}, {other, -2}}, 1, activation);
    const Source skip = small.gate(
        {{small.bits[0], 5}, {small.bits[11], -9}, {first, 2}, {deep, 1}}, 0, activation);
    small.gate({{skip, 1}, {deep, -1}, {other, 1}}, 1);
    expect_sweep_agrees(small.build());
  }
}

TEST(Sweep, ManyCutsThatDoNotStay) {
  // More cut points than masks are kept for: values in scratch, the sign kept.
  Steps steps;
  for (std::int64_t i = 0; i < 150; ++i) steps.at.push_back(3 * i - 200);
  for (std::int64_t i = 0; i <= 150; ++i) steps.values.push_back(i - 70);
  Small small(12);
  std::vector<WrittenWire> wires;
  for (std::size_t i = 0; i < 12; ++i)
    wires.push_back({small.bits[i], 17 * (i % 2 == 0 ? 1 : -1) - static_cast<std::int64_t>(i)});
  const Source first = small.gate(wires, 0, steps);
  const Source second = small.gate({{first, 5}, {small.bits[11], 7}}, 3, steps);
  small.gate({{first, 1}, {second, 1}}, 20);
  small.gate({{second, 64}}, -320, Threshold{});
  expect_sweep_agrees(small.build());
}

TEST(Sweep, TablesBeyondTheirMemoryGiveWayToSums) {
  // 512 distinct low sums a gate; memory for none, some or all of the tables, and the domain's always.
  base::Random random(11);
  Small small(12);
  const auto draw = [&] {
    std::vector<WrittenWire> wires;
    for (const Source bit : small.bits)
      wires.push_back({bit, random.between(1, 1 << 20) * (random.coin() ? 1 : -1)});
    return wires;
  };
  std::vector<WrittenWire> all;
  for (int gate = 0; gate < 12; ++gate) {
    all.push_back({small.gate(draw(), random.between(-1'000'000, 1'000'000)), 1});
  }
  small.gate(all, 5);
  DomainSpec domain;
  for (int row = 0; row < 3; ++row) domain.linear.push_back({draw(), -4'000'000, 4'000'000});
  const Circuit circuit = small.build(domain);
  const auto objective = exhaustive_test::all_costs(circuit);
  const auto expected = exhaustive_test::by_evaluation(circuit, objective);
  exhaustive_test::for_each_kernel([&] {
    for (const std::size_t bytes : {1, 150'000, 10'000'000}) {
      auto choices = engines::exhaustive::choices();
      choices.table_bytes = bytes;
      const engines::exhaustive::ScopedChoices chosen(choices);
      EXPECT_EQ(engines::enumerate({circuit, {objective}, true}, {})->histogram,
                expected.histogram);
      const auto answer = engines::enumerate({circuit, {objective}, false}, {});
      EXPECT_EQ(answer->best[0].bounds.lower, expected.maximum);
    }
  });
}

TEST(Sweep, CostsBeyond32Bits) {
  Small small(10);
  const std::int64_t costs[] = {
      1, 3, (std::int64_t{1} << 33) + 5, (std::int64_t{1} << 60) - 1, 7'777'777'777, 1LL << 45};
  for (std::size_t i = 0; i < std::size(costs); ++i) {
    small.gate({{small.bits[i], 1}, {small.bits[9 - i], -2}, {small.bits[(i + 6) % 10], 1}}, 0,
               Threshold{}, costs[i]);
  }
  expect_sweep_agrees(small.build());
}

TEST(Sweep, Domains) {
  for (const int inputs : {6, 13}) {
    for (int which = 0; which < 4; ++which) {
      SCOPED_TRACE(inputs * 10 + which);
      Small small(inputs);
      std::vector<WrittenWire> wires;
      for (std::size_t i = 0; i < small.bits.size(); ++i)
        wires.push_back({small.bits[i], i % 3 == 0 ? -2 : 1});
      const Source first = small.gate(wires, 0);
      small.gate({{first, 1}, {small.bits.back(), 1}, {small.bits[0], 1}}, 2);
      DomainSpec domain;
      if (which == 0) domain.fix = {{small.bits[1], 1}, {small.bits.back(), 0}};
      if (which == 1) domain.linear = {{wires, 1, 2}};
      if (which == 2) {
        domain.hamming =
            DomainSpec::Hamming{std::vector<std::uint8_t>(static_cast<std::size_t>(inputs), 1), 1};
      }
      if (which == 3) {
        domain.fix = {{small.bits[2], 0}};
        domain.linear = {{{{small.bits.back(), 1}, {small.bits[0], -1}}, 0, 0},
                         {wires, std::nullopt, 0}};
      }
      expect_sweep_agrees(small.build(domain));
    }
  }
}

}  // namespace
}  // namespace gatelight
