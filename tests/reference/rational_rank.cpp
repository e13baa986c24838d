// SPDX-License-Identifier: Apache-2.0
#include "reference/rational_rank.hpp"

#include <gmpxx.h>

#include <algorithm>

namespace gatelight::reference {
namespace {

// Numbers are 0 exactly where they compare equal to 0.
template <class Number, class Multiple>
std::size_t rank(std::vector<std::vector<Number>> rows, const Multiple& subtract_multiple) {
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  std::size_t found = 0;
  for (std::size_t j = 0; j < columns && found < rows.size(); ++j) {
    const auto pivot = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(found), rows.end(),
                                    [j](const auto& row) { return row[j] != 0; });
    if (pivot == rows.end()) continue;
    std::iter_swap(pivot, rows.begin() + static_cast<std::ptrdiff_t>(found));
    for (std::size_t i = found + 1; i < rows.size(); ++i) {
      if (rows[i][j] != 0) subtract_multiple(rows[i], rows[found], j);
    }
    ++found;
  }
  return found;
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent /= 2, base = base * base % modulus) {
    if (exponent % 2 != 0) result = result * base % modulus;
  }
  return result;
}

}  // namespace

std::size_t rational_rank(const std::vector<std::vector<int>>& rows) {
  std::vector<std::vector<mpq_class>> numbers;
  for (const auto& row : rows) numbers.emplace_back(row.begin(), row.end());
  return rank(std::move(numbers), [](auto& row, const auto& pivot, std::size_t j) {
    const mpq_class factor = row[j] / pivot[j];
    for (std::size_t k = j; k < row.size(); ++k) {
      if (pivot[k] != 0) row[k] -= factor * pivot[k];
    }
  });
}

std::size_t modular_rank(const std::vector<std::vector<int>>& rows, std::uint32_t prime) {
  std::vector<std::vector<std::uint64_t>> numbers;
  for (const auto& row : rows) numbers.emplace_back(row.begin(), row.end());
  return rank(std::move(numbers), [prime](auto& row, const auto& pivot, std::size_t j) {
    const std::uint64_t inverse = prime == 2 ? 1 : power(pivot[j], prime - 2, prime);
    const std::uint64_t factor = (prime - row[j] * inverse % prime) % prime;
    for (std::size_t k = j; k < row.size(); ++k) row[k] = (row[k] + factor * pivot[k]) % prime;
  });
}

}  // namespace gatelight::reference
