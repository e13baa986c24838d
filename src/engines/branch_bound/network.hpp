// SPDX-License-Identifier: Apache-2.0
//
// Network: one circuit and one objective, laid out for search.
//
// Gates and domain rows are the same thing to a propagator, a weighted sum of nodes, so both are
// ROWS here: row g < gate_count() is the sum z of gate g (threshold subtracted), row gate_count()
// + r is domain row r.  Only rows that matter are wired up: gates from which a gate with a cost
// can be reached, and all domain rows.  Everything else is as if it were not there.
//
// Immutable after construction; safe to read from many threads.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_NETWORK_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_NETWORK_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/engine.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight::engines::branch_bound {

using RowId = std::uint32_t;

// Who reads a node, and with which weight.
struct Reader {
  RowId row = 0;
  std::int64_t weight = 0;
};

// What never changes about a row.
struct Row {
  std::int64_t low = 0, high = 0;  // all sums the row can reach, by interval arithmetic
  std::int64_t min = 0, max = 0;   // sums that are allowed, clipped to [low, high]
  // The sums with output 0 are silent_low ... silent_high; none if silent_low > silent_high.
  std::int64_t silent_low = 0, silent_high = -1;
  std::int64_t reach = 0;  // the largest change of the sum that one source can cause
  std::int64_t cost = 0;   // what firing costs
  double importance = 0;  // cost in units of the mean cost, plus a share of what its readers matter
  std::uint32_t level = 0;
  bool is_threshold = false;  // the activation is z >= 0
  bool relevant = false;
};

class Network {
 public:
  // O(wires + gates * log(sums)).
  Network(const Circuit& circuit, const Objective& objective);

  [[nodiscard]] const Circuit& circuit() const { return circuit_; }
  [[nodiscard]] std::size_t bit_count() const { return bit_count_; }
  [[nodiscard]] std::size_t gate_count() const { return gate_count_; }
  [[nodiscard]] std::size_t row_count() const { return rows_.size(); }
  [[nodiscard]] std::uint32_t level_count() const { return level_count_; }  // 1 + the largest level
  [[nodiscard]] bool is_gate(RowId row) const { return row < gate_count_; }
  [[nodiscard]] Node node_of(RowId gate) const { return static_cast<Node>(bit_count_ + gate); }

  [[nodiscard]] const Row& row(RowId row) const { return rows_[row]; }
  [[nodiscard]] std::span<const Wire> wires(RowId row) const;
  [[nodiscard]] std::span<const Reader> readers(Node node) const {
    return {readers_.data() + first_reader_[node], readers_.data() + first_reader_[node + 1]};
  }

  // The output of a gate; z within its reachable sums.
  [[nodiscard]] std::int64_t activate(RowId gate, std::int64_t z) const {
    if (rows_[gate].is_threshold) return z >= 0 ? 1 : 0;
    return circuit_.activate(GateId{gate}, z);
  }
  // The smallest reachable z with output at least `value`, or row.high + 1 where there is none.
  [[nodiscard]] std::int64_t first_sum_reaching(RowId gate, std::int64_t value) const;
  [[nodiscard]] bool fires(RowId gate, std::int64_t z) const {
    return z < rows_[gate].silent_low || z > rows_[gate].silent_high;
  }

  // The bits worth choosing: not fixed by the domain, read by a row that matters.
  [[nodiscard]] std::span<const Node> free_bits() const { return free_bits_; }
  // Gates with a cost, the dearest first.
  [[nodiscard]] std::span<const RowId> priced_gates() const { return priced_gates_; }
  [[nodiscard]] std::int64_t total_cost() const { return total_cost_; }
  [[nodiscard]] double mean_cost() const { return mean_cost_; }

 private:
  void mark_relevant();
  void describe_gate(RowId gate);
  void describe_domain_row(RowId row);
  void connect();
  void rate_importance();

  Circuit circuit_;
  std::size_t bit_count_ = 0;
  std::size_t gate_count_ = 0;
  std::uint32_t level_count_ = 1;
  std::vector<Row> rows_;
  std::vector<std::size_t> first_reader_;
  std::vector<Reader> readers_;
  std::vector<Node> free_bits_;
  std::vector<RowId> priced_gates_;
  std::int64_t total_cost_ = 0;
  double mean_cost_ = 1;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_NETWORK_HPP
