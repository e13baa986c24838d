// SPDX-License-Identifier: Apache-2.0
//
// Interval propagation, forwards and backwards, with exact undo.
//
// Problem   Some inputs and gates are decided, and only inputs worth more than `floor` are looked
//           for.  Bound every sum and output, and the value that any such input can have.
// Idea      Forwards: a sum lies between the sums of its sources' smallest and largest
//           contributions, and a monotone activation maps the ends of an interval to the ends of
//           its image.  Backwards: where a sum must reach a bound (a domain row, a decided gate, a
//           gate that must fire because the bound without its cost would not exceed the floor), no
//           source may stray further than the slack of that bound.  The value is at most the cost
//           of all gates not known to be silent.
// Why       Each step only removes values that no input of the set still looked for takes
//           (docs/explanation/search.md), so the ranges always contain the truth.
// Invariant low and high of a row are exactly the interval sum over the current ranges of its
//           sources; ranges only shrink down a branch; backtrack() restores them from the trail.
// Cost      Fixing a node costs O(its readers), a backward step O(wires of the row).  Backward
//           steps are limited per call (they could creep for long over wide ranges), which only
//           leaves bounds looser.
// Limits    low only rises and high only falls from the bounds that Circuit guarantees, -2^62 and
//           2^62 - 1, so every sum, difference and weight * change fits 64 bits.
// Source    bounds consistency for linear constraints, as in constraint and pseudo-Boolean
//           solvers.
// Tested by tests/unit/engines/branch_bound/propagate_test.cpp
#include "engines/branch_bound/propagate.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace gatelight::engines::branch_bound {

Propagator::Propagator(const Network& network)
    : network_(network),
      bits_(network.bit_count(), -1),
      states_(network.row_count()),
      upper_(network.total_cost()),
      open_gates_(network.priced_gates().size()),
      saved_in_(network.row_count()),
      queued_(network.row_count()) {
  for (RowId row = 0; row < network.row_count(); ++row) {
    const Row& fixed = network.row(row);
    if (!fixed.relevant) continue;
    State& state = states_[row];
    state.low = fixed.low;
    state.high = fixed.high;
    state.need_low = fixed.min;
    state.need_high = fixed.max;
    if (network.is_gate(row)) {
      const Circuit::Interval range = network.circuit().value_range(GateId{row});
      state.value_low = range.low;
      state.value_high = range.high;
    } else {
      state.firing = Firing::fires;  // nothing to find out
    }
    enqueue(row);
  }
  const auto fixed = network.circuit().fixed_bits();
  for (Node bit = 0; bit < network.bit_count() && feasible_; ++bit) {
    if (fixed[bit] >= 0) feasible_ = fix_bit(bit, fixed[bit] != 0);
  }
  root_feasible_ = feasible_ = feasible_ && run(no_floor);
}

bool Propagator::decide(Decision decision, std::int64_t floor) {
  levels_.push_back({bit_trail_.size(), state_trail_.size(), upper_, open_gates_});
  ++epoch_;
  if (!feasible_) return false;
  if (decision.node < network_.bit_count()) {
    feasible_ = fix_bit(decision.node, decision.value != 0);
  } else {
    const RowId gate = decision.node - static_cast<Node>(network_.bit_count());
    State& state = writable(gate);
    if (decision.value != 0) {
      state.must_fire = true;
    } else {
      state.need_low = std::max(state.need_low, network_.row(gate).silent_low);
      state.need_high = std::min(state.need_high, network_.row(gate).silent_high);
    }
    enqueue(gate);
  }
  feasible_ = feasible_ && run(floor);
  if (!feasible_) clear_queue();
  return feasible_;
}

bool Propagator::tighten(std::int64_t floor) {
  feasible_ = feasible_ && run(floor);
  if (!feasible_) clear_queue();
  if (levels_.empty()) root_feasible_ = feasible_;
  return feasible_;
}

