// SPDX-License-Identifier: Apache-2.0
//
// Time of engines::diagram_of for the energy and the histogram of circuits of hundreds of inputs.
//
// `loops` is that time in units of the plain loop's for 2^20 inputs of a 32-16-8-1 circuit, measured
// in the same minute: what the machine is worth.  Choosing the order is included.
#include "engines/engine.hpp"
#include "generate/families.hpp"
#include "networks.hpp"
#include "record.hpp"
#include "scalar_loop.hpp"

namespace gatelight::bench {
namespace {

double loop_seconds() {
  const DenseNetwork network = dense_network(28, {32, 16, 8, 1}, 1, 1);
  const Stopwatch watch(1);
  // Using the energy keeps the loop from being optimised away.
  return scalar_energy(network, 0, 1 << 20) >= 0 ? watch.seconds() : 0;
}

void measure(const Settings& settings, const std::string& label, const Circuit& circuit,
             Record& record) {
  engines::Question question{circuit, {}, true};
  question.objectives.push_back({std::vector<std::int64_t>(circuit.gate_count(), 1)});
  std::vector<double> seconds, loops;
  double nodes = 0;
  for (int run = 0; run < settings.runs; ++run) {
    const double loop = loop_seconds();
    const Stopwatch watch(1);
    const auto result = engines::diagram_of(question, {});
    seconds.push_back(watch.seconds());
    loops.push_back(seconds.back() / loop);
    nodes = static_cast<double>(result.value().answer.value().nodes);
  }
  Row row{label, "energy and histogram", 1, {}};
  row.figures = {{"inputs", static_cast<double>(circuit.bit_count())},
                 {"states", nodes},
                 {"seconds", median(seconds)},
                 {"loops", median(loops)}};
  record.add(row);
}

}  // namespace

int diagram_benchmark(const Settings& settings) {
  Record record(settings, "diagram", "loops");
  for (const int n : {100, 200, 400}) {
    measure(settings, "parity " + std::to_string(n), generate::parity_thermometer(n), record);
    measure(settings, "majority " + std::to_string(n), generate::majority(n), record);
    measure(settings, "equality " + std::to_string(n), generate::equality(n / 2, 8, false), record);
    measure(settings, "disjointness " + std::to_string(n), generate::disjointness(n / 2, 4),
            record);
  }
  for (const int k : {6, 8}) {
    const Circuit circuit = generate::multiplexer(k);
    measure(settings, "multiplexer " + std::to_string(circuit.bit_count()), circuit, record);
  }
  return record.write() ? 0 : 1;
}

}  // namespace gatelight::bench
