// SPDX-License-Identifier: Apache-2.0
//
// The front of a sweep, looked up: part of the kernel (sweep-inl.hpp), included once an instruction set
// after program-inl.hpp.

// The row of the lanes whose low sum is at least d, within its table, by bisection.
inline std::uint16_t find_row(const Plan& plan, const Table& table, std::int64_t d) {
  const std::int64_t* sums = plan.sums.data() + table.sums;
  std::uint32_t first = 0;
  for (std::uint32_t count = table.count - 1; count > 0;) {
    const std::uint32_t half = count / 2;
    const bool below = sums[first + half] < d;
    first = below ? first + half + 1 : first;
    count = below ? count - half - 1 : half;
  }
  return static_cast<std::uint16_t>(first);
}

// Numbers 8 at a time: GCC and clang make of these what the instruction set has.
typedef std::int64_t Numbers __attribute__((vector_size(64)));
typedef std::uint16_t Rows __attribute__((vector_size(16)));
typedef std::uint32_t Offsets __attribute__((vector_size(32)));

inline const Numbers& numbers(const std::int64_t* from) {
  return *reinterpret_cast<const Numbers*>(__builtin_assume_aligned(from, 64));
}

// Where each lookup finds its mask in the current block.  Cut and high sum lie within the gate's
// reachable interval, so need, with or without the highest lane bit, fits.
inline void locate(const Plan& plan, const Front& front, FrontState& state) {
  const std::int64_t* need = state.need.data();
  for (std::size_t half = 0; half < halves; ++half) {
    std::uint16_t* row = state.row[half].data();
    std::uint32_t* offset = state.offset[half].data();
    for (std::size_t i = 0; i < front.padded; i += 8) {
      Numbers d = numbers(need + i);
      if (half == 1) d -= numbers(front.upper.data() + i);
      const Numbers low = numbers(front.low.data() + i);
      const Numbers last = numbers(front.last.data() + i);
      d = d < low ? low : d;
      d = d > last ? last : d;
      *reinterpret_cast<Rows*>(row + i) = __builtin_convertvector(d - low, Rows);
    }
    for (std::size_t i = front.direct; i < front.ranked; ++i) {
      row[i] = plan.ranks.data()[plan.tables.data()[front.table.data()[i]].ranks + row[i]];
    }
    for (std::size_t i = front.ranked; i < front.count; ++i) {
      const std::int64_t d = half == 1 ? need[i] - front.upper.data()[i] : need[i];
      row[i] = find_row(plan, plan.tables.data()[front.table.data()[i]], d);
    }
    for (std::size_t i = 0; i < front.padded; i += 8) {
      const Offsets rows =
          __builtin_convertvector(*reinterpret_cast<const Rows*>(row + i), Offsets);
      const auto* first = reinterpret_cast<const Offsets*>(front.first_row.data() + i);
      *reinterpret_cast<Offsets*>(offset + i) = *first + rows * std::uint32_t{sizeof(HalfMask)};
    }
  }
}

// The masks of all lookups into their slots, and their complements, which generated code has no use for.
inline void copy_rows(const Plan& plan, const Front& front, const FrontState& state,
                      unsigned char* slots, bool complements) {
  const auto* rows = reinterpret_cast<const unsigned char*>(plan.rows.data());
  for (std::size_t i = 0; i < front.count; ++i) {
    const Slot pair = front.slot.data()[i];
    for (std::size_t half = 0; half < halves; ++half) {
      unsigned char* to = slots + half * sizeof(HalfMask);
      const unsigned char* row = rows + state.offset[half].data()[i];
      if (complements) {
        copy_half(to + pair, to + complement(pair), row);
      } else {
        __builtin_memcpy(to + pair, row, sizeof(HalfMask));
      }
    }
  }
}

// Lanes inside the domain; false where there is none.
inline bool find_valid(Worker& worker) {
  const Plan& plan = worker.plan;
  unsigned char* slots = bytes(worker.slots.data());
  const std::size_t count = plan.conditions.size();
  if (count != 0) {
    locate(plan, plan.domain, worker.domain);
    copy_rows(plan, plan.domain, worker.domain, slots, true);
  }
  Vector some = broadcast(0);
  for (std::size_t v = 0; v < vectors; ++v) {
    unsigned char* at = slots + v * sizeof(Vector);
    Vector valid = load(bytes(&worker.all_lanes) + v * sizeof(Vector));
    for (std::size_t i = 0; i < count; ++i) {
      valid = both(valid, load(at + plan.conditions.data()[i]));
    }
    store(at + valid_slot, valid);
    some = either(some, valid);
  }
  return any(some);
}
