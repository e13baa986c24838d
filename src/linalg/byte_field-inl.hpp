// SPDX-License-Identifier: Apache-2.0
//
// Residues modulo a prime below 256 as bytes: what all instruction sets share.
//
// Entries are 0 ... p - 1.  Factors are the same residues as signed bytes of at most p / 2 in size.  A sum
// of 512 products of both and an entry is at most 512 * 250 * 125 + 250 = 16,000,250 < 2^24 in
// size, which a float holds exactly; its remainder r = x - p round(x / p) is computed without error
// from a quotient that is off by less than 2^-23 * 2^24 / p, so |r| <= p / 2 + 2 <= 127 for
// p = 251, and |r| <= p / 2 for the small primes, whose sums are smaller.
class ByteField {
 public:
  using Element = std::uint8_t;
  static constexpr std::size_t width = 64;

  explicit ByteField(std::uint32_t prime)
      : modulus(static_cast<std::uint16_t>(prime)),
        half(static_cast<std::uint8_t>(prime / 2)),
        reciprocal(static_cast<std::uint16_t>(65536U / prime)) {
    inverses[0] = 0;
    inverses[1] = 1;
    // p = q a + r, so 1 / a = -q / r.
    for (unsigned a = 2; a < prime; ++a) {
      inverses[a] = static_cast<Element>((prime - prime / a) * inverses[prime % a] % prime);
    }
  }

  // `count` bits as residues, a multiple of 8.
  static void expand(std::uint64_t word, Element* to, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 8, word >>= 8U) {
      // Bit k of the byte comes to bit 8 k + 7.
      const std::uint64_t spread = (word & 0x7fU) * 0x02040810204081U & 0x0101010101010101U;
      const std::uint64_t bytes = spread | (word & 0x80U) << 49U;
      std::memcpy(to + i, &bytes, 8);
    }
  }

  [[nodiscard]] Element inverse(Element value) const { return inverses[value]; }
  [[nodiscard]] Element negated(Element value) const {
    return value == 0 ? value : static_cast<Element>(modulus - value);
  }
  [[nodiscard]] Element negated_factor(Element value) const {
    return static_cast<Element>((value > half ? modulus : 0) - value);
  }

  // What a factor stands for.
  static std::int16_t signed_value(Element factor) {
    return static_cast<std::int16_t>(factor < 128 ? factor : factor - 256);
  }

  // to = from * by, and to += from * by, of one row of a tile.
  void scale(Element* to, const Element* from, Element by) const {
    for (std::size_t i = 0; i < width; ++i) to[i] = remainder(from[i], by, 0);
  }
  void add_multiple(Element* to, const Element* from, Element by) const {
    for (std::size_t i = 0; i < width; ++i) to[i] = remainder(from[i], by, to[i]);
  }

  // The negated factors of the columns that `order` names, 0 beyond `size`.
  void gather(const Element* entries, const Element* order, std::size_t size,
              Element* factors) const {
    for (std::size_t k = 0; k < size; ++k) factors[k] = negated_factor(entries[order[k]]);
    std::fill(factors + size, factors + width, Element{0});
  }
  // A row of residues as factors.
  void to_factors(const Element* from, Element* to) const {
    for (std::size_t k = 0; k < width; ++k) {
      to[k] = static_cast<Element>(from[k] - (from[k] > half ? modulus : 0));
    }
  }

 protected:
  // a b + c, at most 250 * 250 + 250 < 2^16; the quotient is at most 1 too small.
  [[nodiscard]] Element remainder(std::uint16_t a, std::uint16_t b, std::uint16_t c) const {
    const auto value = static_cast<std::uint16_t>(a * b + c);
    const auto quotient = static_cast<std::uint16_t>(std::uint32_t{value} * reciprocal >> 16U);
    const auto rest = static_cast<std::uint16_t>(value - quotient * modulus);
    return static_cast<Element>(rest >= modulus ? rest - modulus : rest);
  }

  std::uint16_t modulus;
  std::uint8_t half;
  std::uint16_t reciprocal;
  Element inverses[256];
};
