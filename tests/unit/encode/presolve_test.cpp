// SPDX-License-Identifier: Apache-2.0
#include "encode/presolve.hpp"

#include <gtest/gtest.h>

#include <set>

#include "encode/conflicts.hpp"
#include "gatelight/construct.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::encode {
namespace {

bool is_true(const std::vector<std::uint8_t>& assignment, Literal literal) {
  return (assignment[literal.variable()] == 1) == literal.positive();
}

std::int64_t value_of(const std::vector<Term>& terms, const std::vector<std::uint8_t>& assignment) {
  std::int64_t sum = 0;
  for (const Term& term : terms) sum += is_true(assignment, term.literal) ? term.weight : 0;
  return sum;
}

// Rows hold for every input of the domain, and no total is larger than `most`.  Returns the number of rows.
std::size_t expect_sound(const Circuit& circuit) {
  const auto cost = generate::total_objective(circuit).cost;
  const auto constraints = constraints_of(circuit, cost, false);
  if (!constraints.ok()) return 0;  // numbers too large
  const Presolved presolved = presolve(*constraints, circuit.bit_count());
  for (const Row& row : presolved.rows) {
    EXPECT_GE(row.bound, 1);
    EXPECT_EQ(row.bound,
              std::max<std::int64_t>(static_cast<std::int64_t>(row.terms.size()) - 1, 1));
  }
  for (std::uint64_t number = 0; number < 1U << circuit.bit_count(); ++number) {
    const InputBits bits = generate::input_of_number(number, circuit.bit_count());
    if (!reference::in_domain(circuit, bits)) continue;
    const auto assignment = assignment_of(circuit, *constraints, bits);
    for (std::size_t r = 0; r < presolved.rows.size(); ++r) {
      EXPECT_GE(value_of(presolved.rows[r].terms, assignment), presolved.rows[r].bound)
          << "row " << r << " on input " << number;
    }
    EXPECT_LE(constraints->constant + value_of(constraints->objective, assignment), presolved.most);
    if (testing::Test::HasFailure()) return 0;
  }
  return presolved.rows.size();
}

// Circuits of gates that have to do with each other.
class Related {
 public:
  explicit Related(base::Random& random) : random_(random) {
    const std::int64_t bits = random_.between(2, 8);
    for (std::int64_t i = 0; i < bits; ++i) {
      sources_.push_back(Source::word(*builder_.add_input({"x" + std::to_string(i)})));
    }
    inputs_ = sources_.size();
  }

  Circuit draw() {
    const std::int64_t gates = random_.between(2, 14);
    for (std::int64_t g = 0; g < gates; ++g) {
      GateSpec gate = draw_gate();
      gate.name = "g" + std::to_string(g);
      gate.cost = random_.between(0, 3);
      if (random_.below(3) == 0 && sources_.size() > inputs_) silence(gate);
      const auto id = builder_.add_gate(gate);
      if (!id.ok()) continue;
      gates_.push_back(gate);
      sources_.push_back(Source::gate(*id));
    }
    Circuit circuit = *std::move(builder_).build();
    if (random_.coin()) return circuit;
    auto restricted = circuit.with_domain(generate::random_domain(random_, circuit));
    return restricted.ok() ? *std::move(restricted) : circuit;
  }

 private:
  GateSpec draw_gate() {
    if (gates_.empty() || random_.below(3) == 0) return fresh();
    return random_.below(3) == 0 ? counting() : related();
  }

  // Of earlier gates, most at one weight, so that groups of them count as one.
  GateSpec counting() {
    GateSpec gate;
    const std::int64_t usual = random_.between(1, 3) * (random_.coin() ? 1 : -1);
    for (std::size_t s = inputs_; s < sources_.size(); ++s) {
      if (random_.below(6) == 0) continue;
      gate.wires.push_back({sources_[s], random_.below(4) == 0 ? -usual + 1 : usual});
    }
    std::erase_if(gate.wires, [](const WrittenWire& wire) { return wire.weight == 0; });
    if (random_.coin()) gate.wires.push_back({sources_[random_.below(inputs_)], usual});
    gate.threshold = random_.between(usual > 0 ? 0 : -3, usual > 0 ? 4 : 0);
    return gate;
  }

