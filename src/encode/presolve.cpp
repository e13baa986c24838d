// SPDX-License-Identifier: Apache-2.0
//
// From conflicts to rows.
//
// Problem   A circuit of 500 gates of which one fires at a time has 125 thousand conflicts.  As rows of two
//           literals they are slow, and leave the linear relaxation at half of all gates.
// Idea      Literals any two of which are in conflict are a GROUP, one row: one is true at most.  First the
//           literals of the objective are parted into groups, greedily; that bounds the total.  Then each group
//           grows by literals of other groups.  Conflicts of the objective that no group contains get groups of
//           their own, while the number of rows is moderate.  What is left are pairs: those that propagation
//           does not see and no other two conflicts imply.
// Why       Of literals in pairwise conflict two cannot be true.  A conflict of a and b is implied by those of
//           a and ~m, and of m and b.  A pair is dropped only for conflicts that were not dropped yet, so
//           what is kept implies all; pairs of distant gates are dropped first, which leaves the neighbours
//           of a chain.
// Cost      O(groups * literals^2 / 64).
// Limits    Greedy: groups are not the largest ones.
// Tested by tests/unit/encode/presolve_test.cpp
#include "encode/presolve.hpp"

#include <algorithm>
#include <bit>

#include "encode/conflicts.hpp"

