// SPDX-License-Identifier: Apache-2.0
//
// The kernel of a sweep: one text, compiled once an instruction set by sweep.cpp, each time inside
// a namespace of its own and after one of the lanes_*-inl.hpp files.
//
// Nothing here may instantiate a template of the standard library: the linker could keep that copy,
// compiled for this instruction set, for the whole program.  Hence plain pointers.

constexpr int vectors = static_cast<int>(sizeof(Mask) / sizeof(Vector));  // a mask

// The pending masks of a sum at position p: not yet added at p, p + 1 and p + 2.
struct Pending {
  Vector ones, twos, fours;
};

// Eight masks at once: seven full adders, one carry into p + 3.
GATELIGHT_ALWAYS_INLINE const std::uint32_t* add_group(const std::uint32_t* code, unsigned char* at,
                                                       Pending& pending) {
  const Vector c0 = full_add(pending.ones, load(at + code[0]), load(at + code[1]));
  const Vector c1 = full_add(pending.ones, load(at + code[2]), load(at + code[3]));
  const Vector d0 = full_add(pending.twos, c0, c1);
  const Vector c2 = full_add(pending.ones, load(at + code[4]), load(at + code[5]));
  const Vector c3 = full_add(pending.ones, load(at + code[6]), load(at + code[7]));
  const Vector d1 = full_add(pending.twos, c2, c3);
  store(at + code[8], full_add(pending.fours, d0, d1));
  return code + 9;
}

// Adds everything listed for one position; pending.ones is then the result's bit.
GATELIGHT_ALWAYS_INLINE const std::uint32_t* add_position(const std::uint32_t* code,
                                                          unsigned char* at, Pending& pending) {
  const std::uint32_t header = *code++;
  const std::uint32_t tail = header & 3;
  if (tail == 0) {
    pending.fours = broadcast(0);
  } else if (tail == 1) {
    const Vector carry = full_add(pending.ones, load(at + code[0]), load(at + code[1]));
    pending.fours = half_add(pending.twos, carry);
    code += 2;
  } else {
    const Vector c0 = full_add(pending.ones, load(at + code[0]), load(at + code[1]));
    const Vector c1 = full_add(pending.ones, load(at + code[2]), load(at + code[3]));
    pending.fours = full_add(pending.twos, c0, c1);
    code += 4;
  }
  for (std::uint32_t group = header >> 2; group > 0; --group) code = add_group(code, at, pending);
  return code;
}

GATELIGHT_ALWAYS_INLINE void next_position(Pending& pending) {
  pending.ones = pending.twos;
  pending.twos = pending.fours;
}

inline Pending nothing_pending() { return {broadcast(0), broadcast(0), broadcast(0)}; }

// [sum >= constant], the constant given by its words.
inline Vector sum_and_compare(const Sum& sum, const std::uint32_t* code, const std::uint64_t* words,
                              unsigned char* at) {
  Pending pending = nothing_pending();
  Vector carry = broadcast(words[0]);
  for (std::uint32_t p = 0; p < sum.positions; ++p) {
    code = add_position(code, at, pending);
    carry = compare_carry(pending.ones, words[1 + p], carry);
    next_position(pending);
  }
  return carry;
}

// The bits of the sum, one slot after the other.
inline void sum_bits(const Sum& sum, const std::uint32_t* code, unsigned char* at, Slot bits) {
  Pending pending = nothing_pending();
  for (std::uint32_t p = 0; p < sum.positions; ++p) {
    code = add_position(code, at, pending);
    store(at + bits + p * slot_bytes, pending.ones);
    next_position(pending);
  }
}

inline Vector compare_bits(std::uint32_t positions, const std::uint64_t* words,
                           const unsigned char* bits) {
  Vector carry = broadcast(words[0]);
  for (std::uint32_t p = 0; p < positions; ++p) {
    carry = compare_carry(load(bits + p * slot_bytes), words[1 + p], carry);
  }
  return carry;
}

inline void store_pair(unsigned char* at, Slot pair, Vector value) {
  store(at + pair, value);
  store(at + complement(pair), invert(value));
}

