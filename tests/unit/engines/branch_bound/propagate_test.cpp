// SPDX-License-Identifier: Apache-2.0
//
// Propagation against brute force: whatever inputs satisfy the decisions, their sums, outputs and
// values lie within what the propagator claims.
#include "engines/branch_bound/propagate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::branch_bound {
namespace {

using Firing = Propagator::Firing;

// Everything that backtrack() must restore.
struct Snapshot {
  std::vector<Propagator::State> states;
  std::vector<std::int8_t> bits;
  std::int64_t upper = 0;
  std::size_t open_gates = 0;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

Snapshot snapshot(const Propagator& p) {
  Snapshot s{{}, {}, p.upper(), p.open_gates()};
  for (RowId row = 0; row < p.network().row_count(); ++row) s.states.push_back(p.state(row));
  for (Node bit = 0; bit < p.network().bit_count(); ++bit) s.bits.push_back(p.bit(bit));
  return s;
}

// One input with all that follows from it.
struct Case {
  InputBits bits;
  std::vector<std::int64_t> outputs;
  std::int64_t value = 0;
};

std::vector<Case> inputs_of_domain(const Circuit& circuit, const Objective& objective) {
  std::vector<Case> cases;
  for (std::uint64_t number = 0; number >> circuit.bit_count() == 0; ++number) {
    Case c;
    for (std::size_t i = 0; i < circuit.bit_count(); ++i) {
      c.bits.push_back(static_cast<std::uint8_t>(number >> i & 1U));
    }
    if (!circuit.in_domain(c.bits)) continue;
    c.outputs = evaluate(circuit, c.bits);
    c.value = objective_value(circuit, objective, c.bits);
    cases.push_back(std::move(c));
  }
  return cases;
}

bool satisfies(const Circuit& circuit, const Case& c, std::span<const Decision> decisions) {
  return std::ranges::all_of(decisions, [&](const Decision& d) {
    const bool now = d.node < circuit.bit_count() ? c.bits[d.node] != 0
                                                  : c.outputs[d.node - circuit.bit_count()] != 0;
    return now == (d.value != 0);
  });
}

// What must hold of one input that is still looked for.
void expect_covers(const Propagator& p, const Case& c) {
  const Circuit& circuit = p.network().circuit();
  EXPECT_LE(c.value, p.upper());
  for (Node bit = 0; bit < circuit.bit_count(); ++bit) {
    EXPECT_TRUE(p.bit(bit) < 0 || p.bit(bit) == c.bits[bit]) << "bit " << bit;
  }
  for (RowId gate = 0; gate < circuit.gate_count(); ++gate) {
    if (!p.network().row(gate).relevant) continue;
    std::int64_t z = -circuit.threshold(GateId{gate});
    for (const Wire& wire : circuit.wires(GateId{gate})) {
      z += wire.weight * (wire.source < circuit.bit_count()
                              ? c.bits[wire.source]
                              : c.outputs[wire.source - circuit.bit_count()]);
    }
    const Propagator::State& state = p.state(gate);
    EXPECT_LE(std::max(state.low, state.need_low), z) << "gate " << gate;
    EXPECT_GE(std::min(state.high, state.need_high), z) << "gate " << gate;
    EXPECT_LE(state.value_low, c.outputs[gate]) << "gate " << gate;
    EXPECT_GE(state.value_high, c.outputs[gate]) << "gate " << gate;
    const Firing wrong = c.outputs[gate] != 0 ? Firing::silent : Firing::fires;
    EXPECT_NE(state.firing, wrong) << "gate " << gate;
  }
}

// low and high are exactly the interval sums over the current ranges, and upper() is the cost of
// the gates not known to be silent.
void expect_consistent(const Propagator& p) {
  const Network& network = p.network();
  std::int64_t upper = 0;
  for (RowId row = 0; row < network.row_count(); ++row) {
    const Propagator::State& state = p.state(row);
    if (network.is_gate(row) && state.firing != Firing::silent) upper += network.row(row).cost;
    if (!network.row(row).relevant) continue;
    std::int64_t low = network.is_gate(row) ? -network.circuit().threshold(GateId{row}) : 0;
    std::int64_t high = low;
    for (const Wire& wire : network.wires(row)) {
      std::int64_t from = 0;
      std::int64_t to = 1;
      if (wire.source >= network.bit_count()) {
        const auto& source = p.state(wire.source - static_cast<Node>(network.bit_count()));
        from = source.value_low;
        to = source.value_high;
      } else if (p.bit(wire.source) >= 0) {
        from = to = p.bit(wire.source);
      }
      low += std::min(wire.weight * from, wire.weight * to);
      high += std::max(wire.weight * from, wire.weight * to);
    }
    EXPECT_EQ(state.low, low) << "row " << row;
    EXPECT_EQ(state.high, high) << "row " << row;
  }
  EXPECT_EQ(p.upper(), upper);
}

std::optional<Decision> random_decision(base::Random& random, const Circuit& circuit) {
  const bool gate = circuit.gate_count() > 0 && random.below(4) == 0;
  if (!gate && circuit.bit_count() == 0) return std::nullopt;
  const auto value = static_cast<std::uint8_t>(random.below(2));
  if (!gate) return Decision{static_cast<Node>(random.below(circuit.bit_count())), value};
  return Decision{static_cast<Node>(circuit.bit_count() + random.below(circuit.gate_count())),
                  value};
}

// A gate decision is only defined for gates that matter.
bool allowed(const Network& network, const Decision& decision) {
  return decision.node < network.bit_count() ||
         network.row(decision.node - static_cast<Node>(network.bit_count())).relevant;
}

TEST(Propagate, BoundsContainEveryInputAndUndoIsExact) {
  for (int round = 0; round < generate::scaled(400); ++round) {
    base::Random random(static_cast<std::uint64_t>(round));
    SCOPED_TRACE("seed " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random);
    const Objective objective = generate::total_objective(circuit);
    const Network network(circuit, objective);
    const std::vector<Case> cases = inputs_of_domain(circuit, objective);
    Propagator p(network);
    ASSERT_TRUE(p.feasible());
    std::vector<Decision> decisions;
    std::vector<Snapshot> before;
    std::int64_t floor = Propagator::no_floor;
    const std::int64_t top = interval_upper_bound(circuit, objective);
    for (int step = 0; step < 24; ++step) {
      expect_consistent(p);
      for (const Case& c : cases) {
        if (c.value > floor && satisfies(circuit, c, decisions)) expect_covers(p, c);
      }
      if (HasFailure()) return;
      const auto decision = random_decision(random, circuit);
      if (!decision || !allowed(network, *decision)) continue;
      before.push_back(snapshot(p));
      // A floor may only rise; drawing it now and then is what a new incumbent does.
      if (random.below(6) == 0) floor = std::max(floor, random.between(-1, top));
      decisions.push_back(*decision);
      if (p.decide(*decision, floor)) continue;
      for (const Case& c : cases) {
        ASSERT_FALSE(c.value > floor && satisfies(circuit, c, decisions)) << "an input was lost";
      }
      const std::size_t depth = random.below(decisions.size());
      p.backtrack(depth);
      ASSERT_TRUE(snapshot(p) == before[depth]);
      decisions.resize(depth);
      before.resize(depth);
    }
  }
}

TEST(Propagate, IncrementalEqualsFromScratch) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 1000);
    SCOPED_TRACE("seed " + std::to_string(round + 1000));
    const Circuit circuit = generate::random_circuit(random);
    const Network network(circuit, generate::total_objective(circuit));
    Propagator p(network);
    std::vector<Decision> decisions;
    for (int step = 0; step < 16; ++step) {
      const auto decision = random_decision(random, circuit);
      if (!decision || !allowed(network, *decision)) continue;
      decisions.push_back(*decision);
      const bool feasible = p.decide(*decision, Propagator::no_floor);
      if (feasible && random.below(4) != 0) continue;
      const std::size_t depth = random.below(decisions.size() + (feasible ? 1 : 0));
      p.backtrack(depth);
      decisions.resize(depth);
    }
    Propagator fresh(network);
    for (const Decision& d : decisions) ASSERT_TRUE(fresh.decide(d, Propagator::no_floor));
    EXPECT_TRUE(snapshot(p) == snapshot(fresh));
  }
}