namespace gatelight::encode {
namespace {

constexpr std::size_t most_literals = 8192;  // of gates: a matrix of 8 MiB
constexpr std::size_t work = std::size_t{1} << 25;
constexpr int most_rounds = 3;
constexpr std::uint64_t even_bits = 0x5555555555555555U;

using Set = std::vector<std::uint64_t>;  // of literals, by index

bool contains(const Set& set, std::size_t i) { return (set[i / 64] >> (i % 64) & 1U) != 0; }
void insert(Set& set, std::size_t i) { set[i / 64] |= std::uint64_t{1} << (i % 64); }
void erase(Set& set, std::size_t i) { set[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

// The smallest element, or none.
std::size_t first_of(const Set& set, std::size_t none) {
  for (std::size_t w = 0; w < set.size(); ++w) {
    if (set[w] != 0) return 64 * w + static_cast<std::size_t>(std::countr_zero(set[w]));
  }
  return none;
}

void restrict(Set& set, const Conflicts& conflicts, std::size_t member) {
  const std::uint64_t* row = conflicts.row(member);
  for (std::size_t w = 0; w < set.size(); ++w) set[w] &= row[w];
}

using Group = std::vector<std::size_t>;

// Takes the smallest candidate as long as there is one.
void extend(Group& group, const Conflicts& conflicts, Set& candidates) {
  for (;;) {
    const std::size_t next = first_of(candidates, conflicts.size());
    if (next == conflicts.size()) return;
    group.push_back(next);
    restrict(candidates, conflicts, next);
  }
}

Set objective_of(const Constraints& constraints, const Conflicts& conflicts) {
  Set set(conflicts.words(), 0);
  for (const Term& term : constraints.objective) {
    if (conflicts.has(term.literal)) insert(set, conflicts.index(term.literal));
  }
  return set;
}

// The whole set in groups, some of them of one literal.
std::vector<Group> parted(Set set, const Conflicts& conflicts) {
  std::vector<Group> groups;
  for (;;) {
    const std::size_t first = first_of(set, conflicts.size());
    if (first == conflicts.size()) return groups;
    Group group{first};
    Set candidates = set;
    restrict(candidates, conflicts, first);
    extend(group, conflicts, candidates);
    for (const std::size_t member : group) erase(set, member);
    groups.push_back(std::move(group));
  }
}

// What groups say may show more conflicts.
void find_more(const Constraints& constraints, Found& found) {
  const Set all = objective_of(constraints, found.conflicts);
  for (int round = 0; round < most_rounds; ++round) {
    std::vector<std::vector<Literal>> groups;
    for (const Group& group : parted(all, found.conflicts)) {
      if (group.size() < 2) continue;
      std::vector<Literal>& literals = groups.emplace_back();
      for (const std::size_t member : group) literals.push_back(found.conflicts.literal(member));
    }
    if (groups.empty() || add_conflicts(constraints, groups, work, found) == 0) return;
  }
}

class Grouping {
 public:
  Grouping(const Constraints& constraints, Found& found, Presolved& result)
      : constraints_(constraints),
        found_(found),
        conflicts_(found.conflicts),
        open_(found.conflicts),
        result_(result),
        most_groups_(constraints.variables.size()) {}

  void run() {
    const Set all = objective_of(constraints_, conflicts_);
    groups_ = parted(all, conflicts_);
    bound();
    for (auto& group : groups_) {
      grow(group, all);
      mark(group);
    }
    cover(all);
    for (const auto& group : groups_) add(group);
    add_pairs();
  }

 private:
  // Of each group the dearest literal; costs are positive, and their sum is below 2^62.
  void bound() {
    std::vector<std::int64_t> weights(conflicts_.size(), 0);
    for (const Term& term : constraints_.objective) {
      if (conflicts_.has(term.literal)) weights[conflicts_.index(term.literal)] += term.weight;
    }
    for (const auto& group : groups_) {
      std::int64_t dearest = 0;
      for (const std::size_t member : group) {
        result_.most -= weights[member];
        dearest = std::max(dearest, weights[member]);
      }
      result_.most += dearest;
    }
  }

  void grow(Group& group, const Set& all) const {
    if (group.size() < 2) return;
    Set candidates = all;
    for (const std::size_t member : group) restrict(candidates, conflicts_, member);
    extend(group, conflicts_, candidates);
  }

  // Groups for conflicts that are in none, larger than pairs.
  void cover(const Set& all) {
    std::size_t left = work;
    for (std::size_t i = 0; i < conflicts_.size(); ++i) {
      if (!contains(all, i)) continue;
      Set others = all;
      restrict(others, conflicts_, i);
      for (std::size_t j = i + 1; j < conflicts_.size(); ++j) {
        if (!contains(others, j) || !open_.together(i, j)) continue;
        Group group{i, j};
        grow(group, all);
        const std::size_t effort = group.size() * (group.size() + conflicts_.words());
        if (left < effort || groups_.size() == most_groups_) return;
        left -= effort;
        if (group.size() == 2) continue;
        mark(group);
        groups_.push_back(std::move(group));
      }
    }
  }

  void mark(const Group& group) {
    for (std::size_t a = 0; a < group.size(); ++a) {
      for (std::size_t b = a + 1; b < group.size(); ++b) open_.set(group[a], group[b], false);
    }
  }

  void add(const Group& group) {
    if (group.size() < 2) return;
    Row row;
    for (const std::size_t member : group) row.terms.push_back({1, ~conflicts_.literal(member)});
    row.bound = static_cast<std::int64_t>(group.size()) - 1;
    result_.rows.push_back(std::move(row));
  }

  // There is a literal that one conflicts with negated, and the other as it is.
  [[nodiscard]] bool implied(std::size_t a, std::size_t b) const {
    const std::uint64_t* first = conflicts_.row(a);
    const std::uint64_t* second = conflicts_.row(b);
    for (std::size_t w = 0; w < conflicts_.words(); ++w) {
      const std::uint64_t negated = ((first[w] & even_bits) << 1U) | ((first[w] >> 1U) & even_bits);
      if ((negated & second[w]) != 0) return true;
    }
    return false;
  }

  void add_pairs() {
    std::ranges::stable_sort(found_.hidden, std::ranges::greater{},
                             [](const auto& pair) { return pair.second - pair.first; });
    const std::size_t most = result_.rows.size() + 2 * constraints_.variables.size();
    for (const auto& [a, b] : found_.hidden) {
      if (!open_.together(a, b)) continue;
      if (implied(a, b)) {
        conflicts_.set(a, b, false);
      } else if (result_.rows.size() < most) {
        add({a, b});
      }
    }
  }

  const Constraints& constraints_;
  Found& found_;
  Conflicts& conflicts_;
  Conflicts open_;  // those that no group contains
  Presolved& result_;
  std::vector<Group> groups_;
  std::size_t most_groups_;
};

}  // namespace

Presolved presolve(const Constraints& constraints, std::size_t bits) {
  Presolved result;
  result.most = constraints.constant;
  for (const Term& term : constraints.objective) result.most += term.weight;
  if (2 * (constraints.variables.size() - bits) > most_literals) return result;
  Found found = find_conflicts(constraints, bits, work);
  if (found.contradiction) return result;
  for (const Literal fact : found.facts) result.rows.push_back({{{1, fact}}, 1});
  find_more(constraints, found);
  Grouping(constraints, found, result).run();
  return result;
}

}  // namespace gatelight::encode
