// SPDX-License-Identifier: Apache-2.0
//
// What engines share that answer a question objective by objective (private to the engines).
#ifndef GATELIGHT_ENGINES_OBJECTIVES_HPP
#define GATELIGHT_ENGINES_OBJECTIVES_HPP

#include <cstddef>
#include <optional>

#include "engines/engine.hpp"

namespace gatelight::engines {

// A question has objectives, each with one cost a gate.
void require_objectives(const Question& question);

// Seconds for objective i of `count`, of those that are left: a share for each, for the main one half.
// 0 means no limit.
[[nodiscard]] double seconds_for(std::size_t i, std::size_t count, const Limits& limits,
                                 const Deadline& deadline);

// Progress: at once where an end moved, else a few times a second.  For one thread.
class Reporter {
 public:
  // Both outlive it.
  Reporter(const Limits& limits, const Deadline& deadline) : limits_(limits), deadline_(deadline) {}

  // `state()` gives a Progress but for its seconds; it is asked a hundred times a second at most.
  template <class State>
  void operator()(const State& state) {
    if (!limits_.progress) return;
    const double now = deadline_.elapsed();
    if (now - looked_ < seconds_between_looks) return;
    looked_ = now;
    Progress progress = state();
    progress.seconds = now;
    const bool moved = progress.lower != last_.lower || progress.upper != last_.upper;
    if (!moved && now - last_.seconds < seconds_between_reports) return;
    last_ = progress;
    limits_.progress(progress);
  }

 private:
  static constexpr double seconds_between_reports = 0.25, seconds_between_looks = 0.01;
  const Limits& limits_;
  const Deadline& deadline_;
  double looked_ = -1;
  Progress last_{.lower = -1};
};

}  // namespace gatelight::engines

#endif  // GATELIGHT_ENGINES_OBJECTIVES_HPP
