// SPDX-License-Identifier: Apache-2.0
//
// The text of the kernels; kernels.cpp includes it once for each instruction set.  It finds Piece, a vector of
// 2, 4 or 8 doubles, and tile_rows, how many rows of a tile the registers hold.

constexpr std::size_t piece = sizeof(Piece) / sizeof(double);

inline Piece piece_at(const double* from) { return *reinterpret_cast<const Piece*>(from); }

// The same order everywhere.
inline double sum_of_lanes(const double* sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

void multiply_tile(const double* a, std::size_t a_stride, const double* b, std::size_t b_stride,
                   std::size_t count, double* out) {
  alignas(64) double sums[tile][tile][lanes];
  for (std::size_t top = 0; top < tile; top += tile_rows) {
    for (std::size_t lane = 0; lane < lanes; lane += piece) {
      Piece parts[tile_rows][tile] = {};
      for (std::size_t k = lane; k < count; k += lanes) {
        Piece right[tile];
#pragma GCC unroll 4
        for (std::size_t j = 0; j < tile; ++j) right[j] = piece_at(b + j * b_stride + k);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < tile_rows; ++i) {
          const Piece left = piece_at(a + (top + i) * a_stride + k);
#pragma GCC unroll 4
          for (std::size_t j = 0; j < tile; ++j) parts[i][j] += left * right[j];
        }
      }
#pragma GCC unroll 4
      for (std::size_t i = 0; i < tile_rows; ++i) {
#pragma GCC unroll 4
        for (std::size_t j = 0; j < tile; ++j) {
          *reinterpret_cast<Piece*>(&sums[top + i][j][lane]) = parts[i][j];
        }
      }
    }
  }
  for (std::size_t i = 0; i < tile; ++i) {
    for (std::size_t j = 0; j < tile; ++j) out[i * tile + j] = sum_of_lanes(sums[i][j]);
  }
}

double dot(const double* a, const double* b, std::size_t count) {
  constexpr std::size_t pieces = lanes / piece;
  Piece parts[pieces] = {};
  for (std::size_t k = 0; k < count; k += lanes) {
#pragma GCC unroll 4
    for (std::size_t p = 0; p < pieces; ++p) {
      parts[p] += piece_at(a + k + p * piece) * piece_at(b + k + p * piece);
    }
  }
  alignas(64) double sums[lanes];
#pragma GCC unroll 4
  for (std::size_t p = 0; p < pieces; ++p) *reinterpret_cast<Piece*>(sums + p * piece) = parts[p];
  return sum_of_lanes(sums);
}

void add_row(double* to, double factor, const double* from, std::size_t count) {
  for (std::size_t k = 0; k < count; k += piece) {
    *reinterpret_cast<Piece*>(to + k) += factor * piece_at(from + k);
  }
}

void pair(const std::uint32_t* begin, const std::uint32_t* index, const double* factor,
          const double* table, std::size_t count, double* out) {
  for (std::size_t k = 0; k < count; ++k) {
    Four g = {}, h = {};
    std::uint32_t at = begin[2 * k];
    for (const std::uint32_t end = begin[2 * k + 1]; at < end; ++at) {
      g += factor[at] * *reinterpret_cast<const Four*>(table + 4 * std::size_t{index[at]});
    }
    for (const std::uint32_t end = begin[2 * k + 2]; at < end; ++at) {
      h += factor[at] * *reinterpret_cast<const Four*>(table + 4 * std::size_t{index[at]});
    }
    out[k] = 0.25 * ((g[0] * h[3] + g[2] * h[1]) + (g[1] * h[2] + g[3] * h[0]));
  }
}

constexpr Kernels all{multiply_tile, dot, add_row, pair};
