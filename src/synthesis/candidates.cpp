// SPDX-License-Identifier: Apache-2.0
//
// The knobs of the families, tried exhaustively.
//
// Problem   Which circuits does a function have within a size and a weight?  To build each one and to look at it
//           takes far too long.
// Idea      The closed forms of docs/explanation/constructions.md give size, depth, energy, weight and wires of
//           each choice of parameters; a family without any is built.  What construct() would refuse, for a block or for its number of
//           wires, is left out.
// Why       Tests compare every candidate of small parameters with what construct() predicts, and see that all
//           that construct() makes are there.
// Cost      O(M log M) choices for M pairs; for counting modulo K up to (N / K)^1.5 choices.
// Tested by tests/unit/synthesis/frontier_test.cpp
#include "synthesis/candidates.hpp"

#include <algorithm>
#include <numeric>

#include "synthesis/writer.hpp"

namespace gatelight::synthesis {
namespace {

// No 2^k above, so that no sum of sizes can overflow: at most 4096 blocks of 2^18 gates, or one of weight 2^48.
constexpr std::int64_t most_block = 18;
constexpr std::int64_t most_number_block = 48;
constexpr std::int64_t most_blocks = 16;

std::int64_t power(std::int64_t exponent) { return std::int64_t{1} << exponent; }
std::int64_t ceiling(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }
NamedValue named(std::string name, std::int64_t value) {
  return {std::move(name), std::to_string(value)};
}

// Hands over what is within the question and what Writer would write.
class Filter {
 public:
  Filter(const FrontierQuestion& question, const TakeCandidate& take)
      : question_(question), take_(take) {}
  // Cheap to ask before the rest is computed.
  [[nodiscard]] bool fits(std::int64_t size, std::int64_t weight) const {
    return size <= question_.size && weight <= question_.weight;
  }
  void offer(std::string_view family, std::vector<NamedValue> parameters, Predicted predicted,
             std::int64_t wires) const {
    if (!fits(predicted.size, predicted.weight)) return;
    if (wires > static_cast<std::int64_t>(Writer::most_wires)) return;
    predicted.inputs = static_cast<std::int64_t>(question_.function.n);
    take_(family, std::move(parameters), predicted);
  }

