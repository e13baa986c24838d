// SPDX-License-Identifier: Apache-2.0
//
// Circuits from decision trees and lists: random ones, best ones of truth tables, and balanced ones.
#include "gatelight/decision_tree.hpp"

#include <bit>
#include <limits>

#include "unit/synthesis/expect_construction.hpp"

namespace gatelight {
namespace {

std::int64_t log2_of(std::int64_t number) {  // rounded down
  return static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(number))) - 1;
}

std::vector<InputWord> bits_named(std::int64_t how_many) {
  std::vector<InputWord> words;
  for (std::int64_t i = 0; i < how_many; ++i) words.push_back({.name = "x" + std::to_string(i)});
  return words;
}

bool value_of(const DecisionTree& tree, const InputBits& bits) {
  std::size_t at = 0;
  while (!tree.nodes[at].value) {
    const DecisionTree::Node& node = tree.nodes[at];
    std::int64_t sum = 0;
    for (const Wire& wire : node.wires) sum += wire.weight * bits[wire.source];
    at = sum >= node.threshold ? node.yes : node.no;
  }
  return *tree.nodes[at].value;
}

// Leaves and questions on the longest path, after leaves side by side that agree have been merged.
struct Shape {
  std::int64_t leaves = 1, depth = 0;
  std::optional<bool> value{};
};

Shape shape_of(const DecisionTree& tree, std::size_t at = 0) {
  const DecisionTree::Node& node = tree.nodes[at];
  if (node.value) return {.value = node.value};
  const Shape no = shape_of(tree, node.no), yes = shape_of(tree, node.yes);
  if (no.value && no.value == yes.value) return no;
  return {.leaves = no.leaves + yes.leaves, .depth = 1 + std::max(no.depth, yes.depth)};
}

// Adds a random subtree; a question of one bit asks one that the path has not asked.
std::uint32_t grow(base::Random& random, DecisionTree& tree, std::vector<Node> unasked,
                   bool one_bit) {
  const auto number = static_cast<std::uint32_t>(tree.nodes.size());
  tree.nodes.emplace_back();
  if (unasked.empty() || random.between(0, 5) == 0) {
    tree.nodes[number].value = random.coin();
    return number;
  }
  const auto chosen =
      static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(unasked.size()) - 1));
  DecisionTree::Node node;
  if (one_bit) {
    node = {.wires = {{unasked[chosen], 1}}, .threshold = 1};
  } else {
    for (Node bit = 0; bit < tree.inputs.size(); ++bit) {
      const std::int64_t weight = random.between(-4, 4);
      if (weight != 0) node.wires.push_back({bit, weight});
    }
    node.threshold = random.between(-5, 5);
  }
  unasked.erase(unasked.begin() + static_cast<std::ptrdiff_t>(chosen));
  node.no = grow(random, tree, unasked, one_bit);
  node.yes = grow(random, tree, unasked, one_bit);
  tree.nodes[number] = node;
  return number;
}

void expect_tree(const DecisionTree& tree, bool every_leaf_is_reached) {
  auto made = construct(tree);
  ASSERT_TRUE(made.ok()) << made.error().text();
  const Shape shape = shape_of(tree);
  EXPECT_EQ(made->predicted.size, shape.leaves == 2 ? 1 : shape.leaves);
  EXPECT_EQ(made->predicted.depth, shape.leaves == 2 ? 1 : shape.depth + 1);
  EXPECT_LE(made->predicted.energy, log2_of(shape.leaves) + 1);
  if (!every_leaf_is_reached) {
    const std::int64_t measured = measure(*made, Engine::enumerate).energy;
    EXPECT_LE(measured, made->predicted.energy);
    made->predicted.energy = measured;
  }
  expect_exact(made, [&](const InputBits& bits) { return value_of(tree, bits); });
}

TEST(DecisionTree, RandomTrees) {
  constexpr std::uint64_t seed = 8500;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(600); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const bool one_bit = random.coin();
    const std::int64_t bits = random.between(1, 7);
    DecisionTree tree{.name = "random", .inputs = bits_named(bits)};
    std::vector<Node> unasked;
    for (Node bit = 0; bit < static_cast<Node>(bits); ++bit) unasked.push_back(bit);
    grow(random, tree, unasked, one_bit);
    expect_tree(tree, one_bit);
    if (one_bit) {
      EXPECT_LE(construct(tree)->predicted.weight, 1);
    }
    if (HasFailure()) return;
  }
}

