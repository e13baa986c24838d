// SPDX-License-Identifier: Apache-2.0
//
// The matrices of one threshold gate over input bits (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_NESTED_HPP
#define GATELIGHT_MEASURES_RANK_NESTED_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::measures {

// f(x) = [sum of weight * bit >= cut] over free bits.
struct ThresholdFunction {
  std::vector<Wire> wires;  // of free input bits, no weight 0
  std::int64_t cut = 0;
};
// The function [gate fires], where it is one; empty where the gate reads gates or fires in two ranges.
[[nodiscard]] std::optional<ThresholdFunction> threshold_function(const Circuit& circuit,
                                                                  GateId gate);

// All sums of the first k of some weights, ascending, for every k.
class SumLists {
 public:
  // Empty where the lists together have more than `most` elements.
  static std::optional<SumLists> of(std::vector<std::int64_t> weights, std::size_t most);

  [[nodiscard]] std::size_t weights() const { return weights_.size(); }
  [[nodiscard]] std::span<const std::int64_t> first(std::size_t count) const {
    return lists_[count];
  }
  // Which of the first `count` weights add up to a sum of their list.  O(count * log).
  [[nodiscard]] std::vector<std::uint8_t> subset(std::size_t count, std::int64_t sum) const;

 private:
  std::vector<std::int64_t> weights_;
  std::vector<std::vector<std::int64_t>> lists_;
};

// The matrix [row sum + column sum >= cut] over two ascending lists: its rows are nested, so its rank is
// the number of distinct rows that are not zero, over every field.  One row sum of each, and for each the
// smallest column sum that it reaches: the matrix of these is triangular.  O(both lists).
struct NestedMinor {
  std::vector<std::int64_t> rows, columns;
};
[[nodiscard]] std::size_t nested_rank(std::span<const std::int64_t> rows,
                                      std::span<const std::int64_t> columns, std::int64_t cut,
                                      NestedMinor* minor = nullptr);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_RANK_NESTED_HPP
