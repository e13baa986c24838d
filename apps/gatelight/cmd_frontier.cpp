// SPDX-License-Identifier: Apache-2.0
//
// gatelight frontier: energy against depth, what is impossible and what constructions reach.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/frontier.hpp"
#include "gatelight/rank.hpp"
#include "question.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct FrontierCommand {
  Common common;
  std::string function, circuit, output, svg, csv;
  std::optional<std::int64_t> size, weight, max_depth;
  std::size_t memory = 0;  // MiB
};

// Options that cannot go together, as a message; empty where all is well.
std::string conflict(const FrontierCommand& settings) {
  if (settings.function.empty() && settings.circuit.empty()) {
    return "give --function with --size and --weight, or --circuit FILE";
  }
  if (!settings.function.empty() && (!settings.size || !settings.weight)) {
    return "--function: give --size and --weight, too";
  }
  if (settings.circuit.empty() && !settings.output.empty()) return "--output: only with --circuit";
  const bool same = !settings.svg.empty() && settings.svg == settings.csv;
  return same ? "--svg and --csv: two files cannot have one name" : "";
}

// The truth table of up to most_table_bits inputs, as families::TruthTable takes it; else empty.
std::string table_of(const BooleanFunction& f) {
  constexpr std::size_t most_table_bits = 10;
  const std::size_t bits = f.inputs();
  if (bits < 1 || bits > most_table_bits) return "";
  const std::size_t rows = std::size_t{1} << bits;
  std::string hex((rows + 3) / 4, '0');
  InputBits input(bits);
  for (std::size_t digit = 0; digit < hex.size(); ++digit) {
    unsigned value = 0;
    for (std::size_t x = 4 * digit; x < std::min(4 * digit + 4, rows); ++x) {
      for (std::size_t i = 0; i < bits; ++i) input[i] = static_cast<std::uint8_t>((x >> i) & 1);
      if (f.value(input)) value |= 1U << (x % 4);
    }
    hex[hex.size() - 1 - digit] = "0123456789abcdef"[value];
  }
  return hex;
}

// The function of the circuit's output, with what is proved of its rank; `stopped`, whether a limit came first.
Result<KnownFunction> function_of(const std::string& file, const BooleanFunction& f,
                                  const Limits& limits, bool& stopped) {
  RankOptions options;
  options.limits = limits;
  const auto rank = measure_rank(f, halves(f.inputs()), options);
  if (!rank.ok()) return rank.error();
  if (rank->upper == 0) return Error{ErrorCode::bad_input, "the output is 0 on all inputs", ""};
  stopped = rank->stopped || rank->lower == 0;
  return KnownFunction{.name = "the function of " + file.substr(file.find_last_of('/') + 1),
                       .n = f.inputs(),
                       .log2_rank = log2_below(std::max<std::uint64_t>(rank->lower, 1)),
                       .side = static_cast<std::int64_t>(f.inputs() / 2)};
}

// What the question takes from the circuit where --function is not given.
Result<void> ask_about_circuit(const FrontierCommand& settings, const Circuit& circuit,
                               GateId output, const Limits& limits, FrontierQuestion& question,
                               bool& stopped) {
  const auto f = BooleanFunction::of_gate(circuit, output);
  auto function = function_of(settings.circuit, f, limits, stopped);
  if (!function.ok()) return function.error();
  question.function = *std::move(function);
  question.table = table_of(f);
  if (settings.size && settings.weight) return {};
  const auto form = theorem_bound(circuit, output, 0);
  if (!form.ok()) return form.error();
  if (!settings.size) question.size = std::max<std::int64_t>(form->s, 1);
  if (!settings.weight) question.weight = form->w;
  return {};
}

// What the function is, and why the floors may not be about the circuit.
std::vector<std::string> reservations(const FrontierQuestion& question, const Circuit& circuit,
                                      GateId output, const Resources& resources) {
  std::vector<std::string> notes = BooleanFunction::of_gate(circuit, output).notes();
  const auto form = theorem_bound(circuit, output, 0);
  if (!form.ok() || !form->threshold || resources.size < circuit.gate_count()) {
    notes.emplace_back(
        "the floors are about threshold gates that count, and this circuit has others");
  }
  if (static_cast<std::int64_t>(resources.size) > question.size) {
    notes.emplace_back("the circuit has more gates than the floors are about");
  }
  if (resources.weight > question.weight) {
    notes.emplace_back("the circuit has larger weights than the floors are about");
  }
  return notes;
}