// The arrays of plan and worker, and the beginning of the slots.
struct Context {
  const Plan& plan;
  Worker& worker;
  const Table* tables;
  const HalfMask* rows;
  const std::int64_t* sums;
  const std::uint16_t* ranks;
  const std::uint32_t* code;
  const Compare* compares;
  const Slot* lists;
  std::int64_t* offsets;
  std::uint64_t* words;
  unsigned char* slots;
};

// The row of the lanes whose low sum is at least d.
inline const unsigned char* find_row(const Context& context, const Table& table, std::int64_t d) {
  d = d < table.low ? table.low : d;
  d = d > table.high ? table.high + 1 : d;
  const HalfMask* rows = context.rows + table.rows;
  if (table.ranks != Table::no_rank) {
    return reinterpret_cast<const unsigned char*>(
        rows + context.ranks[table.ranks + static_cast<std::uint64_t>(d - table.low)]);
  }
  const std::int64_t* sums = context.sums + table.sums;
  std::uint32_t first = 0;
  for (std::uint32_t count = table.count; count > 0;) {
    const std::uint32_t half = count / 2;
    const bool below = sums[first + half] < d;
    first = below ? first + half + 1 : first;
    count = below ? count - half - 1 : half;
  }
  return reinterpret_cast<const unsigned char*>(rows + first);
}

inline void run_lookups(const Context& context, const Lookup* first, const Lookup* last) {
  for (const Lookup* lookup = first; lookup != last; ++lookup) {
    const Table& table = context.tables[lookup->table];
    unsigned char* to = context.slots + lookup->pair;
    unsigned char* inverted = context.slots + complement(lookup->pair);
    // Cut and offset lie in the gate's reachable interval, so the difference fits.
    const std::int64_t offset = context.offsets[lookup->offset];
    copy_half(to, inverted, find_row(context, table, lookup->cut - offset));
    copy_half(to + sizeof(HalfMask), inverted + sizeof(HalfMask),
              find_row(context, table, lookup->cut - (offset + lookup->upper)));
  }
}

// Comparison constants that depend on the block.
inline void update_words(const Context& context, const Sum& sum) {
  if (sum.offset == no_offset) return;
  const std::int64_t offset = context.offsets[sum.offset];
  for (std::uint32_t i = 0; i < sum.compares; ++i) {
    const Compare& compare = context.compares[sum.first_compare + i];
    set_compare_words(context.words + compare.words, sum, base::Wide{compare.cut} - offset);
  }
}

inline void run_decide(const Context& context, const Sum& sum) {
  update_words(context, sum);
  const Compare& compare = context.compares[sum.first_compare];
  for (int v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + static_cast<std::size_t>(v) * sizeof(Vector);
    store_pair(at, compare.pair,
               sum_and_compare(sum, context.code + sum.code, context.words + compare.words, at));
  }
}

inline void run_compare(const Context& context, const Sum& sum) {
  update_words(context, sum);
  const Slot bits = context.plan.bit_slots;
  for (int v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + static_cast<std::size_t>(v) * sizeof(Vector);
    sum_bits(sum, context.code + sum.code, at, bits);
    for (std::uint32_t i = 0; i < sum.compares; ++i) {
      const Compare& compare = context.compares[sum.first_compare + i];
      store_pair(at, compare.pair,
                 compare_bits(sum.positions, context.words + compare.words, at + bits));
    }
  }
}

// The bits of z = sum + constant replace those of the sum: a ripple-carry addition, the carry into
// position p + 1 being the majority.
inline void add_constant(const ReluBits& relu, std::uint32_t positions, const std::uint64_t* words,
                         unsigned char* bits) {
  Vector carry = broadcast(0);
  for (std::uint32_t p = 0; p < relu.width; ++p) {
    unsigned char* bit = bits + p * slot_bytes;
    const Vector sum = p < positions ? load(bit) : broadcast(0);
    store(bit, differ(differ(sum, carry), broadcast(words[p])));
    carry = compare_carry(sum, words[p], carry);
  }
}

