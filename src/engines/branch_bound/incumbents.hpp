// SPDX-License-Identifier: Apache-2.0
//
// Incumbents: the best input found so far for each objective, shared by all threads.
#ifndef GATELIGHT_ENGINES_BRANCH_BOUND_INCUMBENTS_HPP
#define GATELIGHT_ENGINES_BRANCH_BOUND_INCUMBENTS_HPP

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "engines/engine.hpp"

namespace gatelight::engines::branch_bound {

class Incumbents {
 public:
  // Starts with the domain's example input.  Keeps a reference to `question`.
  explicit Incumbents(const Question& question);

  // Evaluates an input from scratch and keeps it for every objective that it improves.  Inputs
  // outside the domain are refused, so a witness is right whatever its finder did.
  void offer(const InputBits& bits);

  [[nodiscard]] std::int64_t value(std::size_t objective) const {
    return values_[objective].load(std::memory_order_relaxed);
  }
  [[nodiscard]] InputBits witness(std::size_t objective) const;

 private:
  const Question& question_;
  std::vector<std::atomic<std::int64_t>> values_;
  mutable std::mutex mutex_;
  std::vector<InputBits> witnesses_;
};

}  // namespace gatelight::engines::branch_bound

#endif  // GATELIGHT_ENGINES_BRANCH_BOUND_INCUMBENTS_HPP
