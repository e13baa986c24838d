// SPDX-License-Identifier: Apache-2.0
//
// Registers and instructions.
//
// Problem   Compute the nodes of a netlist, in a given order, with few loads, stores and copies.
// Idea      All uses are known, so the register to give up is the one whose mask is needed last
//           (Belady).  Leaves are loaded again; other masks are stored once, when they first give way.
//           A mask that is needed just once more, or not soon, is read from memory by the
//           instruction that uses it.  Three-input logic overwrites an operand: one that is not
//           needed any more, else a copy.
// Why       Every node is computed from its operands by the truth table of its kind, with complements
//           folded into the table; a register is reused only after the last use of what it held, or
//           after that was stored.
// Cost      O(nodes * registers).
// Source    L. A. Belady, A study of replacement algorithms for a virtual-storage computer, 1966.
// Tested by tests/unit/engines/exhaustive/code/generated_test.cpp
#include "engines/exhaustive/code/assembler.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "engines/exhaustive/code/machine_code.hpp"
#include "engines/exhaustive/code/schedule.hpp"

#if defined(__x86_64__) && __has_include(<xbyak/xbyak.h>)
#include <xbyak/xbyak.h>

namespace gatelight::engines::exhaustive::generated {
namespace {

using Kind = Netlist::Kind;

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
constexpr int none = -1;
// Distances from a register take a byte up to so many vectors either way, else four: with many gates the
// code barely fits the caches.
constexpr int short_distance = 127;
constexpr std::size_t bytes_a_node = 64;  // more than its instructions ever take
constexpr std::size_t fixed_bytes = 4096;

class Assembler : private Xbyak::CodeGenerator {
 public:
  Assembler(const Logic& logic, bool wide)
      : Xbyak::CodeGenerator(
            fixed_bytes + bytes_a_node * (logic.netlist.nodes().size() + 3 * logic.stores.size())),
        logic_(logic),
        nodes_(logic.netlist.nodes()),
        wide_(wide),
        order_(schedule(logic)),
        uses_(nodes_.size()),
        values_(nodes_.size()),
        replaced_by_(nodes_.size(), 0),
        held_(wide ? 32 : 16, free_register) {
    plan_uses();
  }

  Assembled run() {
    load_arguments();
    for (now_ = 0; now_ < order_.size(); ++now_) {
      compute(order_[now_]);
      store_results(order_[now_]);
    }
    // Results that are leaves or constants.
    for (const Logic::Store& store : logic_.stores) {
      if (is_leaf(nodes_[store.value.node()])) this->store(store);
    }
    return_any();
    return {{getCode(), getCode() + getSize()}, spilled_};
  }

 private:
  static constexpr std::uint32_t free_register = ~std::uint32_t{0};

  struct Value {
    int reg = none;
    int spill = none;
    std::size_t next = 0;  // in uses_
  };

  // ---- Uses ----------------------------------------------------------------------------------

  void plan_uses() {
    for (std::size_t at = 0; at < order_.size(); ++at) {
      const Netlist::Node& node = nodes_[order_[at]];
      for (std::size_t i = 0; i < operand_count(node.kind); ++i) {
        uses_[node.of[i].node()].push_back(at);
      }
    }
    uses_[logic_.any.node()].push_back(order_.size());
    stores_.resize(nodes_.size());
    for (std::uint32_t i = 0; i < logic_.stores.size(); ++i) {
      stores_[logic_.stores[i].value.node()].push_back(i);
    }
  }

  // When the node is needed next, after the current instruction.
  [[nodiscard]] std::size_t next_use(std::uint32_t node) {
    Value& value = values_[node];
    while (value.next < uses_[node].size() && uses_[node][value.next] <= now_) ++value.next;
    return value.next < uses_[node].size() ? uses_[node][value.next] : never;
  }

  // ---- Registers and memory ------------------------------------------------------------------

  [[nodiscard]] Xbyak::Xmm reg(int index) const {
    if (wide_) return Xbyak::Zmm(index);
    return Xbyak::Ymm(index);
  }

  void load_arguments() {
    mov(r8, ptr[rdi + offsetof(Arguments, slots)]);
    mov(r9, ptr[rdi + offsetof(Arguments, rows)]);
    mov(r10, ptr[rdi + offsetof(Arguments, row_offsets)]);
    mov(r11, ptr[rdi + offsetof(Arguments, words)]);
    mov(rcx, ptr[rdi + offsetof(Arguments, spill)]);
    add(rcx, static_cast<std::uint32_t>(short_distance * vector_bytes(wide_)));
  }

