// SPDX-License-Identifier: Apache-2.0
//
// Rows that no fed gate tells apart.
//
// Problem   How many different rows has the matrix of a function of the fed gates, of all or of those from a level on?
// Idea      A row is determined by what the bits of side A add to the sum of each of these gates: count the different
//           vectors, adding one bit after another.
// Why       docs/explanation/bounds.md, theorem 4.  With the values of the lower fed gates given, the offsets are, and
//           then everything is a function of the sums.
// Cost      Different vectors * gates * bits; more than `most_entries` numbers are not kept.
// Tested by tests/unit/theory/instance_bounds_test.cpp, tests/unit/theory/states_test.cpp
#include "theory/row_classes.hpp"

#include <algorithm>
#include <set>

namespace gatelight::theory {

std::optional<std::size_t> row_classes(const Circuit& circuit, const FedForm& form,
                                       const Partition& partition, std::uint8_t side,
                                       std::size_t first_level, std::size_t most_entries) {
  std::vector<std::vector<std::pair<std::size_t, std::int64_t>>> of_bit(circuit.bit_count());
  std::size_t gates = 0;
  for (std::size_t l = first_level; l < form.levels.size(); ++l) {
    for (const GateId id : form.levels[l]) {
      for (const Wire& wire : circuit.wires(id)) {
        if (wire.source < circuit.bit_count()) of_bit[wire.source].emplace_back(gates, wire.weight);
      }
      ++gates;
    }
  }
  // Sums wrap: no more than 2^64 different ones are told apart.  Vectors that differ may then look alike only
  // if a sum differs by 2^64, which the 63 bits of a gate's sum exclude.
  using Sums = std::vector<std::uint64_t>;
  std::set<Sums> vectors{Sums(gates)};
  for (const std::uint32_t bit : form.bits) {
    if (partition[bit] != side) continue;
    std::set<Sums> more = vectors;
    for (Sums sums : vectors) {
      for (const auto& [gate, weight] : of_bit[bit])
        sums[gate] += static_cast<std::uint64_t>(weight);
      more.insert(std::move(sums));
    }
    if (more.size() * (gates + 1) > most_entries) return std::nullopt;
    vectors = std::move(more);
  }
  return vectors.size();
}

std::vector<mpz_class> tail_ranks(const Circuit& circuit, const FedForm& form,
                                  const std::optional<Partition>& partition) {
  constexpr std::size_t all_entries = std::size_t{1} << 20;
  std::vector<bool> read(circuit.bit_count());
  std::size_t bits[2] = {0, 0};
  std::vector<mpz_class> ranks(form.levels.size());
  for (std::size_t l = form.levels.size(); l-- > 0;) {
    for (const GateId id : form.levels[l]) {
      for (const Wire& wire : circuit.wires(id)) {
        if (wire.source >= circuit.bit_count() || read[wire.source]) continue;
        read[wire.source] = true;
        ++bits[partition ? (*partition)[wire.source] : 0];
      }
    }
    if (!partition) {
      ranks[l] = mpz_class(1) << (bits[0] / 2);
      continue;
    }
    ranks[l] = mpz_class(1) << std::min(bits[0], bits[1]);
    for (const std::uint8_t side : {std::uint8_t{0}, std::uint8_t{1}}) {
      const auto classes =
          row_classes(circuit, form, *partition, side, l, all_entries / form.levels.size());
      if (classes) ranks[l] = std::min(ranks[l], mpz_class(static_cast<unsigned long>(*classes)));
    }
  }
  return ranks;
}

}  // namespace gatelight::theory
