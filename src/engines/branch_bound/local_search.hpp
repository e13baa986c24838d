// SPDX-License-Identifier: Apache-2.0
//
// Local search: good inputs quickly, no proof.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_LOCAL_SEARCH_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_LOCAL_SEARCH_HPP

#include <cstddef>
#include <cstdint>
#include <functional>

#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::branch_bound {

// Of searches that share their time with learning: so many moves take about as long as a conflict.
inline constexpr std::uint64_t moves_a_conflict = 250;

struct LocalSearchOptions {
  std::uint64_t seed = 1;
  std::size_t patience = 800'000;   // moves without improvement before giving up
  std::size_t moves = 0;            // a single run of so many instead, where there are any
  std::size_t before = 0;           // searches of the same question that came before this one
  std::int64_t enough = 0;          // nothing above this value exists
  std::function<bool()> stop;       // asked every few moves
  std::function<void()> heartbeat;  // called now and then, for progress; may be empty
};

// Offers every improvement for `objective` to `incumbents`.  Deterministic for a seed unless `stop`
// ends it, or another thread improves the incumbents.
void local_search(const Network& network, std::size_t objective, Incumbents& incumbents,
                  const LocalSearchOptions& options);

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_LOCAL_SEARCH_HPP
