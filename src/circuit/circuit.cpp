// SPDX-License-Identifier: Apache-2.0
#include "gatelight/circuit.hpp"

#include <algorithm>

#include "circuit/data.hpp"

namespace gatelight {
namespace {

std::size_t at(GateId id) { return static_cast<std::size_t>(id); }

}  // namespace

const std::string& Circuit::name() const { return data_->name; }
std::span<const InputWord> Circuit::inputs() const { return data_->inputs; }
std::size_t Circuit::bit_count() const { return data_->bit_count; }
std::size_t Circuit::first_bit(InputId word) const {
  return data_->first_bit[static_cast<std::size_t>(word)];
}

std::string Circuit::bit_name(std::size_t bit) const {
  const auto& first = data_->first_bit;
  const auto word = static_cast<std::size_t>(std::upper_bound(first.begin(), first.end(), bit) -
                                             first.begin() - 1);
  const InputWord& input = data_->inputs[word];
  if (input.bits == 1 && !input.is_signed) return input.name;
  return input.name + "." + std::to_string(bit - first[word]);
}

std::size_t Circuit::gate_count() const { return data_->gates.size(); }
const GateSpec& Circuit::gate(GateId id) const { return data_->gates[at(id)]; }
std::span<const Wire> Circuit::wires(GateId id) const {
  const std::size_t begin = data_->wire_begin[at(id)];
  return std::span(data_->wires).subspan(begin, data_->wire_begin[at(id) + 1] - begin);
}
std::int64_t Circuit::threshold(GateId id) const { return data_->threshold[at(id)]; }
int Circuit::level(GateId id) const { return data_->level[at(id)]; }
std::span<const GateId> Circuit::outputs() const { return data_->outputs; }

Circuit::Interval Circuit::sum_range(GateId id) const { return data_->sum_range[at(id)]; }
Circuit::Interval Circuit::value_range(GateId id) const { return data_->value_range[at(id)]; }
Circuit::Interval Circuit::node_range(Node node) const { return circuit::node_range(*data_, node); }

std::int64_t Circuit::activate(GateId id, std::int64_t z) const {
  return circuit::apply(data_->gates[at(id)].activation, data_->sigmoid[at(id)].get(), z);
}

Result<StepFunction> Circuit::step_function(GateId id) const {
  const Interval range = sum_range(id);
  const Activation& activation = gate(id).activation;
  StepFunction steps;
  // Keeps a cut inside the range whose value differs from the one before it.
  const auto cut = [&](std::int64_t z, std::int64_t value) {
    if (z > range.high) return;
    if (z <= range.low) {
      steps.values.back() = value;
    } else if (value != steps.values.back()) {
      steps.at.push_back(z);
      steps.values.push_back(value);
    }
  };
  if (std::holds_alternative<Sigmoid>(activation)) return *data_->sigmoid[at(id)];
  if (std::holds_alternative<Threshold>(activation)) {
    steps.values.push_back(0);
    cut(0, 1);
  } else if (const Relu* relu = std::get_if<Relu>(&activation)) {
    const Interval values = value_range(id);
    if (static_cast<std::uint64_t>(values.high - values.low) > CircuitLimits::steps) {
      return Error{ErrorCode::limit, "the relu takes more than 2^20 different values",
                   "gate \"" + gate(id).name + "\""};
    }
    steps.values.push_back(values.low);
    for (std::int64_t v = values.low + 1; v <= values.high; ++v) cut(v << relu->shift, v);
  } else {
    const Steps& written = std::get<Steps>(activation);
    steps.values.push_back(written.values.front());
    for (std::size_t i = 0; i < written.at.size(); ++i) cut(written.at[i], written.values[i + 1]);
  }
  return steps;
}

const DomainSpec& Circuit::domain() const { return data_->domain; }
std::span<const std::int8_t> Circuit::fixed_bits() const { return data_->fixed_bits; }
std::span<const DomainRow> Circuit::domain_rows() const { return data_->domain_rows; }
const InputBits& Circuit::example_input() const { return data_->example_input; }

bool Circuit::in_domain(std::span<const std::uint8_t> bits) const {
  for (std::size_t bit = 0; bit < bit_count(); ++bit) {
    const std::int8_t fixed = data_->fixed_bits[bit];
    if (fixed >= 0 && (fixed != 0) != (bits[bit] != 0)) return false;
  }
  for (const DomainRow& row : data_->domain_rows) {
    std::int64_t sum = 0;
    for (const Wire& wire : row.wires) sum += bits[wire.source] != 0 ? wire.weight : 0;
    if (sum < row.min || sum > row.max) return false;
  }
  return true;
}

Result<Circuit> Circuit::with_domain(DomainSpec domain) const {
  auto data = std::make_shared<Data>(*data_);
  data->domain = std::move(domain);
  if (auto compiled = circuit::compile_domain(*data); !compiled.ok()) return compiled.error();
  return Circuit(std::move(data));
}

}  // namespace gatelight
