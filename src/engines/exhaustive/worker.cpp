// SPDX-License-Identifier: Apache-2.0
//
// The state of one thread of a sweep: everything that is not worth an instruction set.
// Tested by tests/unit/engines/exhaustive/sweep_test.cpp
#include "engines/exhaustive/worker.hpp"

#include <algorithm>
#include <bit>

#include "engines/exhaustive/weighted_sum.hpp"

namespace gatelight::engines::exhaustive {
namespace {

// Rough costs in the unit of Program::work, about the addition of one mask to 1024 lanes.
constexpr double interpreted_unit = 1.0;
constexpr double generated_unit = 0.5;
constexpr double record_cost = 2.0;  // of one lane: writing it down

std::uint32_t most_recorded(const Plan& plan, bool generated) {
  const double unit = generated ? generated_unit : interpreted_unit;
  const double block = unit * static_cast<double>(plan.program.work + 1);
  return static_cast<std::uint32_t>(lanes * block / (block + lanes * record_cost));
}

}  // namespace

FrontState::FrontState(const Front& front) : need(front.need) {
  for (std::size_t half = 0; half < halves; ++half) {
    row[half].assign(front.padded, 0);
    offset[half].assign(front.padded, 0);
  }
}

Records::Records(const Plan& plan)
    : pattern_words(plan.front.padded / 32),
      raw_words(static_cast<std::uint32_t>((plan.raw.size() + 31) / 32)),
      words(std::size_t{pattern_words + raw_words} * lanes, 0),
      positions(lanes, 0),
      raw_of_block(raw_words, 0),
      raw_of_lane(std::size_t{raw_words} * lanes, 0) {
  for (std::size_t i = 0; i < plan.raw.size(); ++i) {
    if (plan.raw[i].low < 0) continue;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const auto bit = static_cast<std::uint32_t>((lane >> plan.raw[i].low) & 1);
      raw_of_lane[i / 32 * lanes + lane] |= bit << (i % 32);
    }
  }
}

Worker::Worker(const Plan& shared, bool histogram, const generated::MachineCode* machine_code)
    : plan(shared),
      code(machine_code),
      slots(shared.program.slot_count, Mask{}),
      record_slots(shared.program.slot_count, Mask{}),
      spill(code != nullptr ? code->spill_vectors : 0, Mask{}),
      domain(shared.domain),
      front(shared.front),
      records(shared),
      words(shared.program.words),
      best(shared.program.targets.size()),
      floor(best.size(), 0),
      tallies(histogram),
      filters(!histogram),
      most_recorded(exhaustive::most_recorded(shared, machine_code != nullptr)) {
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  const std::size_t used = std::size_t{1} << plan.low_inputs.size();
  for (std::size_t lane = 0; lane < used; ++lane) {
    all_lanes.word[lane / 64] |= std::uint64_t{1} << (lane % 64);
  }
  for (std::vector<Mask>* masks : {&slots, &record_slots}) {
    std::ranges::fill((*masks)[one_slot / slot_bytes].word, ones);
  }
  for (const RawInput& raw : plan.raw) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const bool set = raw.low >= 0 && ((lane >> raw.low) & 1) != 0;
      mask(set ? raw.pair : complement(raw.pair)).word[lane / 64] |= std::uint64_t{1}
                                                                     << (lane % 64);
    }
  }
  if (tallies) {
    const std::uint32_t bits = plan.program.sums[plan.program.targets[0].sum].positions;
    if (bits <= Tally::dense_bits) tally.dense.resize(std::size_t{1} << bits);
  }
  for (std::size_t target = 0; target < best.size(); ++target) set_floor(target, 0);
}

void Worker::turn(std::size_t bit, bool value) {
  const std::int64_t sign = value ? -1 : 1;
  const auto shift = [&](const Front& lookups, FrontState& state) {
    for (std::size_t i = 0; i < lookups.count; ++i) {
      const std::int64_t weight = lookups.weights.get(bit * lookups.padded + i);
      state.need.set(i, state.need.get(i) + sign * weight);
    }
  };
  shift(plan.domain, domain);
  shift(plan.front, front);
}

void Worker::turn_raw(std::size_t bit, bool value) {
  for (std::size_t i = 0; i < plan.raw.size(); ++i) {
    if (plan.raw[i].high != static_cast<int>(bit)) continue;
    const std::uint64_t all = value ? ~std::uint64_t{0} : 0;
    std::ranges::fill(mask(plan.raw[i].pair).word, all);
    std::ranges::fill(mask(complement(plan.raw[i].pair)).word, ~all);
    const std::uint32_t place = std::uint32_t{1} << (i % 32);
    if (value) {
      records.raw_of_block[i / 32] |= place;
    } else {
      records.raw_of_block[i / 32] &= ~place;
    }
  }
}

void Worker::seek(std::uint64_t next) {
  block = next;
  plan.blocks.seek(cursor, block);
  domain.need = plan.domain.need;
  front.need = plan.front.need;
  for (std::size_t bit = 0; bit < plan.high_inputs.size(); ++bit) {
    const bool value = cursor.values[bit] != 0;
    if (value) turn(bit, true);
    turn_raw(bit, value);
  }
}

void Worker::advance_restricted() {
  ++block;
  plan.blocks.next(cursor);
  for (const std::uint32_t bit : cursor.flips) {
    turn(bit, cursor.values[bit] != 0);
    turn_raw(bit, cursor.values[bit] != 0);
  }
}

void Worker::set_floor(std::size_t index, std::int64_t value) {
  floor[index] = value;
  const auto set = [&](const Target& target) {
    const Sum& sum = plan.program.sums[target.sum];
    const base::Wide rest = base::Wide{value} - target.constant;
    set_compare_words(&words[target.words], sum, rest);
    const base::Wide cut = std::clamp<base::Wide>(rest, 0, base::Wide{sum.high} + 1);
    set_constant_words(&words[target.generated_words], target.generated_width,
                       -cut - static_cast<base::Wide>(sum.bias));
  };
  set(plan.program.targets[index]);
  set(plan.program.filters[index]);
}

void Worker::improve(std::size_t index, const Mask& beats, const Mask* masks,
                     const Position* positions) {
  const Target& target = plan.program.targets[index];
  const Sum& sum = plan.program.sums[target.sum];
  Mask largest = beats;
  Count value = 0;
  for (std::uint32_t p = sum.positions; p-- > 0;) {
    const Mask& bit = masks[plan.program.bit_slots / slot_bytes + p];
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
  found.position = ~Position{0};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    if (((largest.word[lane / 64] >> (lane % 64)) & 1) == 0) continue;
    found.position = std::min(found.position, positions[lane]);
  }
  set_floor(index, found.value + 1);
}

}  // namespace gatelight::engines::exhaustive
