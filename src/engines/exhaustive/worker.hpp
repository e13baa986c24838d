// SPDX-License-Identifier: Apache-2.0
//
// What one thread of a sweep owns, and the kernels that work on it.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "base/cpu.hpp"
#include "engines/exhaustive/code/machine_code.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {

// An input in the order of the sweep: block * lanes + lane.
using Position = std::uint64_t;

// The largest value found so far, and the first input of the sweep order that has it.
struct Found {
  static constexpr std::int64_t nothing = -1;  // costs are not negative
  std::int64_t value = nothing;
  Position position = 0;
  friend bool operator==(const Found&, const Found&) = default;
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

// Where the lookups of a front stand in the current block.
struct FrontState {
  explicit FrontState(const Front& front);
  NumberArray need;
  // [half][padded]: the row of each lookup within its table, and its byte offset in Plan::rows.
  std::array<base::AlignedVector<std::uint16_t>, halves> row;
  std::array<base::AlignedVector<std::uint32_t>, halves> offset;
};

// A lane that is worth evaluating is not evaluated in its block but written down: which of the front's
// masks it lies in, and its raw inputs.  1024 such RECORDS, lanes of any blocks, are then evaluated at
// once.
struct Records {
  explicit Records(const Plan& plan);
  std::uint32_t count = 0;
  std::uint32_t pattern_words = 0, raw_words = 0;
  base::AlignedVector<std::uint32_t> words;  // [word][record]: pattern, then raw inputs
  std::vector<Position> positions;           // of each record
  std::vector<std::uint32_t> raw_of_block;   // high raw inputs, a bit each
  std::vector<std::uint32_t> raw_of_lane;    // [word][lane]: low raw inputs
};

class Worker {
 public:
  // All outlive the worker's use; plan and code are shared by all threads.  `code` may be null.
  Worker(const Plan& plan, bool histogram, const generated::MachineCode* code);

  // Makes `block` the current one.  O(lookups * high bits).
  void seek(std::uint64_t block);
  // Makes the block after the current one current.  Only where Plan::blocks is not complete.
  void advance_restricted();
  // A high bit changed to `value`: the sums over high bits; the raw inputs.
  void turn(std::size_t bit, bool value);
  void turn_raw(std::size_t bit, bool value);

  // From now on only inputs of at least this value matter for the target.
  void set_floor(std::size_t target, std::int64_t floor);

  // `beats` are lanes of `slots` that reach the floor of a target whose sum's bits lie in bit_slots;
  // positions[lane] tells the input.
  void improve(std::size_t target, const Mask& beats, const Mask* slots, const Position* positions);

  [[nodiscard]] Mask& mask(Slot slot) { return slots[slot / slot_bytes]; }

  const Plan& plan;
  const generated::MachineCode* code;
  std::vector<Mask> slots;         // of the current block
  std::vector<Mask> record_slots;  // of the records
  std::vector<Mask> spill;         // for generated code
  FrontState domain, front;
  Blocks::Cursor cursor;
  std::uint64_t block = 0;
  Records records;
  std::vector<std::uint64_t> words;
  std::vector<Found> best;          // one a target
  std::vector<std::int64_t> floor;  // one a target
  bool tallies = false;
  Tally tally;
  Mask all_lanes{};  // those that stand for an input

  // Lanes are filtered before they are evaluated; how many passed, of how many.
  bool filters = true;
  std::uint64_t filtered = 0, passed = 0;
  int chunks_to_rest = 0;           // without filter: too many lanes passed it
  std::uint32_t most_recorded = 0;  // of a block: with more, the block is evaluated as it is
};

struct Kernel {
  // Evaluates the blocks [first, last) in order: updates best, and the tally if asked for.  Lanes stay
  // behind in the records until there are 1024 of them, or flush() is called.
  void (*sweep)(Worker& worker, std::uint64_t first, std::uint64_t last);
  // Evaluates the records.
  void (*flush)(Worker& worker);
  // Evaluates the blocks [first, last) one by one; the lanes of block b that reach the floor of target 0
  // go to the mask at `to` + gray(b) * lanes / 64.  Requires that Plan::blocks is complete.
  void (*decide)(Worker& worker, std::uint64_t first, std::uint64_t last, std::uint64_t* to);
};
[[nodiscard]] Kernel kernel_for(base::InstructionSet set);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_WORKER_HPP
