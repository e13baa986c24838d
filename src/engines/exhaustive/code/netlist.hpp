// SPDX-License-Identifier: Apache-2.0
//
// Logic on masks as a graph of two- and three-input gates, each stored once (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_CODE_NETLIST_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_CODE_NETLIST_HPP

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace gatelight::engines::exhaustive::generated {

// A node's mask or its complement.  Complements cost nothing: whoever reads a node takes it either way.
class Literal {
 public:
  Literal() = default;  // false
  Literal(std::uint32_t node, bool negated) : code_(2 * node + (negated ? 1 : 0)) {}
  [[nodiscard]] std::uint32_t node() const { return code_ / 2; }
  [[nodiscard]] bool negated() const { return code_ % 2 != 0; }
  Literal operator!() const { return {node(), !negated()}; }
  Literal operator^(bool flip) const { return {node(), negated() != flip}; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes a comparison with 0 for a pointer.
  friend auto operator<=>(const Literal&, const Literal&) = default;

 private:
  std::uint32_t code_ = 0;
};
inline const Literal always_false{0, false};
inline const Literal always_true{0, true};

class Netlist {
 public:
  enum class Kind : std::uint8_t {
    constant,     // node 0: no lane
    slot,         // a mask in memory; index is its offset
    row,          // the mask of a lookup of the front; index is the lookup
    word,         // a word of the program on all lanes; index is its place
    exor2,        // of two
    exor3,        // of three
    conjunction,  // of two; only the first may be negated
    disjunction,  // of two
    majority,     // of three; at most one is negated
  };
  struct Node {
    Kind kind = Kind::constant;
    std::uint32_t index = 0;
    std::array<Literal, 3> of{};
    std::uint32_t group = no_group;  // nodes of one addition: best computed together
  };
  static constexpr std::uint32_t no_group = ~std::uint32_t{0};

  // With `ternary`, sums and carries of three masks are one node each; else they are written with two-input
  // gates.
  explicit Netlist(bool ternary) : ternary_(ternary), nodes_(1) {}

  Literal leaf(Kind kind, std::uint32_t index);
  Literal exor(Literal a, Literal b);
  Literal conjunction(Literal a, Literal b);
  Literal disjunction(Literal a, Literal b) { return !conjunction(!a, !b); }
  struct SumCarry {
    Literal sum, carry;
  };
  // a + b + c = sum + 2 * carry.  `a` is the one that is ready last.
  SumCarry full_add(Literal a, Literal b, Literal c);
  Literal majority(Literal a, Literal b, Literal c);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& groups() const { return groups_; }

 private:
  Literal find_or_add(Kind kind, std::uint32_t index, std::array<Literal, 3> of);
  Literal exor3(Literal a, Literal b, Literal c);

  using Key = std::tuple<Kind, std::uint32_t, Literal, Literal, Literal>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  bool ternary_;
  std::vector<Node> nodes_;
  std::unordered_map<Key, std::uint32_t, KeyHash> known_;
  std::map<std::array<std::uint32_t, 3>, std::uint32_t> group_of_;
  std::vector<std::vector<std::uint32_t>> groups_;
  std::uint32_t open_group_ = no_group;
};

}  // namespace gatelight::engines::exhaustive::generated

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_CODE_NETLIST_HPP
