// SPDX-License-Identifier: Apache-2.0
//
// Vectors of 256 lanes.  See lanes_portable-inl.hpp.

using Vector = __m256i;

inline Vector load(const unsigned char* from) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
}
inline void store(unsigned char* to, Vector value) {
  _mm256_store_si256(reinterpret_cast<__m256i*>(to), value);
}
inline Vector broadcast(std::uint64_t word) {
  return _mm256_set1_epi64x(static_cast<long long>(word));
}
inline Vector both(Vector a, Vector b) { return _mm256_and_si256(a, b); }
inline Vector either(Vector a, Vector b) { return _mm256_or_si256(a, b); }
inline Vector differ(Vector a, Vector b) { return _mm256_xor_si256(a, b); }
inline Vector invert(Vector a) { return _mm256_xor_si256(a, _mm256_set1_epi64x(-1)); }
inline bool any(Vector a) { return _mm256_testz_si256(a, a) == 0; }

inline Vector shift_left(Vector a, int bits) { return _mm256_slli_epi32(a, bits); }
inline Vector shift_right(Vector a, int bits) { return _mm256_srli_epi32(a, bits); }

// Which of 32 lookups have rank >= row.  Rows are below 2^14.
inline std::uint32_t at_least(const std::uint16_t* ranks, const std::uint16_t* rows) {
  const auto* a = reinterpret_cast<const __m256i*>(ranks);
  const auto* b = reinterpret_cast<const __m256i*>(rows);
  const __m256i below =
      _mm256_packs_epi16(_mm256_cmpgt_epi16(_mm256_load_si256(b), _mm256_load_si256(a)),
                         _mm256_cmpgt_epi16(_mm256_load_si256(b + 1), _mm256_load_si256(a + 1)));
  return ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_permute4x64_epi64(below, 0xd8)));
}

inline void list_lanes(const unsigned char* mask, std::uint16_t* list) {
  const auto* words = reinterpret_cast<const std::uint64_t*>(mask);
  for (std::size_t w = 0; w < lanes / 64; ++w) {
    for (std::uint64_t left = words[w]; left != 0; left &= left - 1) {
      *list++ =
          static_cast<std::uint16_t>(64 * w + static_cast<std::size_t>(__builtin_ctzll(left)));
    }
  }
}

inline void copy_half(unsigned char* to, unsigned char* inverted, const unsigned char* from) {
  for (std::size_t i = 0; i < sizeof(HalfMask); i += sizeof(Vector)) {
    const Vector value = load(from + i);
    store(to + i, value);
    store(inverted + i, invert(value));
  }
}

inline Vector full_add(Vector& pending, Vector a, Vector b) {
  const Vector odd = differ(a, b);
  const Vector carry = either(both(a, b), both(pending, odd));
  pending = differ(pending, odd);
  return carry;
}

inline Vector half_add(Vector& pending, Vector a) {
  const Vector carry = both(pending, a);
  pending = differ(pending, a);
  return carry;
}

inline Vector compare_carry(Vector sum, std::uint64_t word, Vector carry) {
  return either(both(sum, carry), both(either(sum, carry), broadcast(word)));
}
