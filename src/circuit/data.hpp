// SPDX-License-Identifier: Apache-2.0
//
// The flat arrays behind a Circuit, filled by the builder and read-only afterwards.
#ifndef GATELIGHT_CIRCUIT_DATA_HPP
#define GATELIGHT_CIRCUIT_DATA_HPP

#include <memory>
#include <string>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight {

struct Circuit::Data {
  std::string name;

  std::vector<InputWord> inputs;
  std::vector<std::size_t> first_bit;  // of each word
  std::size_t bit_count = 0;

  std::vector<GateSpec> gates;             // as written
  std::vector<std::size_t> wire_begin{0};  // wires of gate g: [wire_begin[g], wire_begin[g + 1])
  std::vector<Wire> wires;                 // Boolean form
  std::vector<std::int64_t> threshold;     // see Circuit::threshold
  std::vector<int> level;
  std::vector<Interval> sum_range;
  std::vector<Interval> value_range;
  std::vector<std::shared_ptr<const StepFunction>> sigmoid;  // null for other activations
  std::vector<GateId> outputs;

  DomainSpec domain;
  std::vector<std::int8_t> fixed_bits;
  std::vector<DomainRow> domain_rows;
  InputBits example_input;
};

namespace circuit {

// The bounds of a node's value while the circuit is being built.
[[nodiscard]] Circuit::Interval node_range(const Circuit::Data& data, Node node);

// Appends to `wires` what a written wire means on bits and gates.  Fails where w * 2^j overflows.
[[nodiscard]] Result<void> append_boolean_form(const Circuit::Data& data, const WrittenWire& wire,
                                               std::vector<Wire>& wires);

// Sorts by source, adds up equal sources, drops zeros.  Fails on overflow.
[[nodiscard]] Result<void> merge_wires(std::vector<Wire>& wires);

// The interval of sum weight * source.  Fails unless it and every partial sum fit.
[[nodiscard]] Result<Circuit::Interval> sum_interval(const Circuit::Data& data,
                                                     std::span<const Wire> wires,
                                                     std::int64_t threshold);

// The nearest threshold with the same outputs for sums in `sums` (activation.cpp).
[[nodiscard]] std::int64_t nearest_threshold(const Activation& activation, std::int64_t threshold,
                                             Circuit::Interval sums);

// Activations (activation.cpp).
[[nodiscard]] Result<void> check_activation(const Activation& activation);
// The sigmoid as a step function on `range`.
[[nodiscard]] Result<StepFunction> sigmoid_steps(const Sigmoid& sigmoid, Circuit::Interval range);
[[nodiscard]] std::int64_t apply(const Activation& activation, const StepFunction* sigmoid,
                                 std::int64_t z);

// Checks data.domain and fills fixed_bits, domain_rows and example_input (domain.cpp).
[[nodiscard]] Result<void> compile_domain(Circuit::Data& data);

}  // namespace circuit
}  // namespace gatelight

#endif  // GATELIGHT_CIRCUIT_DATA_HPP
