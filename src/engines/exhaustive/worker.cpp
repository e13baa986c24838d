// SPDX-License-Identifier: Apache-2.0
//
// The state of one thread of a sweep: everything that is not worth an instruction set.
// Tested by tests/unit/engines/exhaustive/sweep_test.cpp
#include "engines/exhaustive/worker.hpp"

#include <bit>

#include "engines/exhaustive/weighted_sum.hpp"

namespace gatelight::engines::exhaustive {

Worker::Worker(const Plan& shared, bool histogram)
    : plan(shared),
      slots(shared.slot_count, Mask{}),
      offsets(shared.offsets),
      words(shared.words),
      best(shared.targets.size()),
      tallies(histogram) {
  const std::size_t used = std::size_t{1} << plan.low_inputs.size();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::size_t word = lane / 64;
    const std::uint64_t bit = std::uint64_t{1} << (lane % 64);
    if (lane < used) all_lanes.word[word] |= bit;
    mask(one_slot).word[word] |= bit;
    for (std::uint32_t i = 0; i < lane_bits; ++i) {
      const Slot pair = low_input_slots + 2 * i * slot_bytes;
      mask(((lane >> i) & 1) != 0 ? pair : complement(pair)).word[word] |= bit;
    }
  }
  if (tallies) {
    const std::uint32_t bits = plan.weighted[plan.targets[0].sum].positions;
    if (bits <= Tally::dense_bits) tally.dense.resize(std::size_t{1} << bits);
  }
  for (std::size_t target = 0; target < best.size(); ++target) aim(target);
}

void Worker::seek(std::uint64_t block) {
  offsets = plan.offsets;
  const std::uint64_t high = gray(block);
  for (std::size_t bit = 0; bit < plan.high_inputs.size(); ++bit) {
    if (((high >> bit) & 1) == 0) continue;
    const std::int64_t* deltas = plan.deltas.data() + bit * offsets.size();
    for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] += deltas[i];
  }
}

void Worker::aim(std::size_t index) {
  const Target& target = plan.targets[index];
  set_compare_words(&words[target.words], plan.weighted[target.sum],
                    base::Wide{best[index].value} + 1 - target.constant);
}

void Worker::improve(std::size_t index, std::uint64_t block, const Mask& lanes_found) {
  const Target& target = plan.targets[index];
  const Sum& sum = plan.weighted[target.sum];
  Mask largest = lanes_found;
  Count value = 0;
  for (std::uint32_t p = sum.positions; p-- > 0;) {
    const Mask& bit = mask(plan.bit_slots + p * slot_bytes);
    Mask narrowed{};
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < std::size(bit.word); ++i) {
      narrowed.word[i] = largest.word[i] & bit.word[i];
      any |= narrowed.word[i];
    }
    if (any == 0) continue;
    largest = narrowed;
    value += Count{1} << p;
  }
  Found& found = best[index];
  found.value = target.constant + static_cast<std::int64_t>(value - sum.bias);
  found.block = block;
  for (std::size_t i = 0; i < std::size(largest.word); ++i) {
    if (largest.word[i] == 0) continue;
    found.lane =
        static_cast<unsigned>(64 * i) + static_cast<unsigned>(std::countr_zero(largest.word[i]));
    break;
  }
  aim(index);
}

}  // namespace gatelight::engines::exhaustive
