// SPDX-License-Identifier: Apache-2.0
#include "gatelight/rank.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "engines/function.hpp"
#include "gatelight/formats.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "measures/rank/structured.hpp"
#include "oracle.hpp"

namespace gatelight {
namespace {

GateId output_of(const Circuit& circuit) { return circuit.outputs()[0]; }

BooleanFunction of(const Circuit& circuit) {
  return BooleanFunction::of_gate(circuit, output_of(circuit));
}

Partition random_partition(base::Random& random, std::size_t bits) {
  Partition partition(bits);
  for (auto& side : partition) side = random.coin() ? 1 : 0;
  return partition;
}

// Threshold circuits of up to 10 bits, mostly of several gates.
TEST(Rank, EveryPathAgreesWithTheOracle) {
  base::Random random(41);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed 41, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(
        random, {.min_bits = 1, .max_bits = 9, .min_gates = 1, .max_gates = 8});
    const GateId gate{static_cast<std::uint32_t>(random.below(circuit.gate_count()))};
    const auto function = BooleanFunction::of_gate(circuit, gate);
    const Partition partition = random_partition(random, circuit.bit_count());
    const auto oracle = oracle::gate(circuit, gate);
    const std::size_t truth = oracle::rank(oracle, partition);
    for (const RankPath path : {RankPath::automatic, RankPath::nested, RankPath::dense,
                                RankPath::structured, RankPath::sampled}) {
      const auto result = measure_rank(function, partition, {.path = path});
      if (path == RankPath::nested && !result.ok()) continue;
      ASSERT_TRUE(result.ok()) << result.error().text();
      ASSERT_LE(result->lower, truth) << result->path;
      ASSERT_GE(result->upper, static_cast<double>(truth)) << result->path;
      if (path != RankPath::sampled) {
        ASSERT_EQ(result->lower, truth) << result->path;
      }
      ASSERT_TRUE(oracle::confirms(oracle, *result)) << result->path;
    }
  }
}

// The ranks at all cuts of a random order.
std::vector<std::size_t> structured_ranks(const Circuit& circuit, GateId gate,
                                          const std::vector<std::uint32_t>& order) {
  const auto maker = engines::DiagramMaker::create(circuit, gate);
  const auto diagram = maker->compile(order, 1'000'000, {});
  const auto ranks = measures::ranks_at_cuts(*diagram, {.effort = 16});
  std::vector<std::size_t> result;
  for (const measures::CutRank& cut : ranks->cuts) {
    result.push_back(cut.lower);
    EXPECT_TRUE(cut.exact()) << cut.lower << " " << cut.upper << " " << cut.reason;
  }
  return result;
}

std::vector<std::uint32_t> random_order(base::Random& random, const Circuit& circuit, GateId gate) {
  const auto maker = engines::DiagramMaker::create(circuit, gate);
  std::vector<std::uint32_t> order(maker->bits().begin(), maker->bits().end());
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

TEST(Rank, EveryCutOfAnOrder) {
  base::Random random(42);
  for (int round = 0; round < generate::scaled(500); ++round) {
    SCOPED_TRACE("seed 42, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.min_bits = 2,
                                                              .max_bits = 6,
                                                              .min_gates = 2,
                                                              .max_gates = 6,
                                                              .domain = false,
                                                              .max_weight = 3});
    const GateId gate{static_cast<std::uint32_t>(circuit.gate_count() - 1)};
    const auto order = random_order(random, circuit, gate);
    const auto structured = structured_ranks(circuit, gate, order);
    Partition partition(circuit.bit_count(), 1);
    for (std::size_t cut = 0; cut <= order.size(); ++cut) {
      if (cut > 0) partition[order[cut - 1]] = 0;
      const std::size_t truth = oracle::rank(oracle::gate(circuit, gate), partition);
      ASSERT_EQ(structured[cut], truth) << cut;
      const auto dense = measure_rank(BooleanFunction::of_gate(circuit, gate), partition,
                                      {.path = RankPath::dense});
      ASSERT_EQ(dense->lower, truth) << cut;
      ASSERT_TRUE(dense->exact());
    }
  }
}

// A part of a basis still leaves a sound interval.
TEST(Rank, CutsWithFewColumnsKept) {
  base::Random random(45);
  int open = 0;
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed 45, round " + std::to_string(round));
    const Circuit circuit = generate::layered_circuit(random, 8, {3, 1}, 3);
    const auto order = random_order(random, circuit, output_of(circuit));
    const auto exact = structured_ranks(circuit, output_of(circuit), order);
    const auto diagram =
        engines::DiagramMaker::create(circuit, output_of(circuit))->compile(order, 1'000'000, {});
    const auto ranks = measures::ranks_at_cuts(*diagram, {.effort = 16, .basis = 2});
    for (std::size_t cut = 0; cut < exact.size(); ++cut) {
      ASSERT_LE(ranks->cuts[cut].lower, exact[cut]) << cut;
      ASSERT_GE(ranks->cuts[cut].upper, static_cast<double>(exact[cut])) << cut;
      open += ranks->cuts[cut].exact() ? 0 : 1;
    }
  }
  EXPECT_GT(open, generate::scaled(10));
}

