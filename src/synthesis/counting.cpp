// SPDX-License-Identifier: Apache-2.0
//
// Gates of many values that count: counting modulo m, and the inner product, with next to no gates.
//
// Problem   How much less do parities cost where a gate's value may have several bits?
// Idea      One gate finds the quotient: its value is floor(S / m), up to a constant, where S is the number
//           of ones plus the offset that makes the wanted residue 0.  The output tests S - m * quotient = 0.
//           For the inner product, the gates of intersection.cpp as relus count the pairs of their
//           block, a relu halves the sum of all, and the output tests the remainder.
// Why relu  floor(a S / 2^k) with a = ceil(2^k / m) = (2^k + r) / m.  For S = q m + t it is floor(q + t / m +
//           S r / (m 2^k)), which is q for all S up to N iff S r < 2^k for the largest S <= N with t = m - 1: a
//           larger S, of smaller t, is at most twice that (as N >= m), and has twice the room.
// Why       With M = 2^b - 1 and gain g = 2 / (M m), the value at z = 2S - (2um - 1) is floor(2^(b - 1) + z / 2m
// sigmoid   - d), with d = M (g z / 4 + 1/2 - sigma(g z)), and z / 2m = S / m - u + 1 / 2m.  Its fractional part
//           is 1 / 2m at least and 1 - 1 / 2m at most, so the value is floor(S / m) - u + 2^(b - 1) if
//           |d| < 1 / 2m.  As u - u^3 / 3 <= tanh u <= u for u >= 0, |d| <= M (g |z|)^3 / 48 =
//           |z|^3 / (6 M^2 m^3), which is less than 1 / 2m iff |z|^3 < 3 m^2 M^2.
// Cost      2 gates; for the inner product sum (2^k - 1) + 2.
// Limits    S <= 8192, so M < 2^19, and a, m < 2^27: every sum is far below 2^62.
// Tested by tests/unit/synthesis/counting_test.cpp
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "synthesis/patterns.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::int64_t most_pairs_in_block = 18;

std::int64_t bits_of(std::int64_t value) {
  return static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(value)));
}

// S = ones + offset, at most `most`, is to be divided by `modulus`.
struct Division {
  std::int64_t bits = 0, modulus = 2, offset = 0, most = 0;
};

// A gate whose value is the quotient + `plus`, on the ones with this weight.
struct Divider {
  Activation activation;
  std::int64_t weight = 1, threshold = 0, plus = 0, precision = 1;
};

Divider relu_divider(const Division& division) {
  const std::int64_t m = division.modulus;
  const std::int64_t worst =
      division.most - (division.most + 1) % m;  // largest S with remainder m - 1
  int shift = 0;
  std::int64_t a = 1;
  for (;; ++shift) {
    const std::int64_t power = std::int64_t{1} << shift;
    a = (power + m - 1) / m;
    if (worst * (a * m - power) < power) break;
  }
  const std::int64_t max = division.most / m;
  return {.activation = Relu{.shift = shift, .max = max},
          .weight = a,
          .threshold = -a * division.offset,
          .precision = bits_of(max)};
}

