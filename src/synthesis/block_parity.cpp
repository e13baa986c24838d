// SPDX-License-Identifier: Apache-2.0
//
// Parities at depth 3: of bits, and of pairs (the inner product).
//
// Problem   Parity with weights of 1 and few gates firing.
// Idea      Blocks.  A block has a gate for each of its assignments of odd value, which fires on this
//           assignment only: at most one fires, and iff the block is odd.  A second level does the same to
//           the b values of the blocks, for the assignments with an EVEN number of odd blocks; the
//           output fires where none of these does.
// Why       A gate with weights 1 where the assignment is 1, -1 where it is 0, and the number of its ones
//           as threshold fires on that assignment only; a block's value is the sum of its gates.  With
//           j odd blocks, j gates of the first level fire and exactly one more: the matching gate of the
//           second if j is even, else the output.  So the energy is b + 1.
// Cost      sum over blocks of their odd assignments, 2^(b - 1) more, and the output.
// Limits    blocks of at most 16 bits, at most 16 blocks.
// Source    K. Uchizawa, Size, depth and energy of threshold circuits computing parity function, 2020, for
//           trade-offs of parity.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <bit>
#include <string>

#include "synthesis/patterns.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::int64_t most_blocks = 16;
constexpr std::int64_t most_bits_in_block = 16;

// A block of parity: odd iff an odd number of its bits is 1.
bool odd_bits(std::uint32_t bits) { return std::popcount(bits) % 2 != 0; }
// A block of the inner product: bits 0, 2, 4, ... are x, bits 1, 3, 5, ... are y.
bool odd_pairs(std::uint32_t bits) { return odd_bits(bits & (bits >> 1) & 0x5555U); }

using Block = std::vector<Source>;

// The gates that fire on one odd assignment of the block each.
Block odd_assignments(Writer& writer, const Block& block, const std::string& name,
                      bool (*odd)(std::uint32_t)) {
  Block gates;
  for (std::uint32_t a = 0; a >> block.size() == 0 && !writer.failed(); ++a) {
    if (!odd(a)) continue;
    gates.push_back(
        writer.gate(name + "_" + std::to_string(a), only_on(block, a), std::popcount(a)));
  }
  return gates;
}

Result<Construction> build(Writer writer, const std::vector<Block>& blocks,
                           bool (*odd)(std::uint32_t), Predicted predicted, std::string function,
                           std::string reference) {
  std::vector<Block> values;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    values.push_back(odd_assignments(writer, blocks[b], "b" + std::to_string(b), odd));
  }
  std::vector<WrittenWire> even;
  for (std::uint32_t a = 0; a >> blocks.size() == 0 && !writer.failed(); ++a) {
    if (odd_bits(a)) continue;
    std::vector<WrittenWire> wires;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      append(wires, values[b], ((a >> b) & 1) != 0 ? 1 : -1);
    }
    even.push_back(
        {writer.gate("even" + std::to_string(a), std::move(wires), std::popcount(a)), -1});
  }
  const auto count = static_cast<std::int64_t>(blocks.size());
  predicted.size += (std::int64_t{1} << (count - 1)) + 1;
  predicted.depth = 3;
  predicted.energy = count + 1;
  predicted.weight = 1;
  const Source output = writer.gate("out", std::move(even), 0);
  return std::move(writer).finish(output, predicted, std::move(function), std::move(reference));
}

std::optional<Error> refused_blocks(const Asked& total, std::int64_t blocks, std::int64_t largest) {
  if (auto error = refused(total)) return error;
  const std::int64_t least = (total.value + largest - 1) / largest;
  return refused({{"blocks", blocks, least, std::min(most_blocks, total.value),
                   "a block has 1 to " + std::to_string(largest) + " " + std::string(total.name)}});
}

}  // namespace
}  // namespace synthesis

Result<Construction> construct(const families::ParityBlocks& wanted) {
  const auto& [bits, blocks, activation] = wanted;
  constexpr std::int64_t largest = synthesis::most_bits_in_block;
  if (auto error = synthesis::refused_blocks({"bits", bits, 1, largest * synthesis::most_blocks,
                                              "larger blocks or more of them are not made"},
                                             blocks, largest)) {
    return *error;
  }
  synthesis::Writer writer(
      "parity-blocks bits=" + std::to_string(bits) + " blocks=" + std::to_string(blocks),
      activation);
  const auto x = writer.inputs("x", bits);
  Predicted predicted{.inputs = bits};
  std::vector<synthesis::Block> sources;
  auto next = x.begin();
  for (const std::int64_t size : synthesis::even_parts(bits, blocks)) {
    predicted.size += std::int64_t{1} << (size - 1);
    sources.emplace_back(next, next + size);
    next += size;
  }
  return synthesis::build(std::move(writer), sources, synthesis::odd_bits, predicted,
                          "is the number of ones odd? (" + std::to_string(bits) + " bits)",
                          "docs/explanation/constructions.md, section parity-blocks and ip");
}

Result<Construction> construct(const families::InnerProduct& wanted) {
  const auto& [pairs, blocks, activation] = wanted;
  constexpr std::int64_t largest = synthesis::most_bits_in_block / 2;
  if (auto error = synthesis::refused_blocks({"pairs", pairs, 1, largest * synthesis::most_blocks,
                                              "larger blocks or more of them are not made"},
                                             blocks, largest)) {
    return *error;
  }
  synthesis::Writer writer(
      "ip pairs=" + std::to_string(pairs) + " blocks=" + std::to_string(blocks), activation);
  const auto x = writer.inputs("x", pairs), y = writer.inputs("y", pairs);
  Predicted predicted{.inputs = 2 * pairs};
  std::vector<synthesis::Block> sources;
  std::size_t pair = 0;
  for (const std::int64_t size : synthesis::even_parts(pairs, blocks)) {
    // Of 2^2k assignments, 2^k more are even than odd.
    predicted.size += (std::int64_t{1} << (2 * size - 1)) - (std::int64_t{1} << (size - 1));
    synthesis::Block& block = sources.emplace_back();
    for (std::int64_t i = 0; i < size; ++i, ++pair) {
      block.push_back(x[pair]);
      block.push_back(y[pair]);
    }
  }
  return synthesis::build(
      std::move(writer), sources, synthesis::odd_pairs, predicted,
      "is x_i AND y_i for an odd number of i? (" + std::to_string(pairs) + " pairs)",
      "docs/explanation/constructions.md, section parity-blocks and ip");
}

}  // namespace gatelight
