// SPDX-License-Identifier: Apache-2.0
//
// Functions of the number of ones: a chain of tests, folded into rows so that few fire.
//
// Problem   f changes q times as the number of ones grows: at k_1 < ... < k_q.  One gate a change
//           suffices, but all of them may fire together.
// Idea      Rows of `width` tests, the largest k in the first row.  Test i is [ones >= k_i], silenced
//           by the lowest test of every earlier row.  The output adds up what the tests of the one
//           row that fires say.
// Why       Let k_i be the largest change that is reached.  Rows above that of i have larger k: none of
//           their tests fires.  In the row of i, the tests from its lowest up to i fire.  That lowest
//           test silences all later rows: ones < k_top, the lowest k of the row before (n + 1 where there
//           is none), so a weight of -(k_top - k_j) pushes test j below its threshold k_j.  The
//           output gives the lowest test of a row the weight f after its change - f(0), the others +1
//           and -1 by turns: the sum is f - f(0).
// Tree      The q + 1 ranges between changes are the leaves of a balanced tree of such tests, which
//           decision_tree.cpp makes a circuit of: the depth and the energy are about log2 q.
// Cost      q + 1 gates, ceil(q / width) + 1 levels; one gate alone where q = 1.
// Limits    n <= 4096: every sum is far below 2^62.
// Source    threshold chains are folklore; silencing for energy: A. Suzuki, K. Uchizawa, X. Zhou, 2013.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <string>

#include "gatelight/decision_tree.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

struct Changes {
  std::int64_t bits = 0;
  std::int64_t before = 0;       // f(0)
  std::vector<std::int64_t> at;  // at[0] = 0 for the start, then k_1, ..., k_q
  [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(at.size()) - 1; }
  [[nodiscard]] std::int64_t threshold(std::int64_t i) const {
    return at[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] std::int64_t value(std::int64_t i) const { return (before + i) % 2; }
};

Changes changes_of(const std::string& values) {
  Changes changes{.bits = static_cast<std::int64_t>(values.size()) - 1,
                  .before = values[0] == '1' ? 1 : 0,
                  .at = {0}};
  for (std::size_t k = 1; k < values.size(); ++k) {
    if (values[k] != values[k - 1]) changes.at.push_back(static_cast<std::int64_t>(k));
  }
  return changes;
}

Result<Construction> one_gate(const Changes& changes, GateKind activation, std::string name,
                              std::string function, std::string reference) {
  Writer writer(std::move(name), activation);
  const std::int64_t sign = changes.before == 0 ? 1 : -1, k = changes.threshold(1);
  std::vector<WrittenWire> wires;
  append(wires, writer.inputs("x", changes.bits), sign);
  const Source output = writer.gate("out", std::move(wires), sign > 0 ? k : 1 - k);
  return std::move(writer).finish(
      output, {.inputs = changes.bits, .size = 1, .depth = 1, .energy = 1, .weight = 1},
      std::move(function), std::move(reference));
}

Predicted predict(const Changes& changes, const Rows& rows) {
  Predicted predicted{.inputs = changes.bits,
                      .size = rows.length + 1,
                      .depth = rows.count() + 1,
                      .weight = rows.count() > 1 ? changes.bits + 1 - changes.threshold(1) : 1};
  for (std::int64_t i = 0; i <= rows.length; ++i) {
    predicted.energy = std::max(predicted.energy, rows.place(i) + changes.value(i));
  }
  return predicted;
}

Result<Construction> chain(const Changes& changes, std::int64_t width, GateKind activation,
                           std::string name, std::string function, std::string reference) {
  const Rows rows{.length = changes.count(), .width = width};
  Writer writer(std::move(name), activation);
  const auto x = writer.inputs("x", changes.bits);
  std::vector<WrittenWire> sum;                     // what the output reads
  std::vector<Source> lowest;                       // of the rows so far
  std::vector<std::int64_t> top{changes.bits + 1};  // no row's inputs have so many ones
  for (std::int64_t row = 0; row < rows.count() && !writer.failed(); ++row) {
    const std::int64_t low = rows.lowest(row);
    const std::int64_t end = row == 0 ? rows.length : rows.lowest(row - 1) - 1;
    for (std::int64_t i = low; i <= end; ++i) {
      std::vector<WrittenWire> wires;
      append(wires, x, 1);
      for (std::size_t r = 0; r < static_cast<std::size_t>(row); ++r) {  // earlier rows only
        wires.push_back({lowest[r], -(top[r] - changes.threshold(i))});
      }
      const Source test = writer.gate("at" + std::to_string(changes.threshold(i)), std::move(wires),
                                      changes.threshold(i));
      const std::int64_t previous = i == low ? changes.before : changes.value(i - 1);
      if (changes.value(i) != previous) sum.push_back({test, changes.value(i) - previous});
      if (i == low) lowest.push_back(test);
    }
    top.push_back(changes.threshold(low));
  }
  const Source output = writer.gate("out", std::move(sum), 1 - changes.before);
  return std::move(writer).finish(output, predict(changes, rows), std::move(function),
                                  std::move(reference));
}

Result<Construction> build(const std::string& values, std::optional<std::int64_t> width,
                           GateKind activation, std::string name, std::string function) {
  const Changes changes = changes_of(values);
  const std::int64_t wide = width.value_or(changes.count());
  constexpr auto mend =
      "so many tests fire together at most, and the function changes no more often: change width, "
      "or leave it out";
  if (auto error = refused(Asked{"width", wide, 1, changes.count(), mend})) return *error;
  if (width) name += " width=" + std::to_string(*width);
  std::string reference =
      "docs/explanation/constructions.md, section symmetric, parity and majority";
  if (changes.count() == 1) {
    return one_gate(changes, activation, std::move(name), std::move(function),
                    std::move(reference));
  }
  return chain(changes, wide, activation, std::move(name), std::move(function),
               std::move(reference));
}

// The subtree that tells which of the changes `low` to `high` is the largest that is reached.
std::uint32_t add_balanced(std::vector<DecisionTree::Node>& nodes, const Changes& changes,
                           const std::vector<Wire>& ones, std::int64_t low, std::int64_t high) {
  const std::size_t number = nodes.size();
  nodes.emplace_back();
  if (low == high) {
    nodes[number].value = changes.value(low) == 1;
  } else {
    const std::int64_t middle = low + (high - low + 1) / 2;
    nodes[number].wires = ones;
    nodes[number].threshold = changes.threshold(middle);
    const std::uint32_t no = add_balanced(nodes, changes, ones, low, middle - 1);
    nodes[number].no = no;
    const std::uint32_t yes = add_balanced(nodes, changes, ones, middle, high);
    nodes[number].yes = yes;
  }
  return static_cast<std::uint32_t>(number);
}

Result<Construction> balanced(const std::string& values, std::string name, std::string function) {
  const Changes changes = changes_of(values);
  DecisionTree tree{.name = std::move(name)};
  std::vector<Wire> ones;
  for (std::int64_t i = 0; i < changes.bits; ++i) {
    tree.inputs.push_back({.name = "x" + std::to_string(i)});
    ones.push_back({static_cast<Node>(i), 1});
  }
  add_balanced(tree.nodes, changes, ones, 0, changes.count());
  auto made = construct(tree);
  if (!made.ok()) return made;
  made->function = std::move(function);
  made->reference = "docs/explanation/constructions.md, section symmetric, parity and majority";
  return made;
}

std::string parities(std::int64_t bits) {
  std::string values;
  for (std::int64_t k = 0; k <= bits; ++k) values += k % 2 != 0 ? '1' : '0';
  return values;
}

std::string is_odd(std::int64_t bits) {
  return "is the number of ones odd? (" + std::to_string(bits) + " bits)";
}

std::optional<Error> refused_bits(std::int64_t bits) {
  return refused({{"bits", bits, 1, most_bits, "larger circuits are not made"}});
}

std::optional<Error> refused_values(const std::string& values) {
  if (auto error =
          refused({{"values", static_cast<std::int64_t>(values.size()), 2, most_bits + 1,
                    "give one digit for every number of ones, 0 to n (this counts digits)"}})) {
    return error;
  }
  if (values.find_first_not_of("01") != std::string::npos) {
    return Error{ErrorCode::bad_input,
                 "must be digits 0 and 1: the value for every number of ones, such as 0110",
                 "values"};
  }
  if (values.find(values[0] == '0' ? '1' : '0') == std::string::npos) {
    return Error{ErrorCode::bad_input, "is constant; at least one digit must differ", "values"};
  }
  return std::nullopt;
}

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const families::Symmetric& wanted) {
  if (auto error = synthesis::refused_values(wanted.values)) return *error;
  const std::string shown = synthesis::shortened(wanted.values);
  return synthesis::build(wanted.values, wanted.width, wanted.activation,
                          "symmetric values=" + shown,
                          "digit number k of " + shown + ", where k inputs are 1");
}

