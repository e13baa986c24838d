// SPDX-License-Identifier: Apache-2.0
//
// The best upper bound that is proved so far, shared by all threads.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_SHARED_UPPER_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_SHARED_UPPER_HPP

#include <atomic>
#include <cstdint>

namespace gatelight::engines::branch_bound {

class SharedUpper {
 public:
  explicit SharedUpper(std::int64_t value) : value_(value) {}
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }
  // Lowers it; a larger value changes nothing.
  void lower_to(std::int64_t value) {
    std::int64_t before = value_.load(std::memory_order_relaxed);
    while (value < before && !value_.compare_exchange_weak(before, value)) {
    }
  }

 private:
  std::atomic<std::int64_t> value_;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_SHARED_UPPER_HPP
