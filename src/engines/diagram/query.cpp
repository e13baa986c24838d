// SPDX-License-Identifier: Apache-2.0
//
// Questions to a diagram.
//
// Problem   Maximum, distribution and mean over all paths, which are far too many to follow.
// Idea      Dynamic programming over the levels: upwards the best of both edges for the maximum; downwards
//           the distribution of the totals on the way to a node, or its probability and mean.
// Why       A path's total is the sum of its gains, each input of the domain is one path.
// Tested by tests/unit/engines/diagram/diagram_test.cpp
#include "engines/diagram/query.hpp"

#include <limits>

namespace gatelight::engines::diagram {
namespace {

constexpr std::int64_t impossible = std::numeric_limits<std::int64_t>::min();

// Carries a value from the root to the last level: along(level, value of a node, bit, gain) is what goes
// through an edge, and values that meet are added by `+=`.  Returns what arrives.
template <class Value, class Along>
Value carry(const Diagram& diagram, Value root, std::size_t objective, Along along) {
  std::vector<Value> here{std::move(root)};
  for (std::size_t level = 0; level + 1 < diagram.levels(); ++level) {
    std::vector<Value> next(diagram.width(level + 1));
    for (std::uint32_t node = 0; node < here.size(); ++node) {
      for (const bool bit : {false, true}) {
        const std::uint32_t child = diagram.child(level, node, bit);
        if (child == Diagram::nowhere) continue;
        next[child] += along(level, here[node], bit, diagram.gain(level, node, bit, objective));
      }
      here[node] = Value{};
    }
    here = std::move(next);
  }
  return here.empty() ? Value{} : std::move(here.front());
}

struct Distribution {
  std::map<std::int64_t, InputCount> inputs;  // by total
  Distribution& operator+=(const Distribution& other) {
    for (const auto& [total, count] : other.inputs) inputs[total] += count;
    return *this;
  }
};

struct Weighted {
  mpz_class mass, sum;  // of the totals, times the mass
  Weighted& operator+=(const Weighted& other) {
    mass += other.mass;
    sum += other.sum;
    return *this;
  }
};

mpz_class big(std::int64_t number) { return mpz_class(static_cast<long>(number)); }
static_assert(sizeof(long) == sizeof(std::int64_t));

}  // namespace

Best largest_total(const Diagram& diagram, const Forms& forms, std::size_t objective) {
  GATELIGHT_REQUIRE(diagram.width(0) != 0, "internal error: a diagram without an input");
  std::vector<std::int64_t> below(diagram.width(diagram.levels() - 1), 0);
  std::vector<std::vector<std::uint8_t>> choice(diagram.levels() - 1);  // [level][node]
  for (std::size_t level = diagram.levels() - 1; level-- > 0;) {
    std::vector<std::int64_t> here(diagram.width(level), impossible);
    choice[level].assign(here.size(), 0);
    for (std::uint32_t node = 0; node < here.size(); ++node) {
      for (const bool bit : {false, true}) {
        const std::uint32_t child = diagram.child(level, node, bit);
        if (child == Diagram::nowhere || below[child] == impossible) continue;
        const std::int64_t total = below[child] + diagram.gain(level, node, bit, objective);
        if (total <= here[node]) continue;
        here[node] = total;
        choice[level][node] = bit ? 1 : 0;
      }
    }
    below = std::move(here);
  }
  Best best;
  best.bounds.lower = best.bounds.upper = below.front() + diagram.root_gain(objective);
  best.witness = forms.start;
  std::uint32_t node = 0;
  for (std::size_t level = 0; level + 1 < diagram.levels(); ++level) {
    const std::uint8_t bit = choice[level][node];
    best.witness[forms.bits[diagram.order()[level]]] = bit;
    node = diagram.child(level, node, bit != 0);
  }
  return best;
}

std::map<std::int64_t, InputCount> histogram(const Diagram& diagram, const Forms& forms,
                                             std::size_t objective) {
  if (diagram.width(0) == 0) return {};
  Distribution root;
  root.inputs[diagram.root_gain(objective)] = InputCount(1)
                                              << static_cast<unsigned long>(forms.unread_bits);
  return carry(diagram, std::move(root), objective,
               [](std::size_t, const Distribution& from, bool, std::int64_t gain) {
                 if (gain == 0) return from;
                 Distribution moved;
                 for (const auto& [total, count] : from.inputs) {
                   moved.inputs.emplace_hint(moved.inputs.end(), total + gain, count);
                 }
                 return moved;
               })
      .inputs;
}

std::optional<mpq_class> expected_total(const Diagram& diagram,
                                        std::span<const mpq_class> probabilities,
                                        std::size_t objective) {
  if (diagram.width(0) == 0) return std::nullopt;
  const auto along = [&](std::size_t level, const Weighted& from, bool bit, std::int64_t gain) {
    // Numerators suffice: all paths have the same denominators.
    const mpq_class& one = probabilities[diagram.order()[level]];
    const mpz_class weight = bit ? one.get_num() : mpz_class(one.get_den() - one.get_num());
    return Weighted{from.mass * weight, (from.sum + big(gain) * from.mass) * weight};
  };
  const Weighted all =
      carry(diagram, Weighted{1, big(diagram.root_gain(objective))}, objective, along);
  if (all.mass == 0) return std::nullopt;
  mpq_class mean(all.sum, all.mass);
  mean.canonicalize();
  return mean;
}

}  // namespace gatelight::engines::diagram
