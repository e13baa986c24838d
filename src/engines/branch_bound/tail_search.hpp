// SPDX-License-Identifier: Apache-2.0
//
// The search behind a narrow first level.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_TAIL_SEARCH_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_TAIL_SEARCH_HPP

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/narrow.hpp"
#include "engines/branch_bound/network.hpp"
#include "engines/branch_bound/shared_upper.hpp"
#include "engines/learning/cells.hpp"

namespace gatelight::engines::branch_bound {

// Searches patterns of the first level, offers inputs that have them to the circuit's incumbents, and lowers the
// upper end of the circuit.  Ends early where a pattern better than all inputs could not be realised: then the
// patterns are no picture of the inputs, and only the upper end remains.  Thread-safe.
class TailSearch {
 public:
  // The objective's number among the circuit's; all outlive it.
  TailSearch(const Narrow& narrow, std::size_t objective, Incumbents& incumbents,
             SharedUpper& upper, std::uint64_t seed);

  // False where the tail is too large for constraints: no work then.
  [[nodiscard]] bool ready() const { return cells_.has_value(); }
  // One of several threads: all learn, the last one searches locally, too.  Until the ends meet, the patterns lead
  // astray, or `stop` says so.  `heartbeat` may be empty.
  void work(std::size_t thread, std::size_t threads, const std::function<bool()>& stop,
            const std::function<void()>& heartbeat);
  [[nodiscard]] bool astray() const { return astray_; }
  [[nodiscard]] std::uint64_t conflicts() const { return cells_ ? cells_->conflicts() : 0; }

 private:
  void search_patterns(const std::function<bool()>& stop);
  void realise_best();

  const Narrow& narrow_;
  std::size_t objective_;
  Incumbents& incumbents_;
  SharedUpper& upper_;
  std::uint64_t seed_;
  Network network_;
  Incumbents patterns_;
  std::optional<encode::Constraints> constraints_;
  std::optional<learning::Cells> cells_;
  std::size_t searches_ = 0;  // of the one thread that does
  std::mutex realising_;
  std::atomic<bool> astray_{false};
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_TAIL_SEARCH_HPP
