// SPDX-License-Identifier: Apache-2.0
//
// Energy against depth: what no circuit of a function can fall below, and what constructions reach.
//
//   const auto f = known_function("cd:64");
//   const auto frontier = trace_frontier({.function = *f, .size = 4096, .weight = 16});
//   frontier->rows[3].floor;    // of depth 4: every threshold circuit has so much energy, or more
//   frontier->rows[3].reached;  // and this family of construct.hpp, with these parameters, has so much
//
// docs/explanation/frontier.md explains both, and proves the first.
#ifndef GATELIGHT_FRONTIER_HPP
#define GATELIGHT_FRONTIER_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatelight/construct.hpp"
#include "gatelight/equivalence.hpp"
#include "gatelight/theory.hpp"

namespace gatelight {

// Circuits of at most this size and weight, by depth.
struct FrontierQuestion {
  KnownFunction function;
  std::int64_t size = 2, weight = 1;
  // Without one: 8, or one more than the least depth from which on more depth saves no energy, 64 at most.
  std::optional<std::int64_t> max_depth{};
  // The function's truth table, as families::TruthTable takes it, where it has no family; may be empty.
  std::string table{};
};

// A circuit that construct(family, parameters) makes.
struct ReachedPoint {
  std::string family;
  std::vector<NamedValue> parameters;
  Predicted predicted;
};

// Circuits of at most this depth.
struct FrontierRow {
  std::int64_t depth = 1;
  std::vector<EnergyFloor> floors{};    // as energy_floors() has them
  std::optional<std::int64_t> floor{};  // the largest; nothing: no such circuit exists
  // Of least energy, then depth, then size; nothing: no family fits.
  std::optional<ReachedPoint> reached{};
};
struct Frontier {
  FrontierQuestion question;
  std::vector<FrontierRow> rows;  // depth 1, 2, ...
};

// The parameters of the families of threshold circuits are tried exhaustively, by their predicted resources.
// Errors: bad_input (a number out of its range: size and weight 1 to 2^62, depth 1 to 4096).
// Cost: milliseconds up to a few hundred inputs, a few seconds at 4096.  Thread-safe.
[[nodiscard]] Result<Frontier> trace_frontier(const FrontierQuestion& question);

// A threshold circuit of the function, of small weights.
// Errors: unsupported (no family makes it: none in `function`, or more than 4096 bits or pairs), limit.
[[nodiscard]] Result<Circuit> known_circuit(const KnownFunction& function);

// Is the gate other than 0 exactly where the function is 1?  Over all inputs, whatever the circuit's domain; the
// function's inputs are those of known_circuit(), matched as check_equivalence() does.
// Errors: those of known_circuit() and check_equivalence(), and unsupported (the gate has values below 0).
[[nodiscard]] Result<EquivalenceResult> compare_with(const KnownFunction& function,
                                                     const Circuit& circuit, GateId gate,
                                                     const Limits& limits = {});

}  // namespace gatelight

#endif  // GATELIGHT_FRONTIER_HPP
