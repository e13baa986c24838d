// SPDX-License-Identifier: Apache-2.0
//
// The layout of a sweep.
//
// Problem   Choose the ten input bits that tell the lane.
// Idea      Those with the smallest weights into sums over inputs only: few distinct low sums, so small
//           tables.  Bits with large weights tell the block; a domain is cut down on them, the largest
//           first, which leaves the fewest blocks.
// Why       Any choice is right; bits that nothing computed reads change no gate, so one value of
//           each stands for both.
// Cost      O(wires), and the blocks of the domain (blocks.cpp).
// Tested by tests/unit/engines/exhaustive/plan_test.cpp
#include "engines/exhaustive/layout.hpp"

#include <algorithm>
#include <string>

#include "base/checked.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {
namespace {

using base::Wide;

// Backwards: gates with a cost, and what they read.  An input bit is read by needed gates and rows.
void find_needed(const Question& question, Layout& layout) {
  const Circuit& circuit = question.circuit;
  const std::size_t gates = circuit.gate_count();
  const std::size_t bits = circuit.bit_count();
  layout.needed.assign(gates, 0);
  layout.read.assign(bits + gates, 0);
  for (const Objective& objective : question.objectives) {
    for (std::size_t g = 0; g < gates; ++g) {
      if (objective.cost[g] != 0) layout.needed[g] = 1;
    }
  }
  for (std::size_t g = gates; g-- > 0;) {
    if (layout.read[bits + g] != 0) layout.needed[g] = 1;
    if (layout.needed[g] == 0) continue;
    for (const Wire& wire : circuit.wires(static_cast<GateId>(g))) layout.read[wire.source] = 1;
  }
  for (const DomainRow& row : circuit.domain_rows()) {
    for (const Wire& wire : row.wires) layout.read[wire.source] = 1;
  }
}

// Of each input bit, the total weight into computed sums over inputs only.
std::vector<Wide> front_weights(const Circuit& circuit, const Layout& layout) {
  const std::size_t bits = circuit.bit_count();
  std::vector<Wide> weight(bits, 0);
  const auto count = [&](std::span<const Wire> wires) {
    const bool inputs_only = wires.empty() || wires.back().source < bits;  // sorted by source
    if (!inputs_only) return;
    for (const Wire& wire : wires) {
      weight[wire.source] += wire.weight < 0 ? -Wide{wire.weight} : Wide{wire.weight};
    }
  };
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (layout.needed[g] != 0) count(circuit.wires(GateId{g}));
  }
  for (const DomainRow& row : circuit.domain_rows()) count(row.wires);
  return weight;
}

// Free bits that are read; the others are counted.
std::vector<std::uint32_t> swept_bits(const Circuit& circuit, Layout& layout) {
  std::vector<std::uint32_t> swept;
  layout.start.assign(circuit.bit_count(), 0);
  for (std::uint32_t bit = 0; bit < circuit.bit_count(); ++bit) {
    const std::int8_t fixed = circuit.fixed_bits()[bit];
    if (fixed >= 0) {
      layout.start[bit] = static_cast<std::uint8_t>(fixed);
    } else if (layout.read[bit] != 0) {
      swept.push_back(bit);
    } else {
      ++layout.unread_bits;
    }
  }
  return swept;
}

std::vector<BlockCondition> block_conditions(const Circuit& circuit, const Layout& layout) {
  std::vector<BlockCondition> conditions;
  for (const DomainRow& row : circuit.domain_rows()) {
    BlockCondition condition;
    condition.min = row.min;
    condition.max = row.max;
    condition.weights.assign(layout.high.size(), 0);
    for (const Wire& wire : row.wires) {
      const int high = layout.high_index[wire.source];
      if (high >= 0) {
        condition.weights[static_cast<std::size_t>(high)] = wire.weight;
      } else {
        (wire.weight < 0 ? condition.low : condition.high) += wire.weight;
      }
    }
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Result<Blocks> choose_blocks(const Circuit& circuit, const Layout& layout) {
  const std::size_t bits = layout.high.size();
  const bool countable = (std::uint64_t{1} << std::min<std::size_t>(bits, 63)) <= Blocks::most;
  if (!circuit.domain_rows().empty()) {
    const auto within = Blocks::within(bits, block_conditions(circuit, layout));
    // Following the Gray code is quicker, and worth it where most blocks are visited anyway.
    const bool few =
        within && (!countable || within->count() <= (std::uint64_t{1} << bits) / 4 * 3);
    if (few) return *within;
  }
  if (countable) return Blocks::all(bits);
  return Error{ErrorCode::unsupported,
               "enumeration handles at most 62 free input bits, this domain has " +
                   std::to_string(bits + layout.low.size()) +
                   "; fix some, or use the search engine",
               ""};
}

}  // namespace

Result<Layout> lay_out(const Question& question) {
  const Circuit& circuit = question.circuit;
  Layout layout;
  find_needed(question, layout);
  std::vector<std::uint32_t> swept = swept_bits(circuit, layout);
  const std::vector<Wide> weight = front_weights(circuit, layout);
  std::ranges::stable_sort(swept, {}, [&](std::uint32_t bit) { return weight[bit]; });
  const auto middle = swept.begin() + std::min<std::ptrdiff_t>(std::ssize(swept), lane_bits);
  layout.low.assign(swept.begin(), middle);
  layout.high.assign(middle, swept.end());
  layout.low_index.assign(circuit.bit_count(), -1);
  layout.high_index.assign(circuit.bit_count(), -1);
  for (std::size_t i = 0; i < layout.low.size(); ++i) {
    layout.low_index[layout.low[i]] = static_cast<int>(i);
  }
  for (std::size_t i = 0; i < layout.high.size(); ++i) {
    layout.high_index[layout.high[i]] = static_cast<int>(i);
  }
  Result<Blocks> blocks = choose_blocks(circuit, layout);
  if (!blocks.ok()) return blocks.error();
  layout.blocks = *std::move(blocks);
  return layout;
}

}  // namespace gatelight::engines::exhaustive
