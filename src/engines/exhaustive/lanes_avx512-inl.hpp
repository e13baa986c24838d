// SPDX-License-Identifier: Apache-2.0
//
// Vectors of 1024 lanes, two registers each: two independent chains of additions for one reading of
// the code.  See lanes_portable-inl.hpp.

struct Vector {
  __m512i a, b;
};

inline Vector load(const unsigned char* from) {
  return {_mm512_load_si512(from), _mm512_load_si512(from + 64)};
}
inline void store(unsigned char* to, Vector value) {
  _mm512_store_si512(to, value.a);
  _mm512_store_si512(to + 64, value.b);
}
inline Vector broadcast(std::uint64_t word) {
  const __m512i all = _mm512_set1_epi64(static_cast<long long>(word));
  return {all, all};
}
inline Vector both(Vector x, Vector y) {
  return {_mm512_and_si512(x.a, y.a), _mm512_and_si512(x.b, y.b)};
}
inline Vector either(Vector x, Vector y) {
  return {_mm512_or_si512(x.a, y.a), _mm512_or_si512(x.b, y.b)};
}
inline Vector differ(Vector x, Vector y) {
  return {_mm512_xor_si512(x.a, y.a), _mm512_xor_si512(x.b, y.b)};
}
inline __m512i invert_one(__m512i x) { return _mm512_ternarylogic_epi64(x, x, x, 0x55); }
inline Vector invert(Vector x) { return {invert_one(x.a), invert_one(x.b)}; }
inline bool any(Vector x) {
  const __m512i some = _mm512_or_si512(x.a, x.b);
  return _mm512_test_epi64_mask(some, some) != 0;
}

// The intrinsics for shifts start from an undefined value, of which GCC warns.
using Elements = std::uint32_t __attribute__((vector_size(64), may_alias));
inline __m512i shifted_left(__m512i x, int bits) {
  return reinterpret_cast<__m512i>(reinterpret_cast<Elements>(x) << static_cast<unsigned>(bits));
}
inline __m512i shifted_right(__m512i x, int bits) {
  return reinterpret_cast<__m512i>(reinterpret_cast<Elements>(x) >> static_cast<unsigned>(bits));
}
inline Vector shift_left(Vector x, int bits) {
  return {shifted_left(x.a, bits), shifted_left(x.b, bits)};
}
inline Vector shift_right(Vector x, int bits) {
  return {shifted_right(x.a, bits), shifted_right(x.b, bits)};
}

inline std::uint32_t at_least(const std::uint16_t* ranks, const std::uint16_t* rows) {
  return _mm512_cmpge_epu16_mask(_mm512_load_si512(ranks), _mm512_load_si512(rows));
}

inline void list_lanes(const unsigned char* mask, std::uint16_t* list) {
  const auto* words = reinterpret_cast<const __mmask32*>(mask);
  const __m512i step = _mm512_set1_epi16(32);
  __m512i numbers = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                                     15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  for (std::size_t w = 0; w < lanes / 32; ++w) {
    _mm512_storeu_si512(list, _mm512_maskz_compress_epi16(words[w], numbers));
    list += __builtin_popcount(words[w]);
    numbers = _mm512_add_epi16(numbers, step);
  }
}

inline void copy_half(unsigned char* to, unsigned char* inverted, const unsigned char* from) {
  const __m512i value = _mm512_load_si512(from);
  _mm512_store_si512(to, value);
  _mm512_store_si512(inverted, invert_one(value));
}

// The carry is computed from the new pending mask, not from the old one: where x and y agree it is
// x, elsewhere the pending mask lost its 1 iff there is a carry.  So no operand is needed after it
// is overwritten, which saves a register copy an addition.
GATELIGHT_ALWAYS_INLINE Vector full_add(Vector& pending, Vector x, Vector y) {
  pending.a = _mm512_ternarylogic_epi64(pending.a, x.a, y.a, 0x96);
  pending.b = _mm512_ternarylogic_epi64(pending.b, x.b, y.b, 0x96);
  return {_mm512_ternarylogic_epi64(x.a, y.a, pending.a, 0xd4),
          _mm512_ternarylogic_epi64(x.b, y.b, pending.b, 0xd4)};
}

GATELIGHT_ALWAYS_INLINE Vector half_add(Vector& pending, Vector x) {
  const Vector carry = both(pending, x);
  pending = differ(pending, x);
  return carry;
}

GATELIGHT_ALWAYS_INLINE Vector compare_carry(Vector sum, std::uint64_t word, Vector carry) {
  const __m512i all = _mm512_set1_epi64(static_cast<long long>(word));
  return {_mm512_ternarylogic_epi64(carry.a, sum.a, all, 0xe8),
          _mm512_ternarylogic_epi64(carry.b, sum.b, all, 0xe8)};
}
