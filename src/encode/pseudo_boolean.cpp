// SPDX-License-Identifier: Apache-2.0
//
// From a circuit to pseudo-Boolean rows.
//
// Problem   Say with linear inequalities over 0/1 variables what a circuit computes, exactly.
// Idea      A gate's value is its smallest one plus a step for every cut that its sum has passed, so any
//           sum over gates is one over the variables of their cuts.  Each cut takes two rows, one for
//           either direction.
// Why       With positive weights and T <= S: if y is 1, the first row is the sum's own inequality, and
//           the second holds; if y is 0 the first holds, and the second says that the weights of the
//           false literals exceed S - T, so the true ones stay below T.
// Cost      O(size of the result).
// Source    Two rows a gate: any text on pseudo-Boolean encodings of threshold functions.
// Tested by tests/unit/encode/pseudo_boolean_test.cpp
#include <algorithm>

#include "base/checked.hpp"
#include "encode/constraints.hpp"

namespace gatelight::encode {
namespace {

using base::Wide;

// Weights of variables in a sum, before normalisation.
struct Part {
  Variable variable = 0;
  std::int64_t weight = 0;
};

Error too_large() {
  return {ErrorCode::limit,
          "the constraints would have more than a million variables or 16 million terms", ""};
}

class Encoder {
 public:
  Encoder(const Circuit& circuit, const std::vector<std::int64_t>& cost)
      : circuit_(circuit), cost_(cost) {}