TEST(Rank, EveryCutOfLargerCircuits) {
  base::Random random(44);
  for (int round = 0; round < generate::scaled(12); ++round) {
    SCOPED_TRACE("seed 44, round " + std::to_string(round));
    const int bits = 12 + static_cast<int>(random.below(5));
    const Circuit circuit = generate::layered_circuit(random, bits, {4, 1}, 2);
    const auto order = random_order(random, circuit, output_of(circuit));
    const auto structured = structured_ranks(circuit, output_of(circuit), order);
    Partition partition(circuit.bit_count(), 1);
    for (std::size_t cut = 0; cut <= order.size(); ++cut) {
      if (cut > 0) partition[order[cut - 1]] = 0;
      const auto dense = measure_rank(BooleanFunction::of_gate(circuit, output_of(circuit)),
                                      partition, {.path = RankPath::dense});
      ASSERT_EQ(dense->lower, structured[cut]) << cut;
    }
  }
}

TEST(Rank, ClosedForms) {
  // x and y word after word, k bits each: disjoint words of at most 2^k kinds.
  for (const int k : {1, 3, 6}) {
    const Partition partition = halves(2 * static_cast<std::size_t>(k));
    for (const RankPath path : {RankPath::dense, RankPath::structured}) {
      const auto disjoint =
          measure_rank(of(generate::disjointness(k, k)), partition, {.path = path});
      EXPECT_EQ(disjoint->lower, (1U << k) - 1);
      EXPECT_TRUE(disjoint->exact());
      const auto equal =
          measure_rank(of(generate::equality(k, 1, false)), partition, {.path = path});
      EXPECT_EQ(equal->lower, 1U << k);
      EXPECT_TRUE(equal->exact());
    }
  }
  const auto parity = measure_rank(of(generate::parity_thermometer(30)), halves(30));
  EXPECT_EQ(parity->lower, 2U);
  EXPECT_TRUE(parity->exact());
  EXPECT_EQ(parity->path, "structured");
  const auto majority = measure_rank(of(generate::majority(101)), halves(101));
  EXPECT_EQ(majority->lower, 51U);
  EXPECT_TRUE(majority->exact());
  EXPECT_EQ(majority->path, "nested");
}

TEST(Rank, HundredsOfInputs) {
  // Interleaved words: the first bits are a pair of shorter words, with or without one bit besides.
  Partition interleaved = halves(200);
  const auto function = of(generate::equality(100, 1, true));
  EXPECT_EQ(measure_rank(function, interleaved)->lower, 1U);
  interleaved[99] = 1;
  const auto equal = measure_rank(function, interleaved);
  EXPECT_EQ(equal->lower, 2U);
  EXPECT_TRUE(equal->exact());
  Partition pairs(100);  // disjointness declares word after word
  for (std::size_t i = 0; i < 50; ++i) pairs[i] = pairs[50 + i] = i < 25 ? 0 : 1;
  const auto disjoint = measure_rank(of(generate::disjointness(50, 1)), pairs);
  EXPECT_EQ(disjoint->lower, 2U);  // [A meets] or [B meets]
  EXPECT_TRUE(disjoint->exact());
}

