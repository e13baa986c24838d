// SPDX-License-Identifier: Apache-2.0
//
// Vectors of lanes without special instructions: 128 bits, as GCC and clang offer on every target.
// Included inside the namespace of its kernel (sweep.cpp), like its siblings, which explain nothing
// that is the same.

typedef std::uint64_t Vector __attribute__((vector_size(16), may_alias));

inline Vector load(const unsigned char* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(unsigned char* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }
inline Vector broadcast(std::uint64_t word) { return Vector{word, word}; }
inline Vector both(Vector a, Vector b) { return a & b; }
inline Vector either(Vector a, Vector b) { return a | b; }
inline Vector differ(Vector a, Vector b) { return a ^ b; }
inline Vector invert(Vector a) { return ~a; }
inline bool any(Vector a) { return (a[0] | a[1]) != 0; }

// Copies half a mask and its complement.
inline void copy_half(unsigned char* to, unsigned char* inverted, const unsigned char* from) {
  for (std::size_t i = 0; i < sizeof(HalfMask); i += sizeof(Vector)) {
    const Vector value = load(from + i);
    store(to + i, value);
    store(inverted + i, invert(value));
  }
}

// Adds two masks to a pending one; returns the carry.
inline Vector full_add(Vector& pending, Vector a, Vector b) {
  const Vector odd = a ^ b;
  const Vector carry = (a & b) | (pending & odd);
  pending ^= odd;
  return carry;
}

inline Vector half_add(Vector& pending, Vector a) {
  const Vector carry = pending & a;
  pending ^= a;
  return carry;
}

// The next carry of a comparison: the majority of two masks and a word of all zeros or all ones.
inline Vector compare_carry(Vector sum, std::uint64_t word, Vector carry) {
  return (sum & carry) | ((sum | carry) & broadcast(word));
}