Divider sigmoid_divider(const Division& division) {
  const std::int64_t m = division.modulus, middle = 2 * division.offset + division.bits;
  const std::int64_t u =
      (middle + 1 + m) / (2 * m);  // 2um - 1 is as near to the middle as it can be
  const std::int64_t shift = 2 * u * m - 1;
  const std::int64_t far =
      std::max(std::abs(2 * division.offset - shift), std::abs(2 * division.most - shift));
  int bits = 1;
  std::int64_t most = 1;
  while (far * far * far >= 3 * m * m * most * most) most = (std::int64_t{1} << ++bits) - 1;
  return {.activation = Sigmoid{.bits = bits, .gain_p = 2, .gain_q = most * m},
          .weight = 2,
          .threshold = shift - 2 * division.offset,
          .plus = (std::int64_t{1} << (bits - 1)) - u,
          .precision = bits};
}

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const families::ModularByCounting& wanted) {
  const auto& [bits, modulus, residue, activation] = wanted;
  if (auto error = synthesis::refused_modulus(bits, modulus, residue)) return *error;
  if (activation == GateKind::threshold) {
    return Error{ErrorCode::bad_input,
                 "must be relu or sigmoid; a threshold gate has too few values to count: see mod",
                 "activation"};
  }
  synthesis::Division division{
      .bits = bits, .modulus = modulus, .offset = (modulus - residue) % modulus};
  division.most = bits + division.offset;
  const auto divider = activation == GateKind::relu ? synthesis::relu_divider(division)
                                                    : synthesis::sigmoid_divider(division);
  Predicted predicted{.inputs = bits,
                      .size = 2,
                      .depth = 2,
                      .weight = std::max(divider.weight, modulus),
                      .precision = divider.precision};
  for (std::int64_t s = division.offset; s <= division.most; ++s) {
    const std::int64_t value = s / modulus + divider.plus;
    const std::int64_t firing = (value > 0 ? 1 : 0) + (s % modulus == 0 ? 1 : 0);
    predicted.energy = std::max(predicted.energy, firing);
  }
  synthesis::Writer writer("mod-count bits=" + std::to_string(bits) + " modulus=" +
                               std::to_string(modulus) + " residue=" + std::to_string(residue),
                           activation);
  const auto x = writer.inputs("x", bits);
  std::vector<WrittenWire> wires, rest;
  synthesis::append(wires, x, divider.weight);
  const Source quotient =
      writer.gate("quotient", std::move(wires), divider.threshold, divider.activation);
  synthesis::append(rest, x, -1);
  rest.push_back({quotient, modulus});
  const Source output =
      writer.gate("out", std::move(rest), division.offset + modulus * divider.plus);
  return std::move(writer).finish(
      output, predicted,
      "does the number of ones leave " + std::to_string(residue) + " modulo " +
          std::to_string(modulus) + "? (" + std::to_string(bits) + " bits)",
      "docs/explanation/constructions.md, section mod-count and ip-count");
}

Result<Construction> construct(const families::InnerProductByCounting& wanted) {
  const auto& [pairs, blocks] = wanted;
  constexpr std::int64_t largest = synthesis::most_pairs_in_block;
  if (auto error = synthesis::refused(
          {{"pairs", pairs, 2, synthesis::most_bits, "one pair has nothing to count"}})) {
    return *error;
  }
  if (auto error = synthesis::refused({{"blocks", blocks, (pairs + largest - 1) / largest, pairs,
                                        "a block has 1 to 18 pairs"}})) {
    return *error;
  }
  const auto sizes = synthesis::even_parts(pairs, blocks);
  Predicted predicted{.inputs = 2 * pairs,
                      .size = 2,
                      .depth = 3,
                      .weight = std::max<std::int64_t>(2, sizes.front())};
  for (const std::int64_t size : sizes) predicted.size += (std::int64_t{1} << size) - 1;
  // Any number of pairs can be spread over as many blocks.
  for (std::int64_t count = 0; count <= pairs; ++count) {
    const std::int64_t firing = std::min(count, blocks) + (count >= 2 ? 1 : 0) + count % 2;
    predicted.energy = std::max(predicted.energy, firing);
  }
  predicted.precision = synthesis::bits_of(std::max(sizes.front(), pairs / 2));

  synthesis::Writer writer(
      "ip-count pairs=" + std::to_string(pairs) + " blocks=" + std::to_string(blocks),
      GateKind::relu);
  const auto x = writer.inputs("x", pairs), y = writer.inputs("y", pairs);
  std::vector<WrittenWire> sum;
  std::size_t first = 0;
  for (std::size_t block = 0; block < sizes.size(); ++block) {
    for (std::uint32_t a = 1; a >> sizes[block] == 0 && !writer.failed(); ++a) {
      const std::int64_t ones = std::popcount(a);
      sum.push_back({writer.gate("b" + std::to_string(block) + "_" + std::to_string(a),
                                 synthesis::pairs_of(x, y, first, sizes[block], a), ones * ones,
                                 Relu{.shift = 0, .max = ones}),
                     1});
    }
    first += static_cast<std::size_t>(sizes[block]);
  }
  const Source half = writer.gate("half", sum, 0, Relu{.shift = 1, .max = pairs / 2});
  sum.push_back({half, -2});
  const Source output = writer.gate("out", std::move(sum), 0, Relu{.shift = 0, .max = 1});
  return std::move(writer).finish(
      output, predicted,
      "is x_i AND y_i for an odd number of i? (" + std::to_string(pairs) + " pairs)",
      "docs/explanation/constructions.md, section mod-count and ip-count");
}

}  // namespace gatelight
