// SPDX-License-Identifier: Apache-2.0
//
// The smallest user of the library: one gate, its energy.
#include <gatelight/circuit.hpp>
#include <gatelight/measure.hpp>
#include <iostream>

int main() {
  gatelight::CircuitBuilder builder("and");
  const auto a = *builder.add_input({"a"});
  const auto b = *builder.add_input({"b"});
  (void)*builder.add_gate(
      {.name = "both",
       .wires = {{gatelight::Source::word(a), 1}, {gatelight::Source::word(b), 1}},
       .threshold = 2});
  const auto energy = gatelight::measure_energy(*std::move(builder).build());
  std::cout << "energy " << energy->bounds.upper << '\n';
  return energy->proved() ? 0 : 1;
}
