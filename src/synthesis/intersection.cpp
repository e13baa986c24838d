// SPDX-License-Identifier: Apache-2.0
//
// OR of x_i AND y_i (CD), and its complement: size against depth times energy.
//
// Problem   Few gates may fire together, and the circuit may be no deeper than asked.
// Idea      Blocks of k pairs.  A block has one gate for each non-empty pattern a: it fires iff the
//           block's x are a and some y_i with a_i = 1 is 1.  `columns` blocks stand side by side in a
//           level, and a gate is silenced by every gate of an earlier level.
// Why       Let a have p ones.  With weights p on x_i of the pattern, -p on the other x, 1 on y_i of the
//           pattern and threshold p^2 + 1, the sum is p^2 + #y if x = a, and at most p^2 otherwise.
//           It exceeds the threshold by at most p - 1, so a weight of -p silences the gate.  In a
//           block x = a for one a only, so one gate of it fires at most.  Some gate fires iff some
//           pair is 1, 1: the first level with such a pair is not silenced.  The output is their OR,
//           or for the complement their NOR.  A gate that fires has a value of at least 1, however many
//           bits it has, which silences and is counted all the more.
// Cost      sum over blocks of (2^k - 1), plus the output; each gate reads all earlier levels.
// Limits    k <= 18; the wires that Writer allows.  Sums are at most 2 * 18 * 18 + 18 * 2^22 * 2^16.
// Source    K. Uchizawa, H. Abe, Neural Computation 36(8), 2024, for k = m / ((d - 1)(e - 1)).
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <bit>
#include <string>

#include "synthesis/patterns.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::int64_t most_pairs_in_block = 18;

struct Grid {
  std::int64_t pairs = 1, levels = 1, columns = 1;
  bool complement = false;
  GateKind activation = GateKind::threshold;
  std::int64_t precision = 1;
};

Result<Construction> build(const Grid& grid, std::string name, std::string function) {
  const auto sizes = even_parts(grid.pairs, grid.levels * grid.columns);
  if (sizes.front() > most_pairs_in_block) {
    return Error{ErrorCode::limit,
                 "a block of " + std::to_string(sizes.front()) + " pairs needs 2^" +
                     std::to_string(sizes.front()) +
                     " - 1 gates; ask for more depth or energy (blocks of at most 18 pairs)",
                 "pairs"};
  }
  Predicted predicted{.inputs = 2 * grid.pairs,
                      .size = 1,
                      .depth = grid.levels + 1,
                      .energy = grid.columns + (grid.complement ? 0 : 1),
                      .weight = sizes.front(),
                      .precision = grid.precision};
  for (const std::int64_t size : sizes) predicted.size += (std::int64_t{1} << size) - 1;

  Writer writer(std::move(name), grid.activation, grid.precision);
  const auto x = writer.inputs("x", grid.pairs), y = writer.inputs("y", grid.pairs);
  std::vector<Source> earlier;  // gates of the levels before this one
  std::size_t first = 0, block = 0;
  for (std::int64_t level = 0; level < grid.levels; ++level) {
    std::vector<Source> here;
    for (std::int64_t column = 0; column < grid.columns; ++column, ++block) {
      for (std::uint32_t a = 1; a >> sizes[block] == 0 && !writer.failed(); ++a) {
        const std::int64_t ones = std::popcount(a);
        auto wires = pairs_of(x, y, first, sizes[block], a);
        append(wires, earlier, -ones);
        here.push_back(writer.gate("b" + std::to_string(block) + "_" + std::to_string(a),
                                   std::move(wires), ones * ones + 1, grid.precision));
      }
      first += static_cast<std::size_t>(sizes[block]);
    }
    earlier.insert(earlier.end(), here.begin(), here.end());
  }
  std::vector<WrittenWire> all;
  append(all, earlier, grid.complement ? -1 : 1);
  const Source output = writer.gate("out", std::move(all), grid.complement ? 0 : 1);
  return std::move(writer).finish(
      output, predicted, std::move(function),
      "docs/explanation/constructions.md, section cd and disj; K. Uchizawa, H. Abe, 2024");
}

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const families::Intersection& wanted) {
  const auto& [pairs, depth, energy, activation, precision] = wanted;
  constexpr auto each =
      "each of the (depth - 1) * (energy - 1) blocks needs a pair: lower depth or energy, or add "
      "pairs";
  if (auto error = synthesis::refused(
          {{"pairs", pairs, 1, synthesis::most_bits, "the inputs are x and y of every pair"}})) {
    return *std::move(error);
  }
  if (auto error = synthesis::refused_precision(activation, precision)) return *error;
  if (auto error = synthesis::refused({{"depth", depth, 2, pairs + 1, each}})) return *error;
  if (auto error = synthesis::refused({{"energy", energy, 2, pairs / (depth - 1) + 1, each}})) {
    return *error;
  }
  return synthesis::build({.pairs = pairs,
                           .levels = depth - 1,
                           .columns = energy - 1,
                           .activation = activation,
                           .precision = precision},
                          "cd pairs=" + std::to_string(pairs) + " depth=" + std::to_string(depth) +
                              " energy=" + std::to_string(energy),
                          "is x_i AND y_i for some i? (" + std::to_string(pairs) + " pairs)");
}

Result<Construction> construct(const families::Disjointness& wanted) {
  const auto& [pairs, depth, energy, activation, precision] = wanted;
  constexpr auto each =
      "each of the (depth - 1) * energy blocks needs a pair: lower depth or energy, or add pairs";
  if (auto error = synthesis::refused(
          {{"pairs", pairs, 1, synthesis::most_bits, "the inputs are x and y of every pair"}})) {
    return *std::move(error);
  }
  if (auto error = synthesis::refused_precision(activation, precision)) return *error;
  if (auto error = synthesis::refused({{"depth", depth, 2, pairs + 1, each}})) return *error;
  if (auto error = synthesis::refused({{"energy", energy, 1, pairs / (depth - 1), each}})) {
    return *error;
  }
  return synthesis::build({.pairs = pairs,
                           .levels = depth - 1,
                           .columns = energy,
                           .complement = true,
                           .activation = activation,
                           .precision = precision},
                          "disj pairs=" + std::to_string(pairs) + " depth=" +
                              std::to_string(depth) + " energy=" + std::to_string(energy),
                          "is x_i AND y_i for no i? (" + std::to_string(pairs) + " pairs)");
}

}  // namespace gatelight
