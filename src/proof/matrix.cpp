// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/proof/check_rank_test.cpp
#include "proof/matrix.hpp"

#include <gmpxx.h>

#include <algorithm>
#include <set>

namespace gatelight::proof {
namespace {

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1U, base = base * base % modulus) {  // below 2^64
    if ((exponent & 1U) != 0) result = result * base % modulus;
  }
  return result;
}

}  // namespace

Entries::Entries(const Circuit& circuit, GateId output, std::string_view partition)
    : circuit_(circuit), output_(output), input_(circuit.bit_count()) {
  for (std::size_t bit = 0; bit < partition.size(); ++bit) {
    (partition[bit] == '0' ? row_bits_ : column_bits_).push_back(bit);
  }
}

std::int64_t Entries::at(std::string_view row, std::string_view column) {
  for (std::size_t i = 0; i < row_bits_.size(); ++i) input_[row_bits_[i]] = row[i] == '1';
  for (std::size_t i = 0; i < column_bits_.size(); ++i) input_[column_bits_[i]] = column[i] == '1';
  return evaluate(circuit_, input_)[static_cast<std::size_t>(output_)];
}

std::optional<Matrix> Entries::minor(const std::vector<std::string>& rows,
                                     const std::vector<std::string>& columns,
                                     const Deadline& deadline) {
  Matrix matrix;
  matrix.reserve(rows.size());
  for (const std::string& row : rows) {
    if (deadline.expired()) return std::nullopt;
    auto& values = matrix.emplace_back();
    values.reserve(columns.size());
    for (const std::string& column : columns) values.push_back(at(row, column));
  }
  return matrix;
}

std::optional<std::size_t> modular_rank(const Matrix& matrix, std::uint32_t prime,
                                        const Deadline& deadline) {
  std::vector<std::vector<std::uint32_t>> rows;
  for (const auto& values : matrix) {
    auto& row = rows.emplace_back();
    for (const std::int64_t value : values) {
      const std::int64_t rest = value % std::int64_t{prime};
      row.push_back(static_cast<std::uint32_t>(rest < 0 ? rest + prime : rest));
    }
  }
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  std::size_t rank = 0;
  for (std::size_t j = 0; j < columns && rank < rows.size(); ++j) {
    if (deadline.expired()) return std::nullopt;
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][j] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    const std::uint64_t inverse = prime == 2 ? 1 : power(rows[rank][j], prime - 2, prime);
    for (std::size_t i = rank + 1; i < rows.size(); ++i) {
      if (rows[i][j] == 0) continue;
      const std::uint64_t factor = prime - rows[i][j] * inverse % prime;
      for (std::size_t k = j; k < columns; ++k) {  // at most (2^32 - 1)^2: below 2^64
        rows[i][k] = static_cast<std::uint32_t>((rows[i][k] + factor * rows[rank][k]) % prime);
      }
    }
    ++rank;
  }
  return rank;
}

// Bareiss: each division is exact.
std::size_t rational_rank(const Matrix& matrix) {
  std::vector<std::vector<mpz_class>> rows;
  for (const auto& values : matrix) {
    auto& row = rows.emplace_back();
    for (const std::int64_t value : values) row.emplace_back(static_cast<long>(value));
  }
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  mpz_class before = 1;
  std::size_t rank = 0;
  for (std::size_t j = 0; j < columns && rank < rows.size(); ++j) {
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][j] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    for (std::size_t i = rank + 1; i < rows.size(); ++i) {
      for (std::size_t k = j + 1; k < columns; ++k) {
        rows[i][k] = (rows[i][k] * rows[rank][j] - rows[rank][k] * rows[i][j]) / before;
      }
      rows[i][j] = 0;
    }
    before = rows[rank][j];
    ++rank;
  }
  return rank;
}

bool is_prime_by_division(std::uint32_t number) {
  if (number < 2) return false;
  for (std::uint64_t d = 2; d * d <= number; ++d) {
    if (number % d == 0) return false;
  }
  return true;
}

Matrix transposed(const Matrix& matrix) {
  Matrix result(matrix.empty() ? 0 : matrix[0].size());
  for (const auto& row : matrix) {
    for (std::size_t j = 0; j < row.size(); ++j) result[j].push_back(row[j]);
  }
  return result;
}

Matrix distinct_rows(const Matrix& matrix) {
  std::set<std::vector<std::int64_t>> seen;
  Matrix result;
  for (const auto& row : matrix) {
    if (std::ranges::all_of(row, [](std::int64_t value) { return value == 0; })) continue;
    if (seen.insert(row).second) result.push_back(row);
  }
  return result;
}

}  // namespace gatelight::proof