Result<Construction> construct(const families::SymmetricTree& wanted) {
  if (auto error = synthesis::refused_values(wanted.values)) return *error;
  const std::string shown = synthesis::shortened(wanted.values);
  return synthesis::balanced(wanted.values, "symmetric-tree values=" + shown,
                             "digit number k of " + shown + ", where k inputs are 1");
}

Result<Construction> construct(const families::Parity& wanted) {
  if (auto error = synthesis::refused_bits(wanted.bits)) return *error;
  return synthesis::build(synthesis::parities(wanted.bits), wanted.width, wanted.activation,
                          "parity bits=" + std::to_string(wanted.bits),
                          synthesis::is_odd(wanted.bits));
}

Result<Construction> construct(const families::ParityTree& wanted) {
  if (auto error = synthesis::refused_bits(wanted.bits)) return *error;
  return synthesis::balanced(synthesis::parities(wanted.bits),
                             "parity-tree bits=" + std::to_string(wanted.bits),
                             synthesis::is_odd(wanted.bits));
}

Result<Construction> construct(const families::Majority& wanted) {
  const std::int64_t bits = wanted.bits;
  if (auto error = synthesis::refused_bits(bits)) return *error;
  std::string values(static_cast<std::size_t>((bits + 1) / 2), '0');
  values.resize(static_cast<std::size_t>(bits + 1), '1');
  return synthesis::build(values, std::nullopt, wanted.activation,
                          "majority bits=" + std::to_string(bits),
                          "are at least half of the bits 1? (" + std::to_string(bits) + " bits)");
}

}  // namespace gatelight
