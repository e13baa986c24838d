// SPDX-License-Identifier: Apache-2.0
//
// The same work in several threads, and chunks of an index range handed out in increasing order.
#ifndef GATELIGHT_BASE_PARALLEL_HPP
#define GATELIGHT_BASE_PARALLEL_HPP

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace gatelight::base {

// Calls work(0) in this thread and work(1) ... work(threads - 1) in others, and returns when all
// have ended.  Where the system refuses a thread, fewer run: work must not rely on their number.
// The first exception of any of them is rethrown here after all have ended; on_error() is called at
// once so that the others can stop early.
template <class Work, class OnError>
void run_threads(int threads, Work work, OnError on_error) {
  std::mutex mutex;
  std::exception_ptr first;
  const auto guarded = [&](int index) {
    try {
      work(index);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!first) first = std::current_exception();
      on_error();
    }
  };
  {
    std::vector<std::jthread> others;
    others.reserve(static_cast<std::size_t>(std::max(threads - 1, 0)));
    try {
      for (int index = 1; index < threads; ++index) others.emplace_back(guarded, index);
    } catch (const std::system_error&) {
      // Those that did start, and this one, do all the work.
    }
    guarded(0);
  }
  if (first) std::rethrow_exception(first);
}

// Hands out [0, total) in chunks, in increasing order, until told to stop.  Thread-safe.
class ChunkQueue {
 public:
  struct Chunk {
    std::uint64_t first = 0, last = 0;  // [first, last)
  };

  // Requires chunk >= 1 and total <= 2^62.
  ChunkQueue(std::uint64_t total, std::uint64_t chunk) : total_(total), chunk_(chunk) {}

  std::optional<Chunk> next() {
    if (stopped()) return std::nullopt;
    // Grows by at most one chunk a thread beyond the end, so it cannot wrap.
    const std::uint64_t first = next_.fetch_add(chunk_, std::memory_order_relaxed);
    if (first >= total_) return std::nullopt;
    return Chunk{first, std::min(first + chunk_, total_)};
  }

  // Everything before this was handed out; what comes after never will be once all have stopped asking.
  [[nodiscard]] std::uint64_t handed_out() const {
    return std::min(next_.load(std::memory_order_relaxed), total_);
  }

  void stop() { stopped_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  std::uint64_t total_, chunk_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_PARALLEL_HPP
