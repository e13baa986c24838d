// SPDX-License-Identifier: Apache-2.0
//
// The kernel of a sweep: one text, in three files, compiled once an instruction set by sweep.cpp, each
// time inside a namespace of its own and after one of the lanes_*-inl.hpp files.
//
// A block goes through three gates: is a lane inside the domain; does a lane pass the filter, which costs
// a tenth of an evaluation; and, where only few do, those lanes are written down as records and
// evaluated later, 1024 of them at once.
//
// Nothing here may instantiate a template of the standard library: the linker could keep that copy,
// compiled for this instruction set, for the whole program.  Hence plain pointers.

#include "engines/exhaustive/program-inl.hpp"
// and after it
#include "engines/exhaustive/front-inl.hpp"

// ---- Generated code ---------------------------------------------------------------------------------

// One of the generated functions on all lanes; true where a lane of a result is set.
inline bool run_generated(Worker& worker, generated::Function function, Mask* slots) {
  const std::size_t width = worker.code->vector_bytes;
  std::uint64_t some = 0;
  for (std::size_t at = 0; at < sizeof(Mask); at += width) {
    const std::size_t half = at / sizeof(HalfMask);
    const generated::Arguments arguments{
        bytes(slots) + at,
        reinterpret_cast<const unsigned char*>(worker.plan.rows.data()) + at % sizeof(HalfMask),
        worker.front.offset[half].data(), worker.words.data(), bytes(worker.spill.data())};
    some |= function(&arguments);
  }
  return some != 0;
}

// ---- What was found -----------------------------------------------------------------------------------

// Counts the lanes by the value of the sum's bits below `positions`, `above` being the rest.
inline void tally_lanes(Worker& worker, const unsigned char* bit_slots, std::uint32_t positions,
                        std::uint64_t above, const Mask& among) {
  if (positions == 0) {
    std::uint64_t inputs = 0;
    for (const std::uint64_t word : among.word) {
      inputs += static_cast<std::uint64_t>(__builtin_popcountll(word));
    }
    worker.tally.add(above, inputs);
    return;
  }
  const std::uint32_t p = positions - 1;
  const unsigned char* bits = bit_slots + p * slot_bytes;
  Mask with, without;
  Vector some_with = broadcast(0), some_without = broadcast(0);
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::size_t shift = v * sizeof(Vector);
    const Vector bit = load(bits + shift);
    const Vector mask = load(bytes(&among) + shift);
    const Vector set = both(mask, bit);
    const Vector clear = differ(mask, set);
    store(bytes(&with) + shift, set);
    store(bytes(&without) + shift, clear);
    some_with = either(some_with, set);
    some_without = either(some_without, clear);
  }
  if (any(some_without)) tally_lanes(worker, bit_slots, p, above, without);
  if (any(some_with)) tally_lanes(worker, bit_slots, p, above + (std::uint64_t{1} << p), with);
}

// Evaluates the program on lanes whose front masks lie in their slots: true where a lane reaches a
// floor.
inline bool evaluate(Worker& worker, Mask* slots) {
  const Context context = context_of(worker, slots);
  run_steps(context, 0, context.program.steps.size());
  if (worker.tallies) run_target_bits(context, context.program.targets[0]);
  return run_targets(context);
}

inline bool evaluate_quickly(Worker& worker, Mask* slots) {
  if (worker.code == nullptr) return evaluate(worker, slots);
  return run_generated(worker, worker.code->targets, slots);
}

// Some lanes of these slots reached a floor when they were evaluated.
inline void improve(Worker& worker, Mask* slots, const Position* positions) {
  // Generated code keeps no masks.
  if (worker.code != nullptr) evaluate(worker, slots);
  const Context context = context_of(worker, slots);
  const Program& program = context.program;
  for (std::size_t i = 0; i < program.targets.size(); ++i) {
    const Slot to = program.beats_slots + static_cast<Slot>(i) * slot_bytes;
    if (!run_target(context, program.targets[i], to)) continue;
    run_target_bits(context, program.targets[i]);
    worker.improve(i, slots[to / slot_bytes], slots, positions);
  }
}

inline void tally(Worker& worker, const Mask* slots) {
  const Program& program = worker.plan.program;
  tally_lanes(worker, bytes(slots) + program.bit_slots,
              program.sums[program.targets[0].sum].positions, 0, slots[valid_slot / slot_bytes]);
}

// ---- Records --------------------------------------------------------------------------------------------

