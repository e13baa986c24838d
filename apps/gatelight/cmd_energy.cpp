// SPDX-License-Identifier: Apache-2.0
//
// gatelight energy, gatelight analyze.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

// Sampling comes after the time limit and must not outlast it: about a second at most.
constexpr std::size_t most_samples = 100'000;
constexpr std::size_t sampling_wires = 500'000'000;

struct EnergyCommand {
  Common common;
  std::vector<std::string> files;
  EnergyOptions options;
};

const std::map<std::string, Engine> engine_names{
    {"auto", Engine::automatic}, {"enumerate", Engine::enumerate}, {"search", Engine::search}};

void add_energy_options(CLI::App& command, EnergyCommand& settings) {
  command.add_option("--engine", settings.options.engine, "auto, enumerate or search")
      ->transform(CLI::CheckedTransformer(engine_names).description("{auto,enumerate,search}"));
  command.add_flag("--levels", settings.options.levels, "Also the maximum of every single level");
  add_common_options(command, settings.common);
}

// Reads and measures one file.
Result<report::EnergyReport> measure(const EnergyCommand& settings, const std::string& file) {
  auto network = read_circuit(file);
  if (!network.ok()) return network.error();
  print_notes(settings.common, network->notes);
  EnergyOptions options = settings.options;
  options.limits = limits_of(settings.common);
  auto energy = measure_energy(network->circuit, options);
  finish_progress();
  if (!energy.ok()) return energy.error();
  report::EnergyReport report{file, *std::move(network), {}, *std::move(energy), false};
  report.resources = measure_resources(report.network.circuit);
  report.stopped = !report.energy.proved() || (options.histogram && !report.energy.histogram);
  for (const LevelEnergy& level : report.energy.levels) {
    report.stopped = report.stopped || !level.bounds.closed();
  }
  return report;
}

Status status_of(const report::EnergyReport& report) {
  return report.stopped ? Status::stopped : Status::answered;
}

Status run_energy(const EnergyCommand& settings) {
  const auto report = measure(settings, settings.files.front());
  if (!report.ok()) return report_error(settings.files.front(), report.error());
  const std::string text =
      settings.common.json ? report::energy_json(*report) : report::energy_text(*report);
  return print(text) ? status_of(*report) : Status::internal;
}

std::size_t sample_count(const Circuit& circuit) {
  std::size_t wires = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) wires += circuit.wires(GateId{g}).size();
  return std::clamp<std::size_t>(sampling_wires / wires, 100, most_samples);
}

Status analyze_file(const EnergyCommand& settings, const std::string& file) {
  auto energy = measure(settings, file);
  if (!energy.ok()) return report_error(file, energy.error());
  report::AnalysisReport report{*std::move(energy), {}, {}};
  const Circuit& circuit = report.energy.network.circuit;
  report.sampled = sample_energy(circuit, sample_count(circuit), settings.common.seed);
  // Costs are at least 1, so an upper bound of the cost bounds the number of firing gates too.
  if (auto bound = theorem_bound(circuit, report.energy.energy.bounds.upper); bound.ok()) {
    report.theorem = *bound;
  }
  const std::string text =
      settings.common.json ? report::analysis_json(report) : report::analysis_text(report);
  return print(text) ? status_of(report.energy) : Status::internal;
}

// The worst status of all files: failures before open intervals.
Status run_analyze(const EnergyCommand& settings) {
  Status worst = Status::answered;
  const auto rank = [](Status s) {
    return s == Status::stopped ? 1 : s == Status::answered ? 0 : 2;
  };
  for (const std::string& file : settings.files) {
    const Status status = analyze_file(settings, file);
    if (rank(status) > rank(worst)) worst = status;
    if (status == Status::internal || stop_on_signals().stop_requested()) break;
  }
  return worst;
}

}  // namespace

void add_energy(CLI::App& root, Run& run) {
  auto settings = std::make_shared<EnergyCommand>();
  CLI::App* command = root.add_subcommand(
      "energy", "The largest number (or cost) of gates that fire, over all inputs, with a witness");
  command
      ->add_option("FILE", settings->files, "A circuit (*.gl.json) or a quantized network (*.onnx)")
      ->required()
      ->expected(1);
  command->add_flag("--histogram", settings->options.histogram,
                    "Also how many inputs cause each value (exact; needs a complete enumeration)");
  add_energy_options(*command, *settings);
  command->callback([settings, &run] { run = [settings] { return run_energy(*settings); }; });
}

void add_analyze(CLI::App& root, Run& run) {
  auto settings = std::make_shared<EnergyCommand>();
  CLI::App* command =
      root.add_subcommand("analyze", "Resources, energy, sampling and the theorem's bound at once");
  command
      ->add_option("FILE", settings->files, "Circuits (*.gl.json) or quantized networks (*.onnx)")
      ->required();
  add_energy_options(*command, *settings);
  settings->common.time_limit = 60;
  command->get_option("--time-limit")
      ->description("Stop each file after this many seconds (default: 60; 0 for never)");
  command->callback([settings, &run] { run = [settings] { return run_analyze(*settings); }; });
}

}  // namespace gatelight::app