  // Where a node lies in memory.  May use rax.
  Xbyak::Address address(std::uint32_t n) {
    const Netlist::Node& node = nodes_[n];
    if (node.kind == Kind::slot) return ptr[r8 + node.index];
    if (node.kind == Kind::word)
      return wide_ ? ptr_b[r11 + 8 * node.index] : ptr[r11 + 8 * node.index];
    if (node.kind == Kind::row) {
      mov(eax, ptr[r10 + 4 * node.index]);
      return ptr[r9 + rax];
    }
    const int from_middle = values_[n].spill - short_distance;
    const auto distance = from_middle * static_cast<int>(vector_bytes(wide_));
    // xbyak takes distances as unsigned numbers that may wrap.
    return ptr[rcx + static_cast<std::size_t>(distance)];
  }

  [[nodiscard]] bool in_memory(std::uint32_t n) const {
    return is_leaf(nodes_[n]) || values_[n].spill != none;
  }
  // An instruction can read it there.
  [[nodiscard]] bool readable(std::uint32_t n) const {
    const Kind kind = nodes_[n].kind;
    return kind != Kind::constant && (wide_ || kind != Kind::word);
  }

  void load(int to, std::uint32_t n) {
    if (nodes_[n].kind == Kind::constant) {
      if (wide_) {
        vpxord(reg(to), reg(to), reg(to));
      } else {
        vpxor(reg(to), reg(to), reg(to));
      }
    } else if (nodes_[n].kind == Kind::word) {
      vpbroadcastq(reg(to), ptr[r11 + 8 * nodes_[n].index]);
    } else if (wide_) {
      vmovdqa64(reg(to), address(n));
    } else {
      vmovdqa(reg(to), address(n));
    }
  }

  void copy(int to, int from) {
    if (wide_) {
      vmovdqa64(reg(to), reg(from));
    } else {
      vmovdqa(reg(to), reg(from));
    }
  }

  // Nothing needs the mask any more.
  void retire(std::uint32_t n) {
    Value& value = values_[n];
    if (value.reg != none) held_[static_cast<std::size_t>(value.reg)] = free_register;
    if (value.spill != none) free_spills_.push_back(value.spill);
    value.reg = value.spill = none;
  }

  // The register whose mask is needed last, pinned ones left out; none where all are pinned.
  [[nodiscard]] int register_needed_last() {
    int last = none;
    std::size_t use = 0;
    for (std::size_t r = 0; r < held_.size(); ++r) {
      if (held_[r] == free_register) return static_cast<int>(r);
      if (std::ranges::find(pinned_, held_[r]) != pinned_.end()) continue;
      const std::size_t next = next_use(held_[r]);
      if (next < use) continue;
      use = next;
      last = static_cast<int>(r);
    }
    return last;
  }

  // A register for `owner`; what it held is stored where it is needed later.
  int take(std::uint32_t owner) {
    const int r = register_needed_last();
    std::uint32_t& holder = held_[static_cast<std::size_t>(r)];
    if (holder != free_register) {
      if (!in_memory(holder) && next_use(holder) != never) spill(holder);
      values_[holder].reg = none;
    }
    holder = owner;
    return r;
  }

  void spill(std::uint32_t n) {
    if (free_spills_.empty()) free_spills_.push_back(static_cast<int>(spilled_++));
    values_[n].spill = free_spills_.back();  // the one used last: it is in the cache
    free_spills_.pop_back();
    if (wide_) {
      vmovdqa64(address(n), reg(values_[n].reg));
    } else {
      vmovdqa(address(n), reg(values_[n].reg));
    }
  }

  void bring(std::uint32_t n) {
    if (values_[n].reg != none) return;
    const int r = take(n);
    load(r, n);
    values_[n].reg = r;
  }

  // The mask is better read from memory by the instruction than given a register.
  [[nodiscard]] bool better_in_memory(std::uint32_t n) {
    const std::size_t next = next_use(n);
    if (next == never) return true;
    const int r = register_needed_last();
    if (r == none) return true;
    const std::uint32_t holder = held_[static_cast<std::size_t>(r)];
    return holder != free_register && next_use(holder) < next;
  }

  // ---- Nodes ---------------------------------------------------------------------------------

  struct Operand {
    std::uint32_t node = 0;
    bool negated = false;
    bool is_sum = false;  // it stands for the exclusive or of all three operands
  };

