// SPDX-License-Identifier: Apache-2.0
//
// Weighted sums of masks as carry-save additions.
//
// Problem   For many inputs at once, compare sum of w_i * y_i with a constant; each y_i is a mask.
// Idea      Write every weight with digits -1, 0, 1, as few non-zero ones as possible.
//           A digit +1 at position p contributes the mask to position p; a digit -1 contributes the
//           complement, because -y = (1 - y) - 1, and 2^p goes to the bias.  Then add masks of
//           equal position by full adders, eight at a time (Harley and Seal): a full adder replaces
//           two masks of p and the pending one by one of p and one of p + 1.  The comparison with
//           the constant rides along as one more carry, a majority a position.
// Why       The sum plus the bias is a sum of non-negative terms below 2^positions, so it equals
//           its binary digits modulo 2^positions and carries beyond are dropped without loss. sum +
//           bias >= c iff adding the complement of c and a carry of 1 overflows.
// Cost      About one full adder a digit: two ternary-logic instructions for 512 inputs.  A random
//           weight of b bits has b/3 non-zero digits.
// Limits    Any weights whose sums fit 63 bits: the bias is kept in 128.
// Source    R. Seal's carry-save adder tree as in H. S. Warren, Hacker's Delight, 2nd ed., section
//           5-1; the fewest digits (non-adjacent form): G. W. Reitwiesner, Binary Arithmetic, 1960.
// Tested by tests/unit/engines/exhaustive/plan_test.cpp, sweep_test.cpp
#include "engines/exhaustive/weighted_sum.hpp"

#include <algorithm>

namespace gatelight::engines::exhaustive {
namespace {

using Positions = std::vector<std::vector<Slot>>;

// The digits of all weights; returns the bias.
Count list_digits(std::span<const Term> terms, Positions& positions) {
  Count bias = 0;
  for (const Term& term : terms) {
    for (const Digit& digit : digits_of(term.weight)) {
      const auto p = static_cast<std::size_t>(digit.position);
      if (positions.size() <= p) positions.resize(p + 1);
      positions[p].push_back(digit.negative ? complement(term.pair) : term.pair);
      if (digit.negative) bias += Count{1} << p;
    }
  }
  return bias;
}

void emit_position(Program& program, SlotPool& slots, Positions& positions, std::size_t p,
                   std::size_t& carries) {
  std::vector<Slot>& items = positions[p];
  if (items.size() % 2 != 0) items.insert(items.begin(), zero_slot);
  if (items.size() % 8 == 6) items.insert(items.begin(), 2, zero_slot);
  const std::size_t tail = items.size() % 8;
  const std::size_t groups = items.size() / 8;
  program.code.push_back(static_cast<std::uint32_t>(groups * 4 + tail / 2));
  const auto emit = [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) program.code.push_back(items[i]);
  };
  emit(0, tail);
  for (std::size_t group = 0; group < groups; ++group) {
    emit(tail + 8 * group, 8);
    Slot carry = discard_slot;
    if (p + 3 < positions.size()) {
      carry = slots.carry(carries++);
      positions[p + 3].push_back(carry);
    }
    program.code.push_back(carry);
  }
  program.work += items.size() + 1;
}

// One word a bit of the constant: all ones where it is 1, flipped by `flip`.
void spread_bits(std::uint64_t* words, std::uint32_t count, Count constant, std::uint64_t flip) {
  for (std::uint32_t p = 0; p < count;) {
    auto bits = static_cast<std::uint64_t>(constant);
    for (const std::uint32_t end = std::min(count, p + 64); p < end; ++p, bits >>= 1) {
      words[p] = (std::uint64_t{0} - (bits & 1)) ^ flip;
    }
    constant >>= 64;
  }
}

}  // namespace

std::uint32_t bit_width(Count value) {
  std::uint32_t width = 0;
  for (; value != 0; value >>= 1) ++width;
  return width;
}

std::vector<Digit> digits_of(std::int64_t weight) {
  const bool negative = weight < 0;
  const Count magnitude =
      negative ? Count{0} - static_cast<Count>(base::Wide{weight}) : static_cast<Count>(weight);
  std::vector<Digit> binary, signed_digits;
  for (int p = 0; magnitude >> p != 0; ++p) {
    if (((magnitude >> p) & 1) != 0) binary.push_back({p, negative});
  }
  Count rest = magnitude;
  for (int p = 0; rest != 0; ++p, rest >>= 1) {
    if ((rest & 1) == 0) continue;
    const bool minus = (rest & 2) != 0;  // ...11: one less here, one more above
    if (minus) rest += 1;
    signed_digits.push_back({p, minus != negative});
  }
  return binary.size() <= signed_digits.size() ? binary : signed_digits;
}

Sum compile_sum(Program& program, SlotPool& slots, std::span<const Term> terms, std::int64_t low,
                std::int64_t high) {
  Sum sum;
  sum.low = low;
  sum.high = high;
  sum.first_term = static_cast<std::uint32_t>(program.terms.size());
  sum.terms = static_cast<std::uint32_t>(terms.size());
  program.terms.insert(program.terms.end(), terms.begin(), terms.end());
  sum.code = static_cast<std::uint32_t>(program.code.size());
  Positions positions;
  sum.bias = list_digits(terms, positions);
  // low + bias >= 0: with every mask chosen against the sum, sum + bias is still a sum of digits.
  sum.positions = bit_width(static_cast<Count>(base::Wide{high}) + sum.bias);
  positions.resize(sum.positions);  // what lies beyond is a multiple of 2^positions
  std::size_t carries = 0;
  for (std::size_t p = 0; p < positions.size(); ++p) {
    emit_position(program, slots, positions, p, carries);
  }
  return sum;
}

void set_compare_words(std::uint64_t* words, const Sum& sum, base::Wide cut) {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  if (cut > sum.high) {  // never: no carry in, and none arises
    std::fill_n(words, sum.positions + 1, std::uint64_t{0});
    return;
  }
  // At or below the smallest sum any constant up to that sum is right; 0 is.
  const Count constant = cut <= sum.low ? Count{0} : static_cast<Count>(cut) + sum.bias;
  words[0] = ones;
  spread_bits(words + 1, sum.positions, constant, ones);
}

void set_constant_words(std::uint64_t* words, std::uint32_t width, base::Wide value) {
  spread_bits(words, width, static_cast<Count>(value), 0);
}

}  // namespace gatelight::engines::exhaustive
