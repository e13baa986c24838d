// SPDX-License-Identifier: Apache-2.0
//
// From a circuit to variables, gates and rows over them.
//
// Problem   Bits of a word have to move together: a bound that may choose each of them for itself is as
//           good, but a box of words has five sides where a box of bits has forty.
// Idea      Two neighbouring bits of a word belong to one variable iff every gate that matters reads the
//           second with twice the weight of the first (minus twice, where the second is the sign).
// Why       Then every sum depends on the bits through sum 2^j bit_j only, and each integer in the range of
//           that sum belongs to exactly one setting of the bits.
// Cost      O(wires).
// Tested by tests/unit/engines/box/model_test.cpp
#include "engines/box/model.hpp"

#include <algorithm>
#include <cmath>

#include "base/checked.hpp"
#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::box {
namespace {

using base::Wide;

constexpr std::uint32_t absent = ~std::uint32_t{0};
constexpr std::uint64_t most_points = std::uint64_t{1} << 62;

double largest(Circuit::Interval range) {
  return std::max(std::abs(static_cast<double>(range.low)),
                  std::abs(static_cast<double>(range.high)));
}

// Rounded towards minus and plus infinity; b > 0.
Wide floor_div(Wide a, Wide b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

std::uint64_t points_of(const Box& box) {
  std::uint64_t points = 1;
  for (std::size_t v = 0; v < box.low.size(); ++v) {
    const auto width = static_cast<std::uint64_t>(box.high[v] - box.low[v]) + 1;
    if (__builtin_mul_overflow(points, width, &points) || points > most_points) return most_points;
  }
  return points;
}

std::optional<Model> Model::of(const Circuit& circuit, const Objective& objective) {
  Model model(circuit);
  const std::vector<std::uint8_t> relevant = model.relevant_gates(objective);
  model.group_bits(relevant);
  if (!model.add_rows()) return std::nullopt;
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (relevant[g] != 0) order.push_back(g);
  }
  const branch_bound::Network network(circuit, objective);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t g) { return circuit.level(GateId{g}); });
  model.gate_of_.assign(circuit.gate_count(), absent);
  for (const std::uint32_t g : order) {
    model.gate_of_[g] = static_cast<std::uint32_t>(model.gates_.size());
    model.add_gate(GateId{g}, objective.cost[g]);
    model.gates_.back().silent_low = network.row(g).silent_low;
    model.gates_.back().silent_high = network.row(g).silent_high;
  }
  model.finish_magnitudes();
  return model;
}

std::vector<std::uint8_t> Model::relevant_gates(const Objective& objective) const {
  std::vector<std::uint8_t> relevant(circuit_.gate_count(), 0);
  for (std::size_t g = circuit_.gate_count(); g-- > 0;) {
    if (objective.cost[g] > 0) relevant[g] = 1;
    if (relevant[g] == 0) continue;
    for (const Wire& wire : circuit_.wires(GateId{static_cast<std::uint32_t>(g)})) {
      if (wire.source >= circuit_.bit_count()) relevant[wire.source - circuit_.bit_count()] = 1;
    }
  }
  return relevant;
}

void Model::group_bits(const std::vector<std::uint8_t>& relevant) {
  const std::size_t bits = circuit_.bit_count();
  std::vector<std::vector<Wire>> column(bits);  // of each bit: (gate, weight), by gate
  for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
    if (relevant[g] == 0) continue;
    for (const Wire& wire : circuit_.wires(GateId{g})) {
      if (wire.source < bits) column[wire.source].push_back({g, wire.weight});
    }
  }
  const auto follows = [&](std::size_t bit, Wide factor) {
    return std::ranges::equal(column[bit], column[bit + 1], [&](const Wire& a, const Wire& b) {
      return a.source == b.source && factor * a.weight == Wide{b.weight};
    });
  };
  variable_of_.assign(bits, -1);
  const std::span<const std::int8_t> fixed = circuit_.fixed_bits();
  for (std::size_t w = 0; w < circuit_.inputs().size(); ++w) {
    const InputWord& word = circuit_.inputs()[w];
    const std::size_t first = circuit_.first_bit(InputId{static_cast<std::uint32_t>(w)});
    for (int j = 0; j < word.bits; ++j) {
      const std::size_t bit = first + static_cast<std::size_t>(j);
      if (fixed[bit] >= 0 || column[bit].empty()) continue;
      const bool sign = word.is_signed && j == word.bits - 1;
      const bool joins = j > 0 && variable_of_[bit - 1] >= 0 && follows(bit - 1, sign ? -2 : 2);
      if (!joins) variables_.push_back({static_cast<Node>(bit), 0, false, 0, 0});
      Variable& variable = variables_.back();
      variable_of_[bit] = static_cast<std::int32_t>(variables_.size() - 1);
      const std::int64_t place = std::int64_t{1} << variable.bits++;
      variable.is_signed = joins && sign;
      (variable.is_signed ? variable.low : variable.high) += variable.is_signed ? -place : place;
    }
  }
}

