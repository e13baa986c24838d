// SPDX-License-Identifier: Apache-2.0
#include "generate/random_circuit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace gatelight::generate {
namespace {

// One draw of everything that is decided once for a circuit.
class Drawer {
 public:
  Drawer(base::Random& random, const RandomOptions& options) : random_(random), options_(options) {
    static constexpr std::int64_t weights[] = {1, 3, 15, 127, 40'000, 3'000'000'000, 1LL << 40};
    max_weight_ =
        options.max_weight != 0 ? options.max_weight : weights[random.below(std::size(weights))];
    all_threshold_ = random.below(3) == 0;
    costly_ = options.costs && random.below(2) == 0;
  }

  Circuit draw() {
    add_inputs();
    const auto gates = random_.between(options_.min_gates, options_.max_gates);
    for (std::int64_t g = 0; g < gates; ++g) add_gate(g);
    if (gates > 0) (void)builder_.add_output(GateId{static_cast<std::uint32_t>(gates - 1)});
    // A drawn domain may be empty; then the circuit keeps all inputs.
    if (options_.domain && random_.below(2) == 0) {
      CircuitBuilder again = rebuild();
      auto restricted = std::move(again).build(draw_domain());
      if (restricted.ok()) return *std::move(restricted);
    }
    return *std::move(builder_).build();
  }

 private:
  std::int64_t chance(std::int64_t one_in) {
    return random_.below(static_cast<std::uint64_t>(one_in)) == 0;
  }

  void add_inputs() {
    auto left = static_cast<int>(random_.between(options_.min_bits, options_.max_bits));
    while (left > 0) {
      InputWord word{"i" + std::to_string(words_.size()), 1, false};
      if (options_.words && chance(3)) {
        word.bits = static_cast<int>(random_.between(1, std::min(left, 5)));
        word.is_signed = random_.coin();
      }
      left -= word.bits;
      words_.push_back(word);
      (void)builder_.add_input(word);
    }
  }

  std::int64_t weight() {
    const std::int64_t magnitude = random_.between(1, max_weight_);
    return random_.coin() ? magnitude : -magnitude;
  }

  Source input_source() {
    const auto index = static_cast<std::uint32_t>(random_.below(words_.size()));
    const InputWord& word = words_[index];
    if ((word.bits > 1 || word.is_signed) && random_.coin()) {
      return Source::bit(InputId{index},
                         static_cast<int>(random_.below(static_cast<std::uint64_t>(word.bits))));
    }
    return Source::word(InputId{index});
  }

  std::vector<WrittenWire> draw_wires(std::int64_t gates_so_far) {
    std::vector<WrittenWire> wires;
    const std::int64_t wanted = random_.between(0, 8);
    for (std::int64_t i = 0; i < wanted; ++i) {
      const bool from_gate = gates_so_far > 0 && (words_.empty() || random_.coin());
      if (!from_gate && words_.empty()) continue;
      const Source source = from_gate
                                ? Source::gate(GateId{static_cast<std::uint32_t>(
                                      random_.below(static_cast<std::uint64_t>(gates_so_far)))})
                                : input_source();
      const bool taken =
          std::ranges::any_of(wires, [&](const WrittenWire& w) { return w.source == source; });
      if (!taken) wires.push_back({source, weight()});
    }
    return wires;
  }

  Activation draw_activation(std::int64_t spread) {
    if (all_threshold_ || !options_.activations) return Threshold{};
    switch (random_.below(5)) {
      case 0: {
        Relu relu;
        while (relu.shift < 40 && (spread >> relu.shift) > 8 && !chance(6)) ++relu.shift;
        relu.max = random_.between(1, chance(4) ? 200 : 7);
        return relu;
      }
      case 1: {
        std::set<std::int64_t> at;
        const std::int64_t cuts = random_.between(0, chance(4) ? 20 : 4);
        for (std::int64_t i = 0; i < cuts; ++i) at.insert(random_.between(-spread, spread));
        Steps steps{{at.begin(), at.end()}, {}};
        for (std::size_t i = 0; i <= at.size(); ++i) steps.values.push_back(random_.between(-3, 3));
        std::ranges::sort(steps.values);
        return steps;
      }
      case 2:
        return Sigmoid{static_cast<int>(random_.between(1, 5)), random_.between(1, 5),
                       random_.between(1, std::max<std::int64_t>(spread, 1))};
      default:
        return Threshold{};
    }
  }

