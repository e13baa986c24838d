// SPDX-License-Identifier: Apache-2.0
//
// From a circuit to the question an engine answers, and back.
#include <algorithm>
#include <bit>

#include "base/checked.hpp"
#include "base/random.hpp"
#include "engines/engine.hpp"
#include "gatelight/measure.hpp"

namespace gatelight {
namespace {

// The sweep does about 10^11 to 10^12 wire visits a second on one core (docs/benchmarks.md); beyond
// these limits branching is the better bet.
constexpr std::size_t enumerable_bits = 36;
constexpr double affordable_visits = 0x1p48;
constexpr double visits_a_second = 1e11;

// Costs restricted to one level (0: all levels).
engines::Objective objective_of(const Circuit& circuit, bool count_only, int level) {
  engines::Objective objective;
  objective.cost.reserve(circuit.gate_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    const bool asked = gate.counts && (level == 0 || circuit.level(GateId{g}) == level);
    objective.cost.push_back(asked ? (count_only ? 1 : gate.cost) : 0);
  }
  return objective;
}

bool total_fits(const engines::Objective& objective) {
  base::Wide total = 0;
  for (const std::int64_t cost : objective.cost) total += cost;
  return total < base::Wide{base::sum_limit};
}

std::size_t free_bits(const Circuit& circuit) {
  return static_cast<std::size_t>(std::ranges::count(circuit.fixed_bits(), std::int8_t{-1}));
}

struct Choice {
  Engine engine = Engine::enumerate;
  std::string reason;
};

Choice choose(const Circuit& circuit, const EnergyOptions& options) {
  if (options.engine != Engine::automatic) return {options.engine, "as asked"};
  const std::size_t bits = free_bits(circuit);
  const std::string inputs = std::to_string(bits) + " free input bits";
  if (options.histogram) return {Engine::enumerate, "a histogram needs every input"};
  if (bits > enumerable_bits) {
    return {Engine::search, inputs + " are more than the " + std::to_string(enumerable_bits) +
                                " that are enumerated"};
  }
  double visits = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    visits += static_cast<double>(circuit.wires(GateId{g}).size());
  }
  visits *= static_cast<double>(std::uint64_t{1} << bits);
  const double seconds = options.limits.seconds;
  if (visits > affordable_visits || (seconds > 0 && visits > 10 * seconds * visits_a_second)) {
    return {Engine::search, inputs + " and this many wires would take too long to enumerate"};
  }
  return {Engine::enumerate, inputs + " can be enumerated"};
}

}  // namespace

Result<EnergyResult> measure_energy(const Circuit& circuit, const EnergyOptions& options) {
  engines::Question question{
      circuit, {objective_of(circuit, options.count_only, 0)}, options.histogram};
  if (!total_fits(question.objectives[0])) {
    return Error{ErrorCode::overflow,
                 "the costs of all gates together exceed 2^62; use smaller costs", ""};
  }
  const int depth = measure_resources(circuit).depth;
  for (int level = 1; options.levels && level <= depth; ++level) {
    question.objectives.push_back(objective_of(circuit, options.count_only, level));
  }

  const Choice choice = choose(circuit, options);
  const Deadline clock(options.limits);
  auto answer = choice.engine == Engine::search ? engines::search(question, options.limits)
                                                : engines::enumerate(question, options.limits);
  if (!answer.ok()) return answer.error();

  EnergyResult result;
  result.bounds = answer->best[0].bounds;
  result.witness = answer->best[0].witness;
  for (std::size_t i = 1; i < question.objectives.size(); ++i) {
    const auto& cost = question.objectives[i].cost;
    result.levels.push_back({static_cast<int>(i),
                             static_cast<std::size_t>(cost.size()) -
                                 static_cast<std::size_t>(std::ranges::count(cost, 0)),
                             answer->best[i].bounds});
  }
  if (answer->histogram) {
    result.histogram.emplace();
    for (const auto& [value, inputs] : *answer->histogram) {
      result.histogram->emplace(value, inputs.get_str());
    }
  }
  result.engine = choice.engine == Engine::search ? "search" : "enumerate";
  result.reason = choice.reason;
  result.nodes = answer->nodes;
  result.seconds = clock.elapsed();
  return result;
}

std::optional<SampledEnergy> sample_energy(const Circuit& circuit, std::size_t samples,
                                           std::uint64_t seed, bool count_only) {
  const engines::Objective objective = objective_of(circuit, count_only, 0);
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