TEST(DecisionTree, RandomLists) {
  constexpr std::uint64_t seed = 8501;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const std::int64_t bits = random.between(1, 7);
    LinearDecisionList list{.name = "list", .inputs = bits_named(bits), .otherwise = random.coin()};
    const std::int64_t rules = random.between(0, 8);
    for (std::int64_t rule = 0; rule < rules; ++rule) {
      auto& added = list.rules.emplace_back();
      for (Node bit = 0; bit < static_cast<Node>(bits); ++bit) {
        if (random.coin()) added.wires.push_back({bit, random.coin() ? 3 : -2});
      }
      added.threshold = random.between(-3, 5);
      added.value = random.coin();
    }
    auto made = construct(list);
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_LE(made->predicted.size, rules + 1);
    EXPECT_LE(made->predicted.depth, rules + 1);
    EXPECT_LE(made->predicted.energy, 2);
    const std::int64_t measured = measure(*made, Engine::enumerate).energy;
    EXPECT_LE(measured, made->predicted.energy);
    made->predicted.energy = measured;
    expect_exact(made, [&](const InputBits& x) {
      for (const auto& rule : list.rules) {
        std::int64_t sum = 0;
        for (const Wire& wire : rule.wires) sum += wire.weight * x[wire.source];
        if (sum >= rule.threshold) return rule.value;
      }
      return list.otherwise;
    });
    if (HasFailure()) return;
  }
}

// The example of decision_tree.hpp.
TEST(DecisionTree, TwoQuestions) {
  DecisionTree tree{.inputs = {{"x0"}, {"x1"}, {"x2"}}};
  tree.nodes = {{.wires = {{0, 1}}, .threshold = 1, .no = 1, .yes = 2},
                {.value = false},
                {.wires = {{1, 1}, {2, 1}}, .threshold = 2, .no = 3, .yes = 4},
                {.value = false},
                {.value = true}};
  const auto made = construct(tree);
  expect_exact(made, [](const InputBits& bits) { return ones(bits) == 3; });
  EXPECT_EQ(made->predicted.size, 3);
}

TEST(DecisionTree, WordsAndDomains) {
  DecisionTree tree{
      .name = "words",
      .inputs = {{.name = "node0", .bits = 2, .is_signed = true}, {.name = "b"}},
      .nodes = {{.wires = {{0, 1}, {1, -2}, {2, 1}}, .threshold = 0, .no = 1, .yes = 2},
                {.value = true},
                {.wires = {{2, 1}}, .threshold = 1, .no = 3, .yes = 4},
                {.value = false},
                {.value = true}}};
  expect_tree(tree, true);
  tree.domain.fix.push_back({Source::word(InputId{1}), 1});
  const auto made = construct(tree);
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->circuit.domain(), tree.domain);
  EXPECT_EQ(made->circuit.inputs()[0].bits, 2);
}

TEST(DecisionTree, WhatIsNoTree) {
  const DecisionTree::Node leaf{.value = true};
  const auto refused = [](std::vector<DecisionTree::Node> nodes, ErrorCode code,
                          std::string_view where) {
    const auto made =
        construct(DecisionTree{.name = "bad", .inputs = {{"x"}}, .nodes = std::move(nodes)});
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, code) << made.error().text();
    EXPECT_EQ(made.error().where, where) << made.error().text();
  };
  using Nodes = std::vector<DecisionTree::Node>;
  const auto question = [](std::vector<Wire> wires, std::int64_t threshold = 1) {
    return DecisionTree::Node{.wires = std::move(wires), .threshold = threshold, .no = 1, .yes = 2};
  };
  const DecisionTree::Node no{.value = false};
  refused({}, ErrorCode::bad_input, "tree");
  refused(Nodes{{.no = 0, .yes = 1}, leaf}, ErrorCode::bad_input, "node 0");
  refused(Nodes{{.no = 1, .yes = 7}, leaf}, ErrorCode::bad_input, "node 0");
  refused(Nodes{{.no = 1, .yes = 1}, leaf}, ErrorCode::bad_input, "node 1");
  refused(Nodes{leaf, leaf}, ErrorCode::bad_input, "node 1");
  refused(Nodes{question({{1, 1}}), leaf, no}, ErrorCode::bad_input, "node 0");
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  refused(Nodes{question({{0, least}}), leaf, no}, ErrorCode::overflow, "node 0");
  refused(Nodes{question({{0, 1}}, least), leaf, no}, ErrorCode::overflow, "node 0");
  refused(Nodes{question({{0, 1}, {0, 1}}), leaf, no}, ErrorCode::bad_input, "");
  refused(Nodes{question({{0, 0}}), leaf, no}, ErrorCode::bad_input, "");
}

std::string hex_of(std::uint64_t table, std::int64_t inputs) {
  std::string hex;
  for (std::int64_t digit = std::max<std::int64_t>(1, (std::int64_t{1} << inputs) / 4);
       digit-- > 0;) {
    hex += "0123456789abcdef"[(table >> (4 * digit)) & 15];
  }
  return hex;
}

