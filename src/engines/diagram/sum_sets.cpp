// SPDX-License-Identifier: Apache-2.0
//
// Subset sums of the bits at the end of an order.
//
// Problem   For each form over inputs only, and each level, all sums that the bits below can add.
// Idea      From the last bit up: the sums without the next bit, and the same plus its weight.  Levels
//           without a bit of the form share one set.
// Why       Each subset of the bits either has the next one or not.
// Limits    A set of every integer of its range is not kept (state.cpp needs none); nor are sets that are
//           too large, nor any above them.
// Tested by tests/unit/engines/diagram/state_test.cpp
#include "engines/diagram/sum_sets.hpp"

#include <algorithm>
#include <iterator>

namespace gatelight::engines::diagram {
namespace {

constexpr std::size_t most_sums = 4096;                      // of a set
constexpr std::size_t most_entries = std::size_t{1} << 24;   // levels * forms
constexpr std::size_t most_elements = std::size_t{1} << 23;  // of all sets

// A set that is still known, though it may be every integer of its range.
struct Growing {
  std::vector<std::int64_t> sums{0};
  bool known = true;
  SumSet kept;

  void add(std::int64_t weight) {
    if (!known) return;
    std::vector<std::int64_t> shifted = sums, merged;
    for (std::int64_t& sum : shifted) sum += weight;
    std::ranges::set_union(sums, shifted, std::back_inserter(merged));
    sums = std::move(merged);
    const auto range =
        static_cast<std::uint64_t>(sums.back()) - static_cast<std::uint64_t>(sums.front());
    const bool dense = range + 1 == sums.size();
    known = sums.size() <= most_sums;
    kept = known && !dense ? std::make_shared<const std::vector<std::int64_t>>(sums) : nullptr;
  }
};

}  // namespace

std::vector<std::vector<SumSet>> sum_sets(const Forms& forms,
                                          std::span<const std::uint32_t> order) {
  const std::size_t levels = order.size() + 1;
  if (levels * forms.forms.size() > most_entries) return {};
  std::vector<std::vector<SumSet>> sets(levels, std::vector<SumSet>(forms.forms.size()));
  std::vector<Growing> growing(forms.forms.size());
  std::size_t elements = 0;
  for (std::size_t level = order.size(); level-- > 0;) {
    for (const Part& reader : forms.readers[order[level]]) {
      if (!forms.forms[reader.of].sources.empty()) continue;
      Growing& set = growing[reader.of];
      set.add(reader.weight);
      elements += set.kept != nullptr ? set.kept->size() : 0;
      if (elements > most_elements) return sets;
    }
    for (std::size_t f = 0; f < growing.size(); ++f) sets[level][f] = growing[f].kept;
  }
  return sets;
}

}  // namespace gatelight::engines::diagram
