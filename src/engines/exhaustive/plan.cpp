// SPDX-License-Identifier: Apache-2.0
//
// From a question to the plan of a sweep.
//
// Problem   Turn gates of any activation, reading inputs and earlier gates in any mixture, into
//           table lookups and a few kinds of steps on masks.
// Idea      Every node is written as base + sum of weight * mask over masks of its own.  A gate of
//           k cut points has the k masks [z >= cut], then either uses them as they are (weights:
//           the differences of its values) or, where that is shorter, the binary digits of its
//           value, each an exclusive or of such masks.  A Relu with many values shifts and clamps
//           the bits of z directly.  A gate fires where its value is not 0: values increase, so
//           that is at most the union of "below 0" and "above 0", two of its masks.
// Why       Bit p of the value changes exactly at the cuts where the values on both sides differ in
//           bit p, so it is the parity of the cuts passed among those, plus its first value (0, as
//           the smallest value is the base).
// Cost      O(wires * digits of the weights), plus the tables.
// Limits    Gates nobody asks about and bits nobody reads are left out.
// Tested by tests/unit/engines/exhaustive/plan_test.cpp, sweep_test.cpp
#include "engines/exhaustive/plan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "base/checked.hpp"
#include "engines/exhaustive/choices.hpp"
#include "engines/exhaustive/layout.hpp"
#include "engines/exhaustive/low_tables.hpp"
#include "engines/exhaustive/weighted_sum.hpp"

namespace gatelight::engines::exhaustive {
namespace {

using base::Wide;

// Beyond so many cut points the bits of a Relu are computed from the bits of its sum.
constexpr std::int64_t most_relu_cuts_by_table = 12;
constexpr std::int64_t most_relu_cuts_by_sum = 4;
// Beyond so many a gate does not use tables, and its masks [z >= cut] live in scratch slots.
constexpr std::size_t most_cuts_by_table = 32;
constexpr std::size_t most_lasting_cuts = 64;

// A node as base + sum of weight * mask, between base and base + range.
struct Form {
  std::int64_t base = 0;
  std::int64_t range = 0;
  std::vector<Term> terms;
  bool always_fires = false;
  Slot fires = zero_slot;
  bool in_front = false;  // all its masks come from tables
};

// The weighted sum in front of an activation.
struct Reading {
  Wide constant = 0;
  std::vector<Wire> inputs;          // swept bits
  std::vector<Term> terms;           // of gates
  Wide low = 0, high = 0;            // range of everything
  Wide mask_low = 0, mask_high = 0;  // range without the constant
};

class Compiler {
 public:
  Compiler(const Question& question, Layout layout)
      : question_(question),
        circuit_(question.circuit),
        bits_(circuit_.bit_count()),
        layout_(std::move(layout)),
        forms_(circuit_.gate_count()),
        added_(circuit_.gate_count(), 0),
        raw_of_(bits_, no_raw) {
    plan_.low_inputs = layout_.low;
    plan_.high_inputs = layout_.high;
    plan_.unread_bits = layout_.unread_bits;
    plan_.start = layout_.start;
    plan_.blocks = layout_.blocks;
    // A sum of 63 bits plus its bias has at most 66 bits.
    program_.bit_slots = slots_.pairs(36);
  }

  Result<Plan> run();

 private:
  static constexpr std::size_t no_raw = ~std::size_t{0};

  void add_conditions();
  [[nodiscard]] bool reads_inputs_only(std::uint32_t gate) const;
  Result<void> add_gates(bool front);
  Result<bool> add_gate(std::uint32_t gate, bool front);
  Target add_target(const Objective& objective, bool filter);

  [[nodiscard]] Reading read(std::span<const Wire> wires, Wide constant) const;
  [[nodiscard]] LinearForm form_of(const Reading& reading) const;
  Slot raw_pair(std::uint32_t bit);
  std::uint32_t add_words(std::size_t count);
  std::uint32_t add_sum(const Reading& reading);
  void add_compare(const Reading& reading, std::uint32_t sum, std::int64_t cut, Slot pair);
  bool decide_by_table(FrontBuilder& front, const Reading& reading,
                       std::span<const std::int64_t> cuts, std::span<const Slot> pairs);
  void decide_by_sum(const Reading& reading, std::span<const std::int64_t> cuts,
                     std::span<const Slot> pairs);
  bool add_steps(std::uint32_t gate, const Reading& reading, StepFunction steps, bool front);
  void add_fires(Form& form, const StepFunction& steps, std::span<const Slot> pairs);
  void add_digits(Form& form, const StepFunction& steps, std::span<const Slot> pairs, bool lasting);
  void add_relu_bits(std::uint32_t gate, const Reading& reading, const Relu& relu);
  Slot combine(Step::Kind kind, std::span<const Slot> slots);

