// SPDX-License-Identifier: Apache-2.0
//
// The slow oracle of ranks: the matrix entry by entry from the written form, elimination over the rationals.
#ifndef GATELIGHT_TESTS_UNIT_MEASURES_RANK_ORACLE_HPP
#define GATELIGHT_TESTS_UNIT_MEASURES_RANK_ORACLE_HPP

#include <gmpxx.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "gatelight/rank.hpp"
#include "reference/energy.hpp"

namespace gatelight::oracle {

using Function = std::function<bool(const InputBits&)>;
using Rows = std::vector<std::vector<mpq_class>>;

inline std::size_t rank(Rows rows) {
  std::size_t rank = 0;
  const std::size_t columns = rows.empty() ? 0 : rows[0].size();
  for (std::size_t c = 0; c < columns && rank < rows.size(); ++c) {
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][c] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[rank], rows[pivot]);
    for (std::size_t r = rank + 1; r < rows.size(); ++r) {
      if (rows[r][c] == 0) continue;
      const mpq_class factor = rows[r][c] / rows[rank][c];
      for (std::size_t k = c; k < columns; ++k) rows[r][k] -= factor * rows[rank][k];
    }
    ++rank;
  }
  return rank;
}

// Every assignment of the bits of a side.
inline std::vector<InputBits> assignments(const Partition& partition, std::uint8_t side) {
  std::vector<InputBits> list{InputBits(partition.size(), 0)};
  for (std::size_t bit = 0; bit < partition.size(); ++bit) {
    if (partition[bit] != side) continue;
    const std::size_t count = list.size();
    for (std::size_t i = 0; i < count; ++i) {
      list.push_back(list[i]);
      list.back()[bit] = 1;
    }
  }
  return list;
}

inline InputBits joined(const InputBits& a, const InputBits& b) {
  InputBits input = a;
  for (std::size_t i = 0; i < input.size(); ++i) input[i] |= b[i];
  return input;
}

inline std::size_t rank(const Function& function, const Partition& partition) {
  Rows rows;
  const auto columns = assignments(partition, 1);
  for (const InputBits& a : assignments(partition, 0)) {
    rows.emplace_back();
    for (const InputBits& b : columns) rows.back().emplace_back(function(joined(a, b)) ? 1 : 0);
  }
  return rank(std::move(rows));
}

inline Function gate(const Circuit& circuit, GateId gate) {
  return [circuit, gate](const InputBits& input) {
    return reference::outputs(circuit, input)[static_cast<std::size_t>(gate)] != 0;
  };
}

// The minor lies in the matrix of the partition, and is not 0 modulo its prime.
inline bool confirms(const Function& function, const RankResult& result) {
  const RankMinor& minor = result.minor;
  if (minor.rows.size() != result.lower || minor.columns.size() != result.lower) return false;
  const std::int64_t p = minor.prime;
  std::vector<std::vector<std::int64_t>> m;
  for (const InputBits& row : minor.rows) {
    m.emplace_back();
    for (const InputBits& column : minor.columns) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if ((row[i] != 0 && result.partition[i] != 0) ||
            (column[i] != 0 && result.partition[i] != 1)) {
          return false;
        }
      }
      m.back().push_back(function(joined(row, column)) ? 1 : 0);
    }
  }
  for (std::size_t c = 0; c < m.size(); ++c) {
    std::size_t pivot = c;
    while (pivot < m.size() && m[pivot][c] == 0) ++pivot;
    if (pivot == m.size()) return false;
    std::swap(m[c], m[pivot]);
    std::int64_t inverse = 1;
    for (std::int64_t power = m[c][c], e = p - 2; e > 0; e >>= 1, power = power * power % p) {
      if ((e & 1) != 0) inverse = inverse * power % p;
    }
    for (std::size_t r = c + 1; r < m.size(); ++r) {
      const std::int64_t factor = m[r][c] * inverse % p;
      for (std::size_t k = c; factor != 0 && k < m.size(); ++k) {
        m[r][k] = ((m[r][k] - factor * m[c][k]) % p + p) % p;
      }
    }
  }
  return true;
}

}  // namespace gatelight::oracle

#endif  // GATELIGHT_TESTS_UNIT_MEASURES_RANK_ORACLE_HPP