 private:
  const FrontierQuestion& question_;
  const TakeCandidate& take_;
};

// Blocks as even_parts() makes them: `larger` of them have one more than `smaller`.
struct Blocks {
  Blocks(std::int64_t total, std::int64_t blocks)
      : count(blocks), smaller(total / blocks), larger(total % blocks) {}
  std::int64_t count, smaller, larger;
  [[nodiscard]] std::int64_t largest() const { return smaller + (larger > 0 ? 1 : 0); }
  [[nodiscard]] std::int64_t size_of(std::int64_t block) const {
    return smaller + (block < larger ? 1 : 0);
  }
  // The sum of a number of each of the first blocks.
  template <class Value>
  [[nodiscard]] std::int64_t sum(std::int64_t first_blocks, const Value& value) const {
    const std::int64_t large = std::min(first_blocks, larger);
    return large * (large > 0 ? value(smaller + 1) : 0) +
           (first_blocks - large) * (first_blocks > large ? value(smaller) : 0);
  }
  template <class Value>
  [[nodiscard]] std::int64_t sum(const Value& value) const {
    return sum(count, value);
  }
};

// ---- cd, disj and eq ----------------------------------------------------------------------------

void offer_grid(const Filter& filter, std::int64_t pairs, std::int64_t levels, std::int64_t columns,
                bool complement) {
  const Blocks blocks(pairs, levels * columns);
  if (blocks.largest() > most_block) return;
  const auto patterns = [](std::int64_t k) { return power(k) - 1; };
  const std::int64_t gates = blocks.sum(patterns);
  if (!filter.fits(gates + 1, blocks.largest())) return;
  std::int64_t wires =
      gates + blocks.sum([](std::int64_t k) { return k * (power(k) - 1) + k * power(k - 1); });
  for (std::int64_t level = 1; level < levels; ++level) {  // from all earlier levels
    const std::int64_t before = blocks.sum(level * columns, patterns);
    wires += before * (blocks.sum((level + 1) * columns, patterns) - before);
  }
  const std::int64_t energy = columns + (complement ? 0 : 1);
  filter.offer(
      complement ? "disj" : "cd",
      {named("pairs", pairs), named("depth", levels + 1), named("energy", energy)},
      {.size = gates + 1, .depth = levels + 1, .energy = energy, .weight = blocks.largest()},
      wires);
}

void offer_equality(const Filter& filter, std::int64_t pairs, std::int64_t rows,
                    std::int64_t columns) {
  const Blocks blocks(pairs, rows * columns);
  if (blocks.largest() > most_number_block) return;
  std::int64_t weight = power(blocks.largest() - 1);
  if (rows > 1) weight = std::max(weight, power(blocks.size_of(columns)) - 1);
  const std::int64_t row = 2 * columns;
  const std::int64_t wires = 4 * pairs + row * row * (rows * (rows - 1) / 2) + rows * row;
  filter.offer("eq", {named("pairs", pairs), named("rows", rows), named("columns", columns)},
               {.size = rows * row + 1, .depth = rows + 1, .energy = columns, .weight = weight},
               wires);
}

// Of every family whose blocks of pairs stand in rows and columns.
template <class Offer>
void offer_pairs(std::int64_t pairs, const Offer& offer) {
  if (pairs > most_bits) return;
  for (std::int64_t rows = 1; rows <= pairs; ++rows) {
    for (std::int64_t columns = 1; rows * columns <= pairs; ++columns) offer(rows, columns);
  }
}

// ---- Chains and digits --------------------------------------------------------------------------

// The number of ones is odd: as many changes as bits.
void offer_chain(const Filter& filter, std::int64_t bits, std::int64_t width) {
  const Rows rows{.length = bits, .width = width};
  Predicted predicted{
      .size = bits + 1, .depth = rows.count() + 1, .weight = rows.count() > 1 ? bits : 1};
  if (bits == 1) predicted.size = predicted.depth = 1;  // the test is the output
  if (!filter.fits(predicted.size, predicted.weight)) return;
  for (std::int64_t i = 0; i <= bits; ++i) {
    predicted.energy = std::max(predicted.energy, bits == 1 ? 1 : rows.place(i) + i % 2);
  }
  const std::int64_t wires = bits * (bits + rows.count());
  filter.offer("parity", {named("bits", bits), named("width", width)}, predicted, wires);
}

// The only one of its kind, so it is made and asked; each of its tests reads all bits.
void offer_balanced_tree(const Filter& filter, std::int64_t bits) {
  if (bits * bits > static_cast<std::int64_t>(Writer::most_wires)) return;
  if (!filter.fits(bits + 1, 1)) return;
  const auto made = construct(families::ParityTree{bits});
  if (made.ok()) filter.offer("parity-tree", {named("bits", bits)}, made->predicted, 0);
}

// The largest place in its row of a test with number 0 to `last`.
std::int64_t largest_place(const Rows& rows, std::int64_t last) {
  if (last <= 0) return 0;
  const std::int64_t short_row = rows.length - (rows.count() - 1) * rows.width;
  if (last <= short_row) return last;
  if (last - short_row >= rows.width) return rows.width;
  return std::max(short_row, last - short_row);
}

// Is the number of ones, with an offset, divisible?  `digits` digits of base `radix`, the first of base `first`.
struct DigitChoice {
  std::int64_t bits, modulus, residue, quotient;
  std::int64_t digits = 1, radix = 2, scale = 1, first = 2, width = 1;  // scale: radix^(digits - 1)
  [[nodiscard]] Rows first_rows() const { return rows(first); }
  [[nodiscard]] Rows other_rows() const { return rows(radix); }