  GateSpec fresh() {
    GateSpec gate;
    const std::int64_t most = random_.coin() ? 1 : std::int64_t{1} << random_.below(40);
    const bool pattern = random_.coin();
    std::int64_t positive = 0, negative = 0;
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      if (random_.below(pattern && s < inputs_ ? 8 : 3) == 0) continue;
      const std::int64_t weight = random_.between(1, most) * (random_.coin() ? 1 : -1);
      gate.wires.push_back({sources_[s], weight});
      (weight > 0 ? positive : negative) += weight;
    }
    gate.threshold = pattern ? positive : random_.between(negative, positive + 1);
    if (random_.below(6) == 0) gate.activation = Relu{0, random_.between(1, 4)};
    return gate;
  }

  // The same weights, negated, scaled or moved, at another threshold.
  GateSpec related() {
    GateSpec gate = gates_[random_.below(gates_.size())];
    const std::int64_t factor = random_.between(1, 3) * (random_.coin() ? 1 : -1);
    for (WrittenWire& wire : gate.wires) wire.weight *= factor;
    gate.threshold = gate.threshold * factor + random_.between(-2, 2);
    if (!gate.wires.empty() && random_.below(3) == 0) {
      WrittenWire& wire = gate.wires[random_.below(gate.wires.size())];
      gate.threshold -= wire.weight;
      wire.weight = -wire.weight;
    }
    return gate;
  }

  void silence(GateSpec& gate) {
    const Source by = sources_[inputs_ + random_.below(sources_.size() - inputs_)];
    std::int64_t all = 1;
    for (const WrittenWire& wire : gate.wires) all += std::abs(wire.weight);
    std::erase_if(gate.wires, [&](const WrittenWire& wire) { return wire.source == by; });
    gate.wires.push_back({by, random_.coin() ? -all : all});
  }

  base::Random& random_;
  CircuitBuilder builder_;
  std::vector<Source> sources_;
  std::size_t inputs_ = 0;
  std::vector<GateSpec> gates_;
};

TEST(Presolve, RowsHoldForEveryInput) {
  std::size_t rows = 0;
  for (int round = 0; round < generate::scaled(1500); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    rows += expect_sound(Related(random).draw());
    if (HasFailure()) return;
  }
  EXPECT_GT(rows, 0U);
}

TEST(Presolve, RowsHoldForCircuitsOfAllKinds) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    expect_sound(generate::random_circuit(random, {.max_bits = 8, .duplicates = true}));
    if (HasFailure()) return;
  }
}

// Whatever was found when the work ran out.
TEST(Presolve, ConflictsHoldHoweverLittleWorkIsAllowed) {
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit = Related(random).draw();
    const auto constraints = constraints_of(circuit, generate::total_objective(circuit).cost, true);
    if (!constraints.ok()) continue;
    const Found found =
        find_conflicts(*constraints, circuit.bit_count(), std::size_t{1} << random.below(12));
    ASSERT_FALSE(found.contradiction);
    for (std::uint64_t number = 0; number < 1U << circuit.bit_count(); ++number) {
      const InputBits bits = generate::input_of_number(number, circuit.bit_count());
      if (!reference::in_domain(circuit, bits)) continue;
      const auto assignment = assignment_of(circuit, *constraints, bits);
      for (const Literal fact : found.facts) EXPECT_TRUE(is_true(assignment, fact));
      for (std::size_t a = 0; a < found.conflicts.size(); ++a) {
        if (!is_true(assignment, found.conflicts.literal(a))) continue;
        for (std::size_t b = 0; b < found.conflicts.size(); ++b) {
          if (!found.conflicts.together(a, b)) continue;
          EXPECT_FALSE(is_true(assignment, found.conflicts.literal(b))) << a << " and " << b;
        }
      }
      if (HasFailure()) return;
    }
  }
}

