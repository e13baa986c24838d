// SPDX-License-Identifier: Apache-2.0
//
// The program of a sweep, interpreted: part of the kernel (sweep-inl.hpp), included once an instruction
// set after its lanes_*-inl.hpp file.

constexpr std::size_t vectors = sizeof(Mask) / sizeof(Vector);  // a mask

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

inline unsigned char* bytes(Mask* masks) { return reinterpret_cast<unsigned char*>(masks); }
inline const unsigned char* bytes(const Mask* masks) {
  return reinterpret_cast<const unsigned char*>(masks);
}

// The program at work on some lanes: its arrays, and the beginning of the slots.
struct Context {
  const Program& program;
  const Sum* sums;
  const Compare* compares;
  const std::uint32_t* code;
  const Slot* lists;
  const std::uint64_t* words;
  unsigned char* slots;
};

inline Context context_of(Worker& worker, Mask* slots) {
  const Program& program = worker.plan.program;
  return {program,
          program.sums.data(),
          program.compares.data(),
          program.code.data(),
          program.lists.data(),
          worker.words.data(),
          bytes(slots)};
}

inline void run_decide(const Context& context, const Sum& sum) {
  const Compare& compare = context.compares[sum.first_compare];
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + v * sizeof(Vector);
    store_pair(at, compare.pair,
               sum_and_compare(sum, context.code + sum.code, context.words + compare.words, at));
  }
}

inline void run_compare(const Context& context, const Sum& sum) {
  const Slot bits = context.program.bit_slots;
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + v * sizeof(Vector);
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
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + v * sizeof(Vector);
    unsigned char* bits = at + context.program.bit_slots;
    add_constant(relu, sum.positions, context.words + relu.words, bits);
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
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + v * sizeof(Vector);
    Vector result = load(at + list[0]);
    for (std::uint32_t i = 1; i < step.count; ++i) {
      const Vector next = load(at + list[i]);
      result = step.kind == Step::Kind::parity ? differ(result, next) : either(result, next);
    }
    store_pair(at, step.pair, result);
  }
}

// The steps [first, last).
inline void run_steps(const Context& context, std::size_t first, std::size_t last) {
  const ReluBits* relus = context.program.relus.data();
  for (std::size_t i = first; i < last; ++i) {
    const Step* step = context.program.steps.data() + i;
    switch (step->kind) {
      case Step::Kind::decide:
        run_decide(context, context.sums[step->index]);
        break;
      case Step::Kind::compare:
        run_compare(context, context.sums[step->index]);
        break;
      case Step::Kind::relu:
        run_relu(context, relus[step->index], context.sums[relus[step->index].sum]);
        break;
      case Step::Kind::parity:
      case Step::Kind::either:
        run_combine(context, *step);
        break;
    }
  }
}

// The valid lanes where the target reaches its floor; false where there is none.
inline bool run_target(const Context& context, const Target& target, Slot to) {
  const Sum& sum = context.sums[target.sum];
  const std::uint32_t* code = context.code + sum.code;
  Vector some = broadcast(0);
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = context.slots + v * sizeof(Vector);
    const Vector beats =
        both(sum_and_compare(sum, code, context.words + target.words, at), load(at + valid_slot));
    store(at + to, beats);
    some = either(some, beats);
  }
  return any(some);
}

inline void run_target_bits(const Context& context, const Target& target) {
  const Sum& sum = context.sums[target.sum];
  for (std::size_t v = 0; v < vectors; ++v) {
    sum_bits(sum, context.code + sum.code, context.slots + v * sizeof(Vector),
             context.program.bit_slots);
  }
}

// The same as run_target() for each target; true where a lane reaches a floor.
inline bool run_targets(const Context& context) {
  bool some = false;
  for (std::size_t i = 0; i < context.program.targets.size(); ++i) {
    const Slot to = context.program.beats_slots + static_cast<Slot>(i) * slot_bytes;
    some |= run_target(context, context.program.targets[i], to);
  }
  return some;
}
