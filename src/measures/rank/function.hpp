// SPDX-License-Identifier: Apache-2.0
//
// What stands behind a BooleanFunction (private to this folder).
#ifndef GATELIGHT_MEASURES_RANK_FUNCTION_HPP
#define GATELIGHT_MEASURES_RANK_FUNCTION_HPP

#include <optional>

#include "gatelight/rank.hpp"
#include "measures/rank/sampled.hpp"
#include "measures/rank/table.hpp"

namespace gatelight {

struct BooleanFunction::Data {
  // A gate, or a table.
  std::optional<Circuit> circuit;
  GateId gate{};
  std::size_t inputs = 0;
  base::AlignedVector<std::uint64_t> words;
  std::vector<std::uint32_t> bits;
  bool restricted = false;  // the circuit came with a domain, which was left out
};

namespace measures {

// The values of a function: variable i of the table is the input bit bits[i].
struct TableOfFunction {
  Table table;
  std::vector<std::uint32_t> bits;
};
// Empty where a limit came first.  Errors: unsupported, limit, as engines::tabulate().
[[nodiscard]] Result<std::optional<TableOfFunction>> table_of(const BooleanFunction& function,
                                                              const Limits& limits);

// A side of a partition: the bits of it that matter.
[[nodiscard]] Side side_of(const BooleanFunction& function, const Partition& partition,
                           std::uint8_t side);

// The bits of one side, in declaration order, as text.
[[nodiscard]] std::string side_bits(const InputBits& input, const Partition& partition,
                                    std::uint8_t side);

[[nodiscard]] PairMatrix pair_matrix(const BooleanFunction& function);

}  // namespace measures
}  // namespace gatelight

#endif  // GATELIGHT_MEASURES_RANK_FUNCTION_HPP
