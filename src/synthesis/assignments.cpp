// SPDX-License-Identifier: Apache-2.0
//
// One gate an assignment: the multiplexer, and any truth table.
//
// Problem   Any function, at depth 2, weight 1 and the least energy.
// Idea      A gate with weights 1 where an assignment is 1, -1 where it is 0, and its number of ones as
//           threshold fires on that assignment only.  For energy 2, the gates are the assignments where
//           the function is 1, and the output their OR.  For energy 1, they are those where it is 0,
//           and the output their NOR: it fires only where no other gate does.
// Why       Assignments are distinct, so at most one gate of the first level fires.  A multiplexer's
//           assignment is that of the address, and one more wire asks for its data bit to be 1 (or 0).
// Cost      as many gates as assignments, and the output.
// Limits    at most 16 inputs or address bits, and the wires that Writer allows.
// Source    folklore.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <bit>
#include <string>
#include <string_view>

#include "synthesis/patterns.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::int64_t most_address_bits = 16;
constexpr auto energy_mend = "1 is a NOR of the zeros, 2 an OR of the ones";

// The OR or, for energy 1, the NOR of the gates.
Source combine(Writer& writer, const std::vector<Source>& gates, std::int64_t energy) {
  std::vector<WrittenWire> wires;
  append(wires, gates, energy == 1 ? -1 : 1);
  return writer.gate("out", std::move(wires), energy == 1 ? 0 : 1);
}

}  // namespace

Result<std::vector<bool>> table_of(const std::string& hex, std::int64_t inputs) {
  const auto bad = [](std::string message) {
    return Error{ErrorCode::bad_input, std::move(message), "hex"};
  };
  const std::size_t rows = std::size_t{1} << inputs;
  const std::size_t digits = (rows + 3) / 4;
  if (hex.size() != digits) {
    return bad("must have " + std::to_string(digits) + " hexadecimal digits for " +
               std::to_string(inputs) + " inputs, not " + std::to_string(hex.size()) +
               "; write leading zeros too, or change inputs");
  }
  std::vector<bool> table;
  for (std::size_t at = hex.size(); at-- > 0;) {
    const std::size_t value = std::string_view("0123456789abcdef").find(hex[at]);
    const std::size_t upper = std::string_view("0123456789ABCDEF").find(hex[at]);
    if (value == std::string_view::npos && upper == std::string_view::npos) {
      return bad("must be hexadecimal digits 0 to 9 and a to f, without 0x");
    }
    const std::size_t bits = value == std::string_view::npos ? upper : value;
    for (std::size_t i = 0; i < 4; ++i) table.push_back(((bits >> i) & 1) != 0);
  }
  for (std::size_t row = rows; row < table.size(); ++row) {
    if (table[row]) return bad("of 1 input must be 1 or 2: it has two bits, one a row");
  }
  table.resize(rows);
  return table;
}

std::string shortened(const std::string& digits) {
  return digits.size() <= 64 ? digits : digits.substr(0, 64) + "...";
}

}  // namespace synthesis

Result<Construction> construct(const families::Multiplexer& wanted) {
  const auto& [address, energy, activation] = wanted;
  if (auto error = synthesis::refused(
          {{"address", address, 1, synthesis::most_address_bits, "there are 2^address data bits"},
           {"energy", energy, 1, 2, synthesis::energy_mend}})) {
    return *error;
  }
  const std::int64_t data = std::int64_t{1} << address;
  synthesis::Writer writer(
      "mux address=" + std::to_string(address) + " energy=" + std::to_string(energy), activation);
  const auto d = writer.inputs("d", data), s = writer.inputs("s", address);
  std::vector<Source> gates;
  for (std::uint32_t a = 0; a < data && !writer.failed(); ++a) {
    auto wires = synthesis::only_on(s, a);
    wires.push_back({d[a], energy == 1 ? -1 : 1});
    gates.push_back(writer.gate("at" + std::to_string(a), std::move(wires),
                                std::popcount(a) + (energy == 1 ? 0 : 1)));
  }
  const Source output = synthesis::combine(writer, gates, energy);
  return std::move(writer).finish(
      output,
      {.inputs = data + address, .size = data + 1, .depth = 2, .energy = energy, .weight = 1},
      "the data bit that " + std::to_string(address) + " address bits choose",
      "docs/explanation/constructions.md, section mux and table");
}

Result<Construction> construct(const families::TruthTable& wanted) {
  const auto& [inputs, hex, energy, activation] = wanted;
  if (auto error = synthesis::refused(
          {{"inputs", inputs, 1, synthesis::most_address_bits, "a table has 2^inputs rows"},
           {"energy", energy, 1, 2, synthesis::energy_mend}})) {
    return *error;
  }
  const auto table = synthesis::table_of(hex, inputs);
  if (!table.ok()) return table.error();
  const std::string shown = synthesis::shortened(hex);
  synthesis::Writer writer("table inputs=" + std::to_string(inputs) + " hex=" + shown +
                               " energy=" + std::to_string(energy),
                           activation);
  const auto x = writer.inputs("x", inputs);
  std::vector<Source> gates;
  std::int64_t rows = 0;
  for (std::uint32_t row = 0; row < table->size() && !writer.failed(); ++row) {
    if ((*table)[row] != (energy == 2)) continue;
    ++rows;
    gates.push_back(
        writer.gate("row" + std::to_string(row), synthesis::only_on(x, row), std::popcount(row)));
  }
  if (rows == 0 || rows == static_cast<std::int64_t>(table->size())) {
    return Error{ErrorCode::bad_input, "is constant; at least one row must differ", "hex"};
  }
  const Source output = synthesis::combine(writer, gates, energy);
  return std::move(writer).finish(
      output, {.inputs = inputs, .size = rows + 1, .depth = 2, .energy = energy, .weight = 1},
      "the truth table " + shown + " of " + std::to_string(inputs) + " inputs",
      "docs/explanation/constructions.md, section mux and table");
}

}  // namespace gatelight
