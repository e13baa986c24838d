// SPDX-License-Identifier: Apache-2.0
//
// From a question to the plan of a sweep.
//
// Problem   Turn gates of any activation, reading inputs and earlier gates in any mixture, into a
//           few kinds of steps on masks.
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
// Limits    At most 62 free input bits.  Gates nobody asks about and bits nobody reads are left
//           out.
// Tested by tests/unit/engines/exhaustive/plan_test.cpp, sweep_test.cpp
#include "engines/exhaustive/plan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <string>

#include "base/checked.hpp"
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
};

// The weighted sum in front of an activation: constant + offset + low inputs + terms of gates.
struct Reading {
  Wide constant = 0;
  std::vector<std::pair<std::size_t, std::int64_t>> high;  // index of the high bit, weight
  std::array<std::int64_t, lane_bits> low_weights{};
  std::vector<Term> terms;           // of gates
  Wide low = 0, high_end = 0;        // range of everything
  Wide mask_low = 0, mask_high = 0;  // range of low inputs and terms
};

class Compiler {
 public:
  explicit Compiler(const Question& question)
      : question_(question), circuit_(question.circuit), bits_(circuit_.bit_count()) {}

  Result<Plan> run();

 private:
  void find_needed();
  Result<void> choose_inputs();
  void add_conditions();
  Result<void> add_gate(std::uint32_t gate);
  void add_targets();

  [[nodiscard]] Reading read(std::span<const Wire> wires, Wide constant) const;
  std::uint32_t add_offset(const Reading& reading);
  std::uint32_t add_words(std::size_t count);
  std::uint32_t add_sum(const Reading& reading);
  void add_compare(const Reading& reading, std::uint32_t sum, std::int64_t cut, Slot pair);
  bool decide_by_table(const Reading& reading, std::span<const std::int64_t> cuts,
                       std::span<const Slot> pairs);
  void decide_by_sum(const Reading& reading, std::span<const std::int64_t> cuts,
                     std::span<const Slot> pairs);
  void decide(const Reading& reading, std::span<const std::int64_t> cuts,
              std::span<const Slot> pairs);
  void add_steps(std::uint32_t gate, const Reading& reading, StepFunction steps);
  void add_fires(Form& form, const StepFunction& steps, std::span<const Slot> pairs);
  void add_digits(Form& form, const StepFunction& steps, std::span<const Slot> pairs, bool lasting);
  void add_relu_bits(std::uint32_t gate, const Reading& reading, const Relu& relu);
  Slot combine(Step::Kind kind, std::span<const Slot> slots);

  const Question& question_;
  const Circuit& circuit_;
  std::size_t bits_;
  Plan plan_;
  SlotPool slots_;
  LowTables tables_;
  std::vector<char> needed_, read_;          // gates that are computed, gates that are read
  std::vector<int> low_index_, high_index_;  // of an input bit, or -1
  std::vector<Form> forms_;                  // of gates
};

// Backwards: gates with a cost, and what they read.  An input bit is read by needed gates and rows.
void Compiler::find_needed() {
  const std::size_t gates = circuit_.gate_count();
  needed_.assign(gates, 0);
  read_.assign(bits_ + gates, 0);
  for (const Objective& objective : question_.objectives) {
    for (std::size_t g = 0; g < gates; ++g) {
      if (objective.cost[g] != 0) needed_[g] = 1;
    }
  }
  for (std::size_t g = gates; g-- > 0;) {
    if (read_[bits_ + g] != 0) needed_[g] = 1;
    if (needed_[g] == 0) continue;
    for (const Wire& wire : circuit_.wires(static_cast<GateId>(g))) read_[wire.source] = 1;
  }
  for (const DomainRow& row : circuit_.domain_rows()) {
    for (const Wire& wire : row.wires) read_[wire.source] = 1;
  }
}

