// SPDX-License-Identifier: Apache-2.0
//
// Eight 64-bit sums a register.
//
// A sum is at most 512 products, so its quotient by p is at most min(2^64 / p, 512 p + 1) < 2^37.  The double
// `inverse` is below 1 / p by more than the three roundings can make up for, and by less than
// 2^-49 / p: the quotient is never too large and at most 1 too small.  What is left is below
// 2 p < 2^32, so its low halves suffice.
struct Lanes {
  using Sums = __m512i;
  static constexpr std::size_t count = 8;
  static constexpr std::size_t registers = 4;

  explicit Lanes(std::uint32_t prime)
      : prime_words(_mm512_set1_epi64(prime)),
        prime_halves(_mm256_set1_epi32(static_cast<int>(prime))),
        inverse(_mm512_set1_pd((1.0 - 0x1.0p-50) / prime)) {}

  static Sums widen(const std::uint32_t* from) {
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static Sums load_sums(const std::uint64_t* from) { return _mm512_loadu_si512(from); }
  static Sums broadcast(std::uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }
  static Sums add_product(Sums sums, Sums a, Sums b) {
    return _mm512_add_epi64(sums, _mm512_mul_epu32(a, b));
  }
  void store_remainders(Sums sums, std::uint32_t* to) const {
    const __m512i quotient = _mm512_cvttpd_epu64(_mm512_mul_pd(_mm512_cvtepu64_pd(sums), inverse));
    const __m256i rest =
        _mm512_cvtepi64_epi32(_mm512_sub_epi64(sums, _mm512_mul_epu32(quotient, prime_words)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_min_epu32(rest, _mm256_sub_epi32(rest, prime_halves)));
  }

  __m512i prime_words;
  __m256i prime_halves;
  __m512d inverse;
};
