// SPDX-License-Identifier: Apache-2.0
//
// What a sweep does to one block of 1024 inputs, as flat data shared by all threads.
//
// A MASK is 1024 bits, one a lane (one lane an input of the block).  Masks live in numbered SLOTS
// of 128 bytes in a worker's own memory and are named by their byte offset.  Most come in PAIRS:
// the mask in an even slot, its complement in the next one.
//
// The free input bits that matter are split: the LOW bits tell the lane, the HIGH bits tell the
// block and change one at a time (Gray code).  Whatever depends on the inputs through high bits
// only is a number a block, an OFFSET, kept up to date by one addition.
//
// docs/explanation/enumerate.md explains the method.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP

#include <cstdint>
#include <limits>
#include <vector>

#include "engines/engine.hpp"

namespace gatelight::engines::exhaustive {

inline constexpr int lane_bits = 10;
inline constexpr int lanes = 1 << lane_bits;
// Tables hold half masks, over the lower nine of these bits: a quarter of the memory, as whole ones
// would also take twice as many.
inline constexpr int table_bits = lane_bits - 1;

struct alignas(64) Mask {
  std::uint64_t word[lanes / 64];
};
inline constexpr std::uint32_t slot_bytes = sizeof(Mask);

struct alignas(64) HalfMask {
  std::uint64_t word[lanes / 128];
};

using Slot = std::uint32_t;  // byte offset of a mask
inline constexpr Slot zero_slot = 0;
inline constexpr Slot one_slot = slot_bytes;             // the complement of the zero slot
inline constexpr Slot discard_slot = 2 * slot_bytes;     // written, never read
inline constexpr Slot valid_slot = 3 * slot_bytes;       // lanes inside the domain
inline constexpr Slot low_input_slots = 4 * slot_bytes;  // a pair for each low bit
constexpr Slot complement(Slot slot) { return slot ^ slot_bytes; }  // pairs begin at even slots

using Count = unsigned __int128;

inline constexpr std::uint32_t no_offset = std::numeric_limits<std::uint32_t>::max();

// All half masks [low sum >= d] of one gate that reads only inputs, the highest lane bit being 0:
// row i holds the lanes whose low sum is at least the i-th distinct low sum; the last row is empty.
struct Table {
  std::int64_t low = 0, high = 0;  // smallest and largest low sum
  std::uint32_t rows = 0;          // index of the first row in Plan::rows
  std::uint32_t count = 0;         // distinct low sums
  std::uint32_t sums = 0;          // index of the first one in Plan::sums
  std::uint32_t ranks = no_rank;   // where d - low is found in Plan::ranks, if that range is small
  static constexpr std::uint32_t no_rank = std::numeric_limits<std::uint32_t>::max();
};

// pair = [low sum >= cut - offset], looked up in a table; for the upper half of the lanes `upper`,
// the weight of the highest lane bit, joins the offset.
struct Lookup {
  std::int64_t cut = 0;
  std::int64_t upper = 0;
  std::uint32_t offset = 0;
  std::uint32_t table = 0;
  Slot pair = 0;
};

// pair = [sum of masks >= cut - offset].  `words` is the place in the worker's words: the carry
// into the comparison, then a word a position, all ones where the complement of the constant has
// a 1.
struct Compare {
  std::int64_t cut = 0;
  std::uint32_t words = 0;
  Slot pair = 0;
};

// A weighted sum of masks, bit-sliced.  Every digit of every weight is +-2^p; a negative digit adds
// the complement of its mask instead, so that sum + bias = sum over positions p of 2^p * (number of
// masks listed for p) and nothing is ever subtracted.
struct Sum {
  std::uint32_t code = 0;       // where its positions begin in Plan::code (weighted_sum.hpp)
  std::uint32_t positions = 0;  // the result has so many bits; carries beyond are zero
  std::uint32_t offset = no_offset;
  std::uint32_t first_compare = 0, compares = 0;
  std::int64_t low = 0, high = 0;  // range of the sum, bias not added
  Count bias = 0;
};

// min(max, max(z, 0) >> shift) on the bits of a sum, z = sum + offset.
struct ReluBits {
  std::uint32_t sum = 0;
  std::uint32_t width = 0;  // bits of z in two's complement
  std::uint32_t words = 0;  // offset - bias, a word a bit
  std::uint32_t shift = 0;
  std::uint32_t bits = 0;  // of the output
  Slot pairs = 0;          // the output, lowest bit first
  Slot full = zero_slot;   // where the output is max
  std::int64_t max = 0;    // all bits beyond every output where no clamping is needed
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

// The total cost of firing gates: constant + sum.
struct Target {
  std::uint32_t sum = 0;
  std::uint32_t words = 0;
  std::int64_t constant = 0;
};

struct Plan {
  // Inputs.
  std::vector<std::uint32_t> low_inputs, high_inputs;  // input bits; lane bit i, block bit i
  int unread_bits = 0;       // free bits nothing depends on: left at 0, each doubles the counts
  InputBits start;           // the input of lane 0 of block 0
  std::uint64_t blocks = 1;  // 2^high_inputs

  // Offsets: their values in block 0, and what each high bit adds to each.
  std::vector<std::int64_t> offsets;
  std::vector<std::int64_t> deltas;  // [high bit][offset]

  // Masks.
  std::uint32_t slot_count = 0;
  Slot bit_slots = 0;  // the bits of the sum at work, 64 + some

  // Work of a block.  The conditions of the domain come first.
  std::vector<Lookup> lookups;
  std::vector<Step> steps;
  std::uint32_t condition_lookups = 0, condition_steps = 0;
  std::vector<Slot> conditions;  // the lanes inside the domain lie in all of these
  std::vector<Target> targets;

  // What these refer to.
  std::vector<Table> tables;
  std::vector<HalfMask> rows;
  std::vector<std::int64_t> sums;
  std::vector<std::uint16_t> ranks;
  std::vector<Sum> weighted;
  std::vector<Compare> compares;
  std::vector<ReluBits> relus;
  std::vector<std::uint32_t> code;
  std::vector<Slot> lists;
  std::vector<std::uint64_t> words;  // constants; workers keep a copy

  std::uint64_t work = 0;  // rough: masks added, looked up or compared a block

  [[nodiscard]] InputBits input(std::uint64_t block, unsigned lane) const;
};

// The block bits of the block with this number: consecutive ones differ in one bit.
constexpr std::uint64_t gray(std::uint64_t block) { return block ^ (block >> 1); }

// Errors: unsupported (more than 62 free bits), limit (too large for 32-bit offsets, or a step
// function with too many steps).
[[nodiscard]] Result<Plan> compile_plan(const Question& question);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_PLAN_HPP
