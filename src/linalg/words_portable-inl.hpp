// SPDX-License-Identifier: Apache-2.0
//
// One 64-bit sum after the other.
struct Lanes {
  using Sums = std::uint64_t;
  static constexpr std::size_t count = 1;
  static constexpr std::size_t registers = 2;

  explicit Lanes(std::uint32_t p) : prime(p), reciprocal(~std::uint64_t{0} / p) {}

  static Sums widen(const std::uint32_t* from) { return *from; }
  static Sums load_sums(const std::uint64_t* from) { return *from; }
  static Sums broadcast(std::uint32_t value) { return value; }
  static Sums add_product(Sums sums, Sums a, Sums b) { return sums + a * b; }
  void store_remainders(Sums sums, std::uint32_t* to) const {
    *to = remainder(sums, prime, reciprocal);
  }

  std::uint32_t prime;
  std::uint64_t reciprocal;
};
