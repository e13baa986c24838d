// SPDX-License-Identifier: Apache-2.0
//
// Ranks of sampled submatrices: lower bounds for any function (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_SAMPLED_HPP
#define GATELIGHT_MEASURES_RANK_SAMPLED_HPP

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"
#include "linalg/bit_matrix.hpp"

namespace gatelight::measures {

// The function on all pairs of assignments, as PairEvaluator::matrix().
using PairMatrix = std::function<std::optional<linalg::BitMatrix>(
    std::span<const InputBits>, std::span<const InputBits>, const Limits&)>;

// One side of a partition: its bits that matter, and the assignment where they are 0.
struct Side {
  std::vector<std::uint32_t> bits;
  InputBits base;
};

struct SampleOptions {
  std::size_t size = 512;                // rows and columns of a submatrix
  int rounds = 12;                       // at most; ends earlier where the rank stops growing
  std::size_t enough = ~std::size_t{0};  // ends where the rank is this
  std::uint64_t seed = 1;
  Limits limits{};
};

struct SampledRank {
  std::size_t lower = 0;
  std::uint32_t prime = 2;
  std::vector<InputBits> rows, columns;  // of a minor that is not singular modulo the prime
  int rounds = 0;
  bool stopped = false;  // by a limit
};
[[nodiscard]] SampledRank sampled_rank(const PairMatrix& function, const Side& a, const Side& b,
                                       const SampleOptions& options);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_SAMPLED_HPP
