// SPDX-License-Identifier: Apache-2.0
//
// Laying out a circuit for search: who reads whom, which sums are silent, what matters.
//
// Limits    Sums of gates lie in [-2^62, 2^62 - 1], which Circuit guarantees, so the difference of
//           two sums fits 64 bits.  Domain rows obey the same limit.
// Cost      O(wires); 16 bytes a wire.
// Tested by tests/unit/engines/branch_bound/propagate_test.cpp
#include "engines/branch_bound/network.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/checked.hpp"
#include "base/halving.hpp"

namespace gatelight::engines::branch_bound {
namespace {

// The largest change of the sum that one source can cause.  |weight| * span is at most the width of
// the row's sums, which fits.
std::int64_t reach_of(const Circuit& circuit, std::span<const Wire> wires) {
  std::int64_t reach = 0;
  for (const Wire& wire : wires) {
    const Circuit::Interval range = circuit.node_range(wire.source);
    if (range.low == range.high) continue;
    reach = std::max(reach, std::abs(wire.weight) * (range.high - range.low));
  }
  return reach;
}

}  // namespace

Network::Network(const Circuit& circuit, const Objective& objective)
    : circuit_(circuit),
      bit_count_(circuit.bit_count()),
      gate_count_(circuit.gate_count()),
      rows_(circuit.gate_count() + circuit.domain_rows().size()) {
  for (RowId gate = 0; gate < gate_count_; ++gate) {
    rows_[gate].cost = objective.cost[gate];
    total_cost_ += objective.cost[gate];  // at most 2^62 by the contract of Objective
    if (objective.cost[gate] > 0) priced_gates_.push_back(gate);
  }
  std::stable_sort(priced_gates_.begin(), priced_gates_.end(),
                   [this](RowId a, RowId b) { return rows_[a].cost > rows_[b].cost; });
  if (!priced_gates_.empty()) {
    mean_cost_ = static_cast<double>(total_cost_) / static_cast<double>(priced_gates_.size());
  }
  mark_relevant();
  for (RowId row = 0; row < rows_.size(); ++row) {
    if (is_gate(row)) {
      describe_gate(row);
    } else {
      describe_domain_row(row);
    }
  }
  connect();
  rate_importance();
}

std::span<const Wire> Network::wires(RowId row) const {
  if (is_gate(row)) return circuit_.wires(GateId{row});
  return circuit_.domain_rows()[row - gate_count_].wires;
}

std::int64_t Network::first_sum_reaching(RowId gate, std::int64_t value) const {
  return base::least_allowed(rows_[gate].low, rows_[gate].high + 1,
                             [&](std::int64_t sum) { return activate(gate, sum) >= value; });
}

// A gate matters if it has a cost or a gate that matters reads it.
void Network::mark_relevant() {
  for (RowId gate = static_cast<RowId>(gate_count_); gate-- > 0;) {
    if (rows_[gate].cost > 0) rows_[gate].relevant = true;
    if (!rows_[gate].relevant) continue;
    for (const Wire& wire : circuit_.wires(GateId{gate})) {
      if (wire.source >= bit_count_) rows_[wire.source - bit_count_].relevant = true;
    }
  }
  for (std::size_t row = gate_count_; row < rows_.size(); ++row) rows_[row].relevant = true;
}

void Network::describe_gate(RowId gate) {
  Row& row = rows_[gate];
  const Circuit::Interval sums = circuit_.sum_range(GateId{gate});
  row.low = row.min = sums.low;
  row.high = row.max = sums.high;
  row.is_threshold = std::holds_alternative<Threshold>(circuit_.gate(GateId{gate}).activation);
  row.level = static_cast<std::uint32_t>(circuit_.level(GateId{gate}));
  level_count_ = std::max(level_count_, row.level + 1);
  if (!row.relevant) return;
  row.silent_low = first_sum_reaching(gate, 0);
  row.silent_high = first_sum_reaching(gate, 1) - 1;
  row.reach = reach_of(circuit_, circuit_.wires(GateId{gate}));
}

void Network::describe_domain_row(RowId id) {
  Row& row = rows_[id];
  const DomainRow& written = circuit_.domain_rows()[id - gate_count_];
  for (const Wire& wire : written.wires) {
    row.low += std::min<std::int64_t>(wire.weight, 0);
    row.high += std::max<std::int64_t>(wire.weight, 0);
  }
  // One past either end says as much as any number further out.
  row.min = std::clamp(written.min, row.low, row.high + 1);
  row.max = std::clamp(written.max, row.low - 1, row.high);
  row.reach = reach_of(circuit_, written.wires);
}

void Network::connect() {
  const std::size_t nodes = bit_count_ + gate_count_;
  first_reader_.assign(nodes + 1, 0);
  for (RowId row = 0; row < rows_.size(); ++row) {
    if (!rows_[row].relevant) continue;
    for (const Wire& wire : wires(row)) ++first_reader_[wire.source + 1];
  }
  for (std::size_t node = 0; node < nodes; ++node) first_reader_[node + 1] += first_reader_[node];
  readers_.resize(first_reader_[nodes]);
  std::vector<std::size_t> next(first_reader_.begin(), first_reader_.end() - 1);
  for (RowId row = 0; row < rows_.size(); ++row) {
    if (!rows_[row].relevant) continue;
    for (const Wire& wire : wires(row)) readers_[next[wire.source]++] = {row, wire.weight};
  }
  const std::span<const std::int8_t> fixed = circuit_.fixed_bits();
  for (Node bit = 0; bit < bit_count_; ++bit) {
    if (fixed[bit] < 0 && !readers(bit).empty()) free_bits_.push_back(bit);
  }
}

// Readers come after what they read, so one pass from the last gate to the first is enough.  Only a
// guide for heuristics.
void Network::rate_importance() {
  for (RowId gate = static_cast<RowId>(gate_count_); gate-- > 0;) {
    Row& row = rows_[gate];
    row.importance = static_cast<double>(row.cost) / mean_cost_;
    const Circuit::Interval range = circuit_.node_range(node_of(gate));
    const double span = static_cast<double>(range.high) - static_cast<double>(range.low);
    for (const Reader& reader : readers(node_of(gate))) {
      const Row& other = rows_[reader.row];
      const double width = static_cast<double>(other.high - other.low);
      if (width <= 0) continue;
      const double share = std::abs(static_cast<double>(reader.weight)) * span / width;
      row.importance += share * other.importance;
    }
  }
}

}  // namespace gatelight::engines::branch_bound
