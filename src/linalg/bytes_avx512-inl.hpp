// SPDX-License-Identifier: Apache-2.0
//
// Sums of products of bytes with vpdpbusd: 64 multiplications an instruction.
//
// A packed tile holds, for every four rows, 64 columns of four bytes, so that one register holds 16
// columns and a broadcast of four factors of a row meets them.  6 rows by 64 columns are summed in 24
// registers, begun with the entries.
class Bytes : public ByteField {
 public:
  using Packed = std::uint8_t;

  explicit Bytes(std::uint32_t prime)
      : ByteField(prime),
        inverse_(_mm512_set1_ps(1.0F / static_cast<float>(prime))),
        minus_prime_(_mm512_set1_ps(-static_cast<float>(prime))),
        prime_bytes_(_mm512_set1_epi8(static_cast<char>(prime))),
        half_bytes_(_mm512_set1_epi8(static_cast<char>(prime / 2))) {}

  // `depth` rows of `width` entries, a multiple of 4.
  static void pack(const Element* from, std::size_t depth, Packed* to) {
    // Dwords of a register of 128-bit lanes l: columns 16 l ... of each unpacking step.
    const __m512i low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    for (std::size_t d = 0; d < depth; d += 4, from += 4 * width, to += 4 * width) {
      const __m512i a = _mm512_loadu_si512(from), b = _mm512_loadu_si512(from + width);
      const __m512i c = _mm512_loadu_si512(from + 2 * width);
      const __m512i e = _mm512_loadu_si512(from + 3 * width);
      const __m512i ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
      const __m512i ce_low = _mm512_unpacklo_epi8(c, e), ce_high = _mm512_unpackhi_epi8(c, e);
      // Lane l of q[i]: columns 16 l + 4 i ... 16 l + 4 i + 3.
      const __m512i q0 = _mm512_unpacklo_epi16(ab_low, ce_low);
      const __m512i q1 = _mm512_unpackhi_epi16(ab_low, ce_low);
      const __m512i q2 = _mm512_unpacklo_epi16(ab_high, ce_high);
      const __m512i q3 = _mm512_unpackhi_epi16(ab_high, ce_high);
      // A 4 x 4 transposition of lanes: register v takes lane v of q0, q1, q2, q3.
      const __m512i l01 = _mm512_permutex2var_epi64(q0, low, q1);   // lanes q0.0 q1.0 q0.1 q1.1
      const __m512i h01 = _mm512_permutex2var_epi64(q0, high, q1);  // lanes q0.2 q1.2 q0.3 q1.3
      const __m512i l23 = _mm512_permutex2var_epi64(q2, low, q3);
      const __m512i h23 = _mm512_permutex2var_epi64(q2, high, q3);
      _mm512_storeu_si512(to, _mm512_shuffle_i64x2(l01, l23, 0x44));
      _mm512_storeu_si512(to + 64, _mm512_shuffle_i64x2(l01, l23, 0xee));
      _mm512_storeu_si512(to + 128, _mm512_shuffle_i64x2(h01, h23, 0x44));
      _mm512_storeu_si512(to + 192, _mm512_shuffle_i64x2(h01, h23, 0xee));
    }
  }

  // As in ByteField, 32 products at a time.
  void scale(Element* to, const Element* from, Element by) const {
    multiply_add(to, from, by, _mm512_setzero_si512());
  }
  void add_multiple(Element* to, const Element* from, Element by) const {
    multiply_add(to, from, by, _mm512_loadu_si512(to));
  }

  // The negated factors of the columns that `order` names, 0 beyond `size`.
  void gather(const Element* entries, const Element* order, std::size_t size,
              Element* factors) const {
    const __m512i chosen = _mm512_maskz_permutexvar_epi8(
        size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1, _mm512_loadu_si512(order),
        _mm512_loadu_si512(entries));
    const __mmask64 large = _mm512_cmpgt_epu8_mask(chosen, half_bytes_);
    _mm512_storeu_si512(factors,
                        _mm512_sub_epi8(_mm512_maskz_mov_epi8(large, prime_bytes_), chosen));
  }