inline void run_relu(const Context& context, const ReluBits& relu, const Sum& sum) {
  run_compare(context, sum);
  std::uint64_t* words = context.words + relu.words;
  if (sum.offset != no_offset) {
    set_constant_words(words, relu.width,
                       base::Wide{context.offsets[sum.offset]} - static_cast<base::Wide>(sum.bias));
  }
  for (int v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + static_cast<std::size_t>(v) * sizeof(Vector);
    unsigned char* bits = at + context.plan.bit_slots;
    add_constant(relu, sum.positions, words, bits);
    const Vector positive = invert(load(bits + (relu.width - 1) * slot_bytes));
    const Vector full = load(at + relu.full);
    for (std::uint32_t p = 0; p < relu.bits; ++p) {
      const Vector bit = both(load(bits + (p + relu.shift) * slot_bytes), positive);
      const bool of_max = ((relu.max >> p) & 1) != 0;
      store_pair(at, relu.pairs + 2 * p * slot_bytes,
                 of_max ? either(bit, full) : both(bit, invert(full)));
    }
  }
}

inline void run_combine(const Context& context, const Step& step) {
  const Slot* list = context.lists + step.first;
  for (int v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + static_cast<std::size_t>(v) * sizeof(Vector);
    Vector result = load(at + list[0]);
    for (std::uint32_t i = 1; i < step.count; ++i) {
      const Vector next = load(at + list[i]);
      result = step.kind == Step::Kind::parity ? differ(result, next) : either(result, next);
    }
    store_pair(at, step.pair, result);
  }
}

inline void run_steps(const Context& context, const Step* first, const Step* last,
                      const Sum* weighted, const ReluBits* relus) {
  for (const Step* step = first; step != last; ++step) {
    switch (step->kind) {
      case Step::Kind::decide:
        run_decide(context, weighted[step->index]);
        break;
      case Step::Kind::compare:
        run_compare(context, weighted[step->index]);
        break;
      case Step::Kind::relu:
        run_relu(context, relus[step->index], weighted[relus[step->index].sum]);
        break;
      case Step::Kind::parity:
      case Step::Kind::either:
        run_combine(context, *step);
        break;
    }
  }
}

// Lanes inside the domain; false where there is none.
inline bool find_valid(const Context& context, const Slot* conditions, std::size_t count) {
  const auto* lanes_used = reinterpret_cast<const unsigned char*>(&context.worker.all_lanes);
  Vector some = broadcast(0);
  for (int v = 0; v < vectors; ++v) {
    const std::size_t shift = static_cast<std::size_t>(v) * sizeof(Vector);
    unsigned char* at = context.slots + shift;
    Vector valid = load(lanes_used + shift);
    for (std::size_t i = 0; i < count; ++i) valid = both(valid, load(at + conditions[i]));
    store(at + valid_slot, valid);
    some = either(some, valid);
  }
  return any(some);
}

// Counts the lanes by the value of the sum's bits below `positions`, `above` being the rest.
inline void tally_lanes(const Context& context, std::uint32_t positions, std::uint64_t above,
                        const Mask& among) {
  if (positions == 0) {
    std::uint64_t inputs = 0;
    for (const std::uint64_t word : among.word) {
      inputs += static_cast<std::uint64_t>(__builtin_popcountll(word));
    }
    context.worker.tally.add(above, inputs);
    return;
  }
  const std::uint32_t p = positions - 1;
  const unsigned char* bits = context.slots + context.plan.bit_slots + p * slot_bytes;
  Mask with, without;
  Vector some_with = broadcast(0), some_without = broadcast(0);
  for (int v = 0; v < vectors; ++v) {
    const std::size_t shift = static_cast<std::size_t>(v) * sizeof(Vector);
    const Vector bit = load(bits + shift);
    const Vector mask = load(reinterpret_cast<const unsigned char*>(&among) + shift);
    const Vector set = both(mask, bit);
    const Vector clear = differ(mask, set);
    store(reinterpret_cast<unsigned char*>(&with) + shift, set);
    store(reinterpret_cast<unsigned char*>(&without) + shift, clear);
    some_with = either(some_with, set);
    some_without = either(some_without, clear);
  }
  if (any(some_without)) tally_lanes(context, p, above, without);
  if (any(some_with)) tally_lanes(context, p, above + (std::uint64_t{1} << p), with);
}

