// SPDX-License-Identifier: Apache-2.0
//
// Any circuit of little energy as one of little depth.
//
// Problem   At most e of a circuit's t gates fire together.  Make its depth 2e + 1, whatever it is now.
// Idea      Find the gates that fire one after the other, in topological order.  Stage j, of two levels, finds the
//           j-th: test j.i asks what gate i would do if exactly the gates found so far had fired before it, and
//           is silent unless i comes after all of them; pick j.i is test j.i and no test j.h with h < i.  The
//           output is the OR of the picks of the circuit's output.
// Why       Let gates i_1 < i_2 < ... < i_k fire, and suppose stages before j <= k picked i_1, ..., i_(j-1).  For i
//           after i_(j-1) and up to i_j exactly these have fired before i: test j.i says what i does, no up
//           to the last, where it says yes.  So the pick is i_j.  In a stage j > k all gates that fire
//           are known: those up to i_k are silent, and later ones are asked with what they really see, which
//           does not let them fire.
// Silence   A pick of i or a later gate has weight -K to test j.i, K - 1 being the most that its sum exceeds
//           its threshold.
// Cost      2 (t - j + 1) gates in stage j (the j-th gate that fires is the j-th in order at least), the output:
//           2et - e (e - 1) + 1.  Of a stage, up to all tests fire, and one pick.
// Limits    The wires that Writer allows, of which there are about e^2 t^2.
// Source    K. Uchizawa, T. Nishizeki, E. Takimoto, Energy and depth of threshold circuits, Theoretical Computer
//           Science 411, 2010, for the bounds.
// Tested by tests/unit/synthesis/rebuild_test.cpp
#include <algorithm>
#include <string>

#include "base/checked.hpp"
#include "gatelight/decision_tree.hpp"
#include "gatelight/measure.hpp"
#include "synthesis/threshold_form.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

Error too_wide() { return {ErrorCode::overflow, "a sum does not fit 63 bits, by stages", ""}; }

std::vector<InputWord> words_of(const Circuit& circuit) {
  return {circuit.inputs().begin(), circuit.inputs().end()};
}

// Names are distinct, as those of the circuit's gates are.
Result<Construction> by_tests(const Circuit& circuit, const ThresholdForm& form) {
  Writer writer("threshold-gates of '" + circuit.name() + "'");
  std::vector<Source> nodes = writer.words(words_of(circuit));
  Predicted predicted{.inputs = static_cast<std::int64_t>(form.bits)};
  if (form.constant) nodes.push_back(writer.gate("out", {}, *form.constant ? 0 : 1));
  std::vector<std::int64_t> levels;
  for (std::size_t t = 0; t < form.tests.size() && !writer.failed(); ++t) {
    const ThresholdForm::Test& test = form.tests[t];
    std::int64_t level = 1;
    std::vector<WrittenWire> wires;
    for (const Wire& wire : test.wires) {
      wires.push_back({nodes[wire.source], wire.weight});
      if (wire.source >= form.bits) level = std::max(level, 1 + levels[wire.source - form.bits]);
    }
    levels.push_back(level);
    predicted.depth = std::max(predicted.depth, level);
    nodes.push_back(writer.gate("t" + std::to_string(t), std::move(wires), test.threshold));
  }
  predicted.size = writer.size();
  predicted.weight = writer.weight();
  if (form.constant) predicted.depth = 1;
  return std::move(writer).finish(nodes.back(), predicted, "the same as '" + circuit.name() + "'",
                                  "docs/explanation/constructions.md, section threshold-gates",
                                  circuit.domain());
}

class StageWriter {
 public:
  StageWriter(const Circuit& circuit, const ThresholdForm& form, std::int64_t energy)
      : circuit_(circuit),
        form_(form),
        energy_(static_cast<std::size_t>(energy)),
        writer_("shallow of '" + circuit.name() + "'") {
    predicted_.inputs = static_cast<std::int64_t>(form.bits);
  }

