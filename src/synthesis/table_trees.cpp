// SPDX-License-Identifier: Apache-2.0
//
// Decision trees and lists of a truth table.
//
// Problem   A tree with few leaves, and a short list, for any function of few inputs.
// Idea      Trees: every subcube (some inputs fixed) has a best tree: a leaf if the function is constant there,
//           else the first input that gives the fewest leaves, with the best trees of both halves.
//           Lists: read as a number, the inputs are compared with the rows where the value changes, from the
//           last change on.
// Why       The best tree of a subcube asks some free input first, and then both halves are best trees.
//           The first rule whose change is reached gives the value since that change.
// Cost      3^inputs * inputs for trees; 2^inputs for lists.
// Limits    12 inputs for trees: 3^12 subcubes; 16 for lists, and the wires that Writer allows.
// Tested by tests/unit/synthesis/decision_tree_test.cpp
#include <array>
#include <limits>
#include <string>

#include "gatelight/decision_tree.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::int64_t most_tree_inputs = 12;
constexpr std::int64_t most_list_inputs = 16;

// The best trees of all subcubes.  A subcube is a number in base 3: digit i is the value of input i, or 2 where
// the input is free; its halves have smaller numbers.
class Subcubes {
 public:
  Subcubes(const std::vector<bool>& table, std::int64_t inputs) : inputs_(inputs) {
    for (std::int64_t i = 0; i < inputs; ++i)
      power_.at(static_cast<std::size_t>(i) + 1) = 3 * power(i);
    best_.reserve(static_cast<std::size_t>(power(inputs)));
    for (std::int64_t cube = 0; cube < power(inputs); ++cube) best_.push_back(best_of(table, cube));
  }

  // Adds the best tree of the whole cube.
  [[nodiscard]] std::vector<DecisionTree::Node> tree() const {
    std::vector<DecisionTree::Node> nodes;
    add(nodes, power(inputs_) - 1);
    return nodes;
  }

 private:
  struct Best {
    std::int32_t leaves = 1;
    std::int8_t input = -1;  // to ask first; none in a leaf
    bool value = false;      // of a leaf
  };

  [[nodiscard]] std::int64_t power(std::int64_t i) const {
    return power_[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] const Best& best(std::int64_t cube) const {
    return best_[static_cast<std::size_t>(cube)];
  }
  // Free input i set to 0 or 1.
  [[nodiscard]] std::int64_t half(std::int64_t cube, std::int64_t i, std::int64_t value) const {
    return cube - (2 - value) * power(i);
  }

  [[nodiscard]] Best best_of(const std::vector<bool>& table, std::int64_t cube) const {
    Best found{.leaves = std::numeric_limits<std::int32_t>::max()};
    std::size_t row = 0;
    for (std::int64_t i = 0; i < inputs_; ++i) {
      const std::int64_t digit = cube / power(i) % 3;
      if (digit != 2) {
        row += static_cast<std::size_t>(digit) << i;
        continue;
      }
      const Best& zero = best(half(cube, i, 0));
      const Best& one = best(half(cube, i, 1));
      if (zero.input < 0 && one.input < 0 && zero.value == one.value) return zero;
      if (zero.leaves + one.leaves < found.leaves) {
        found = {.leaves = zero.leaves + one.leaves, .input = static_cast<std::int8_t>(i)};
      }
    }
    if (found.input < 0) return {.value = table[row]};
    return found;
  }

  std::uint32_t add(std::vector<DecisionTree::Node>& nodes, std::int64_t cube) const {
    const std::size_t number = nodes.size();
    nodes.emplace_back();
    const Best& here = best(cube);
    if (here.input < 0) {
      nodes[number].value = here.value;
      return static_cast<std::uint32_t>(number);
    }
    nodes[number].wires = {{static_cast<Node>(here.input), 1}};
    nodes[number].threshold = 1;
    const std::uint32_t no = add(nodes, half(cube, here.input, 0));
    nodes[number].no = no;
    const std::uint32_t yes = add(nodes, half(cube, here.input, 1));
    nodes[number].yes = yes;
    return static_cast<std::uint32_t>(number);
  }

  std::int64_t inputs_;
  std::array<std::int64_t, most_tree_inputs + 1> power_{1};
  std::vector<Best> best_;
};

std::vector<InputWord> bits_named_x(std::int64_t how_many) {
  std::vector<InputWord> words;
  for (std::int64_t i = 0; i < how_many; ++i) words.push_back({.name = "x" + std::to_string(i)});
  return words;
}

// The table, which must not be constant.
Result<std::vector<bool>> table_that_varies(const std::string& hex, std::int64_t inputs,
                                            std::int64_t most_inputs) {
  if (auto error =
          refused({{"inputs", inputs, 1, most_inputs, "larger tables are not looked through"}})) {
    return *error;
  }
  auto table = table_of(hex, inputs);
  if (table.ok() && *table == std::vector<bool>(table->size(), table->front())) {
    return Error{ErrorCode::bad_input, "is constant; at least one row must differ", "hex"};
  }
  return table;
}

Result<Construction> described(Result<Construction> made, const std::string& hex,
                               std::int64_t inputs) {
  if (!made.ok()) return made;
  made->function =
      "the truth table " + shortened(hex) + " of " + std::to_string(inputs) + " inputs";
  return made;
}

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const families::TableTree& wanted) {
  const auto& [inputs, hex] = wanted;
  const auto table = synthesis::table_that_varies(hex, inputs, synthesis::most_tree_inputs);
  if (!table.ok()) return table.error();
  DecisionTree tree{
      .name = "tree inputs=" + std::to_string(inputs) + " hex=" + synthesis::shortened(hex),
      .inputs = synthesis::bits_named_x(inputs),
      .nodes = synthesis::Subcubes(*table, inputs).tree()};
  return synthesis::described(construct(tree), hex, inputs);
}

Result<Construction> construct(const families::TableList& wanted) {
  const auto& [inputs, hex] = wanted;
  const auto table = synthesis::table_that_varies(hex, inputs, synthesis::most_list_inputs);
  if (!table.ok()) return table.error();
  LinearDecisionList list{
      .name = "list inputs=" + std::to_string(inputs) + " hex=" + synthesis::shortened(hex),
      .inputs = synthesis::bits_named_x(inputs),
      .otherwise = table->front()};
  std::vector<Wire> number;
  for (std::int64_t i = 0; i < inputs; ++i) {
    number.push_back({static_cast<Node>(i), std::int64_t{1} << i});
  }
  for (std::size_t row = table->size(); row-- > 1;) {
    if ((*table)[row] == (*table)[row - 1]) continue;
    list.rules.push_back({number, static_cast<std::int64_t>(row), (*table)[row]});
  }
  return synthesis::described(construct(list), hex, inputs);
}

}  // namespace gatelight
