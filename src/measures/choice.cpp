// SPDX-License-Identifier: Apache-2.0
//
// The choice of an engine.
//
// Problem   Sweep all inputs, compile a state diagram, or search?  The wrong choice costs hours.
// Idea      Predict instead of guessing: the size of the diagram from samples, the time of the sweep from
//           a part of it.  Take what is predicted to be quicker; where both would take too long, split boxes if
//           the circuit reads few words through gates of many values, else search.  What a search takes
//           cannot be predicted, and it may be a hundredth of a sweep: so it comes first, for a part of the
//           sweep's time.
// Why       Every engine's answer is right; only the time differs.
// Cost      Nothing for few inputs, else about half a second.
// Tested by tests/unit/measures/choice_test.cpp
#include "measures/choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gatelight::measures {
namespace {

// What a sweep does at least, and what none exceeds (docs/explanation/enumerate.md), on one thread.
constexpr double wires_a_second = 4e11;
constexpr double inputs_a_second = 1e11;
constexpr double wires_of_many_values = 256;
constexpr double at_once = 0.5;  // seconds of a sweep, at most: shorter than a prediction as a rule
constexpr double few_states = 30'000;  // a diagram of so many takes less than a sweep
constexpr double most_states = 1 << 22;
constexpr double seconds_a_state = 3e-6;
// Samples see the frequent states, and there may be many times as many rare ones: where a sweep can
// answer, too, a diagram has to look that much quicker.
constexpr double doubt = 30;
constexpr double patience = 600;  // seconds of a sweep without time limit
constexpr double most_of_limit = 0.75;
constexpr double search_share = 0.25;   // of the sweep's time
constexpr double worth_a_search = 0.2;  // seconds of a sweep
constexpr double order_seconds = 0.5;
constexpr std::size_t most_words = 32;      // beyond, a box has too many sides to split
constexpr std::size_t least_word_bits = 2;  // on average

std::size_t free_bits(const Circuit& circuit) {
  return static_cast<std::size_t>(std::ranges::count(circuit.fixed_bits(), std::int8_t{-1}));
}

std::string seconds_text(double seconds) {
  if (seconds < 0.1) return "less than 0.1 s";
  if (seconds < 10) return fmt::format("about {:.1f} s", seconds);
  if (seconds < 1e6) return fmt::format("about {:.0f} s", seconds);
  return fmt::format("about 10^{:.0f} s", std::log10(seconds));
}

std::string states_text(double states) {
  if (states > most_states) return "a state diagram would have more than 10^6 states";
  return fmt::format("its state diagram has about {:.0f} states", states);
}

class Chooser {
 public:
  Chooser(const engines::Question& question, const EnergyOptions& options)
      : question_(question), options_(options), bits_(free_bits(question.circuit)) {}

  Result<Choice> as_asked(bool explain) {
    choice_.engine = options_.engine;
    choice_.reason = "as asked";
    if (!explain) return choice_;
    if (options_.engine == Engine::enumerate) {
      if (auto predicted = predict_sweep(); !predicted.ok()) return predicted.error();
      choice_.seconds = choice_.sweep->seconds;
    }
    if (options_.engine == Engine::diagram) {
      if (auto predicted = predict_diagram(); !predicted.ok()) return predicted.error();
      if (states() <= most_states) choice_.seconds = diagram_seconds();
    }
    return choice_;
  }

  Result<Choice> automatic(bool explain) {
    const bool needs_diagram = !question_.probabilities.empty() && !uniform(question_);
    const std::string inputs = fmt::format("{} free input bits", bits_);
    if (options_.checkpoint) return sweep("a checkpoint is kept of sweeps", explain);
    if (at_most_seconds() <= at_once && !needs_diagram) return sweep(inputs + " are few", explain);
    if (auto predicted = predict_diagram(); !predicted.ok()) return predicted.error();
    if (states() <= few_states || needs_diagram) return diagram();
    const double longest =
        options_.limits.seconds > 0 ? most_of_limit * options_.limits.seconds : patience;
    const bool hopeless = at_least_seconds() > longest && !options_.histogram;
    const bool sweepable = !hopeless && predict_sweep().ok();
    const double sweep_seconds = sweepable ? choice_.sweep->seconds : at_least_seconds();
    if (states() <= most_states && doubt * diagram_seconds() < sweep_seconds) return diagram();
    if (sweepable && (sweep_seconds <= longest || options_.histogram)) {
      return sweep(fmt::format("{}: all inputs take {}", inputs, seconds_text(sweep_seconds)),
                   false);
    }
    if (options_.histogram) return diagram();
    choice_.engine = boxes_pay() ? Engine::box : Engine::search;
    choice_.reason =
        sweepable ? fmt::format("a sweep of all inputs would take {}, {}",
                                seconds_text(sweep_seconds), states_text(states()))
                  : fmt::format("{} are too many to sweep, {}", inputs, states_text(states()));
    return choice_;
  }