  Result<Construction> write() && {
    bits_ = writer_.words(words_of(circuit_));
    std::vector<WrittenWire> found;
    for (std::size_t stage = 0; stage < energy_ && !writer_.failed(); ++stage) {
      std::vector<Source> tests;
      auto& picks = picks_.emplace_back();
      for (std::size_t i = stage; i < form_.tests.size() && !writer_.failed(); ++i) {
        const std::string name = std::to_string(stage + 1) + "_" + std::to_string(i);
        const auto test = write_test("test" + name, i);
        if (!test.ok()) return test.error();
        std::vector<WrittenWire> wires;
        append(wires, tests, -1);
        wires.push_back({*test, 1});
        tests.push_back(*test);
        picks.push_back(writer_.gate("pick" + name, std::move(wires), 1));
      }
      // At most all tests of the stage and one pick.
      predicted_.energy += static_cast<std::int64_t>(tests.size()) + 1;
      if (!writer_.failed()) found.push_back({picks.back(), 1});
    }
    predicted_.depth = 2 * static_cast<std::int64_t>(energy_) + 1;
    predicted_.energy += 1;
    const Source output = writer_.gate("out", std::move(found), 1);
    predicted_.size = writer_.size();
    predicted_.weight = writer_.weight();
    auto made = std::move(writer_).finish(
        output, predicted_, "the same as '" + circuit_.name() + "'",
        "docs/explanation/constructions.md, section shallow; K. Uchizawa, T. Nishizeki, "
        "E. Takimoto, 2010",
        circuit_.domain());
    if (made.ok()) made->energy_at_most = true;
    return made;
  }

 private:
  // The pick of gate i in a stage; it has none before its own number.
  [[nodiscard]] std::optional<Source> pick(std::size_t stage, std::size_t i) const {
    return i < stage ? std::nullopt : std::optional(picks_[stage][i - stage]);
  }

  // In the stage after those whose picks are complete.
  Result<Source> write_test(std::string name, std::size_t i) {
    const ThresholdForm::Test& test = form_.tests[i];
    const std::size_t stage = picks_.size() - 1;
    std::vector<WrittenWire> wires;
    base::Wide most = -base::Wide{test.threshold};
    for (const Wire& wire : test.wires) {
      most += std::max<std::int64_t>(0, wire.weight);
      if (wire.source < form_.bits) {
        wires.push_back({bits_[wire.source], wire.weight});
        continue;
      }
      for (std::size_t earlier = 0; earlier < stage; ++earlier) {
        const auto source = pick(earlier, wire.source - form_.bits);
        if (source) wires.push_back({*source, wire.weight});
      }
    }
    if (!base::fits_sum(most)) return too_wide();
    const std::int64_t silence = std::max<std::int64_t>(1, static_cast<std::int64_t>(most) + 1);
    for (std::size_t earlier = 0; earlier < stage; ++earlier) {
      for (std::size_t later = i; later < form_.tests.size(); ++later) {
        if (const auto source = pick(earlier, later)) wires.push_back({*source, -silence});
      }
    }
    return writer_.gate(std::move(name), std::move(wires), test.threshold);
  }

  const Circuit& circuit_;
  const ThresholdForm& form_;
  std::size_t energy_;
  Writer writer_;
  Predicted predicted_;
  std::vector<Source> bits_;
  std::vector<std::vector<Source>> picks_;  // of each stage, from the gate of its own number on
};

// Writes the tests as gates, and measures how many fire.
Result<Construction> measured_tests(const Circuit& circuit, const ThresholdForm& form,
                                    const Limits& limits) {
  auto made = by_tests(circuit, form);
  if (!made.ok()) return made;
  EnergyOptions options;
  options.limits = limits;
  const auto energy = measure_energy(made->circuit, options);
  if (!energy.ok()) return energy.error();
  made->predicted.energy = energy->bounds.upper;
  made->energy_at_most = made->stopped = !energy->proved();
  return made;
}

}  // namespace
}  // namespace synthesis

Result<Construction> threshold_gates(const Circuit& circuit, const Limits& limits) {
  const auto form = synthesis::threshold_form(circuit);
  if (!form.ok()) return form.error();
  return synthesis::measured_tests(circuit, *form, limits);
}

Result<Construction> shallow(const Circuit& circuit, const Limits& limits) {
  const auto form = synthesis::threshold_form(circuit);
  if (!form.ok()) return form.error();
  auto tests = synthesis::measured_tests(circuit, *form, limits);
  if (!tests.ok() || form->constant) return tests;
  auto made = synthesis::StageWriter(circuit, *form, tests->predicted.energy).write();
  if (made.ok()) made->stopped = tests->stopped;
  return made;
}

}  // namespace gatelight
