// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "gatelight/rank.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "oracle.hpp"

namespace gatelight {
namespace {

BooleanFunction of(const Circuit& circuit) {
  return BooleanFunction::of_gate(circuit, circuit.outputs()[0]);
}

Partition partition_of(std::uint64_t side_b, std::size_t inputs) {
  Partition partition(inputs);
  for (std::size_t i = 0; i < inputs; ++i) partition[i] = (side_b >> i) & 1;
  return partition;
}

// Few ones, many ones, symmetric functions, and functions of fewer inputs: all that prunes.
std::string random_table(base::Random& random, std::size_t inputs) {
  const std::size_t values = std::size_t{1} << inputs;
  std::vector<bool> table(values);
  const auto kind = random.below(4);
  std::vector<bool> by_weight(inputs + 1);
  for (auto bit : by_weight) bit = random.coin();
  const std::uint64_t density = 1 + random.below(8), mask = random();
  for (std::size_t x = 0; x < values; ++x) {
    const auto weight = static_cast<std::size_t>(std::popcount(x));
    if (kind == 0) table[x] = random.below(8) < density;
    if (kind == 1) table[x] = by_weight[weight];
    if (kind == 2) table[x] = (x & mask) < x ? table[x & mask] : random.coin();
    if (kind == 3) table[x] = std::popcount(x & (x >> (inputs / 2))) % 2 != 0;
  }
  std::string hex;
  for (std::size_t first = 0; first < values; first += 4) {
    int digit = 0;
    for (std::size_t i = 0; i < 4 && first + i < values; ++i)
      digit |= table[first + i] ? 1 << i : 0;
    hex.insert(hex.begin(), "0123456789abcdef"[digit]);
  }
  return hex;
}

TEST(BestRank, IsTheLargestOfAllPartitions) {
  base::Random random(51);
  for (int round = 0; round < generate::scaled(60); ++round) {
    const std::size_t inputs = 1 + random.below(7);
    const std::string hex = random_table(random, inputs);
    SCOPED_TRACE("seed 51, round " + std::to_string(round) + ": " + hex);
    const auto function = BooleanFunction::of_table(hex, inputs);
    ASSERT_TRUE(function.ok()) << function.error().text();
    const auto oracle = [&](const InputBits& x) { return function->value(x); };
    const auto table = all_ranks(*function);
    ASSERT_TRUE(table.ok());
    ASSERT_EQ(table->rows.size(), std::size_t{1} << (inputs - 1));
    std::size_t largest = 0;
    for (std::size_t i = 0; i < table->rows.size(); ++i) {
      const RankResult& row = table->rows[i];
      ASSERT_EQ(row.partition, partition_of(2 * i, inputs));
      const std::size_t truth = oracle::rank(oracle, row.partition);
      ASSERT_EQ(row.lower, truth);
      ASSERT_TRUE(row.exact());
      largest = std::max(largest, truth);
    }
    BestRankOptions options;
    options.rank.limits.threads = 1 + static_cast<int>(random.below(3));
    options.rank.limits.seed = random();
    const auto best = best_rank(*function, options);
    ASSERT_TRUE(best.ok());
    EXPECT_EQ(best->best.lower, largest);
    EXPECT_TRUE(best->exact()) << best->upper << " " << best->upper_reason;
    EXPECT_TRUE(best->exhausted);
    EXPECT_EQ(oracle::rank(oracle, best->best.partition), largest);
    EXPECT_TRUE(oracle::confirms(oracle, best->best));
  }
}

// 3 address bits among 8 data bits: the largest rank of a partition with so many bits on side A.
TEST(BestRank, BalancedPartitionsDoNotSuffice) {
  const auto function = of(generate::multiplexer(3));
  const auto table = all_ranks(function);
  ASSERT_TRUE(table.ok());
  std::vector<std::size_t> largest(6, 0);
  for (const RankResult& row : table->rows) {
    const auto b = static_cast<std::size_t>(std::ranges::count(row.partition, 1));
    const std::size_t smaller = std::min(b, 11 - b);
    largest[smaller] = std::max<std::size_t>(largest[smaller], row.lower);
  }
  EXPECT_EQ(largest, (std::vector<std::size_t>{1, 2, 4, 8, 8, 7}));
  const auto best = best_rank(function);
  ASSERT_TRUE(best.ok());
  EXPECT_EQ(best->best.lower, 8U);
  EXPECT_TRUE(best->exact());
}

TEST(BestRank, SymmetriesDivideTheSearch) {
  // Pairs x_i, y_i may change places, and pairs with pairs.
  const auto disjoint = best_rank(of(generate::disjointness(6, 1)));
  ASSERT_TRUE(disjoint.ok());
  EXPECT_EQ(disjoint->best.lower, 63U);
  EXPECT_TRUE(disjoint->exact());
  EXPECT_NE(disjoint->symmetry.find("6 of 2"), std::string::npos) << disjoint->symmetry;
  EXPECT_LT(disjoint->looked_at, 400U);
  const auto majority = best_rank(of(generate::majority(13)));
  EXPECT_EQ(majority->best.lower, 7U);
  EXPECT_TRUE(majority->exact());
}

TEST(BestRank, ManyInputs) {
  const auto majority = best_rank(of(generate::majority(301)));
  EXPECT_EQ(majority->best.lower, 151U);
  EXPECT_EQ(majority->upper, 151);
  EXPECT_TRUE(majority->exact());
}

// More bits than are exhausted, but few partitions that are not alike.
TEST(BestRank, VerySymmetricFunctionsAreExhausted) {
  const auto disjoint = best_rank(of(generate::disjointness(7, 1)), {.exhaust_bits = 6});
  EXPECT_EQ(disjoint->best.lower, 127U);
  EXPECT_TRUE(disjoint->exact());
  EXPECT_TRUE(disjoint->exhausted);
  EXPECT_LT(disjoint->looked_at, 64U);
  StopToken stop;
  stop.request_stop();
  BestRankOptions options{.exhaust_bits = 6};
  options.rank.limits.stop = &stop;
  EXPECT_FALSE(best_rank(of(generate::disjointness(7, 1)), options)->exhausted);
}

// As for functions that have no table.
TEST(BestRank, LocalSearchWithoutATable) {
  const BestRankOptions options{.exhaust_bits = 6};
  const auto equality = best_rank(of(generate::equality(5, 1, true)), options);
  EXPECT_EQ(equality->best.lower, 32U);
  EXPECT_TRUE(equality->exact());
  const auto parity = best_rank(of(generate::parity_thermometer(26)), options);
  EXPECT_EQ(parity->best.lower, 2U);
  EXPECT_EQ(parity->upper, 8192);
  EXPECT_FALSE(parity->exact());
  EXPECT_FALSE(parity->exhausted);
  base::Random random(53);
  const Circuit circuit = generate::layered_circuit(random, 30, {3, 1}, 3);
  const auto layered = best_rank(of(circuit), {.rank = {.path = RankPath::sampled, .samples = 64}});
  EXPECT_GE(layered->best.lower, 16U);
  EXPECT_TRUE(oracle::confirms(oracle::gate(circuit, circuit.outputs()[0]), layered->best));
}

TEST(BestRank, LimitsLeaveAnInterval) {
  StopToken stop;
  stop.request_stop();
  BestRankOptions options;
  options.rank.limits.stop = &stop;
  for (const Circuit& circuit : {generate::multiplexer(3), generate::disjointness(12, 1)}) {
    const auto result = best_rank(of(circuit), options);
    ASSERT_TRUE(result.ok()) << result.error().text();
    EXPECT_TRUE(result->stopped);
    EXPECT_FALSE(result->exact());
    EXPECT_FALSE(result->exhausted);
  }
}

TEST(BestRank, TheBestSampleOfTheSearchIsKept) {
  base::Random random(54);
  const Circuit circuit = generate::layered_circuit(random, 60, {6, 1}, 9);
  BestRankOptions options;
  options.rank.path = RankPath::sampled;
  options.rank.samples = 16;  // fewer than the search takes
  const auto result = best_rank(of(circuit), options);
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->best.lower, 16U);
  EXPECT_TRUE(oracle::confirms(oracle::gate(circuit, circuit.outputs()[0]), result->best));
}

TEST(BestRank, WhatIsTooLargeIsRefused) {
  const auto table = all_ranks(of(generate::majority(17)));
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, ErrorCode::unsupported);
  const auto matrix = communication_matrix(of(generate::majority(27)), halves(27));
  ASSERT_FALSE(matrix.ok());
  EXPECT_EQ(matrix.error().code, ErrorCode::unsupported);
}

TEST(CommunicationMatrix, IsTheFunction) {
  base::Random random(52);
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed 52, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.min_bits = 1, .min_gates = 1});
    const auto last = GateId{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    const auto function = BooleanFunction::of_gate(circuit, last);
    const Partition partition = partition_of(random(), circuit.bit_count());
    const auto matrix = communication_matrix(function, partition);
    ASSERT_TRUE(matrix.ok()) << matrix.error().text();
    const auto rows = oracle::assignments(partition, 0);
    const auto columns = oracle::assignments(partition, 1);
    ASSERT_EQ(matrix->rows, rows.size());
    ASSERT_EQ(matrix->columns, columns.size());
    const auto oracle = oracle::gate(circuit, last);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < columns.size(); ++j) {
        ASSERT_EQ(matrix->entries[i * columns.size() + j] != 0,
                  oracle(oracle::joined(rows[i], columns[j])));
      }
    }
  }
}

}  // namespace
}  // namespace gatelight
