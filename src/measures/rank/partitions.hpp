// SPDX-License-Identifier: Apache-2.0
//
// All partitions of a table's variables (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_PARTITIONS_HPP
#define GATELIGHT_MEASURES_RANK_PARTITIONS_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "gatelight/solve.hpp"
#include "measures/rank/table.hpp"

namespace gatelight::measures {

// A set of variables: side B.
using VariableSet = std::uint64_t;

// One of each class of partitions that the symmetries and the complement make equal, those with the larger
// smaller side first.
[[nodiscard]] std::vector<VariableSet> representatives(const Symmetry& symmetry, int variables);
// What divided the search, one line; empty where nothing did.
[[nodiscard]] std::string symmetry_text(const Symmetry& symmetry);

struct PartitionSearch {
  VariableSet best = 0;
  std::size_t lower = 0;  // its rank modulo `modulus` or 2, the largest found
  std::size_t upper = 0;  // over the rationals, of all partitions
  std::uint32_t modulus = 0;
  bool exhausted = false;  // no partition has a larger rank modulo `modulus`
  std::uint64_t looked_at = 0;
  std::uint64_t unproved = 0;  // partitions whose rank is at most `lower` modulo primes only
  std::string symmetry;
  bool stopped = false;
};
struct PartitionSearchOptions {
  bool local_search = true;  // at first
  bool exhaust = true;       // all partitions, after that
  Limits limits{};
};
// Requires at most 30 variables, and a table that depends on all of them.
[[nodiscard]] PartitionSearch search_partitions(const Table& table,
                                                const PartitionSearchOptions& options);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_PARTITIONS_HPP