  const Question& question_;
  const Circuit& circuit_;
  std::size_t bits_;
  Layout layout_;
  Plan plan_;
  Program& program_ = plan_.program;
  SlotPool slots_;
  LowTables tables_{choices().table_bytes != 0 ? choices().table_bytes : table_budget()};
  FrontBuilder domain_{FrontBuilder::Tables::always}, front_{FrontBuilder::Tables::within_budget};
  std::vector<Form> forms_;          // of gates
  std::vector<char> added_;          // gates whose form is there
  std::vector<std::size_t> raw_of_;  // of an input bit: index in plan_.raw
};

Reading Compiler::read(std::span<const Wire> wires, Wide constant) const {
  Reading reading;
  reading.constant = constant;
  for (const Wire& wire : wires) {
    if (wire.source >= bits_) {
      const Form& form = forms_[wire.source - bits_];
      reading.constant += Wide{wire.weight} * form.base;
      // A term's weight is at most the gate's range, so the product is at most the change of z
      // between two ends of its interval.
      for (const Term& term : form.terms) {
        reading.terms.push_back({term.pair, wire.weight * term.weight});
      }
      (wire.weight < 0 ? reading.mask_low : reading.mask_high) += Wide{wire.weight} * form.range;
    } else if (circuit_.fixed_bits()[wire.source] < 0) {
      reading.inputs.push_back(wire);
      (wire.weight < 0 ? reading.mask_low : reading.mask_high) += wire.weight;
    } else {
      reading.constant += Wide{wire.weight} * plan_.start[wire.source];
    }
  }
  reading.low = reading.constant + reading.mask_low;
  reading.high = reading.constant + reading.mask_high;
  return reading;
}

LinearForm Compiler::form_of(const Reading& reading) const {
  LinearForm form;
  for (const Wire& wire : reading.inputs) {
    const int low = layout_.low_index[wire.source];
    if (low >= 0) {
      form.low[static_cast<std::size_t>(low)] = wire.weight;
    } else {
      form.high.emplace_back(layout_.high_index[wire.source], wire.weight);
    }
  }
  return form;
}

Slot Compiler::raw_pair(std::uint32_t bit) {
  if (raw_of_[bit] == no_raw) {
    raw_of_[bit] = plan_.raw.size();
    plan_.raw.push_back({bit, layout_.low_index[bit], layout_.high_index[bit], slots_.pair()});
  }
  return plan_.raw[raw_of_[bit]].pair;
}

std::uint32_t Compiler::add_words(std::size_t count) {
  const auto first = static_cast<std::uint32_t>(program_.words.size());
  program_.words.resize(program_.words.size() + count, 0);
  return first;
}

std::uint32_t Compiler::add_sum(const Reading& reading) {
  std::vector<Term> terms;
  for (const Wire& wire : reading.inputs) terms.push_back({raw_pair(wire.source), wire.weight});
  terms.insert(terms.end(), reading.terms.begin(), reading.terms.end());
  Sum sum = compile_sum(program_, slots_, terms, static_cast<std::int64_t>(reading.mask_low),
                        static_cast<std::int64_t>(reading.mask_high));
  sum.first_compare = static_cast<std::uint32_t>(program_.compares.size());
  program_.sums.push_back(sum);
  return static_cast<std::uint32_t>(program_.sums.size() - 1);
}

void Compiler::add_compare(const Reading& reading, std::uint32_t sum_index, std::int64_t cut,
                           Slot pair) {
  Sum& sum = program_.sums[sum_index];
  ++sum.compares;
  const std::uint32_t words = add_words(sum.positions + 1);
  // The cut lies within the gate's reachable interval, so the difference to its constant fits.
  const auto rest = static_cast<std::int64_t>(Wide{cut} - reading.constant);
  program_.compares.push_back({rest, words, pair});
  set_compare_words(&program_.words[words], sum, rest);
  program_.work += sum.positions;
}

bool Compiler::decide_by_table(FrontBuilder& front, const Reading& reading,
                               std::span<const std::int64_t> cuts, std::span<const Slot> pairs) {
  std::vector<std::int64_t> rest;
  for (const std::int64_t cut : cuts) {
    rest.push_back(static_cast<std::int64_t>(Wide{cut} - reading.constant));
  }
  return front.add(plan_, tables_, form_of(reading), rest, pairs);
}

void Compiler::decide_by_sum(const Reading& reading, std::span<const std::int64_t> cuts,
                             std::span<const Slot> pairs) {
  const std::uint32_t sum = add_sum(reading);
  for (std::size_t i = 0; i < cuts.size(); ++i) add_compare(reading, sum, cuts[i], pairs[i]);
  const auto kind = cuts.size() == 1 ? Step::Kind::decide : Step::Kind::compare;
  program_.steps.push_back({.kind = kind, .index = sum});
}

void Compiler::add_conditions() {
  for (const DomainRow& row : circuit_.domain_rows()) {
    const Reading reading = read(row.wires, 0);
    std::vector<std::int64_t> cuts;
    std::vector<Slot> pairs;
    const auto demand = [&](std::int64_t cut, bool above) {
      cuts.push_back(cut);
      pairs.push_back(slots_.pair());
      plan_.conditions.push_back(above ? pairs.back() : complement(pairs.back()));
    };
    if (row.min > reading.low) demand(row.min, true);
    if (row.max < reading.high) demand(row.max + 1, false);
    decide_by_table(domain_, reading, cuts, pairs);
  }
  plan_.domain = domain_.build(plan_);
}

// The steps that remain between two values of z.
StepFunction trimmed(const StepFunction& steps, Wide low, Wide high) {
  StepFunction result;
  result.values.push_back(steps.values.front());
  for (std::size_t i = 0; i < steps.at.size(); ++i) {
    if (steps.at[i] > high) break;
    if (steps.at[i] <= low) {
      result.values.back() = steps.values[i + 1];
    } else {
      result.at.push_back(steps.at[i]);
      result.values.push_back(steps.values[i + 1]);
    }
  }
  return result;
}

// Where only whether a gate fires is asked: the sign of its value will do.
StepFunction signs(const StepFunction& steps) {
  StepFunction sign;
  sign.values.push_back(std::clamp<std::int64_t>(steps.values.front(), -1, 1));
  for (std::size_t i = 0; i < steps.at.size(); ++i) {
    const std::int64_t next = std::clamp<std::int64_t>(steps.values[i + 1], -1, 1);
    if (next == sign.values.back()) continue;
    sign.at.push_back(steps.at[i]);
    sign.values.push_back(next);
  }
  return sign;
}

Slot Compiler::combine(Step::Kind kind, std::span<const Slot> slots) {
  Step step{.kind = kind,
            .first = static_cast<std::uint32_t>(program_.lists.size()),
            .count = static_cast<std::uint32_t>(slots.size()),
            .pair = slots_.pair()};
  program_.lists.insert(program_.lists.end(), slots.begin(), slots.end());
  program_.steps.push_back(step);
  program_.work += slots.size();
  return step.pair;
}

void Compiler::add_fires(Form& form, const StepFunction& steps, std::span<const Slot> pairs) {
  const auto zero = std::ranges::find(steps.values, 0);
  if (zero == steps.values.end()) {
    form.always_fires = true;
    return;
  }
  const auto index = static_cast<std::size_t>(zero - steps.values.begin());
  const bool below = index > 0;             // values below 0: the cut before 0 is not reached
  const bool above = index < pairs.size();  // values above 0: the cut after 0 is reached
  if (below && above) {
    const std::array<Slot, 2> both{complement(pairs[index - 1]), pairs[index]};
    form.fires = combine(Step::Kind::either, both);
  } else if (below) {
    form.fires = complement(pairs[index - 1]);
  } else if (above) {
    form.fires = pairs[index];
  }
}

// The terms of a gate's value, from its masks [z >= cut].
void Compiler::add_digits(Form& form, const StepFunction& steps, std::span<const Slot> pairs,
                          bool lasting) {
  const auto digits =
      static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(form.range)));
  if (lasting && pairs.size() <= digits) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      form.terms.push_back({pairs[i], steps.values[i + 1] - steps.values[i]});
    }
    return;
  }
  const auto digit = [&](std::size_t value, std::size_t p) {
    return ((steps.values[value] - form.base) >> p) & 1;
  };
  for (std::size_t p = 0; p < digits; ++p) {
    std::vector<Slot> changes;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (digit(i, p) != digit(i + 1, p)) changes.push_back(pairs[i]);
    }
    if (changes.empty()) continue;
    const bool reusable = lasting && changes.size() == 1;
    const Slot pair = reusable ? changes.front() : combine(Step::Kind::parity, changes);
    form.terms.push_back({pair, std::int64_t{1} << p});
  }
}

