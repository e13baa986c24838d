// SPDX-License-Identifier: Apache-2.0
//
// How long a computation may take, how it is stopped, and how it tells what it is doing.
#ifndef GATELIGHT_SOLVE_HPP
#define GATELIGHT_SOLVE_HPP

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gatelight/result.hpp"

namespace gatelight {

// Asks running computations to end soon with what they have.  request_stop() only stores to a
// lock-free atomic, so a signal handler may call it.  Thread-safe.
class StopToken {
 public:
  void request_stop() noexcept { stopped_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool stop_requested() const noexcept {
    return stopped_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> stopped_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

// A moment in a long computation.  `lower` and `upper` always enclose the true value; upper is
// empty while nothing better than the trivial bound is known.
struct Progress {
  double seconds = 0;                   // since the computation began
  std::uint64_t nodes = 0;              // search nodes, or blocks of inputs for a sweep
  double done = -1;                     // fraction of the whole, or negative where that is unknown
  std::int64_t lower = 0;               // best found
  std::optional<std::int64_t> upper{};  // best proved
};

// What a computation may use.  Default: one thread, no time limit, silent, not stoppable.
struct Limits {
  double seconds = 0;               // wall clock; 0 means no limit
  int threads = 1;                  // at least 1
  std::size_t bytes = 0;            // of memory, roughly; 0 means half of the machine's
  std::uint64_t seed = 1;           // of every random choice
  const StopToken* stop = nullptr;  // outlives the computation
  std::function<void(const Progress&)>
      progress{};  // called a few times a second, from any one thread
};

// Where a long computation keeps its state, so that a later one goes on where it was stopped or killed.
struct Checkpoint {
  std::string name;  // for messages: a file's path, say
  // The state that was saved last; nothing where there is none yet.
  std::function<Result<std::optional<std::string>>()> load;
  // Replaces the state as a whole: after a crash the old or the new one is there.
  std::function<Result<void>(const std::string&)> save;
  double seconds = 2;  // between two saves
};

// Tells whether the limits still allow work.  Cheap enough to ask every few microseconds.
class Deadline {
 public:
  explicit Deadline(const Limits& limits)
      : start_(Clock::now()), seconds_(limits.seconds), stop_(limits.stop) {}

  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  [[nodiscard]] bool expired() const {
    return (stop_ != nullptr && stop_->stop_requested()) || (seconds_ > 0 && elapsed() >= seconds_);
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_;
  double seconds_;
  const StopToken* stop_;
};

}  // namespace gatelight

#endif  // GATELIGHT_SOLVE_HPP
