// SPDX-License-Identifier: Apache-2.0
//
// Vectors of lanes without special instructions: 128 bits, as GCC and clang offer on every target.
// Included inside the namespace of its kernel (sweep.cpp), like its siblings, which explain nothing
// that is the same.

using Vector = std::uint64_t __attribute__((vector_size(16), may_alias));

inline Vector load(const unsigned char* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(unsigned char* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
inline Vector broadcast(std::uint64_t word) { return Vector{word, word}; }
inline Vector both(Vector a, Vector b) { return a & b; }
inline Vector either(Vector a, Vector b) { return a | b; }
inline Vector differ(Vector a, Vector b) { return a ^ b; }
inline Vector invert(Vector a) { return ~a; }
inline bool any(Vector a) { return (a[0] | a[1]) != 0; }

// Of each 32-bit element.
using Elements = std::uint32_t __attribute__((vector_size(16), may_alias));
inline Vector shift_left(Vector a, int bits) {
  return reinterpret_cast<Vector>(reinterpret_cast<Elements>(a) << static_cast<unsigned>(bits));
}
inline Vector shift_right(Vector a, int bits) {
  return reinterpret_cast<Vector>(reinterpret_cast<Elements>(a) >> static_cast<unsigned>(bits));
}

// Which of 32 lookups have rank >= row.
inline std::uint32_t at_least(const std::uint16_t* ranks, const std::uint16_t* rows) {
  using Eight = std::uint16_t __attribute__((vector_size(16), may_alias));
  constexpr Eight places{1, 2, 4, 8, 16, 32, 64, 128};
  std::uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    const Eight rank = reinterpret_cast<const Eight*>(ranks)[i];
    const Eight row = reinterpret_cast<const Eight*>(rows)[i];
    const auto found = reinterpret_cast<Vector>(reinterpret_cast<Eight>(rank >= row) & places);
    // Adds the four 16-bit places of each word.
    constexpr std::uint64_t sum = 0x0001'0001'0001'0001;
    result |= static_cast<std::uint32_t>((found[0] * sum >> 48) + (found[1] * sum >> 48)) << 8 * i;
  }
  return result;
}

// The lanes of a mask, in order; `list` has room for 64 more.
inline void list_lanes(const unsigned char* mask, std::uint16_t* list) {
  const auto* words = reinterpret_cast<const std::uint64_t*>(mask);
  for (std::size_t w = 0; w < lanes / 64; ++w) {
    for (std::uint64_t left = words[w]; left != 0; left &= left - 1) {
      *list++ =
          static_cast<std::uint16_t>(64 * w + static_cast<std::size_t>(__builtin_ctzll(left)));
    }
  }
}

// Copies half a mask and its complement.
inline void copy_half(unsigned char* to, unsigned char* inverted, const unsigned char* from) {
  for (std::size_t i = 0; i < sizeof(HalfMask); i += sizeof(Vector)) {
    const Vector value = load(from + i);
    store(to + i, value);
    store(inverted + i, invert(value));
  }
}

// Adds two masks to a pending one; returns the carry.
inline Vector full_add(Vector& pending, Vector a, Vector b) {
  const Vector odd = a ^ b;
  const Vector carry = (a & b) | (pending & odd);
  pending ^= odd;
  return carry;
}

inline Vector half_add(Vector& pending, Vector a) {
  const Vector carry = pending & a;
  pending ^= a;
  return carry;
}

// The next carry of a comparison: the majority of two masks and a word of all zeros or all ones.
inline Vector compare_carry(Vector sum, std::uint64_t word, Vector carry) {
  return (sum & carry) | ((sum | carry) & broadcast(word));
}