  // Each wire of each gate for each input; a gate of many values counts as if it had many.
  [[nodiscard]] double at_most_seconds() const {
    double work = 0;
    for (std::uint32_t g = 0; g < question_.circuit.gate_count(); ++g) {
      const GateId gate{g};
      const bool threshold =
          std::holds_alternative<Threshold>(question_.circuit.gate(gate).activation);
      work += static_cast<double>(question_.circuit.wires(gate).size()) +
              (threshold ? 0 : wires_of_many_values);
    }
    return inputs_a_thread() * work / wires_a_second;
  }

 private:
  // Words that stay together and gates of many values: what a search would have to split into bits and
  // steps.  docs/explanation/box.md has the measurements behind it.
  [[nodiscard]] bool boxes_pay() const {
    const auto shape = engines::box_shape(question_);
    return shape && shape->words <= most_words &&
           shape->free_bits >= least_word_bits * shape->words &&
           2 * shape->many_valued >= shape->gates && shape->gates > 0;
  }

  [[nodiscard]] double inputs_a_thread() const {
    return std::ldexp(1.0, static_cast<int>(std::min<std::size_t>(bits_, 1000))) /
           std::max(options_.limits.threads, 1);
  }
  [[nodiscard]] double at_least_seconds() const { return inputs_a_thread() / inputs_a_second; }
  [[nodiscard]] double states() const { return choice_.diagram->estimated_nodes; }
  [[nodiscard]] double diagram_seconds() const { return seconds_a_state * states(); }

  Result<void> predict_sweep() {
    auto predicted = engines::predict_enumeration(question_, options_.limits);
    if (!predicted.ok()) return predicted.error();
    choice_.sweep = *std::move(predicted);
    return {};
  }

  Result<void> predict_diagram() {
    engines::DiagramOptions options;
    options.most_nodes = most_states;
    options.order_seconds = order_seconds;
    options.predict_only = true;
    auto predicted = engines::diagram_of(question_, options_.limits, options);
    if (!predicted.ok()) return predicted.error();
    choice_.diagram = *std::move(predicted);
    return {};
  }

  Result<Choice> sweep(std::string reason, bool explain) {
    choice_.engine = Engine::enumerate;
    choice_.reason = std::move(reason);
    if (explain) {
      if (auto predicted = predict_sweep(); !predicted.ok()) return predicted.error();
    }
    if (choice_.sweep) choice_.seconds = choice_.sweep->seconds;
    const bool plain =
        !options_.histogram && !options_.checkpoint && question_.probabilities.empty();
    if (plain && choice_.seconds.value_or(0) > worth_a_search) {
      choice_.search_first = search_share * *choice_.seconds;
    }
    return choice_;
  }

  Result<Choice> diagram() {
    choice_.engine = Engine::diagram;
    choice_.reason = states_text(states());
    if (states() <= most_states) choice_.seconds = diagram_seconds();
    return choice_;
  }

  const engines::Question& question_;
  const EnergyOptions& options_;
  std::size_t bits_;
  Choice choice_;
};

}  // namespace

bool uniform(const engines::Question& question) {
  return std::ranges::all_of(question.probabilities,
                             [](const mpq_class& p) { return p == mpq_class(1, 2); });
}

bool worth_a_glance(const engines::Question& question, const EnergyOptions& options) {
  return options.engine == Engine::automatic && !options.checkpoint && !options.histogram &&
         question.probabilities.empty() && Chooser(question, options).at_most_seconds() > at_once;
}

Result<Choice> choose_engine(const engines::Question& question, const EnergyOptions& options,
                             bool explain) {
  Chooser chooser(question, options);
  return options.engine == Engine::automatic ? chooser.automatic(explain)
                                             : chooser.as_asked(explain);
}

}  // namespace gatelight::measures
