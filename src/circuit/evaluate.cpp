// SPDX-License-Identifier: Apache-2.0
//
// One input in, all gate outputs out.  This defines the meaning; engines must agree with it.
//
// Sums cannot wrap: the builder has checked that the absolute values of all terms of a gate add up
// to less than 2^63.
#include "base/text.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight {

std::vector<std::int64_t> evaluate(const Circuit& circuit, std::span<const std::uint8_t> bits) {
  GATELIGHT_REQUIRE(bits.size() == circuit.bit_count(), "evaluate() needs one value an input bit");
  const std::size_t n = circuit.bit_count();
  std::vector<std::int64_t> values(circuit.gate_count());
  for (std::size_t g = 0; g < values.size(); ++g) {
    const GateId id{static_cast<std::uint32_t>(g)};
    std::int64_t z = -circuit.threshold(id);
    for (const Wire& wire : circuit.wires(id)) {
      const std::int64_t source = wire.source < n ? bits[wire.source] : values[wire.source - n];
      z += wire.weight * source;
    }
    values[g] = circuit.activate(id, z);
  }
  return values;
}

Circuit::Interval word_range(const InputWord& word) {
  if (word.is_signed) {
    return {-(std::int64_t{1} << (word.bits - 1)), (std::int64_t{1} << (word.bits - 1)) - 1};
  }
  return {0, (std::int64_t{1} << word.bits) - 1};
}

InputBits input_of_words(const Circuit& circuit, std::span<const std::int64_t> values) {
  GATELIGHT_REQUIRE(values.size() == circuit.inputs().size(), "an input has one value a word");
  InputBits bits;
  bits.reserve(circuit.bit_count());
  for (std::size_t w = 0; w < values.size(); ++w) {
    const InputWord& word = circuit.inputs()[w];
    const Circuit::Interval range = word_range(word);
    GATELIGHT_REQUIRE(range.low <= values[w] && values[w] <= range.high,
                      "a value lies in its word's range");
    for (int j = 0; j < word.bits; ++j) {  // two's complement: the lowest bits of the number itself
      bits.push_back(static_cast<std::uint64_t>(values[w]) >> j & 1U);
    }
  }
  return bits;
}

std::int64_t word_value(const Circuit& circuit, InputId word, std::span<const std::uint8_t> bits) {
  const InputWord& input = circuit.inputs()[static_cast<std::size_t>(word)];
  const std::size_t first = circuit.first_bit(word);
  std::int64_t value = 0;
  for (int j = 0; j < input.bits; ++j) {
    const std::int64_t place = std::int64_t{bits[first + static_cast<std::size_t>(j)]} << j;
    value += input.is_signed && j == input.bits - 1 ? -place : place;
  }
  return value;
}

std::string to_string(const InputBits& bits) {
  std::string text;
  text.reserve(bits.size());
  for (const std::uint8_t bit : bits) text += bit != 0 ? '1' : '0';
  return text;
}

Result<InputBits> parse_input_bits(const Circuit& circuit, std::string_view text) {
  if (text.size() != circuit.bit_count()) {
    return Error{ErrorCode::bad_input,
                 "an input of this circuit has " + std::to_string(circuit.bit_count()) +
                     " bits, got " + std::to_string(text.size()) + " characters",
                 "input " + base::quoted(text)};
  }
  InputBits bits;
  bits.reserve(text.size());
  for (const char character : text) {
    if (character != '0' && character != '1') {
      return Error{ErrorCode::bad_input, "only the characters 0 and 1 make an input",
                   "input " + base::quoted(text)};
    }
    bits.push_back(character == '1' ? 1 : 0);
  }
  return bits;
}

}  // namespace gatelight
