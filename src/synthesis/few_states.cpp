// SPDX-License-Identifier: Apache-2.0
//
// Any circuit with few states as one of logarithmic energy.
//
// Problem   A circuit has N states: sets of gates that fire together on some input.  Lower its energy to about
//           log2 N, whatever it is now.
// Idea      Ask gate by gate, in topological order, whether it fires.  What earlier gates do is known from the
//           path, so that a question is linear in the inputs alone.  The tree of questions has a leaf a state;
//           where all states agree about a gate nothing is asked.  decision_tree.cpp makes it a circuit.
// Why       The leaf of an input is its state, to which the output belongs.
// Cost      2^n evaluations; N - 1 questions of n wires and those of the tree's circuit.
// Limits    20 inputs, 2^18 states, 2^28 bytes of them.
// Source    K. Uchizawa, R. Douglas, W. Maass, On the computational power of threshold circuits with sparse
//           activity, Neural Computation 18(12), 2006.
// Tested by tests/unit/synthesis/rebuild_test.cpp
#include <algorithm>
#include <set>
#include <string>

#include "base/checked.hpp"
#include "gatelight/decision_tree.hpp"
#include "synthesis/threshold_form.hpp"

namespace gatelight {
namespace synthesis {
namespace {

constexpr std::size_t most_inputs = 20;
constexpr std::size_t most_states = std::size_t{1} << 18;
constexpr std::size_t most_bytes = std::size_t{1} << 28;
constexpr std::uint32_t looks = 1U << 10;  // inputs from one look at the clock to the next

using State = std::vector<std::uint8_t>;  // the result of each test

// Those of inputs of the domain, sorted.
Result<std::vector<State>> states_of(const Circuit& circuit, const ThresholdForm& form,
                                     const Deadline& deadline) {
  if (form.bits > most_inputs) {
    return Error{
        ErrorCode::limit,
        "has " + std::to_string(form.bits) + " inputs; the states of at most 20 are listed", ""};
  }
  std::set<State> states;
  InputBits input(form.bits);
  State state;
  for (std::uint32_t x = 0; x >> form.bits == 0; ++x) {
    for (std::size_t i = 0; i < form.bits; ++i) input[i] = static_cast<std::uint8_t>((x >> i) & 1);
    if (x % looks == looks - 1 && deadline.expired()) {
      return Error{ErrorCode::limit, "stopped before all of its states were known", ""};
    }
    if (!circuit.in_domain(input)) continue;
    form.evaluate(input, state);
    states.insert(state);
    if (states.size() > most_states || states.size() * form.tests.size() > most_bytes) {
      return Error{ErrorCode::limit, "has more than 2^18 states, or 2^28 bytes of them", ""};
    }
  }
  return std::vector<State>(states.begin(), states.end());
}

class TreeOfStates {
 public:
  TreeOfStates(const ThresholdForm& form, const std::vector<State>& states)
      : form_(form), states_(states) {}

  // Requires at least one state.
  Result<std::vector<DecisionTree::Node>> build() && {
    nodes_.emplace_back();
    open_.push_back({0, 0, states_.size()});
    while (!open_.empty()) {
      const Open open = open_.back();
      open_.pop_back();
      if (auto error = expand(open)) return *error;
    }
    return std::move(nodes_);
  }

 private:
  struct Open {  // a node, and its states
    std::size_t node = 0, begin = 0, end = 0;
  };

  std::optional<Error> expand(const Open& open) {
    const State& first = states_[open.begin];
    const State& last = states_[open.end - 1];
    // As states are sorted, all agree on the tests before the first on which these two differ.
    const auto test =
        static_cast<std::size_t>(std::ranges::mismatch(first, last).in1 - first.begin());
    if (test == form_.tests.size()) {
      nodes_[open.node].value = form_.constant.value_or(first.empty() ? false : first.back() != 0);
      return std::nullopt;
    }
    const auto holds =
        std::partition_point(states_.begin() + static_cast<std::ptrdiff_t>(open.begin),
                             states_.begin() + static_cast<std::ptrdiff_t>(open.end),
                             [test](const State& state) { return state[test] == 0; });
    const auto middle = static_cast<std::size_t>(holds - states_.begin());
    const auto no = static_cast<std::uint32_t>(nodes_.size());
    base::Wide threshold = form_.tests[test].threshold;
    std::vector<Wire> wires;
    for (const Wire& wire : form_.tests[test].wires) {
      if (wire.source < form_.bits) {
        wires.push_back(wire);
      } else if (first[wire.source - form_.bits] != 0) {
        threshold -= wire.weight;
      }
    }
    if (!base::fits_sum(threshold)) {
      return Error{ErrorCode::overflow, "a sum does not fit 63 bits, by states", ""};
    }
    nodes_[open.node] = {.wires = std::move(wires),
                         .threshold = static_cast<std::int64_t>(threshold),
                         .no = no,
                         .yes = no + 1};
    nodes_.resize(nodes_.size() + 2);
    open_.push_back({no, open.begin, middle});
    open_.push_back({std::size_t{no} + 1, middle, open.end});
    return std::nullopt;
  }

  const ThresholdForm& form_;
  const std::vector<State>& states_;
  std::vector<DecisionTree::Node> nodes_;
  std::vector<Open> open_;
};

}  // namespace
}  // namespace synthesis

Result<Construction> few_states(const Circuit& circuit, const Limits& limits) {
  const Deadline deadline(limits);
  const auto form = synthesis::threshold_form(circuit);
  if (!form.ok()) return form.error();
  const auto states = synthesis::states_of(circuit, *form, deadline);
  if (!states.ok()) return states.error();
  auto nodes = synthesis::TreeOfStates(*form, *states).build();
  if (!nodes.ok()) return nodes.error();
  auto made = construct(DecisionTree{.name = "few-states of '" + circuit.name() + "'",
                                     .inputs = {circuit.inputs().begin(), circuit.inputs().end()},
                                     .nodes = *std::move(nodes),
                                     .domain = circuit.domain()});
  if (!made.ok()) return made.error();
  made->function =
      "the same as '" + circuit.name() + "', by its " + std::to_string(states->size()) + " states";
  made->reference =
      "docs/explanation/constructions.md, section few-states; K. Uchizawa, R. Douglas, W. Maass, "
      "2006";
  return made;
}

}  // namespace gatelight
