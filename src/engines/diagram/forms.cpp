// SPDX-License-Identifier: Apache-2.0
//
// From a circuit to forms.
//
// Problem   Gates that differ in their thresholds only (a thermometer has hundreds) or in sign (x >= y and
//           y >= x) depend on one number.  Find them.
// Idea      Divide the weights of a gate by their greatest common divisor, with the sign of the first
//           one, and look the result up.  Cuts move along: factor * s >= c iff s >= ceil(c / factor)
//           for a positive factor, iff not s >= floor(c / factor) + 1 for a negative one.
// Why       Equivalent conditions on integers, so every gate has the same value as before.
// Cost      O(wires * log).
// Tested by tests/unit/engines/diagram/diagram_test.cpp
#include "engines/diagram/forms.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "base/checked.hpp"

namespace gatelight::engines::diagram {
namespace {

using base::Wide;

constexpr std::uint32_t no_index = ~std::uint32_t{0};

std::int64_t floor_div(Wide a, Wide b) {
  const Wide quotient = a / b;
  const bool inexact = a % b != 0 && ((a < 0) != (b < 0));
  return static_cast<std::int64_t>(inexact ? quotient - 1 : quotient);
}

// A sum of free bits and gates that are not constant.
struct Linear {
  std::vector<Part> inputs, sources;
  std::int64_t constant = 0;
};

class Builder {
 public:
  explicit Builder(const Question& question)
      : question_(question), circuit_(question.circuit), bits_(circuit_.bit_count()) {}

  Result<Forms> run() {
    find_needed();
    number_bits();
    forms_.base.assign(question_.objectives.size(), 0);
    gate_index_.assign(circuit_.gate_count(), no_index);
    constant_.assign(circuit_.gate_count(), 0);
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
      if (needed_[g] == 0) continue;
      if (auto added = add_gate(g); !added.ok()) return added.error();
    }
    for (const DomainRow& row : circuit_.domain_rows()) add_condition(row);
    for (GateIndex g = 0; g < forms_.gates.size(); ++g) {
      Form& form = forms_.forms[forms_.gates[g].form];
      form.gates.push_back(g);
      for (std::uint32_t i = 0; i < forms_.gates[g].at.size(); ++i) {
        form.cuts.push_back({forms_.gates[g].at[i], g, i});
      }
    }
    for (FormId f = 0; f < forms_.forms.size(); ++f) {
      std::ranges::stable_sort(forms_.forms[f].cuts, {}, &Cut::at);
      for (const Part& part : forms_.forms[f].inputs) {
        forms_.readers[part.of].push_back({f, part.weight});
      }
      for (const Part& part : forms_.forms[f].sources) {
        forms_.gates[part.of].readers.push_back({f, part.weight});
      }
    }
    return std::move(forms_);
  }

 private:
  void find_needed() {
    needed_.assign(circuit_.gate_count(), 0);
    for (std::size_t g = circuit_.gate_count(); g-- > 0;) {
      for (const Objective& objective : question_.objectives) {
        if (objective.cost[g] != 0) needed_[g] = 1;
      }
      if (needed_[g] == 0) continue;
      for (const Wire& wire : circuit_.wires(static_cast<GateId>(g))) {
        if (wire.source >= bits_) needed_[wire.source - bits_] = 1;
      }
    }
  }

  void number_bits() {
    std::vector<char> read(bits_, 0);
    const auto mark = [&](std::span<const Wire> wires) {
      for (const Wire& wire : wires) {
        if (wire.source < bits_) read[wire.source] = 1;
      }
    };
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
      if (needed_[g] != 0) mark(circuit_.wires(GateId{g}));
    }
    for (const DomainRow& row : circuit_.domain_rows()) mark(row.wires);
    bit_index_.assign(bits_, no_index);
    forms_.start.assign(bits_, 0);
    for (std::uint32_t bit = 0; bit < bits_; ++bit) {
      const std::int8_t fixed = circuit_.fixed_bits()[bit];
      if (fixed >= 0) {
        forms_.start[bit] = static_cast<std::uint8_t>(fixed);
      } else if (read[bit] != 0) {
        bit_index_[bit] = static_cast<std::uint32_t>(forms_.bits.size());
        forms_.bits.push_back(bit);
      } else {
        ++forms_.unread_bits;
      }
    }
    forms_.readers.resize(forms_.bits.size());
  }

  // Sums of any part of a gate's wires lie within the interval that Circuit proved.
  [[nodiscard]] Linear linear(std::span<const Wire> wires) const {
    Linear sum;
    for (const Wire& wire : wires) {
      if (wire.source < bits_) {
        if (bit_index_[wire.source] != no_index) {
          sum.inputs.push_back({bit_index_[wire.source], wire.weight});
        } else {
          sum.constant += wire.weight * forms_.start[wire.source];
        }
      } else if (gate_index_[wire.source - bits_] != no_index) {
        sum.sources.push_back({gate_index_[wire.source - bits_], wire.weight});
      } else {
        sum.constant += wire.weight * constant_[wire.source - bits_];
      }
    }
    return sum;
  }

  void always_fires(StepGate& gate) {
    for (std::size_t i = 0; i < gate.costs.size(); ++i) forms_.base[i] += gate.costs[i];
    gate.priced = false;
  }