  // entries[i][j] += sum over k < depth of factors[i][k] * U[k][j], for `count` rows of a tile.
  void update(Element* const* entries, const Element* const* factors, std::size_t count,
              const Packed* packed, std::size_t depth) const {
    if (depth == 0) return;
    for (; count >= 6; count -= 6, entries += 6, factors += 6) {
      if (count >= 12) {
        for (int i = 6; i < 12; ++i) _mm_prefetch(entries[i], _MM_HINT_T0);
      }
      update_some<6>(entries, factors, packed, depth);
    }
    switch (count) {
      case 5:
        return update_some<5>(entries, factors, packed, depth);
      case 4:
        return update_some<4>(entries, factors, packed, depth);
      case 3:
        return update_some<3>(entries, factors, packed, depth);
      case 2:
        return update_some<2>(entries, factors, packed, depth);
      case 1:
        return update_some<1>(entries, factors, packed, depth);
      default:
        return;
    }
  }

 private:
  void multiply_add(Element* to, const Element* from, Element by, __m512i add) const {
    const __m512i factor = _mm512_set1_epi16(by);
    const __m512i row = _mm512_loadu_si512(from);
    const __m512i zero = _mm512_setzero_si512();
    // Unpacking and packing again keep to 128-bit lanes: the order is the old one.
    const __m512i low = remainders_of_words(
        _mm512_add_epi16(_mm512_mullo_epi16(_mm512_unpacklo_epi8(row, zero), factor),
                         _mm512_unpacklo_epi8(add, zero)));
    const __m512i high = remainders_of_words(
        _mm512_add_epi16(_mm512_mullo_epi16(_mm512_unpackhi_epi8(row, zero), factor),
                         _mm512_unpackhi_epi8(add, zero)));
    _mm512_storeu_si512(to, _mm512_packus_epi16(low, high));
  }

  // ByteField::remainder() of 32 numbers.
  [[nodiscard]] __m512i remainders_of_words(__m512i values) const {
    const __m512i prime = _mm512_set1_epi16(static_cast<short>(modulus));
    const __m512i quotient =
        _mm512_mulhi_epu16(values, _mm512_set1_epi16(static_cast<short>(reciprocal)));
    const __m512i rest = _mm512_sub_epi16(values, _mm512_mullo_epi16(quotient, prime));
    return _mm512_min_epu16(rest, _mm512_sub_epi16(rest, prime));
  }

  template <int rows>
  void update_some(Element* const* entries, const Element* const* factors, const Packed* packed,
                   std::size_t depth) const {
    __m512i sums[rows][4];
    const Element* factor[rows];
#pragma GCC unroll 6
    for (int i = 0; i < rows; ++i) {
      factor[i] = factors[i];
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) {
        sums[i][v] = _mm512_cvtepu8_epi32(
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(entries[i] + 16 * v)));
      }
    }
    for (std::size_t d = 0; d < depth; d += 4) {
      const Packed* from = packed + d * width;
      const __m512i u0 = _mm512_loadu_si512(from), u1 = _mm512_loadu_si512(from + 64);
      const __m512i u2 = _mm512_loadu_si512(from + 128), u3 = _mm512_loadu_si512(from + 192);
#pragma GCC unroll 6
      for (int i = 0; i < rows; ++i) {
        std::int32_t four;
        std::memcpy(&four, factor[i] + d, 4);
        const __m512i all = _mm512_set1_epi32(four);
        add_products(sums[i][0], u0, all);
        add_products(sums[i][1], u1, all);
        add_products(sums[i][2], u2, all);
        add_products(sums[i][3], u3, all);
      }
    }
#pragma GCC unroll 6
    for (int i = 0; i < rows; ++i) {
      _mm512_storeu_si512(entries[i], remainders(sums[i]));
    }
  }

  // _mm512_dpbusd_epi32, in place: g++ 12 moves the sums of the intrinsic to and fro, at half the speed.
  static void add_products(__m512i& sums, __m512i u, __m512i factors) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(u), "v"(factors));
  }

  [[nodiscard]] __m512i remainder(__m512i sums) const {
    const __m512 exact = _mm512_cvtepi32_ps(sums);
    const __m512 quotient = _mm512_roundscale_ps(_mm512_mul_ps(exact, inverse_), 0);
    return _mm512_cvtps_epi32(_mm512_fmadd_ps(quotient, minus_prime_, exact));
  }

  // The 64 sums of a row of a tile as residues, in order.
  [[nodiscard]] __m512i remainders(const __m512i (&sums)[4]) const {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i low = _mm512_packs_epi32(remainder(sums[0]), remainder(sums[1]));
    const __m512i high = _mm512_packs_epi32(remainder(sums[2]), remainder(sums[3]));
    const __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(low, high));
    return _mm512_mask_add_epi8(bytes, _mm512_movepi8_mask(bytes), bytes, prime_bytes_);
  }

  __m512 inverse_, minus_prime_;
  __m512i prime_bytes_, half_bytes_;
};
