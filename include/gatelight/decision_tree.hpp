// SPDX-License-Identifier: Apache-2.0
//
// Circuits from decision trees and decision lists whose questions are linear, and from other circuits.
//
//   // x0 AND x1 AND x2, by two questions.
//   DecisionTree tree{.inputs = {{"x0"}, {"x1"}, {"x2"}}};
//   tree.nodes = {{.wires = {{0, 1}}, .threshold = 1, .no = 1, .yes = 2},  // is x0 >= 1?
//                 {.value = false},
//                 {.wires = {{1, 1}, {2, 1}}, .threshold = 2, .no = 3, .yes = 4},  // is x1 + x2 >= 2?
//                 {.value = false},
//                 {.value = true}};
//   const auto made = construct(tree);  // 3 gates: 2 questions and the output
//
// Constructions and proofs: docs/explanation/constructions.md.
#ifndef GATELIGHT_DECISION_TREE_HPP
#define GATELIGHT_DECISION_TREE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

// A binary tree.  Each inner node asks whether sum weight * bit >= threshold.
struct DecisionTree {
  struct Node {
    std::vector<Wire> wires{};      // sources are input bits, none twice; no zero weight
    std::int64_t threshold = 0;     // of the question
    std::uint32_t no = 0, yes = 0;  // the children: larger numbers than the node's own
    std::optional<bool> value{};    // of a leaf, which has nothing else
  };
  std::string name{};
  std::vector<InputWord> inputs{};
  std::vector<Node> nodes{};  // 0 is the root; every other one is the child of exactly one node
  DomainSpec domain{};        // the inputs in question
};

// With L leaves, in a tree of depth D, where leaves beside each other have different values (the others are
// merged first): (L, D + 1, at most floor(log2 L) + 1, w) as (size, depth, energy, weight); where L = 2 one gate.
// w is 1 where each question reads one bit.  Of the two edges of a node, one makes a gate fire; the choice
// is the best there is for the energy.
// predicted.energy is exact if every leaf is reached by an input of the domain, else an upper bound.
// Errors: bad_input (not a tree; what CircuitBuilder refuses), overflow, limit (2^22 wires).  O(wires made).
[[nodiscard]] Result<Construction> construct(const DecisionTree& tree);

// The value of the first rule whose question is answered yes, else `otherwise`.
struct LinearDecisionList {
  struct Rule {
    std::vector<Wire> wires{};
    std::int64_t threshold = 0;
    bool value = false;
  };
  std::string name{};
  std::vector<InputWord> inputs{};
  std::vector<Rule> rules{};
  bool otherwise = false;
  DomainSpec domain{};
};
// Of l rules: (l + 1, l + 1, at most 2, w) at most.  predicted and errors as for the tree.
[[nodiscard]] Result<Construction> construct(const LinearDecisionList& list);

// ---- From a circuit with one output of values 0 and 1, to one that computes the same on its domain ----
//
// Gates that the output does not depend on are left out.  A gate of k + 1 values is taken as k tests [z >= cut];
// for threshold gates the tests are the gates.  Errors: unsupported (several outputs, or more values of one),
// overflow, limit (more than 2^22 wires of all tests together, or of the new circuit).

// By threshold gates alone, one a test.  predicted.energy is the largest number of tests that hold together;
// it is computed by measure_energy(), and an upper bound where `stopped` is set.
[[nodiscard]] Result<Construction> threshold_gates(const Circuit& circuit,
                                                   const Limits& limits = {});

// Of N states, as the results of all t tests together, on inputs of the domain: at most
// (N, t + 1, floor(log2 N) + 1, .).  After K. Uchizawa, R. Douglas, W. Maass, 2006.
// Errors also: limit (more than 20 input bits, 2^18 states or 2^28 bytes of them; or stopped by `limits`).
// O(2^n * wires).
[[nodiscard]] Result<Construction> few_states(const Circuit& circuit, const Limits& limits = {});

// Of t tests, at most e of which hold together: (at most 2et + 1, 2e + 1, ., .); one gate where e = 0.
// energy_at_most of the result is set; where `stopped` is, e is only an upper bound.  After K. Uchizawa, T. Nishizeki, E. Takimoto, 2010.
// Cost: that of threshold_gates(), whose energy is e, and 2^22 wires.
[[nodiscard]] Result<Construction> shallow(const Circuit& circuit, const Limits& limits = {});

}  // namespace gatelight

#endif  // GATELIGHT_DECISION_TREE_HPP