TEST(Presolve, TooManyGatesAreLeftAlone) {
  CircuitBuilder builder;
  const Source x = Source::word(*builder.add_input({"x"}));
  for (int g = 0; g < 5000; ++g) {
    GateSpec gate{.name = "g" + std::to_string(g),
                  .wires = {{x, g % 2 == 0 ? 1 : -1}},
                  .threshold = g % 2 == 0 ? 1 : 0};
    ASSERT_TRUE(builder.add_gate(gate).ok());
  }
  const Circuit circuit = *std::move(builder).build();
  const auto constraints = constraints_of(circuit, generate::total_objective(circuit).cost, false);
  const Presolved presolved = presolve(*constraints, 1);
  EXPECT_TRUE(presolved.rows.empty());
  EXPECT_EQ(presolved.most, 5000);
}

// Gates over the same bits, one after the other.
struct Example {
  explicit Example(int bits) {
    for (int i = 0; i < bits; ++i) {
      inputs.push_back(Source::word(*builder.add_input({"x" + std::to_string(i)})));
    }
  }
  Literal gate(const std::vector<std::int64_t>& weights, std::int64_t threshold) {
    GateSpec gate{.name = "g" + std::to_string(gates), .threshold = threshold};
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] != 0) gate.wires.push_back({inputs[i], weights[i]});
    }
    EXPECT_TRUE(builder.add_gate(gate).ok());
    return {static_cast<Variable>(inputs.size() + gates++), true};
  }
  Presolved presolved() {
    const Circuit circuit = *std::move(builder).build();
    expect_sound(circuit);
    const auto cost = generate::total_objective(circuit).cost;
    return presolve(*constraints_of(circuit, cost, false), circuit.bit_count());
  }
  CircuitBuilder builder;
  std::vector<Source> inputs;
  std::uint32_t gates = 0;
};

// Sets of literals' codes.
using Clauses = std::set<std::set<std::uint32_t>>;

Clauses clauses_of(const Presolved& presolved) {
  Clauses clauses;
  for (const Row& row : presolved.rows) {
    std::set<std::uint32_t> clause;
    for (const Term& term : row.terms) clause.insert(term.literal.code());
    clauses.insert(clause);
  }
  return clauses;
}

std::set<std::uint32_t> clause(Literal a, Literal b) { return {a.code(), b.code()}; }

// 2 <= a + b + c again, as 4 <= 3a + 3b + 3c and as 2 < ...: each implies the next, and the last one the first.
TEST(Presolve, RepeatedGatesAreEqual) {
  Example example(3);
  const Literal first = example.gate({1, 1, 1}, 2);
  const Literal again = example.gate({3, 3, 3}, 4);
  const auto clauses = clauses_of(example.presolved());
  EXPECT_EQ(clauses, (Clauses{clause(~first, again), clause(first, ~again)}));
}

TEST(Presolve, ComplementaryGatesExcludeEachOther) {
  Example example(4);
  const Literal gate = example.gate({5, 3, 2, 1}, 6);
  const Literal opposite = example.gate({-10, -6, -4, -2}, -11);
  const Presolved presolved = example.presolved();
  EXPECT_EQ(clauses_of(presolved), (Clauses{clause(gate, opposite), clause(~gate, ~opposite)}));
  EXPECT_EQ(presolved.most, 1);
}

// Of the implications between thresholds of one sum only those between neighbours.
TEST(Presolve, AChainKeepsItsLinks) {
  Example example(7);
  std::vector<Literal> chain;
  for (int i = 2; i <= 6; ++i) chain.push_back(example.gate({1, 1, 1, 1, 1, 1, 1}, i));
  Clauses links;
  for (std::size_t i = 1; i < chain.size(); ++i) links.insert(clause(~chain[i], chain[i - 1]));
  EXPECT_EQ(clauses_of(example.presolved()), links);
}

// Overlapping sums: one gate demands more of fewer bits.
TEST(Presolve, ADominatedGateFiresOnlyWithTheOther) {
  Example example(5);
  const Literal strong = example.gate({2, 2, 2, 1, 0}, 5);
  const Literal weak = example.gate({1, 1, 1, 0, 1}, 2);
  EXPECT_EQ(clauses_of(example.presolved()), (Clauses{clause(~strong, weak)}));
}

