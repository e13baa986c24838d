// SPDX-License-Identifier: Apache-2.0
//
// A gate on all pairs of assignments of two sides (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_PAIRS_HPP
#define GATELIGHT_MEASURES_RANK_PAIRS_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::measures {

class PairEvaluator {
 public:
  PairEvaluator(Circuit circuit, GateId gate);

  // Entry (i, j): whether the gate fires on rows[i] | columns[j].  An assignment has one 0 or 1 for each input
  // bit of the circuit; no bit is 1 in a row and in a column.  Empty where a limit came first.
  // O((rows + columns) * wires + rows * columns * wires that gates read from gates, 64 at a time).
  [[nodiscard]] std::optional<linalg::BitMatrix> matrix(std::span<const InputBits> rows,
                                                        std::span<const InputBits> columns,
                                                        const Limits& limits) const;

 private:
  struct GateCode {
    GateId id{};
    std::vector<Wire> inputs;              // wires from input bits
    std::vector<Wire> gates;               // from gates, by place among gates_
    std::vector<std::int64_t> at, values;  // steps; no `at` with `values` empty: ask the circuit
    bool listed = false;
  };
  template <class Number>
  class Lanes;

  Circuit circuit_;
  std::vector<GateCode> gates_;  // those that matter, the asked one last
  std::int64_t largest_ = 0;     // no partial sum or value has a larger magnitude
};

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_PAIRS_HPP
