// SPDX-License-Identifier: Apache-2.0
//
// What a sweep does, as flat data shared by all threads.
//
// The free input bits that matter are split: the LOW bits tell the LANE, one of 1024 inputs that are
// evaluated together; the HIGH bits tell the BLOCK.  A MASK is 1024 bits, one a lane.  Masks live in
// numbered SLOTS of 128 bytes in a worker's own memory and are named by their byte offset.  Most
// come in PAIRS: the mask in an even slot, its complement in the next one.
//
// Conditions over input bits only, [sum of weight * bit >= cut], are the FRONT: each is looked up in a
// table.  Everything else is the PROGRAM: logic on masks, from the front's masks to the objectives.  It
// does not know about blocks, so it serves lanes that stand for any inputs.
//
// docs/explanation/enumerate.md explains the method.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP

#include <cstdint>
#include <limits>
#include <vector>

#include "base/aligned.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/blocks.hpp"

namespace gatelight::engines::exhaustive {

inline constexpr int lane_bits = 10;
inline constexpr int lanes = 1 << lane_bits;
// Tables hold half masks, over the lower nine of these bits: a quarter of the memory, as whole ones
// would also take twice as many.
inline constexpr int table_bits = lane_bits - 1;
inline constexpr int halves = 2;
inline constexpr int half_lanes = lanes / halves;

struct alignas(64) Mask {
  std::uint64_t word[lanes / 64];
};
inline constexpr std::uint32_t slot_bytes = sizeof(Mask);

struct alignas(64) HalfMask {
  std::uint64_t word[half_lanes / 64];
};

using Slot = std::uint32_t;  // byte offset of a mask
inline constexpr Slot zero_slot = 0;
inline constexpr Slot one_slot = slot_bytes;          // the complement of the zero slot
inline constexpr Slot discard_slot = 2 * slot_bytes;  // written, never read
inline constexpr Slot valid_slot = 3 * slot_bytes;    // lanes that stand for an input of the domain
inline constexpr Slot first_free_slot = 4 * slot_bytes;
constexpr Slot complement(Slot slot) { return slot ^ slot_bytes; }  // pairs begin at even slots

using Count = unsigned __int128;

// All half masks [low sum >= d] of one linear form, the highest lane bit being 0.  A lane lies in row
// r iff its RANK is at least r; every d has its row.
struct Table {
  enum class Kind : std::uint8_t {
    direct,  // row = d - low: one for each d
    ranked,  // a row for each distinct low sum; Plan::ranks tells the row of d - low
    wide,    // ... found by bisection among Plan::sums
  };
  Kind kind = Kind::direct;
  std::int64_t low = 0, high = 0;  // smallest and largest low sum
  std::uint32_t rows = 0;          // index of the first row in Plan::rows
  std::uint32_t count = 0;         // rows, the last one empty
  std::uint32_t ranks = 0;         // of the first entry in Plan::ranks
  std::uint32_t sums = 0;          // index of the first distinct low sum in Plan::sums
};

// Integers of 2, 4 or 8 bytes each, beginning at a cache line.
class NumberArray {
 public:
  void assign(std::size_t count, std::size_t width) {
    width_ = width;
    bytes_.assign(count * width, 0);
  }
  void set(std::size_t index, std::int64_t number) {
    if (width_ == 2) as<std::int16_t>()[index] = static_cast<std::int16_t>(number);
    if (width_ == 4) as<std::int32_t>()[index] = static_cast<std::int32_t>(number);
    if (width_ == 8) as<std::int64_t>()[index] = number;
  }
  [[nodiscard]] std::int64_t get(std::size_t index) const {
    if (width_ == 2) return as<std::int16_t>()[index];
    return width_ == 4 ? as<std::int32_t>()[index] : as<std::int64_t>()[index];
  }
  template <class Number>
  [[nodiscard]] Number* as() {
    return reinterpret_cast<Number*>(bytes_.data());
  }
  template <class Number>
  [[nodiscard]] const Number* as() const {
    return reinterpret_cast<const Number*>(bytes_.data());
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }

 private:
  std::size_t width_ = 8;
  base::AlignedVector<unsigned char> bytes_;
};

// Conditions [sum >= cut] over input bits, each a LOOKUP: with NEED = cut - (sum over high bits), the
// mask is the table's row of need clamped to [low, high + 1].  Arrays over lookups, padded to whole
// vectors; lookups of direct tables come first, then ranked, then wide ones.  Numbers are as narrow as
// the largest allows: what a block costs is mostly moving them.
struct Front {
  static constexpr std::uint32_t padding = 32;

