// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "base/random.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight {
namespace {

TEST(Words, RangesFollowFromBitsAndSign) {
  EXPECT_EQ(word_range({"a"}), (Circuit::Interval{0, 1}));
  EXPECT_EQ(word_range({"s", 1, true}), (Circuit::Interval{-1, 0}));
  EXPECT_EQ(word_range({"u", 8}), (Circuit::Interval{0, 255}));
  EXPECT_EQ(word_range({"s", 8, true}), (Circuit::Interval{-128, 127}));
  constexpr std::int64_t half = std::int64_t{1} << 61;
  EXPECT_EQ(word_range({"u", 62}), (Circuit::Interval{0, 2 * half - 1}));
  EXPECT_EQ(word_range({"s", 62, true}), (Circuit::Interval{-half, half - 1}));
}

TEST(Words, AnInputOfWordsHasTheseValues) {
  CircuitBuilder builder;
  const std::vector<InputWord> words{{"a"}, {"s", 3, true}, {"u", 5}, {"wide", 62, true}, {"b"}};
  for (const InputWord& word : words) ASSERT_TRUE(builder.add_input(word).ok());
  const Circuit circuit = *std::move(builder).build();
  base::Random random(21);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> values;
    for (const InputWord& word : words) {
      const auto [low, high] = word_range(word);
      values.push_back(round == 0 ? low : round == 1 ? high : random.between(low, high));
    }
    const InputBits bits = input_of_words(circuit, values);
    ASSERT_EQ(bits.size(), 72U);
    for (std::uint32_t w = 0; w < words.size(); ++w) {
      ASSERT_EQ(word_value(circuit, InputId{w}, bits), values[w]) << words[w].name;
    }
  }
  EXPECT_THROW((void)input_of_words(circuit, std::vector<std::int64_t>{0, 4, 0, 0, 0}),
               ContractViolation);
  EXPECT_THROW((void)input_of_words(circuit, std::vector<std::int64_t>{0}), ContractViolation);
}

}  // namespace
}  // namespace gatelight