void Model::add_gate(GateId id, std::int64_t cost) {
  Gate gate;
  gate.id = id;
  gate.cost = cost;
  gate.level = circuit_.level(id);
  const Circuit::Interval sums = circuit_.sum_range(id);
  gate.sum_low = sums.low;
  gate.sum_high = sums.high;
  gate.value_magnitude = largest(circuit_.value_range(id));
  const Activation& activation = circuit_.gate(id).activation;
  StepFunction steps;
  if (const Relu* relu = std::get_if<Relu>(&activation)) {
    gate.shape = Shape::relu;
    gate.shift = relu->shift;
    gate.max = relu->max;
  } else if (!std::holds_alternative<Threshold>(activation)) {
    gate.shape = Shape::steps;
    steps = *circuit_.step_function(id);  // fails for a relu only
  }
  steps_.push_back(std::move(steps));
  Wide threshold = circuit_.threshold(id);
  gate.magnitude = std::abs(static_cast<double>(circuit_.threshold(id)));
  for (const Wire& wire : circuit_.wires(id)) {
    const double size = std::abs(static_cast<double>(wire.weight));
    if (wire.source >= circuit_.bit_count()) {
      const std::uint32_t source = gate_of_[wire.source - circuit_.bit_count()];
      gate_terms_.push_back({source, static_cast<double>(wire.weight)});
      gate.magnitude += size * gates_[source].value_magnitude;
      gates_[source].is_read = true;
      continue;
    }
    gate.magnitude += size;
    const std::int32_t variable = variable_of_[wire.source];
    if (variable < 0) {
      if (circuit_.fixed_bits()[wire.source] == 1) threshold -= wire.weight;
    } else if (variables_[static_cast<std::size_t>(variable)].first_bit == wire.source) {
      input_terms_.push_back(
          {static_cast<std::uint32_t>(variable), static_cast<double>(wire.weight)});
    }
  }
  input_begin_.push_back(input_terms_.size());
  gate_begin_.push_back(gate_terms_.size());
  // The builder has checked that the absolute values of all terms, threshold included, sum to below 2^63.
  gate.threshold = static_cast<std::int64_t>(threshold);
  gate.magnitude *= 1 + 0x1p-20;  // for the rounding of this sum of at most 2^27 terms
  gates_.push_back(gate);
}

void Model::finish_magnitudes() {
  std::vector<std::size_t> readers(gates_.size() + variables_.size());
  for (const Term& term : gate_terms_) ++readers[term.index];
  for (const Term& term : input_terms_) ++readers[gates_.size() + term.index];
  std::size_t longest = 2 * gates_.size() + 4 * variables_.size();
  for (std::uint32_t g = 0; g < gates_.size(); ++g) {
    longest = std::max(longest, inputs_of(g).size() + sources_of(g).size());
    largest_magnitude_ = std::max(largest_magnitude_, gates_[g].magnitude);
    total_cost_ += static_cast<double>(gates_[g].cost);
  }
  for (const std::size_t count : readers) longest = std::max(longest, count);
  roundoff_ = static_cast<double>(longest + 64) * 0x1p-50;
  int level = 0;
  for (std::uint32_t g = 0; g < gates_.size(); ++g) {
    if (gates_[g].level == level) continue;
    level = gates_[g].level;
    level_begin_.push_back(g);
  }
  level_begin_.push_back(static_cast<std::uint32_t>(gates_.size()));
}

