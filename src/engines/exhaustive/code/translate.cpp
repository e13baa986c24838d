// SPDX-License-Identifier: Apache-2.0
//
// Steps as logic.
//
// Problem   Say in two- and three-input gates what the interpreter does step by step (sweep-inl.hpp).
// Idea      Steps are taken by level, those of one level together, so that their sums can share (adders.cpp).
//           A sum's only comparison is part of the addition: sum >= cut where sum - cut, in two's
//           complement, is not negative, and the constant is added like a mask that is the same for
//           all lanes.  Further comparisons use the bits of the sum.
// Why       With digits as in weighted_sum.cpp, sum + bias is a sum of masks, so sum - cut is that plus
//           the constant -(cut + bias), modulo a power of two that leaves room for the sign.
// Tested by tests/unit/engines/exhaustive/code/generated_test.cpp
#include "engines/exhaustive/code/translate.hpp"

#include <algorithm>
#include <numeric>

#include "base/checked.hpp"
#include "engines/exhaustive/code/adders.hpp"
#include "engines/exhaustive/weighted_sum.hpp"

namespace gatelight::engines::exhaustive::generated {
namespace {

using base::Wide;

class Translator {
 public:
  // The front's masks are read from the tables, or from their slots.
  Translator(const Plan& plan, bool from_tables, bool ternary)
      : program_(plan.program),
        logic_{Netlist(ternary), {}, {}},
        netlist_(logic_.netlist),
        masks_(program_.slot_count / 2 + 1) {
    for (std::uint32_t i = 0; i < plan.front.count; ++i) {
      const Slot slot = plan.front.slot[i];
      define(slot, from_tables ? netlist_.leaf(Netlist::Kind::row, i)
                               : netlist_.leaf(Netlist::Kind::slot, slot));
    }
    for (const RawInput& raw : plan.raw) {
      define(raw.pair, netlist_.leaf(Netlist::Kind::slot, raw.pair));
    }
    valid_ = netlist_.leaf(Netlist::Kind::slot, valid_slot);
  }

  Logic filter() {
    run_steps(program_.front_steps);
    std::vector<Columns> sums;
    for (const Target& target : program_.filters) {
      sums.push_back(columns_of(program_.sums[target.sum], target.generated_width, 0));
    }
    Literal some;
    for (const Literal passed : reach_floors(program_.filters, std::move(sums))) {
      some = netlist_.disjunction(some, passed);
    }
    logic_.any = netlist_.conjunction(some, valid_);
    logic_.stores.push_back({logic_.any, program_.survivors_slot});
    return std::move(logic_);
  }

  Logic targets(bool tallies) {
    run_steps(program_.steps.size());
    std::vector<Columns> sums;
    for (const Target& target : program_.targets) {
      sums.push_back(columns_of(program_.sums[target.sum], target.generated_width, 0));
    }
    if (tallies) sums[0] = stored_bits(program_.targets[0]);
    const std::vector<Literal> reached = reach_floors(program_.targets, std::move(sums));
    for (std::uint32_t i = 0; i < reached.size(); ++i) {
      const Literal beats = netlist_.conjunction(reached[i], valid_);
      logic_.stores.push_back({beats, program_.beats_slots + i * slot_bytes});
      logic_.any = netlist_.disjunction(logic_.any, beats);
    }
    return std::move(logic_);
  }

 private:
  [[nodiscard]] Literal literal(Slot slot) const {
    const std::uint32_t number = slot / slot_bytes;
    return masks_[number / 2] ^ (number % 2 != 0);
  }
  void define(Slot pair, Literal value) { masks_[pair / slot_bytes / 2] = value; }

  // ---- Levels --------------------------------------------------------------------------------

  [[nodiscard]] const Sum& sum_of(const Step& step) const {
    return program_
        .sums[step.kind == Step::Kind::relu ? program_.relus[step.index].sum : step.index];
  }
  static bool combines(const Step& step) {
    return step.kind == Step::Kind::parity || step.kind == Step::Kind::either;
  }