  // The same function again, under another name, perhaps at another cost.
  bool repeat_gate(std::int64_t index) {
    if (!options_.duplicates || index == 0 || !chance(6)) return false;
    GateSpec gate = gates_[random_.below(gates_.size())];
    gate.name = "g" + std::to_string(index);
    draw_costs(gate);
    if (!builder_.add_gate(gate).ok()) return false;
    gates_.push_back(std::move(gate));
    return true;
  }

  void draw_costs(GateSpec& gate) {
    gate.counts = !options_.costs || !chance(6);
    gate.cost = costly_ && chance(2) ? random_.between(1, chance(5) ? 1LL << 40 : 9) : 1;
    if (options_.labels) gate.layer = std::array{"", "a", "b", "c"}[random_.below(4)];
  }

  void add_gate(std::int64_t index) {
    if (repeat_gate(index)) return;
    GateSpec gate;
    gate.name = "g" + std::to_string(index);
    // Large weights over deep multi-valued gates may not fit 63 bits; then try smaller ones.
    for (;; max_weight_ = std::max<std::int64_t>(1, max_weight_ / 1000)) {
      gate.wires = draw_wires(index);
      gate.threshold = 0;
      CircuitBuilder probe = rebuild();
      const auto id = probe.add_gate(gate);
      if (!id.ok()) continue;
      const Circuit::Interval range = probe.sum_range(*id);
      gate.threshold =
          random_.between(range.low - (chance(8) ? 1 : 0), range.high + (chance(8) ? 1 : 0));
      const std::int64_t spread = std::max<std::int64_t>(1, (range.high - range.low) / 2);
      gate.activation = draw_activation(spread);
      if (std::holds_alternative<Threshold>(gate.activation) && chance(40)) {
        using Limits = std::numeric_limits<std::int64_t>;
        gate.threshold = random_.coin() ? Limits::min() : Limits::max();
      }
      draw_costs(gate);
      if (builder_.add_gate(gate).ok()) break;
    }
    gates_.push_back(std::move(gate));
  }

  CircuitBuilder rebuild() const {
    CircuitBuilder builder;
    for (const InputWord& word : words_) (void)builder.add_input(word);
    for (const GateSpec& gate : gates_) (void)builder.add_gate(gate);
    if (!gates_.empty())
      (void)builder.add_output(GateId{static_cast<std::uint32_t>(gates_.size() - 1)});
    return builder;
  }

  DomainSpec draw_domain() {
    DomainSpec domain;
    if (words_.empty()) return domain;
    if (chance(2))
      domain.fix.push_back({input_source(), static_cast<std::int64_t>(random_.below(2))});
    if (chance(2)) {
      const auto index = static_cast<std::uint32_t>(random_.below(words_.size()));
      const std::int64_t low = random_.between(-3, 5);
      domain.range.push_back({InputId{index}, low, low + random_.between(0, 9)});
    }
    for (int i = 0; i < 2 && chance(2); ++i) {
      LinearCondition condition;
      condition.wires = draw_wires(0);
      if (random_.coin()) condition.min = random_.between(-4, 3) * (max_weight_ / 3 + 1);
      if (!condition.min || random_.coin())
        condition.max = random_.between(-1, 9) * (max_weight_ / 3 + 1);
      domain.linear.push_back(condition);
    }
    if (chance(3)) {
      DomainSpec::Hamming hamming;
      for (std::size_t i = 0; i < builder_.bit_count(); ++i)
        hamming.center.push_back(random_.coin() ? 1 : 0);
      hamming.radius = random_.between(0, static_cast<std::int64_t>(builder_.bit_count()));
      domain.hamming = hamming;
    }
    return domain;
  }

  base::Random& random_;
  RandomOptions options_;
  std::int64_t max_weight_ = 1;
  bool all_threshold_ = false;
  bool costly_ = false;
  std::vector<InputWord> words_;
  std::vector<GateSpec> gates_;
  CircuitBuilder builder_;
};

}  // namespace

Circuit random_circuit(base::Random& random, const RandomOptions& options) {
  return Drawer(random, options).draw();
}

namespace {

// Every word, at least one, with a weight that is not 0; sometimes a bit in its place.
LinearCondition random_condition(base::Random& random, const Circuit& circuit) {
  LinearCondition condition;
  std::int64_t low = 0, high = 0;
  for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
    if (condition.wires.empty() ? w + 1 < circuit.inputs().size() && random.coin()
                                : random.coin()) {
      continue;
    }
    const InputWord& word = circuit.inputs()[w];
    WrittenWire wire{Source::word(InputId{w}), random.between(1, 4)};
    Circuit::Interval range = word_range(word);
    if (word.bits > 1 && random.coin()) {
      wire.source = Source::bit(
          InputId{w}, static_cast<int>(random.below(static_cast<std::uint64_t>(word.bits))));
      range = {0, 1};
    }
    if (random.coin()) wire.weight = -wire.weight;
    low += std::min(wire.weight * range.low, wire.weight * range.high);
    high += std::max(wire.weight * range.low, wire.weight * range.high);
    condition.wires.push_back(wire);
  }
  const std::int64_t middle = random.between(low - 1, high + 1);
  if (random.coin()) condition.min = middle;
  if (!condition.min || random.coin()) condition.max = random.between(middle, high + 1);
  return condition;
}

}  // namespace

