// SPDX-License-Identifier: Apache-2.0
//
// Carry-save addition of many sums over the same masks.
//
// Problem   The gates of a layer add the same masks with different signs and weights.  Do it with few
//           logic operations.
// Idea      Column by column, from the lowest: as long as some three masks stand together in the columns of
//           several sums, add these three everywhere at once.  Their exclusive or is one node whatever the
//           signs, and takes part in further sharing; of the carries there are at most four, by
//           relative sign.  What is left is added sum by sum.
// Why       Each step replaces three masks of a column by their sum there and their carry one column up:
//           the value of the sum stays the same.  Carries beyond the last column are multiples of
//           the modulus.
// Cost      A step costs O(masks^2) to find among the columns of one position.  Beyond `most_shared` masks
//           no sharing is looked for.
// Limits    Greedy: the pair of masks that most sums have, then the third mask that saves most.
// Tested by tests/unit/engines/exhaustive/code/adders_test.cpp
#include "engines/exhaustive/code/adders.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <unordered_map>

namespace gatelight::engines::exhaustive::generated {
namespace {

constexpr std::size_t most_shared = 1024;
// What is shared has to be kept until it is used again, a store and some loads.
constexpr int least_saving = 3;

// x + x = 2x and x + !x = 1: afterwards no node stands twice in the column.
void merge_equal(std::vector<Literal>& column, std::vector<Literal>* above) {
  for (bool changed = true; changed;) {
    changed = false;
    std::ranges::sort(column);
    std::vector<Literal> merged;
    for (std::size_t i = 0; i < column.size(); ++i) {
      const Literal here = column[i];
      if (here == always_false) continue;
      if (i + 1 < column.size() && column[i + 1].node() == here.node()) {
        ++i;
        changed = true;
        if (column[i] != here) {
          merged.push_back(always_true);
        } else if (above != nullptr) {
          above->push_back(here);
        }
      } else {
        merged.push_back(here);
      }
    }
    column = std::move(merged);
  }
}

// The columns of one position of all sums.
class Position {
 public:
  Position(Netlist& netlist, std::span<Columns> sums, std::size_t p)
      : netlist_(netlist), sums_(sums), p_(p), set_words_((sums.size() + 63) / 64) {
    for (std::size_t s = 0; s < sums_.size(); ++s) {
      if (p_ >= sums_[s].size()) continue;
      for (const Literal literal : sums_[s][p_]) {
        if (literal.node() != 0) put(s, literal);
      }
    }
  }

  void share() {
    if (members_.size() < 3 || members_.size() > most_shared) return;
    const std::size_t capacity = members_.size() + members_.size() / 2 + 4;
    count_.assign(capacity * capacity, 0);
    stride_ = capacity;
    for (std::size_t v = 0; v < members_.size(); ++v) recount(v);
    while (members_.size() < stride_) {
      Triple triple;
      if (!best_triple(triple)) break;
      apply(triple);
    }
    write_back();
  }

 private:
  // A mask of the position, and the sums in whose column it stands.
  struct Member {
    std::uint32_t node = 0;
    std::vector<std::uint64_t> in, negated;  // sets of sums
  };
  struct Triple {
    std::size_t u = 0, v = 0, w = 0;
  };

  static bool has(const std::vector<std::uint64_t>& set, std::size_t s) {
    return ((set[s / 64] >> (s % 64)) & 1) != 0;
  }
  static void change(std::vector<std::uint64_t>& set, std::size_t s, bool value) {
    const std::uint64_t bit = std::uint64_t{1} << (s % 64);
    set[s / 64] = value ? set[s / 64] | bit : set[s / 64] & ~bit;
  }

  std::size_t put(std::size_t s, Literal literal) {
    const auto [found, added] = index_.try_emplace(literal.node(), members_.size());
    if (added) {
      members_.push_back({literal.node(), std::vector<std::uint64_t>(set_words_, 0),
                          std::vector<std::uint64_t>(set_words_, 0)});
    }
    Member& member = members_[found->second];
    change(member.in, s, true);
    change(member.negated, s, literal.negated());
    return found->second;
  }

