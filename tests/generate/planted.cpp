// SPDX-License-Identifier: Apache-2.0
#include "generate/planted.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace gatelight::generate {
namespace {

InputBits random_input(base::Random& random, int bits) {
  InputBits input(static_cast<std::size_t>(bits));
  for (auto& bit : input) bit = random.coin() ? 1 : 0;
  return input;
}

template <class Value>
void shuffle(base::Random& random, std::vector<Value>& values) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

// Some of the values, in any order.
std::vector<std::size_t> some(base::Random& random, std::vector<std::size_t> values,
                              std::int64_t how_many) {
  shuffle(random, values);
  values.resize(std::min(values.size(), static_cast<std::size_t>(how_many)));
  return values;
}

// A circuit that grows, and what its nodes are on the secret.
class Grower {
 public:
  Grower(base::Random& random, int bits) : secret_(random_input(random, bits)) {
    for (int i = 0; i < bits; ++i) {
      nodes_.push_back(Source::word(*builder_.add_input({"x" + std::to_string(i)})));
      values_.push_back(secret_[static_cast<std::size_t>(i)]);
    }
  }

  // Of the secret.
  [[nodiscard]] std::int64_t sum(const std::vector<std::size_t>& nodes,
                                 const std::vector<std::int64_t>& weights) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) sum += weights[i] * values_[nodes[i]];
    return sum;
  }

  // The place of a new threshold gate.  A cost of 0: it does not count.
  std::size_t add(const std::vector<std::size_t>& nodes, const std::vector<std::int64_t>& weights,
                  std::int64_t threshold, std::int64_t cost) {
    GateSpec gate{.name = "g" + std::to_string(nodes_.size()), .threshold = threshold};
    for (std::size_t i = 0; i < nodes.size(); ++i)
      gate.wires.push_back({nodes_[nodes[i]], weights[i]});
    gate.counts = cost != 0;
    gate.cost = std::max<std::int64_t>(cost, 1);
    const bool fires = sum(nodes, weights) >= threshold;
    if (fires) energy_ += cost;
    nodes_.push_back(Source::gate(*builder_.add_gate(std::move(gate))));
    values_.push_back(fires ? 1 : 0);
    return nodes_.size() - 1;
  }

  [[nodiscard]] bool fires(std::size_t node) const { return values_[node] != 0; }

  // All nodes so far.
  [[nodiscard]] std::vector<std::size_t> nodes() const {
    std::vector<std::size_t> all(nodes_.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }

  Planted finish() && {
    (void)builder_.add_output(GateId{nodes_.back().index});
    return {*std::move(builder_).build(), std::move(secret_), energy_};
  }

 private:
  CircuitBuilder builder_{"planted"};
  InputBits secret_;
  std::vector<Source> nodes_;         // inputs, then gates
  std::vector<std::int64_t> values_;  // on the secret
  std::int64_t energy_ = 0;           // what fires on the secret
};

// A gate that tells whether an odd number of the nodes is 1.
std::size_t add_parity(Grower& grower, const std::vector<std::size_t>& nodes) {
  std::vector<std::size_t> counters;
  std::vector<std::int64_t> signs;
  const std::vector<std::int64_t> ones(nodes.size(), 1);
  for (std::int64_t i = 1; i <= std::ssize(nodes); ++i) {
    counters.push_back(grower.add(nodes, ones, i, 0));
    signs.push_back(i % 2 != 0 ? 1 : -1);
  }
  return grower.add(counters, signs, 1, 0);
}

}  // namespace

Planted planted_pairs(base::Random& random, int bits, int pairs) {
  Grower grower(random, bits);
  for (int pair = 0; pair < pairs; ++pair) {
    const auto nodes = some(random, grower.nodes(), random.between(2, 12));
    std::vector<std::int64_t> weights, negated;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      weights.push_back(random.between(1, 7) * (random.coin() ? 1 : -1));
      negated.push_back(-weights.back());
    }
    // sum >= threshold, or -sum >= 1 - threshold.
    const std::int64_t threshold = grower.sum(nodes, weights) - random.between(0, 2);
    const std::int64_t cheap = random.between(1, 4);
    const std::int64_t dear = cheap + random.between(1, 4);
    grower.add(nodes, weights, threshold, dear);
    grower.add(nodes, negated, 1 - threshold, cheap);
  }
  return std::move(grower).finish();
}

