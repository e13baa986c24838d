// SPDX-License-Identifier: Apache-2.0
//
// Circuits of known functions, built to a wanted size, depth and energy.
//
//   const auto made = construct(families::Intersection{.pairs = 12, .depth = 3, .energy = 3});
//   if (!made.ok()) return made.error();          // names the parameter, its range and what to change
//   measure_resources(made->circuit).size;        // == made->predicted.size, and so on
//
// Every number of Construction::predicted is exact, not a bound: it is computed from the parameters
// alone, and what measure_resources() and measure_energy() find in the circuit is the same.  The
// formulas and their proofs: docs/explanation/constructions.md.
#ifndef GATELIGHT_CONSTRUCT_HPP
#define GATELIGHT_CONSTRUCT_HPP

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

// What the circuit will measure.
struct Predicted {
  std::int64_t inputs = 0;
  std::int64_t size = 0;
  std::int64_t depth = 0;
  std::int64_t energy = 0;
  std::int64_t weight = 0;
  std::int64_t precision = 1;  // bits of a gate's value, as its activation is declared
  friend bool operator==(const Predicted&, const Predicted&) = default;
};

struct Construction {
  Circuit circuit;
  Predicted predicted;
  std::string function;   // what it computes, one line
  std::string reference;  // where the construction is explained and proved, and whose it is
  // Only of constructions from a circuit or a tree (decision_tree.hpp):
  bool energy_at_most = false;  // predicted.energy is an upper bound
  bool stopped = false;         // a limit came before the energy of the circuit was known
};

// What gates are made of.  A gate of every kind fires exactly where the threshold gate would, so size, depth,
// energy and weight are the same; its value is 1 there, or, of `precision` b > 1 bits, 1 to 2^b - 1: a relu's
// grows with the sum, a sigmoid's (of gain 1) along the logistic function, which is silent far below its middle.
enum class GateKind : std::uint8_t { threshold, relu, sigmoid };

// The families and their parameters.  Inputs are declared in the order in which they are named here;
// every circuit has one output gate, which is 1 where the function is, else 0.
namespace families {

// OR of x_i AND y_i over pairs i (the function CD of the seed paper).  1 <= pairs <= 4096,
// depth, energy >= 2, (depth - 1) * (energy - 1) <= pairs.
struct Intersection {
  std::int64_t pairs = 1, depth = 2, energy = 2;
  GateKind activation = GateKind::threshold;
  std::int64_t precision = 1;  // 1 to 16; 1 for threshold; the output has 1 bit
};
// The complement: no i with x_i AND y_i.  depth >= 2, energy >= 1, (depth - 1) * energy <= pairs.
struct Disjointness {
  std::int64_t pairs = 1, depth = 2, energy = 1;
  GateKind activation = GateKind::threshold;
  std::int64_t precision = 1;  // as above
};
// x = y, bit by bit.  rows, columns >= 1, rows * columns <= pairs, and at most 48 pairs a block.
struct Equality {
  std::int64_t pairs = 1, rows = 1, columns = 1;
  GateKind activation = GateKind::threshold;
  std::int64_t precision = 1;  // as above
};
// A function of the number of ones alone: values[k] ('0' or '1') where k inputs are 1; not constant.
// `width` gates of a row may fire together; the whole chain where nothing is said.
struct Symmetric {
  std::string values;
  std::optional<std::int64_t> width{};
  GateKind activation = GateKind::threshold;
};
// The same by a balanced tree of tests.
struct SymmetricTree {
  std::string values;
};
// The number of ones is odd.  1 <= bits <= 4096; a Symmetric.
struct Parity {
  std::int64_t bits = 1;
  std::optional<std::int64_t> width{};
  GateKind activation = GateKind::threshold;
};
// The same by a balanced tree of tests.
struct ParityTree {
  std::int64_t bits = 1;
};
// At least half of the bits are 1.  One gate.  1 <= bits <= 4096.
struct Majority {
  std::int64_t bits = 1;
  GateKind activation = GateKind::threshold;
};
// The number of ones leaves `residue` when divided by `modulus`.  2 <= modulus <= bits <= 4096; the
// quotient is found in `digits` digits, all but the first of base `radix`.
struct Modular {
  std::int64_t bits = 2, modulus = 2, residue = 0, digits = 1, radix = 2;
  std::optional<std::int64_t> width{};
  GateKind activation = GateKind::threshold;
};
// Parity at depth 3, in blocks of at most 16 bits; 1 <= blocks <= 16.
struct ParityBlocks {
  std::int64_t bits = 1, blocks = 1;
  GateKind activation = GateKind::threshold;
};
// Parity by discretized relu gates that fold the number of ones.  1 <= bits <= 4096.
struct ParityFold {
  std::int64_t bits = 1;
};
// The parity of the number of i with x_i AND y_i, in blocks of at most 8 pairs; 1 <= blocks <= 16.
struct InnerProduct {
  std::int64_t pairs = 1, blocks = 1;
  GateKind activation = GateKind::threshold;
};
// d_s, where the address bits s_0, s_1, ... spell the number s; data bits are declared first.  1 <= address
// <= 16.  energy: 1 or 2.
struct Multiplexer {
  std::int64_t address = 1, energy = 1;
  GateKind activation = GateKind::threshold;
};
// Any function that is not constant: bit sum 2^i x_i of the number `hex` is its value; the most significant
// digit comes first.  1 <= inputs <= 16.  energy: 1 or 2.
struct TruthTable {
  std::int64_t inputs = 1;
  std::string hex{};
  std::int64_t energy = 1;
  GateKind activation = GateKind::threshold;
};

// The same as TruthTable, by a decision tree with as few leaves as any has, each question reading one input.
// 1 <= inputs <= 12.
struct TableTree {
  std::int64_t inputs = 1;
  std::string hex{};
};
// The same as TruthTable, by a linear decision list: its rows in order, a rule for each change of value.
struct TableList {
  std::int64_t inputs = 1;
  std::string hex{};
};
// The same as Modular, by two gates: one of many values divides, the other tests the remainder.
// 2 <= modulus <= bits <= 4096; activation: relu or sigmoid.
struct ModularByCounting {
  std::int64_t bits = 2, modulus = 2, residue = 1;
  GateKind activation = GateKind::relu;
};
// The same as InnerProduct, by relu gates that count pairs, and one that halves their sum.
// 2 <= pairs <= 4096, blocks of at most 18 pairs.
struct InnerProductByCounting {
  std::int64_t pairs = 2, blocks = 1;
};

}  // namespace families