DomainSpec random_domain(base::Random& random, const Circuit& circuit) {
  DomainSpec domain;
  const bool around = random.below(4) == 0;
  const std::int64_t radius = random.between(0, 5);
  for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
    const auto [least, most] = word_range(circuit.inputs()[w]);
    const std::int64_t low = random.between(least, most);
    const std::int64_t high = random.between(low, most);
    if (around) {
      domain.range.push_back({InputId{w}, low - radius, low + radius});
      continue;
    }
    if (random.below(3) == 0) domain.range.push_back({InputId{w}, low, high});
    if (random.below(12) == 0) domain.fix.push_back({Source::word(InputId{w}), high});
    if (random.below(12) == 0) {
      domain.fix.push_back({Source::bit(InputId{w}, 0), random.coin() ? 1 : 0});
    }
  }
  for (int i = 0; i < 2 && !circuit.inputs().empty() && random.below(3) == 0; ++i) {
    domain.linear.push_back(random_condition(random, circuit));
  }
  if (random.below(4) == 0) {
    domain.hamming.emplace();
    for (std::size_t i = 0; i < circuit.bit_count(); ++i) {
      domain.hamming->center.push_back(random.coin() ? 1 : 0);
    }
    domain.hamming->radius =
        random.between(0, std::max<std::int64_t>(4, std::ssize(domain.hamming->center)));
  }
  return domain;
}

InputBits input_of_number(std::uint64_t number, std::size_t bits) {
  InputBits input(bits);
  for (std::size_t i = 0; i < bits; ++i) input[i] = number >> i & 1U;
  return input;
}

engines::Answer nothing_known(const engines::Question& question) {
  const InputBits& example = question.circuit.example_input();
  engines::Answer answer;
  for (const engines::Objective& objective : question.objectives) {
    answer.best.push_back({{engines::objective_value(question.circuit, objective, example),
                            engines::interval_upper_bound(question.circuit, objective)},
                           example});
  }
  return answer;
}

engines::Objective total_objective(const Circuit& circuit) {
  engines::Objective objective;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    objective.cost.push_back(gate.counts ? gate.cost : 0);
  }
  return objective;
}

Circuit layered_circuit(base::Random& random, int bits, const std::vector<int>& layers,
                        std::int64_t max_weight) {
  CircuitBuilder builder("layered");
  std::vector<Source> previous;
  for (int i = 0; i < bits; ++i) {
    previous.push_back(Source::word(*builder.add_input({"x" + std::to_string(i)})));
  }
  int index = 0;
  for (const int width : layers) {
    std::vector<Source> layer;
    for (int i = 0; i < width; ++i) {
      GateSpec gate;
      gate.name = "g" + std::to_string(index++);
      double mean = 0, variance = 0;
      for (const Source& source : previous) {
        const std::int64_t magnitude = random.between(1, max_weight);
        gate.wires.push_back({source, random.coin() ? magnitude : -magnitude});
        mean += 0.5 * static_cast<double>(gate.wires.back().weight);
        variance += 0.25 * static_cast<double>(magnitude * magnitude);
      }
      gate.threshold = std::llround(mean + (random.unit() - 0.5) * std::sqrt(variance));
      layer.push_back(Source::gate(*builder.add_gate(std::move(gate))));
    }
    previous = layer;
  }
  for (const Source& source : previous) (void)builder.add_output(GateId{source.index});
  return *std::move(builder).build();
}