  void compute(std::uint32_t n) {
    const Netlist::Node& node = nodes_[n];
    const std::size_t count = operand_count(node.kind);
    std::array<Operand, 3> of{};
    for (std::size_t i = 0; i < count; ++i) {
      of[i] = {node.of[i].node(), node.of[i].negated(), false};
      if (node.kind != Kind::majority || replaced_by_[of[i].node] == 0) continue;
      of[i].node = replaced_by_[of[i].node];
      of[i].is_sum = true;
    }
    pinned_.clear();
    for (std::size_t i = 0; i < count; ++i) pinned_.push_back(of[i].node);
    const int from_memory = choose_memory_operand(node.kind, of, count);
    for (std::size_t i = 0; i < count; ++i) {
      if (static_cast<int>(i) != from_memory) bring(of[i].node);
    }
    if (count == 3) {
      compute_three(n, node.kind, of, from_memory);
    } else {
      compute_two(n, node.kind, of, from_memory);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (next_use(of[i].node) == never) retire(of[i].node);
    }
  }

  // The operand that the instruction reads from memory, or none.
  int choose_memory_operand(Kind kind, const std::array<Operand, 3>& of, std::size_t count) {
    int chosen = none;
    std::size_t use = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t n = of[i].node;
      // vpandn complements its first operand, which is a register.
      const bool allowed = !(kind == Kind::conjunction && of[i].negated);
      if (!allowed || values_[n].reg != none || !readable(n) || !better_in_memory(n)) continue;
      const std::size_t next = next_use(n);
      if (chosen != none && next <= use) continue;
      chosen = static_cast<int>(i);
      use = next;
    }
    return chosen;
  }

  void give(std::uint32_t n, int r) {
    values_[n].reg = r;
    held_[static_cast<std::size_t>(r)] = n;
  }

  void compute_two(std::uint32_t n, Kind kind, std::array<Operand, 3> of, int from_memory) {
    if (from_memory == 0) std::swap(of[0], of[1]);
    if (from_memory == none && of[1].negated) std::swap(of[0], of[1]);
    const int a = values_[of[0].node].reg;
    const int b = from_memory == none ? values_[of[1].node].reg : none;
    int to = none;
    for (const int r : {a, b}) {
      if (r != none && to == none && next_use(held_[static_cast<std::size_t>(r)]) == never) to = r;
    }
    if (to != none) {
      values_[held_[static_cast<std::size_t>(to)]].reg = none;
    } else {
      to = take(n);
    }
    const auto emit = [&](const Xbyak::Operand& second) {
      two(kind, of[0].negated, reg(to), reg(a), second);
    };
    if (b != none) {
      emit(reg(b));
    } else {
      emit(address(of[1].node));
    }
    give(n, to);
  }

  void two(Kind kind, bool negated, const Xbyak::Xmm& to, const Xbyak::Xmm& a,
           const Xbyak::Operand& b) {
    if (kind == Kind::exor2) {
      wide_ ? vpxorq(to, a, b) : vpxor(to, a, b);
    } else if (kind == Kind::disjunction) {
      wide_ ? vporq(to, a, b) : vpor(to, a, b);
    } else if (negated) {
      wide_ ? vpandnq(to, a, b) : vpandn(to, a, b);
    } else {
      wide_ ? vpandq(to, a, b) : vpand(to, a, b);
    }
  }

  // The truth table of a node for vpternlog: bit 4 * a + 2 * b + c.  An operand that gave way to the
  // sum of all three is that sum, plus the two others.
  static std::uint8_t table_of(Kind kind, const std::array<Operand, 3>& of) {
    unsigned table = 0;
    for (unsigned input = 0; input < 8; ++input) {
      const bool odd = std::popcount(input) % 2 != 0;
      unsigned ones = 0;
      for (unsigned i = 0; i < 3; ++i) {
        const bool plain = of[i].is_sum ? odd : ((input >> (2 - i)) & 1) != 0;
        ones += plain != of[i].negated ? 1 : 0;
      }
      const bool value = kind == Kind::exor3 ? ones % 2 != 0 : ones >= 2;
      table |= (value ? 1U : 0U) << input;
    }
    return static_cast<std::uint8_t>(table);
  }

  // An operand of an exclusive or that nothing but majorities of the same three masks needs later.
  // They can use the exclusive or in its place, so it may be overwritten.
  bool give_way(std::uint32_t n, Operand& operand) {
    const Netlist::Node& node = nodes_[n];
    if (node.group == Netlist::no_group) return false;
    const Value& value = values_[operand.node];
    const std::vector<std::size_t>& uses = uses_[operand.node];
    (void)next_use(operand.node);
    for (std::size_t i = value.next; i < uses.size(); ++i) {
      if (uses[i] >= order_.size()) return false;  // the function's result
      const Netlist::Node& user = nodes_[order_[uses[i]]];
      if (user.kind != Kind::majority || user.group != node.group) return false;
    }
    uses_[n].insert(uses_[n].begin(), uses.begin() + static_cast<std::ptrdiff_t>(value.next),
                    uses.end());
    std::ranges::sort(uses_[n]);
    replaced_by_[operand.node] = n;
    values_[operand.node].next = uses.size();
    return true;
  }