  [[nodiscard]] int together(std::size_t u, std::size_t v) const {
    int count = 0;
    for (std::size_t i = 0; i < set_words_; ++i) {
      count += std::popcount(members_[u].in[i] & members_[v].in[i]);
    }
    return count;
  }

  void recount(std::size_t u) {
    for (std::size_t v = 0; v < members_.size(); ++v) {
      const int count = u == v ? 0 : together(u, v);
      count_[u * stride_ + v] = count_[v * stride_ + u] = count;
    }
  }

  // What adding these three at once saves: two nodes a sum, less the exclusive or and the carries.
  [[nodiscard]] int saving(const Triple& triple) const {
    const Member &u = members_[triple.u], &v = members_[triple.v], &w = members_[triple.w];
    std::uint32_t classes = 0;
    int sums = 0;
    for (std::size_t i = 0; i < set_words_; ++i) {
      const std::uint64_t all = u.in[i] & v.in[i] & w.in[i];
      const std::uint64_t first = u.negated[i] ^ w.negated[i];
      const std::uint64_t second = v.negated[i] ^ w.negated[i];
      sums += std::popcount(all);
      if ((all & ~first & ~second) != 0) classes |= 1;
      if ((all & ~first & second) != 0) classes |= 2;
      if ((all & first & ~second) != 0) classes |= 4;
      if ((all & first & second) != 0) classes |= 8;
    }
    return 2 * sums - 1 - std::popcount(classes);
  }

  bool best_triple(Triple& best) const {
    int most = 1;
    for (std::size_t u = 0; u < members_.size(); ++u) {
      for (std::size_t v = u + 1; v < members_.size(); ++v) {
        if (count_[u * stride_ + v] <= most) continue;
        most = count_[u * stride_ + v];
        best.u = u;
        best.v = v;
      }
    }
    if (most < 2) return false;
    int most_saved = 0;
    for (std::size_t w = 0; w < members_.size(); ++w) {
      if (w == best.u || w == best.v || count_[best.u * stride_ + w] < 2) continue;
      const int saved = saving({best.u, best.v, w});
      if (saved <= most_saved) continue;
      most_saved = saved;
      best.w = w;
    }
    return most_saved > least_saving;
  }

  void apply(const Triple& triple) {
    for (std::size_t s = 0; s < sums_.size(); ++s) {
      Literal literal[3];
      bool all = true;
      for (const auto& [which, v] :
           {std::pair{0, triple.u}, std::pair{1, triple.v}, std::pair{2, triple.w}}) {
        all = all && has(members_[v].in, s);
        literal[which] = Literal(members_[v].node, has(members_[v].negated, s));
      }
      if (!all) continue;
      for (const std::size_t v : {triple.u, triple.v, triple.w}) change(members_[v].in, s, false);
      const auto [sum, carry] = netlist_.full_add(literal[0], literal[1], literal[2]);
      carry_up(s, carry);
      add_back(s, sum);
    }
    for (const std::size_t v : {triple.u, triple.v, triple.w}) recount(v);
    for (const std::size_t v : added_) recount(v);
    added_.clear();
  }

  void carry_up(std::size_t s, Literal carry) {
    if (p_ + 1 < sums_[s].size()) sums_[s][p_ + 1].push_back(carry);
  }

  // A sum of masks joins the column.  It may be constant, or stand there already: x + x = 2x.
  void add_back(std::size_t s, Literal literal) {
    if (literal.node() == 0) {
      sums_[s][p_].push_back(literal);
      return;
    }
    const auto found = index_.find(literal.node());
    if (found != index_.end() && has(members_[found->second].in, s)) {
      Member& member = members_[found->second];
      change(member.in, s, false);
      if (has(member.negated, s) == literal.negated()) {
        carry_up(s, literal);
      } else {
        sums_[s][p_].push_back(always_true);
      }
      added_.insert(found->second);
    } else {
      added_.insert(put(s, literal));
    }
  }

  void write_back() {
    for (std::size_t s = 0; s < sums_.size(); ++s) {
      if (p_ >= sums_[s].size()) continue;
      std::vector<Literal>& column = sums_[s][p_];
      std::erase_if(column, [](Literal literal) { return literal.node() != 0; });
      for (const Member& member : members_) {
        if (has(member.in, s)) column.emplace_back(member.node, has(member.negated, s));
      }
    }
  }

