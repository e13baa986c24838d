// SPDX-License-Identifier: Apache-2.0
//
// Families by name, and every way to ask for one wrongly.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/measure.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {
namespace {

using Given = std::vector<NamedValue>;

// A reader of circuits whose names are their numbers of bits.
Result<Circuit> parity_of_bits(const std::string& name) {
  const auto made = construct("parity", Given{{"bits", name}});
  if (!made.ok()) return made.error();
  return made->circuit;
}

void expect_refused(std::string_view family, const Given& given, std::string_view where,
                    std::string_view message, ErrorCode code = ErrorCode::bad_input) {
  const auto made = construct(family, given);
  ASSERT_FALSE(made.ok()) << family;
  EXPECT_EQ(made.error().where, where) << made.error().text();
  EXPECT_NE(made.error().message.find(message), std::string::npos) << made.error().text();
  EXPECT_EQ(made.error().code, code) << made.error().text();
}

TEST(Families, EveryOneIsMadeByName) {
  const std::vector<std::pair<std::string, Given>> examples{
      {"cd", {{"pairs", "6"}, {"depth", "3"}, {"energy", "3"}}},
      {"disj", {{"pairs", "6"}}},
      {"eq", {{"pairs", "6"}, {"rows", "2"}}},
      {"symmetric", {{"values", "0110"}}},
      {"symmetric-tree", {{"values", "0110"}}},
      {"parity", {{"bits", "7"}, {"width", "3"}}},
      {"parity-tree", {{"bits", "7"}}},
      {"parity-blocks", {{"bits", "7"}, {"blocks", "2"}}},
      {"parity-fold", {{"bits", "7"}}},
      {"majority", {{"bits", "7"}}},
      {"mod", {{"modulus", "3"}, {"bits", "9"}}},
      {"mod-count", {{"bits", "9"}, {"activation", "sigmoid"}}},
      {"ip", {{"pairs", "3"}, {"blocks", "3"}}},
      {"ip-count", {{"pairs", "3"}, {"blocks", "3"}}},
      {"mux", {{"address", "2"}, {"energy", "2"}}},
      {"table", {{"hex", "96"}, {"inputs", "3"}}},
      {"tree", {{"hex", "96"}, {"inputs", "3"}}},
      {"list", {{"hex", "96"}, {"inputs", "3"}}},
      {"threshold-gates", {{"circuit", "5"}}},
      {"few-states", {{"circuit", "5"}}},
      {"shallow", {{"circuit", "5"}}},
  };
  ASSERT_EQ(examples.size(), construction_families().size());
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto& [name, given] = examples[i];
    EXPECT_EQ(construction_families()[i].name, name);
    const auto made = construct(name, given, parity_of_bits);
    ASSERT_TRUE(made.ok()) << name << ": " << made.error().text();
    // The maker of that name, not a neighbour's.
    EXPECT_EQ(made->circuit.name().substr(0, name.size() + 1), name + " ");
    EXPECT_FALSE(made->function.empty());
    EXPECT_NE(made->reference.find("constructions.md, section "), std::string::npos);
  }
}

TEST(Families, DefaultsAreWhatTheListSays) {
  for (const Family& family : construction_families()) {
    Given least, full;
    for (const FamilyParameter& parameter : family.parameters) {
      std::string value(parameter.fallback);
      if (value.empty())
        value = parameter.name == "values" ? "01010" : parameter.name == "hex" ? "96" : "3";
      if (parameter.fallback.empty()) least.push_back({std::string(parameter.name), value});
      full.push_back({std::string(parameter.name), value});
    }
    const auto a = construct(family.name, least, parity_of_bits);
    const auto b = construct(family.name, full, parity_of_bits);
    ASSERT_TRUE(a.ok()) << family.name << a.error().text();
    ASSERT_TRUE(b.ok()) << family.name << b.error().text();
    EXPECT_EQ(a->predicted, b->predicted) << family.name;
    EXPECT_EQ(a->circuit.name(), b->circuit.name());
  }
}

