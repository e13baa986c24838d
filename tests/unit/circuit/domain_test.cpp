// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.hpp"
#include "reference/energy.hpp"

namespace gatelight {
namespace {

CircuitBuilder with_inputs() {
  CircuitBuilder builder;
  EXPECT_TRUE(builder.add_input({"a"}).ok());
  EXPECT_TRUE(builder.add_input({"u", 4}).ok());
  EXPECT_TRUE(builder.add_input({"s", 3, true}).ok());
  return builder;
}
const Source a = Source::word(InputId{0});
const Source u = Source::word(InputId{1});
const Source s = Source::word(InputId{2});

std::string error_of(DomainSpec domain) {
  const auto circuit = with_inputs().build(std::move(domain));
  return circuit.ok() ? "accepted" : circuit.error().text();
}

TEST(Domain, FixesBitsAndWords) {
  DomainSpec domain;
  domain.fix = {{a, 1}, {s, -3}, {Source::bit(InputId{1}, 2), 0}};
  const Circuit circuit = *with_inputs().build(domain);
  const std::vector<std::int8_t> expected{1, -1, -1, 0, -1, 1, 0, 1};
  EXPECT_EQ(std::vector<std::int8_t>(circuit.fixed_bits().begin(), circuit.fixed_bits().end()),
            expected);
  EXPECT_TRUE(circuit.domain_rows().empty());
}

std::vector<std::int8_t> fixed_by(const DomainSpec& domain) {
  const Circuit circuit = *with_inputs().build(domain);
  return {circuit.fixed_bits().begin(), circuit.fixed_bits().end()};
}

TEST(Domain, ARangeFixesTheBitsItsValuesShare) {
  using Bits = std::vector<std::int8_t>;
  EXPECT_EQ(fixed_by({.range = {{InputId{1}, 12, 13}}}), (Bits{-1, -1, 0, 1, 1, -1, -1, -1}));
  EXPECT_EQ(fixed_by({.range = {{InputId{1}, 6, 6}}}), (Bits{-1, 0, 1, 1, 0, -1, -1, -1}));
  EXPECT_EQ(fixed_by({.range = {{InputId{1}, 7, 8}}}), Bits(8, -1));
  EXPECT_EQ(fixed_by({.range = {{InputId{1}, -9, 99}}}), Bits(8, -1));
  EXPECT_EQ(fixed_by({.range = {{InputId{2}, -2, -1}}}), (Bits{-1, -1, -1, -1, -1, -1, 1, 1}));
  EXPECT_EQ(fixed_by({.range = {{InputId{2}, -99, -4}}}), (Bits{-1, -1, -1, -1, -1, 0, 0, 1}));
  EXPECT_EQ(fixed_by({.range = {{InputId{2}, -1, 0}}}), Bits(8, -1));
}

TEST(Domain, CanBeReplaced) {
  const Circuit before = *with_inputs().build({.fix = {{a, 1}}, .range = {{InputId{1}, 2, 11}}});
  const auto after = before.with_domain({.range = {{InputId{2}, -4, -4}}});
  ASSERT_TRUE(after.ok()) << after.error().text();
  EXPECT_EQ(after->domain().range.size(), 1U);
  EXPECT_TRUE(after->domain().fix.empty());
  EXPECT_EQ(after->fixed_bits()[0], -1) << "nothing of the old domain is left";
  EXPECT_TRUE(after->domain_rows().empty());
  EXPECT_TRUE(after->in_domain(*parse_input_bits(*after, "00000001")));
  EXPECT_FALSE(before.in_domain(*parse_input_bits(before, "00000001"))) << "and it is as it was";
  EXPECT_TRUE(before.with_domain({})->domain().unrestricted());
  const auto empty = before.with_domain({.range = {{InputId{1}, 16, 20}}});
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code, ErrorCode::bad_input);
}

TEST(Domain, RefusesWhatHoldsNoInput) {
  const char* none = "no input satisfies";
  EXPECT_NE(error_of({.fix = {{a, 1}, {a, 0}}}).find(none), std::string::npos);
  EXPECT_NE(error_of({.fix = {{u, 3}}, .range = {{InputId{1}, 4, 9}}}).find(none),
            std::string::npos);
  EXPECT_NE(error_of({.range = {{InputId{1}, 16, 99}}}).find(none), std::string::npos);
  EXPECT_NE(error_of({.range = {{InputId{2}, -99, -5}}}).find(none), std::string::npos);
  LinearCondition sum{{{a, 1}, {u, 1}}, 17, std::nullopt};
  EXPECT_NE(error_of({.linear = {sum}}).find(none), std::string::npos);
  // Even and odd at once: only the search finds out.
  LinearCondition even{{{u, 2}, {a, -2}}, 7, 7};
  EXPECT_NE(error_of({.linear = {even}}).find(none), std::string::npos);
  // The word's ends, far beyond what it can take.
  LinearCondition far{{{u, 1}}, std::numeric_limits<std::int64_t>::max(), std::nullopt};
  EXPECT_NE(error_of({.linear = {far}}).find(none), std::string::npos);
  far = {{{u, 1}}, std::nullopt, std::numeric_limits<std::int64_t>::min()};
  EXPECT_NE(error_of({.linear = {far}}).find(none), std::string::npos);
}

TEST(Domain, RefusesMalformedConditions) {
  EXPECT_NE(error_of({.fix = {{u, 16}}}).find("0 to 15"), std::string::npos);
  EXPECT_NE(error_of({.fix = {{s, 4}}}).find("-4 to 3"), std::string::npos);
  EXPECT_NE(error_of({.range = {{InputId{1}, 5, 4}}}).find("wrong way"), std::string::npos);
  EXPECT_NE(error_of({.linear = {{{{a, 1}}, std::nullopt, std::nullopt}}}).find("needs"),
            std::string::npos);
  EXPECT_NE(error_of({.linear = {{{{a, 0}}, 0, 0}}}).find("zero"), std::string::npos);
  EXPECT_NE(error_of({.hamming = DomainSpec::Hamming{{0, 1}, 1}}).find("center"),
            std::string::npos);
  EXPECT_NE(error_of({.hamming = DomainSpec::Hamming{InputBits(8), -1}}).find("radius"),
            std::string::npos);
}

TEST(Domain, HammingBallOfManyBits) {
  CircuitBuilder builder;
  for (int i = 0; i < 784; ++i) ASSERT_TRUE(builder.add_input({"x" + std::to_string(i)}).ok());
  DomainSpec domain;
  domain.hamming = DomainSpec::Hamming{InputBits(784, 1), 3};
  const Circuit circuit = *std::move(builder).build(domain);
  EXPECT_TRUE(circuit.in_domain(circuit.example_input()));
  InputBits far(784, 1);
  far[0] = far[1] = far[2] = 0;
  EXPECT_TRUE(circuit.in_domain(far));
  far[3] = 0;
  EXPECT_FALSE(circuit.in_domain(far));
}

// An input is found exactly where one exists.
TEST(Domain, ExampleExistsIffTheDomainHoldsAnInput) {
  base::Random random(7);
  int empty = 0;
  for (int round = 0; round < 2000; ++round) {
    DomainSpec domain;
    if (random.coin())
      domain.fix.push_back({random.coin() ? a : Source::bit(InputId{1}, 3), random.coin() ? 1 : 0});
    if (random.coin()) {
      const std::int64_t low = random.between(-2, 12);
      domain.range.push_back({InputId{1}, low, low + random.between(0, 4)});
    }
    for (int i = 0; i < 3; ++i) {
      const std::int64_t target = random.between(-9, 20);
      domain.linear.push_back({{{u, random.between(1, 3)}, {s, random.between(-5, -1)}},
                               target,
                               random.coin() ? std::optional(target + 2) : std::nullopt});
    }
    // The same conditions on an unrestricted circuit, asked of the oracle one input at a time.
    const auto circuit = with_inputs().build(domain);
    const Circuit free_circuit = *with_inputs().build();
    bool exists = false;
    for (int x = 0; x < 256 && !exists; ++x) {
      InputBits bits(8);
      for (int i = 0; i < 8; ++i)
        bits[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(x >> i & 1);
      const auto value = [&](const Source& source) {
        return source.kind == Source::Kind::bit
                   ? bits[1U + source.bit_index]
                   : word_value(free_circuit, InputId{source.index}, bits);
      };
      exists = true;
      for (const auto& fix : domain.fix) exists = exists && value(fix.source) == fix.value;
      for (const auto& range : domain.range) {
        exists = exists && value(u) >= range.low && value(u) <= range.high;
      }
      for (const auto& row : domain.linear) {
        const std::int64_t sum = row.wires[0].weight * value(u) + row.wires[1].weight * value(s);
        exists = exists && (!row.min || sum >= *row.min) && (!row.max || sum <= *row.max);
      }
    }
    ASSERT_EQ(circuit.ok(), exists) << "round " << round;
    if (circuit.ok()) {
      ASSERT_TRUE(reference::in_domain(*circuit, circuit->example_input()));
      for (int x = 0; x < 256; ++x) {
        InputBits bits(8);
        for (std::size_t i = 0; i < 8; ++i) bits[i] = static_cast<std::uint8_t>(x >> i & 1);
        ASSERT_EQ(circuit->in_domain(bits), reference::in_domain(*circuit, bits)) << x;
      }
    }
    empty += exists ? 0 : 1;
  }
  EXPECT_GT(empty, 100);  // both sides were seen
  EXPECT_LT(empty, 1900);
}

}  // namespace
}  // namespace gatelight
