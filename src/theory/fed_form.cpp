// SPDX-License-Identifier: Apache-2.0
//
// The gates that an output depends on, those that read input bits, and their levels.
//
// Problem   The rank bounds go through a circuit level by level, but only gates that read input bits add to
//           the rank: the others are determined by them.
// Idea      Ancestors of the output, found backwards; then, forwards, the largest number of fed gates on a path.
// Why       A fed gate that depends on another one has a larger level, by itself at least.
// Cost      O(wires).
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include "theory/fed_form.hpp"

#include <algorithm>

namespace gatelight::theory {

FedForm fed_form(const Circuit& circuit, GateId output) {
  const std::size_t bits = circuit.bit_count();
  const auto last = static_cast<std::uint32_t>(output);
  std::vector<bool> in_cone(last + 1), read(bits);
  in_cone[last] = true;
  for (std::uint32_t g = last + 1; g-- > 0;) {
    if (!in_cone[g]) continue;
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source < bits) {
        read[wire.source] = true;
      } else {
        in_cone[wire.source - bits] = true;
      }
    }
  }
  FedForm form;
  std::vector<std::size_t> level(last + 1);  // fed gates on the longest path
  for (std::uint32_t g = 0; g <= last; ++g) {
    if (!in_cone[g]) continue;
    form.cone.push_back(GateId{g});
    bool fed = false;
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source < bits) {
        fed = true;
      } else {
        level[g] = std::max(level[g], level[wire.source - bits]);
      }
    }
    if (!fed) continue;
    ++level[g];
    if (form.levels.size() < level[g]) form.levels.resize(level[g]);
    form.levels[level[g] - 1].push_back(GateId{g});
    if (g == last) form.output_fed = true;
  }
  for (std::uint32_t bit = 0; bit < bits; ++bit) {
    if (read[bit]) form.bits.push_back(bit);
  }
  return form;
}

}  // namespace gatelight::theory
