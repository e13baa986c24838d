// SPDX-License-Identifier: Apache-2.0
//
// Sums of products of bytes in floats, which hold them exactly (byte_field-inl.hpp): every processor
// multiplies four of those at once.  A packed tile is its rows, widened.
class Bytes : public ByteField {
 public:
  using Packed = float;

  using ByteField::ByteField;

  // `depth` rows of `width` entries.
  static void pack(const Element* from, std::size_t depth, Packed* to) {
    for (std::size_t i = 0; i < depth * width; ++i) to[i] = from[i];
  }

  // entries[i][j] += sum over k < depth of factors[i][k] * U[k][j], for `count` rows of a tile.
  void update(Element* const* entries, const Element* const* factors, std::size_t count,
              const Packed* packed, std::size_t depth) const {
    if (depth == 0) return;
    for (; count >= 4; count -= 4, entries += 4, factors += 4) {
      update_some<4>(entries, factors, packed, depth);
    }
    for (; count > 0; --count, ++entries, ++factors) {
      update_some<1>(entries, factors, packed, depth);
    }
  }

 private:
  using Four = float __attribute__((vector_size(16)));

  template <int rows>
  void update_some(Element* const* entries, const Element* const* factors, const Packed* packed,
                   std::size_t depth) const {
    float wide[rows][512];
    for (int i = 0; i < rows; ++i) {
      for (std::size_t d = 0; d < depth; ++d) {
        wide[i][d] = signed_value(factors[i][d]);
      }
    }
    for (std::size_t column = 0; column < width; column += 8) {
      Four sums[rows][2];
      for (int i = 0; i < rows; ++i) {
        float start[8];
        for (std::size_t j = 0; j < 8; ++j) start[j] = entries[i][column + j];
        std::memcpy(sums[i], start, sizeof start);
      }
      const Packed* at = packed + column;
      for (std::size_t d = 0; d < depth; ++d, at += width) {
        Four u[2];
        std::memcpy(u, at, sizeof u);
        for (int i = 0; i < rows; ++i) {
          sums[i][0] += u[0] * wide[i][d];
          sums[i][1] += u[1] * wide[i][d];
        }
      }
      for (int i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < 8; ++j) {
          entries[i][column + j] = residue(sums[i][j / 4][j % 4]);
        }
      }
    }
  }

  [[nodiscard]] Element residue(float exact) const {
    const int sum = static_cast<int>(exact);
    int rest = sum % static_cast<int>(modulus);
    if (rest < 0) rest += modulus;
    return static_cast<Element>(rest);
  }
};
