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

// A line of numbers, and as many rows: GCC and clang make of these what the instruction set has.
template <class Number>
struct Line {
  static constexpr std::size_t count = 64 / sizeof(Number);
  // GCC 12 heeds the attribute of a dependent type only in a typedef.
  // NOLINTBEGIN(modernize-use-using)
  typedef Number Numbers __attribute__((vector_size(64)));
  typedef std::uint16_t Rows __attribute__((vector_size(2 * count)));
  // NOLINTEND(modernize-use-using)
};
using SixteenRows = std::uint16_t __attribute__((vector_size(32)));
using SixteenOffsets = std::uint32_t __attribute__((vector_size(64)));

template <class Vector, class Number>
inline Vector& vector_at(Number* at) {
  return *reinterpret_cast<Vector*>(__builtin_assume_aligned(at, sizeof(Vector)));
}

// The rows of direct and ranked tables in one half, before ranks are looked up.  Cut and high sum lie within
// the gate's reachable interval, so need, with or without the highest lane bit, fits.
template <class Number>
inline void clamp_needs(const Front& front, const FrontState& state, std::size_t half,
                        std::uint16_t* row) {
  using Numbers = typename Line<Number>::Numbers;
  using Rows = typename Line<Number>::Rows;
  const auto* need = state.need.template as<Number>();
  const auto* upper = front.upper.template as<Number>();
  const auto* lows = front.low.template as<Number>();
  const auto* lasts = front.last.template as<Number>();
  for (std::size_t i = 0; i < front.padded; i += Line<Number>::count) {
    Numbers d = vector_at<const Numbers>(need + i);
    if (half == 1) d -= vector_at<const Numbers>(upper + i);
    const Numbers low = vector_at<const Numbers>(lows + i);
    const Numbers last = vector_at<const Numbers>(lasts + i);
    d = d < low ? low : d;
    d = d > last ? last : d;
    vector_at<Rows>(row + i) = __builtin_convertvector(d - low, Rows);
  }
}

// Where each lookup finds its mask in the current block.
template <class Number>
inline void locate_numbers(const Plan& plan, const Front& front, FrontState& state) {
  const Table* tables = plan.tables.data();
  const std::uint32_t* table = front.table.data();
  for (std::size_t half = 0; half < halves; ++half) {
    std::uint16_t* row = state.row[half].data();
    clamp_needs<Number>(front, state, half, row);
    for (std::size_t i = front.direct; i < front.ranked; ++i) {
      row[i] = plan.ranks[tables[table[i]].ranks + row[i]];
    }
    for (std::size_t i = front.ranked; i < front.count; ++i) {
      const std::int64_t need = state.need.template as<Number>()[i];
      const std::int64_t upper = half == 1 ? front.upper.template as<Number>()[i] : 0;
      row[i] = find_row(plan, tables[table[i]], need - upper);
    }
    std::uint32_t* offset = state.offset[half].data();
    for (std::size_t i = 0; i < front.padded; i += 16) {
      const auto rows =
          __builtin_convertvector(vector_at<const SixteenRows>(row + i), SixteenOffsets);
      vector_at<SixteenOffsets>(offset + i) =
          vector_at<const SixteenOffsets>(front.first_row.data() + i) +
          rows * std::uint32_t{sizeof(HalfMask)};
    }
  }
}

inline void locate(const Plan& plan, const Front& front, FrontState& state) {
  if (front.number_bytes == 2) return locate_numbers<std::int16_t>(plan, front, state);
  if (front.number_bytes == 4) return locate_numbers<std::int32_t>(plan, front, state);
  locate_numbers<std::int64_t>(plan, front, state);
}

// A high bit changes: all needs move by its weights.
template <class Number>
inline void move_needs(const Front& front, FrontState& state, std::size_t bit, bool value) {
  using Numbers = typename Line<Number>::Numbers;
  const auto* weights = front.weights.template as<Number>() + bit * front.padded;
  auto* need = state.need.template as<Number>();
  for (std::size_t i = 0; i < front.padded; i += Line<Number>::count) {
    const Numbers weight = vector_at<const Numbers>(weights + i);
    Numbers& at = vector_at<Numbers>(need + i);
    at = value ? at - weight : at + weight;
  }
}

inline void turn(const Front& front, FrontState& state, std::size_t bit, bool value) {
  if (front.number_bytes == 2) return move_needs<std::int16_t>(front, state, bit, value);
  if (front.number_bytes == 4) return move_needs<std::int32_t>(front, state, bit, value);
  move_needs<std::int64_t>(front, state, bit, value);
}

// The masks of all lookups into their slots, and their complements, which generated code has no use for.
inline void copy_rows(const Plan& plan, const Front& front, const FrontState& state,
                      unsigned char* slots, bool complements) {
  const auto* rows = reinterpret_cast<const unsigned char*>(plan.rows.data());
  for (std::size_t i = 0; i < front.count; ++i) {
    const Slot pair = front.slot[i];
    for (std::size_t half = 0; half < halves; ++half) {
      unsigned char* to = slots + half * sizeof(HalfMask);
      const unsigned char* row = rows + state.offset[half][i];
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
      valid = both(valid, load(at + plan.conditions[i]));
    }
    store(at + valid_slot, valid);
    some = either(some, valid);
  }
  return any(some);
}