Function row_of(std::uint64_t table) {
  return [table](const InputBits& bits) {
    std::size_t row = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) row += static_cast<std::size_t>(bits[i]) << i;
    return ((table >> row) & 1) != 0;
  };
}

// The fewest leaves of any tree, by trying all first questions, on the values left.
std::int64_t fewest_leaves(const std::vector<bool>& values) {
  if (values == std::vector<bool>(values.size(), values[0])) return 1;
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  for (std::size_t step = 1; step < values.size(); step *= 2) {
    std::vector<bool> zero, one;
    for (std::size_t row = 0; row < values.size(); ++row) {
      ((row & step) == 0 ? zero : one).push_back(values[row]);
    }
    best = std::min(best, fewest_leaves(zero) + fewest_leaves(one));
  }
  return best;
}

TEST(DecisionTree, BestTreesAndListsOfTables) {
  constexpr std::uint64_t seed = 8502;
  base::Random random(seed);
  const auto check = [](std::uint64_t table, std::int64_t inputs) {
    const std::int64_t rows = std::int64_t{1} << inputs;
    std::vector<bool> values;
    std::int64_t changes = 0;
    for (std::int64_t row = 0; row < rows; ++row) {
      values.push_back(((table >> row) & 1) != 0);
      if (row > 0 &&
          values[static_cast<std::size_t>(row)] != values[static_cast<std::size_t>(row) - 1])
        ++changes;
    }
    const std::string hex = hex_of(table, inputs);
    const auto tree = construct(families::TableTree{inputs, hex});
    const auto list = construct(families::TableList{inputs, hex});
    if (changes == 0) {
      EXPECT_EQ(tree.error().where, "hex");
      EXPECT_EQ(list.error().where, "hex");
      return;
    }
    expect_exact(tree, row_of(table));
    expect_exact(list, row_of(table));
    const std::int64_t leaves = fewest_leaves(values);
    EXPECT_EQ(tree->predicted.size, leaves == 2 ? 1 : leaves);
    EXPECT_LE(tree->predicted.energy, log2_of(leaves) + 1);
    EXPECT_EQ(tree->predicted.weight, 1);
    EXPECT_EQ(list->predicted.size, changes == 1 ? 1 : changes + 1);
    EXPECT_EQ(list->predicted.depth, changes == 1 ? 1 : changes + 1);
    EXPECT_LE(list->predicted.energy, 2);
  };
  for (std::uint64_t table = 0; table < 256; ++table) check(table, 3);
  for (int round = 0; round < generate::scaled(60); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const std::int64_t inputs = random.between(1, 6);
    std::uint64_t table = 0;
    for (std::int64_t row = 0; row < std::int64_t{1} << inputs; ++row) {
      table |= std::uint64_t{random.coin() ? 1U : 0U} << row;
    }
    check(table, inputs);
    if (HasFailure()) return;
  }
}

TEST(DecisionTree, BalancedTreesOfSymmetricFunctions) {
  for (std::size_t bits = 1; bits <= 7; ++bits) {
    for (std::uint32_t table = 1; table + 1 < (2U << bits); ++table) {
      std::string values;
      std::int64_t changes = 0;
      for (std::size_t k = 0; k <= bits; ++k) {
        values += ((table >> k) & 1) != 0 ? '1' : '0';
        if (k > 0 && values[k] != values[k - 1]) ++changes;
      }
      const auto made = construct(families::SymmetricTree{values});
      expect_exact(made, [&](const InputBits& x) {
        return values[static_cast<std::size_t>(ones(x))] == '1';
      });
      if (HasFailure()) return;
      const Predicted& predicted = made->predicted;
      EXPECT_EQ(predicted.size, changes == 1 ? 1 : changes + 1);
      EXPECT_EQ(predicted.depth,
                changes == 1 ? 1 : log2_of(2 * changes + 1) + 1);  // ceil(log2(q + 1)) + 1
      EXPECT_LE(predicted.energy, log2_of(changes + 1) + 1);
      EXPECT_LE(predicted.weight, static_cast<std::int64_t>(bits));
    }
    expect_exact(construct(families::ParityTree{static_cast<std::int64_t>(bits)}), odd);
  }
}

TEST(DecisionTreeLarge, ProvedByDiagram) {
  const auto parity = construct(families::ParityTree{100});
  expect_large(parity, odd);
  EXPECT_EQ(parity->predicted.size, 101);
  EXPECT_EQ(parity->predicted.depth, 8);
}

}  // namespace
}  // namespace gatelight
