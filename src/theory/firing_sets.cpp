// SPDX-License-Identifier: Apache-2.0
//
// How many different sets of gates fire together.
//
// Problem   Theorem 8 bounds their number by the energy; how many are there?
// Idea      Look at all inputs.
// Cost      2^bits evaluations; limited as those of the reached patterns.
// Tested by tests/unit/theory/all_bounds_test.cpp
#include <set>

#include "gatelight/theory.hpp"

namespace gatelight {

Result<std::uint64_t> count_firing_sets(const Circuit& circuit) {
  constexpr std::size_t most_bits = 16;
  constexpr std::size_t most_reads = std::size_t{1}
                                     << 24;  // wires that are read, of all evaluations
  std::vector<bool> read(circuit.bit_count());
  std::size_t reads = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source < circuit.bit_count()) read[wire.source] = true;
    }
    reads += 1 + circuit.wires(GateId{g}).size();
  }
  std::vector<std::size_t> bits;
  for (std::size_t bit = 0; bit < read.size(); ++bit) {
    if (read[bit]) bits.push_back(bit);
  }
  if (bits.size() > most_bits || reads << bits.size() > most_reads) {
    return Error{ErrorCode::limit, "too many inputs and wires to look at all inputs", ""};
  }
  std::set<std::vector<bool>> sets;
  InputBits input(circuit.bit_count());
  for (std::uint64_t x = 0; x >> bits.size() == 0; ++x) {
    for (std::size_t i = 0; i < bits.size(); ++i)
      input[bits[i]] = static_cast<std::uint8_t>(x >> i & 1U);
    const auto values = evaluate(circuit, input);
    std::vector<bool> fires;
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      if (circuit.gate(GateId{g}).counts) fires.push_back(values[g] != 0);
    }
    sets.insert(std::move(fires));
  }
  return std::uint64_t{sets.size()};
}

}  // namespace gatelight
