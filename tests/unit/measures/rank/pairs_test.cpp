// SPDX-License-Identifier: Apache-2.0
#include "measures/rank/pairs.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "measures/rank/sampled.hpp"
#include "oracle.hpp"
#include "reference/energy.hpp"

namespace gatelight::measures {
namespace {

// All activations; weights up to 2^40, so that every width of integers occurs.
TEST(Pairs, AreTheGateOnBothHalvesTogether) {
  base::Random random(81);
  for (int round = 0; round < generate::scaled(150); ++round) {
    SCOPED_TRACE("seed 81, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.min_gates = 1});
    const GateId gate{static_cast<std::uint32_t>(random.below(circuit.gate_count()))};
    std::vector<char> side(circuit.bit_count());
    for (auto& s : side) s = random.coin() ? 1 : 0;
    const auto draw = [&](char which, std::size_t count) {
      std::vector<InputBits> list(count, InputBits(circuit.bit_count(), 0));
      for (InputBits& input : list) {
        for (std::size_t i = 0; i < input.size(); ++i) {
          input[i] = side[i] == which && random.coin() ? 1 : 0;
        }
      }
      return list;
    };
    const auto rows = draw(0, 1 + random.below(5)), columns = draw(1, 1 + random.below(70));
    Limits limits;
    limits.threads = 1 + static_cast<int>(random.below(2));
    const auto matrix = PairEvaluator(circuit, gate).matrix(rows, columns, limits);
    ASSERT_TRUE(matrix.has_value());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < columns.size(); ++j) {
        const auto values = reference::outputs(circuit, oracle::joined(rows[i], columns[j]));
        ASSERT_EQ(matrix->get(i, j), values[static_cast<std::size_t>(gate)] != 0);
      }
    }
  }
}

Side side_of(std::uint32_t first, std::uint32_t last, std::size_t inputs) {
  Side side;
  for (std::uint32_t bit = first; bit < last; ++bit) side.bits.push_back(bit);
  side.base.assign(inputs, 0);
  return side;
}

TEST(Sampled, LightAssignmentsMeetConjunctions) {
  const Circuit circuit = generate::disjointness(40, 2);
  const PairEvaluator evaluator(circuit, circuit.outputs()[0]);
  const PairMatrix pairs = [&](std::span<const InputBits> rows, std::span<const InputBits> columns,
                               const Limits& limits) {
    return evaluator.matrix(rows, columns, limits);
  };
  const Side a = side_of(0, 40, 80), b = side_of(40, 80, 80);
  SampleOptions options{.size = 100};
  const SampledRank found = sampled_rank(pairs, a, b, options);
  EXPECT_GE(found.lower, 99U);
  EXPECT_EQ(found.rows.size(), found.lower);
  options.enough = 10;
  EXPECT_EQ(sampled_rank(pairs, a, b, options).rounds, 1);
  StopToken stop;
  stop.request_stop();
  options.limits.stop = &stop;
  EXPECT_TRUE(sampled_rank(pairs, a, b, options).stopped);
}

}  // namespace
}  // namespace gatelight::measures