// False: the gate belongs to the front but cannot be looked up; nothing was added.
bool Compiler::add_steps(std::uint32_t gate, const Reading& reading, StepFunction steps,
                         bool front) {
  steps = trimmed(steps, reading.low, reading.high);
  Form& form = forms_[gate];
  const bool is_read = layout_.read[bits_ + gate] != 0;
  if (!is_read) steps = signs(steps);
  if (front && steps.at.size() > most_cuts_by_table) return false;
  const bool lasting = steps.at.size() <= most_lasting_cuts;
  std::vector<Slot> pairs;
  for (std::size_t i = 0; i < steps.at.size(); ++i) {
    // The masks that tell whether the gate fires outlast it.
    const bool stays = lasting || steps.values[i] == 0 || steps.values[i + 1] == 0;
    pairs.push_back(stays ? slots_.pair() : slots_.scratch_pair(i));
  }
  if (!steps.at.empty()) {
    if (front && !decide_by_table(front_, reading, steps.at, pairs)) return false;
    if (!front) decide_by_sum(reading, steps.at, pairs);
  }
  form.in_front = front;
  form.base = steps.values.front();
  form.range = steps.values.back() - steps.values.front();
  add_fires(form, steps, pairs);
  if (is_read) add_digits(form, steps, pairs, lasting);
  return true;
}

