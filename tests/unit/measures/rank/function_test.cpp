// SPDX-License-Identifier: Apache-2.0
#include "measures/rank/function.hpp"

#include <gtest/gtest.h>

#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "oracle.hpp"

namespace gatelight {
namespace {

TEST(RankFunction, TablesAreReadAsInKitty) {
  // Bit number x of 0xca: x0 chooses nothing, x2 ? x1 : x0 is 0xca in kitty's order of variables.
  const auto multiplexer = BooleanFunction::of_table("Ca", 3);
  ASSERT_TRUE(multiplexer.ok());
  for (unsigned x = 0; x < 8; ++x) {
    const InputBits input{static_cast<std::uint8_t>(x & 1), static_cast<std::uint8_t>(x >> 1 & 1),
                          static_cast<std::uint8_t>(x >> 2)};
    EXPECT_EQ(multiplexer->value(input), (0xcaU >> x & 1) != 0);
  }
  EXPECT_TRUE(BooleanFunction::of_table("1", 0)->value({}));
  EXPECT_TRUE(BooleanFunction::of_table("2", 1)->value({1}));
  const auto wide = BooleanFunction::of_table("8" + std::string(31, '0'), 7);
  EXPECT_TRUE(wide->value(InputBits(7, 1)));
  EXPECT_FALSE(wide->value(InputBits(7, 0)));
}

TEST(RankFunction, BadTablesAreRefused) {
  for (const auto& [hex, inputs] : std::vector<std::pair<std::string, std::size_t>>{
           {"", 3}, {"c", 3}, {"cab", 3}, {"cg", 3}, {"4", 1}, {"2", 0}, {"0x", 3}}) {
    const auto function = BooleanFunction::of_table(hex, inputs);
    ASSERT_FALSE(function.ok()) << hex;
    EXPECT_EQ(function.error().code, ErrorCode::bad_input);
  }
  EXPECT_EQ(BooleanFunction::of_table("0", 40).error().code, ErrorCode::unsupported);
}

TEST(RankFunction, PartitionsAreRead) {
  EXPECT_EQ(*parse_partition("0110", 4), (Partition{0, 1, 1, 0}));
  EXPECT_FALSE(parse_partition("011", 4).ok());
  EXPECT_FALSE(parse_partition("0121", 4).ok());
  EXPECT_EQ(halves(5), (Partition{0, 0, 1, 1, 1}));
}

TEST(RankFunction, LevelsOfAGate) {
  base::Random random(91);
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed 91, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 6, .min_gates = 1});
    const auto index = random.below(circuit.gate_count());
    const GateId gate{static_cast<std::uint32_t>(index)};
    const auto range = circuit.value_range(gate);
    const std::int64_t low = std::max<std::int64_t>(range.low, -9),
                       high = std::min<std::int64_t>(range.high, 9);
    const std::int64_t least = random.between(std::min(low, high) - 1, std::max(low, high) + 1);
    const auto function = BooleanFunction::of_level(circuit, gate, least);
    ASSERT_TRUE(function.ok()) << function.error().text();
    for (std::uint64_t x = 0; x >> circuit.bit_count() == 0; ++x) {
      const InputBits input = generate::input_of_number(x, circuit.bit_count());
      ASSERT_EQ(function->value(input), reference::outputs(circuit, input)[index] >= least);
    }
  }
}

TEST(RankFunction, NotesSayWhatItIs) {
  const Circuit circuit = *parse_circuit(
      R"({"format": "gatelight/circuit", "version": 1, "inputs": 3, "gates": [{"name": "g", "weights":
      {"x0": 1, "x1": 1}, "threshold": 0, "activation": {"relu": {"shift": 0, "max": 2}}}], "outputs":
      ["g"], "domain": {"fix": {"x0": 1}}})");
  const auto function = BooleanFunction::of_gate(circuit, GateId{0});
  EXPECT_EQ(function.notes().size(), 2U);
  EXPECT_EQ(function.bits(), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_FALSE(function.value({0, 0, 0}));
  EXPECT_TRUE(function.value({0, 1, 0}));
}

TEST(RankFunction, CertificatesAreAccepted) {
  base::Random random(92);
  int accepted = 0;
  for (int round = 0; round < generate::scaled(80); ++round) {
    SCOPED_TRACE("seed 92, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(
        random, {.min_bits = 2, .max_bits = 8, .min_gates = 1, .activations = false});
    const GateId gate{static_cast<std::uint32_t>(random.below(circuit.gate_count()))};
    const auto function = BooleanFunction::of_gate(circuit, gate);
    Partition partition(circuit.bit_count());
    for (auto& side : partition) side = random.coin() ? 1 : 0;
    for (const RankPath path : {RankPath::nested, RankPath::dense, RankPath::structured,
                                RankPath::sampled, RankPath::automatic}) {
      RankOptions options{.path = path, .keep_proof = true};
      const auto result = measure_rank(function, partition, options);
      if (!result.ok()) continue;
      const auto certificate = rank_certificate(function, circuit, *result);
      ASSERT_TRUE(certificate.ok()) << certificate.error().text();
      const auto again = parse_rank_certificate(format_rank_certificate(*certificate));
      ASSERT_TRUE(again.ok()) << again.error().text();
      const auto check = check_rank_certificate(circuit, *again);
      ASSERT_TRUE(check.ok()) << check.error().text();
      ASSERT_EQ(check->verdict, Verdict::accepted)
          << result->path << ": " << check->reason << "; " << result->upper_reason;
      ASSERT_EQ(check->lower, result->lower);
      accepted += check->upper_checked ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, generate::scaled(200));
}

}  // namespace
}  // namespace gatelight
