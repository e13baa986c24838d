// SPDX-License-Identifier: Apache-2.0
#include "generate/matrices.hpp"

#include <algorithm>
#include <numeric>

namespace gatelight::generate {
namespace {

using linalg::BitMatrix;

void shuffle(base::Random& random, std::vector<std::uint32_t>& order) {
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
}

BitMatrix shuffled(base::Random& random, const BitMatrix& matrix) {
  std::vector<std::uint32_t> rows(matrix.rows()), columns(matrix.columns());
  std::iota(rows.begin(), rows.end(), 0U);
  std::iota(columns.begin(), columns.end(), 0U);
  shuffle(random, rows);
  shuffle(random, columns);
  return matrix.submatrix(rows, columns);
}

void fill(base::Random& random, BitMatrix& matrix, std::uint64_t one_in) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) {
      matrix.set(i, j, random.below(one_in) == 0);
    }
  }
}

// Rows and columns of few kinds.
void repeat(base::Random& random, BitMatrix& matrix) {
  BitMatrix kinds(1 + random.below(12), 1 + random.below(12));
  fill(random, kinds, 2);
  std::vector<std::size_t> kind(matrix.columns());
  for (auto& k : kind) k = random.below(kinds.columns());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const std::size_t row = random.below(kinds.rows());
    for (std::size_t j = 0; j < matrix.columns(); ++j) matrix.set(i, j, kinds.get(row, kind[j]));
  }
}

// Later rows are unions of disjoint earlier ones, or differences where one contains the other.
void combine(base::Random& random, BitMatrix& matrix, std::uint64_t one_in) {
  fill(random, matrix, one_in);
  const std::size_t planted = matrix.rows() / 2;
  for (std::size_t i = planted; planted > 0 && i < matrix.rows(); ++i) {
    const std::size_t a = random.below(i), b = random.below(i);
    bool disjoint = true, contained = true;
    for (std::size_t j = 0; j < matrix.columns(); ++j) {
      disjoint = disjoint && !(matrix.get(a, j) && matrix.get(b, j));
      contained = contained && (matrix.get(a, j) || !matrix.get(b, j));
    }
    for (std::size_t j = 0; j < matrix.columns(); ++j) {
      matrix.set(i, j,
                 disjoint || contained ? matrix.get(a, j) != matrix.get(b, j) : matrix.get(a, j));
    }
  }
}

}  // namespace

BitMatrix random_matrix(base::Random& random, std::size_t most) {
  BitMatrix matrix(random.below(most + 1), random.below(most + 1));
  const std::uint64_t kind = random.below(6);
  if (kind == 0) fill(random, matrix, 2);
  if (kind == 1) fill(random, matrix, 1 + most / 2);
  if (kind == 2) fill(random, matrix, 1 + random.below(5));
  if (kind == 3) repeat(random, matrix);
  if (kind == 4) combine(random, matrix, 2 + random.below(8));
  if (kind == 5) {  // nested, with exceptions
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      const std::size_t length = random.below(matrix.columns() + 1);
      for (std::size_t j = 0; j < length; ++j) matrix.set(i, j, random.below(50) != 0);
    }
  }
  return shuffled(random, matrix);
}

BitMatrix odd_triangle(std::size_t order) {
  BitMatrix matrix(order, order);
  for (std::size_t i = 0; i < order; ++i) {
    matrix.set(i, i);
    for (std::size_t j = i + 1; j < order; j += 2) matrix.set(i, j);
  }
  return matrix;
}

BitMatrix common_element(int k) {
  const std::size_t order = std::size_t{1} << static_cast<unsigned>(k);
  BitMatrix matrix(order, order);
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = 0; j < order; ++j) matrix.set(i, j, (i & j) != 0);
  }
  return matrix;
}

std::vector<std::vector<int>> numbers(const BitMatrix& matrix) {
  std::vector<std::vector<int>> rows(matrix.rows(), std::vector<int>(matrix.columns()));
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) rows[i][j] = matrix.get(i, j) ? 1 : 0;
  }
  return rows;
}

}  // namespace gatelight::generate