void Compiler::add_relu_bits(std::uint32_t gate, const Reading& reading, const Relu& relu) {
  Form& form = forms_[gate];
  const auto high = static_cast<std::int64_t>(reading.high);  // positive
  const std::int64_t largest = high >> relu.shift;
  form.range = std::min(relu.max, largest);
  const std::uint32_t index = add_sum(reading);
  ReluBits bits{
      .sum = index,
      .shift = static_cast<std::uint32_t>(relu.shift),
      .bits = static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(form.range))),
      .constant = static_cast<std::int64_t>(reading.constant),
      .max = relu.max};
  form.fires = slots_.pair();
  add_compare(reading, index, std::int64_t{1} << relu.shift, form.fires);
  if (relu.max < largest) {
    bits.full = slots_.pair();
    add_compare(reading, index, relu.max << relu.shift, bits.full);
  }
  const Wide low = reading.low < 0 ? -(reading.low + 1) : Wide{0};
  const auto magnitude = static_cast<std::uint64_t>(std::max(Wide{high}, low));
  bits.width = static_cast<std::uint32_t>(std::bit_width(magnitude)) + 1;
  bits.words = add_words(bits.width);
  set_constant_words(&program_.words[bits.words], bits.width,
                     reading.constant - static_cast<Wide>(program_.sums[index].bias));
  bits.pairs = slots_.pairs(bits.bits);
  for (std::uint32_t p = 0; p < bits.bits; ++p) {
    form.terms.push_back({bits.pairs + 2 * p * slot_bytes, std::int64_t{1} << p});
  }
  program_.steps.push_back(
      {.kind = Step::Kind::relu, .index = static_cast<std::uint32_t>(program_.relus.size())});
  program_.relus.push_back(bits);
  program_.work += 2 * bits.width + bits.bits;
}

// A Relu between two values of z, as steps.  Requires few values.
StepFunction relu_steps(const Relu& relu, std::int64_t smallest, std::int64_t largest) {
  StepFunction steps;
  for (std::int64_t value = smallest; value <= largest; ++value) {
    if (value > smallest) steps.at.push_back(value << relu.shift);
    steps.values.push_back(value);
  }
  return steps;
}

// False: the gate belongs to the front but cannot be looked up; nothing was added.
Result<bool> Compiler::add_gate(std::uint32_t gate, bool front) {
  const GateSpec& spec = circuit_.gate(GateId{gate});
  const Reading reading =
      read(circuit_.wires(GateId{gate}), -Wide{circuit_.threshold(GateId{gate})});
  if (const Relu* relu = std::get_if<Relu>(&spec.activation)) {
    const auto value_at = [&](Wide z) {
      const auto sum = static_cast<std::int64_t>(std::max(z, Wide{0}));
      return std::min(relu->max, sum >> relu->shift);
    };
    std::int64_t smallest = value_at(reading.low);
    std::int64_t largest = value_at(reading.high);
    if (layout_.read[bits_ + gate] == 0) {  // only whether it fires is asked
      smallest = std::min<std::int64_t>(smallest, 1);
      largest = std::min<std::int64_t>(largest, 1);
    }
    if (largest - smallest <= (front ? most_relu_cuts_by_table : most_relu_cuts_by_sum)) {
      return add_steps(gate, reading, relu_steps(*relu, smallest, largest), front);
    }
    if (!front) add_relu_bits(gate, reading, *relu);
    return !front;
  }
  Result<StepFunction> steps = circuit_.step_function(GateId{gate});
  if (!steps) return steps.error();
  return add_steps(gate, reading, *std::move(steps), front);
}

