// SPDX-License-Identifier: Apache-2.0
#include "reference/satisfiable.hpp"

#include <cstdlib>

namespace gatelight::reference {
namespace {

class Davis {
 public:
  Davis(const std::vector<std::vector<int>>& clauses, std::size_t variables)
      : clauses_(clauses), value_(variables + 1, 0), watching_(2 * (variables + 1)) {
    for (std::size_t c = 0; c < clauses.size(); ++c) {
      for (const int literal : clauses[c]) watching_[slot(-literal)].push_back(c);
    }
  }

  bool run() {
    for (const auto& clause : clauses_) {
      if (clause.empty()) return false;
      if (clause.size() == 1 && !assign(clause[0])) return false;
    }
    return propagate(0) && branch();
  }

 private:
  static std::size_t slot(int literal) {
    return 2 * static_cast<std::size_t>(std::abs(literal)) + (literal < 0 ? 1 : 0);
  }
  [[nodiscard]] int value_of(int literal) const {
    const int value = value_[static_cast<std::size_t>(std::abs(literal))];
    return literal > 0 ? value : -value;
  }
  // False where the literal is false already.
  bool assign(int literal) {
    if (value_of(literal) != 0) return value_of(literal) > 0;
    value_[static_cast<std::size_t>(std::abs(literal))] = literal > 0 ? 1 : -1;
    trail_.push_back(literal);
    return true;
  }

  // Consequences of the trail from `next` on; false on a contradiction.
  bool propagate(std::size_t next) {
    for (; next < trail_.size(); ++next) {
      for (const std::size_t c : watching_[slot(trail_[next])]) {
        int open = 0, last = 0;
        bool satisfied = false;
        for (const int literal : clauses_[c]) {
          const int value = value_of(literal);
          satisfied = satisfied || value > 0;
          if (value == 0) ++open, last = literal;
        }
        if (satisfied) continue;
        if (open == 0 || (open == 1 && !assign(last))) return false;
      }
    }
    return true;
  }

  bool branch() {
    std::size_t variable = 1;
    while (variable < value_.size() && value_[variable] != 0) ++variable;
    if (variable == value_.size()) return true;
    const std::size_t mark = trail_.size();
    for (const int literal : {static_cast<int>(variable), -static_cast<int>(variable)}) {
      assign(literal);
      if (propagate(mark) && branch()) return true;
      while (trail_.size() > mark) {
        value_[static_cast<std::size_t>(std::abs(trail_.back()))] = 0;
        trail_.pop_back();
      }
    }
    return false;
  }

  const std::vector<std::vector<int>>& clauses_;
  std::vector<int> value_;  // 1, -1, or 0 where open
  std::vector<std::vector<std::size_t>> watching_;
  std::vector<int> trail_;
};

}  // namespace

bool satisfiable(const std::vector<std::vector<int>>& clauses, std::size_t variables) {
  return Davis(clauses, variables).run();
}

}  // namespace gatelight::reference
