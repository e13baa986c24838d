// SPDX-License-Identifier: Apache-2.0
//
// Branching order.
//
// Problem   A tree is small if each decision settles many gates, one way or the other.
// Idea      A bit matters by the share of the width of each undecided sum that it controls,
//           weighted by what the gate is worth.  In a word that is the highest open bit, so a word
//           is bisected.  The first value is the one that raises the worth of the sums.  A gate is
//           worth deciding if it is hard to make it fire: then firing forces much, and silence
//           lowers the bound.
// Why       Any order is right; every decision has exactly two outcomes and both are searched.
// Cost      O(wires) a node.
// Tested by tests/unit/engines/branch_bound/search_test.cpp
#include "engines/branch_bound/order.hpp"

#include <cmath>

namespace gatelight::engines::branch_bound {
namespace {

// Deciding gates pays where few of them may be silent, because each silence uses up a part of the
// gap; measured on the 22 circuits that docs/explanation/search.md lists.
constexpr double silences_a_bit = 2;

using Firing = Propagator::Firing;

// What is left of a gate's importance once it is known to fire: its value may still matter.
constexpr double decided_share = 0.1;

double worth(const Row& row, const Propagator::State& state) {
  if (state.firing == Firing::open) return row.importance;
  return state.value_low == state.value_high ? 0 : decided_share * row.importance;
}

std::optional<Decision> best_bit(const Propagator& node) {
  const Network& network = node.network();
  std::optional<Decision> best;
  double best_score = -1;
  for (const Node bit : network.free_bits()) {
    if (node.bit(bit) >= 0) continue;
    double score = 0;
    double rise = 0;
    for (const Reader& reader : network.readers(bit)) {
      const Propagator::State& state = node.state(reader.row);
      const double width = static_cast<double>(state.high - state.low);
      double share = static_cast<double>(reader.weight) / width;
      if (network.is_gate(reader.row)) {
        share *= worth(network.row(reader.row), state);
        rise += share;
      } else if (state.low >= state.need_low && state.high <= state.need_high) {
        share = 0;  // a row that holds anyway
      }
      score += std::abs(share);
    }
    if (score > best_score) {
      best_score = score;
      best = Decision{bit, static_cast<std::uint8_t>(rise >= 0 ? 1 : 0)};
    }
  }
  return best;
}

// How likely the gate fires if its sum is uniform on its interval.
double chance(const Row& row, const Propagator::State& state) {
  const double width = static_cast<double>(state.high - state.low) + 1;
  const double above = static_cast<double>(state.high) - static_cast<double>(row.silent_high);
  const double below = static_cast<double>(row.silent_low) - static_cast<double>(state.low);
  return (std::max(above, 0.0) + std::max(below, 0.0)) / width;
}

std::optional<Decision> best_gate(const Propagator& node) {
  const Network& network = node.network();
  std::optional<Decision> best;
  double best_score = -1;
  for (const RowId gate : network.priced_gates()) {
    const Propagator::State& state = node.state(gate);
    if (state.firing != Firing::open) continue;
    const Row& row = network.row(gate);
    const double score = row.importance * (1.05 - chance(row, state));
    if (score > best_score) {
      best_score = score;
      best = Decision{network.node_of(gate), 1};
    }
  }
  return best;
}

}  // namespace

Branching choose_branching(const Propagator& root, std::int64_t incumbent) {
  double open_bits = 0;
  for (const Node bit : root.network().free_bits()) open_bits += root.bit(bit) < 0 ? 1 : 0;
  const auto gap = static_cast<double>(root.upper() - incumbent);
  return silences_a_bit * gap / root.network().mean_cost() < open_bits ? Branching::gates
                                                                       : Branching::bits;
}

std::optional<Decision> next_decision(const Propagator& node, Branching branching) {
  if (branching == Branching::gates && node.open_gates() > 0) return best_gate(node);
  return best_bit(node);
}

}  // namespace gatelight::engines::branch_bound
