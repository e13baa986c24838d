// SPDX-License-Identifier: Apache-2.0
//
// The reduced decision diagram of one gate, from the diagram of states.
//
// Problem   A diagram whose nodes are functions: two of a level never the same.
// Idea      Compile the states of the question where only this gate costs anything (diagram.cpp).  The gain 1
//           of an edge says that the gate fires from there on whatever follows.  Upwards, a node is the pair
//           of its children; the constants 0 and 1 are nodes of every level that needs them.
// Why       The gate fires once at most, so after a gain of 1 nothing more is gained, and a path that gains
//           nothing has the value 0.  Pairs of different children are different functions, by induction.
// Cost      That of the states, and O(nodes).
// Tested by tests/unit/engines/function_test.cpp
#include "engines/function.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>

#include "engines/diagram/diagram.hpp"
#include "engines/diagram/order.hpp"

namespace gatelight::engines {
namespace {

using diagram::Diagram;

constexpr double judging_seconds = 2, sifting_seconds = 0.5;
constexpr double share_of_limit = 0.1;

// Pairs of children, numbered.
class Level {
 public:
  std::uint32_t find_or_add(std::uint32_t zero, std::uint32_t one) {
    const auto [found, added] = known_.try_emplace(std::uint64_t{zero} << 32 | one,
                                                   static_cast<std::uint32_t>(known_.size()));
    if (added) children.insert(children.end(), {zero, one});
    return found->second;
  }
  [[nodiscard]] std::size_t width() const { return known_.size(); }
  std::vector<std::uint32_t> children;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> known_;
};

// Where an edge says that the gate fires; the number of levels where none does.
std::size_t first_level_with_gain(const Diagram& states) {
  for (std::size_t level = 0; level + 1 < states.levels(); ++level) {
    for (std::uint32_t node = 0; node < states.width(level); ++node) {
      for (const bool value : {false, true}) {
        if (states.gain(level, node, value, 0) != 0) return level;
      }
    }
  }
  return states.levels();
}

FunctionDiagram reduced(const Diagram& states, const diagram::Forms& forms) {
  constexpr std::uint32_t none = ~std::uint32_t{0};
  const std::size_t levels = states.levels();
  FunctionDiagram result;
  for (const std::uint32_t place : states.order()) result.order.push_back(forms.bits[place]);
  result.widths.resize(levels);
  result.children.resize(levels - 1);
  if (states.root_gain(0) != 0) {  // always fires
    std::ranges::fill(result.widths, 1);
    std::ranges::fill(result.children, std::vector<std::uint32_t>{0, 0});
    result.values = {1};
    return result;
  }
  // Of the level below: where each state went, and the constant 1.
  std::vector<std::uint32_t> number(states.width(levels - 1), 0);
  result.values = {0};
  const std::size_t first_gain = first_level_with_gain(states);
  std::uint32_t one = none;
  if (first_gain < levels) {
    one = 1;
    result.values.push_back(1);
  }
  result.widths[levels - 1] = result.values.size();
  for (std::size_t level = levels - 1; level-- > 0;) {
    Level here;
    std::vector<std::uint32_t> above(states.width(level));
    for (std::uint32_t node = 0; node < states.width(level); ++node) {
      std::uint32_t child[2];
      for (const bool value : {false, true}) {
        child[value ? 1 : 0] = states.gain(level, node, value, 0) != 0
                                   ? one
                                   : number[states.child(level, node, value)];
      }
      above[node] = here.find_or_add(child[0], child[1]);
    }
    one = first_gain < level ? here.find_or_add(one, one) : none;
    number = std::move(above);
    result.widths[level] = here.width();
    result.children[level] = std::move(here.children);
  }
  return result;
}

}  // namespace

std::size_t FunctionDiagram::nodes() const {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0});
}

struct DiagramMaker::State {
  diagram::Forms forms;
  std::vector<std::uint32_t> place;  // among forms.bits, of an input bit
};

DiagramMaker::DiagramMaker(std::unique_ptr<State> state) : state_(std::move(state)) {}
DiagramMaker::~DiagramMaker() = default;
DiagramMaker::DiagramMaker(DiagramMaker&&) noexcept = default;
DiagramMaker& DiagramMaker::operator=(DiagramMaker&&) noexcept = default;

Result<DiagramMaker> DiagramMaker::create(const Circuit& circuit, GateId gate) {
  const auto question = question_of_gate(circuit, gate);
  if (!question.ok()) return question.error();
  auto forms = diagram::make_forms(*question);
  if (!forms.ok()) return forms.error();
  auto state = std::make_unique<State>();
  state->forms = *std::move(forms);
  state->place.assign(circuit.bit_count(), 0);
  for (std::uint32_t i = 0; i < state->forms.bits.size(); ++i) {
    state->place[state->forms.bits[i]] = i;
  }
  return DiagramMaker(std::move(state));
}

std::span<const std::uint32_t> DiagramMaker::bits() const { return state_->forms.bits; }

DiagramMaker::Order DiagramMaker::choose_order(const Limits& limits, double most_nodes) const {
  diagram::OrderOptions options;
  options.seed = limits.seed;
  options.stop = limits.stop;
  options.most_nodes = most_nodes;
  options.judging_seconds = judging_seconds;
  options.sifting_seconds = sifting_seconds;
  if (limits.seconds > 0) {
    options.judging_seconds = std::min(options.judging_seconds, share_of_limit * limits.seconds);
    options.sifting_seconds = std::min(options.sifting_seconds, share_of_limit * limits.seconds);
  }
  const auto chosen = diagram::choose_order(state_->forms, options);
  Order order;
  order.nodes = chosen.nodes;
  for (const std::uint32_t place : chosen.bits) order.bits.push_back(state_->forms.bits[place]);
  return order;
}

std::optional<FunctionDiagram> DiagramMaker::compile(std::span<const std::uint32_t> order,
                                                     std::size_t most_nodes,
                                                     const Limits& limits) const {
  std::vector<std::uint32_t> places;
  places.reserve(order.size());
  for (const std::uint32_t bit : order) places.push_back(state_->place[bit]);
  diagram::CompileLimits compile_limits;
  compile_limits.nodes = most_nodes;
  compile_limits.limits = &limits;
  if (limits.bytes != 0) compile_limits.bytes = limits.bytes;
  const auto compiled = diagram::compile(state_->forms, places, compile_limits);
  if (!compiled.diagram) return std::nullopt;
  return reduced(*compiled.diagram, state_->forms);
}

}  // namespace gatelight::engines
