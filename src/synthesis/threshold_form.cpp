// SPDX-License-Identifier: Apache-2.0
//
// Gates of several values as tests.
//
// Problem   Constructions that walk over a circuit's gates speak of gates that fire or not.
// Idea      A gate of values v_0 < v_1 < ... < v_k, cut at t_1 < ... < t_k, is v_0 plus the sum of (v_j - v_(j-1))
//           times the test [z >= t_j].  A gate that reads it with weight w reads test j with weight
//           w (v_j - v_(j - 1)), and its threshold falls by w v_0.
// Why       Exactly the tests 1 to j hold where the value is v_j.
// Cost      O(tests * wires).
// Limits    One output, of values 0 and 1, or constant; the wires that Writer allows.
// Tested by tests/unit/synthesis/rebuild_test.cpp
#include "synthesis/threshold_form.hpp"

#include <algorithm>

#include "base/checked.hpp"
#include "synthesis/writer.hpp"

namespace gatelight::synthesis {
namespace {

Error too_wide(const Circuit& circuit, GateId gate) {
  return {ErrorCode::overflow,
          "gate '" + circuit.gate(gate).name + "': its sum does not fit 63 bits, by tests", ""};
}

// Gates that the output depends on.
std::vector<bool> cone_of(const Circuit& circuit, GateId output) {
  std::vector<bool> cone(circuit.gate_count(), false);
  cone[static_cast<std::size_t>(output)] = true;
  for (std::size_t g = circuit.gate_count(); g-- > 0;) {
    if (!cone[g]) continue;
    for (const Wire& wire : circuit.wires(GateId{static_cast<std::uint32_t>(g)})) {
      if (wire.source >= circuit.bit_count()) cone[wire.source - circuit.bit_count()] = true;
    }
  }
  return cone;
}

class Expansion {
 public:
  explicit Expansion(const Circuit& circuit)
      : circuit_(circuit), steps_(circuit.gate_count()), first_(circuit.gate_count(), 0) {
    form_.bits = circuit.bit_count();
  }

  Result<ThresholdForm> expand(GateId output) && {
    const auto cone = cone_of(circuit_, output);
    for (std::size_t g = 0; g < circuit_.gate_count(); ++g) {
      if (!cone[g]) continue;
      if (auto error = add(GateId{static_cast<std::uint32_t>(g)})) return *error;
    }
    const StepFunction& steps = steps_[static_cast<std::size_t>(output)];
    if (steps.values.front() < 0 || steps.values.back() > 1) {
      return Error{ErrorCode::unsupported,
                   "its output '" + circuit_.gate(output).name + "' has other values than 0 and 1",
                   ""};
    }
    if (steps.at.empty()) {
      form_.constant = steps.values.front() == 1;
      form_.tests.clear();
    }
    return std::move(form_);
  }

 private:
  std::optional<Error> add(GateId gate) {
    const auto g = static_cast<std::size_t>(gate);
    auto steps = circuit_.step_function(gate);
    if (!steps.ok()) return steps.error();
    steps_[g] = *std::move(steps);
    first_[g] = form_.tests.size();
    std::vector<Wire> wires;
    base::Wide threshold = circuit_.threshold(gate);
    for (const Wire& wire : circuit_.wires(gate)) {
      if (wire.source < form_.bits) {
        wires.push_back(wire);
        continue;
      }
      const std::size_t source = wire.source - form_.bits;
      const auto& values = steps_[source].values;
      threshold -= base::Wide{wire.weight} * values.front();
      for (std::size_t j = 1; j < values.size(); ++j) {
        const base::Wide weight = base::Wide{wire.weight} * (base::Wide{values[j]} - values[j - 1]);
        if (!base::fits_sum(weight)) return too_wide(circuit_, gate);
        wires.push_back({static_cast<Node>(form_.bits + first_[source] + j - 1),
                         static_cast<std::int64_t>(weight)});
      }
      // 128 bits hold 2^20 products of 126 bits each only if they are looked at in between.
      if (!base::fits_sum(threshold)) return too_wide(circuit_, gate);
    }
    wires_ += wires.size() * steps_[g].at.size() + steps_[g].at.size();
    if (wires_ > Writer::most_wires) {
      return Error{ErrorCode::limit, "has more than 2^22 wires, by tests", ""};
    }
    for (const std::int64_t at : steps_[g].at) {
      const base::Wide cut = threshold + at;
      if (!base::fits_sum(cut)) return too_wide(circuit_, gate);
      form_.tests.push_back({wires, static_cast<std::int64_t>(cut)});
    }
    return std::nullopt;
  }

  const Circuit& circuit_;
  ThresholdForm form_;
  std::vector<StepFunction> steps_;  // of each gate of the cone
  std::vector<std::size_t> first_;   // its first test
  std::size_t wires_ = 0;
};

}  // namespace

void ThresholdForm::evaluate(const InputBits& input, std::vector<std::uint8_t>& results) const {
  results.assign(tests.size(), 0);
  for (std::size_t t = 0; t < tests.size(); ++t) {
    // Within the circuit's own sums, which fit 63 bits.
    base::Wide sum = -base::Wide{tests[t].threshold};
    for (const Wire& wire : tests[t].wires) {
      const bool on =
          wire.source < bits ? input[wire.source] != 0 : results[wire.source - bits] != 0;
      if (on) sum += wire.weight;
    }
    results[t] = sum >= 0 ? 1 : 0;
  }
}

Result<ThresholdForm> threshold_form(const Circuit& circuit) {
  if (circuit.outputs().size() != 1) {
    return Error{ErrorCode::unsupported,
                 "has " + std::to_string(circuit.outputs().size()) + " outputs; must have one", ""};
  }
  return Expansion(circuit).expand(circuit.outputs()[0]);
}

}  // namespace gatelight::synthesis
