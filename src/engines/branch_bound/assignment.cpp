// SPDX-License-Identifier: Apache-2.0
//
// Incremental evaluation of one input.
//
// Problem   Local search and sweeps look at millions of inputs that differ from the last in one
//           bit.
// Idea      Keep every sum.  A flip adds +-weight to the sums that read the bit; gates whose
//           output changes pass the change on, level by level.
// Why       A gate reads lower levels only, so when a level is settled all its sums are final.
// Invariant Between calls sums_, outputs_, value_ are those of evaluate() for bits_ (gates that do
//           not matter to the objective are left out).
// Cost      O(readers of what changed) a flip.
// Limits    While a change spreads, a sum holds old values of some sources and new ones of others;
//           that is still within the row's interval bounds, so it fits 64 bits, and so does each
//           weight * change, which is at most the width of that interval.
// Tested by tests/unit/engines/branch_bound/assignment_test.cpp
#include "engines/branch_bound/assignment.hpp"

#include <algorithm>
#include <cmath>

namespace gatelight::engines::branch_bound {
namespace {

// The spread of the sum over random inputs: what a distance to the threshold is measured in.
double typical_deviation(const Network& network, RowId gate) {
  double squares = 0;
  for (const Wire& wire : network.wires(gate)) {
    const Circuit::Interval range = network.circuit().node_range(wire.source);
    const double step =
        static_cast<double>(wire.weight) * static_cast<double>(range.high - range.low) / 2;
    squares += step * step;
  }
  return std::sqrt(squares);
}

}  // namespace

double guidance_range(const Network& network, RowId gate) {
  return 2 * typical_deviation(network, gate);
}

Assignment::Assignment(const Network& network, const InputBits& bits, bool guided)
    : network_(network),
      guided_(guided),
      bits_(network.bit_count(), 0),
      sums_(network.row_count()),
      outputs_(network.gate_count()),
      merits_(network.gate_count()),
      inverse_scale_(network.gate_count()),
      price_(network.gate_count()),
      touched_(network.level_count()),
      is_touched_(network.gate_count()) {
  // Start from the low end of every sum, as if each source had the value that makes the sum
  // smallest, and move the sources one by one: no partial sum leaves the row's bounds.
  for (RowId row = 0; row < network.row_count(); ++row) {
    const Row& fixed = network.row(row);
    if (!fixed.relevant) continue;
    std::int64_t sum = fixed.low;
    for (const Wire& wire : network.wires(row)) {
      const Circuit::Interval range = network.circuit().node_range(wire.source);
      const std::int64_t value =
          wire.source < network.bit_count() ? 0 : outputs_[wire.source - network.bit_count()];
      sum += wire.weight * (value - (wire.weight > 0 ? range.low : range.high));
    }
    sums_[row] = sum;
    if (!network.is_gate(row)) {
      if (sum < fixed.min || sum > fixed.max) ++broken_rows_;
      continue;
    }
    price_[row] = static_cast<double>(fixed.cost) / network.mean_cost();
    const double scale = guidance_range(network, row);
    inverse_scale_[row] = scale > 0 ? 1 / scale : 0;
    outputs_[row] = network.activate(row, sum);
    if (outputs_[row] != 0) value_ += fixed.cost;
    merits_[row] = merit_of(row);
    merit_ += merits_[row];
  }
  for (Node bit = 0; bit < bits.size(); ++bit) set(bit, bits[bit] != 0);
}

double Assignment::merit_of(RowId gate) const {
  const Row& row = network_.row(gate);
  if (row.cost == 0) return 0;
  const std::int64_t z = sums_[gate];
  if (network_.fires(gate, z)) return price_[gate];
  if (!guided_) return 0;
  // Steps to the nearer end of the silent interval that can be passed at all.
  double distance = 1e300;
  if (row.silent_high < row.high) distance = static_cast<double>(row.silent_high + 1 - z);
  if (row.silent_low > row.low) {
    distance = std::min(distance, static_cast<double>(z - row.silent_low + 1));
  }
  return price_[gate] * verge_share * std::max(0.0, 1 - distance * inverse_scale_[gate]);
}

void Assignment::add_to_domain_row(RowId row, std::int64_t change) {
  const Row& fixed = network_.row(row);
  const auto broken = [&] { return sums_[row] < fixed.min || sums_[row] > fixed.max; };
  const bool before = broken();
  sums_[row] += change;
  const bool after = broken();
  if (before && !after) --broken_rows_;
  if (after && !before) ++broken_rows_;
}

void Assignment::touch(RowId gate) {
  if (is_touched_[gate] != 0) return;
  is_touched_[gate] = 1;
  const std::uint32_t level = network_.row(gate).level;
  touched_[level].push_back(gate);
  lowest_touched_ = std::min(lowest_touched_, level);
  highest_touched_ = std::max(highest_touched_, level);
}

void Assignment::spread(Node node, std::int64_t change) {
  for (const Reader& reader : network_.readers(node)) {
    if (network_.is_gate(reader.row)) {
      sums_[reader.row] += reader.weight * change;
      touch(reader.row);
    } else {
      add_to_domain_row(reader.row, reader.weight * change);
    }
  }
}

void Assignment::settle(RowId gate) {
  is_touched_[gate] = 0;
  const std::int64_t before = outputs_[gate];
  const std::int64_t after = network_.activate(gate, sums_[gate]);
  const std::int64_t cost = network_.row(gate).cost;
  if (cost != 0 && (before != 0) != (after != 0)) value_ += after != 0 ? cost : -cost;
  if (guided_) {
    const double merit = merit_of(gate);
    merit_ += merit - merits_[gate];
    merits_[gate] = merit;
  }
  if (after == before) return;
  outputs_[gate] = after;
  spread(network_.node_of(gate), after - before);
}

void Assignment::flip(Node bit) {
  bits_[bit] ^= 1U;
  lowest_touched_ = network_.level_count();
  highest_touched_ = 0;
  spread(bit, bits_[bit] != 0 ? 1 : -1);
  // settle() only touches higher levels, so no list grows while it is walked.
  for (std::uint32_t level = lowest_touched_; level <= highest_touched_; ++level) {
    for (const RowId gate : touched_[level]) settle(gate);
    touched_[level].clear();
  }
}

}  // namespace gatelight::engines::branch_bound
