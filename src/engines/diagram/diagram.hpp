// SPDX-License-Identifier: Apache-2.0
//
// The state diagram of a question: compiled once, it answers many (private to the engines).
//
// Level t holds the states that the first t bits of the order can lead to; from each an edge for either
// value of bit t leads to a state of level t + 1, or nowhere where the domain forbids that.  An edge
// carries the costs of the gates that it decides to fire.  The last level is one state at most: nothing
// is left to know.  A path from the root is an input of the domain; its gains, with those of the root, add up
// to the input's total.
#ifndef GATELIGHT_ENGINES_DIAGRAM_DIAGRAM_HPP
#define GATELIGHT_ENGINES_DIAGRAM_DIAGRAM_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/diagram/forms.hpp"

namespace gatelight::engines::diagram {

class Diagram {
 public:
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

  // Bits in the order of the levels, as places among Forms::bits.
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_; }
  [[nodiscard]] std::size_t levels() const { return order_.size() + 1; }
  [[nodiscard]] std::size_t width(std::size_t level) const { return widths_[level]; }
  [[nodiscard]] std::size_t nodes() const;
  [[nodiscard]] std::size_t objectives() const { return root_gains_.size(); }

  // Where a node's edge for `value` leads, in the level below; requires level < order().size().
  [[nodiscard]] std::uint32_t child(std::size_t level, std::uint32_t node, bool value) const {
    return children_[level][2 * std::size_t{node} + (value ? 1 : 0)];
  }
  [[nodiscard]] std::int64_t gain(std::size_t level, std::uint32_t node, bool value,
                                  std::size_t objective) const {
    return gains_[level][(2 * std::size_t{node} + (value ? 1 : 0)) * objectives() + objective];
  }
  // Costs of gates that fire for every input of the domain.
  [[nodiscard]] std::int64_t root_gain(std::size_t objective) const {
    return root_gains_[objective];
  }

  // Merges nodes of a level from which the same inputs lead on to totals that differ by the same amount
  // everywhere: the difference moves up to the edges above, so gains may become negative.  Nodes without
  // an input below are dropped.  Afterwards no two nodes of a level have the same future.  O(nodes).
  void reduce();

 private:
  friend class Compiler;
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> widths_;                   // of each level
  std::vector<std::vector<std::uint32_t>> children_;  // [level][2 * node + value]
  std::vector<std::vector<std::int64_t>> gains_;  // [level][(2 * node + value) * objectives + i]
  std::vector<std::int64_t> root_gains_;
};

struct CompileLimits {
  std::size_t bytes = std::size_t{1} << 30;
  std::size_t nodes = ~std::size_t{0};
  const Limits* limits = nullptr;  // of time; outlives the compilation
  std::int64_t lower = 0;          // a total that is reached, to be shown as progress
};

// The diagram; or why there is none, and for each objective an upper bound that holds anyway.
struct Compiled {
  std::optional<Diagram> diagram;
  enum class Stop { none, memory, nodes, time } stop = Stop::none;
  std::size_t level = 0, width = 0, nodes = 0;  // how far it came
  std::vector<std::int64_t> upper;              // only where there is no diagram
};

// Of memory, while its level is expanded.
[[nodiscard]] std::size_t bytes_a_state(const Forms& forms);

// Requires an order of all bits.
[[nodiscard]] Compiled compile(const Forms& forms, std::span<const std::uint32_t> order,
                               const CompileLimits& limits);

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_DIAGRAM_HPP
