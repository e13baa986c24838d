// SPDX-License-Identifier: Apache-2.0
//
// Building logic without building anything twice.
//
// Problem   The sums of a layer have most of their work in common, hidden behind signs.
// Idea      Complements are free, so every gate is brought to one form before it is looked up among
//           those that exist: an exclusive or drops the signs of its operands and keeps their parity, a
//           majority of three complements is the complement of the majority, constants and equal operands
//           vanish.  All eight ways to add three masks, each plain or complemented, then take one
//           exclusive or and at most four majorities.
// Why       x ^ !y = !(x ^ y); maj(!x, !y, !z) = !maj(x, y, z); maj(x, y, 0) = x & y and so on.
// Tested by tests/unit/engines/exhaustive/code/netlist_test.cpp
#include "engines/exhaustive/code/netlist.hpp"

#include <algorithm>
#include <utility>

namespace gatelight::engines::exhaustive::generated {

std::size_t Netlist::KeyHash::operator()(const Key& key) const {
  const auto& [kind, index, a, b, c] = key;
  std::uint64_t hash = static_cast<std::uint64_t>(kind) + 16 * std::uint64_t{index};
  for (const Literal literal : {a, b, c}) {
    hash = (hash ^ (2 * literal.node() + (literal.negated() ? 1 : 0))) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29;
  }
  return hash;
}

Literal Netlist::find_or_add(Kind kind, std::uint32_t index, std::array<Literal, 3> of) {
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  const auto [found, added] = known_.try_emplace(Key{kind, index, of[0], of[1], of[2]}, next);
  if (added) {
    nodes_.push_back({kind, index, of, open_group_});
    if (open_group_ != no_group) groups_[open_group_].push_back(next);
  }
  return {found->second, false};
}

Literal Netlist::leaf(Kind kind, std::uint32_t index) { return find_or_add(kind, index, {}); }

Literal Netlist::exor(Literal a, Literal b) {
  const bool flip = a.negated() != b.negated();
  a = Literal(a.node(), false);
  b = Literal(b.node(), false);
  if (a == b) return Literal{} ^ flip;
  if (b < a) std::swap(a, b);
  if (a == always_false) return b ^ flip;
  return find_or_add(Kind::exor2, 0, {a, b}) ^ flip;
}

Literal Netlist::conjunction(Literal a, Literal b) {
  if (b < a) std::swap(a, b);
  if (a == always_false || a == !b) return always_false;
  if (a == always_true || a == b) return b;
  if (a.negated() && b.negated()) return !find_or_add(Kind::disjunction, 0, {!a, !b});
  if (b.negated()) std::swap(a, b);
  return find_or_add(Kind::conjunction, 0, {a, b});
}

Literal Netlist::exor3(Literal a, Literal b, Literal c) {
  const bool flip = (a.negated() != b.negated()) != c.negated();
  std::array<std::uint32_t, 3> node{a.node(), b.node(), c.node()};
  std::ranges::sort(node);
  const bool short_one = node[0] == 0 || node[0] == node[1] || node[1] == node[2];
  if (!ternary_ || short_one) return exor(exor(b, c), a);
  return find_or_add(Kind::exor3, 0,
                     {Literal(node[0], false), Literal(node[1], false), Literal(node[2], false)}) ^
         flip;
}

Literal Netlist::majority(Literal a, Literal b, Literal c) {
  std::array<Literal, 3> of{a, b, c};
  std::ranges::sort(of);
  if (of[0].node() == 0)
    return of[0].negated() ? disjunction(of[1], of[2]) : conjunction(of[1], of[2]);
  using Three = std::array<std::size_t, 3>;
  for (const auto& [x, y, other] : {Three{0, 1, 2}, Three{1, 2, 0}}) {
    if (of[x] == of[y]) return of[x];
    if (of[x] == !of[y]) return of[other];
  }
  if (!ternary_) return disjunction(conjunction(b, c), conjunction(a, exor(b, c)));
  const auto negated = std::ranges::count_if(of, [](Literal l) { return l.negated(); });
  if (negated < 2) return find_or_add(Kind::majority, 0, of);
  return !find_or_add(Kind::majority, 0, {!of[0], !of[1], !of[2]});
}

Netlist::SumCarry Netlist::full_add(Literal a, Literal b, Literal c) {
  std::array<std::uint32_t, 3> node{a.node(), b.node(), c.node()};
  std::ranges::sort(node);
  const auto [found, added] =
      group_of_.try_emplace(node, static_cast<std::uint32_t>(groups_.size()));
  if (added) groups_.emplace_back();
  open_group_ = found->second;
  const SumCarry result{exor3(a, b, c), majority(a, b, c)};
  open_group_ = no_group;
  return result;
}

}  // namespace gatelight::engines::exhaustive::generated