  Netlist& netlist_;
  std::span<Columns> sums_;
  std::size_t p_;
  std::size_t set_words_;
  std::unordered_map<std::uint32_t, std::size_t> index_;  // of a node among the members
  std::vector<Member> members_;
  std::set<std::size_t> added_;  // members whose sets a step changed
  std::size_t stride_ = 0;
  std::vector<int> count_;  // [member][member]: sums that have both
};

// A column in the order in which its masks are added.  `own` are carries that only this sum needs: one
// of them in each addition, where there are enough, leaves an operand that may be overwritten.
std::vector<Literal> arranged(std::vector<Literal> column, const std::vector<Literal>& own) {
  // The constant goes last: with one mask left it costs nothing.
  std::ranges::sort(column);
  const auto masks = std::ranges::find_if(column, [](Literal l) { return l.node() != 0; });
  std::rotate(column.begin(), masks, column.end());
  std::vector<Literal> items;
  std::size_t shared = 0, mine = 0;
  const auto take_shared = [&] { items.push_back(column[shared++]); };
  const auto take_own = [&] { items.push_back(own[mine++]); };
  while (shared < column.size() || mine < own.size()) {
    const bool first_of_pair = items.size() % 2 == 1;
    const std::size_t shared_left = column.size() - shared;
    const std::size_t own_left = own.size() - mine;
    if (shared_left > 0 && (first_of_pair || own_left == 0 || shared_left > own_left)) {
      take_shared();
    } else {
      take_own();
    }
  }
  return items;
}

// In a chain: few registers, and other sums to work on while a link waits for the one before.
Literal add_in_chain(Netlist& netlist, const std::vector<Literal>& items,
                     std::vector<Literal>& carries) {
  if (items.empty()) return always_false;
  Literal pending = items.front();
  for (std::size_t i = 1; i < items.size(); i += 2) {
    const Literal second = i + 1 < items.size() ? items[i + 1] : always_false;
    const auto [sum, carry] = netlist.full_add(pending, items[i], second);
    pending = sum;
    carries.push_back(carry);
  }
  return pending;
}

// In a tree, for a sum that stands alone: there is nothing else to do meanwhile.
Literal add_in_tree(Netlist& netlist, std::vector<Literal> items, std::vector<Literal>& carries) {
  if (items.empty()) return always_false;
  std::size_t next = 0;
  while (items.size() - next > 1) {
    const Literal third = next + 2 < items.size() ? items[next + 2] : always_false;
    const auto [sum, carry] = netlist.full_add(items[next], items[next + 1], third);
    next = std::min(next + 3, items.size());
    items.push_back(sum);
    carries.push_back(carry);
  }
  return items.back();
}

}  // namespace

std::vector<std::vector<Literal>> add_up(Netlist& netlist, std::span<Columns> sums) {
  std::vector<std::vector<Literal>> bits(sums.size());
  std::vector<std::vector<Literal>> own(sums.size());  // carries into the next column
  std::vector<Literal> carries;
  std::size_t positions = 0;
  for (const Columns& columns : sums) positions = std::max(positions, columns.size());
  const auto above = [&](std::size_t s, std::size_t p) {
    return p + 1 < sums[s].size() ? &sums[s][p + 1] : nullptr;
  };
  for (std::size_t p = 0; p < positions; ++p) {
    for (std::size_t s = 0; s < sums.size(); ++s) {
      if (p < sums[s].size()) merge_equal(sums[s][p], above(s, p));
    }
    if (sums.size() > 1) Position(netlist, sums, p).share();
    for (std::size_t s = 0; s < sums.size(); ++s) {
      if (p < sums[s].size()) {
        std::vector<Literal> items = arranged(std::move(sums[s][p]), own[s]);
        bits[s].push_back(sums.size() == 1 ? add_in_tree(netlist, std::move(items), carries)
                                           : add_in_chain(netlist, items, carries));
        own[s] = std::move(carries);
        carries.clear();
      }
    }
  }
  return bits;
}

}  // namespace gatelight::engines::exhaustive::generated
