// SPDX-License-Identifier: Apache-2.0
//
// Propagator: what follows for every sum and output when some inputs and gates are decided.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_PROPAGATE_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_PROPAGATE_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::branch_bound {

// A decision: an input bit has this value, or a gate fires (1) or is silent (0).
struct Decision {
  Node node = 0;
  std::uint8_t value = 0;
  friend bool operator==(const Decision&, const Decision&) = default;
};

class Propagator {
 public:
  enum class Firing : std::uint8_t { open, fires, silent };

  // What is known about a row; only shrinks down a branch.
  struct State {
    std::int64_t low = 0, high = 0;              // the sum, from the ranges of its sources
    std::int64_t need_low = 0, need_high = 0;    // sums that are still looked for
    std::int64_t value_low = 0, value_high = 0;  // the output (gates)
    Firing firing = Firing::open;
    bool must_fire = false;
    friend bool operator==(const State&, const State&) = default;
  };

  static constexpr std::int64_t no_floor = -1;

  // Keeps a reference to `network` and draws the conclusions from the domain.
  explicit Propagator(const Network& network);

  // Opens a new depth, takes the decision and draws its conclusions, given that only inputs with
  // value above `floor` are looked for.  False: there is no such input.  Either way backtrack()
  // undoes it.
  bool decide(Decision decision, std::int64_t floor);
  // Draws the conclusions from a risen floor at the current depth.
  bool tighten(std::int64_t floor);
  // Restores exactly the state at `depth`.
  void backtrack(std::size_t depth);

  [[nodiscard]] std::size_t depth() const { return levels_.size(); }
  // No input that satisfies the decisions (and has value above the floor) has a larger value.
  [[nodiscard]] std::int64_t upper() const { return upper_; }
  [[nodiscard]] bool feasible() const { return feasible_; }
  [[nodiscard]] std::int8_t bit(Node bit) const { return bits_[bit]; }  // -1 where open
  [[nodiscard]] const State& state(RowId row) const { return states_[row]; }
  // Gates with a cost that neither surely fire nor surely stay silent.
  [[nodiscard]] std::size_t open_gates() const { return open_gates_; }
  [[nodiscard]] const Network& network() const { return network_; }

 private:
  struct Level {
    std::size_t bits, states;
    std::int64_t upper;
    std::size_t open_gates;
  };
  struct SavedState {
    RowId row;
    State state;
  };

  State& writable(RowId row);
  void enqueue(RowId row);
  void narrow_source(Node node, std::int64_t low_rise, std::int64_t high_fall);
  bool fix_bit(Node bit, bool value);
  bool limit_node(Node node, std::int64_t low, std::int64_t high);
  bool process(RowId row);
  bool process_gate(RowId gate);
  bool push_back(RowId row);
  void set_firing(RowId gate, Firing firing);
  bool run(std::int64_t floor);
  bool drain();
  bool apply_floor(std::int64_t floor, bool& changed);
  void clear_queue();

  const Network& network_;
  std::vector<std::int8_t> bits_;
  std::vector<State> states_;
  std::int64_t upper_ = 0;
  std::size_t open_gates_ = 0;
  bool feasible_ = true;
  bool root_feasible_ = true;

  std::vector<Level> levels_;
  std::vector<Node> bit_trail_;
  std::vector<SavedState> state_trail_;
  std::vector<std::uint64_t> saved_in_;  // epoch in which a row's state was last saved
  std::uint64_t epoch_ = 1;

  std::vector<RowId> queue_;
  std::size_t queue_head_ = 0;
  std::vector<std::uint8_t> queued_;
  std::size_t backward_left_ = 0;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_PROPAGATE_HPP
