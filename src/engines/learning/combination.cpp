// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/engines/learning/combination_test.cpp
#include "engines/learning/combination.hpp"

#include <algorithm>

namespace gatelight::engines::learning {

void Combination::clear() {
  for (const Variable v : variables_) {
    weight_[v] = 0;
    listed_[v] = 0;
  }
  variables_.clear();
  bound_ = 0;
}

void Combination::add_variable() {
  weight_.push_back(0);
  literal_.emplace_back();
  listed_.push_back(0);
}

void Combination::add(std::int64_t weight, Literal literal) {
  const Variable v = literal.variable();
  if (listed_[v] == 0) {
    listed_[v] = 1;
    variables_.push_back(v);
  }
  if (weight_[v] == 0 || literal_[v] == literal) {
    literal_[v] = literal;
    weight_[v] += weight;
    return;
  }
  // a x + b ~x = b + (a - b) x.
  bound_ -= std::min(weight, weight_[v]);
  if (weight > weight_[v]) literal_[v] = literal;
  weight_[v] = std::max(weight, weight_[v]) - std::min(weight, weight_[v]);
}

void Combination::weaken(Variable variable, std::int64_t weight) {
  weight_[variable] -= weight;
  bound_ -= weight;
}

void Combination::saturate() {
  std::size_t kept = 0;
  for (const Variable v : variables_) {
    if (weight_[v] == 0) {
      listed_[v] = 0;
      continue;
    }
    weight_[v] = std::min(weight_[v], std::max<std::int64_t>(bound_, 0));
    variables_[kept++] = v;
  }
  variables_.resize(kept);
}

void Combination::divide(std::int64_t divisor) {
  const auto up = [divisor](std::int64_t n) { return n / divisor + (n % divisor > 0 ? 1 : 0); };
  for (const Variable v : variables_) weight_[v] = up(weight_[v]);
  bound_ = up(bound_);
}

std::int64_t Combination::largest() const {
  std::int64_t most = 0;
  for (const Variable v : variables_) most = std::max(most, weight_[v]);
  return most;
}

std::vector<Term> Combination::terms() const {
  std::vector<Term> terms;
  for (const Variable v : variables_) {
    if (weight_[v] != 0) terms.push_back({weight_[v], literal_[v]});
  }
  std::ranges::stable_sort(terms, std::ranges::greater{}, &Term::weight);
  return terms;
}

}  // namespace gatelight::engines::learning
