// SPDX-License-Identifier: Apache-2.0
#include "measures/rank/nested.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"
#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::measures {
namespace {

TEST(Nested, SumsAndTheSubsetsThatMakeThem) {
  base::Random random(71);
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed 71, round " + std::to_string(round));
    std::vector<std::int64_t> weights(random.below(9));
    for (auto& weight : weights) weight = random.between(-6, 6);
    const auto lists = SumLists::of(weights, 1'000'000);
    ASSERT_TRUE(lists.has_value());
    std::set<std::int64_t> sums{0};
    for (std::size_t k = 0; k <= weights.size(); ++k) {
      ASSERT_EQ(std::vector<std::int64_t>(sums.begin(), sums.end()),
                std::vector<std::int64_t>(lists->first(k).begin(), lists->first(k).end()));
      for (const std::int64_t sum : sums) {
        const auto subset = lists->subset(k, sum);
        std::int64_t total = 0;
        for (std::size_t i = 0; i < k; ++i) total += subset[i] != 0 ? weights[i] : 0;
        ASSERT_EQ(total, sum);
      }
      if (k == weights.size()) break;
      for (const std::int64_t sum : std::set(sums)) sums.insert(sum + weights[k]);
    }
  }
  EXPECT_FALSE(SumLists::of(std::vector<std::int64_t>(40, 1), 100).has_value());
}

TEST(Nested, DistinctRowsAndTheTriangle) {
  base::Random random(72);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed 72, round " + std::to_string(round));
    const auto draw = [&] {
      std::set<std::int64_t> sums;
      for (std::uint64_t i = random.below(8) + 1; i > 0; --i) sums.insert(random.between(-9, 9));
      return std::vector<std::int64_t>(sums.begin(), sums.end());
    };
    const auto rows = draw(), columns = draw();
    const std::int64_t cut = random.between(-12, 12);
    std::set<std::vector<bool>> distinct;
    for (const std::int64_t row : rows) {
      std::vector<bool> entries;
      bool some = false;
      for (const std::int64_t column : columns) {
        entries.push_back(row + column >= cut);
        some = some || entries.back();
      }
      if (some) distinct.insert(entries);
    }
    NestedMinor minor;
    ASSERT_EQ(nested_rank(rows, columns, cut, &minor), distinct.size());
    ASSERT_EQ(minor.rows.size(), distinct.size());
    for (std::size_t i = 0; i < minor.rows.size(); ++i) {
      for (std::size_t j = 0; j < minor.columns.size(); ++j) {
        ASSERT_EQ(minor.rows[i] + minor.columns[j] >= cut, j <= i);
      }
    }
  }
}

// Steps, relus, sigmoids, gates that fire below a cut, fixed bits.
TEST(Nested, GatesThatAreOneThreshold) {
  base::Random random(73);
  int thresholds = 0;
  for (int round = 0; round < generate::scaled(500); ++round) {
    SCOPED_TRACE("seed 73, round " + std::to_string(round));
    const Circuit circuit =
        generate::random_circuit(random, {.max_bits = 6, .min_gates = 1, .max_gates = 3});
    const GateId gate{static_cast<std::uint32_t>(random.below(circuit.gate_count()))};
    const auto function = threshold_function(circuit, gate);
    if (!function) continue;
    ++thresholds;
    for (std::uint64_t x = 0; x >> circuit.bit_count() == 0; ++x) {
      const InputBits input = generate::input_of_number(x, circuit.bit_count());
      bool fixed_right = true;
      for (std::size_t i = 0; i < input.size(); ++i) {
        const std::int8_t fixed = circuit.fixed_bits()[i];
        fixed_right = fixed_right && (fixed < 0 || fixed == input[i]);
      }
      if (!fixed_right) continue;
      std::int64_t sum = 0;
      for (const Wire& wire : function->wires) sum += input[wire.source] != 0 ? wire.weight : 0;
      ASSERT_EQ(sum >= function->cut,
                reference::outputs(circuit, input)[static_cast<std::size_t>(gate)] != 0);
    }
  }
  EXPECT_GT(thresholds, generate::scaled(50));
}

}  // namespace
}  // namespace gatelight::measures
