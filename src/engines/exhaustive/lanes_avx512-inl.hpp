// SPDX-License-Identifier: Apache-2.0
//
// Vectors of 512 lanes.  See lanes_portable-inl.hpp.

using Vector = __m512i;

inline Vector load(const unsigned char* from) { return _mm512_load_si512(from); }
inline void store(unsigned char* to, Vector value) { _mm512_store_si512(to, value); }
inline Vector broadcast(std::uint64_t word) {
  return _mm512_set1_epi64(static_cast<long long>(word));
}
inline Vector both(Vector a, Vector b) { return _mm512_and_si512(a, b); }
inline Vector either(Vector a, Vector b) { return _mm512_or_si512(a, b); }
inline Vector differ(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
inline Vector invert(Vector a) { return _mm512_ternarylogic_epi64(a, a, a, 0x55); }
inline bool any(Vector a) { return _mm512_test_epi64_mask(a, a) != 0; }

// The carry is computed from the new pending mask, not from the old one: where a and b agree it is a,
// elsewhere the pending mask lost its 1 iff there is a carry.  So no operand is needed after it is
// overwritten, which saves a register copy an addition.
inline Vector full_add(Vector& pending, Vector a, Vector b) {
  pending = _mm512_ternarylogic_epi64(pending, a, b, 0x96);
  return _mm512_ternarylogic_epi64(a, b, pending, 0xd4);
}

inline Vector half_add(Vector& pending, Vector a) {
  const Vector carry = both(pending, a);
  pending = differ(pending, a);
  return carry;
}

inline Vector compare_carry(Vector sum, std::uint64_t word, Vector carry) {
  return _mm512_ternarylogic_epi64(carry, sum, broadcast(word), 0xe8);
}