void Propagator::backtrack(std::size_t depth) {
  if (depth >= levels_.size()) return;
  const Level level = levels_[depth];
  while (state_trail_.size() > level.states) {
    states_[state_trail_.back().row] = state_trail_.back().state;
    state_trail_.pop_back();
  }
  while (bit_trail_.size() > level.bits) {
    bits_[bit_trail_.back()] = -1;
    bit_trail_.pop_back();
  }
  upper_ = level.upper;
  open_gates_ = level.open_gates;
  feasible_ = root_feasible_;
  levels_.resize(depth);
  ++epoch_;
}

// The state of a row, saved first if the current depth has not saved it yet.
Propagator::State& Propagator::writable(RowId row) {
  if (saved_in_[row] != epoch_) {
    saved_in_[row] = epoch_;
    if (!levels_.empty()) state_trail_.push_back({row, states_[row]});
  }
  return states_[row];
}

void Propagator::enqueue(RowId row) {
  if (queued_[row] != 0) return;
  queued_[row] = 1;
  queue_.push_back(row);
}

void Propagator::clear_queue() {
  for (; queue_head_ < queue_.size(); ++queue_head_) queued_[queue_[queue_head_]] = 0;
  queue_.clear();
  queue_head_ = 0;
}

// The range of a node lost low_rise at its low end and high_fall at its high end.
void Propagator::narrow_source(Node node, std::int64_t low_rise, std::int64_t high_fall) {
  for (const Reader& reader : network_.readers(node)) {
    State& state = writable(reader.row);
    if (reader.weight > 0) {
      state.low += reader.weight * low_rise;
      state.high -= reader.weight * high_fall;
    } else {
      state.low -= reader.weight * high_fall;
      state.high += reader.weight * low_rise;
    }
    // A row whose output is known and whose needs are met has nothing more to say.
    const bool settled = state.value_low == state.value_high && state.need_low <= state.low &&
                         state.high <= state.need_high && state.firing != Firing::open;
    if (!settled) enqueue(reader.row);
  }
}

bool Propagator::fix_bit(Node bit, bool value) {
  if (bits_[bit] >= 0) return (bits_[bit] != 0) == value;
  bits_[bit] = value ? 1 : 0;
  if (!levels_.empty()) bit_trail_.push_back(bit);
  narrow_source(bit, value ? 1 : 0, value ? 0 : 1);
  return true;
}

// Keeps only values low ... high of a node.
bool Propagator::limit_node(Node node, std::int64_t low, std::int64_t high) {
  if (low > high) return false;
  if (node < network_.bit_count()) {
    if (low > 1 || high < 0) return false;
    if (low == 1) return fix_bit(node, true);
    if (high == 0) return fix_bit(node, false);
    return true;
  }
  const RowId gate = node - static_cast<Node>(network_.bit_count());
  const State& known = states_[gate];
  const std::int64_t need_low =
      low > known.value_low ? network_.first_sum_reaching(gate, low) : known.need_low;
  const std::int64_t need_high =
      high < known.value_high ? network_.first_sum_reaching(gate, high + 1) - 1 : known.need_high;
  if (need_low <= known.need_low && need_high >= known.need_high) return true;
  State& state = writable(gate);
  state.need_low = std::max(state.need_low, need_low);
  state.need_high = std::min(state.need_high, need_high);
  enqueue(gate);
  return true;
}

void Propagator::set_firing(RowId gate, Firing firing) {
  writable(gate).firing = firing;
  const std::int64_t cost = network_.row(gate).cost;
  if (cost == 0) return;
  --open_gates_;
  if (firing == Firing::silent) upper_ -= cost;
}