// The low bits are those with the smallest weights into gates over inputs: few distinct low sums.
Result<void> Compiler::choose_inputs() {
  const auto fixed = circuit_.fixed_bits();
  std::vector<std::uint32_t> swept;
  std::size_t free_bits = 0;
  plan_.start.assign(bits_, 0);
  for (std::uint32_t bit = 0; bit < bits_; ++bit) {
    if (fixed[bit] >= 0) {
      plan_.start[bit] = static_cast<std::uint8_t>(fixed[bit]);
      continue;
    }
    ++free_bits;
    if (read_[bit] != 0) swept.push_back(bit);
  }
  if (free_bits > 62) {
    return Error{ErrorCode::unsupported,
                 "enumeration handles at most 62 free input bits, this domain has " +
                     std::to_string(free_bits) + "; fix some, or use the search engine",
                 ""};
  }
  plan_.unread_bits = static_cast<int>(free_bits - swept.size());

  std::vector<Wide> weight(bits_, 0);
  const auto count = [&](std::span<const Wire> wires) {
    const bool inputs_only = wires.empty() || wires.back().source < bits_;  // sorted by source
    for (const Wire& wire : wires) {
      if (!inputs_only || wire.source >= bits_) break;
      weight[wire.source] += wire.weight < 0 ? -Wide{wire.weight} : Wide{wire.weight};
    }
  };
  for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
    if (needed_[g] != 0) count(circuit_.wires(GateId{g}));
  }
  for (const DomainRow& row : circuit_.domain_rows()) count(row.wires);
  std::ranges::stable_sort(swept, {}, [&](std::uint32_t bit) { return weight[bit]; });

  const std::size_t low = std::min<std::size_t>(swept.size(), lane_bits);
  plan_.low_inputs.assign(swept.begin(), swept.begin() + static_cast<std::ptrdiff_t>(low));
  plan_.high_inputs.assign(swept.begin() + static_cast<std::ptrdiff_t>(low), swept.end());
  plan_.blocks = std::uint64_t{1} << plan_.high_inputs.size();
  low_index_.assign(bits_, -1);
  high_index_.assign(bits_, -1);
  for (std::size_t i = 0; i < low; ++i) low_index_[plan_.low_inputs[i]] = static_cast<int>(i);
  for (std::size_t i = 0; i < plan_.high_inputs.size(); ++i) {
    high_index_[plan_.high_inputs[i]] = static_cast<int>(i);
  }
  slots_.pairs(lane_bits);
  plan_.bit_slots =
      slots_.pairs(36);  // 72 slots: a sum of 63 bits plus its bias has at most 66 bits
  return {};
}

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
    } else if (low_index_[wire.source] >= 0) {
      reading.low_weights[static_cast<std::size_t>(low_index_[wire.source])] = wire.weight;
      (wire.weight < 0 ? reading.mask_low : reading.mask_high) += wire.weight;
    } else if (high_index_[wire.source] >= 0) {
      reading.high.emplace_back(high_index_[wire.source], wire.weight);
      (wire.weight < 0 ? reading.low : reading.high_end) += wire.weight;
    } else {
      reading.constant += Wide{wire.weight} * plan_.start[wire.source];
    }
  }
  reading.low += reading.constant + reading.mask_low;
  reading.high_end += reading.constant + reading.mask_high;
  return reading;
}

std::uint32_t Compiler::add_offset(const Reading& reading) {
  const auto index = static_cast<std::uint32_t>(plan_.offsets.size());
  // The sum with every mask at its base value: inside the gate's reachable interval.
  plan_.offsets.push_back(static_cast<std::int64_t>(reading.constant));
  const std::size_t highs = plan_.high_inputs.size();
  plan_.deltas.resize(plan_.deltas.size() + highs, 0);  // [offset][high bit] until run() turns it
  for (const auto& [bit, weight] : reading.high) plan_.deltas[index * highs + bit] = weight;
  return index;
}

std::uint32_t Compiler::add_words(std::size_t count) {
  const auto first = static_cast<std::uint32_t>(plan_.words.size());
  plan_.words.resize(plan_.words.size() + count, 0);
  return first;
}

std::uint32_t Compiler::add_sum(const Reading& reading) {
  std::vector<Term> terms;
  for (std::uint32_t i = 0; i < plan_.low_inputs.size(); ++i) {
    if (reading.low_weights[i] != 0) {
      terms.push_back({low_input_slots + 2 * i * slot_bytes, reading.low_weights[i]});
    }
  }
  terms.insert(terms.end(), reading.terms.begin(), reading.terms.end());
  Sum sum = compile_sum(plan_, slots_, terms, static_cast<std::int64_t>(reading.mask_low),
                        static_cast<std::int64_t>(reading.mask_high));
  if (!reading.high.empty()) sum.offset = add_offset(reading);
  sum.first_compare = static_cast<std::uint32_t>(plan_.compares.size());
  plan_.weighted.push_back(sum);
  return static_cast<std::uint32_t>(plan_.weighted.size() - 1);
}

void Compiler::add_compare(const Reading& reading, std::uint32_t sum_index, std::int64_t cut,
                           Slot pair) {
  Sum& sum = plan_.weighted[sum_index];
  ++sum.compares;
  const std::uint32_t words = add_words(sum.positions + 1);
  plan_.compares.push_back({cut, words, pair});
  if (sum.offset == no_offset) {
    set_compare_words(&plan_.words[words], sum, Wide{cut} - reading.constant);
  }
  plan_.work += sum.positions;
}

