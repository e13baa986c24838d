// SPDX-License-Identifier: Apache-2.0
#include "theory/units.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "gatelight/construct.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::theory {
namespace {

using Pattern = std::vector<std::int64_t>;

// The values of some gates of a level on an input, where all other gates have the values of `given`.
Pattern pattern_at(const Circuit& circuit, const std::vector<GateId>& gates, const InputBits& input,
                   const std::vector<std::int64_t>& given) {
  Pattern pattern;
  for (const GateId id : gates) {
    std::int64_t sum = -circuit.threshold(id);
    for (const Wire& wire : circuit.wires(id)) {
      sum += wire.weight * (wire.source < circuit.bit_count()
                                ? std::int64_t{input[wire.source]}
                                : given[wire.source - circuit.bit_count()]);
    }
    pattern.push_back(circuit.activate(id, sum));
  }
  return pattern;
}

// Different rows that are not all 0; columns with the other side.
std::size_t different(const std::vector<Pattern>& matrix, std::uint32_t side) {
  std::map<std::uint32_t, std::vector<Pattern>> lines;
  for (std::uint32_t x = 0; x < matrix.size(); ++x) lines[x & side].push_back(matrix[x]);
  std::set<std::vector<Pattern>> all;
  for (auto& [number, line] : lines) {
    const bool silent = std::ranges::all_of(line, [](const Pattern& pattern) {
      return std::ranges::all_of(pattern, [](std::int64_t value) { return value == 0; });
    });
    if (!silent) all.insert(std::move(line));
  }
  return all.size();
}

struct Seen {
  int units = 0, tight = 0;
};

// The unit against the matrix of its gates, with what the other gates are on each of the inputs.
void expect_true(const Circuit& circuit, const std::vector<GateId>& level, const Unit& unit,
                 std::uint32_t side_a, Seen& seen) {
  const std::size_t bits = circuit.bit_count();
  std::vector<GateId> gates;
  for (const std::uint32_t g : unit.gates) gates.push_back(level[g]);
  std::set<Pattern> reached;
  mpz_class rank = 0, by_rows = 0, by_columns = 0, patterns = 0;
  for (const mpz_class& count : unit.patterns) patterns += count;
  for (std::uint32_t other = 0; other >> bits == 0; ++other) {
    const auto given = evaluate(circuit, generate::input_of_number(other, bits));
    reached.insert(pattern_at(circuit, gates, generate::input_of_number(other, bits), given));
    std::vector<Pattern> matrix;
    for (std::uint32_t x = 0; x >> bits == 0; ++x)
      matrix.push_back(pattern_at(circuit, gates, generate::input_of_number(x, bits), given));
    const auto rows = static_cast<unsigned long>(different(matrix, side_a));
    const auto columns =
        static_cast<unsigned long>(different(matrix, ((1U << bits) - 1) & ~side_a));
    rank = std::max(rank, mpz_class(std::min(rows, columns)));
    by_rows = std::max(by_rows, std::min(mpz_class(rows), mpz_class(patterns * columns)));
    by_columns = std::max(by_columns, std::min(mpz_class(columns), mpz_class(patterns * rows)));
  }
  ASSERT_LE(rank, unit.rank);
  ASSERT_LE(by_rows, unit.by_rows);
  ASSERT_LE(by_columns, unit.by_columns);
  std::vector<mpz_class> count(gates.size());
  for (const Pattern& pattern : reached) {
    const auto fire = std::ranges::count_if(pattern, [](std::int64_t v) { return v != 0; });
    if (fire != 0) ++count[static_cast<std::size_t>(fire) - 1];
  }
  for (std::size_t k = 0; k < unit.patterns.size(); ++k) ASSERT_LE(count[k], unit.patterns[k]);
  ++seen.units;
  seen.tight += rank == unit.rank ? 1 : 0;
}

TEST(Units, NoMatrixHasMoreRowsOrColumns) {
  constexpr std::uint64_t seed = 83;
  base::Random random(seed);
  std::map<Sharing, Seen> seen;
  const int rounds = generate::scaled(600);
  for (int round = 0; round < rounds; ++round) {
    const Circuit circuit = generate::random_circuit(random, {.min_bits = 2,
                                                              .max_bits = 4,
                                                              .min_gates = 2,
                                                              .max_gates = 7,
                                                              .words = round % 2 == 0,
                                                              .activations = round % 2 == 0,
                                                              .domain = false,
                                                              .duplicates = true,
                                                              .max_weight = 1 + round % 3});
    const FedForm form =
        fed_form(circuit, GateId{static_cast<std::uint32_t>(circuit.gate_count() - 1)});
    const std::size_t bits = circuit.bit_count();
    std::uint32_t side_a = 0;
    std::optional<Partition> partition(bits);
    for (std::size_t i = 0; i < bits; ++i) {
      (*partition)[i] = static_cast<std::uint8_t>(random.below(2));
      side_a |= (*partition)[i] == 0 ? 1U << i : 0;
    }
    if (round % 4 == 3) partition.reset();
    std::vector<std::int64_t> most;
    for (const auto& level : form.levels) most.push_back(static_cast<std::int64_t>(level.size()));
    const auto levels = level_units(circuit, form, partition, most);
    for (std::size_t l = 0; l < levels.size(); ++l) {
      for (const Grouping& grouping : levels[l].groupings) {
        std::vector<int> covered(form.levels[l].size());
        for (const Unit& unit : grouping.units) {
          for (const std::uint32_t g : unit.gates) ++covered[g];
          expect_true(circuit, form.levels[l], unit, side_a, seen[grouping.sharing]);
          if (HasFatalFailure()) {
            FAIL() << "seed " << seed << ", round " << round << ", sharing "
                   << static_cast<int>(grouping.sharing);
          }
        }
        ASSERT_EQ(covered, std::vector<int>(covered.size(), 1));
      }
    }
  }
  std::printf("seed %llu:", static_cast<unsigned long long>(seed));
  for (const auto& [sharing, count] : seen)
    std::printf(" %d of %d units tight;", count.tight, count.units);
  std::printf("\n");
  if (rounds >= 600) {
    EXPECT_EQ(seen.size(), 5U);
  }
}

// Two gates read x0 + 2 x1 on side A, one of them with the opposite sign, and different bits of side B: together at
// most 4 different rows, while they have ranks 3 and 2 alone.
TEST(Units, GatesThatShareASide) {
  CircuitBuilder builder;
  std::vector<Source> x;
  for (int i = 0; i < 5; ++i)
    x.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
  const auto first = builder.add_gate(
      {.name = "g", .wires = {{x[0], 1}, {x[1], 2}, {x[2], 1}, {x[3], 2}}, .threshold = 3});
  const auto second = builder.add_gate(
      {.name = "h", .wires = {{x[0], -1}, {x[1], -2}, {x[4], 3}, {x[2], 2}}, .threshold = 2});
  (void)builder.add_output(
      builder
          .add_gate({.name = "out",
                     .wires = {{Source::gate(*first), 1}, {Source::gate(*second), 1}},
                     .threshold = 1})
          .value());
  const Circuit circuit = std::move(builder).build().value();
  const FedForm form = fed_form(circuit, circuit.outputs()[0]);
  const std::vector<std::int64_t> most{2};
  const auto levels = level_units(circuit, form, Partition{0, 0, 1, 1, 1}, most);
  const auto& groupings = levels[0].groupings;
  const auto rows = std::ranges::find(groupings, Sharing::rows, &Grouping::sharing);
  ASSERT_NE(rows, groupings.end());
  ASSERT_EQ(rows->units.size(), 1U);
  EXPECT_EQ(rows->units[0].rank, 4);
  EXPECT_EQ(rows->units[0].patterns, (std::vector<mpz_class>{2, 1}));
  EXPECT_EQ(std::ranges::find(groupings, Sharing::form, &Grouping::sharing), groupings.end());
}

}  // namespace
}  // namespace gatelight::theory