TEST(Families, NamesAreChecked) {
  expect_refused("nonsense", {}, "", "there are cd, disj, eq, symmetric");
  expect_refused("cd", {}, "pairs", "missing; add pairs=...");
  expect_refused("cd", {{"pairs", "3"}, {"deep", "3"}}, "deep",
                 "no parameter of cd; it has pairs, depth, energy, activation, precision");
  expect_refused("cd", {{"pairs", "3"}, {"pairs", "4"}}, "pairs", "given twice");
  for (const char* text : {"", "x", "3x", "3.0", " 3", "99999999999999999999", "0x3", "+3"}) {
    expect_refused("cd", {{"pairs", text}}, "pairs", "must be a whole number, not '");
  }
  expect_refused("cd", {{"pairs", "3"}, {"activation", "tanh"}}, "activation",
                 "must be threshold, relu or sigmoid, not 'tanh'");
}

TEST(Families, RangesAreNamed) {
  expect_refused("cd", {{"pairs", "0"}}, "pairs", "must be from 1 to 4096, not 0;");
  expect_refused("cd", {{"pairs", "12"}, {"depth", "14"}}, "depth",
                 "must be from 2 to 13, not 14; each of the (depth - 1) * (energy - 1) blocks");
  expect_refused("cd", {{"pairs", "12"}, {"depth", "4"}, {"energy", "6"}}, "energy",
                 "must be from 2 to 5, not 6;");
  expect_refused("cd", {{"pairs", "19"}}, "pairs", "ask for more depth or energy",
                 ErrorCode::limit);
  expect_refused("cd", {{"pairs", "18"}, {"depth", "19"}, {"energy", "-1"}}, "energy",
                 "must be 2, not -1;");
  expect_refused("disj", {{"pairs", "5"}, {"energy", "0"}}, "energy",
                 "must be from 1 to 5, not 0;");
  expect_refused("eq", {{"pairs", "100"}}, "columns", "must be from 3 to 100, not 1;");
  expect_refused("eq", {{"pairs", "4"}, {"rows", "5"}}, "rows", "must be from 1 to 4, not 5;");
  expect_refused("eq", {{"pairs", "4"}, {"rows", "2"}, {"columns", "3"}}, "columns",
                 "must be from 1 to 2, not 3;");
  expect_refused("symmetric", {{"values", "0120"}}, "values", "must be digits 0 and 1");
  expect_refused("symmetric", {{"values", "1111"}}, "values", "is constant");
  expect_refused("symmetric", {{"values", ""}}, "values", "must be from 2 to 4097, not 0;");
  expect_refused("symmetric", {{"values", "0101"}, {"width", "4"}}, "width",
                 "must be from 1 to 3, not 4;");
  expect_refused("parity", {{"bits", "5000"}}, "bits", "must be from 1 to 4096");
  expect_refused("parity", {{"bits", "4096"}}, "", "more than 2^22 wires", ErrorCode::limit);
  expect_refused("mod", {{"bits", "9"}, {"modulus", "10"}}, "modulus", "must be from 2 to 9");
  expect_refused("mod", {{"bits", "9"}, {"modulus", "3"}, {"residue", "3"}}, "residue",
                 "from 0 to 2");
  expect_refused("mod", {{"bits", "9"}, {"modulus", "3"}, {"digits", "3"}}, "digits",
                 "from 1 to 2");
  expect_refused("mod", {{"bits", "9"}, {"modulus", "3"}, {"digits", "2"}, {"radix", "4"}}, "radix",
                 "from 2 to 3");
  expect_refused("cd", {{"pairs", "3"}, {"precision", "2"}}, "precision",
                 "must be 1, not 2; threshold gates have one bit");
  expect_refused("cd", {{"pairs", "3"}, {"activation", "relu"}, {"precision", "17"}}, "precision",
                 "must be from 1 to 16, not 17;");
  expect_refused("eq",
                 {{"pairs", "96"}, {"rows", "2"}, {"activation", "relu"}, {"precision", "16"}}, "",
                 "do not fit 63 bits", ErrorCode::overflow);
  expect_refused("mod-count", {{"bits", "9"}, {"activation", "threshold"}}, "activation",
                 "must be relu or sigmoid");
  expect_refused("mod-count", {{"bits", "9"}, {"modulus", "3"}, {"residue", "3"}}, "residue",
                 "from 0 to 2");
  expect_refused("ip-count", {{"pairs", "1"}}, "pairs", "must be from 2 to 4096, not 1;");
  expect_refused("ip-count", {{"pairs", "40"}, {"blocks", "2"}}, "blocks",
                 "must be from 3 to 40, not 2;");
  expect_refused("parity-blocks", {{"bits", "40"}}, "blocks", "must be from 3 to 16, not 1;");
  expect_refused("ip", {{"pairs", "20"}, {"blocks", "2"}}, "blocks",
                 "must be from 3 to 16, not 2;");
  expect_refused("mux", {{"address", "17"}}, "address", "must be from 1 to 16");
  expect_refused("mux", {{"address", "2"}, {"energy", "3"}}, "energy", "must be from 1 to 2");
  expect_refused("table", {{"hex", "96"}, {"inputs", "4"}}, "hex",
                 "must have 4 hexadecimal digits");
  expect_refused("table", {{"hex", "9g"}, {"inputs", "3"}}, "hex", "must be hexadecimal digits");
  expect_refused("table", {{"hex", "ff"}, {"inputs", "3"}}, "hex", "is constant");
  expect_refused("table", {{"hex", "00"}, {"inputs", "3"}, {"energy", "2"}}, "hex", "is constant");
  expect_refused("table", {{"hex", "5"}, {"inputs", "1"}}, "hex", "of 1 input");
  expect_refused("tree", {{"hex", "5"}, {"inputs", "13"}}, "inputs", "must be from 1 to 12");
  expect_refused("list", {{"hex", "5"}, {"inputs", "17"}}, "inputs", "must be from 1 to 16");
  expect_refused("list", {{"hex", "5"}, {"inputs", "3"}}, "hex", "must have 2 hexadecimal digits");
  expect_refused("tree", {{"hex", "ff"}, {"inputs", "3"}}, "hex", "is constant");
  expect_refused("symmetric-tree", {{"values", "000"}}, "values", "is constant");
  expect_refused("parity-tree", {{"bits", "0"}}, "bits", "must be from 1 to 4096");
  expect_refused("shallow", {{"circuit", "a"}}, "circuit", "no circuit can be read here");
  // What the reader says.
  const auto unread = construct("few-states", Given{{"circuit", "x"}}, parity_of_bits);
  EXPECT_EQ(unread.error().text(), parity_of_bits("x").error().text());
}

