// SPDX-License-Identifier: Apache-2.0
//
// Small circuits, and a comparison of the sweep with evaluate() on every input.
#ifndef GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_SWEEP_CASES_HPP
#define GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_SWEEP_CASES_HPP

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/cpu.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/choices.hpp"

namespace gatelight::exhaustive_test {

// A builder with single input bits x0 ... x(n-1), and short ways to read them.
struct Small {
  explicit Small(int inputs) {
    for (int i = 0; i < inputs; ++i) {
      bits.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
    }
  }
  // A gate; its source, to be read by others.
  Source gate(std::vector<WrittenWire> wires, std::int64_t threshold,
              Activation activation = Threshold{}, std::int64_t cost = 1) {
    GateSpec spec;
    spec.name = "g" + std::to_string(count++);
    spec.wires = std::move(wires);
    spec.threshold = threshold;
    spec.activation = std::move(activation);
    spec.cost = cost;
    return Source::gate(builder.add_gate(spec).value());
  }
  Circuit build(DomainSpec domain = {}) {
    return std::move(builder).build(std::move(domain)).value();
  }

  CircuitBuilder builder;
  std::vector<Source> bits;
  int count = 0;
};

inline engines::Objective all_costs(const Circuit& circuit) {
  engines::Objective objective;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    objective.cost.push_back(circuit.gate(GateId{g}).cost);
  }
  return objective;
}

struct Expected {
  std::int64_t maximum = -1;
  std::map<std::int64_t, engines::InputCount> histogram;
};

// evaluate() on every input of the domain.
inline Expected by_evaluation(const Circuit& circuit, const engines::Objective& objective) {
  Expected expected;
  InputBits bits(circuit.bit_count(), 0);
  for (std::uint64_t number = 0; number >> bits.size() == 0; ++number) {
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = (number >> i) & 1;
    if (!circuit.in_domain(bits)) continue;
    const std::int64_t value = engines::objective_value(circuit, objective, bits);
    expected.maximum = std::max(expected.maximum, value);
    ++expected.histogram[value];
  }
  return expected;
}

// Runs a test on every instruction set, interpreted and as generated code.
template <class Test>
void for_each_kernel(Test test) {
  for (const base::InstructionSet set : base::available_instruction_sets()) {
    for (const auto code : {engines::exhaustive::CodeChoice::interpreted,
                            engines::exhaustive::CodeChoice::generated}) {
      SCOPED_TRACE(std::string(base::name(set)) +
                   (code == engines::exhaustive::CodeChoice::generated ? ", generated" : ""));
      const base::ScopedInstructionSet forced(set);
      const engines::exhaustive::ScopedChoices chosen({.code = code});
      test();
    }
  }
}

// The whole circuit and every single gate, on every kernel, against evaluate().
inline void expect_sweep_agrees(const Circuit& circuit) {
  engines::Question question{circuit, {all_costs(circuit)}, true};
  for (std::size_t g = 0; g < circuit.gate_count(); ++g) {
    engines::Objective one{std::vector<std::int64_t>(circuit.gate_count(), 0)};
    one.cost[g] = 1;
    question.objectives.push_back(one);
  }
  std::vector<Expected> expected;
  for (const auto& objective : question.objectives) {
    expected.push_back(by_evaluation(circuit, objective));
  }
  for_each_kernel([&] {
    for (const bool histogram : {true, false}) {
      question.histogram = histogram;
      const auto answer = engines::enumerate(question, {});
      ASSERT_TRUE(answer.ok()) << answer.error().text();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(answer->best[i].bounds.lower, expected[i].maximum) << "objective " << i;
        EXPECT_TRUE(answer->best[i].bounds.closed());
        EXPECT_TRUE(circuit.in_domain(answer->best[i].witness));
      }
      if (histogram) {
        EXPECT_EQ(answer->histogram, expected[0].histogram);
      }
    }
    // Each gate's own number of firing inputs.
    for (std::size_t g = 0; g < circuit.gate_count(); ++g) {
      const auto single = engines::enumerate({circuit, {question.objectives[g + 1]}, true}, {});
      EXPECT_EQ(single->histogram, expected[g + 1].histogram) << "gate " << g;
    }
  });
}

}  // namespace gatelight::exhaustive_test

#endif  // GATELIGHT_TESTS_UNIT_ENGINES_EXHAUSTIVE_SWEEP_CASES_HPP