// 32 vectors of 32-bit elements, each element column a 32 x 32 matrix of bits, are transposed: bit j of
// an element of vector i becomes bit i of that element of vector j.
inline void transpose(Vector* rows) {
  std::uint32_t mask = 0xffff;
  for (int j = 16; j != 0; j >>= 1, mask ^= mask << j) {
    const Vector keep = broadcast(mask | std::uint64_t{mask} << 32);
    for (int k = 0; k < 32; k = ((k | j) + 1) & ~j) {
      const Vector moved = both(differ(shift_right(rows[k], j), rows[k | j]), keep);
      rows[k | j] = differ(rows[k | j], moved);
      rows[k] = differ(rows[k], shift_left(moved, j));
    }
  }
}

constexpr std::size_t columns = sizeof(Vector) / 4;

// The record that stands in a lane after the transposition.
inline std::size_t record_of(std::size_t lane) {
  const std::size_t group = lane / (32 * columns);
  return (32 * group + lane % 32) * columns + lane / 32 % columns;
}

// One word of all records: bit i of it goes to the i-th of up to 32 pairs.
template <class PairOf>
GATELIGHT_ALWAYS_INLINE void unpack_word(const std::uint32_t* word, std::size_t bits,
                                         unsigned char* slots, PairOf pair_of) {
  Vector rows[32];
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t j = 0; j < 32; ++j) {
      rows[j] = load(reinterpret_cast<const unsigned char*>(word + (32 * v + j) * columns));
    }
    transpose(rows);
    for (std::size_t i = 0; i < bits; ++i)
      store_pair(slots + v * sizeof(Vector), pair_of(i), rows[i]);
  }
}

// Lanes without a record are not valid.
inline void mark_valid(Worker& worker) {
  Mask& valid = worker.record_slots[valid_slot / slot_bytes];
  const std::uint32_t count = worker.records.count;
  valid = worker.record_slots[one_slot / slot_bytes];
  for (std::size_t lane = 0; count < lanes && lane < lanes; ++lane) {
    if (record_of(lane) < count) continue;
    valid.word[lane / 64] &= ~(std::uint64_t{1} << (lane % 64));
  }
}

inline void unpack(Worker& worker) {
  const Records& records = worker.records;
  const Front& front = worker.plan.front;
  unsigned char* slots = bytes(worker.record_slots.data());
  const std::uint32_t* word = records.words.data();
  for (std::size_t i = 0; i < front.count; i += 32, word += lanes) {
    const std::size_t bits = front.count - i < 32 ? front.count - i : 32;
    unpack_word(word, bits, slots, [&](std::size_t k) { return front.slot[i + k]; });
  }
  const std::size_t raw = worker.plan.raw.size();
  for (std::size_t i = 0; i < raw; i += 32, word += lanes) {
    const std::size_t bits = raw - i < 32 ? raw - i : 32;
    unpack_word(word, bits, slots, [&](std::size_t k) { return worker.plan.raw[i + k].pair; });
  }
  mark_valid(worker);
}

void flush(Worker& worker) {
  Records& records = worker.records;
  if (records.count == 0) return;
  unpack(worker);
  Mask* slots = worker.record_slots.data();
  const bool some = evaluate_quickly(worker, slots);
  if (worker.tallies) tally(worker, slots);
  if (some) {
    Position positions[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      positions[lane] = records.positions[record_of(lane)];
    }
    improve(worker, slots, positions);
  }
  records.count = 0;
}

// Writes down one lane of the current block.
inline void record_lane(const Worker& worker, std::size_t lane, std::uint32_t record) {
  const Records& records = worker.records;
  const std::size_t padded = worker.plan.front.padded;
  const std::uint16_t* rows = worker.front.row[lane / half_lanes].data();
  const std::uint16_t* ranks = worker.plan.lane_ranks.data() + lane % half_lanes * padded;
  auto* to = const_cast<std::uint32_t*>(records.words.data()) + record;
  for (std::size_t i = 0; i < padded; i += 32, to += lanes) *to = at_least(ranks + i, rows + i);
  for (std::size_t r = 0; r < records.raw_words; ++r, to += lanes) {
    *to = records.raw_of_block[r] | records.raw_of_lane[r * lanes + lane];
  }
  const_cast<Position*>(records.positions.data())[record] = worker.block * lanes + lane;
}

// Writes down `count` lanes of the current block.
inline void record_lanes(Worker& worker, const Mask& chosen, std::uint32_t count) {
  std::uint16_t list[lanes + 64];
  list_lanes(bytes(&chosen), list);
  for (std::uint32_t done = 0; done < count;) {
    Records& records = worker.records;
    const std::uint32_t room = lanes - records.count;
    const std::uint32_t now = count - done < room ? count - done : room;
    for (std::uint32_t i = 0; i < now; ++i) record_lane(worker, list[done + i], records.count + i);
    records.count += now;
    done += now;
    if (records.count == lanes) flush(worker);
  }
}

