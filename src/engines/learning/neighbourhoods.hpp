// SPDX-License-Identifier: Apache-2.0
//
// Better inputs near a good one (private to the engines).
#ifndef GATELIGHT_ENGINES_LEARNING_NEIGHBOURHOODS_HPP
#define GATELIGHT_ENGINES_LEARNING_NEIGHBOURHOODS_HPP

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "encode/constraints.hpp"
#include "engines/branch_bound/incumbents.hpp"

namespace gatelight::engines::learning {

// Searches parts of the domain completely, and offers what it finds to the incumbents.
class Neighbourhoods {
 public:
  // All outlive it.
  Neighbourhoods(const encode::Constraints& constraints, const Circuit& circuit,
                 std::size_t objective, branch_bound::Incumbents& incumbents, std::uint64_t seed);

  // Takes about so many conflicts, and ends early where `stop` says so.  `relaxed` is a solution of the
  // linear relaxation, or empty.
  void run(std::uint64_t conflicts, std::span<const double> relaxed,
           const std::function<bool()>& stop);

 private:
  enum Kind : std::size_t { relaxation, agreement, inputs, gates };
  static constexpr std::size_t kinds = 4;

  std::vector<encode::Literal> fixed_by(Kind kind, std::span<const double> relaxed,
                                        std::span<const std::uint8_t> best);
  // Conflicts that it took.
  std::uint64_t explore(Kind kind, std::span<const double> relaxed,
                        const std::function<bool()>& stop);

  const encode::Constraints& constraints_;
  const Circuit& circuit_;
  std::size_t objective_;
  branch_bound::Incumbents& incumbents_;
  base::Random random_;
  std::array<double, kinds> share_;  // of the variables that are fixed
  std::size_t next_ = 0;
  std::uint64_t cost_of_a_try_ = 0;  // in conflicts
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_NEIGHBOURHOODS_HPP
