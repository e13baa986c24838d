// SPDX-License-Identifier: Apache-2.0
//
// The seconds of a proof by sweeping, by inputs and by gates, one thread, beside what
// engines::predict_enumeration said before.
#include "engines/engine.hpp"
#include "networks.hpp"
#include "record.hpp"

namespace gatelight::bench {
namespace {

// A point is measured fewer times where that would take very long.
constexpr double long_seconds = 5;
constexpr int long_runs = 3;

void measure(const Settings& settings, const std::string& label, const DenseNetwork& network,
             Record& record) {
  const Circuit circuit = to_circuit(network);
  engines::Question question{circuit, {}, false};
  question.objectives.push_back({std::vector<std::int64_t>(circuit.gate_count(), 1)});
  const double predicted = engines::predict_enumeration(question, {}).value().seconds;
  std::vector<double> seconds;
  const int runs = predicted > long_seconds ? std::min(settings.runs, long_runs) : settings.runs;
  for (int run = 0; run < runs; ++run) {
    const Stopwatch watch(1);
    (void)engines::enumerate(question, {});
    seconds.push_back(watch.seconds());
  }
  Row row{label, "proof", 1, {}};
  row.figures = {{"inputs", static_cast<double>(circuit.bit_count())},
                 {"gates", static_cast<double>(circuit.gate_count())},
                 {"seconds", median(seconds)},
                 {"predicted", predicted}};
  record.add(row);
}

}  // namespace

int growth_benchmark(const Settings& settings) {
  Record record(settings, "growth", "seconds");
  for (const int largest : {1, 3, 127}) {
    for (int bits = 24; bits <= 38; bits += 2) {
      const DenseNetwork network = dense_network(bits, {32, 16, 8, 1}, largest, 1);
      measure(settings, "n=" + std::to_string(bits) + ", W=" + std::to_string(largest), network,
              record);
    }
  }
  for (const int largest : {1, 3, 127}) {
    for (int k = 1; k <= 32; k *= 2) {
      const DenseNetwork network = dense_network(30, {8 * k, 4 * k, 2 * k, 1}, largest, 1);
      measure(settings,
              "n=30, " + std::to_string(14 * k + 1) + " gates, W=" + std::to_string(largest),
              network, record);
    }
  }
  return record.write() ? 0 : 1;
}

}  // namespace gatelight::bench