TEST(Propagate, AllBitsFixedGivesTheExactValue) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    base::Random random(static_cast<std::uint64_t>(round) + 5000);
    SCOPED_TRACE("seed " + std::to_string(round + 5000));
    const Circuit circuit = generate::random_circuit(random);
    const Objective objective = generate::total_objective(circuit);
    const Network network(circuit, objective);
    Propagator p(network);
    const InputBits& bits = circuit.example_input();
    for (Node bit = 0; bit < bits.size(); ++bit) {
      ASSERT_TRUE(p.decide({bit, bits[bit]}, Propagator::no_floor));
    }
    EXPECT_EQ(p.upper(), objective_value(circuit, objective, bits));
    EXPECT_EQ(p.open_gates(), 0U);
  }
}

// a + b + c >= 3 in the domain leaves nothing open.
TEST(Propagate, DomainRowsForceBits) {
  CircuitBuilder builder;
  LinearCondition all{{}, 3, {}};
  std::vector<WrittenWire> wires;
  for (const char* name : {"a", "b", "c"})
    wires.push_back({Source::word(*builder.add_input({name})), 1});
  all.wires = wires;
  GateSpec none{.name = "none", .wires = wires, .threshold = -1};
  for (WrittenWire& wire : none.wires) wire.weight = -1;
  ASSERT_TRUE(builder.add_gate(none).ok());  // fires for at most one 1
  DomainSpec domain;
  domain.linear.push_back(all);
  const Circuit circuit = *std::move(builder).build(domain);
  const Network network(circuit, {{1}});
  const Propagator p(network);
  for (Node bit = 0; bit < 3; ++bit) EXPECT_EQ(p.bit(bit), 1);
  EXPECT_EQ(p.upper(), 0);
}

// A gate that must fire forces its sources, also through a gate in between.
TEST(Propagate, FiringForcesSourcesBackwards) {
  CircuitBuilder builder;
  std::vector<WrittenWire> wires;
  for (const char* name : {"a", "b"})
    wires.push_back({Source::word(*builder.add_input({name})), 1});
  const GateId both = *builder.add_gate({.name = "both", .wires = wires, .threshold = 2});
  ASSERT_TRUE(
      builder.add_gate({.name = "copy", .wires = {{Source::gate(both), 1}}, .threshold = 1}).ok());
  const Circuit circuit = *std::move(builder).build();
  const Network network(circuit, {{1, 1}});
  Propagator p(network);
  ASSERT_TRUE(p.decide({3, 1}, Propagator::no_floor));  // copy fires
  EXPECT_EQ(p.bit(0), 1);
  EXPECT_EQ(p.bit(1), 1);
  p.backtrack(0);
  EXPECT_EQ(p.bit(0), -1);
  // The floor does the same: with 1 already found, both gates must fire.
  ASSERT_TRUE(p.tighten(1));
  EXPECT_EQ(p.bit(0), 1);
  EXPECT_FALSE(p.decide({0, 0}, 1));
  EXPECT_FALSE(p.tighten(2));
}

}  // namespace
}  // namespace gatelight::engines::branch_bound