bool Propagator::process_gate(RowId gate) {
  const Row& row = network_.row(gate);
  State& state = writable(gate);
  const auto low = [&] { return std::max(state.low, state.need_low); };
  const auto high = [&] { return std::min(state.high, state.need_high); };
  const auto silent = [&](std::int64_t z) { return !network_.fires(gate, z); };
  if (state.must_fire) {
    if (silent(low())) state.need_low = row.silent_high + 1;
    if (low() <= high() && silent(high())) state.need_high = row.silent_low - 1;
  }
  if (low() > high()) return false;
  if (state.firing == Firing::open) {
    // The silent sums form one interval: two silent ends mean silence in between.
    if (silent(low()) && silent(high())) {
      set_firing(gate, Firing::silent);
    } else if (state.must_fire || high() < row.silent_low || low() > row.silent_high ||
               row.silent_low > row.silent_high) {
      set_firing(gate, Firing::fires);
    }
  }
  if (state.value_low == state.value_high) return true;
  const std::int64_t value_low = network_.activate(gate, low());
  const std::int64_t value_high = network_.activate(gate, high());
  const std::int64_t old_low = std::exchange(state.value_low, value_low);
  const std::int64_t old_high = std::exchange(state.value_high, value_high);
  if (old_low == value_low && old_high == value_high) return true;
  // Of a gate that nothing reads, not even the difference of two values need fit 64 bits.
  const Node node = network_.node_of(gate);
  if (!network_.readers(node).empty()) {
    narrow_source(node, value_low - old_low, old_high - value_high);
  }
  return true;
}

// The needs of a row bound its sources: a source may stray from its best value by the slack only.
bool Propagator::push_back(RowId row) {
  if (backward_left_ == 0) return true;
  --backward_left_;
  for (const Wire& wire : network_.wires(row)) {
    // Copies: limiting a source may change this row and save its state.
    const State state = states_[row];
    const bool is_bit = wire.source < network_.bit_count();
    if (is_bit && bits_[wire.source] >= 0) continue;
    const State* gate = is_bit ? nullptr : &states_[wire.source - network_.bit_count()];
    std::int64_t low = is_bit ? 0 : gate->value_low;
    std::int64_t high = is_bit ? 1 : gate->value_high;
    if (low == high) continue;
    const std::int64_t weight = std::abs(wire.weight);
    const std::int64_t above = state.high - state.need_low;  // how far the sum may fall from high
    const std::int64_t below = state.need_high - state.low;  // how far it may rise from low
    if (above < 0 || below < 0) return false;
    const std::int64_t steps_from_best = above / weight;
    const std::int64_t steps_from_worst = below / weight;
    const std::int64_t span = high - low;
    if (steps_from_best >= span && steps_from_worst >= span) continue;
    const std::int64_t near_high = wire.weight > 0 ? steps_from_best : steps_from_worst;
    const std::int64_t near_low = wire.weight > 0 ? steps_from_worst : steps_from_best;
    if (near_high < span) low = high - near_high;
    if (near_low < span) high = (is_bit ? 0 : gate->value_low) + near_low;
    if (!limit_node(wire.source, low, high)) return false;
  }
  return true;
}

bool Propagator::process(RowId row) {
  if (network_.is_gate(row) && !process_gate(row)) return false;
  const State& state = states_[row];
  if (state.high < state.need_low || state.low > state.need_high) return false;
  const std::int64_t reach = network_.row(row).reach;
  const bool pulls_up = state.need_low > state.low && state.high - state.need_low < reach;
  const bool pulls_down = state.need_high < state.high && state.need_high - state.low < reach;
  return !(pulls_up || pulls_down) || push_back(row);
}

bool Propagator::drain() {
  while (queue_head_ < queue_.size()) {
    const RowId row = queue_[queue_head_++];
    queued_[row] = 0;
    if (!process(row)) return false;
  }
  queue_.clear();
  queue_head_ = 0;
  return true;
}

// Gates without whose cost the floor is not passed must fire.
bool Propagator::apply_floor(std::int64_t floor, bool& changed) {
  changed = false;
  if (floor < 0) return true;
  if (upper_ <= floor) return false;
  const std::int64_t slack = upper_ - floor - 1;
  for (const RowId gate : network_.priced_gates()) {
    if (network_.row(gate).cost <= slack) break;
    if (states_[gate].firing != Firing::open || states_[gate].must_fire) continue;
    writable(gate).must_fire = true;
    enqueue(gate);
    changed = true;
  }
  return true;
}

bool Propagator::run(std::int64_t floor) {
  backward_left_ = 16 * network_.row_count() + 64;
  bool changed = true;
  while (changed) {
    if (!drain() || !apply_floor(floor, changed)) return false;
  }
  return true;
}

}  // namespace gatelight::engines::branch_bound
