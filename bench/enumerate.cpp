// SPDX-License-Identifier: Apache-2.0
//
// Speed of engines::enumerate, as a ratio to the plain loop measured in the same minute.
//
// Runs of the engine and of the plain loop alternate, so that a busy machine slows both.  Methods:
//   interpreted, generated   every input is evaluated (no filter); `of peak` is the share of the
//                            machine's vector logic peak that the generated code's operations use
//   all of 2^36              what the library does by itself, until the energy is proved
//   every input              of words: no filter, but otherwise what the library does by itself
#include <algorithm>
#include <string>

#include "base/cpu.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/choices.hpp"
#include "engines/exhaustive/code/assembler.hpp"
#include "engines/exhaustive/code/schedule.hpp"
#include "logic_peak.hpp"
#include "networks.hpp"
#include "record.hpp"
#include "scalar_loop.hpp"

namespace gatelight::bench {
namespace {

using base::InstructionSet;
using engines::exhaustive::Choices;
using engines::exhaustive::CodeChoice;
namespace generated = engines::exhaustive::generated;

// The plain loop has fewer inputs than the sweeps, whose length must not end a run: to its advantage.
constexpr int loop_bits = 28;
constexpr int sweep_bits = 36;

engines::Question energy_of(const Circuit& circuit) {
  engines::Question question{circuit, {}, false};
  question.objectives.push_back({std::vector<std::int64_t>(circuit.gate_count(), 1)});
  return question;
}

double loop_rate(const DenseNetwork& network, int threads, double seconds) {
  constexpr std::uint64_t slice = 1 << 14;
  const Stopwatch watch(threads);
  std::uint64_t done = 0;
  int energy = 0;
  for (; watch.seconds() < seconds; done += slice) {
    energy = std::max(energy, scalar_energy(network, done, done + slice));
  }
  // Using the energy keeps the loop from being optimised away.
  return energy >= 0 ? static_cast<double>(done) / watch.seconds() : 0;
}

struct Method {
  std::string name;
  InstructionSet set;
  Choices choices;
  bool whole = false;
};

// Operations on vectors for one input, if every input is evaluated by generated code.
double operations_an_input(const Circuit& circuit, InstructionSet set) {
  const auto plan = engines::exhaustive::compile_plan(energy_of(circuit));
  const bool wide = set == InstructionSet::avx512;
  const auto logic = generated::translate_targets(plan.value(), false, wide);
  const std::size_t lanes = 8 * generated::vector_bytes(wide);
  return static_cast<double>(generated::schedule(logic).size()) / static_cast<double>(lanes);
}

class Benchmark {
 public:
  explicit Benchmark(const Settings& settings)
      : settings_(settings), record_(settings, "enumerate", "ratio") {}

  int run() {
    const auto sets = base::available_instruction_sets();
    for (const int largest : {1, 3, 127}) measure_dense(largest, sets);
    for (const auto set : sets) measure_words(set);
    return record_.write() ? 0 : 1;
  }

 private:
  struct Run {
    double inputs = 0, seconds = 0;
  };

  Run sweep(const Circuit& circuit, const Method& method, int threads) const {
    const base::ScopedInstructionSet set(method.set);
    const engines::exhaustive::ScopedChoices choices(method.choices);
    Limits limits;
    limits.threads = threads;
    if (!method.whole) limits.seconds = settings_.seconds;
    const Stopwatch watch(threads);
    const auto answer = engines::enumerate(energy_of(circuit), limits);
    return {static_cast<double>(answer.value().nodes), watch.seconds()};
  }

  void measure(const DenseNetwork& loop, const Circuit& circuit, const std::string& label,
               const Method& method, int threads) {
    std::vector<double> rates, ratios, seconds, shares;
    const bool counts = method.choices.code == CodeChoice::generated && threads == 1;
    const double operations = counts ? operations_an_input(circuit, method.set) : 0;
    for (int run = 0; run < settings_.runs; ++run) {
      // One loop, however many threads sweep.
      const double rate = loop_rate(loop, 1, settings_.seconds / 2);
      const Run done = sweep(circuit, method, threads);
      rates.push_back(done.inputs / done.seconds);
      seconds.push_back(done.seconds);
      ratios.push_back(rates.back() / rate);
      if (counts) {
        shares.push_back(rates.back() * operations / logic_peak(method.set, settings_.seconds / 4));
      }
    }
    Row row{label, method.name + ", " + std::string(name(method.set)), threads, {}};
    row.figures = {{"inputs/s", median(rates)}, {"ratio", median(ratios)}};
    if (method.whole) row.figures.emplace_back("seconds", median(seconds));
    if (counts) row.figures.emplace_back("of peak", median(shares));
    record_.add(row);
  }

  void measure_dense(int largest, const std::vector<InstructionSet>& sets) {
    const auto seed = static_cast<std::uint64_t>(largest);
    const DenseNetwork loop = dense_network(loop_bits, {32, 16, 8, 1}, largest, seed);
    const Circuit circuit = to_circuit(dense_network(sweep_bits, {32, 16, 8, 1}, largest, seed));
    const std::string label = "32-16-8-1, W=" + std::to_string(largest);
    const auto add = [&](const Method& method, int threads) {
      measure(loop, circuit, label, method, threads);
    };
    const Choices flat{CodeChoice::interpreted, false, false};
    const Choices flat_code{CodeChoice::generated, false, false};
    for (const auto set : sets) {
      add({"interpreted", set, flat}, 1);
      if (generated::can_assemble(set)) add({"generated", set, flat_code}, 1);
      add({"all of 2^36", set, {}, true}, 1);
    }
    const InstructionSet best = sets.back();
    add({"interpreted", best, flat}, 2);
    if (generated::can_assemble(best)) add({"generated", best, flat_code}, 2);
    add({"all of 2^36", best, {}, true}, 2);
  }

  // Against the plain loop on the circuit with weights within 1: a yardstick of the machine's speed.
  void measure_words(InstructionSet set) {
    const DenseNetwork loop = dense_network(loop_bits, {32, 16, 8, 1}, 1, 1);
    const Method method{"every input", set, {CodeChoice::automatic, false, false}};
    measure(loop, word_network(1), "4 words, 16-12", method, 1);
  }

  const Settings& settings_;
  Record record_;
};

}  // namespace

int enumerate_benchmark(const Settings& settings) { return Benchmark(settings).run(); }

}  // namespace gatelight::bench