  std::uint32_t count = 0, padded = 0;
  std::uint32_t direct = 0, ranked = 0;  // ends of the first two kinds
  std::size_t number_bytes = 8;          // 2, 4 or 8
  NumberArray need;                      // in the block where all high bits are 0
  NumberArray weights;                   // [high bit][padded]: what setting the bit takes from need
  NumberArray upper;                     // the weight of the highest lane bit
  NumberArray low, last;                 // need is clamped to these: low sums, the largest plus 1
  base::AlignedVector<std::uint32_t> first_row;  // byte offset of its table in Plan::rows
  std::vector<std::uint32_t> table;              // of each lookup
  std::vector<Slot> slot;                        // pair that the mask goes to
};

// pair = [sum of masks >= cut].  `words` is the place in the program's words: the carry into the
// comparison, then a word a position, all ones where the complement of the constant has a 1.
struct Compare {
  std::int64_t cut = 0;
  std::uint32_t words = 0;
  Slot pair = 0;
};

struct Term {
  Slot pair = 0;
  std::int64_t weight = 0;
};

// A weighted sum of masks, bit-sliced.  Every digit of every weight is +-2^p; a negative digit adds
// the complement of its mask instead, so that sum + bias = sum over positions p of 2^p * (number of
// masks listed for p) and nothing is ever subtracted.
struct Sum {
  std::uint32_t first_term = 0, terms = 0;
  std::uint32_t code = 0;       // where its positions begin in Program::code (weighted_sum.hpp)
  std::uint32_t positions = 0;  // the result has so many bits; carries beyond are zero
  std::uint32_t first_compare = 0, compares = 0;
  std::int64_t low = 0, high = 0;  // range of the sum, bias not added
  Count bias = 0;
};

// min(max, max(z, 0) >> shift) on the bits of a sum, z = sum + constant.
struct ReluBits {
  std::uint32_t sum = 0;
  std::uint32_t width = 0;  // bits of z in two's complement
  std::uint32_t words = 0;  // constant - bias, a word a bit
  std::uint32_t shift = 0;
  std::uint32_t bits = 0;     // of the output
  Slot pairs = 0;             // the output, lowest bit first
  Slot full = zero_slot;      // where the output is max
  std::int64_t constant = 0;  // in z
  std::int64_t max = 0;       // all bits beyond every output where no clamping is needed
};

struct Step {
  enum class Kind : std::uint8_t {
    decide,   // a sum and its only comparison
    compare,  // a sum kept bit by bit, and all its comparisons
    relu,     // ... and then a ReluBits
    parity,   // pair = XOR of the slots list[first, first + count)
    either,   // pair = OR of the same
  };
  Kind kind = Kind::decide;
  std::uint32_t index = 0;  // of the sum or the ReluBits
  std::uint32_t first = 0, count = 0;
  Slot pair = 0;
};

// A total cost of firing gates, constant + sum, and the comparison [total >= floor], whose constant
// changes whenever something better is found.  A program's words are held once as the sums' code
// wants them and once as generated code does: the bits of -(floor - constant) - bias, all masks of
// generated_width words.
struct Target {
  std::uint32_t sum = 0;
  std::uint32_t words = 0;
  std::uint32_t generated_words = 0, generated_width = 0;
  std::int64_t constant = 0;
};

struct Program {
  std::vector<Step> steps;
  std::uint32_t front_steps = 0;  // the first ones, which read the front's masks only
  // No input has a larger total than its filter says: the front's exact share plus the largest of
  // everything else.  One for each target.
  std::vector<Target> filters;
  std::vector<Target> targets;

  std::vector<Sum> sums;
  std::vector<Term> terms;
  std::vector<Compare> compares;
  std::vector<ReluBits> relus;
  std::vector<std::uint32_t> code;
  std::vector<Slot> lists;
  std::vector<std::uint64_t> words;  // constants; workers keep a copy

  std::uint32_t slot_count = 0;
  Slot bit_slots = 0;             // the bits of the sum at work, 64 + some
  Slot survivors_slot = 0;        // the lanes that some filter lets pass
  Slot beats_slots = 0;           // for each target the lanes that reach its floor
  std::uint64_t work = 0;         // rough: masks added, combined or compared for 1024 lanes
  std::uint64_t filter_work = 0;  // ... of the filters
};

// An input bit that a step reads directly.
struct RawInput {
  std::uint32_t bit = 0;
  int low = -1, high = -1;  // its index among these; one is -1
  Slot pair = 0;
};

struct Plan {
  // Inputs.
  std::vector<std::uint32_t> low_inputs, high_inputs;  // input bits; lane bit i, block bit i
  int unread_bits = 0;  // free bits nothing depends on: left at 0, each doubles the counts
  InputBits start;      // fixed bits, and 0 elsewhere
  Blocks blocks;        // the assignments of the high bits that are swept, in order

  // The domain and the gates over inputs only.
  Front domain, front;
  std::vector<Slot> conditions;  // the lanes inside the domain lie in all of these
  std::vector<RawInput> raw;

  // [lane of the lower half][front.padded]: ranks.
  base::AlignedVector<std::uint16_t> lane_ranks;

  Program program;

  // What the tables consist of.
  std::vector<Table> tables;
  std::vector<HalfMask> rows;
  std::vector<std::int64_t> sums;
  std::vector<std::uint16_t> ranks;

  [[nodiscard]] InputBits input(std::uint64_t block, unsigned lane) const;
  [[nodiscard]] std::size_t bytes() const;  // of the tables and the program, roughly
};

// Errors: unsupported (more than 62 free bits that the domain does not tie down), limit (too large for
// 32-bit offsets, or a step function with too many steps).
[[nodiscard]] Result<Plan> compile_plan(const Question& question);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP
