// SPDX-License-Identifier: Apache-2.0
//
// Residues modulo a prime below 2^31 as 32-bit words.
//
// Entries and factors are 0 ... p - 1.  A sum of n products and an entry is below 2^64 for
// n <= (2^64 - 2^31) / (p - 1)^2: 512 for primes of up to 27 bits, 4 for those of 31, so deeper sums are
// reduced in between.  Lanes (words_*-inl.hpp) say how many 64-bit sums a register holds.
class Words {
 public:
  using Element = std::uint32_t;
  using Packed = std::uint32_t;
  static constexpr std::size_t width = 32;

  explicit Words(std::uint32_t prime) : prime_(prime), lanes_(prime) {
    const std::uint64_t square = std::uint64_t{prime - 1} * (prime - 1);
    const std::uint64_t terms = (~std::uint64_t{0} - prime) / square;
    most_ = static_cast<std::size_t>(std::min<std::uint64_t>(terms, 512));
  }

  static void expand(std::uint64_t word, Element* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<Element>(word >> i & 1U);
  }

  [[nodiscard]] Element inverse(Element value) const {
    std::int64_t a = value, b = prime_, x = 1, y = 0;  // |x|, |y| <= p
    while (b != 0) {
      const std::int64_t q = a / b;
      a -= q * b;
      x -= q * y;
      std::swap(a, b);
      std::swap(x, y);
    }
    return static_cast<Element>(x < 0 ? x + prime_ : x);
  }
  [[nodiscard]] Element negated(Element value) const { return value == 0 ? 0 : prime_ - value; }
  void gather(const Element* entries, const Element* order, std::size_t size,
              Element* factors) const {
    for (std::size_t k = 0; k < size; ++k) factors[k] = negated(entries[order[k]]);
    std::fill(factors + size, factors + width, Element{0});
  }
  static void to_factors(const Element* from, Element* to) { std::copy_n(from, width, to); }

  void scale(Element* to, const Element* from, Element by) const {
    for (std::size_t i = 0; i < width; ++i) {
      to[i] = static_cast<Element>(std::uint64_t{from[i]} * by % prime_);
    }
  }
  // to += from * by, of one row of a tile.
  void add_multiple(Element* to, const Element* from, Element by) const {
    std::uint64_t sums[width];
    for (std::size_t i = 0; i < width; ++i) sums[i] = to[i] + std::uint64_t{from[i]} * by;
    for (std::size_t i = 0; i < width; i += Lanes::count) {
      lanes_.store_remainders(Lanes::load_sums(sums + i), to + i);
    }
  }

  static void pack(const Element* from, std::size_t depth, Packed* to) {
    std::copy_n(from, depth * width, to);
  }

  // entries[i][j] += sum over k < depth of factors[i][k] * U[k][j], for `count` rows of a tile.
  void update(Element* const* entries, const Element* const* factors, std::size_t count,
              const Packed* packed, std::size_t depth) const {
    for (; count >= 6; count -= 6, entries += 6, factors += 6) {
      update_some<6>(entries, factors, packed, depth);
    }
    for (; count > 0; --count, ++entries, ++factors) {
      update_some<1>(entries, factors, packed, depth);
    }
  }

 private:
  template <int rows>
  void update_some(Element* const* entries, const Element* const* factors, const Packed* packed,
                   std::size_t depth) const {
    for (std::size_t begin = 0; begin < depth; begin += most_) {
      const std::size_t end = std::min(begin + most_, depth);
      for (std::size_t column = 0; column < width; column += Lanes::count * registers) {
        add_products<rows>(entries, factors, packed, column, begin, end);
      }
    }
  }

  static constexpr std::size_t registers = Lanes::registers;  // of one row

  template <int rows>
  void add_products(Element* const* entries, const Element* const* factors, const Packed* packed,
                    std::size_t column, std::size_t begin, std::size_t end) const {
    typename Lanes::Sums sums[rows][registers];
    for (int i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < registers; ++v) {
        sums[i][v] = Lanes::widen(entries[i] + column + v * Lanes::count);
      }
    }
    for (std::size_t d = begin; d < end; ++d) {
      typename Lanes::Sums u[registers];
      for (std::size_t v = 0; v < registers; ++v) {
        u[v] = Lanes::widen(packed + d * width + column + v * Lanes::count);
      }
#pragma GCC unroll 6
      for (int i = 0; i < rows; ++i) {
        const auto all = Lanes::broadcast(factors[i][d]);
        for (std::size_t v = 0; v < registers; ++v) {
          sums[i][v] = Lanes::add_product(sums[i][v], u[v], all);
        }
      }
    }
    for (int i = 0; i < rows; ++i) {
      for (std::size_t v = 0; v < registers; ++v) {
        lanes_.store_remainders(sums[i][v], entries[i] + column + v * Lanes::count);
      }
    }
  }

  std::uint32_t prime_;
  Lanes lanes_;
  std::size_t most_ = 1;
};
