// SPDX-License-Identifier: Apache-2.0
//
// gatelight energy, gatelight analyze.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
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
  std::vector<std::string> probabilities;
  std::string checkpoint;
  bool explain = false;
  std::size_t memory = 0;  // MiB
  EnergyOptions options;
};

void add_energy_options(CLI::App& command, EnergyCommand& settings) {
  add_engine_option(command, settings.options.engine);
  command.add_flag("--levels", settings.options.levels, "Also the maximum of every single level");
  add_memory_option(command, settings.memory);
  add_common_options(command, settings.common);
}

// Options that cannot go together, as a message; empty where all is well.
std::string conflict(const EnergyCommand& settings) {
  const Engine engine = settings.options.engine;
  if (!settings.probabilities.empty() && engine == Engine::search) {
    return "--probability: the engine search computes no mean; use auto or diagram";
  }
  if (settings.options.histogram && engine == Engine::search) {
    return "--histogram: the engine search counts no inputs; use auto, enumerate or diagram";
  }
  if (!settings.checkpoint.empty() && (engine == Engine::search || engine == Engine::diagram)) {
    return "--checkpoint: only sweeps keep one; use --engine enumerate, or auto";
  }
  return "";
}

// A file that is replaced as a whole.
Checkpoint checkpoint_in(const std::string& path) {
  Checkpoint checkpoint;
  checkpoint.name = path;
  checkpoint.load = [path]() -> Result<std::optional<std::string>> {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return std::optional<std::string>{};
    auto text = read_file(path);
    if (!text.ok()) return text.error();
    return std::optional<std::string>(*std::move(text));
  };
  checkpoint.save = [path](const std::string& text) { return write_file(path, text); };
  return checkpoint;
}

Result<EnergyOptions> options_for(const EnergyCommand& settings, const Circuit& circuit) {
  EnergyOptions options = settings.options;
  options.limits = limits_of(settings.common);
  options.limits.bytes = settings.memory << 20;
  if (!settings.checkpoint.empty()) options.checkpoint = checkpoint_in(settings.checkpoint);
  auto probabilities = read_probabilities(circuit, settings.probabilities);
  if (!probabilities.ok()) return probabilities.error();
  options.probabilities = *std::move(probabilities);
  return options;
}

// Reads and measures one file.
Result<report::EnergyReport> measure(const EnergyCommand& settings, const std::string& file) {
  auto network = read_circuit(file);
  if (!network.ok()) return network.error();
  print_notes(settings.common, network->notes);
  const auto options = options_for(settings, network->circuit);
  if (!options.ok()) return options.error();
  auto energy = measure_energy(network->circuit, *options);
  finish_progress();
  if (!energy.ok()) return energy.error();
  print_notes(settings.common, energy->notes);
  report::EnergyReport report{file, *std::move(network), {}, *std::move(energy), false};
  report.resources = measure_resources(report.network.circuit);
  report.stopped = !report.energy.proved() || (options->histogram && !report.energy.histogram) ||
                   (!options->probabilities.empty() && !report.energy.expected);
  for (const LevelEnergy& level : report.energy.levels) {
    report.stopped = report.stopped || !level.bounds.closed();
  }
  return report;
}

Status status_of(const report::EnergyReport& report) {
  return report.stopped ? Status::stopped : Status::answered;
}

Status run_explain(const EnergyCommand& settings) {
  const std::string& file = settings.files.front();
  const auto network = read_circuit(file);
  if (!network.ok()) return report_error(file, network.error());
  const auto options = options_for(settings, network->circuit);
  if (!options.ok()) return report_error(file, options.error());
  const auto prediction = predict_energy(network->circuit, *options);
  if (!prediction.ok()) return report_error(file, prediction.error());
  const report::PredictionReport report{file, *prediction, settings.common.threads};
  const std::string text =
      settings.common.json ? report::prediction_json(report) : report::prediction_text(report);
  return print(text) ? Status::answered : Status::internal;
}

Status run_energy(const EnergyCommand& settings) {
  if (const std::string message = conflict(settings); !message.empty()) return wrong_usage(message);
  if (settings.explain) return run_explain(settings);
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
                    "Also how many inputs cause each value (exact; not by search)");
  command
      ->add_option("--probability", settings->probabilities,
                   "Also the exact mean where inputs are 1 with probability P: P for all bits, "
                   "NAME=P for a bit or a word; may be repeated")
      ->allow_extra_args(false)
      ->check(CLI::Validator(check_probability, "[NAME=]P"));
  command->add_flag("--explain", settings->explain,
                    "Only predict: the engine, inputs, seconds and memory");
  command
      ->add_option("--checkpoint", settings->checkpoint,
                   "Keep the state of a sweep in this file, and go on from it if it is there")
      ->type_name("FILE");
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
