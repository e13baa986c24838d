// SPDX-License-Identifier: Apache-2.0
//
// Functions whose matrices are asked about: a gate, or a truth table.
// Tested by tests/unit/measures/rank/function_test.cpp
#include "measures/rank/function.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "base/text.hpp"
#include "engines/function.hpp"
#include "measures/rank/pairs.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_table_inputs = 28;

int digit_value(char digit) {
  if ('0' <= digit && digit <= '9') return digit - '0';
  if ('a' <= digit && digit <= 'f') return digit - 'a' + 10;
  if ('A' <= digit && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

Error bad_table(const std::string& what) { return {ErrorCode::bad_input, what, "table"}; }

}  // namespace

BooleanFunction BooleanFunction::of_gate(Circuit circuit, GateId gate) {
  GATELIGHT_REQUIRE(static_cast<std::size_t>(gate) < circuit.gate_count(),
                    "the gate is one of the circuit's");
  auto data = std::make_shared<Data>();
  data->gate = gate;
  data->inputs = circuit.bit_count();
  data->restricted = !circuit.domain().unrestricted();
  // Without a domain: its bits, all free.
  if (data->restricted) circuit = circuit.with_domain({}).value();
  data->bits = engines::bits_of_gate(circuit, gate);
  data->circuit = std::move(circuit);
  return BooleanFunction(std::move(data));
}

// The part of the circuit that the gate needs, and a gate that compares.
Result<BooleanFunction> BooleanFunction::of_level(const Circuit& circuit, GateId gate,
                                                  std::int64_t least) {
  CircuitBuilder builder(circuit.name());
  for (const InputWord& word : circuit.inputs()) {
    if (auto added = builder.add_input(word); !added.ok()) return added.error();
  }
  for (std::uint32_t g = 0; g <= static_cast<std::uint32_t>(gate); ++g) {
    if (auto added = builder.add_gate(circuit.gate(GateId{g})); !added.ok()) return added.error();
  }
  // Beyond the values of the gate, the nearest threshold that says the same.
  const auto range = circuit.value_range(gate);
  GateSpec compare;
  compare.name = circuit.gate(gate).name + " >= " + std::to_string(least);
  while (builder.find(compare.name)) compare.name += "'";
  compare.counts = false;
  if (range.low < least && least <= range.high) {
    compare.wires = {{Source::gate(gate), 1}};
    compare.threshold = least;
  } else {
    compare.threshold = least <= range.low ? 0 : 1;  // of no wires: always, or never
  }
  const auto added = builder.add_gate(std::move(compare));
  if (!added.ok()) return added.error();
  auto extended = std::move(builder).build(circuit.domain());
  if (!extended.ok()) return extended.error();
  return of_gate(*std::move(extended), *added);
}

Result<BooleanFunction> BooleanFunction::of_table(std::string_view hex, std::size_t inputs) {
  if (inputs > most_table_inputs) {
    return Error{ErrorCode::unsupported,
                 "a table has at most " + std::to_string(most_table_inputs) + " inputs", "table"};
  }
  const std::size_t values = std::size_t{1} << inputs;
  const std::size_t digits = std::max<std::size_t>(values / 4, 1);
  if (hex.size() != digits) {
    return bad_table("a function of " + std::to_string(inputs) + " inputs has " +
                     std::to_string(digits) + " hexadecimal digits, got " +
                     std::to_string(hex.size()));
  }
  auto data = std::make_shared<Data>();
  data->inputs = inputs;
  data->words.assign(std::max<std::size_t>(values / 64, 1), 0);
  for (std::size_t i = 0; i < digits; ++i) {
    const char digit = hex[digits - 1 - i];
    const int value = digit_value(digit);
    if (value < 0) return bad_table(base::quoted(std::string(1, digit)) + " is no digit");
    data->words[i / 16] |= static_cast<std::uint64_t>(value) << (4 * (i % 16));
  }
  if (values < 4 && data->words[0] >> values != 0) {
    return bad_table("its digit has bits beyond the " + std::to_string(values) + " of the table");
  }
  data->bits.resize(inputs);
  std::iota(data->bits.begin(), data->bits.end(), 0U);
  return BooleanFunction(std::move(data));
}

std::size_t BooleanFunction::inputs() const { return data_->inputs; }
const std::vector<std::uint32_t>& BooleanFunction::bits() const { return data_->bits; }

bool BooleanFunction::value(const InputBits& input) const {
  GATELIGHT_REQUIRE(input.size() == inputs(), "an input has one value a bit");
  if (data_->circuit) {
    return evaluate(*data_->circuit, input)[static_cast<std::size_t>(data_->gate)] != 0;
  }
  std::size_t x = 0;
  for (std::size_t i = 0; i < input.size(); ++i) x |= std::size_t{input[i]} << i;
  return (data_->words[x / 64] >> (x % 64) & 1) != 0;
}

std::vector<std::string> BooleanFunction::notes() const {
  std::vector<std::string> notes;
  if (!data_->circuit) return notes;
  const Circuit& circuit = *data_->circuit;
  const auto range = circuit.value_range(data_->gate);
  if (range.low < 0 || range.high > 1) {
    notes.push_back("the output has values from " + std::to_string(range.low) + " to " +
                    std::to_string(range.high) + "; f is whether it fires: [value != 0]");
  }
  if (data_->restricted) {
    notes.emplace_back("the circuit's domain has no part in f: the matrices hold all inputs");
  }
  return notes;
}

Partition halves(std::size_t inputs) {
  Partition partition(inputs, 1);
  std::fill_n(partition.begin(), inputs / 2, 0);
  return partition;
}

Result<Partition> parse_partition(std::string_view text, std::size_t inputs) {
  if (text.size() != inputs) {
    return Error{ErrorCode::bad_input,
                 "a partition has one character for each of the " + std::to_string(inputs) +
                     " input bits, got " + std::to_string(text.size()),
                 "partition"};
  }
  Partition partition;
  for (const char side : text) {
    if (side != '0' && side != '1') {
      return Error{ErrorCode::bad_input, "only the characters 0 and 1 (side B) make a partition",
                   "partition"};
    }
    partition.push_back(side == '1' ? 1 : 0);
  }
  return partition;
}

namespace measures {

Result<std::optional<TableOfFunction>> table_of(const BooleanFunction& function,
                                                const Limits& limits) {
  const BooleanFunction::Data& data = function.data();
  if (!data.circuit) {
    return std::optional(
        TableOfFunction{Table(static_cast<int>(data.inputs), data.words), data.bits});
  }
  auto table = engines::tabulate(*data.circuit, data.gate, limits);
  if (!table.ok()) return table.error();
  if (!table->has_value()) return std::optional<TableOfFunction>();
  const int variables = static_cast<int>((*table)->bits.size());
  return std::optional(
      TableOfFunction{Table(variables, std::move((*table)->words)), std::move((*table)->bits)});
}

Side side_of(const BooleanFunction& function, const Partition& partition, std::uint8_t side) {
  Side result;
  result.base.assign(function.inputs(), 0);
  for (const std::uint32_t bit : function.bits()) {
    if (partition[bit] == side) result.bits.push_back(bit);
  }
  return result;
}

std::string side_bits(const InputBits& input, const Partition& partition, std::uint8_t side) {
  std::string text;
  for (std::size_t bit = 0; bit < input.size(); ++bit) {
    if (partition[bit] == side) text += input[bit] != 0 ? '1' : '0';
  }
  return text;
}

PairMatrix pair_matrix(const BooleanFunction& function) {
  const BooleanFunction::Data& data = function.data();
  if (data.circuit) {
    const auto evaluator = std::make_shared<PairEvaluator>(*data.circuit, data.gate);
    return [evaluator](std::span<const InputBits> rows, std::span<const InputBits> columns,
                       const Limits& limits) { return evaluator->matrix(rows, columns, limits); };
  }
  return [function](std::span<const InputBits> rows, std::span<const InputBits> columns,
                    const Limits& /*limits*/) {
    const auto number = [](const InputBits& input) {
      std::size_t x = 0;
      for (std::size_t i = 0; i < input.size(); ++i) x |= std::size_t{input[i]} << i;
      return x;
    };
    const auto& words = function.data().words;
    linalg::BitMatrix matrix(rows.size(), columns.size());
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const std::size_t low = number(columns[j]);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t x = low | number(rows[i]);
        if ((words[x / 64] >> (x % 64) & 1) != 0) matrix.set(i, j);
      }
    }
    return std::optional(std::move(matrix));
  };
}

}  // namespace measures
}  // namespace gatelight
