// SPDX-License-Identifier: Apache-2.0
//
// Does a circuit compute a known function?
//
// Problem   `frontier` puts a circuit beside the floors of a function.  That says nothing if it computes another one.
// Idea      The families have a circuit of the function; the two are compared as `equiv` does.
// Why       Of the family's circuits one of least weight, then least size, is taken: state diagrams of small sums
//           are narrow, so that functions of hundreds of bits are decided in a second.
// Limits    No family makes functions of more than 4096 bits or pairs.  Values below 0 are not compared.
// Tested by tests/unit/synthesis/frontier_test.cpp
#include <optional>
#include <tuple>

#include "gatelight/frontier.hpp"
#include "synthesis/candidates.hpp"

namespace gatelight {
namespace {

// Without a domain, and with the one output [gate >= 1].
Result<Circuit> fires(const Circuit& circuit, GateId gate) {
  CircuitBuilder builder(circuit.name());
  for (const InputWord& word : circuit.inputs()) {
    if (auto added = builder.add_input(word); !added.ok()) return added.error();
  }
  for (std::uint32_t g = 0; g <= static_cast<std::uint32_t>(gate); ++g) {
    if (auto added = builder.add_gate(circuit.gate(GateId{g})); !added.ok()) return added.error();
  }
  GateSpec test;
  test.name = "fires";
  while (builder.find(test.name)) test.name += "'";
  test.wires = {{Source::gate(gate), 1}};
  test.threshold = 1;
  const auto added = builder.add_gate(std::move(test));
  if (!added.ok()) return added.error();
  if (auto output = builder.add_output(*added); !output.ok()) return output.error();
  return std::move(builder).build();
}

}  // namespace

Result<Circuit> known_circuit(const KnownFunction& function) {
  constexpr std::int64_t no_limit = std::int64_t{1} << 62;
  std::optional<ReachedPoint> best;
  const auto order = [](const Predicted& p) { return std::tuple(p.weight, p.size); };
  synthesis::for_each_candidate(
      {.function = function, .size = no_limit, .weight = no_limit},
      [&](std::string_view family, std::vector<NamedValue> parameters, const Predicted& predicted) {
        if (best && order(best->predicted) <= order(predicted)) return;
        best = {std::string(family), std::move(parameters), predicted};
      });
  if (!best) return Error{ErrorCode::unsupported, "no family makes " + function.name, ""};
  auto made = construct(best->family, best->parameters);
  if (!made.ok()) return made.error();
  return std::move(made->circuit);
}

Result<EquivalenceResult> compare_with(const KnownFunction& function, const Circuit& circuit,
                                       GateId gate, const Limits& limits) {
  if (circuit.value_range(gate).low < 0) {
    return Error{ErrorCode::unsupported, "the output has values below 0", ""};
  }
  const auto known = known_circuit(function);
  if (!known.ok()) return known.error();
  const auto asked = fires(circuit, gate);
  if (!asked.ok()) return asked.error();
  EquivalenceOptions options;
  options.limits = limits;
  return check_equivalence(*asked, *known, options);
}

}  // namespace gatelight