namespace {

// Sums of a gate spread over about so many values of its activation.
Activation many_steps(base::Random& random, std::int64_t spread) {
  const std::int64_t values = random.between(2, 40);
  switch (random.below(6)) {
    case 0: {
      Steps steps;
      std::set<std::int64_t> at;
      for (std::int64_t i = 0; i < values; ++i) at.insert(random.between(-spread, spread));
      steps.at.assign(at.begin(), at.end());
      // Mostly from 0 upwards; sometimes negative at first, which fires, too.
      std::int64_t value = random.below(3) == 0 ? -random.between(0, 5) : 0;
      for (std::size_t i = 0; i <= at.size(); ++i) {
        steps.values.push_back(value);
        value += random.between(0, 3);
      }
      return steps;
    }
    case 1:
      return Threshold{};
    case 2:
      return Sigmoid{static_cast<int>(random.between(2, 6)), random.between(1, 4),
                     std::max<std::int64_t>(spread / 2, 1)};
    default: {
      Relu relu;
      while ((spread >> relu.shift) > values) ++relu.shift;
      // Most reach their maximum somewhere.
      relu.max = random.between(1, 2 * values);
      return relu;
    }
  }
}

}  // namespace

Circuit control_network(base::Random& random, const ControlOptions& options) {
  CircuitBuilder builder("control");
  std::vector<Source> previous, all;
  std::vector<InputWord> words;
  DomainSpec domain;
  int left = static_cast<int>(random.between(3, options.max_bits));
  for (std::uint32_t w = 0; left > 0; ++w) {
    InputWord word{"w" + std::to_string(w), static_cast<int>(random.between(1, std::min(left, 6))),
                   random.below(3) == 0};
    left -= word.bits;
    const Circuit::Interval range = word_range(word);
    const InputId id = *builder.add_input(word);
    words.push_back(word);
    previous.push_back(Source::word(id));
    if (random.below(8) == 0) all.push_back(Source::bit(id, 0));
    if (options.domain && random.below(5) == 0) {
      const std::int64_t low = random.between(range.low, range.high);
      domain.range.push_back({id, low, random.between(low, range.high)});
    }
  }
  if (options.domain && random.below(6) == 0) {
    LinearCondition condition;
    for (const Source& word : previous) condition.wires.push_back({word, random.coin() ? 2 : -3});
    condition.min = -random.between(0, 9);
    condition.max = random.between(0, 30);
    domain.linear.push_back(condition);
  }
  static constexpr std::int64_t weights[] = {3, 20, 127, 1'000'000, 1LL << 30};
  const std::int64_t most =
      options.max_weight != 0 ? options.max_weight : weights[random.below(std::size(weights))];
  std::vector<Circuit::Interval> ranges;  // of the gates
  // Of a gate with these wires; saturated, as most sums that do not fit are refused later.
  const auto sums_of = [&](const std::vector<WrittenWire>& wires) {
    double low = 0, high = 0;
    for (const WrittenWire& wire : wires) {
      Circuit::Interval range{0, 1};
      if (wire.source.kind == Source::Kind::word) range = word_range(words[wire.source.index]);
      if (wire.source.kind == Source::Kind::gate) range = ranges[wire.source.index];
      const double a = static_cast<double>(wire.weight) * static_cast<double>(range.low);
      const double b = static_cast<double>(wire.weight) * static_cast<double>(range.high);
      low += std::min(a, b);
      high += std::max(a, b);
    }
    constexpr double limit = 0x1p60;
    return Circuit::Interval{static_cast<std::int64_t>(std::max(low, -limit)),
                             static_cast<std::int64_t>(std::min(high, limit))};
  };
  const auto layers = random.between(1, options.max_layers);
  int index = 0;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    all.insert(all.end(), previous.begin(), previous.end());
    std::vector<Source> next;
    for (auto gates = random.between(1, options.max_width); gates > 0; --gates) {
      GateSpec gate{.name = "g" + std::to_string(index++)};
      for (const Source& source : random.below(6) == 0 ? all : previous) {
        const std::int64_t size = random.between(1, most);
        if (random.below(6) != 0) gate.wires.push_back({source, random.coin() ? size : -size});
      }
      const Circuit::Interval sums = sums_of(gate.wires);
      const std::int64_t spread = (sums.high - sums.low) / 2 + 1;
      gate.threshold = sums.low + random.between(spread / 2, spread + spread / 2);
      gate.activation = many_steps(random, spread);
      gate.counts = !options.costs || random.below(8) != 0;
      gate.cost = options.costs && random.below(4) == 0 ? random.between(1, 9) : 1;
      const auto id = builder.add_gate(std::move(gate));
      if (!id.ok()) continue;  // its sums do not fit
      next.push_back(Source::gate(*id));
      ranges.push_back(builder.value_range(*id));
    }
    if (next.empty()) break;
    previous = std::move(next);
  }
  Circuit circuit = *std::move(builder).build();
  // A drawn domain may be empty; then the circuit keeps all inputs.
  auto restricted = circuit.with_domain(domain);
  return restricted.ok() ? *std::move(restricted) : circuit;
}

}  // namespace gatelight::generate