  Result<Constraints> run(bool whole) {
    const std::size_t bits = circuit_.bit_count();
    for (std::size_t bit = 0; bit < bits; ++bit) {
      result_.variables.push_back({static_cast<Node>(bit), 0});
    }
    first_.assign(circuit_.gate_count(), 0);
    steps_.resize(circuit_.gate_count());
    const std::vector<bool> needed =
        whole ? std::vector<bool>(circuit_.gate_count(), true) : relevant();
    for (std::uint32_t g = 0; g < circuit_.gate_count(); ++g) {
      if (!needed[g]) continue;
      if (auto done = add_gate(g); !done.ok()) return done.error();
    }
    if (auto done = add_domain(); !done.ok()) return done.error();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::vector<bool> relevant() const {
    std::vector<bool> needed(circuit_.gate_count(), false);
    const std::size_t bits = circuit_.bit_count();
    for (auto g = static_cast<std::uint32_t>(circuit_.gate_count()); g-- > 0;) {
      if (cost_[g] != 0) needed[g] = true;
      if (!needed[g]) continue;
      for (const Wire& wire : circuit_.wires(GateId{g})) {
        if (wire.source >= bits) needed[wire.source - bits] = true;
      }
    }
    return needed;
  }

  // The sum as parts, and the constant that the smallest values of its sources bring.
  Wide parts_of(std::span<const Wire> wires, std::vector<Part>& parts) {
    Wide constant = 0;
    const std::size_t bits = circuit_.bit_count();
    parts.clear();
    for (const Wire& wire : wires) {
      if (wire.source < bits) {
        parts.push_back({wire.source, wire.weight});
        continue;
      }
      const std::size_t g = wire.source - bits;
      const StepFunction& source = steps_[g];
      constant += Wide{wire.weight} * source.values[0];
      for (std::size_t j = 1; j < source.values.size(); ++j) {
        // The sum with every value of the source fits 2^62, so this difference does.
        const Wide weight = Wide{wire.weight} * (Wide{source.values[j]} - source.values[j - 1]);
        parts.push_back(
            {first_[g] + static_cast<Variable>(j - 1), static_cast<std::int64_t>(weight)});
      }
    }
    return constant;
  }

  // sum of parts >= bound with positive weights; the weights' sum is returned in `total`.
  static Row normal(const std::vector<Part>& parts, Wide bound, Wide& total) {
    Row row;
    total = 0;
    for (const Part& part : parts) {
      const bool positive = part.weight > 0;
      const std::int64_t weight = positive ? part.weight : -part.weight;
      if (!positive) bound += weight;
      total += weight;
      row.terms.push_back({weight, Literal(part.variable, positive)});
    }
    row.bound = bound <= 0 ? 0 : static_cast<std::int64_t>(std::min(bound, total + 1));
    return row;
  }

  Result<void> add_row(Row row) {
    terms_ += row.terms.size();
    if (terms_ > most_terms) return too_large();
    result_.rows.push_back(std::move(row));
    return {};
  }

  Result<void> add_gate(std::uint32_t g) {
    auto steps = circuit_.step_function(GateId{g});
    if (!steps.ok()) return steps.error();
    steps_[g] = *std::move(steps);
    const StepFunction& function = steps_[g];
    first_[g] = static_cast<Variable>(result_.variables.size());
    if (result_.variables.size() + function.at.size() > most_variables) return too_large();
    const Node node = static_cast<Node>(circuit_.bit_count() + g);
    for (std::size_t j = 1; j <= function.at.size(); ++j) {
      result_.variables.push_back({node, static_cast<int>(j)});
    }
    std::vector<Part> parts;
    const Wide constant = parts_of(circuit_.wires(GateId{g}), parts);
    // Seen before memory is spent on a part of them.
    if (2 * function.at.size() * (parts.size() + 1) > most_terms - terms_) return too_large();
    for (std::size_t j = 0; j < function.at.size(); ++j) {
      const Wide cut = Wide{function.at[j]} + circuit_.threshold(GateId{g}) - constant;
      if (auto done = add_cut(first_[g] + static_cast<Variable>(j), parts, cut); !done.ok())
        return done;
      if (j == 0) continue;
      const Variable y = first_[g] + static_cast<Variable>(j);
      if (auto done = add_row({{{1, Literal(y - 1, true)}, {1, Literal(y, false)}}, 1});
          !done.ok()) {
        return done;
      }
    }
    add_cost(g);
    return {};
  }

  // y = [sum of parts >= cut].
  Result<void> add_cut(Variable y, const std::vector<Part>& parts, Wide cut) {
    Wide total = 0;
    Row reaches = normal(parts, cut, total);
    const Wide bound = reaches.bound;
    if (total + std::max(bound, total - bound + 1) >= base::sum_limit) {
      return Error{ErrorCode::overflow, "the weights of a gate are too large for constraints", ""};
    }
    if (bound <= 0) return add_row({{{1, Literal(y, true)}}, 1});
    if (bound > total) return add_row({{{1, Literal(y, false)}}, 1});
    Row back;
    back.bound = static_cast<std::int64_t>(total - bound + 1);
    back.terms.push_back({back.bound, Literal(y, true)});
    for (const Term& term : reaches.terms) back.terms.push_back({term.weight, ~term.literal});
    reaches.terms.insert(reaches.terms.begin(), Term{reaches.bound, Literal(y, false)});
    if (auto done = add_row(std::move(reaches)); !done.ok()) return done;
    return add_row(std::move(back));
  }

  // Values increase, so a gate is silent between two neighbouring cuts at most.
  void add_cost(std::uint32_t g) {
    const std::int64_t cost = cost_[g];
    if (cost == 0) return;
    const std::vector<std::int64_t>& values = steps_[g].values;
    const auto zero = std::ranges::find(values, 0);
    if (zero == values.end()) {
      result_.constant += cost;
      return;
    }
    const auto index = static_cast<Variable>(zero - values.begin());
    if (index > 0) result_.objective.push_back({cost, Literal(first_[g] + index - 1, false)});
    if (index + 1 < values.size()) {
      result_.objective.push_back({cost, Literal(first_[g] + index, true)});
    }
  }

  Result<void> add_domain() {
    const auto fixed = circuit_.fixed_bits();
    for (Variable bit = 0; bit < fixed.size(); ++bit) {
      if (fixed[bit] < 0) continue;
      if (auto done = add_row({{{1, Literal(bit, fixed[bit] == 1)}}, 1}); !done.ok()) return done;
    }
    for (const DomainRow& row : circuit_.domain_rows()) {
      std::vector<Part> parts, opposite;
      for (const Wire& wire : row.wires) {
        parts.push_back({wire.source, wire.weight});
        opposite.push_back({wire.source, -wire.weight});
      }
      if (auto done = add_condition(parts, row.min); !done.ok()) return done;
      if (auto done = add_condition(opposite, -Wide{row.max}); !done.ok()) return done;
    }
    return {};
  }

  Result<void> add_condition(const std::vector<Part>& parts, Wide bound) {
    Wide total = 0;
    Row row = normal(parts, bound, total);
    if (total >= base::sum_limit) {
      return Error{ErrorCode::overflow, "the weights of the domain are too large for constraints",
                   ""};
    }
    return row.bound > 0 ? add_row(std::move(row)) : Result<void>{};
  }

  const Circuit& circuit_;
  const std::vector<std::int64_t>& cost_;
  Constraints result_;
  std::vector<Variable> first_;  // of each gate
  std::vector<StepFunction> steps_;
  std::size_t terms_ = 0;
};

}  // namespace

Result<Constraints> constraints_of(const Circuit& circuit, const std::vector<std::int64_t>& cost,
                                   bool whole) {
  return Encoder(circuit, cost).run(whole);
}

std::string name_of(const Circuit& circuit, const Meaning& meaning) {
  if (meaning.node < circuit.bit_count()) return circuit.bit_name(meaning.node);
  const GateId id{meaning.node - static_cast<Node>(circuit.bit_count())};
  const bool threshold = std::holds_alternative<Threshold>(circuit.gate(id).activation);
  return circuit.gate(id).name + (threshold ? "" : ">=" + std::to_string(meaning.step));
}

std::vector<std::uint8_t> assignment_of(const Circuit& circuit, const Constraints& constraints,
                                        const InputBits& bits) {
  const std::vector<std::int64_t> values = evaluate(circuit, bits);
  std::vector<std::uint8_t> assignment;
  Node last = 0;
  StepFunction function;
  for (const Meaning& meaning : constraints.variables) {
    if (meaning.node < circuit.bit_count()) {
      assignment.push_back(bits[meaning.node]);
      continue;
    }
    const std::uint32_t g = meaning.node - static_cast<Node>(circuit.bit_count());
    if (meaning.node != last) function = circuit.step_function(GateId{g}).value();
    last = meaning.node;
    assignment.push_back(values[g] >= function.values[static_cast<std::size_t>(meaning.step)] ? 1
                                                                                              : 0);
  }
  return assignment;
}

}  // namespace gatelight::encode