// ---- Blocks ---------------------------------------------------------------------------------------------

inline std::uint32_t count_lanes(const Mask& mask) {
  int count = 0;
  for (const std::uint64_t word : mask.word) count += __builtin_popcountll(word);
  return static_cast<std::uint32_t>(count);
}

// The lanes that may reach a floor of some target.
inline bool filter_block(Worker& worker) {
  const Program& program = worker.plan.program;
  Mask* slots = worker.slots.data();
  if (worker.code != nullptr) return run_generated(worker, worker.code->filter, slots);
  const Context context = context_of(worker, slots);
  copy_rows(worker.plan, worker.plan.front, worker.front, context.slots, true);
  run_steps(context, 0, program.front_steps);
  bool some = false;
  Mask& survivors = slots[program.survivors_slot / slot_bytes];
  survivors = Mask{};
  for (std::size_t i = 0; i < program.filters.size(); ++i) {
    const Slot to = complement(program.survivors_slot);
    if (!run_target(context, program.filters[i], to)) continue;
    some = true;
    for (std::size_t w = 0; w < lanes / 64; ++w)
      survivors.word[w] |= slots[to / slot_bytes].word[w];
  }
  return some;
}

inline void evaluate_block(Worker& worker) {
  Mask* slots = worker.slots.data();
  copy_rows(worker.plan, worker.plan.front, worker.front, bytes(slots), worker.code == nullptr);
  const bool some = evaluate_quickly(worker, slots);
  if (worker.tallies) tally(worker, slots);
  if (!some) return;
  flush(worker);  // the records come earlier in the order
  if (worker.code != nullptr) {
    copy_rows(worker.plan, worker.plan.front, worker.front, bytes(slots), true);
  }
  Position positions[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) positions[lane] = worker.block * lanes + lane;
  improve(worker, slots, positions);
}

inline void visit_block(Worker& worker) {
  if (!find_valid(worker)) return;
  locate(worker.plan, worker.plan.front, worker.front);
  const Mask* chosen = &worker.slots[valid_slot / slot_bytes];
  if (worker.filters) {
    const bool some = filter_block(worker);
    worker.filtered += lanes;
    if (!some) return;
    chosen = &worker.slots[worker.plan.program.survivors_slot / slot_bytes];
  }
  const std::uint32_t count = count_lanes(*chosen);
  if (worker.filters) worker.passed += count;
  if (count > worker.most_recorded) {
    evaluate_block(worker);
    return;
  }
  record_lanes(worker, *chosen, count);
}

// From one block to the next in the order of the Gray code: one high bit changes.
inline void advance_gray(Worker& worker) {
  const std::uint64_t block = ++worker.block;
  const auto bit = static_cast<std::size_t>(__builtin_ctzll(block));
  const bool value = ((gray(block) >> bit) & 1) != 0;
  turn(worker.plan.domain, worker.domain, bit, value);
  turn(worker.plan.front, worker.front, bit, value);
  if (!worker.plan.raw.empty()) worker.turn_raw(bit, value);
}

void sweep(Worker& worker, std::uint64_t first, std::uint64_t last) {
  const bool complete = worker.plan.blocks.complete();
  worker.seek(first);
  for (std::uint64_t block = first; block < last; ++block) {
    if (block != first) {
      if (complete) {
        advance_gray(worker);
      } else {
        worker.advance_restricted();
      }
    }
    visit_block(worker);
  }
}

void decide(Worker& worker, std::uint64_t first, std::uint64_t last, std::uint64_t* to) {
  worker.seek(first);
  Mask* slots = worker.slots.data();
  const Mask& beats = slots[worker.plan.program.beats_slots / slot_bytes];
  for (std::uint64_t block = first; block < last; ++block) {
    if (block != first) advance_gray(worker);
    std::uint64_t* place = to + gray(block) * (lanes / 64);
    if (!find_valid(worker)) {
      __builtin_memset(place, 0, sizeof(Mask));
      continue;
    }
    locate(worker.plan, worker.plan.front, worker.front);
    copy_rows(worker.plan, worker.plan.front, worker.front, bytes(slots), worker.code == nullptr);
    evaluate_quickly(worker, slots);
    __builtin_memcpy(place, &beats, sizeof(Mask));
  }
}
