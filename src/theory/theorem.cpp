// SPDX-License-Identifier: Apache-2.0
//
// The seed theorem's right side for any discretized circuit, through its threshold form.
//
// Problem   The theorem bounds the rank for circuits of threshold gates; ours have step activations,
//           helper gates that do not count, and possibly only an upper bound of the energy.
// Idea      Replace a gate with cut points t_1 < ... < t_k by k threshold gates y_j = [z >= t_j], and
//           its output by v_0 + sum (v_j - v_{j-1}) y_j.  Levels stay, weights are multiplied by the
//           steps, constants go into thresholds.
// Why       If v_0 = 0, some y_j = 1 only where the gate fires, so at most k of them fire per firing
//           gate: together at most e * max k.  A gate with v_0 != 0 and a helper gate that others
//           read may have all its y_j at 1 whenever; all of them are added.  The right side grows with
//           each of its numbers, so larger numbers keep it sound.
// Tested by tests/unit/theory/theorem_test.cpp
#include <algorithm>
#include <vector>

#include "base/checked.hpp"
#include "base/real.hpp"
#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

// sum += log2(value), rounded up.
void add_log2(mpfr_ptr sum, std::uint64_t value) {
  base::Real term(64);
  mpfr_set_ui(term, value, MPFR_RNDU);
  mpfr_log2(term, term, MPFR_RNDU);
  mpfr_add(sum, sum, term, MPFR_RNDU);
}

// What one gate contributes to the threshold form.
struct GateForm {
  std::int64_t cuts = 0;
  std::int64_t largest_step = 0;
  bool silent_start = true;  // v_0 == 0
};

Result<GateForm> form_of(const Circuit& circuit, GateId id) {
  // Only Relu can have a long step function, and its steps are all 1.
  if (std::holds_alternative<Relu>(circuit.gate(id).activation)) {
    const Circuit::Interval values = circuit.value_range(id);
    return GateForm{values.high - values.low, values.high > values.low ? 1 : 0, values.low == 0};
  }
  const auto steps = circuit.step_function(id);
  if (!steps.ok()) return steps.error();
  GateForm form{static_cast<std::int64_t>(steps->at.size()), 0, steps->values.front() == 0};
  for (std::size_t j = 1; j < steps->values.size(); ++j) {
    const auto step = static_cast<base::Wide>(steps->values[j]) - steps->values[j - 1];
    if (!base::fits_sum(step))
      return Error{ErrorCode::overflow, "a step exceeds 2^62",
                   "gate \"" + circuit.gate(id).name + "\""};
    form.largest_step = std::max(form.largest_step, static_cast<std::int64_t>(step));
  }
  return form;
}

std::vector<bool> read_by_gates(const Circuit& circuit) {
  std::vector<bool> read(circuit.gate_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source >= circuit.bit_count()) read[wire.source - circuit.bit_count()] = true;
    }
  }
  return read;
}

// The same circuit with a gate that counts, for all inputs.
Result<Circuit> with_counting(const Circuit& circuit, GateId gate) {
  CircuitBuilder builder(circuit.name());
  for (const InputWord& word : circuit.inputs()) {
    if (const auto added = builder.add_input(word); !added.ok()) return added.error();
  }
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    GateSpec spec = circuit.gate(GateId{g});
    spec.counts = spec.counts || GateId{g} == gate;
    if (const auto added = builder.add_gate(std::move(spec)); !added.ok()) return added.error();
  }
  return std::move(builder).build();
}

Error too_large() {
  return {ErrorCode::overflow, "the threshold form of the circuit exceeds 2^62", ""};
}

}  // namespace

double theorem_rhs(std::int64_t e, int d, std::int64_t s, std::int64_t w, std::size_t n) {
  GATELIGHT_REQUIRE(s >= 1 && w >= 1 && e >= 0 && d >= 0, "resources must be positive");
  base::Real value(64);
  mpfr_set_zero(value, 1);
  add_log2(value, static_cast<std::uint64_t>(s));
  add_log2(value, static_cast<std::uint64_t>(w));
  add_log2(value, std::max<std::size_t>(n, 1));
  mpfr_mul_si(value, value, e, MPFR_RNDU);
  mpfr_mul_si(value, value, d, MPFR_RNDU);
  return mpfr_get_d(value, MPFR_RNDU);
}

Result<TheoremBound> theorem_bound(const Circuit& circuit, std::int64_t energy_upper) {
  const std::vector<bool> read = read_by_gates(circuit);
  std::vector<GateForm> forms(circuit.gate_count());
  TheoremBound bound;
  bound.n = circuit.bit_count();
  bound.threshold = true;
  base::Wide size = 0, unconditional = 0, weight = 1;
  std::int64_t most_cuts = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateId id{g};
    const GateSpec& gate = circuit.gate(id);
    if (!gate.counts && !read[g]) continue;
    const auto form = form_of(circuit, id);
    if (!form.ok()) return form.error();
    forms[g] = *form;
    bound.threshold =
        bound.threshold && gate.counts && std::holds_alternative<Threshold>(gate.activation);
    // A gate that never changes is still one gate.
    const std::int64_t gates = std::max<std::int64_t>(form->cuts, 1);
    size += gates;
    if (gate.counts && form->silent_start) {
      most_cuts = std::max(most_cuts, gates);
    } else {
      unconditional += gates;
    }
    bound.d = std::max(bound.d, circuit.level(id));
    for (const Wire& wire : circuit.wires(id)) {
      const bool from_gate = wire.source >= circuit.bit_count();
      const std::int64_t step =
          from_gate ? forms[wire.source - circuit.bit_count()].largest_step : 1;
      const base::Wide magnitude =
          wire.weight < 0 ? -base::Wide{wire.weight} : base::Wide{wire.weight};
      weight = std::max(weight, magnitude * step);
    }
  }
  const base::Wide energy = std::min(base::Wide{energy_upper} * most_cuts + unconditional, size);
  if (!base::fits_sum(size) || !base::fits_sum(weight)) return too_large();
  bound.s = static_cast<std::int64_t>(size);
  bound.w = static_cast<std::int64_t>(weight);
  bound.e = static_cast<std::int64_t>(energy);
  bound.applies = bound.s >= 2 && bound.d >= 2;
  bound.rhs = bound.s == 0 ? 0 : theorem_rhs(bound.e, bound.d, bound.s, bound.w, bound.n);
  return bound;
}

Result<TheoremBound> theorem_bound(const Circuit& circuit, GateId gate, std::int64_t energy_upper) {
  if (circuit.value_range(gate).low < 0) {
    return Error{ErrorCode::unsupported,
                 "has negative values: whether it fires is no gate of the threshold form",
                 "gate \"" + circuit.gate(gate).name + "\""};
  }
  if (circuit.gate(gate).counts || read_by_gates(circuit)[static_cast<std::uint32_t>(gate)]) {
    return theorem_bound(circuit, energy_upper);
  }
  const auto counting = with_counting(circuit, gate);
  if (!counting.ok()) return counting.error();
  return theorem_bound(*counting, energy_upper + 1);
}

}  // namespace gatelight
