// SPDX-License-Identifier: Apache-2.0
//
// Keeping the best inputs.  An input found for one objective is tried for all of them: it costs one
// evaluation.
// Tested by tests/unit/engines/branch_bound/search_test.cpp
#include "engines/branch_bound/incumbents.hpp"

namespace gatelight::engines::branch_bound {

Incumbents::Incumbents(const Question& question)
    : question_(question),
      values_(question.objectives.size()),
      witnesses_(question.objectives.size()) {
  for (auto& value : values_) value.store(-1, std::memory_order_relaxed);
  offer(question.circuit.example_input());
}

void Incumbents::offer(const InputBits& bits) {
  if (!question_.circuit.in_domain(bits)) return;
  const std::vector<std::int64_t> outputs = evaluate(question_.circuit, bits);
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    std::int64_t total = 0;
    for (std::size_t gate = 0; gate < outputs.size(); ++gate) {
      if (outputs[gate] != 0) total += question_.objectives[i].cost[gate];
    }
    if (total <= values_[i].load(std::memory_order_relaxed)) continue;
    values_[i].store(total, std::memory_order_relaxed);
    witnesses_[i] = bits;
  }
}

InputBits Incumbents::witness(std::size_t objective) const {
  const std::lock_guard lock(mutex_);
  return witnesses_[objective];
}

}  // namespace gatelight::engines::branch_bound
