// SPDX-License-Identifier: Apache-2.0
//
// Weighted sums of masks: from weights to the code a sweep runs (private to this folder).
//
// Code of a position p, one 32-bit number after another:
//   header       groups * 4 + tail / 2, tail = 0, 2 or 4
//   tail slots   to be added at p
//   per group    8 slots to be added at p, then the slot that receives their carry into p + 3
// The kernel keeps three pending masks (of p, p + 1 and p + 2) in registers.
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_WEIGHTED_SUM_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_WEIGHTED_SUM_HPP

#include <cstdint>
#include <span>
#include <vector>

#include "base/checked.hpp"
#include "engines/exhaustive/plan.hpp"

namespace gatelight::engines::exhaustive {

// Hands out slots, pair by pair.  The first ones are fixed (plan.hpp).
class SlotPool {
 public:
  // The first of consecutive pairs.
  Slot pairs(std::uint32_t count) {
    const Slot first = static_cast<Slot>(next_ * slot_bytes);
    next_ += 2 * std::uint64_t{count};
    return first;
  }
  Slot pair() { return pairs(1); }
  [[nodiscard]] std::uint64_t used() const { return next_; }
  // Offsets must fit 32 bits, with room to spare.
  [[nodiscard]] bool exhausted() const { return next_ > (std::uint64_t{1} << 31) / slot_bytes; }

  // The i-th scratch slot for carries, or scratch pair for comparisons; shared by all sums.
  Slot carry(std::size_t index) {
    while (carries_.size() <= index) {
      carries_.push_back(pair());
      carries_.push_back(complement(carries_.back()));
    }
    return carries_[index];
  }
  Slot scratch_pair(std::size_t index) {
    while (scratch_.size() <= index) scratch_.push_back(pair());
    return scratch_[index];
  }

 private:
  std::uint64_t next_ = first_free_slot / slot_bytes;
  std::vector<Slot> carries_, scratch_;
};

// +2^position or -2^position.
struct Digit {
  int position = 0;
  bool negative = false;
};
// Digits whose sum is the weight, as few as possible; binary ones where that is not more.
[[nodiscard]] std::vector<Digit> digits_of(std::int64_t weight);

// Bits needed to write a number.
[[nodiscard]] std::uint32_t bit_width(Count value);

// Appends the code of a sum to the program.  Requires low <= every reachable sum <= high.
[[nodiscard]] Sum compile_sum(Program& program, SlotPool& slots, std::span<const Term> terms,
                              std::int64_t low, std::int64_t high);

// Fills the words of "sum >= cut": the carry into the comparison and one word a position.
void set_compare_words(std::uint64_t* words, const Sum& sum, base::Wide cut);

// Fills `width` words with the bits of a number modulo 2^width.
void set_constant_words(std::uint64_t* words, std::uint32_t width, base::Wide value);

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_WEIGHTED_SUM_HPP
