// SPDX-License-Identifier: Apache-2.0
//
// How many fed gates can fire together: the energy question with other costs.
//
// Problem   The rank bounds need the largest number of firing fed gates of each level, and of each level with
//           all above it, over all inputs.
// Idea      measure_energy() with cost 1 for these gates and 0 for all others; the domain is left out, because
//           the function whose rank is asked about is total.
// Why       Gates that do not count cost measure_energy() nothing; each of them is added as if it always
//           fired.  Every upper end is sound, so any limit keeps the caps true.
// Cost      At most 2 L + 1 such questions for L levels; with more than most_levels levels only one.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include <algorithm>

#include "gatelight/measure.hpp"
#include "gatelight/theory.hpp"
#include "theory/fed_form.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_levels = 6;

class Questions {
 public:
  Questions(Circuit circuit, const Limits& limits)
      : circuit_(std::move(circuit)), limits_(limits) {}

  // The most gates of these levels that fire together, at most.
  Result<std::int64_t> ask(std::span<const std::vector<GateId>> levels) {
    EnergyOptions options;
    options.limits = limits_;
    options.costs.assign(circuit_.gate_count(), 0);
    std::int64_t uncounted = 0, counted = 0;
    for (const auto& level : levels) {
      for (const GateId id : level) {
        const bool counts = circuit_.gate(id).counts;
        counts ? ++counted : ++uncounted;
        options.costs[static_cast<std::uint32_t>(id)] = counts ? 1 : 0;
      }
    }
    // One gate or none: nothing better can be said that matters.
    if (counted <= 1) return counted + uncounted;
    const auto energy = measure_energy(circuit_, options);
    if (!energy.ok()) return energy.error();
    exact_ = exact_ && energy->proved();
    return std::min(energy->bounds.upper, counted) + uncounted;
  }
  [[nodiscard]] bool exact() const { return exact_; }

 private:
  Circuit circuit_;
  Limits limits_;
  bool exact_ = true;
};

}  // namespace

Result<FiringCaps> firing_caps(const Circuit& circuit, GateId output, const Limits& limits) {
  const theory::FedForm form = theory::fed_form(circuit, output);
  const auto everywhere = circuit.with_domain({});
  if (!everywhere.ok()) return everywhere.error();
  const std::span<const std::vector<GateId>> levels = form.levels;
  const std::size_t depth = levels.size();
  FiringCaps caps;
  if (depth == 0) return caps;
  const bool every = depth <= most_levels;
  Limits each = limits;
  if (every) each.seconds /= static_cast<double>(2 * depth);
  Questions questions(*everywhere, each);
  const auto all = questions.ask(levels);
  if (!all.ok()) return all.error();
  std::int64_t below = *all;
  for (std::size_t l = 0; l < depth; ++l) {
    const auto size = static_cast<std::int64_t>(levels[l].size());
    std::int64_t suffix = *all, level = std::min(size, *all);
    if (every && depth > 1) {
      if (l > 0) {
        const auto asked = questions.ask(levels.subspan(l));
        if (!asked.ok()) return asked.error();
        suffix = std::min(*asked, caps.suffix.back());
      }
      const auto asked =
          l + 1 == depth ? Result<std::int64_t>(suffix) : questions.ask(levels.subspan(l, 1));
      if (!asked.ok()) return asked.error();
      level = std::min({*asked, suffix, size});
    }
    caps.suffix.push_back(suffix);
    caps.level.push_back(level);
  }
  if (depth == 1) {
    below = 0;
  } else if (every) {
    const auto asked = questions.ask(levels.first(depth - 1));
    if (!asked.ok()) return asked.error();
    below = std::min(*asked, *all);
  }
  caps.below_last = below;
  caps.exact = questions.exact();
  return caps;
}

}  // namespace gatelight