// Half of the time limit for the energy, half for the rank or for whether it computes the function.
Result<void> measure_circuit(const FrontierCommand& settings, FrontierQuestion& question,
                             report::FrontierReport& report) {
  const auto network = read_circuit(settings.circuit);
  if (!network.ok()) return network.error();
  const Circuit& circuit = network->circuit;
  const auto output = find_output(circuit, settings.output);
  if (!output.ok()) return output.error();
  if (!settings.function.empty() && circuit.bit_count() != question.function.n) {
    return Error{ErrorCode::bad_input,
                 "has " + std::to_string(circuit.bit_count()) + " input bits, and " +
                     question.function.name + " has " + std::to_string(question.function.n),
                 ""};
  }
  Limits limits = limits_of(settings.common);
  limits.bytes = settings.memory << 20;
  limits.seconds *= 0.5;
  if (settings.function.empty()) {
    auto asked =
        ask_about_circuit(settings, circuit, *output, limits, question, report.limit_reached);
    if (!asked.ok()) return asked.error();
  }
  const auto everywhere = circuit.with_domain({});
  if (!everywhere.ok()) return everywhere.error();
  EnergyOptions options;
  options.costs = unit_costs(circuit);
  options.limits = limits;
  const auto energy = measure_energy(*everywhere, options);
  if (!energy.ok()) return energy.error();
  report::FrontierCircuit measured{
      settings.circuit, measure_resources(circuit), energy->bounds, {}};
  measured.notes = reservations(question, circuit, *output, measured.resources);
  if (report.limit_reached && question.function.log2_rank == 0) {
    measured.notes.emplace_back(
        "stopped before anything was known of the rank: the floors are those of any function that "
        "is not 0");
  }
  if (!settings.function.empty()) {
    constexpr double most_seconds = 2;
    limits.seconds = limits.seconds > 0 ? std::min(limits.seconds, most_seconds) : most_seconds;
    measured.comparison = compare_with(question.function, circuit, *output, limits);
    // Undecided by itself is no limit that was asked for.
    if (stop_on_signals().stop_requested()) report.limit_reached = true;
  }
  print_notes(settings.common, measured.notes);
  measured.notes.insert(measured.notes.begin(), network->notes.begin(), network->notes.end());
  report.circuit = std::move(measured);
  return {};
}

// So many rows that the circuit's own depth is among them, where nothing was said.
void show_own_depth(const FrontierCommand& settings, const report::FrontierReport& report,
                    FrontierQuestion& question, std::size_t rows) {
  constexpr std::int64_t most = 4096;
  if (settings.max_depth || !report.circuit) return;
  const std::int64_t own = report.circuit->resources.depth;
  if (own > static_cast<std::int64_t>(rows)) question.max_depth = std::min(own, most);
}

Status run_frontier(const FrontierCommand& settings) {
  if (const std::string wrong = conflict(settings); !wrong.empty()) return wrong_usage(wrong);
  const Deadline clock({});
  FrontierQuestion question{.function = {},
                            .size = settings.size.value_or(1),
                            .weight = settings.weight.value_or(1),
                            .max_depth = settings.max_depth};
  if (!settings.function.empty()) {
    auto function = known_function(settings.function);
    if (!function.ok()) return wrong_usage(function.error().text());
    question.function = *std::move(function);
  }
  report::FrontierReport report;
  if (!settings.circuit.empty()) {
    const auto measured = measure_circuit(settings, question, report);
    finish_progress();
    if (!measured.ok()) return report_error(settings.circuit, measured.error());
  }
  auto frontier = trace_frontier(question);
  if (!frontier.ok()) return wrong_usage("--" + frontier.error().text());
  show_own_depth(settings, report, question, frontier->rows.size());
  if (question.max_depth != settings.max_depth) frontier = trace_frontier(question);
  report.frontier = *std::move(frontier);
  report.seconds = clock.elapsed();
  report.svg = settings.svg;
  report.csv = settings.csv;
  for (const auto& [file, render] : {std::pair(&settings.svg, &report::frontier_svg),
                                     std::pair(&settings.csv, &report::frontier_csv)}) {
    if (file->empty()) continue;
    const auto written = write_file(*file, render(report));
    if (!written.ok()) return report_error(*file, written.error());
  }
  if (!print(settings.common.json ? report::frontier_json(report)
                                  : report::frontier_text(report))) {
    return Status::internal;
  }
  return report.stopped() ? Status::stopped : Status::answered;
}

}  // namespace

void add_frontier(CLI::App& root, Run& run) {
  auto settings = std::make_shared<FrontierCommand>();
  CLI::App* command = root.add_subcommand(
      "frontier",
      "Energy against depth for a function: what is impossible, and what constructions reach");
  command
      ->add_option(
          "--function", settings->function,
          "cd:M, disj:M, eq:M or ip:M of M pairs of bits, parity:N, majority:N or mod:N:K of "
          "N bits, mux:A of A address bits (default: the function of --circuit)")
      ->type_name("NAME");
  command->add_option("--size", settings->size,
                      "Gates at most (default, for a circuit: those of its threshold form)");
  command->add_option(
      "--weight", settings->weight,
      "Largest |weight| at most (default, for a circuit: that of its threshold form)");
  command->add_option(
      "--max-depth", settings->max_depth,
      "The last depth, up to 4096 (default: where more depth saves no more energy)");
  command->add_option("--circuit", settings->circuit, "A circuit of your own, for comparison")
      ->type_name("FILE");
  command->add_option("--output", settings->output,
                      "Of the circuit, the output gate, by name (default: the first one)");
  add_file_to_write(*command, "--svg", settings->svg, "Write a picture");
  add_file_to_write(*command, "--csv", settings->csv, "Write the table as comma-separated values");
  add_memory_option(*command, settings->memory);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_frontier(*settings); }; });
}

}  // namespace gatelight::app