// Errors: bad_input, whose `where` is the parameter and whose message has its range and what to change;
// limit (more than 2^22 wires, or a block of too many patterns).  O(wires).  Thread-safe.
[[nodiscard]] Result<Construction> construct(const families::Intersection& wanted);
[[nodiscard]] Result<Construction> construct(const families::Disjointness& wanted);
[[nodiscard]] Result<Construction> construct(const families::Equality& wanted);
[[nodiscard]] Result<Construction> construct(const families::Symmetric& wanted);
[[nodiscard]] Result<Construction> construct(const families::SymmetricTree& wanted);
[[nodiscard]] Result<Construction> construct(const families::Parity& wanted);
[[nodiscard]] Result<Construction> construct(const families::ParityTree& wanted);
[[nodiscard]] Result<Construction> construct(const families::Majority& wanted);
[[nodiscard]] Result<Construction> construct(const families::Modular& wanted);
[[nodiscard]] Result<Construction> construct(const families::ParityBlocks& wanted);
[[nodiscard]] Result<Construction> construct(const families::ParityFold& wanted);
[[nodiscard]] Result<Construction> construct(const families::InnerProduct& wanted);
[[nodiscard]] Result<Construction> construct(const families::Multiplexer& wanted);
[[nodiscard]] Result<Construction> construct(const families::TruthTable& wanted);
[[nodiscard]] Result<Construction> construct(const families::TableTree& wanted);
[[nodiscard]] Result<Construction> construct(const families::TableList& wanted);
[[nodiscard]] Result<Construction> construct(const families::ModularByCounting& wanted);
[[nodiscard]] Result<Construction> construct(const families::InnerProductByCounting& wanted);

// ---- The same by name, for command lines and scripts --------------------------------------------

struct FamilyParameter {
  std::string_view name;
  std::string_view fallback;  // the value where none is given, as text; empty: it must be given
  std::string_view meaning;
};
struct Family {
  std::string_view name;
  std::string_view summary;  // one line
  std::vector<FamilyParameter> parameters;
};
// All of them, in a fixed order.
[[nodiscard]] std::span<const Family> construction_families();

struct NamedValue {
  std::string name;
  std::string value;
};
// Some families start from a circuit (decision_tree.hpp): their parameter `circuit` is its name, as which it
// is asked of `read`.
using CircuitReader = std::function<Result<Circuit>(const std::string& name)>;
// Errors: as above, those of `read`, and bad_input for a family, or a parameter of it, that does not exist, is
// missing, comes twice or is no number, and for a circuit where there is no `read`.
[[nodiscard]] Result<Construction> construct(std::string_view family,
                                             std::span<const NamedValue> parameters,
                                             const CircuitReader& read = {},
                                             const Limits& limits = {});

}  // namespace gatelight

#endif  // GATELIGHT_CONSTRUCT_HPP
