// SPDX-License-Identifier: Apache-2.0
#include "networks.hpp"

#include <cmath>
#include <numeric>
#include <string>

#include "base/random.hpp"

namespace gatelight::bench {
namespace {

int weight_within(base::Random& random, int largest) {
  const auto draw = static_cast<int>(random.between(-largest, largest - 1));
  return draw >= 0 ? draw + 1 : draw;
}

// Cuts at mean - sd/2, mean and mean + sd/2, values 0 to 3.
Steps four_values(double deviation) {
  Steps steps;
  const auto half = std::max<std::int64_t>(1, std::llround(deviation / 2));
  steps.at = {-half, 0, half};
  steps.values = {0, 1, 2, 3};
  return steps;
}

}  // namespace

DenseNetwork dense_network(int inputs, const std::vector<int>& layers, int largest,
                           std::uint64_t seed) {
  base::Random random(seed);
  DenseNetwork network;
  network.inputs = inputs;
  int sources = inputs;
  for (const int gates : layers) {
    auto& weights = network.layers.emplace_back();
    auto& thresholds = network.thresholds.emplace_back();
    for (int gate = 0; gate < gates; ++gate) {
      double sum = 0;
      double squares = 0;
      auto& row = weights.emplace_back();
      for (int source = 0; source < sources; ++source) {
        row.push_back(weight_within(random, largest));
        sum += row.back();
        squares += double{1} * row.back() * row.back();
      }
      const double share = random.unit() - 0.5;
      thresholds.push_back(static_cast<int>(std::lround(sum / 2 + share * std::sqrt(squares) / 2)));
    }
    sources = gates;
  }
  return network;
}

Circuit to_circuit(const DenseNetwork& network) {
  CircuitBuilder builder("dense");
  std::vector<Source> sources;
  for (int i = 0; i < network.inputs; ++i) {
    sources.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
  }
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    std::vector<Source> next;
    for (std::size_t gate = 0; gate < network.layers[layer].size(); ++gate) {
      GateSpec spec;
      spec.name = "h" + std::to_string(layer) + "_" + std::to_string(gate);
      spec.threshold = network.thresholds[layer][gate];
      for (std::size_t i = 0; i < sources.size(); ++i) {
        spec.wires.push_back({sources[i], network.layers[layer][gate][i]});
      }
      next.push_back(Source::gate(builder.add_gate(spec).value()));
    }
    sources = next;
  }
  return std::move(builder).build().value();
}

Circuit word_network(std::uint64_t seed) {
  base::Random random(seed);
  CircuitBuilder builder("words");
  std::vector<Source> sources;
  for (int i = 0; i < 4; ++i) {
    sources.push_back(
        Source::word(builder.add_input({.name = "w" + std::to_string(i), .bits = 8}).value()));
  }
  const auto add_layer = [&](int layer, int gates, int largest, double mean, double variance) {
    std::vector<Source> next;
    for (int gate = 0; gate < gates; ++gate) {
      GateSpec spec;
      spec.name = "h" + std::to_string(layer) + "_" + std::to_string(gate);
      double sum = 0;
      double squares = 0;
      for (const Source& source : sources) {
        const std::int64_t weight = random.between(-largest, largest);
        if (weight == 0) continue;
        spec.wires.push_back({source, weight});
        sum += static_cast<double>(weight);
        squares += static_cast<double>(weight * weight);
      }
      const double deviation = std::sqrt(squares * variance);
      spec.threshold = std::llround(sum * mean + (random.unit() - 0.5) * deviation);
      spec.activation = four_values(deviation);
      next.push_back(Source::gate(builder.add_gate(spec).value()));
    }
    sources = next;
  };
  add_layer(0, 16, 7, 127.5, 65535.0 / 12);
  add_layer(1, 12, 1, 1.5, 1.25);
  return std::move(builder).build().value();
}

}  // namespace gatelight::bench
