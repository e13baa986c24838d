// SPDX-License-Identifier: Apache-2.0
//
// Time of ranks through decision diagrams, of sampled ranks, and of the search over all partitions.  One
// thread.
#include <algorithm>
#include <string>

#include "base/random.hpp"
#include "gatelight/rank.hpp"
#include "generate/families.hpp"
#include "generate/random_circuit.hpp"
#include "measures/rank/structured.hpp"
#include "record.hpp"

namespace gatelight::bench {
namespace {

GateId output_of(const Circuit& circuit) { return circuit.outputs()[0]; }

// The ranks at all cuts of the declared order: the diagram, its reduction, and an elimination a level.
void cuts(const Settings& settings, const std::string& label, const Circuit& circuit,
          Record& record) {
  std::vector<double> seconds;
  double largest = 0, widest = 0, exact = 0;
  for (int run = 0; run < settings.runs; ++run) {
    const Stopwatch watch(1);
    const auto maker = engines::DiagramMaker::create(circuit, output_of(circuit));
    const auto diagram = maker->compile(maker->bits(), std::size_t{1} << 22, {});
    const auto ranks = measures::ranks_at_cuts(*diagram, {});
    seconds.push_back(watch.seconds());
    const auto best = std::ranges::max_element(ranks->cuts, {}, &measures::CutRank::lower);
    largest = static_cast<double>(best->lower);
    exact = std::ranges::all_of(ranks->cuts, &measures::CutRank::exact) ? 1 : 0;
    widest = static_cast<double>(*std::ranges::max_element(diagram->widths));
  }
  Row row{label, "all cuts", 1, {}};
  row.figures = {{"inputs", static_cast<double>(circuit.bit_count())},
                 {"width", widest},
                 {"rank", largest},
                 {"exact", exact},
                 {"seconds", median(seconds)}};
  record.add(row);
}

void samples(const Settings& settings, const std::string& label, const Circuit& circuit,
             std::size_t size, Record& record) {
  const auto function = BooleanFunction::of_gate(circuit, output_of(circuit));
  std::vector<double> seconds;
  double lower = 0;
  for (int run = 0; run < settings.runs; ++run) {
    const Stopwatch watch(1);
    const auto result = measure_rank(function, halves(circuit.bit_count()),
                                     {.path = RankPath::sampled, .samples = size});
    seconds.push_back(watch.seconds());
    lower = static_cast<double>(result->lower);
  }
  Row row{label, "samples " + std::to_string(size), 1, {}};
  row.figures = {{"inputs", static_cast<double>(circuit.bit_count())},
                 {"rank", lower},
                 {"seconds", median(seconds)}};
  record.add(row);
}

void partitions(const Settings& settings, const std::string& label, const BooleanFunction& function,
                Record& record) {
  std::vector<double> seconds;
  Row row{label, "all partitions", 1, {}};
  for (int run = 0; run < settings.runs; ++run) {
    const Stopwatch watch(1);
    const auto best = best_rank(function);
    seconds.push_back(watch.seconds());
    row.figures = {{"inputs", static_cast<double>(function.inputs())},
                   {"rank", static_cast<double>(best->best.lower)},
                   {"upper", best->upper},
                   {"looked_at", static_cast<double>(best->looked_at)}};
  }
  row.figures.emplace_back("seconds", median(seconds));
  record.add(row);
}

// 2^(n/2) ones among 2^n values: no partition reaches 2^(n/2), and nothing but eliminations tells how far the
// others come.
BooleanFunction sparse(std::size_t inputs) {
  base::Random random(1);
  std::string hex(std::size_t{1} << (inputs - 2), '0');
  for (std::size_t i = 0; i < std::size_t{1} << (inputs / 2); ++i) {
    hex[random.below(hex.size())] = "1248"[random.below(4)];
  }
  return BooleanFunction::of_table(hex, inputs).value();
}

BooleanFunction of(const Circuit& circuit) {
  return BooleanFunction::of_gate(circuit, output_of(circuit));
}

}  // namespace

int partitions_benchmark(const Settings& settings) {
  Record record(settings, "partitions", "seconds");
  cuts(settings, "majority 1001", generate::majority(1001), record);
  cuts(settings, "equality, interleaved, 200", generate::equality(100, 1, true), record);
  cuts(settings, "equality, word after word, 24", generate::equality(12, 1, false), record);
  cuts(settings, "disjointness, word after word, 24", generate::disjointness(12, 1), record);
  base::Random random(1);
  cuts(settings, "layers 2-1, w=1", generate::layered_circuit(random, 60, {2, 1}, 1), record);
  cuts(settings, "layers 4-3-1, w=1", generate::layered_circuit(random, 40, {4, 3, 1}, 1), record);
  samples(settings, "disjointness 100", generate::disjointness(50, 1), 2048, record);
  for (const std::size_t n : {16, 18, 20}) {
    partitions(settings, std::to_string(n) + " inputs, 2^" + std::to_string(n / 2) + " ones",
               sparse(n), record);
  }
  partitions(settings, "disjointness 20", of(generate::disjointness(10, 1)), record);
  partitions(settings, "disjointness 24", of(generate::disjointness(12, 1)), record);
  partitions(settings, "majority 1001", of(generate::majority(1001)), record);
  partitions(settings, "multiplexer 11", of(generate::multiplexer(3)), record);
  partitions(settings, "layers 16-8-4-1, 16 inputs",
             of(generate::layered_circuit(random, 16, {16, 8, 4, 1}, 3)), record);
  return record.write() ? 0 : 1;
}

}  // namespace gatelight::bench
