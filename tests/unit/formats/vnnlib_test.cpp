// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {
namespace {

// Two unsigned words of 4 bits and a signed one of 5; plain, or with real meanings.
Imported network(std::vector<RealMeaning> meaning = {}) {
  CircuitBuilder builder;
  EXPECT_TRUE(builder.add_input({"a", 4}).ok());
  EXPECT_TRUE(builder.add_input({"b", 4}).ok());
  EXPECT_TRUE(builder.add_input({"c", 5, true}).ok());
  return {
      .circuit = *std::move(builder).build(), .format = "", .input_meaning = std::move(meaning)};
}

const std::string declared =
    "; a comment (with brackets\n(declare-const X_0 Real)(declare-const X_1 Real)\n"
    "(declare-const X_2 Real)\n(declare-const Y_0 Real)\n";

using Range = DomainSpec::Range;

std::vector<Range> ranges(const Imported& in, const std::string& conditions) {
  const auto parsed = parse_vnnlib(in, declared + conditions);
  EXPECT_TRUE(parsed.ok()) << parsed.error().text();
  return parsed.ok() ? parsed->domain.range : std::vector<Range>{};
}

TEST(Vnnlib, ABoxOfWords) {
  EXPECT_EQ(ranges(network(), ""), (std::vector<Range>{}));
  EXPECT_EQ(ranges(network(), "(assert (<= X_0 11))(assert (>= X_0 2.5))"),
            (std::vector<Range>{{InputId{0}, 3, 11}}));
  EXPECT_EQ(ranges(network(), "(assert (and (<= X_0 11.99) (<= (- 3) X_2)\n (>= 1e-1 X_2)))"),
            (std::vector<Range>{{InputId{0}, 0, 11}, {InputId{2}, -3, 0}}));
  EXPECT_EQ(ranges(network(), "(assert (<= X_1 7))(assert (<= X_1 9))(assert (>= X_1 -5))"),
            (std::vector<Range>{{InputId{1}, 0, 7}}));
}

TEST(Vnnlib, RealNumbersBecomeWords) {
  // a: 0.1 * word - 1; b: -1/2 * word; c the third element's.
  const Imported in = network({{"1/10", "-1", 0}, {"-1/2", "0", 1}, {"1", "0", 2}});
  EXPECT_EQ(ranges(in, "(assert (>= X_0 -0.7))(assert (<= X_0 0.3))"),
            (std::vector<Range>{{InputId{0}, 3, 13}}))
      << "the ends belong to the box, exactly";
  EXPECT_EQ(ranges(in, "(assert (>= X_0 -0.69999999999999999999))(assert (<= X_0 0.3))"),
            (std::vector<Range>{{InputId{0}, 4, 13}}));
  EXPECT_EQ(ranges(in, "(assert (>= X_1 -3.2))(assert (<= X_1 -1))"),
            (std::vector<Range>{{InputId{1}, 2, 6}}));
  const Imported moved = network({{"1", "0", 2}, {"1", "0", 0}, {"1", "0", 1}});
  EXPECT_EQ(ranges(moved, "(assert (<= X_0 5))"), (std::vector<Range>{{InputId{1}, 0, 5}}));
}

TEST(Vnnlib, ConditionsOnOutputsAreLeftOut) {
  const auto parsed = *parse_vnnlib(
      network(), declared +
                     "(assert (<= X_0 3))(assert (or (and (<= Y_0 X_0)) (and (>= Y_0 3))))"
                     "(assert (<= Y_0 (+ 1 X_1)))(check-sat)");
  EXPECT_EQ(parsed.domain.range, (std::vector<Range>{{InputId{0}, 0, 3}}));
  ASSERT_EQ(parsed.notes.size(), 1U);
  EXPECT_NE(parsed.notes[0].find("(3)"), std::string::npos) << parsed.notes[0];
  EXPECT_TRUE(parse_vnnlib(network(), declared)->notes.empty());
  // Alternatives that differ in outputs only are one box.
  EXPECT_EQ(
      ranges(network(), "(assert (or (and (<= X_0 3) (<= Y_0 1)) (and (<= X_0 3) (>= Y_0 5))))"),
      (std::vector<Range>{{InputId{0}, 0, 3}}));
}

TEST(Vnnlib, ErrorsNameTheLine) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"(assert (<= X_0 1)", "line 5: the file ends inside the \"(\" of line 5"},
      {"\n\n(assert (<= X_0 1)))", "line 7: a \")\" without"},
      {"(assert (<= X_3 1))", "\"X_3\" is not declared"},
      {"(assert (<= Y_1 1))", "\"Y_1\" is not declared"},
      {"(declare-const X_3 Real)", "\"X_3\" is not an input of the network, which has 3"},
      {"(declare-const X_0 Real)", "declared twice"},
      {"(declare-const Z Real)", "declares \"Z\""},
      {"(declare-const Y_3 Int)", "must declare a Real"},
      {"(assert (<= X_0 nan))", "must compare one input"},
      {"(assert (<= X_0 1e))", "must compare one input"},
      {"(assert (<= X_0 1e9999999999))", "must compare one input"},
      {"(assert (<= X_0 .))", "must compare one input"},
      {"(assert (<= X_0 X_1))", "must compare one input"},
      {"(assert (<= (+ X_0 X_1) 3))", "must compare one input"},
      {"(assert (<= 1 2))", "must compare one input"},
      {"(assert (< X_0 1))", "must be (<= A B)"},
      {"(assert X_0)", "must be (<= A B)"},
      {"(assert (or))", "must be (<= A B)"},
      {"(assert (<= X_0 1 2))", "must be (<= A B)"},
      {"(assert)", "must be (declare-const NAME Real)"},
      {"hello", "must be (declare-const NAME Real)"},
      {"(assert\n(or (<= X_0 1)\n(>= X_0 3)))", "line 7: a union of different input boxes"},
      {"(assert (<= X_0 2.5))\n(assert (>= X_0 2.1))", "line 6: none of the values of X_0"},
      {"(assert (>= X_2 99))", "none of the values of X_2 lies in the box: from -16 to 15"},
  };
  for (const auto& [conditions, message] : cases) {
    const auto parsed = parse_vnnlib(network(), declared + conditions);
    ASSERT_FALSE(parsed.ok()) << conditions;
    EXPECT_NE(parsed.error().text().find(message), std::string::npos) << parsed.error().text();
    EXPECT_EQ(parsed.error().where.substr(0, 5), "line ");
  }
  EXPECT_FALSE(parse_vnnlib(network(), "").ok());
  const auto other = parse_vnnlib(network(), "(declare-const X_0 Real)");
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().text().find("X_1 is not declared"), std::string::npos);
  const auto deep = parse_vnnlib(network(), std::string(100'000, '('));
  ASSERT_FALSE(deep.ok());
  EXPECT_EQ(deep.error().code, ErrorCode::limit);
  const Imported irrational = network({{"approx. 0.7", "0", 0}, {"1", "0", 1}, {"1", "0", 2}});
  EXPECT_FALSE(parse_vnnlib(irrational, declared + "(assert (<= X_0 3))").ok());
}

// Every word whose number lies in the box is in the range, and no other.
TEST(Vnnlib, RandomBoxesHoldExactlyTheWordsInside) {
  base::Random random(41);
  for (int round = 0; round < generate::scaled(3000); ++round) {
    SCOPED_TRACE("seed 41, round " + std::to_string(round));
    const std::int64_t p = random.between(1, 9) * (random.coin() ? 1 : -1),
                       q = 1 << random.below(4);
    const std::int64_t offset = random.between(-9, 9);
    const Imported in =
        network({{std::to_string(p) + "/" + std::to_string(q), std::to_string(offset), 0},
                 {"1", "0", 1},
                 {"1", "0", 2}});
    // Quarters and scales over 1, 2, 4 or 8 are exact in doubles.
    const double low = static_cast<double>(random.between(-200, 200)) / 4;
    const double high = low + static_cast<double>(random.between(0, 100)) / 4;
    std::vector<std::int64_t> inside;
    for (std::int64_t word = 0; word < 16; ++word) {
      const double real =
          static_cast<double>(p * word) / static_cast<double>(q) + static_cast<double>(offset);
      if (low <= real && real <= high) inside.push_back(word);
    }
    const auto parsed = parse_vnnlib(in, declared + "(assert (>= X_0 " + std::to_string(low) +
                                             "))(assert (<= X_0 " + std::to_string(high) + "))");
    ASSERT_EQ(parsed.ok(), !inside.empty());
    if (inside.empty()) continue;
    ASSERT_EQ(parsed->domain.range[0].low, inside.front());
    ASSERT_EQ(parsed->domain.range[0].high, inside.back());
  }
}

TEST(Vnnlib, TextThatEndsInsideABracketIsRefused) {
  const std::string text = declared.substr(declared.find('\n') + 1) +
                           "(assert (and (<= X_0 11) (>= X_2 -1.5e0)))\n(assert (<= Y_0 1))\n";
  int open = 0;
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto parsed = parse_vnnlib(network(), text.substr(0, length));
    if (open > 0) {
      ASSERT_FALSE(parsed.ok()) << length;
    }
    open += text[length] == '(' ? 1 : text[length] == ')' ? -1 : 0;
  }
  EXPECT_TRUE(parse_vnnlib(network(), text).ok());
}

}  // namespace
}  // namespace gatelight
