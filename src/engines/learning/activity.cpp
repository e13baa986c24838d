// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/engines/learning/activity_test.cpp
#include "engines/learning/activity.hpp"

namespace gatelight::engines::learning {
namespace {

constexpr double largest_score = 1e100;

}  // namespace

void Activity::add_variable(double score) {
  const auto variable = static_cast<Variable>(score_.size());
  score_.push_back(score);
  place_.push_back(absent);
  insert(variable);
}

void Activity::bump(Variable variable) {
  score_[variable] += step_;
  if (score_[variable] > largest_score) {
    for (double& score : score_) score /= largest_score;
    step_ /= largest_score;
  }
  if (place_[variable] != absent) up(place_[variable]);
}

void Activity::insert(Variable variable) {
  if (place_[variable] != absent) return;
  heap_.push_back(variable);
  place_[variable] = heap_.size() - 1;
  up(heap_.size() - 1);
}

Activity::Variable Activity::pop() {
  const Variable top = heap_.front();
  place_[top] = absent;
  const Variable last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) {
    put(0, last);
    down(0);
  }
  return top;
}

void Activity::up(std::size_t at) {
  const Variable variable = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (score_[heap_[parent]] >= score_[variable]) break;
    put(at, heap_[parent]);
    at = parent;
  }
  put(at, variable);
}

void Activity::down(std::size_t at) {
  const Variable variable = heap_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && score_[heap_[child + 1]] > score_[heap_[child]]) ++child;
    if (score_[heap_[child]] <= score_[variable]) break;
    put(at, heap_[child]);
    at = child;
  }
  put(at, variable);
}

}  // namespace gatelight::engines::learning
