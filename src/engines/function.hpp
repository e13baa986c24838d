// SPDX-License-Identifier: Apache-2.0
//
// One Boolean function of a circuit as a whole: [gate fires], as a table or as a decision diagram.
//
// The domain of the circuit has no part in it, except that fixed bits are constants.
#ifndef GATELIGHT_ENGINES_FUNCTION_HPP
#define GATELIGHT_ENGINES_FUNCTION_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/aligned.hpp"
#include "engines/engine.hpp"

namespace gatelight::engines {

// The free input bits that the gate can depend on, ascending: others are not connected to it.  O(wires).
[[nodiscard]] std::vector<std::uint32_t> bits_of_gate(const Circuit& circuit, GateId gate);

// The question whose total is 1 where the gate fires and 0 elsewhere, over all values of the free bits.
[[nodiscard]] Result<Question> question_of_gate(const Circuit& circuit, GateId gate);

// All values.  Variable i of the table is the input bit bits[i].
struct FunctionTable {
  std::vector<std::uint32_t> bits;
  // The value at x = sum of 2^i * variable i is bit x % 64 of word x / 64; bits beyond 2^variables are 0.
  base::AlignedVector<std::uint64_t> words;
};

// Empty where a limit of time came first.  Errors: unsupported (more than 36 bits), limit (memory).
// Cost: 2^bits / 8 bytes, and a sweep over 2^bits inputs, 1024 at a time.
[[nodiscard]] Result<std::optional<FunctionTable>> tabulate(const Circuit& circuit, GateId gate,
                                                            const Limits& limits);

// A reduced decision diagram with a level for each bit of an order, none skipped.
struct FunctionDiagram {
  std::vector<std::uint32_t> order;  // input bits
  std::vector<std::size_t> widths;   // nodes of each level, one more than bits; 1 at the top
  // [level][2 * node + value of the bit]: a node of the next level.
  std::vector<std::vector<std::uint32_t>> children;
  std::vector<std::uint8_t> values;  // of the nodes of the last level: no two the same

  [[nodiscard]] std::size_t nodes() const;
};

// Compiles diagrams of one function for many orders.
class DiagramMaker {
 public:
  // Errors: limit (a step function with too many steps).
  static Result<DiagramMaker> create(const Circuit& circuit, GateId gate);
  ~DiagramMaker();
  DiagramMaker(DiagramMaker&&) noexcept;
  DiagramMaker& operator=(DiagramMaker&&) noexcept;

  // The bits that the function can depend on.
  [[nodiscard]] std::span<const std::uint32_t> bits() const;
  // An order of these bits with few states, and how many are expected.  A few seconds at most.
  struct Order {
    std::vector<std::uint32_t> bits;
    double nodes = 0;
  };
  [[nodiscard]] Order choose_order(const Limits& limits, double most_nodes) const;
  // Empty where a limit of time, memory or nodes came first.  Requires an order of all bits.
  // Equal nodes of the result are equal functions, so distinct nodes of a level differ on some assignment
  // of the bits below.
  [[nodiscard]] std::optional<FunctionDiagram> compile(std::span<const std::uint32_t> order,
                                                       std::size_t most_nodes,
                                                       const Limits& limits) const;

 private:
  struct State;
  explicit DiagramMaker(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatelight::engines

#endif  // GATELIGHT_ENGINES_FUNCTION_HPP
