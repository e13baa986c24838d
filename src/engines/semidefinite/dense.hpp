// SPDX-License-Identifier: Apache-2.0
//
// Dense matrices of floating-point numbers (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_DENSE_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_DENSE_HPP

#include <cstddef>
#include <vector>

#include "base/aligned.hpp"
#include "engines/semidefinite/kernels.hpp"

namespace gatelight::engines::semidefinite {

// As many numbers as the kernels take.
constexpr std::size_t padded(std::size_t count) { return (count + lanes - 1) / lanes * lanes; }

// Row by row; each row begins at a cache line and is filled up with zeros, which nobody may change.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), stride_(padded(columns)), numbers_(rows * stride_, 0.0) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t stride() const { return stride_; }
  double* operator[](std::size_t row) { return numbers_.data() + row * stride_; }
  const double* operator[](std::size_t row) const { return numbers_.data() + row * stride_; }

  // this += factor * other, of the same size.
  void add(double factor, const Matrix& other);
  void add_to_diagonal(double number);

 private:
  std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
  base::AlignedVector<double> numbers_;
};

[[nodiscard]] double dot(const double* a, const double* b, std::size_t count);
// The sum of products of all entries.
[[nodiscard]] double inner(const Matrix& a, const Matrix& b);
// a b^T: for a symmetric b, a b.
[[nodiscard]] Matrix times_transposed(const Matrix& a, const Matrix& b);
// (a + a^T) / 2, of a square matrix.
void symmetrize(Matrix& a);

// L with L L^T = a, of the lower triangle of a, in place, zeros above.  False where a is not definite.
[[nodiscard]] bool factorize(Matrix& a);
// (L L^T)^-1.
[[nodiscard]] Matrix inverse_of_product(const Matrix& factor);
// x = (L L^T)^-1 x.
void solve(const Matrix& factor, std::vector<double>& x);

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_DENSE_HPP