// It reads nothing but inputs and gates whose value is known.
bool Compiler::reads_inputs_only(std::uint32_t gate) const {
  return std::ranges::all_of(circuit_.wires(GateId{gate}), [&](const Wire& wire) {
    if (wire.source < bits_) return true;
    const std::size_t source = wire.source - bits_;
    return added_[source] != 0 && forms_[source].terms.empty();
  });
}

// First the gates that can be looked up, then all others.
Result<void> Compiler::add_gates(bool front) {
  for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
    if (layout_.needed[g] == 0 || added_[g] != 0 || (front && !reads_inputs_only(g))) continue;
    const Result<bool> added = add_gate(g, front);
    if (!added) return added.error();
    if (*added) added_[g] = 1;
    if (slots_.exhausted() || program_.words.size() > (std::size_t{1} << 28)) {
      return Error{ErrorCode::limit, "the circuit is too large to enumerate its inputs", ""};
    }
  }
  return {};
}

// The total cost of firing gates; for a filter with every gate beyond the front at its largest.
Target Compiler::add_target(const Objective& objective, bool filter) {
  Target target;
  std::vector<Term> terms;
  Wide high = 0;
  for (std::size_t g = 0; g < circuit_.gate_count(); ++g) {
    const Form& form = forms_[g];
    if (objective.cost[g] == 0 || (form.fires == zero_slot && !form.always_fires)) continue;
    if (form.always_fires || (filter && !form.in_front)) {
      target.constant += objective.cost[g];
    } else {
      terms.push_back({form.fires, objective.cost[g]});
      high += objective.cost[g];
    }
  }
  Sum sum = compile_sum(program_, slots_, terms, 0, static_cast<std::int64_t>(high));
  sum.first_compare = static_cast<std::uint32_t>(program_.compares.size());
  target.sum = static_cast<std::uint32_t>(program_.sums.size());
  target.words = add_words(sum.positions + 1);
  // The floor lies between 0 and high + 1, so its distance to the sum needs one bit more.
  target.generated_width = bit_width(static_cast<Count>(high) + 1) + 1;
  target.generated_words = add_words(target.generated_width);
  program_.sums.push_back(sum);
  program_.work += sum.positions;
  return target;
}

Result<Plan> Compiler::run() {
  add_conditions();
  if (auto added = add_gates(true); !added) return added.error();
  program_.front_steps = static_cast<std::uint32_t>(program_.steps.size());
  if (auto added = add_gates(false); !added) return added.error();
  for (const Objective& objective : question_.objectives) {
    program_.targets.push_back(add_target(objective, false));
  }
  const std::uint64_t work = program_.work;
  for (const Objective& objective : question_.objectives) {
    program_.filters.push_back(add_target(objective, true));
  }
  program_.filter_work = program_.work - work;
  program_.work = work;
  program_.survivors_slot = slots_.pair();
  program_.beats_slots = slots_.pairs(static_cast<std::uint32_t>(question_.objectives.size()));
  plan_.front = front_.build(plan_);
  plan_.lane_ranks = lane_ranks(plan_.front, tables_);
  program_.slot_count = static_cast<std::uint32_t>(slots_.used());
  return std::move(plan_);
}

}  // namespace

InputBits Plan::input(std::uint64_t block, unsigned lane) const {
  InputBits bits = start;
  Blocks::Cursor cursor;
  blocks.seek(cursor, block);
  for (std::size_t i = 0; i < low_inputs.size(); ++i) bits[low_inputs[i]] = (lane >> i) & 1;
  for (std::size_t i = 0; i < high_inputs.size(); ++i) bits[high_inputs[i]] = cursor.values[i];
  return bits;
}

std::size_t Plan::bytes() const {
  return rows.size() * sizeof(HalfMask) + ranks.size() * sizeof(ranks[0]) +
         sums.size() * sizeof(sums[0]) + lane_ranks.size() * sizeof(lane_ranks[0]) +
         front.weights.bytes() + domain.weights.bytes() +
         program.code.size() * sizeof(program.code[0]) +
         program.terms.size() * sizeof(program.terms[0]) +
         program.words.size() * sizeof(program.words[0]);
}

Result<Plan> compile_plan(const Question& question) {
  Result<Layout> layout = lay_out(question);
  if (!layout.ok()) return layout.error();
  return Compiler(question, *std::move(layout)).run();
}

}  // namespace gatelight::engines::exhaustive
