// SPDX-License-Identifier: Apache-2.0
//
// Measurements: what is printed, compared with a baseline and recorded.
#ifndef GATELIGHT_BENCH_RECORD_HPP
#define GATELIGHT_BENCH_RECORD_HPP

#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gatelight::bench {

struct Settings {
  double seconds = 0.5;  // of a run whose length can be chosen
  int runs = 5;
  std::string baseline, json, machine, date, command;
};

// One line: what was measured, and figures by name, in the order of printing.
struct Row {
  std::string circuit;
  std::string method;
  int threads = 1;
  std::vector<std::pair<std::string, double>> figures;

  [[nodiscard]] std::string key() const {
    return circuit + "/" + method + "/" + std::to_string(threads);
  }
};

// Prints rows as they come, each beside what the baseline has for the figure `compared`.
class Record {
 public:
  Record(const Settings& settings, std::string benchmark, std::string compared);
  void add(const Row& row);
  // Of all rows to the settings' file, if it names one.
  [[nodiscard]] bool write() const;

 private:
  const Settings& settings_;
  std::string benchmark_, compared_;
  std::map<std::string, double> recorded_;
  std::vector<Row> rows_;
};

// Seconds since it was made: of this process's processors for one thread, since others may be at work
// there too; of the clock for more.
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

// Of a list that is not empty.
[[nodiscard]] double median(std::vector<double> values);

// The benchmarks.  Each takes minutes and returns the program's exit status.
[[nodiscard]] int enumerate_benchmark(const Settings& settings);
[[nodiscard]] int diagram_benchmark(const Settings& settings);
[[nodiscard]] int growth_benchmark(const Settings& settings);
[[nodiscard]] int partitions_benchmark(const Settings& settings);

}  // namespace gatelight::bench

#endif  // GATELIGHT_BENCH_RECORD_HPP