  void compute_three(std::uint32_t n, Kind kind, std::array<Operand, 3> of, int from_memory) {
    if (from_memory != none) std::swap(of[2], of[static_cast<std::size_t>(from_memory)]);
    const std::size_t registers = from_memory == none ? 3 : 2;
    std::size_t dying = registers;
    for (std::size_t i = registers; i-- > 0;) {
      if (next_use(of[i].node) == never) dying = i;
    }
    int to = none;
    if (dying < registers) {
      std::swap(of[0], of[dying]);
      to = values_[of[0].node].reg;
      values_[of[0].node].reg = none;
    } else {
      std::size_t way = registers;
      for (std::size_t i = 0; kind == Kind::exor3 && way == registers && i < registers; ++i) {
        if (give_way(n, of[i])) way = i;
      }
      if (way < registers) {
        std::swap(of[0], of[way]);
        to = values_[of[0].node].reg;
        values_[of[0].node].reg = none;
      } else {
        to = take(n);
        copy(to, values_[of[0].node].reg);
      }
    }
    const std::uint8_t table = table_of(kind, of);
    const Xbyak::Xmm second = reg(values_[of[1].node].reg);
    if (from_memory == none) {
      vpternlogq(reg(to), second, reg(values_[of[2].node].reg), table);
    } else {
      vpternlogq(reg(to), second, address(of[2].node), table);
    }
    give(n, to);
  }

  // ---- Results -------------------------------------------------------------------------------

  void store_results(std::uint32_t n) {
    for (const std::uint32_t i : stores_[n]) store(logic_.stores[i]);
    if (next_use(n) == never) retire(n);
  }

  // The register with the literal's mask: its node's, or a new one.
  int materialize(Literal literal) {
    pinned_.assign(1, literal.node());
    bring(literal.node());
    const int from = values_[literal.node()].reg;
    if (!literal.negated()) return from;
    const int to = take(0);
    held_[static_cast<std::size_t>(to)] = free_register;  // needed for the next instruction only
    if (wide_) {
      constexpr std::uint8_t not_second = 0x33;
      vpternlogq(reg(to), reg(from), reg(from), not_second);
    } else {
      vpcmpeqd(reg(to), reg(to), reg(to));
      vpxor(reg(to), reg(to), reg(from));
    }
    return to;
  }

  void store(const Logic::Store& store) {
    const int r = materialize(store.value);
    if (wide_) {
      vmovdqa64(ptr[r8 + store.to], reg(r));
    } else {
      vmovdqa(ptr[r8 + store.to], reg(r));
    }
  }

  void return_any() {
    const int r = materialize(logic_.any);
    if (wide_) {
      vptestmq(k1, reg(r), reg(r));
      kmovb(eax, k1);
    } else {
      xor_(eax, eax);
      vptest(reg(r), reg(r));
      setnz(al);
    }
    vzeroupper();
    ret();
  }

  const Logic& logic_;
  const std::vector<Netlist::Node>& nodes_;
  bool wide_;
  std::vector<std::uint32_t> order_;
  std::vector<std::vector<std::size_t>> uses_;      // of each node: places in order_
  std::vector<std::vector<std::uint32_t>> stores_;  // of each node
  std::vector<Value> values_;
  std::vector<std::uint32_t> replaced_by_;  // for the majorities of one addition; 0: not replaced
  std::vector<std::uint32_t> held_;         // by register: the node whose mask it holds
  std::vector<std::uint32_t> pinned_;       // nodes that must keep their registers
  std::size_t now_ = 0;
  std::size_t spilled_ = 0;  // vectors in use at one time, at most
  std::vector<int> free_spills_;
};

}  // namespace

bool can_assemble(base::InstructionSet set) { return set != base::InstructionSet::portable; }

Assembled assemble(const Logic& logic, bool wide) { return Assembler(logic, wide).run(); }

}  // namespace gatelight::engines::exhaustive::generated

#else  // another processor, or no xbyak

namespace gatelight::engines::exhaustive::generated {

bool can_assemble(base::InstructionSet /*set*/) { return false; }

Assembled assemble(const Logic& /*logic*/, bool /*wide*/) { return {}; }

}  // namespace gatelight::engines::exhaustive::generated

#endif
