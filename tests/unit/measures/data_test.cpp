// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

constexpr const char* thermometer = R"({"format": "gatelight/circuit", "version": 1,
    "inputs": [{"name": "a"}, {"name": "s", "bits": 3, "signed": true}], "gates": [
    {"name": "g1", "weights": {"a": 4, "s": 1}, "threshold": 1, "cost": 2},
    {"name": "g2", "weights": {"a": 4, "s": 1}, "threshold": 2},
    {"name": "g3", "weights": {"a": 4, "s": 1}, "threshold": 3}], "outputs": []})";

TEST(Data, TheLargestAndTheMeanOfItsRows) {
  const Circuit circuit = *parse_circuit(thermometer);
  const std::vector<std::int64_t> words{0, 0, 1, -2, 0, 2, 1, -4};  // 0, 3, 3, 0 in all
  const auto data = *measure_data(circuit, words);
  EXPECT_EQ(data.rows, 4U);
  EXPECT_EQ(data.largest, 3);
  EXPECT_EQ(data.row_of_largest, 2U) << "the first of two";
  EXPECT_DOUBLE_EQ(data.mean, 1.5);
  const auto gates = *measure_data(circuit, words, unit_costs(circuit));
  EXPECT_EQ(gates.largest, 2);
  EXPECT_DOUBLE_EQ(gates.mean, 1);
  const auto silent = *measure_data(circuit, std::vector<std::int64_t>{0, -1, 0, 0});
  EXPECT_EQ(silent.largest, 0);
  EXPECT_EQ(silent.row_of_largest, 1U);
}

TEST(Data, LimitsEndIt) {
  const Circuit circuit = *parse_circuit(thermometer);
  StopToken stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  const auto data = *measure_data(circuit, std::vector<std::int64_t>{0, 0}, {}, limits);
  EXPECT_EQ(data.rows, 0U);
  EXPECT_EQ(data.row_of_largest, 0U);
  EXPECT_EQ(data.mean, 0);
}

TEST(Data, IsChecked) {
  const Circuit circuit = *parse_circuit(thermometer);
  using Words = std::vector<std::int64_t>;
  EXPECT_THROW((void)measure_data(circuit, Words{}), ContractViolation);
  EXPECT_THROW((void)measure_data(circuit, Words{0, 0, 1}), ContractViolation);
  EXPECT_THROW((void)measure_data(circuit, Words{0, 4}), ContractViolation);
  EXPECT_EQ(measure_data(circuit, Words{0, 0}, Words(3, std::int64_t{1} << 61)).error().code,
            ErrorCode::overflow);
}

// All inputs as rows: the largest is the energy, the mean that of the histogram.
TEST(Data, AllInputsGiveTheEnergy) {
  base::Random random(51);
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE("seed 51, round " + std::to_string(round));
    const Circuit circuit =
        generate::random_circuit(random, {.min_bits = 1, .max_bits = 7, .domain = false});
    std::vector<std::int64_t> words;
    for (std::uint32_t x = 0; x < 1U << circuit.bit_count(); ++x) {
      const InputBits bits = generate::input_of_number(x, circuit.bit_count());
      for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
        words.push_back(word_value(circuit, InputId{w}, bits));
      }
    }
    const auto expected = reference::energy(circuit, generate::total_objective(circuit));
    const auto data = *measure_data(circuit, words);
    ASSERT_EQ(data.largest, *expected.maximum);
    double mean = 0;
    for (const auto& [value, inputs] : expected.histogram) {
      mean +=
          static_cast<double>(value) * static_cast<double>(inputs) / static_cast<double>(data.rows);
    }
    ASSERT_NEAR(data.mean, mean, 1e-9 * (1 + mean));
  }
}

}  // namespace
}  // namespace gatelight
