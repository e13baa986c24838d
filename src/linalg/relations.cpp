// SPDX-License-Identifier: Apache-2.0
//
// Problem   Show that the other columns depend on the pivot columns over the rationals.
// Idea      Modulo q they do: M[R, C] x = d M[R, j] has one solution for d = 1, and since q's rank is |R|, every
//           row of M satisfies it.  Where the true coefficients are small fractions, x d for their
//           common denominator d is small modulo q.
// Why       M[i, C] x - d M[i, j] is divisible by q for every row i.  As the entries are 0 and 1, it is a sum of
//           some of the numbers x_k and -d, so it lies between the sum of the negative ones and the
//           sum of the positive ones.  If both are below q in size, it is 0: the relation holds
//           over the integers, and no row has to be looked at.
// How       Eliminating [M[R, C] M[R, rest]; I 0] leaves -M[R, C]^-1 M[R, rest] below: the same kernels.
// Limits    Communication matrices have relations with tiny coefficients; those of random singular
//           matrices are far larger than any q, and stay open.
// Tested by tests/unit/linalg/relations_test.cpp
#include "linalg/relations.hpp"

#include <algorithm>
#include <cstdlib>

#include "linalg/elimination.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::size_t alignment = 64;

// The residue of the smallest size.
std::int64_t balanced(std::uint64_t value, std::uint32_t prime) {
  const std::uint64_t residue = value % prime;
  return residue > prime / 2 ? static_cast<std::int64_t>(residue) - prime
                             : static_cast<std::int64_t>(residue);
}

// A d > 0 of at most about the square root of the prime, such that d * value is as small modulo it:
// half of Euclid's algorithm.
std::uint64_t denominator(std::uint32_t value, std::uint32_t prime) {
  std::int64_t a = prime, b = value, x = 0, y = 1;  // a = x value, b = y value modulo the prime
  while (b * b > prime) {
    const std::int64_t q = a / b;
    a -= q * b;
    x -= q * y;
    std::swap(a, b);
    std::swap(x, y);
  }
  return static_cast<std::uint64_t>(std::abs(y));
}

// Turns x into coefficients of a relation that holds over the integers; false where that fails.
bool prove(std::vector<std::uint32_t>& x, std::uint32_t prime, Relation& relation) {
  std::uint64_t scale = 1;
  for (const std::uint32_t value : x) {
    const auto scaled = static_cast<std::uint32_t>(value * scale % prime);
    const std::int64_t size = std::abs(balanced(scaled, prime));
    if (size * size <= prime) continue;
    scale *= denominator(scaled, prime);  // below 2^31 each
    if (scale >= prime) return false;
  }
  std::uint64_t positive = 0, negative = scale;
  for (std::uint32_t& value : x) {
    const std::int64_t number = balanced(value * scale, prime);
    (number > 0 ? positive : negative) += static_cast<std::uint64_t>(std::abs(number));
    if (positive >= prime || negative >= prime) return false;
    relation.coefficients.push_back(static_cast<std::int32_t>(number));
  }
  relation.scale = static_cast<std::int32_t>(scale);
  return true;
}

BitMatrix bordered(const BitMatrix& matrix, const Pivots& pivots,
                   const std::vector<std::uint32_t>& others) {
  const std::size_t rank = pivots.rank;
  const std::size_t first = (rank + alignment - 1) / alignment * alignment;
  BitMatrix result(2 * rank, first + others.size());
  const BitMatrix left = matrix.submatrix(pivots.rows, pivots.columns);
  const BitMatrix right = matrix.submatrix(pivots.rows, others);
  for (std::size_t i = 0; i < rank; ++i) {
    std::ranges::copy(left.row(i), result.row(i).begin());
    std::ranges::copy(right.row(i),
                      result.row(i).begin() + static_cast<std::ptrdiff_t>(first / alignment));
    result.set(rank + i, i);
  }
  return result;
}

std::vector<std::uint32_t> other_columns(const BitMatrix& matrix, const Pivots& pivots) {
  std::vector<bool> is_pivot(matrix.columns());
  for (const std::uint32_t column : pivots.columns) is_pivot[column] = true;
  std::vector<std::uint32_t> others;
  for (std::uint32_t j = 0; j < matrix.columns(); ++j) {
    if (!is_pivot[j]) others.push_back(j);
  }
  return others;
}

}  // namespace

ProvedRelations prove_relations(const BitMatrix& matrix, const Pivots& pivots, std::uint32_t prime,
                                bool keep, const Limits& limits) {
  const std::vector<std::uint32_t> others = other_columns(matrix, pivots);
  ProvedRelations result{others.size(), {}};
  if (pivots.rank == 0) return result;
  const BitMatrix task = bordered(matrix, pivots, others);
  const std::size_t first = (pivots.rank + alignment - 1) / alignment * alignment;
  std::vector<std::vector<std::uint32_t>> negative;
  const Pivots found = eliminate({&task, prime, first, &negative, limits});
  if (!found.complete || negative.size() != pivots.rank) return result;
  std::vector<std::uint32_t> x(pivots.rank);
  for (std::size_t j = 0; j < others.size(); ++j) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] = negative[k][j] == 0 ? 0 : prime - negative[k][j];
    }
    Relation relation{others[j], 1, {}};
    if (!prove(x, prime, relation)) continue;
    --result.open;
    if (keep) result.relations.push_back(std::move(relation));
  }
  return result;
}

double relations_cost(std::size_t rank, std::size_t others) {
  const auto r = static_cast<double>(rank), c = static_cast<double>(others);
  // The sum of (2 r - k) (r + c - k) over k < r.
  return r * r * (5 * r / 6 + 3 * c / 2);
}

std::size_t relations_bytes(std::size_t rank, std::size_t others) {
  const std::size_t columns = rank + alignment + others;
  return elimination_bytes(2 * rank, columns, std::uint32_t{1} << 27U) + rank * others * 4;
}

}  // namespace gatelight::linalg
