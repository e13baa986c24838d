// SPDX-License-Identifier: Apache-2.0
#include "engines/exhaustive/code/adders.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "unit/engines/exhaustive/code/netlist_values.hpp"

namespace gatelight::engines::exhaustive::generated {
namespace {

constexpr std::uint32_t leaf_count = 12;

std::uint64_t number(const std::vector<int>& values, const std::vector<Literal>& bits) {
  std::uint64_t sum = 0;
  for (std::size_t p = 0; p < bits.size(); ++p) {
    sum += static_cast<std::uint64_t>(value_of(values, bits[p])) << p;
  }
  return sum;
}

// Columns with masks, their complements, repetitions and constants.
Columns draw(base::Random& random, Netlist& netlist, std::size_t width) {
  Columns columns(width);
  for (auto& column : columns) {
    for (std::int64_t i = random.between(0, 14); i > 0; --i) {
      const auto leaf = static_cast<std::uint32_t>(random.below(leaf_count));
      const Literal literal =
          random.below(12) == 0 ? always_true : netlist.leaf(Netlist::Kind::slot, leaf);
      column.push_back(literal ^ random.coin());
    }
  }
  return columns;
}

TEST(Adders, BitsAreThoseOfTheSumOfTheColumns) {
  base::Random random(91);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed 91, round " + std::to_string(round));
    Netlist netlist(random.coin());
    std::vector<Columns> sums;
    for (std::int64_t i = random.between(1, 9); i > 0; --i) {
      sums.push_back(draw(random, netlist, static_cast<std::size_t>(random.between(0, 6))));
    }
    const std::vector<Columns> written = sums;
    const auto bits = add_up(netlist, sums);
    for (int probe = 0; probe < 40; ++probe) {
      const auto values = evaluate_bits(netlist, random() >> 40);
      for (std::size_t s = 0; s < written.size(); ++s) {
        std::uint64_t expected = 0;
        for (std::size_t p = 0; p < written[s].size(); ++p) {
          for (const Literal literal : written[s][p]) {
            expected += static_cast<std::uint64_t>(value_of(values, literal)) << p;
          }
        }
        ASSERT_EQ(bits[s].size(), written[s].size());
        const std::uint64_t modulus = std::uint64_t{1} << written[s].size();
        ASSERT_EQ(number(values, bits[s]), expected % modulus) << "sum " << s;
      }
    }
  }
}

// Sixteen sums over the same masks take far fewer nodes together than each alone.
TEST(Adders, SumsShare) {
  base::Random random(92);
  std::vector<std::vector<bool>> signs(16, std::vector<bool>(30));
  for (auto& row : signs) {
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = random.coin();
  }
  const auto nodes = [&](std::size_t first, std::size_t count) {
    Netlist netlist(true);
    std::vector<Columns> sums;
    for (std::size_t s = first; s < first + count; ++s) {
      Columns columns(6);
      for (std::uint32_t i = 0; i < 30; ++i) {
        columns[0].push_back(netlist.leaf(Netlist::Kind::slot, i) ^ signs[s][i]);
      }
      sums.push_back(columns);
    }
    (void)add_up(netlist, sums);
    return netlist.nodes().size();
  };
  std::size_t alone = 0;
  for (std::size_t s = 0; s < 16; ++s) alone += nodes(s, 1);
  EXPECT_LT(3 * nodes(0, 16), 2 * alone);
}

}  // namespace
}  // namespace gatelight::engines::exhaustive::generated
