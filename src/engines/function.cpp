// SPDX-License-Identifier: Apache-2.0
//
// From a gate to the question about it.
// Tested by tests/unit/engines/function_test.cpp
#include "engines/function.hpp"

namespace gatelight::engines {

std::vector<std::uint32_t> bits_of_gate(const Circuit& circuit, GateId gate) {
  const std::size_t bits = circuit.bit_count();
  std::vector<char> read(bits + circuit.gate_count(), 0);
  read[bits + static_cast<std::size_t>(gate)] = 1;
  for (std::size_t g = static_cast<std::size_t>(gate) + 1; g-- > 0;) {
    if (read[bits + g] == 0) continue;
    for (const Wire& wire : circuit.wires(static_cast<GateId>(g))) read[wire.source] = 1;
  }
  std::vector<std::uint32_t> result;
  for (std::uint32_t bit = 0; bit < bits; ++bit) {
    if (read[bit] != 0 && circuit.fixed_bits()[bit] < 0) result.push_back(bit);
  }
  return result;
}

Result<Question> question_of_gate(const Circuit& circuit, GateId gate) {
  Question question{circuit, {Objective{}}};
  if (!circuit.domain_rows().empty()) {
    DomainSpec domain;
    for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
      for (int j = 0; j < circuit.inputs()[w].bits; ++j) {
        const std::size_t bit = circuit.first_bit(InputId{w}) + static_cast<std::size_t>(j);
        const std::int8_t fixed = circuit.fixed_bits()[bit];
        if (fixed >= 0) domain.fix.push_back({Source::bit(InputId{w}, j), fixed});
      }
    }
    auto total = circuit.with_domain(std::move(domain));
    if (!total.ok()) return total.error();
    question.circuit = *std::move(total);
  }
  question.objectives[0].cost.assign(circuit.gate_count(), 0);
  question.objectives[0].cost[static_cast<std::size_t>(gate)] = 1;
  return question;
}

}  // namespace gatelight::engines