  // 1 + the largest level among what a step reads; masks that no step makes are level 0.
  int level_of(const Step& step, const std::vector<int>& level) const {
    int largest = 0;
    const auto read = [&](Slot slot) { largest = std::max(largest, level[slot / slot_bytes / 2]); };
    if (combines(step)) {
      for (std::uint32_t i = 0; i < step.count; ++i) read(program_.lists[step.first + i]);
    } else {
      const Sum& sum = sum_of(step);
      for (std::uint32_t i = 0; i < sum.terms; ++i) read(program_.terms[sum.first_term + i].pair);
    }
    return largest + 1;
  }

  void made(const Step& step, int at, std::vector<int>& level) const {
    const auto mark = [&](Slot pair) { level[pair / slot_bytes / 2] = at; };
    if (combines(step)) return mark(step.pair);
    const Sum& sum = sum_of(step);
    for (std::uint32_t i = 0; i < sum.compares; ++i) {
      mark(program_.compares[sum.first_compare + i].pair);
    }
    if (step.kind != Step::Kind::relu) return;
    const ReluBits& relu = program_.relus[step.index];
    for (std::uint32_t p = 0; p < relu.bits; ++p) mark(relu.pairs + 2 * p * slot_bytes);
  }

  // Scratch masks are made by one gate after another, so steps that share them must stay in order.
  // Then every step is a level of its own.
  [[nodiscard]] bool reuses_masks(std::size_t count) const {
    std::vector<char> made(masks_.size(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      const Step& step = program_.steps[i];
      if (combines(step)) continue;
      const Sum& sum = sum_of(step);
      for (std::uint32_t c = 0; c < sum.compares; ++c) {
        char& mask = made[program_.compares[sum.first_compare + c].pair / slot_bytes / 2];
        if (mask != 0) return true;
        mask = 1;
      }
    }
    return false;
  }

  void run_steps(std::size_t count) {
    std::vector<int> level(masks_.size(), 0);
    std::vector<std::vector<std::uint32_t>> by_level;
    const bool one_by_one = reuses_masks(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Step& step = program_.steps[i];
      const int at = one_by_one ? static_cast<int>(i) + 1 : level_of(step, level);
      made(step, at, level);
      if (by_level.size() < static_cast<std::size_t>(at))
        by_level.resize(static_cast<std::size_t>(at));
      by_level[static_cast<std::size_t>(at) - 1].push_back(i);
    }
    for (const auto& steps : by_level) run_level(steps);
  }

  // ---- Sums ----------------------------------------------------------------------------------

  // sum + bias + constant in `width` bits.
  [[nodiscard]] Columns columns_of(const Sum& sum, std::uint32_t width, Wide constant) const {
    Columns columns(width);
    for (std::uint32_t i = 0; i < sum.terms; ++i) {
      const Term& term = program_.terms[sum.first_term + i];
      for (const Digit& digit : digits_of(term.weight)) {
        const auto p = static_cast<std::size_t>(digit.position);
        if (p < width) columns[p].push_back(literal(term.pair) ^ digit.negative);
      }
    }
    for (std::uint32_t p = 0; p < width; ++p) {
      if (((static_cast<Count>(constant) >> p) & 1) != 0) columns[p].push_back(always_true);
    }
    return columns;
  }

  // The columns of sum - cut, with room for its sign.
  [[nodiscard]] Columns difference(const Sum& sum, std::int64_t cut) const {
    const Wide above = Wide{sum.high} - cut;
    const Wide below = Wide{cut} - sum.low - 1;  // -1 - (low - cut)
    const Wide largest = std::max(above, below);
    const std::uint32_t width = largest < 0 ? 1 : bit_width(static_cast<Count>(largest)) + 1;
    return columns_of(sum, width, -Wide{cut} - static_cast<Wide>(sum.bias));
  }

  void run_level(const std::vector<std::uint32_t>& steps) {
    std::vector<Columns> sums;
    for (const std::uint32_t i : steps) {
      const Step& step = program_.steps[i];
      if (combines(step)) continue;
      const Sum& sum = sum_of(step);
      if (step.kind == Step::Kind::decide) {
        sums.push_back(difference(sum, program_.compares[sum.first_compare].cut));
      } else {
        sums.push_back(columns_of(sum, sum.positions, 0));
      }
      if (step.kind == Step::Kind::relu) {
        const ReluBits& relu = program_.relus[step.index];
        sums.push_back(columns_of(sum, relu.width, relu.constant - static_cast<Wide>(sum.bias)));
      }
    }
    const auto bits = add_up(netlist_, sums);
    std::size_t next = 0;
    for (const std::uint32_t i : steps) {
      const Step& step = program_.steps[i];
      if (combines(step)) {
        combine(step);
        continue;
      }
      const Sum& sum = sum_of(step);
      const std::vector<Literal>& result = bits[next++];
      if (step.kind == Step::Kind::decide) {
        define(program_.compares[sum.first_compare].pair, !result.back());
        continue;
      }
      for (std::uint32_t c = 0; c < sum.compares; ++c) {
        const Compare& compare = program_.compares[sum.first_compare + c];
        define(compare.pair, compare_bits(sum, result, compare.cut));
      }
      if (step.kind == Step::Kind::relu) clamp(program_.relus[step.index], bits[next++]);
    }
  }

  // [sum >= cut] from the bits of sum + bias: adding the complement of cut + bias, and 1, overflows.
  Literal compare_bits(const Sum& sum, const std::vector<Literal>& bits, std::int64_t cut) {
    if (cut <= sum.low) return always_true;
    if (cut > sum.high) return always_false;
    const Count constant = static_cast<Count>(Wide{cut}) + sum.bias;
    Literal carry = always_true;
    for (std::size_t p = 0; p < bits.size(); ++p) {
      const bool bit = ((constant >> p) & 1) != 0;
      carry = bit ? netlist_.conjunction(bits[p], carry) : netlist_.disjunction(bits[p], carry);
    }
    return carry;
  }

  void clamp(const ReluBits& relu, const std::vector<Literal>& z) {
    const Literal positive = !z.back();
    const Literal full = literal(relu.full);
    for (std::uint32_t p = 0; p < relu.bits; ++p) {
      const Literal bit = netlist_.conjunction(z[p + relu.shift], positive);
      const bool of_max = ((relu.max >> p) & 1) != 0;
      define(relu.pairs + 2 * p * slot_bytes,
             of_max ? netlist_.disjunction(bit, full) : netlist_.conjunction(bit, !full));
    }
  }

  void combine(const Step& step) {
    Literal result = literal(program_.lists[step.first]);
    for (std::uint32_t i = 1; i < step.count; ++i) {
      const Literal next = literal(program_.lists[step.first + i]);
      result = step.kind == Step::Kind::parity ? netlist_.exor(result, next)
                                               : netlist_.disjunction(result, next);
    }
    define(step.pair, result);
  }

  // ---- Targets -------------------------------------------------------------------------------

  // The lanes where each total reaches its floor, from the columns of sum + bias.
  std::vector<Literal> reach_floors(const std::vector<Target>& targets, std::vector<Columns> sums) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      for (std::uint32_t p = 0; p < targets[i].generated_width; ++p) {
        sums[i][p].push_back(netlist_.leaf(Netlist::Kind::word, targets[i].generated_words + p));
      }
    }
    std::vector<Literal> reached;
    for (const auto& bits : add_up(netlist_, sums)) reached.push_back(!bits.back());
    return reached;
  }

  // The bits of sum + bias, which are stored, as the columns of a sum.
  Columns stored_bits(const Target& target) {
    const Sum& sum = program_.sums[target.sum];
    std::vector<Columns> sums{columns_of(sum, sum.positions, 0)};
    const auto bits = add_up(netlist_, sums);
    Columns columns(target.generated_width);
    for (std::uint32_t p = 0; p < sum.positions; ++p) {
      logic_.stores.push_back({bits[0][p], program_.bit_slots + p * slot_bytes});
      if (p < columns.size()) columns[p].push_back(bits[0][p]);
    }
    return columns;
  }

  const Program& program_;
  Logic logic_;
  Netlist& netlist_;
  std::vector<Literal> masks_;  // by pair of slots; what nobody defined is false
  Literal valid_;
};

}  // namespace

Logic translate_filter(const Plan& plan, bool ternary) {
  return Translator(plan, true, ternary).filter();
}

Logic translate_targets(const Plan& plan, bool tallies, bool ternary) {
  return Translator(plan, false, ternary).targets(tallies);
}

}  // namespace gatelight::engines::exhaustive::generated
