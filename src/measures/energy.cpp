// SPDX-License-Identifier: Apache-2.0
//
// From a circuit to the question an engine answers, and back.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/random.hpp"
#include "engines/engine.hpp"
#include "gatelight/measure.hpp"
#include "measures/choice.hpp"
#include "measures/costs.hpp"

namespace gatelight {
namespace {

// Of all questions about levels and layers together: 1 GiB.
constexpr std::size_t most_part_costs = std::size_t{1} << 27;

// The labels of the circuit, each once, in the order of their first gates.
std::vector<std::string> labels_of(const Circuit& circuit) {
  std::vector<std::string> labels;
  std::unordered_set<std::string_view> seen{""};
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const std::string& label = circuit.gate(GateId{g}).layer;
    if (seen.insert(label).second) labels.push_back(label);
  }
  return labels;
}

const char* name_of(Engine engine) {
  if (engine == Engine::search) return "search";
  if (engine == Engine::box) return "box";
  return engine == Engine::diagram ? "diagram" : "enumerate";
}

// One question more for every level and every label.
Result<void> add_parts(engines::Question& question, const EnergyOptions& options) {
  const Circuit& circuit = question.circuit;
  const auto depth =
      options.levels ? static_cast<std::size_t>(measure_resources(circuit).depth) : 0;
  const auto labels = options.layers ? labels_of(circuit) : std::vector<std::string>();
  if ((depth + labels.size()) * circuit.gate_count() > most_part_costs) {
    return Error{ErrorCode::limit,
                 "has too many levels and layers to ask about each; leave out --levels or --layers",
                 ""};
  }
  for (std::size_t level = 1; level <= depth; ++level) {
    question.objectives.push_back(measures::objective_of(circuit, options.costs, [&](GateId gate) {
      return circuit.level(gate) == static_cast<int>(level);
    }));
  }
  for (const std::string& label : labels) {
    question.objectives.push_back(measures::objective_of(
        circuit, options.costs, [&](GateId gate) { return circuit.gate(gate).layer == label; }));
  }
  return {};
}

Result<engines::Question> question_of(const Circuit& circuit, const EnergyOptions& options) {
  measures::require_costs(circuit, options.costs);
  engines::Question question{
      circuit, {measures::objective_of(circuit, options.costs)}, options.histogram, {}};
  if (auto fits = measures::check_total(question.objectives[0]); !fits.ok()) return fits.error();
  if (auto added = add_parts(question, options); !added.ok()) return added.error();
  if (options.probabilities.empty()) return question;
  GATELIGHT_REQUIRE(options.probabilities.size() == circuit.bit_count(),
                    "probabilities are given for every input bit");
  for (const Probability& p : options.probabilities) {
    GATELIGHT_REQUIRE(0 <= p.numerator && p.numerator <= p.denominator && p.denominator >= 1,
                      "a probability lies between 0 and 1");
    mpq_class& exact = question.probabilities.emplace_back(static_cast<long>(p.numerator),
                                                           static_cast<long>(p.denominator));
    exact.canonicalize();
  }
  const bool by_sweep = options.engine == Engine::enumerate && measures::uniform(question);
  const bool searches = options.engine == Engine::search || options.engine == Engine::box;
  if (searches || (options.engine == Engine::enumerate && !by_sweep)) {
    return Error{ErrorCode::unsupported,
                 "the mean under input probabilities is computed by the diagram engine", ""};
  }
  return question;
}

// The mean of a histogram.
mpq_class mean_of(const std::map<std::int64_t, engines::InputCount>& histogram) {
  mpz_class inputs = 0, sum = 0;
  for (const auto& [value, count] : histogram) {
    inputs += count;
    sum += count * static_cast<long>(value);
  }
  mpq_class mean(sum, inputs);
  mean.canonicalize();
  return mean;
}

// One run of the chosen engine, and of another one where a diagram outgrows its memory.
class Measurement {
 public:
  Measurement(engines::Question question, const EnergyOptions& options)
      : question_(std::move(question)), options_(options), clock_(options.limits) {}

  Result<EnergyResult> run() {
    auto answer = ask();
    if (!answer.ok()) return answer.error();
    if (glance_) improve(*answer, *glance_);
    fill(*answer);
    if (question_.probabilities.empty() || result_.expected) return std::move(result_);
    if (engine_ == Engine::diagram && result_.bounds.closed()) {
      return Error{ErrorCode::bad_input, "no input of the domain has a positive probability",
                   "probabilities"};
    }
    result_.notes.emplace_back("the mean under input probabilities was not reached");
    return std::move(result_);
  }

