// SPDX-License-Identifier: Apache-2.0
//
// Included by kernels.cpp once an instruction set.  Vectors of 64 bytes; where the machine's are
// shorter the compiler takes several.

template <class T>
struct VectorOf;
template <>
struct VectorOf<double> {
  typedef double Type __attribute__((vector_size(64), may_alias));
  typedef std::int64_t Whole __attribute__((vector_size(64)));
};
template <>
struct VectorOf<float> {
  typedef float Type __attribute__((vector_size(64), may_alias));
  typedef std::int32_t Whole __attribute__((vector_size(64)));
};
using Doubles = VectorOf<double>::Type;

template <std::size_t width>
GATELIGHT_ALWAYS_INLINE void gather_block(double* at, const Link* links, std::size_t count,
                                          const double* base) {
  Doubles sum[width];
  for (std::size_t k = 0; k < width; ++k) sum[k] = reinterpret_cast<const Doubles*>(at)[k];
  for (std::size_t i = 0; i < count; ++i) {
    const auto* from = reinterpret_cast<const Doubles*>(base + links[i].offset);
    const double weight = links[i].weight;
    for (std::size_t k = 0; k < width; ++k) sum[k] += from[k] * weight;
  }
  for (std::size_t k = 0; k < width; ++k) reinterpret_cast<Doubles*>(at)[k] = sum[k];
}

void gather(double* at, const Link* links, std::size_t count, const double* base,
            std::size_t rows) {
  std::size_t left = rows / rows_a_vector;
  for (; left >= 8; left -= 8, at += 64, base += 64) gather_block<8>(at, links, count, base);
  switch (left) {
    case 7:
      return gather_block<7>(at, links, count, base);
    case 6:
      return gather_block<6>(at, links, count, base);
    case 5:
      return gather_block<5>(at, links, count, base);
    case 4:
      return gather_block<4>(at, links, count, base);
    case 3:
      return gather_block<3>(at, links, count, base);
    case 2:
      return gather_block<2>(at, links, count, base);
    case 1:
      return gather_block<1>(at, links, count, base);
    default:
      return;
  }
}

template <std::size_t width>
GATELIGHT_ALWAYS_INLINE void combine_block(double* upper, double* lower, const Link* links,
                                           std::size_t count, const double* base,
                                           std::size_t stride) {
  Doubles above[width], below[width];
  for (std::size_t k = 0; k < width; ++k) {
    above[k] = reinterpret_cast<const Doubles*>(upper)[k];
    below[k] = reinterpret_cast<const Doubles*>(lower)[k];
  }
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = links[i].weight;
    const double* first = base + links[i].offset;
    const std::size_t swap = weight < 0 ? stride : 0;
    const auto* up = reinterpret_cast<const Doubles*>(first + swap);
    const auto* down = reinterpret_cast<const Doubles*>(first + stride - swap);
    for (std::size_t k = 0; k < width; ++k) {
      above[k] += up[k] * weight;
      below[k] += down[k] * weight;
    }
  }
  for (std::size_t k = 0; k < width; ++k) {
    reinterpret_cast<Doubles*>(upper)[k] = above[k];
    reinterpret_cast<Doubles*>(lower)[k] = below[k];
  }
}

void combine(double* upper, double* lower, const Link* links, std::size_t count, const double* base,
             std::size_t stride) {
  std::size_t left = stride / rows_a_vector;
  for (; left >= 2; left -= 2, upper += 16, lower += 16, base += 16) {
    combine_block<2>(upper, lower, links, count, base, stride);
  }
  if (left == 1) combine_block<1>(upper, lower, links, count, base, stride);
}

void replace(double* at, RowSums sums, const Replacement& gate, std::size_t rows) {
  const Doubles zero = {};
  for (std::size_t r = 0; r < rows; r += rows_a_vector) {
    auto& value = *reinterpret_cast<Doubles*>(at + r);
    auto& constant = *reinterpret_cast<Doubles*>(sums.constant + r);
    auto& magnitude = *reinterpret_cast<Doubles*>(sums.magnitude + r);
    const Doubles above = value > zero ? value : zero;
    const Doubles below = value < zero ? value : zero;
    constant += above * gate.upper_offset + below * gate.lower_offset;
    value = above * gate.upper_slope + below * gate.lower_slope;
    const Doubles size = value < zero ? -value : value;
    magnitude += (above - below) * gate.offset_magnitude + size * gate.sum_magnitude;
  }
}

void finish(const double* at, RowSums sums, double low, double high, std::size_t rows) {
  const double largest = -low > high ? -low : high;  // of |low| and |high|, low <= high
  for (std::size_t r = 0; r < rows; r += rows_a_vector) {
    const auto& value = *reinterpret_cast<const Doubles*>(at + r);
    auto& constant = *reinterpret_cast<Doubles*>(sums.constant + r);
    auto& magnitude = *reinterpret_cast<Doubles*>(sums.magnitude + r);
    const Doubles first = value * low, second = value * high;
    constant += first > second ? first : second;
    magnitude += (value < 0.0 ? -value : value) * largest;
  }
}

template <class T>
void point_gate(T* values, T* output, T* total, const PointGate<T>& gate) {
  using Vector = typename VectorOf<T>::Type;
  using Whole = typename VectorOf<T>::Whole;
  constexpr std::size_t width = point_bytes / 64;
  const Vector zero = {};
  Vector sum[width];
  for (std::size_t k = 0; k < width; ++k) sum[k] = zero + gate.constant;
  for (std::size_t i = 0; i < gate.count; ++i) {
    const auto* from = reinterpret_cast<const Vector*>(values + gate.links[i].offset);
    const T weight = static_cast<T>(gate.links[i].weight);
    for (std::size_t k = 0; k < width; ++k) sum[k] += from[k] * weight;
  }
  for (std::size_t k = 0; k < width; ++k) {
    if (gate.cost != 0) {
      const Vector below = sum[k] < gate.silent_low ? zero + gate.cost : zero;
      const Vector above = sum[k] > gate.silent_high ? zero + gate.cost : below;
      reinterpret_cast<Vector*>(total)[k] += above;
    }
    Vector value = sum[k];
    if (gate.shape == 0) value = sum[k] >= zero ? zero + T{1} : zero;
    if (gate.shape == 1) {
      value = (sum[k] > zero ? sum[k] : zero) * gate.scale;
      value = value < gate.max ? value : zero + gate.max;
      value = __builtin_convertvector(__builtin_convertvector(value, Whole), Vector);
    }
    reinterpret_cast<Vector*>(output)[k] = value;
  }
}