// Numbers of all sizes end in a circuit whose free resources are as predicted, or in an error.
TEST(Families, AnyNumbersAreMadeOrRefused) {
  constexpr std::uint64_t seed = 8200;
  base::Random random(seed);
  const auto number = [&]() -> std::string {
    switch (random.between(0, 9)) {
      case 0:
        return std::to_string(std::numeric_limits<std::int64_t>::max() - random.between(0, 1));
      case 1:
        return std::to_string(std::numeric_limits<std::int64_t>::min() + random.between(0, 1));
      case 2:
        return std::to_string(random.between(-5000, 5000));
      default:
        return std::to_string(random.between(1, 12));
    }
  };
  int made = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    const auto families = construction_families();
    const Family& family = families[static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(families.size()) - 1))];
    Given given;
    for (const FamilyParameter& parameter : family.parameters) {
      if (parameter.fallback.empty() || random.coin())
        given.push_back({std::string(parameter.name), number()});
    }
    const auto result = construct(family.name, given);
    if (!result.ok()) continue;
    ++made;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + result->circuit.name());
    const Resources resources = measure_resources(result->circuit);
    EXPECT_EQ(static_cast<std::int64_t>(resources.size), result->predicted.size);
    EXPECT_EQ(resources.depth, result->predicted.depth);
    EXPECT_EQ(resources.weight, result->predicted.weight);
  }
  EXPECT_GT(made, generate::scaled(300) / 10);
}

}  // namespace
}  // namespace gatelight
