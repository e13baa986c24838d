// SPDX-License-Identifier: Apache-2.0
//
// Speed of engines::enumerate, as a ratio to the scalar loop measured in the same run.
//
//   gatelight_bench [--seconds S] [--runs N] [--baseline FILE] [--json FILE --machine TEXT
//                    --date TEXT --command TEXT]
//
// Every figure is the median of N runs of about S seconds each; runs of the engine and of the
// scalar loop alternate, so that a busy machine slows both.  One thread is measured in CPU time,
// more in elapsed time.  The column `recorded` is the ratio in the baseline.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.hpp"
#include "engines/engine.hpp"
#include "networks.hpp"
#include "scalar_loop.hpp"

namespace gatelight::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Settings {
  double seconds = 0.5;
  int runs = 5;
  std::string baseline, json, machine, date, command;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Measured {
  std::string circuit, cpu;
  int threads = 1;
  double inputs_a_second = 0;
  double ratio = 0;  // to the scalar loop; 0 where there is none

  [[nodiscard]] std::string key() const {
    return circuit + "/" + cpu + "/" + std::to_string(threads);
  }
};

class Stopwatch {
 public:
  explicit Stopwatch(int threads) : threads_(threads) {}
  [[nodiscard]] double seconds() const {
    if (threads_ == 1) return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - elapsed_).count();
  }

 private:
  int threads_;
  std::clock_t cpu_ = std::clock();
  std::chrono::steady_clock::time_point elapsed_ = std::chrono::steady_clock::now();
};

double engine_rate(const Circuit& circuit, int threads, double seconds) {
  engines::Question question{circuit, {}, false};
  question.objectives.push_back({std::vector<std::int64_t>(circuit.gate_count(), 1)});
  Limits limits;
  limits.threads = threads;
  limits.seconds = seconds;
  const Stopwatch watch(threads);
  const auto answer = engines::enumerate(question, limits);
  return static_cast<double>(answer.value().nodes) / watch.seconds();
}

double scalar_rate(const DenseNetwork& network, int threads, double seconds) {
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

class Table {
 public:
  explicit Table(const std::string& baseline) {
    std::ifstream in(baseline);
    const Json json = Json::parse(in, nullptr, false);
    if (!json.is_object()) return;
    for (const Json& row : json.value("results", Json::array())) {
      const Measured old{row.value("circuit", ""), row.value("cpu", ""), row.value("threads", 1), 0,
                         0};
      recorded_[old.key()] = row.value("ratio_to_scalar", 0.0);
    }
  }

  void head() const {
    std::printf("%-26s %-9s %7s %12s %9s %9s\n", "circuit", "cpu", "threads", "inputs/s",
                "x scalar", "recorded");
  }

  void add(const Measured& row) {
    rows.push_back(row);
    const auto old = recorded_.find(row.key());
    std::printf("%-26s %-9s %7d %12.3g %9s %9s\n", row.circuit.c_str(), row.cpu.c_str(),
                row.threads, row.inputs_a_second, text(row.ratio).c_str(),
                text(old == recorded_.end() ? 0 : old->second).c_str());
    std::fflush(stdout);
  }

  std::vector<Measured> rows;

 private:
  static std::string text(double ratio) {
    return ratio > 0 ? std::to_string(static_cast<long>(ratio + 0.5)) : "-";
  }
  std::map<std::string, double> recorded_;
};

void measure_dense(const Settings& settings, int largest, int threads, base::InstructionSet set,
                   Table& table) {
  const DenseNetwork network =
      dense_network(28, {32, 16, 8, 1}, largest, static_cast<std::uint64_t>(largest));
  const Circuit circuit = to_circuit(network);
  const base::ScopedInstructionSet forced(set);
  std::vector<double> rates;
  std::vector<double> ratios;
  for (int run = 0; run < settings.runs; ++run) {
    const double scalar = scalar_rate(network, threads, settings.seconds / 4);
    rates.push_back(engine_rate(circuit, threads, settings.seconds));
    ratios.push_back(rates.back() / scalar);
  }
  table.add({"28: 32-16-8-1, W=" + std::to_string(largest), std::string(name(set)), threads,
             median(rates), median(ratios)});
}

void measure_words(const Settings& settings, int threads, base::InstructionSet set, Table& table) {
  const Circuit circuit = word_network(1);
  const base::ScopedInstructionSet forced(set);
  std::vector<double> rates;
  for (int run = 0; run < settings.runs; ++run) {
    rates.push_back(engine_rate(circuit, threads, settings.seconds));
  }
  table.add({"4 words: 16-12, 4 values", std::string(name(set)), threads, median(rates), 0});
}

bool write_json(const Settings& settings, const std::vector<Measured>& rows) {
  Json json{{"benchmark", "enumerate"}, {"machine", settings.machine},
            {"date", settings.date},    {"command", settings.command},
            {"runs", settings.runs},    {"seconds_a_run", settings.seconds},
            {"results", Json::array()}};
  for (const Measured& row : rows) {
    Json entry{{"circuit", row.circuit},
               {"cpu", row.cpu},
               {"threads", row.threads},
               {"inputs_a_second", static_cast<std::int64_t>(row.inputs_a_second)}};
    if (row.ratio > 0) entry["ratio_to_scalar"] = static_cast<std::int64_t>(row.ratio + 0.5);
    json["results"].push_back(entry);
  }
  std::ofstream out(settings.json);
  out << json.dump(2) << "\n";
  out.flush();
  return out.good();
}

int run(const Settings& settings) {
  Table table(settings.baseline);
  table.head();
  const auto sets = base::available_instruction_sets();
  for (const int largest : {1, 3, 127}) {
    for (const auto set : sets) measure_dense(settings, largest, 1, set, table);
    measure_dense(settings, largest, 2, sets.back(), table);
  }
  for (const auto set : sets) measure_words(settings, 1, set, table);
  measure_words(settings, 2, sets.back(), table);
  if (!settings.json.empty() && !write_json(settings, table.rows)) {
    std::fprintf(stderr, "gatelight_bench: cannot write %s\n", settings.json.c_str());
    return 1;
  }
  return 0;
}

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

int usage() {
  std::fputs(
      "usage: gatelight_bench [--seconds S] [--runs N] [--baseline FILE] [--json FILE "
      "--machine TEXT "
      "--date TEXT --command TEXT]\n",
      stderr);
  return 2;
}

int main_program(int count, char** arguments) {
  Settings settings;
  const std::map<std::string_view, std::string*> texts{{"--baseline", &settings.baseline},
                                                       {"--json", &settings.json},
                                                       {"--machine", &settings.machine},
                                                       {"--date", &settings.date},
                                                       {"--command", &settings.command}};
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view option = arguments[i];
    const std::string_view value = arguments[i + 1];
    if (const auto text = texts.find(option); text != texts.end()) {
      *text->second = value;
    } else if (!(option == "--seconds" && parse(value, settings.seconds)) &&
               !(option == "--runs" && parse(value, settings.runs))) {
      return usage();
    }
  }
  return count % 2 == 1 ? run(settings) : usage();
}

}  // namespace
}  // namespace gatelight::bench

int main(int count, char** arguments) { return gatelight::bench::main_program(count, arguments); }
