// SPDX-License-Identifier: Apache-2.0
//
// gatelight_bench: what scripts/bench runs.
#include <CLI/CLI.hpp>

#include "record.hpp"

int main(int count, char** arguments) {
  using namespace gatelight::bench;
  Settings settings;
  CLI::App app("Benchmarks of gatelight: medians of several runs, as ratios to a baseline.");
  app.require_subcommand(1);
  int status = 0;
  const auto add = [&](const char* name, const char* what, int (*benchmark)(const Settings&)) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("--seconds", settings.seconds, "of a run whose length can be chosen");
    command->add_option("--runs", settings.runs, "of which the median counts")
        ->check(CLI::PositiveNumber);
    command->add_option("--baseline", settings.baseline, "file with earlier figures");
    command->add_option("--json", settings.json, "file to write the figures to");
    command->add_option("--machine", settings.machine, "for the file");
    command->add_option("--date", settings.date, "for the file");
    command->add_option("--command", settings.command, "for the file");
    command->callback([&settings, &status, benchmark] { status = benchmark(settings); });
  };
  add("enumerate", "sweeps against a plain loop", enumerate_benchmark);
  add("diagram", "state diagrams of circuits of hundreds of inputs", diagram_benchmark);
  add("growth", "the time of a sweep by inputs and by gates", growth_benchmark);
  add("partitions", "ranks of circuits: cuts, samples, all partitions", partitions_benchmark);
  CLI11_PARSE(app, count, arguments);
  return status;
}
