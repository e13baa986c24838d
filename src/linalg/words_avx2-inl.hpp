// SPDX-License-Identifier: Apache-2.0
//
// Four 64-bit sums a register; remainders one by one.
struct Lanes {
  using Sums = __m256i;
  static constexpr std::size_t count = 4;
  static constexpr std::size_t registers = 2;

  explicit Lanes(std::uint32_t p) : prime(p), reciprocal(~std::uint64_t{0} / p) {}

  static Sums widen(const std::uint32_t* from) {
    return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  static Sums load_sums(const std::uint64_t* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static Sums broadcast(std::uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
  static Sums add_product(Sums sums, Sums a, Sums b) {
    return _mm256_add_epi64(sums, _mm256_mul_epu32(a, b));
  }
  void store_remainders(Sums sums, std::uint32_t* to) const {
    alignas(32) std::uint64_t values[count];
    _mm256_store_si256(reinterpret_cast<__m256i*>(values), sums);
    for (std::size_t i = 0; i < count; ++i) to[i] = remainder(values[i], prime, reciprocal);
  }

  std::uint32_t prime;
  std::uint64_t reciprocal;
};