// Unit triangular 64 x 64 matrices that double precision calls singular.
TEST(Rank, TheTrapOfFloatingPoint) {
  std::string hex(1024, '0');
  for (unsigned a = 0; a < 64; ++a) {
    for (unsigned b = a; b < 64; ++b) {
      if (a != b && (b - a) % 2 == 0) continue;
      const unsigned x = a | b << 6;
      hex[1023 - x / 4] =
          "0123456789abcdef"[(hex[1023 - x / 4] >= 'a' ? hex[1023 - x / 4] - 'a' + 10
                                                       : hex[1023 - x / 4] - '0') |
                             1 << (x % 4)];
    }
  }
  const auto function = BooleanFunction::of_table(hex, 12);
  ASSERT_TRUE(function.ok());
  const auto result = measure_rank(*function, halves(12));
  EXPECT_EQ(result->lower, 64U);
  EXPECT_TRUE(result->exact());
}

TEST(Rank, InnerProductNeedsMoreThanBits) {
  // Modulo 2 the inner product has rank k; over the rationals 2^k - 1.
  constexpr unsigned k = 5;
  std::string hex(256, '0');
  for (unsigned x = 0; x < 1024; ++x) {
    if (std::popcount((x & 31) & (x >> 5)) % 2 == 0) continue;
    char& digit = hex[255 - x / 4];
    const int value = (digit >= 'a' ? digit - 'a' + 10 : digit - '0') | 1 << (x % 4);
    digit = "0123456789abcdef"[value];
  }
  const auto result = measure_rank(*BooleanFunction::of_table(hex, 10), halves(10));
  EXPECT_EQ(result->lower, (1U << k) - 1);
  EXPECT_TRUE(result->exact());
}

TEST(Rank, SamplesAreLowerBounds) {
  const auto function = of(generate::disjointness(50, 2));
  const auto result =
      measure_rank(function, halves(100), {.path = RankPath::sampled, .samples = 256});
  EXPECT_EQ(result->path, "sampled");
  EXPECT_GE(result->lower, 255U);
  EXPECT_LE(result->lower, 256U);
  EXPECT_FALSE(result->exact());
  EXPECT_EQ(result->upper, 0x1p50);
  EXPECT_TRUE(oracle::confirms([&](const InputBits& x) { return function.value(x); }, *result));
}

TEST(Rank, ConstantsAndEmptySides) {
  const auto parse = [](const std::string& gate) {
    return *parse_circuit(
        R"({"format": "gatelight/circuit", "version": 1, "inputs": 3, "gates": [)" + gate +
        R"(], "outputs": ["g"]})");
  };
  const Circuit never = parse(R"({"name": "g", "weights": {"x0": 1}, "threshold": 2})");
  const Circuit always = parse(R"({"name": "g", "weights": {"x0": 1}, "threshold": 0})");
  const Circuit some = parse(R"({"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 2})");
  for (const RankPath path : {RankPath::automatic, RankPath::dense, RankPath::structured}) {
    for (const Partition& partition :
         {Partition{0, 0, 0}, Partition{1, 1, 1}, Partition{0, 1, 1}}) {
      EXPECT_EQ(measure_rank(of(never), partition, {.path = path})->upper, 0);
      EXPECT_EQ(measure_rank(of(always), partition, {.path = path})->lower, 1U);
      const auto one = measure_rank(of(some), partition, {.path = path});
      EXPECT_EQ(one->lower, 1U);
      EXPECT_TRUE(one->exact());
    }
  }
}

TEST(Rank, LimitsLeaveAnInterval) {
  StopToken stop;
  stop.request_stop();
  base::Random random(43);
  const auto function = of(generate::layered_circuit(random, 40, {20, 10, 1}, 9));
  for (const RankPath path : {RankPath::automatic, RankPath::sampled}) {
    RankOptions options{.path = path};
    options.limits.stop = &stop;
    const auto result = measure_rank(function, halves(40), options);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result->stopped);
    EXPECT_EQ(result->upper, 0x1p20);
  }
}

}  // namespace
}  // namespace gatelight
