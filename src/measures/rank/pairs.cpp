// SPDX-License-Identifier: Apache-2.0
//
// A gate on all pairs of assignments.
//
// Problem   S x S entries f(a | b) of a circuit with hundreds of inputs.
// Idea      The share of the inputs in a gate's sum is s(a) + s(b): computed once for each assignment.  For a
//           pair only wires between gates are left, and those are added for 64 columns at a time, in the
//           narrowest integers that hold every sum.
// Why       a and b set different bits, so the sum over the bits of a | b is that of a plus that of b.
//           Partial sums of a gate are at most the sum of its terms' magnitudes, which the builder of the
//           circuit has shown to fit; numbers of 16 or 32 bits are taken only where that sum fits them.
// Cost      In the header.
// Tested by tests/unit/measures/rank/pairs_test.cpp
#include "measures/rank/pairs.hpp"

#include <algorithm>
#include <atomic>
#include <limits>

#include "base/checked.hpp"
#include "base/parallel.hpp"

namespace gatelight::measures {
namespace {

constexpr std::size_t lanes = 64;
// Beyond so many steps a value is looked up, lane by lane.
constexpr std::size_t most_compared_steps = 16;

std::int64_t magnitude(Circuit::Interval range) {
  const base::Wide low = range.low, high = range.high;
  const base::Wide most = std::max(low < 0 ? -low : low, high < 0 ? -high : high);
  constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  return most > limit ? limit : static_cast<std::int64_t>(most);
}

}  // namespace

PairEvaluator::PairEvaluator(Circuit circuit, GateId gate) : circuit_(std::move(circuit)) {
  const std::size_t bits = circuit_.bit_count();
  std::vector<char> needed(circuit_.gate_count(), 0);
  needed[static_cast<std::size_t>(gate)] = 1;
  for (std::size_t g = static_cast<std::size_t>(gate) + 1; g-- > 0;) {
    if (needed[g] == 0) continue;
    for (const Wire& wire : circuit_.wires(static_cast<GateId>(g))) {
      if (wire.source >= bits) needed[wire.source - bits] = 1;
    }
  }
  std::vector<Node> place(circuit_.gate_count(), 0);
  base::Wide largest = 0;
  for (std::uint32_t g = 0; g <= static_cast<std::uint32_t>(gate); ++g) {
    if (needed[g] == 0) continue;
    GateCode code;
    code.id = GateId{g};
    base::Wide terms = magnitude({circuit_.threshold(code.id), circuit_.threshold(code.id)});
    for (const Wire& wire : circuit_.wires(code.id)) {
      terms += base::Wide{magnitude({wire.weight, wire.weight})} *
               magnitude(circuit_.node_range(wire.source));
      if (wire.source < bits) {
        code.inputs.push_back(wire);
      } else {
        code.gates.push_back({place[wire.source - bits], wire.weight});
      }
    }
    largest = std::max({largest, terms, base::Wide{magnitude(circuit_.value_range(code.id))}});
    auto steps = circuit_.step_function(code.id);
    if (steps.ok() && steps->at.size() <= most_compared_steps) {
      code.at = std::move(steps->at);
      code.values = std::move(steps->values);
      code.listed = true;
    }
    place[g] = static_cast<Node>(gates_.size());
    gates_.push_back(std::move(code));
  }
  constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  largest_ = largest > limit ? limit : static_cast<std::int64_t>(largest);
}

// The computation in one type of integers.
template <class Number>
class PairEvaluator::Lanes {
 public:
  Lanes(const PairEvaluator& code, std::span<const InputBits> rows,
        std::span<const InputBits> columns)
      : code_(code), blocks_((columns.size() + lanes - 1) / lanes), columns_(columns.size()) {
    for (const GateCode& gate : code.gates_) {
      for (const InputBits& row : rows) of_rows_.push_back(share(gate, row, true));
    }
    for (const GateCode& gate : code.gates_) {
      for (std::size_t j = 0; j < blocks_ * lanes; ++j) {
        of_columns_.push_back(j < columns.size() ? share(gate, columns[j], false) : Number{0});
      }
    }
    rows_ = rows.size();
  }

