// SPDX-License-Identifier: Apache-2.0
//
// x = y, in blocks compared as numbers.
//
// Problem   Few gates, small weights and few firing gates at once: each costs the others.
// Idea      Blocks of k pairs in `rows` rows of `columns`.  Two gates a block: the number that its x
//           spell is greater than that of its y, or less.  A gate is silenced by all gates of earlier
//           rows; the output fires where none does.
// Why       At most one of the two gates of a block fires, so at most `columns` of a row, and only one
//           row has firing gates: the first that differs.  The output fires only alone.  The difference
//           of two numbers of k bits exceeds the threshold 1 by at most 2^k - 2, so a weight of
//           -(2^k - 1) silences.
// Cost      2 * rows * columns + 1 gates; energy columns.
// Limits    k <= 48: with at most 8192 silencing gates of one bit, sums stay below 2^49 + 2^13 * 2^48 < 2^62;
//           with more bits the builder refuses what does not fit.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <string>

#include "synthesis/writer.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t most_pairs_in_block = 48;

std::optional<Error> refused_equality(const families::Equality& wanted) {
  const auto& [pairs, rows, columns, activation, precision] = wanted;
  constexpr auto each =
      "each of the rows * columns blocks needs a pair: lower rows or columns, or add pairs";
  if (auto error = synthesis::refused(
          {{"pairs", pairs, 1, synthesis::most_bits, "the inputs are x and y of every pair"},
           {"rows", rows, 1, pairs, each}})) {
    return error;
  }
  if (auto error = synthesis::refused_precision(activation, precision)) return error;
  if (auto error = synthesis::refused({{"columns", columns, 1, pairs / rows, each}})) return error;
  // Blocks that are small enough, counted in whole columns.
  const std::int64_t blocks = (pairs + most_pairs_in_block - 1) / most_pairs_in_block;
  return synthesis::refused(
      {{"columns", columns, (blocks + rows - 1) / rows, pairs / rows,
        "a block of more than 48 pairs needs weights above 2^48: add rows or columns"}});
}

}  // namespace

Result<Construction> construct(const families::Equality& wanted) {
  if (auto error = refused_equality(wanted)) return *error;
  const auto& [pairs, rows, columns, activation, precision] = wanted;
  const auto sizes = synthesis::even_parts(pairs, rows * columns);
  const auto power = [](std::int64_t k) { return std::int64_t{1} << k; };
  Predicted predicted{.inputs = 2 * pairs,
                      .size = 2 * rows * columns + 1,
                      .depth = rows + 1,
                      .energy = columns,
                      .weight = power(sizes.front() - 1),
                      .precision = precision};
  if (rows > 1) {  // the first block of the second row is the largest that is silenced
    const std::int64_t silenced = power(sizes[static_cast<std::size_t>(columns)]) - 1;
    predicted.weight = std::max(predicted.weight, silenced);
  }

  synthesis::Writer writer("eq pairs=" + std::to_string(pairs) + " rows=" + std::to_string(rows) +
                               " columns=" + std::to_string(columns),
                           activation, precision);
  const auto x = writer.inputs("x", pairs), y = writer.inputs("y", pairs);
  std::vector<Source> earlier;
  std::size_t first = 0, block = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    std::vector<Source> here;
    for (std::int64_t column = 0; column < columns && !writer.failed(); ++column, ++block) {
      const auto size = static_cast<std::size_t>(sizes[block]);
      for (const std::int64_t sign : {1, -1}) {
        std::vector<WrittenWire> wires;
        for (std::size_t i = 0; i < size; ++i) {
          const std::int64_t place = sign * power(static_cast<std::int64_t>(i));
          wires.push_back({x[first + i], place});
          wires.push_back({y[first + i], -place});
        }
        synthesis::append(wires, earlier, -(power(sizes[block]) - 1));
        here.push_back(writer.gate((sign > 0 ? "greater" : "less") + std::to_string(block),
                                   std::move(wires), 1, precision));
      }
      first += size;
    }
    earlier.insert(earlier.end(), here.begin(), here.end());
  }
  std::vector<WrittenWire> all;
  synthesis::append(all, earlier, -1);
  const Source output = writer.gate("out", std::move(all), 0);
  return std::move(writer).finish(output, predicted,
                                  "is x = y? (" + std::to_string(pairs) + " bits each)",
                                  "docs/explanation/constructions.md, section eq");
}

}  // namespace gatelight
