// SPDX-License-Identifier: Apache-2.0
//
// What a netlist computes, one lane at a time: slow and obvious.
#ifndef GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_CODE_NETLIST_VALUES_HPP
#define GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_CODE_NETLIST_VALUES_HPP

#include <vector>

#include "engines/exhaustive/code/netlist.hpp"

namespace gatelight::engines::exhaustive::generated {

inline int value_of(const std::vector<int>& values, Literal literal) {
  return values[literal.node()] ^ (literal.negated() ? 1 : 0);
}

// The value of each node, leaf(node) being that of a leaf.
template <class Leaf>
std::vector<int> evaluate(const Netlist& netlist, Leaf leaf) {
  std::vector<int> values;
  for (const Netlist::Node& node : netlist.nodes()) {
    const auto of = [&](std::size_t i) { return value_of(values, node.of[i]); };
    int value = 0;
    switch (node.kind) {
      case Netlist::Kind::constant:
        break;
      case Netlist::Kind::slot:
      case Netlist::Kind::row:
      case Netlist::Kind::word:
        value = leaf(node);
        break;
      case Netlist::Kind::exor2:
        value = of(0) ^ of(1);
        break;
      case Netlist::Kind::exor3:
        value = of(0) ^ of(1) ^ of(2);
        break;
      case Netlist::Kind::conjunction:
        value = of(0) & of(1);
        break;
      case Netlist::Kind::disjunction:
        value = of(0) | of(1);
        break;
      case Netlist::Kind::majority:
        value = of(0) + of(1) + of(2) >= 2 ? 1 : 0;
        break;
    }
    values.push_back(value);
  }
  return values;
}

// ... where leaf number i is bit i of `leaves`.
inline std::vector<int> evaluate_bits(const Netlist& netlist, std::uint64_t leaves) {
  return evaluate(netlist, [&](const Netlist::Node& node) {
    return static_cast<int>((leaves >> node.index) & 1);
  });
}

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_CODE_NETLIST_VALUES_HPP