  // A row of the matrix.
  void fill(std::size_t row, std::span<std::uint64_t> to) const {
    std::vector<Number> values(code_.gates_.size() * lanes);
    for (std::size_t block = 0; block < blocks_; ++block) {
      for (std::size_t g = 0; g < code_.gates_.size(); ++g) evaluate(g, row, block, values.data());
      const Number* last = &values[(code_.gates_.size() - 1) * lanes];
      std::uint64_t word = 0;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        word |= static_cast<std::uint64_t>(last[lane] != 0) << lane;
      }
      const std::size_t left = columns_ - block * lanes;
      to[block] = left >= lanes ? word : word & ((std::uint64_t{1} << left) - 1);
    }
  }

 private:
  Number share(const GateCode& gate, const InputBits& bits, bool with_threshold) const {
    std::int64_t sum = with_threshold ? -code_.circuit_.threshold(gate.id) : 0;
    for (const Wire& wire : gate.inputs) sum += bits[wire.source] != 0 ? wire.weight : 0;
    return static_cast<Number>(sum);
  }

  void evaluate(std::size_t g, std::size_t row, std::size_t block, Number* values) const {
    const GateCode& gate = code_.gates_[g];
    Number z[lanes];
    const Number of_row = of_rows_[g * rows_ + row];
    const Number* of_columns = &of_columns_[(g * blocks_ + block) * lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      z[lane] = static_cast<Number>(of_row + of_columns[lane]);
    }
    for (const Wire& wire : gate.gates) {
      const auto weight = static_cast<Number>(wire.weight);
      const Number* source = values + wire.source * lanes;
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        z[lane] = static_cast<Number>(z[lane] + weight * source[lane]);
      }
    }
    activate(gate, z, values + g * lanes);
  }

  void activate(const GateCode& gate, const Number* z, Number* y) const {
    if (!gate.listed) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        y[lane] = static_cast<Number>(code_.circuit_.activate(gate.id, z[lane]));
      }
      return;
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      y[lane] = static_cast<Number>(gate.values.front());
    }
    for (std::size_t i = 0; i < gate.at.size(); ++i) {
      const auto at = static_cast<Number>(gate.at[i]);
      const auto value = static_cast<Number>(gate.values[i + 1]);
      for (std::size_t lane = 0; lane < lanes; ++lane) y[lane] = z[lane] >= at ? value : y[lane];
    }
  }

  const PairEvaluator& code_;
  std::size_t rows_ = 0, blocks_, columns_;
  std::vector<Number> of_rows_, of_columns_;  // [gate][row], [gate][column, padded]
};

std::optional<linalg::BitMatrix> PairEvaluator::matrix(std::span<const InputBits> rows,
                                                       std::span<const InputBits> columns,
                                                       const Limits& limits) const {
  const Deadline deadline(limits);
  linalg::BitMatrix matrix(rows.size(), columns.size());
  std::atomic<bool> stopped{false};
  const auto run = [&](const auto& code) {
    base::ChunkQueue queue(rows.size(), 4);
    base::run_threads(
        limits.threads,
        [&](int /*index*/) {
          while (const auto chunk = queue.next()) {
            if (deadline.expired()) {
              stopped = true;
              queue.stop();
            }
            for (auto row = chunk->first; row < chunk->last && !stopped; ++row) {
              code.fill(row, matrix.row(row));
            }
          }
        },
        [&] { queue.stop(); });
  };
  if (largest_ <= std::numeric_limits<std::int16_t>::max()) {
    run(Lanes<std::int16_t>(*this, rows, columns));
  } else if (largest_ <= std::numeric_limits<std::int32_t>::max()) {
    run(Lanes<std::int32_t>(*this, rows, columns));
  } else {
    run(Lanes<std::int64_t>(*this, rows, columns));
  }
  if (stopped) return std::nullopt;
  return matrix;
}

}  // namespace gatelight::measures