bool Compiler::decide_by_table(const Reading& reading, std::span<const std::int64_t> cuts,
                               std::span<const Slot> pairs) {
  if (!reading.terms.empty() || cuts.size() > most_cuts_by_table) return false;
  LowWeights weights{};
  std::copy_n(reading.low_weights.begin(), weights.size(), weights.begin());
  const auto table = tables_.find_or_add(plan_, weights);
  if (!table) return false;
  const std::uint32_t offset = add_offset(reading);
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    plan_.lookups.push_back({cuts[i], reading.low_weights.back(), offset, *table, pairs[i]});
  }
  plan_.work += 3 * cuts.size();
  return true;
}

void Compiler::decide_by_sum(const Reading& reading, std::span<const std::int64_t> cuts,
                             std::span<const Slot> pairs) {
  const std::uint32_t sum = add_sum(reading);
  for (std::size_t i = 0; i < cuts.size(); ++i) add_compare(reading, sum, cuts[i], pairs[i]);
  const auto kind = cuts.size() == 1 ? Step::Kind::decide : Step::Kind::compare;
  plan_.steps.push_back({.kind = kind, .index = sum});
}

void Compiler::decide(const Reading& reading, std::span<const std::int64_t> cuts,
                      std::span<const Slot> pairs) {
  if (cuts.empty() || decide_by_table(reading, cuts, pairs)) return;
  decide_by_sum(reading, cuts, pairs);
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
    if (row.max < reading.high_end) demand(row.max + 1, false);
    decide(reading, cuts, pairs);
  }
  plan_.condition_lookups = static_cast<std::uint32_t>(plan_.lookups.size());
  plan_.condition_steps = static_cast<std::uint32_t>(plan_.steps.size());
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

Slot Compiler::combine(Step::Kind kind, std::span<const Slot> slots) {
  Step step{.kind = kind,
            .first = static_cast<std::uint32_t>(plan_.lists.size()),
            .count = static_cast<std::uint32_t>(slots.size()),
            .pair = slots_.pair()};
  plan_.lists.insert(plan_.lists.end(), slots.begin(), slots.end());
  plan_.steps.push_back(step);
  plan_.work += slots.size();
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

void Compiler::add_steps(std::uint32_t gate, const Reading& reading, StepFunction steps) {
  steps = trimmed(steps, reading.low, reading.high_end);
  Form& form = forms_[gate];
  const bool is_read = read_[bits_ + gate] != 0;
  if (!is_read) {
    // Only whether it fires is asked: the sign of the value will do.
    StepFunction sign;
    sign.values.push_back(std::clamp<std::int64_t>(steps.values.front(), -1, 1));
    for (std::size_t i = 0; i < steps.at.size(); ++i) {
      const std::int64_t next = std::clamp<std::int64_t>(steps.values[i + 1], -1, 1);
      if (next == sign.values.back()) continue;
      sign.at.push_back(steps.at[i]);
      sign.values.push_back(next);
    }
    steps = sign;
  }
  form.base = steps.values.front();
  form.range = steps.values.back() - steps.values.front();
  const bool lasting = steps.at.size() <= most_lasting_cuts;
  std::vector<Slot> pairs;
  for (std::size_t i = 0; i < steps.at.size(); ++i) {
    pairs.push_back(lasting ? slots_.pair() : slots_.scratch_pair(i));
  }
  if (!lasting) {  // the masks that tell whether the gate fires outlast it
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (steps.values[i] == 0 || steps.values[i + 1] == 0) pairs[i] = slots_.pair();
    }
  }
  decide(reading, steps.at, pairs);
  add_fires(form, steps, pairs);
  if (is_read) add_digits(form, steps, pairs, lasting);
}

void Compiler::add_relu_bits(std::uint32_t gate, const Reading& reading, const Relu& relu) {
  Form& form = forms_[gate];
  const auto high = static_cast<std::int64_t>(reading.high_end);  // positive
  const std::int64_t largest = high >> relu.shift;
  form.range = std::min(relu.max, largest);
  const std::uint32_t index = add_sum(reading);
  ReluBits bits{
      .sum = index,
      .shift = static_cast<std::uint32_t>(relu.shift),
      .bits = static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(form.range))),
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
  const Sum& sum = plan_.weighted[index];
  if (sum.offset == no_offset) {
    set_constant_words(&plan_.words[bits.words], bits.width,
                       reading.constant - static_cast<Wide>(sum.bias));
  }
  bits.pairs = slots_.pairs(bits.bits);
  for (std::uint32_t p = 0; p < bits.bits; ++p) {
    form.terms.push_back({bits.pairs + 2 * p * slot_bytes, std::int64_t{1} << p});
  }
  plan_.steps.push_back(
      {.kind = Step::Kind::relu, .index = static_cast<std::uint32_t>(plan_.relus.size())});
  plan_.relus.push_back(bits);
  plan_.work += 2 * bits.width + bits.bits;
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