// The first two gates need different values of a bit, so the third one, which needs both, is silent.
TEST(Presolve, FactsAreFound) {
  Example example(2);
  const Literal one = example.gate({1, 1}, 2);
  const Literal other = example.gate({-1, 0}, 0);
  GateSpec silent{.name = "h", .threshold = 2};
  for (std::uint32_t g = 0; g < 2; ++g) silent.wires.push_back({Source::gate(GateId{g}), 1});
  ASSERT_TRUE(example.builder.add_gate(silent).ok());
  const Presolved presolved = example.presolved();
  const Literal follows(other.variable() + 1, false);
  ASSERT_EQ(presolved.rows.size(), 2U);
  EXPECT_EQ(presolved.rows[0], (Row{{{1, follows}}, 1}));
  EXPECT_EQ(presolved.rows[1], (Row{{{1, ~one}, {1, ~other}}, 1}));
}

// Of three gates one fires at most.  The fourth reads the first of them at another weight: it excludes only
// the other two.  The fifth needs one of the three.
TEST(Presolve, WeightsWithinAGroupMayDiffer) {
  Example example(3);
  example.gate({1, -1, 0}, 1);
  example.gate({-1, 1, 0}, 1);
  example.gate({1, 1, 0}, 2);
  const auto counting = [&](const std::vector<std::int64_t>& weights, std::int64_t of_bit,
                            std::int64_t threshold) {
    GateSpec gate{.name = "c" + std::to_string(of_bit), .threshold = threshold};
    gate.wires.push_back({example.inputs[2], of_bit});
    for (std::uint32_t g = 0; g < 3; ++g)
      gate.wires.push_back({Source::gate(GateId{g}), weights[g]});
    ASSERT_TRUE(example.builder.add_gate(gate).ok());
  };
  counting({-1, -2, -2}, 3, 2);
  counting({1, 1, 1}, 1, 2);
  const Presolved presolved = example.presolved();
  EXPECT_EQ(presolved.most, 3);
  ASSERT_EQ(presolved.rows.size(), 2U);
  for (const Row& row : presolved.rows) EXPECT_EQ(row.terms.size(), 3U);
}

Presolved presolved(const Circuit& circuit) {
  const auto cost = generate::total_objective(circuit).cost;
  return presolve(*constraints_of(circuit, cost, false), circuit.bit_count());
}

// One gate of a block fires at most, and the OR.
TEST(Presolve, BlocksOfPatternsAreGroups) {
  expect_sound(generate::disjointness(4, 2));
  const Presolved result = ::gatelight::encode::presolved(generate::disjointness(24, 6));
  EXPECT_EQ(result.most, 5);
  EXPECT_EQ(result.rows.size(), 4U);
  for (const Row& row : result.rows) EXPECT_EQ(row.terms.size(), 63U);
}

TEST(Presolve, GroupsReachTheEnergyOfConstructions) {
  const auto most = [](const Result<Construction>& made) {
    EXPECT_TRUE(made.ok());
    return ::gatelight::encode::presolved(made->circuit).most;
  };
  EXPECT_EQ(most(construct(families::Disjointness{.pairs = 24, .depth = 5, .energy = 2})), 2);
  EXPECT_EQ(most(construct(families::Intersection{.pairs = 24, .depth = 4, .energy = 3})), 3);
  EXPECT_EQ(most(construct(families::Equality{.pairs = 31})), 1);
  EXPECT_EQ(most(construct(families::Equality{.pairs = 40, .rows = 4, .columns = 2})), 2);
  EXPECT_EQ(most(construct(families::Multiplexer{.address = 5})), 1);
  // The second level excludes each other only because in a block one gate fires at most.
  EXPECT_EQ(most(construct(families::ParityBlocks{.bits = 24, .blocks = 4})), 5);
  EXPECT_EQ(most(construct(families::InnerProduct{.pairs = 12, .blocks = 3})), 4);
}

}  // namespace
}  // namespace gatelight::encode