 private:
  [[nodiscard]] Limits rest() const {
    Limits limits = options_.limits;
    const double begin = clock_.elapsed();
    if (limits.seconds > 0) limits.seconds = std::max(limits.seconds - begin, 1e-3);
    if (limits.progress) {
      // Since the question was asked, and with what is known, whichever engine tells.
      limits.progress = [begin, known = known_, tell = limits.progress](Progress progress) {
        progress.seconds += begin;
        if (known) {
          progress.lower = std::max(progress.lower, known->lower);
          progress.upper = std::min(progress.upper.value_or(known->upper), known->upper);
        }
        tell(progress);
      };
    }
    return limits;
  }

  // A first look; what that does not settle goes to the engine that suits best.
  Result<engines::Answer> ask() {
    if (measures::worth_a_glance(question_, options_)) {
      auto answer = engines::glance(question_, rest());
      if (!answer.ok()) return answer;
      if (closed(*answer)) {
        engine_ = Engine::search;
        result_.reason = "a first look settled it";
        return answer;
      }
      know(*answer);
      glance_ = *std::move(answer);
    }
    auto choice = measures::choose_engine(question_, options_, false);
    if (!choice.ok()) return choice.error();
    engine_ = choice->engine;
    result_.reason = choice->reason;
    return ask(*choice);
  }

  Result<engines::Answer> search(const Limits& limits) {
    return engines::search(question_, limits, glance_ ? &*glance_ : nullptr);
  }

  static bool closed(const engines::Answer& answer) {
    return std::ranges::all_of(answer.best,
                               [](const engines::Best& best) { return best.bounds.closed(); });
  }

  Result<engines::Answer> ask(const measures::Choice& choice) {
    if (engine_ == Engine::search) return search(rest());
    if (engine_ == Engine::box) return engines::box_search(question_, rest());
    if (engine_ == Engine::enumerate) {
      return choice.search_first > 0 ? search_then_sweep(choice.search_first) : sweep();
    }
    engines::DiagramOptions options;
    if (choice.diagram) options.order = choice.diagram->order;
    options.search_below = options_.engine != Engine::automatic;  // else the next engine does
    auto compiled = engines::diagram_of(question_, rest(), options);
    if (!compiled.ok()) return compiled.error();
    engines::Answer answer = *std::move(compiled->answer);
    if (!compiled->complete) result_.notes.push_back(compiled->reason);
    const bool fits = compiled->complete || options_.engine != Engine::automatic;
    return fits || clock_.expired() ? answer : fall_back(answer);
  }

  Result<engines::Answer> search_then_sweep(double seconds) {
    Limits limits = rest();
    limits.seconds = limits.seconds > 0 ? std::min(limits.seconds, seconds) : seconds;
    auto searched = search(limits);
    if (!searched.ok()) return searched;
    const bool settled = closed(*searched);
    if (settled) engine_ = Engine::search;
    if (settled || clock_.expired()) return searched;
    know(*searched);
    auto answer = sweep();
    if (answer.ok()) improve(*answer, *searched);
    return answer;
  }

  Result<engines::Answer> sweep() {
    engines::Question question = question_;
    question.histogram = question.histogram || !question.probabilities.empty();
    auto answer =
        engines::enumerate(question, rest(), options_.checkpoint ? &*options_.checkpoint : nullptr);
    if (!answer.ok() || question_.probabilities.empty() || !answer->histogram) return answer;
    answer->expected = mean_of(*answer->histogram);
    if (!question_.histogram) answer->histogram.reset();
    return answer;
  }

  // The other engines, with the upper ends of the diagram that was not finished.
  Result<engines::Answer> fall_back(const engines::Answer& unfinished) {
    know(unfinished);
    engine_ = question_.histogram && engines::predict_enumeration(question_, rest()).ok()
                  ? Engine::enumerate
                  : Engine::search;
    auto answer = engine_ == Engine::search ? search(rest()) : sweep();
    if (answer.ok()) improve(*answer, unfinished);
    return answer;
  }

  void know(const engines::Answer& answer) {
    const Bounds<std::int64_t>& main = answer.best[0].bounds;
    if (!known_) known_ = main;
    *known_ = {std::max(known_->lower, main.lower), std::min(known_->upper, main.upper)};
  }

  // By what another engine found and proved.
  static void improve(engines::Answer& answer, const engines::Answer& by) {
    for (std::size_t i = 0; i < answer.best.size(); ++i) {
      Bounds<std::int64_t>& bounds = answer.best[i].bounds;
      const Bounds<std::int64_t>& other = by.best[i].bounds;
      bounds.upper = std::min(bounds.upper, other.upper);
      if (bounds.lower >= other.lower) continue;
      bounds.lower = other.lower;
      answer.best[i].witness = by.best[i].witness;
    }
  }