  // Hangs a gate on the form of its sum; `at` are cuts of the sum without its constant.
  void hang(Linear sum, StepGate gate) {
    std::int64_t factor = 0;
    for (const auto* parts : {&sum.inputs, &sum.sources}) {
      for (const Part& part : *parts) factor = std::gcd(factor, part.weight);
    }
    const std::int64_t first =
        sum.inputs.empty() ? sum.sources.front().weight : sum.inputs.front().weight;
    if (first < 0) factor = -factor;
    std::vector<std::pair<std::uint64_t, std::int64_t>> key;
    for (Part& part : sum.inputs) key.emplace_back(part.of, part.weight /= factor);
    for (Part& part : sum.sources) {
      key.emplace_back((std::uint64_t{1} << 32) + part.of, part.weight /= factor);
    }
    const auto [found, added] =
        form_of_.try_emplace(std::move(key), static_cast<FormId>(forms_.forms.size()));
    if (added) forms_.forms.push_back({sum.inputs, sum.sources, {}, {}});
    gate.form = found->second;
    for (std::int64_t& at : gate.at) {
      at = factor > 0 ? floor_div(Wide{at} + factor - 1, factor) : floor_div(at, factor) + 1;
    }
    if (factor < 0) {
      std::ranges::reverse(gate.at);
      std::ranges::reverse(gate.values);
    }
    merge_equal_cuts(gate);
    const auto zero = std::ranges::find(gate.values, 0);
    if (zero != gate.values.end()) {
      gate.zero_first = gate.zero_last = static_cast<std::size_t>(zero - gate.values.begin());
    } else {
      always_fires(gate);
    }
    forms_.gates.push_back(std::move(gate));
  }

  // Cuts that fell together, of which only the last value remains.
  static void merge_equal_cuts(StepGate& gate) {
    std::vector<std::int64_t> at, values{gate.values.front()};
    for (std::size_t i = 0; i < gate.at.size(); ++i) {
      if (!at.empty() && at.back() == gate.at[i]) {
        values.back() = gate.values[i + 1];
      } else {
        at.push_back(gate.at[i]);
        values.push_back(gate.values[i + 1]);
      }
    }
    gate.at = std::move(at);
    gate.values = std::move(values);
  }

  Result<void> add_gate(std::uint32_t g) {
    Result<StepFunction> steps = circuit_.step_function(GateId{g});
    if (!steps.ok()) return steps.error();
    Linear sum = linear(circuit_.wires(GateId{g}));
    StepGate gate{.at = {}, .values = {}, .costs = {}, .readers = {}};
    for (const Objective& objective : question_.objectives) {
      gate.costs.push_back(objective.cost[g]);
      gate.priced = gate.priced || objective.cost[g] != 0;
    }
    trim(*steps, g, sum);
    if (steps->at.empty()) {
      constant_[g] = steps->values.front();
      if (constant_[g] != 0) always_fires(gate);
      return {};
    }
    gate.values = steps->values;
    // at <= z = sum + constant - threshold
    for (const std::int64_t at : steps->at) {
      gate.at.push_back(
          static_cast<std::int64_t>(Wide{at} + circuit_.threshold(GateId{g}) - sum.constant));
    }
    gate_index_[g] = static_cast<GateIndex>(forms_.gates.size());
    hang(std::move(sum), std::move(gate));
    return {};
  }

  // Leaves the cuts between the ends of z, which fixed bits and constant gates have narrowed.
  void trim(StepFunction& steps, std::uint32_t g, const Linear& sum) const {
    Wide low = Wide{sum.constant} - circuit_.threshold(GateId{g});
    Wide high = low;
    const auto widen = [&](Wide one, Wide other) {
      low += std::min(one, other);
      high += std::max(one, other);
    };
    for (const Part& part : sum.inputs) widen(0, part.weight);
    for (const Part& part : sum.sources) {
      const auto& values = forms_.gates[part.of].values;
      widen(Wide{part.weight} * values.front(), Wide{part.weight} * values.back());
    }
    StepFunction kept;
    kept.values.push_back(steps.values.front());
    for (std::size_t i = 0; i < steps.at.size() && steps.at[i] <= high; ++i) {
      if (steps.at[i] <= low) {
        kept.values.back() = steps.values[i + 1];
      } else {
        kept.at.push_back(steps.at[i]);
        kept.values.push_back(steps.values[i + 1]);
      }
    }
    steps = std::move(kept);
  }

  void add_condition(const DomainRow& row) {
    Linear sum = linear(row.wires);  // over free bits only
    StepGate gate{.at = {row.min, row.max + 1}, .values = {0, 1, 2}, .costs = {}, .readers = {}};
    gate.is_condition = true;
    gate.costs.assign(question_.objectives.size(), 0);
    hang(std::move(sum), std::move(gate));
  }

  const Question& question_;
  const Circuit& circuit_;
  std::size_t bits_;
  Forms forms_;
  std::vector<char> needed_;
  std::vector<std::uint32_t> bit_index_, gate_index_;
  std::vector<std::int64_t> constant_;  // values of constant gates
  std::map<std::vector<std::pair<std::uint64_t, std::int64_t>>, FormId> form_of_;
};

}  // namespace

Result<Forms> make_forms(const Question& question) { return Builder(question).run(); }

}  // namespace gatelight::engines::diagram
