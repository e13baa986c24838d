// SPDX-License-Identifier: Apache-2.0
//
// What one thread of a sweep owns, and the kernels that work on it.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP

#include <cstdint>
#include <map>
#include <vector>

#include "base/cpu.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {

// The largest value found so far, and the first input of the sweep order that has it: the smallest
// block, then the smallest lane.
struct Found {
  static constexpr std::int64_t nothing = -1;  // costs are not negative
  std::int64_t value = nothing;
  std::uint64_t block = 0;
  unsigned lane = 0;
};

// Number of inputs for each sum of target 0, bias included.
struct Tally {
  static constexpr std::uint32_t dense_bits = 16;
  std::vector<std::uint64_t> dense;  // used where the sum has at most dense_bits bits
  std::map<std::uint64_t, std::uint64_t> sparse;
  void add(std::uint64_t sum, std::uint64_t inputs) {
    if (dense.empty()) {
      sparse[sum] += inputs;
    } else {
      dense[sum] += inputs;
    }
  }
};

class Worker {
 public:
  // Both outlive the worker's use; the plan is shared by all threads.
  Worker(const Plan& plan, bool histogram);

  // Makes `block` the current one.  O(offsets * high bits).
  void seek(std::uint64_t block);

  // Lanes of the mask in `lanes_found` beat the best of this target, and the bits of the target's
  // sum lie in plan.bit_slots.
  void improve(std::size_t target, std::uint64_t block, const Mask& lanes_found);

  [[nodiscard]] Mask& mask(Slot slot) { return slots[slot / slot_bytes]; }

  const Plan& plan;
  std::vector<Mask> slots;
  std::vector<std::int64_t> offsets;
  std::vector<std::uint64_t> words;
  std::vector<Found> best;  // one a target
  bool tallies = false;
  Tally tally;
  Mask all_lanes{};  // those that stand for an input

 private:
  void aim(std::size_t target);  // the words that say "better than the best"
};

// Evaluates the blocks [first, last) in order: updates best, and the tally if asked for.
using Sweep = void (*)(Worker& worker, std::uint64_t first, std::uint64_t last);
[[nodiscard]] Sweep sweep_for(base::InstructionSet set);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP
