// SPDX-License-Identifier: Apache-2.0
//
// Sums of products of bytes with vpmaddwd: 16 multiplications an instruction.
//
// vpmaddubsw would do 32, but its sums of two products saturate at 2^15.  So residues are widened: a
// packed tile holds, for every two rows, 64 columns of two 16-bit numbers; factors are widened
// once a call.  6 rows by 16 columns are summed in 12 registers.
class Bytes : public ByteField {
 public:
  using Packed = std::int16_t;

  explicit Bytes(std::uint32_t prime)
      : ByteField(prime),
        inverse_(_mm256_set1_ps(1.0F / static_cast<float>(prime))),
        prime_(_mm256_set1_ps(static_cast<float>(prime))),
        prime_ints_(_mm256_set1_epi32(static_cast<int>(prime))) {}

  // `depth` rows of `width` entries, a multiple of 4.
  static void pack(const Element* from, std::size_t depth, Packed* to) {
    for (std::size_t d = 0; d < depth; d += 2, from += 2 * width, to += 2 * width) {
      for (std::size_t j = 0; j < width; ++j) {
        to[2 * j] = from[j];
        to[2 * j + 1] = from[width + j];
      }
    }
  }

  // entries[i][j] += sum over k < depth of factors[i][k] * U[k][j], for `count` rows of a tile.
  void update(Element* const* entries, const Element* const* factors, std::size_t count,
              const Packed* packed, std::size_t depth) const {
    if (depth == 0) return;
    for (; count >= 6; count -= 6, entries += 6, factors += 6) {
      update_some<6>(entries, factors, packed, depth);
    }
    for (; count >= 2; count -= 2, entries += 2, factors += 2) {
      update_some<2>(entries, factors, packed, depth);
    }
    if (count == 1) update_some<1>(entries, factors, packed, depth);
  }

 private:
  template <int rows>
  void update_some(Element* const* entries, const Element* const* factors, const Packed* packed,
                   std::size_t depth) const {
    alignas(32) std::int16_t wide[rows][512];
    for (int i = 0; i < rows; ++i) {
      for (std::size_t d = 0; d < depth; ++d) wide[i][d] = signed_value(factors[i][d]);
    }
    for (std::size_t column = 0; column < width; column += 16) {
      __m256i sums[rows][2];
      for (int i = 0; i < rows; ++i) {
        const Element* from = entries[i] + column;
        sums[i][0] = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
        sums[i][1] =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8)));
      }
      const Packed* at = packed + 2 * column;
      for (std::size_t d = 0; d < depth; d += 2, at += 2 * width) {
        const __m256i u0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i u1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 16));
#pragma GCC unroll 6
        for (int i = 0; i < rows; ++i) {
          std::int32_t two;
          std::memcpy(&two, &wide[i][d], 4);
          const __m256i both = _mm256_set1_epi32(two);
          sums[i][0] = _mm256_add_epi32(sums[i][0], _mm256_madd_epi16(u0, both));
          sums[i][1] = _mm256_add_epi32(sums[i][1], _mm256_madd_epi16(u1, both));
        }
      }
      for (int i = 0; i < rows; ++i) {
        const __m256i words = _mm256_permute4x64_epi64(
            _mm256_packs_epi32(remainder(sums[i][0]), remainder(sums[i][1])), 0xd8);
        const __m128i bytes =
            _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(entries[i] + column), bytes);
      }
    }
  }

  // 0 ... p - 1.  The product of quotient and prime is below 2^24 as well, so it is exact.
  [[nodiscard]] __m256i remainder(__m256i sums) const {
    const __m256 exact = _mm256_cvtepi32_ps(sums);
    const __m256 quotient = _mm256_round_ps(_mm256_mul_ps(exact, inverse_), 0);
    const __m256i rest = _mm256_cvtps_epi32(_mm256_sub_ps(exact, _mm256_mul_ps(quotient, prime_)));
    return _mm256_add_epi32(rest, _mm256_and_si256(_mm256_srai_epi32(rest, 31), prime_ints_));
  }

  __m256 inverse_, prime_;
  __m256i prime_ints_;
};
