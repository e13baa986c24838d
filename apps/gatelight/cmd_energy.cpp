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
#include "question.hpp"
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
  QuestionFiles question;
  bool explain = false;
  std::size_t memory = 0;  // MiB
  EnergyOptions options;
};

void add_energy_options(CLI::App& command, EnergyCommand& settings) {
  add_engine_option(command, settings.options.engine);
  command.add_flag("--levels", settings.options.levels, "Also the maximum of every single level");
  command.add_flag("--layers", settings.options.layers,
                   "Also the maximum of all gates with the same layer label");
  add_memory_option(command, settings.memory);
  add_common_options(command, settings.common);
}

// Options that cannot go together, as a message; empty where all is well.
std::string conflict(const EnergyCommand& settings) {
  const Engine engine = settings.options.engine;
  const bool searches = engine == Engine::search || engine == Engine::box;
  const std::string name = engine == Engine::box ? "box" : "search";
  if (!settings.probabilities.empty() && searches) {
    return "--probability: the engine " + name + " computes no mean; use auto or diagram";
  }
  if (settings.options.histogram && searches) {
    return "--histogram: the engine " + name + " counts no inputs; use auto, enumerate or diagram";
  }
  if (!settings.checkpoint.empty() && (searches || engine == Engine::diagram)) {
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

Result<EnergyOptions> options_for(const EnergyCommand& settings, const Question& question) {
  EnergyOptions options = settings.options;
  options.limits = limits_of(settings.common);
  options.limits.bytes = settings.memory << 20;
  if (!settings.checkpoint.empty()) options.checkpoint = checkpoint_in(settings.checkpoint);
  auto probabilities = read_probabilities(question.network.circuit, settings.probabilities);
  if (!probabilities.ok()) return probabilities.error();
  options.probabilities = *std::move(probabilities);
  options.costs = question.costs;
  return options;
}

bool all_answered(const EnergyOptions& options, const EnergyResult& energy) {
  const auto closed = [](const auto& part) { return part.bounds.closed(); };
  return energy.proved() && std::ranges::all_of(energy.levels, closed) &&
         (!energy.layers || std::ranges::all_of(*energy.layers, closed)) &&
         (!options.histogram || energy.histogram) &&
         (options.probabilities.empty() || energy.expected);
}

// Measures the energy of one file, after its data: the time limit is for both.
Result<report::EnergyReport> measure(const EnergyCommand& settings, const std::string& file,
                                     Question& question) {
  auto options = options_for(settings, question);
  if (!options.ok()) return options.error();
  const Circuit& circuit = question.network.circuit;
  const Deadline clock(options->limits);
  std::optional<DataEnergy> data;
  if (question.data) {
    auto measured = measure_data(circuit, question.data->words, question.costs, options->limits);
    if (!measured.ok()) return measured.error();
    data = *measured;
    double& seconds = options->limits.seconds;
    if (seconds > 0) seconds = std::max(seconds - clock.elapsed(), 1e-3);
  }
  auto energy = measure_energy(circuit, *options);
  finish_progress();
  if (!energy.ok()) return energy.error();
  report::EnergyReport report{file, std::move(question.network), {}, *std::move(energy)};
  report.resources = measure_resources(report.network.circuit);
  report.cost = settings.question.cost;
  report.data = data;
  report.stopped = !all_answered(*options, report.energy);
  if (data && data->rows < question.data->size()) {
    report.stopped = true;
    report.energy.notes.emplace_back("only the first " + std::to_string(data->rows) + " of " +
                                     std::to_string(question.data->size()) +
                                     " rows of data were reached");
  }
  return report;
}

// Reads and measures one file; the line about what went wrong is written, and its status returned.
std::variant<report::EnergyReport, Status> answer(const EnergyCommand& settings,
                                                  const std::string& file) {
  auto question = read_question(file, settings.question);
  if (const auto* status = std::get_if<Status>(&question)) return *status;
  auto& asked = std::get<Question>(question);
  print_notes(settings.common, asked.network.notes);
  auto report = measure(settings, file, asked);
  if (!report.ok()) return report_error(file, report.error());
  print_notes(settings.common, report->energy.notes);
  return *std::move(report);
}

Status status_of(const report::EnergyReport& report) {
  return report.stopped ? Status::stopped : Status::answered;
}

Status run_explain(const EnergyCommand& settings) {
  const std::string& file = settings.files.front();
  const auto question = read_question(file, settings.question);
  if (const auto* status = std::get_if<Status>(&question)) return *status;
  const auto& asked = std::get<Question>(question);
  const auto options = options_for(settings, asked);
  if (!options.ok()) return report_error(file, options.error());
  const auto prediction = predict_energy(asked.network.circuit, *options);
  if (!prediction.ok()) return report_error(file, prediction.error());
  const report::PredictionReport report{file, *prediction, settings.common.threads};
  const std::string text =
      settings.common.json ? report::prediction_json(report) : report::prediction_text(report);
  return print(text) ? Status::answered : Status::internal;
}

Status run_energy(const EnergyCommand& settings) {
  if (const std::string message = conflict(settings); !message.empty()) return wrong_usage(message);
  if (settings.explain) return run_explain(settings);
  const auto answered = answer(settings, settings.files.front());
  if (const auto* status = std::get_if<Status>(&answered)) return *status;
  const auto& report = std::get<report::EnergyReport>(answered);
  const std::string text =
      settings.common.json ? report::energy_json(report) : report::energy_text(report);
  return print(text) ? status_of(report) : Status::internal;
}

std::size_t sample_count(const Circuit& circuit) {
  std::size_t wires = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) wires += circuit.wires(GateId{g}).size();
  return std::clamp<std::size_t>(sampling_wires / wires, 100, most_samples);
}

Status analyze_file(const EnergyCommand& settings, const std::string& file) {
  auto answered = answer(settings, file);
  if (const auto* status = std::get_if<Status>(&answered)) return *status;
  report::AnalysisReport report{std::get<report::EnergyReport>(std::move(answered)), {}, {}};
  const Circuit& circuit = report.energy.network.circuit;
  report.sampled = sample_energy(circuit, sample_count(circuit), settings.common.seed);
  // Costs are at least 1, so an upper bound of the cost bounds the number of firing gates too.  The rank is over
  // all inputs: the energy over a smaller domain says nothing about it.
  const std::int64_t energy = circuit.domain().unrestricted()
                                  ? report.energy.energy.bounds.upper
                                  : static_cast<std::int64_t>(measure_resources(circuit).size);
  if (auto bound = theorem_bound(circuit, energy); bound.ok()) {
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
  add_question_options(*command, settings->question);
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