Planted planted_needle(base::Random& random, int bits, int parities, int read) {
  Grower grower(random, bits);
  const auto inputs = grower.nodes();
  std::vector<std::size_t> tests;
  std::vector<std::int64_t> signs;
  std::int64_t threshold = 0;
  for (int i = 0; i < parities; ++i) {
    tests.push_back(add_parity(grower, some(random, inputs, read)));
    signs.push_back(grower.fires(tests.back()) ? 1 : -1);
    threshold += grower.fires(tests.back()) ? 1 : 0;
  }
  // Whatever reads the parities only is the same wherever the needle fires.
  std::int64_t noise = 0;
  for (int i = 0; i < 8; ++i) {
    const auto nodes = some(random, tests, 4);
    std::vector<std::int64_t> weights;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      weights.push_back(random.between(1, 3) * (random.coin() ? 1 : -1));
    }
    const std::int64_t cost = random.between(1, 3);
    grower.add(nodes, weights, random.between(-2, 2), cost);
    noise += cost;
  }
  grower.add(tests, signs, threshold, noise + 1);
  return std::move(grower).finish();
}

Circuit side_by_side(base::Random& random, std::span<const Circuit> circuits) {
  CircuitBuilder builder("beside");
  // Inputs in any order; gates in any that keeps each circuit's own.
  std::vector<std::size_t> bits, gates;
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    bits.insert(bits.end(), circuits[c].bit_count(), c);
    gates.insert(gates.end(), circuits[c].gate_count(), c);
  }
  shuffle(random, bits);
  shuffle(random, gates);
  std::vector<std::vector<Source>> input_of(circuits.size()), gate_of(circuits.size());
  const auto moved = [&](std::size_t c, std::vector<WrittenWire> wires) {
    for (auto& [source, weight] : wires) {
      source =
          source.kind == Source::Kind::gate ? gate_of[c][source.index] : input_of[c][source.index];
    }
    return wires;
  };
  for (std::size_t place = 0; place < bits.size(); ++place) {
    input_of[bits[place]].push_back(
        Source::word(*builder.add_input({"x" + std::to_string(place)})));
  }
  for (std::size_t place = 0; place < gates.size(); ++place) {
    const std::size_t c = gates[place];
    GateSpec gate = circuits[c].gate(GateId{static_cast<std::uint32_t>(gate_of[c].size())});
    gate.name = "g" + std::to_string(place);
    gate.wires = moved(c, std::move(gate.wires));
    gate_of[c].push_back(Source::gate(*builder.add_gate(std::move(gate))));
  }
  DomainSpec domain;
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    for (DomainSpec::Fix fix : circuits[c].domain().fix) {
      fix.source = input_of[c][fix.source.index];
      domain.fix.push_back(fix);
    }
    for (DomainSpec::Range range : circuits[c].domain().range) {
      range.word = InputId{input_of[c][static_cast<std::size_t>(range.word)].index};
      domain.range.push_back(range);
    }
    for (LinearCondition condition : circuits[c].domain().linear) {
      condition.wires = moved(c, std::move(condition.wires));
      domain.linear.push_back(std::move(condition));
    }
    // A ball of some of the inputs, as the sum of their differences from the center.
    if (const auto& ball = circuits[c].domain().hamming; ball && !ball->center.empty()) {
      LinearCondition condition{.max = ball->radius};
      for (std::size_t i = 0; i < ball->center.size(); ++i) {
        condition.wires.push_back({input_of[c][i], ball->center[i] != 0 ? -1 : 1});
        *condition.max -= ball->center[i];
      }
      domain.linear.push_back(std::move(condition));
    }
  }
  return *std::move(builder).build(std::move(domain));
}

}  // namespace gatelight::generate