 private:
  [[nodiscard]] Rows rows(std::int64_t base) const {
    return {.length = base - 1, .width = std::min(width, base - 1)};
  }
};

// The most tests that fire for a quotient from 0 on: its digits are below those of the largest quotient from some
// digit on, and free behind it.
std::int64_t firing_tests(const DigitChoice& c) {
  const std::int64_t free = largest_place(c.other_rows(), c.radix - 1);
  std::int64_t tight = 0, most = 0, scale = c.scale;
  for (std::int64_t i = 0; i < c.digits; ++i) {
    const Rows rows = i == 0 ? c.first_rows() : c.other_rows();
    const std::int64_t digit = c.quotient / scale % (i == 0 ? c.first : c.radix);
    if (digit > 0) {
      most = std::max(most, tight + largest_place(rows, digit - 1) + (c.digits - 1 - i) * free);
    }
    tight += rows.place(digit);
    scale /= c.radix;
  }
  return std::max(most, tight);
}

void offer_digits(const Filter& filter, const DigitChoice& c) {
  const std::int64_t others = c.digits - 1;
  const Rows first = c.first_rows(), other = c.other_rows();
  const Predicted predicted{.size = first.length + others * other.length + 1,
                            .depth = first.count() + others * other.count() + 1,
                            .energy = firing_tests(c) + 1,
                            .weight = c.modulus * c.scale * (first.count() > 1 ? c.first - 1 : 1)};
  if (!filter.fits(predicted.size, predicted.weight)) return;
  // Each test reads all bits, all tests of earlier digits, and at most one gate of each earlier row.
  std::int64_t wires = c.bits + predicted.size + first.length * (c.bits + first.count());
  for (std::int64_t i = 1; i <= others; ++i) {
    const std::int64_t before = first.length + (i - 1) * other.length;
    wires += other.length * (c.bits + before + other.count());
  }
  std::vector<NamedValue> parameters{named("bits", c.bits), named("modulus", c.modulus),
                                     named("residue", c.residue), named("digits", c.digits)};
  if (c.digits > 1) parameters.push_back(named("radix", c.radix));
  parameters.push_back(named("width", c.width));
  filter.offer("mod", std::move(parameters), predicted, wires);
}

void offer_widths(const Filter& filter, DigitChoice choice) {
  const std::int64_t widest = std::max(choice.first, choice.digits > 1 ? choice.radix : 2) - 1;
  for (choice.width = 1; choice.width <= widest; ++choice.width) offer_digits(filter, choice);
}

void offer_modular(const Filter& filter, std::int64_t bits, std::int64_t modulus,
                   std::int64_t residue) {
  if (bits < modulus || bits > most_bits) return;
  const std::int64_t offset = (modulus - residue) % modulus;
  DigitChoice choice{bits, modulus, residue, (bits + offset) / modulus};
  choice.first = choice.quotient + 1;
  offer_widths(filter, choice);
  for (choice.radix = 2; choice.radix <= choice.quotient; ++choice.radix) {
    choice.scale = 1;
    choice.digits = 1;
    while (choice.quotient / choice.scale >= choice.radix) {
      choice.scale *= choice.radix;
      ++choice.digits;
      choice.first = choice.quotient / choice.scale + 1;
      offer_widths(filter, choice);
    }
  }
}

// ---- Blocks of odd assignments, the multiplexer, tables -----------------------------------------

// `odd(k)` assignments of a block of k are odd; each gate of such a block reads `bits_each` bits of each of the k.
template <class Odd>
void offer_odd_blocks(const Filter& filter, std::string_view family, NamedValue total,
                      const Blocks& blocks, std::int64_t bits_each, const Odd& odd) {
  const std::int64_t gates = blocks.sum(odd), even = power(blocks.count - 1);
  const std::int64_t wires =
      blocks.sum([&](std::int64_t k) { return odd(k) * k * bits_each; }) + even * gates + even;
  filter.offer(family, {std::move(total), named("blocks", blocks.count)},
               {.size = gates + even + 1, .depth = 3, .energy = blocks.count + 1, .weight = 1},
               wires);
}

void offer_parity_blocks(const Filter& filter, std::int64_t bits) {
  constexpr std::int64_t largest = 16;
  for (std::int64_t b = ceiling(bits, largest); b <= std::min(most_blocks, bits); ++b) {
    offer_odd_blocks(filter, "parity-blocks", named("bits", bits), Blocks(bits, b), 1,
                     [](std::int64_t k) { return power(k - 1); });
  }
}

void offer_inner_product(const Filter& filter, std::int64_t pairs) {
  constexpr std::int64_t largest = 8;
  for (std::int64_t b = ceiling(pairs, largest); b <= std::min(most_blocks, pairs); ++b) {
    offer_odd_blocks(filter, "ip", named("pairs", pairs), Blocks(pairs, b), 2,
                     [](std::int64_t k) { return power(2 * k - 1) - power(k - 1); });
  }
}

void offer_multiplexer(const Filter& filter, std::int64_t address) {
  constexpr std::int64_t most_address = 16;
  if (address > most_address) return;
  for (const std::int64_t energy : {1, 2}) {
    filter.offer("mux", {named("address", address), named("energy", energy)},
                 {.size = power(address) + 1, .depth = 2, .energy = energy, .weight = 1},
                 power(address) * (address + 2));
  }
}

void offer_table(const Filter& filter, std::size_t inputs, const std::string& hex) {
  const auto table = table_of(hex, static_cast<std::int64_t>(inputs));
  if (!table.ok()) return;
  const auto rows = static_cast<std::int64_t>(table->size());
  const std::int64_t ones = std::ranges::count(*table, true);
  if (ones == 0 || ones == rows) return;
  for (const std::int64_t energy : {1, 2}) {
    const std::int64_t gates = energy == 1 ? rows - ones : ones;
    filter.offer(
        "table",
        {named("inputs", static_cast<std::int64_t>(inputs)), {"hex", hex}, named("energy", energy)},
        {.size = gates + 1, .depth = 2, .energy = energy, .weight = 1},
        gates * (static_cast<std::int64_t>(inputs) + 1));
  }
  // Of trees and lists there is one each, so they are made and asked.
  const std::vector<NamedValue> parameters{named("inputs", static_cast<std::int64_t>(inputs)),
                                           {"hex", hex}};
  for (const char* family : {"tree", "list"}) {
    const auto made = construct(family, parameters);
    if (made.ok()) filter.offer(family, parameters, made->predicted, 0);
  }
}

}  // namespace

void for_each_candidate(const FrontierQuestion& question, const TakeCandidate& take) {
  const Filter filter(question, take);
  const KnownFunction& f = question.function;
  const std::int64_t number = f.parameter;
  if (f.family == "cd" || f.family == "disj") {
    offer_pairs(number, [&](std::int64_t rows, std::int64_t columns) {
      offer_grid(filter, number, rows, columns, f.family == "disj");
    });
  } else if (f.family == "eq") {
    offer_pairs(number, [&](std::int64_t rows, std::int64_t columns) {
      offer_equality(filter, number, rows, columns);
    });
  } else if (f.family == "parity") {
    for (std::int64_t width = 1; width <= number && number <= most_bits; ++width) {
      offer_chain(filter, number, width);
    }
    offer_balanced_tree(filter, number);
    offer_parity_blocks(filter, number);
    offer_modular(filter, number, 2, 1);
  } else if (f.family == "majority" && number <= most_bits) {
    filter.offer("majority", {named("bits", number)},
                 {.size = 1, .depth = 1, .energy = 1, .weight = 1}, number);
  } else if (f.family == "mod") {
    offer_modular(filter, number, f.modulus, 0);
  } else if (f.family == "ip") {
    offer_inner_product(filter, number);
  } else if (f.family == "mux") {
    offer_multiplexer(filter, number);
  }
  if (!question.table.empty()) offer_table(filter, f.n, question.table);
}

}  // namespace gatelight::synthesis