Result<void> Compiler::add_gate(std::uint32_t gate) {
  const GateSpec& spec = circuit_.gate(GateId{gate});
  const Reading reading =
      read(circuit_.wires(GateId{gate}), -Wide{circuit_.threshold(GateId{gate})});
  if (const Relu* relu = std::get_if<Relu>(&spec.activation)) {
    const auto value_at = [&](Wide z) {
      const auto sum = static_cast<std::int64_t>(std::max(z, Wide{0}));
      return std::min(relu->max, sum >> relu->shift);
    };
    std::int64_t smallest = value_at(reading.low);
    std::int64_t largest = value_at(reading.high_end);
    if (read_[bits_ + gate] == 0) {  // only whether it fires is asked
      smallest = std::min<std::int64_t>(smallest, 1);
      largest = std::min<std::int64_t>(largest, 1);
    }
    const std::int64_t most =
        reading.terms.empty() ? most_relu_cuts_by_table : most_relu_cuts_by_sum;
    if (largest - smallest > most) {
      add_relu_bits(gate, reading, *relu);
    } else {
      add_steps(gate, reading, relu_steps(*relu, smallest, largest));
    }
    return {};
  }
  Result<StepFunction> steps = circuit_.step_function(GateId{gate});
  if (!steps) return steps.error();
  add_steps(gate, reading, *std::move(steps));
  return {};
}

void Compiler::add_targets() {
  for (const Objective& objective : question_.objectives) {
    Target target;
    std::vector<Term> terms;
    Wide high = 0;
    for (std::size_t g = 0; g < circuit_.gate_count(); ++g) {
      if (objective.cost[g] == 0) continue;
      if (forms_[g].always_fires) {
        target.constant += objective.cost[g];
      } else if (forms_[g].fires != zero_slot) {
        terms.push_back({forms_[g].fires, objective.cost[g]});
        high += objective.cost[g];
      }
    }
    Sum sum = compile_sum(plan_, slots_, terms, 0, static_cast<std::int64_t>(high));
    sum.first_compare = static_cast<std::uint32_t>(plan_.compares.size());
    target.sum = static_cast<std::uint32_t>(plan_.weighted.size());
    target.words = add_words(sum.positions + 1);
    plan_.weighted.push_back(sum);
    plan_.targets.push_back(target);
    plan_.work += sum.positions;
  }
}

Result<Plan> Compiler::run() {
  find_needed();
  if (auto chosen = choose_inputs(); !chosen) return chosen.error();
  forms_.resize(circuit_.gate_count());
  add_conditions();
  for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
    if (needed_[g] == 0) continue;
    if (auto added = add_gate(g); !added) return added.error();
    if (slots_.exhausted() || plan_.words.size() > (std::size_t{1} << 28)) {
      return Error{ErrorCode::limit, "the circuit is too large to enumerate its inputs", ""};
    }
  }
  add_targets();
  // [offset][high bit] -> [high bit][offset]
  const std::size_t offsets = plan_.offsets.size();
  const std::size_t highs = plan_.high_inputs.size();
  std::vector<std::int64_t> turned(plan_.deltas.size());
  for (std::size_t offset = 0; offset < offsets; ++offset) {
    for (std::size_t bit = 0; bit < highs; ++bit) {
      turned[bit * offsets + offset] = plan_.deltas[offset * highs + bit];
    }
  }
  plan_.deltas = std::move(turned);
  plan_.slot_count = static_cast<std::uint32_t>(slots_.used());
  return std::move(plan_);
}

}  // namespace

InputBits Plan::input(std::uint64_t block, unsigned lane) const {
  InputBits bits = start;
  const std::uint64_t high = gray(block);
  for (std::size_t i = 0; i < low_inputs.size(); ++i) bits[low_inputs[i]] = (lane >> i) & 1;
  for (std::size_t i = 0; i < high_inputs.size(); ++i) {
    bits[high_inputs[i]] = static_cast<std::uint8_t>((high >> i) & 1);
  }
  return bits;
}

Result<Plan> compile_plan(const Question& question) { return Compiler(question).run(); }

}  // namespace gatelight::engines::exhaustive
