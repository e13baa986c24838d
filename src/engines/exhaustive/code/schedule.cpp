// SPDX-License-Identifier: Apache-2.0
//
// An order of computation that keeps few masks alive.
//
// Problem   A few hundred sums over the same masks; registers hold 32 masks, or 16.
// Idea      Depth first from the results, operands in the order in which they were built: a chain of
//           additions then runs like a counter, a carry is used as soon as its partner is there.  What an
//           addition makes, its sum and the carries for all signs, is computed together, while
//           its operands are at hand.
// Why       Any order with operands first is right.
// Cost      O(nodes).
// Tested by tests/unit/engines/exhaustive/code/generated_test.cpp
#include "engines/exhaustive/code/schedule.hpp"

#include <algorithm>
#include <array>

namespace gatelight::engines::exhaustive::generated {
namespace {

class Scheduler {
 public:
  explicit Scheduler(const Logic& logic)
      : netlist_(logic.netlist), needed_(netlist_.nodes().size(), 0), done_(needed_) {
    for (const Logic::Store& store : logic.stores) needed_[store.value.node()] = 1;
    needed_[logic.any.node()] = 1;
    for (std::size_t n = needed_.size(); n-- > 0;) {
      const Netlist::Node& node = netlist_.nodes()[n];
      if (needed_[n] == 0 || is_leaf(node)) continue;
      for (std::size_t i = 0; i < operand_count(node.kind); ++i) needed_[node.of[i].node()] = 1;
    }
    for (std::size_t n = 0; n < needed_.size(); ++n) {
      if (is_leaf(netlist_.nodes()[n])) done_[n] = 1;
    }
  }

  std::vector<std::uint32_t> run(const Logic& logic) {
    for (const Logic::Store& store : logic.stores) visit(store.value.node());
    visit(logic.any.node());
    return std::move(order_);
  }

 private:
  void visit(std::uint32_t root) {
    std::vector<std::uint32_t> stack{root};
    while (!stack.empty()) {
      const std::uint32_t n = stack.back();
      if (done_[n] != 0) {
        stack.pop_back();
        continue;
      }
      const Netlist::Node& node = netlist_.nodes()[n];
      std::array<std::uint32_t, 3> missing{};
      std::size_t count = 0;
      for (std::size_t i = 0; i < operand_count(node.kind); ++i) {
        if (done_[node.of[i].node()] == 0) missing[count++] = node.of[i].node();
      }
      if (count == 0) {
        stack.pop_back();
        compute(n);
        continue;
      }
      // The one built first goes on top; node 0 is never missing.
      std::ranges::sort(missing, std::greater{});
      stack.insert(stack.end(), missing.begin(),
                   missing.begin() + static_cast<std::ptrdiff_t>(count));
    }
  }

  // The node with what else is made of the same operands; sums come before carries.
  void compute(std::uint32_t n) {
    const std::uint32_t group = netlist_.nodes()[n].group;
    if (group != Netlist::no_group) {
      for (const std::uint32_t other : netlist_.groups()[group]) append(other);
    }
    append(n);
  }

  void append(std::uint32_t n) {
    if (done_[n] != 0 || needed_[n] == 0 || !ready(n)) return;
    done_[n] = 1;
    order_.push_back(n);
  }

  [[nodiscard]] bool ready(std::uint32_t n) const {
    const Netlist::Node& node = netlist_.nodes()[n];
    for (std::size_t i = 0; i < operand_count(node.kind); ++i) {
      if (done_[node.of[i].node()] == 0) return false;
    }
    return true;
  }

  const Netlist& netlist_;
  std::vector<char> needed_, done_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

std::vector<std::uint32_t> schedule(const Logic& logic) { return Scheduler(logic).run(logic); }

}  // namespace gatelight::engines::exhaustive::generated