  void fill(const engines::Answer& answer) {
    result_.bounds = answer.best[0].bounds;
    result_.witness = answer.best[0].witness;
    result_.cost = measures::total(question_.objectives[0]);
    fill_parts(answer);
    if (answer.histogram) {
      result_.histogram.emplace();
      for (const auto& [value, inputs] : *answer.histogram) {
        result_.histogram->emplace(value, inputs.get_str());
      }
    }
    if (answer.expected) {
      result_.expected = ExpectedEnergy{answer.expected->get_d(), answer.expected->get_str()};
    }
    result_.notes.insert(result_.notes.end(), answer.notes.begin(), answer.notes.end());
    result_.engine = name_of(engine_);
    result_.nodes = answer.nodes;
    result_.seconds = clock_.elapsed();
  }

  // In the order of add_parts().
  void fill_parts(const engines::Answer& answer) {
    const Circuit& circuit = question_.circuit;
    std::size_t next = 1;
    std::map<int, std::size_t> level_sizes;
    std::map<std::string_view, std::size_t> label_sizes;
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      if (!circuit.gate(GateId{g}).counts) continue;
      ++level_sizes[circuit.level(GateId{g})];
      ++label_sizes[circuit.gate(GateId{g}).layer];
    }
    const int depth = options_.levels ? measure_resources(circuit).depth : 0;
    for (int level = 1; level <= depth; ++level, ++next) {
      result_.levels.push_back({level, level_sizes[level],
                                measures::total(question_.objectives[next]),
                                answer.best[next].bounds});
    }
    if (!options_.layers) return;
    result_.layers.emplace();
    for (const std::string& label : labels_of(circuit)) {
      result_.layers->push_back({label, label_sizes[label],
                                 measures::total(question_.objectives[next]),
                                 answer.best[next].bounds});
      ++next;
    }
    if (result_.layers->empty()) result_.notes.emplace_back("no gate has a layer label");
  }

  engines::Question question_;
  const EnergyOptions& options_;
  Deadline clock_;
  Engine engine_ = Engine::enumerate;
  std::optional<engines::Answer> glance_;  // where it did not settle the question
  std::optional<Bounds<std::int64_t>>
      known_;  // of the main objective, by an engine before this one
  EnergyResult result_;
};

}  // namespace

Result<EnergyResult> measure_energy(const Circuit& circuit, const EnergyOptions& options) {
  auto question = question_of(circuit, options);
  if (!question.ok()) return question.error();
  return Measurement(*std::move(question), options).run();
}

Result<EnergyPrediction> predict_energy(const Circuit& circuit, const EnergyOptions& options) {
  const auto question = question_of(circuit, options);
  if (!question.ok()) return question.error();
  const auto choice = measures::choose_engine(*question, options, true);
  if (!choice.ok()) return choice.error();
  EnergyPrediction prediction;
  prediction.engine = name_of(choice->engine);
  prediction.reason = choice->reason;
  prediction.seconds = choice->seconds;
  const auto free = std::ranges::count(circuit.fixed_bits(), std::int8_t{-1});
  prediction.inputs =
      engines::InputCount(engines::InputCount(1) << static_cast<unsigned long>(free)).get_str();
  if (choice->engine == Engine::enumerate && choice->sweep) {
    prediction.inputs = choice->sweep->inputs.get_str();
    prediction.bytes = choice->sweep->bytes;
    prediction.generated = choice->sweep->generated;
  }
  if (choice->engine == Engine::diagram && choice->diagram) {
    prediction.states = choice->diagram->estimated_nodes;
    if (std::isfinite(*prediction.states)) {
      prediction.bytes = static_cast<std::size_t>(*prediction.states) * choice->diagram->node_bytes;
    }
  }
  return prediction;
}

std::optional<SampledEnergy> sample_energy(const Circuit& circuit, std::size_t samples,
                                           std::uint64_t seed) {
  const engines::Objective objective = measures::objective_of(circuit, {});
  base::Random random(seed);
  SampledEnergy sampled;
  double total = 0;
  InputBits bits(circuit.bit_count());
  const std::size_t most_draws = 20 * samples;  // rejection from domains with rows
  for (std::size_t draw = 0; draw < most_draws && sampled.samples < samples; ++draw) {
    for (std::size_t bit = 0; bit < bits.size(); ++bit) {
      const std::int8_t fixed = circuit.fixed_bits()[bit];
      bits[bit] =
          fixed >= 0 ? static_cast<std::uint8_t>(fixed) : static_cast<std::uint8_t>(random.coin());
    }
    if (!circuit.in_domain(bits)) continue;
    const std::int64_t value = engines::objective_value(circuit, objective, bits);
    sampled.largest = std::max(sampled.largest, value);
    total += static_cast<double>(value);
    ++sampled.samples;
  }
  if (sampled.samples == 0) return std::nullopt;
  sampled.mean = total / static_cast<double>(sampled.samples);
  return sampled;
}

}  // namespace gatelight