inline void run_target(const Context& context, std::size_t index, const Target& target,
                       const Sum& sum, std::uint64_t block) {
  const bool tallies = context.worker.tallies && index == 0;
  const std::uint32_t* code = context.code + sum.code;
  const std::uint64_t* words = context.words + target.words;
  const Slot bits = context.plan.bit_slots;
  Mask better;
  Vector some = broadcast(0);
  for (int v = 0; v < vectors; ++v) {
    const std::size_t shift = static_cast<std::size_t>(v) * sizeof(Vector);
    unsigned char* at = context.slots + shift;
    Vector beats;
    if (tallies) {
      sum_bits(sum, code, at, bits);
      beats = compare_bits(sum.positions, words, at + bits);
    } else {
      beats = sum_and_compare(sum, code, words, at);
    }
    beats = both(beats, load(at + valid_slot));
    store(reinterpret_cast<unsigned char*>(&better) + shift, beats);
    some = either(some, beats);
  }
  if (tallies) tally_lanes(context, sum.positions, 0, context.worker.mask(valid_slot));
  if (!any(some)) return;
  if (!tallies) {
    for (int v = 0; v < vectors; ++v) {
      sum_bits(sum, code, context.slots + static_cast<std::size_t>(v) * sizeof(Vector), bits);
    }
  }
  context.worker.improve(index, block, better);
}

// From one block to the next: one high bit changes.
inline void flip(const Context& context, std::uint64_t block, std::size_t offset_count) {
  const auto bit = static_cast<std::size_t>(__builtin_ctzll(block));
  const std::int64_t* deltas = context.plan.deltas.data() + bit * offset_count;
  std::int64_t* offsets = context.offsets;
  if (((gray(block) >> bit) & 1) != 0) {
    for (std::size_t i = 0; i < offset_count; ++i) offsets[i] += deltas[i];
  } else {
    for (std::size_t i = 0; i < offset_count; ++i) offsets[i] -= deltas[i];
  }
}

void sweep(Worker& worker, std::uint64_t first, std::uint64_t last) {
  const Plan& plan = worker.plan;
  const Context context{plan,
                        worker,
                        plan.tables.data(),
                        plan.rows.data(),
                        plan.sums.data(),
                        plan.ranks.data(),
                        plan.code.data(),
                        plan.compares.data(),
                        plan.lists.data(),
                        worker.offsets.data(),
                        worker.words.data(),
                        reinterpret_cast<unsigned char*>(worker.slots.data())};
  const Lookup* lookups = plan.lookups.data();
  const Lookup* last_lookup = lookups + plan.lookups.size();
  const Lookup* gate_lookups = lookups + plan.condition_lookups;
  const Step* steps = plan.steps.data();
  const Step* last_step = steps + plan.steps.size();
  const Step* gate_steps = steps + plan.condition_steps;
  const Sum* weighted = plan.weighted.data();
  const ReluBits* relus = plan.relus.data();
  const std::size_t offset_count = worker.offsets.size();
  const std::size_t targets = plan.targets.size();

  worker.seek(first);
  for (std::uint64_t block = first; block < last; ++block) {
    if (block != first) flip(context, block, offset_count);
    run_lookups(context, lookups, gate_lookups);
    run_steps(context, steps, gate_steps, weighted, relus);
    if (!find_valid(context, plan.conditions.data(), plan.conditions.size())) continue;
    run_lookups(context, gate_lookups, last_lookup);
    run_steps(context, gate_steps, last_step, weighted, relus);
    for (std::size_t i = 0; i < targets; ++i) {
      const Target& target = plan.targets[i];
      run_target(context, i, target, weighted[target.sum], block);
    }
  }
}
