// SPDX-License-Identifier: Apache-2.0
#include "engines/exhaustive/code/netlist.hpp"

#include <gtest/gtest.h>

#include "unit/engines/exhaustive/code/netlist_values.hpp"

namespace gatelight::engines::exhaustive::generated {
namespace {

// Four leaves and their complements, and the constants.
std::vector<Literal> operands(Netlist& netlist) {
  std::vector<Literal> literals{always_false, always_true};
  for (std::uint32_t i = 0; i < 4; ++i) {
    literals.push_back(netlist.leaf(Netlist::Kind::slot, i));
    literals.push_back(!literals.back());
  }
  return literals;
}

class NetlistFunctions : public testing::TestWithParam<bool> {};

TEST_P(NetlistFunctions, AreWhatTheirNamesSayForAllOperands) {
  Netlist netlist(GetParam());
  const auto literals = operands(netlist);
  for (const Literal a : literals) {
    for (const Literal b : literals) {
      const Literal exor = netlist.exor(a, b);
      const Literal both = netlist.conjunction(a, b);
      const Literal either = netlist.disjunction(a, b);
      for (const Literal c : literals) {
        const auto [sum, carry] = netlist.full_add(a, b, c);
        for (std::uint32_t leaves = 0; leaves < 16; ++leaves) {
          const auto values = evaluate_bits(netlist, leaves);
          const int x = value_of(values, a), y = value_of(values, b), z = value_of(values, c);
          ASSERT_EQ(value_of(values, exor), x ^ y);
          ASSERT_EQ(value_of(values, both), x & y);
          ASSERT_EQ(value_of(values, either), x | y);
          ASSERT_EQ(value_of(values, sum) + 2 * value_of(values, carry), x + y + z);
        }
      }
    }
  }
}

TEST_P(NetlistFunctions, NodesHoldTheirPromises) {
  Netlist netlist(GetParam());
  const auto literals = operands(netlist);
  for (const Literal a : literals) {
    for (const Literal b : literals) {
      for (const Literal c : literals) (void)netlist.full_add(a, b, c);
    }
  }
  for (const Netlist::Node& node : netlist.nodes()) {
    using Kind = Netlist::Kind;
    const auto negated = [&](int count) {
      int sum = 0;
      for (int i = 0; i < count; ++i) sum += node.of[static_cast<std::size_t>(i)].negated() ? 1 : 0;
      return sum;
    };
    if (node.kind == Kind::exor2 || node.kind == Kind::disjunction) {
      EXPECT_EQ(negated(2), 0);
    }
    if (node.kind == Kind::conjunction) {
      EXPECT_FALSE(node.of[1].negated());
    }
    if (node.kind == Kind::exor3 || node.kind == Kind::majority) {
      EXPECT_TRUE(GetParam());
      EXPECT_LE(negated(3), node.kind == Kind::exor3 ? 0 : 1);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ternary, NetlistFunctions, testing::Bool());

// What adding three masks under all signs has in common.
TEST(Netlist, AllSignsShareOneSumAndFourCarries) {
  Netlist netlist(true);
  Literal leaf[3];
  for (std::uint32_t i = 0; i < 3; ++i) leaf[i] = netlist.leaf(Netlist::Kind::slot, i);
  const std::size_t before = netlist.nodes().size();
  for (int signs = 0; signs < 8; ++signs) {
    (void)netlist.full_add(leaf[0] ^ ((signs & 1) != 0), leaf[1] ^ ((signs & 2) != 0),
                           leaf[2] ^ ((signs & 4) != 0));
  }
  EXPECT_EQ(netlist.nodes().size() - before, 5U);
}

}  // namespace
}  // namespace gatelight::engines::exhaustive::generated
