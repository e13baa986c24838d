// SPDX-License-Identifier: Apache-2.0
//
// Costs of gates from a JSON object.  Tested by tests/unit/formats/costs_test.cpp
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/text.hpp"
#include "formats/json_tree.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

using formats::JsonTree;

constexpr std::string_view all_others = "default";
constexpr std::int64_t unknown = -1;

Error bad(std::string message, std::string where = "") {
  return {ErrorCode::bad_input, std::move(message), std::move(where)};
}

}  // namespace

Result<std::vector<std::int64_t>> parse_costs(const Circuit& circuit, std::string_view json) {
  JsonTree::Limits limits;
  limits.members = CircuitLimits::gates + 1;
  const auto tree = JsonTree::parse(json, limits);
  if (!tree.ok()) return tree.error();
  if (tree->root().kind() != JsonTree::Kind::object) {
    return bad(R"(must be an object from gate names to costs, such as {"default": 1, "h0": 20})");
  }
  std::unordered_map<std::string_view, std::size_t> index_of;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    index_of.emplace(circuit.gate(GateId{g}).name, g);
  }
  std::vector<std::int64_t> costs(circuit.gate_count(), unknown);
  std::optional<std::int64_t> other;
  for (const JsonTree::Value cost : tree->root()) {
    const std::string where = base::quoted(cost.key());
    if (cost.kind() != JsonTree::Kind::integer || cost.integer() < 0) {
      return bad("a cost is an integer from 0 to 2^63 - 1", where);
    }
    // A gate of the name "default" gets that cost too: no other key can name it.
    if (cost.key() == all_others) other = cost.integer();
    const auto found = index_of.find(cost.key());
    if (found != index_of.end()) {
      costs[found->second] = cost.integer();
    } else if (cost.key() != all_others) {
      return bad("is not a gate of the circuit; leave it out", where);
    }
  }
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (costs[g] != unknown) continue;
    const GateSpec& gate = circuit.gate(GateId{g});
    if (gate.counts && !other) {
      return bad("has no cost; name it, or add a cost for all others called \"default\"",
                 "gate " + base::quoted(gate.name));
    }
    costs[g] = other.value_or(0);
  }
  return costs;
}

}  // namespace gatelight
