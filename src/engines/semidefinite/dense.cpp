// SPDX-License-Identifier: Apache-2.0
//
// Products and factorizations of dense matrices.
//
// Problem   The relaxation's time goes into Cholesky factorizations of matrices of 300 to 3000 rows.
// Idea      All of it is made of one kernel: the products of 4 rows with 4 rows (kernels.hpp).
//           The factorization goes by blocks of columns: what the blocks to the left contribute is such a
//           product; so is what remains below the diagonal block, times that block's inverse.
// Why       A floating-point number more or less is nothing here: certify.cpp checks what is proved.
// Cost      n^3 / 3 multiplications and additions for a factorization.
// Tested by tests/unit/engines/semidefinite/dense_test.cpp
#include "engines/semidefinite/dense.hpp"

#include <algorithm>
#include <cmath>

#include "engines/semidefinite/kernels.hpp"

namespace gatelight::engines::semidefinite {
namespace {

constexpr std::size_t block = 64;   // columns that are factorized at once
constexpr std::size_t depth = 256;  // so many numbers of 64 rows stay in the cache

// Where tiles are written to.
struct Target {
  double* at;
  std::size_t stride;
};

// to += factor * a b^T, tile by tile, and number by number where fewer than 4 rows are left.
void add_product(const double* a, std::size_t a_stride, std::size_t a_rows, const double* b,
                 std::size_t b_stride, std::size_t b_rows, std::size_t count, double factor,
                 Target to) {
  const Kernels& with = kernels();
  alignas(base::line_bytes) double out[tile * tile];
  for (std::size_t i = 0; i < a_rows; i += tile) {
    for (std::size_t j = 0; j < b_rows; j += tile) {
      const std::size_t rows = std::min(tile, a_rows - i), columns = std::min(tile, b_rows - j);
      if (rows == tile && columns == tile) {
        with.multiply_tile(a + i * a_stride, a_stride, b + j * b_stride, b_stride, count, out);
      } else {
        for (std::size_t p = 0; p < rows; ++p) {
          for (std::size_t q = 0; q < columns; ++q) {
            out[p * tile + q] = with.dot(a + (i + p) * a_stride, b + (j + q) * b_stride, count);
          }
        }
      }
      for (std::size_t p = 0; p < rows; ++p) {
        double* row = to.at + (i + p) * to.stride + j;
        for (std::size_t q = 0; q < columns; ++q) row[q] += factor * out[p * tile + q];
      }
    }
  }
}

// The diagonal block, one number after the other.
bool factorize_block(Matrix& a, std::size_t first, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    double* row = a[first + i] + first;
    for (std::size_t j = 0; j <= i; ++j) {
      const double* other = a[first + j] + first;
      double sum = row[j];
      for (std::size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      if (j < i) {
        row[j] = sum / other[j];
      } else if (!(sum > 0) || !std::isfinite(sum)) {
        return false;
      } else {
        row[i] = std::sqrt(sum);
      }
    }
    for (std::size_t j = i + 1; j < size; ++j) row[j] = 0;
  }
  return true;
}

// The inverse of a lower triangular matrix: row i is (e_i - sum over k < i of L_ik * row k) / L_ii.
void invert_lower(const double* factor, std::size_t stride, std::size_t size, Matrix& inverse) {
  const Kernels& with = kernels();
  for (std::size_t i = 0; i < size; ++i) {
    double* row = inverse[i];
    std::fill(row, row + inverse.stride(), 0.0);
    const double* left = factor + i * stride;
    for (std::size_t k = 0; k < i; ++k) {
      if (left[k] != 0) with.add_row(row, -left[k], inverse[k], padded(k + 1));
    }
    for (std::size_t k = 0; k < i; ++k) row[k] /= left[i];
    row[i] = 1 / left[i];
  }
}

}  // namespace

void Matrix::add(double factor, const Matrix& other) {
  kernels().add_row(numbers_.data(), factor, other.numbers_.data(), numbers_.size());
}

void Matrix::add_to_diagonal(double number) {
  for (std::size_t i = 0; i < rows_; ++i) (*this)[i][i] += number;
}

double dot(const double* a, const double* b, std::size_t count) {
  double sum = 0;
  for (std::size_t k = 0; k < count; ++k) sum += a[k] * b[k];
  return sum;
}

double inner(const Matrix& a, const Matrix& b) {
  const Kernels& with = kernels();
  double sum = 0;
  for (std::size_t i = 0; i < a.rows(); ++i) sum += with.dot(a[i], b[i], a.stride());
  return sum;
}

Matrix times_transposed(const Matrix& a, const Matrix& b) {
  Matrix product(a.rows(), b.rows());
  for (std::size_t k = 0; k < a.stride(); k += depth) {
    for (std::size_t j = 0; j < b.rows(); j += block) {
      add_product(a[0] + k, a.stride(), a.rows(), b[j] + k, b.stride(),
                  std::min(block, b.rows() - j), std::min(depth, a.stride() - k), 1,
                  {product[0] + j, product.stride()});
    }
  }
  return product;
}

void symmetrize(Matrix& a) {
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) a[i][j] = a[j][i] = (a[i][j] + a[j][i]) / 2;
  }
}

bool factorize(Matrix& a) {
  const std::size_t n = a.rows();
  Matrix inverse(block, block), copied(n, block);
  for (std::size_t first = 0; first < n; first += block) {
    const std::size_t size = std::min(block, n - first), last = first + size;
    // In strips, so that what lies above the diagonal is left alone.
    for (std::size_t k = 0; k < first; k += depth) {
      for (std::size_t i = first; i < n; i += tile) {
        const std::size_t rows = std::min(tile, n - i);
        add_product(a[i] + k, a.stride(), rows, a[first] + k, a.stride(),
                    std::min(size, i + rows - first), std::min(depth, first - k), -1,
                    {a[i] + first, a.stride()});
      }
    }
    if (!factorize_block(a, first, size)) return false;
    if (last == n) break;
    invert_lower(a[first] + first, a.stride(), size, inverse);
    for (std::size_t i = last; i < n; ++i) {
      std::copy_n(a[i] + first, size, copied[i]);
      std::fill_n(a[i] + first, size, 0.0);
    }
    add_product(copied[last], copied.stride(), n - last, inverse[0], inverse.stride(), size, size,
                1, {a[last] + first, a.stride()});
  }
  for (std::size_t i = 0; i < n; ++i) std::fill(a[i] + i + 1, a[i] + n, 0.0);
  return true;
}

Matrix inverse_of_product(const Matrix& factor) {
  const std::size_t n = factor.rows();
  Matrix inverse(n, n), transposed(n, n);
  invert_lower(factor[0], factor.stride(), n, inverse);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) transposed[j][i] = inverse[i][j];
  }
  return times_transposed(transposed, transposed);
}

void solve(const Matrix& factor, std::vector<double>& x) {
  const Kernels& with = kernels();
  const std::size_t n = factor.rows();
  base::AlignedVector<double> y(factor.stride(), 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    // What lies at and beyond i is zero in y, and so in the sum.
    y[i] = (x[i] - with.dot(factor[i], y.data(), padded(i))) / factor[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    y[i] /= factor[i][i];
    const double now = y[i];
    with.add_row(y.data(), -now, factor[i], padded(i));
    y[i] = now;
  }
  std::copy_n(y.begin(), n, x.begin());
}

}  // namespace gatelight::engines::semidefinite