bool Model::exact_in(int bits) const {
  const double limit = std::ldexp(1.0, bits);
  return largest_magnitude_ < limit && total_cost_ < limit;
}

bool Model::add_rows() {
  return std::ranges::all_of(circuit_.domain_rows(),
                             [this](const DomainRow& row) { return add_row(row); });
}

bool Model::add_row(const DomainRow& written) {
  // Bits that nobody reads keep the values of the example input, which satisfies every row.
  if (std::ranges::none_of(written.wires,
                           [this](const Wire& wire) { return variable_of_[wire.source] >= 0; })) {
    return true;
  }
  // The weight of every bit, to be compared with what the variable would give it.
  std::vector<std::int64_t> weight(circuit_.bit_count(), 0);
  for (const Wire& wire : written.wires) {
    if (variable_of_[wire.source] < 0) return false;
    weight[wire.source] = wire.weight;
  }
  Row row{{}, written.min, written.max};
  for (std::uint32_t v = 0; v < variables_.size(); ++v) {
    const Variable& variable = variables_[v];
    const std::int64_t first = weight[variable.first_bit];
    for (int j = 0; j < variable.bits; ++j) {
      const bool sign = variable.is_signed && j == variable.bits - 1;
      const Wide place = sign ? -(Wide{1} << j) : Wide{1} << j;
      if (Wide{weight[variable.first_bit + static_cast<Node>(j)]} != place * first) return false;
    }
    if (first != 0) row.terms.emplace_back(v, first);
  }
  rows_.push_back(std::move(row));
  return true;
}

std::optional<Box> Model::domain_box() const {
  Box box;
  for (const Variable& variable : variables_) {
    box.low.push_back(variable.low);
    box.high.push_back(variable.high);
  }
  if (!tighten(box)) return std::nullopt;
  return box;
}

bool Model::tighten(Box& box) const {
  for (const Row& row : rows_) {
    // Within 2^62 of zero, as all sums of a domain row are (circuit/domain.cpp).
    Wide low = 0, high = 0;
    for (const auto& [v, weight] : row.terms) {
      low += Wide{weight} * (weight > 0 ? box.low[v] : box.high[v]);
      high += Wide{weight} * (weight > 0 ? box.high[v] : box.low[v]);
    }
    if (low > row.max || high < row.min) return false;
    for (const auto& [v, weight] : row.terms) {
      // How far the variable may be from its best end for either side.
      const Wide size = weight > 0 ? weight : -Wide{weight};
      const Wide above = floor_div(row.max - low, size), below = floor_div(high - row.min, size);
      const Wide from_low = weight > 0 ? above : below, from_high = weight > 0 ? below : above;
      const Wide old_low = box.low[v], old_high = box.high[v];
      box.high[v] = static_cast<std::int64_t>(std::min(old_high, old_low + from_low));
      box.low[v] = static_cast<std::int64_t>(std::max(old_low, old_high - from_high));
      if (box.low[v] > box.high[v]) return false;
      low += size * (weight > 0 ? box.low[v] - old_low : old_high - box.high[v]);
      high -= size * (weight > 0 ? old_high - box.high[v] : box.low[v] - old_low);
    }
  }
  return true;
}

InputBits Model::input_of(std::span<const std::int64_t> values) const {
  InputBits bits = circuit_.example_input();  // right for all bits that no variable stands for
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    for (int j = 0; j < variables_[v].bits; ++j) {
      bits[variables_[v].first_bit + static_cast<Node>(j)] =
          static_cast<std::uint64_t>(values[v]) >> j & 1U;
    }
  }
  return bits;
}

std::int64_t Model::activate(std::uint32_t gate, std::int64_t z) const {
  const Gate& g = gates_[gate];
  if (g.shape == Shape::relu) return std::min(g.max, std::max<std::int64_t>(z, 0) >> g.shift);
  if (g.shape == Shape::threshold) return z >= 0 ? 1 : 0;
  const StepFunction& steps = steps_[gate];
  return steps
      .values[static_cast<std::size_t>(std::ranges::upper_bound(steps.at, z) - steps.at.begin())];
}

}  // namespace gatelight::engines::box
