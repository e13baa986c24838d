// SPDX-License-Identifier: Apache-2.0
//
// gatelight rank, gatelight matrix: communication matrices of one output.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <variant>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/rank.hpp"
#include "question.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

// Which function, and which of its partitions.
struct FunctionOptions {
  std::string file, output, table, partition;
  std::size_t inputs = 0;
  std::optional<std::int64_t> least;
};

struct RankCommand {
  Common common;
  FunctionOptions function;
  RankPath path = RankPath::automatic;
  bool best = false, all = false;
  std::size_t samples = 0;  // 0: not asked for
  std::size_t memory = 0;   // MiB
  std::string certificate;
};

struct MatrixCommand {
  Common common;
  FunctionOptions function;
  std::string out;
};

void add_function_options(CLI::App& command, FunctionOptions& options) {
  command.add_option("--output", options.output,
                     "The output gate, by name (default: the first one); other gates may be named");
  command
      .add_option("--at-least", options.least,
                  "f is [output >= K] (default: [output != 0], whether the gate fires)")
      ->type_name("K");
  command
      .add_option("--table", options.table,
                  "A truth table in hexadecimal digits, most significant first, instead of FILE")
      ->type_name("HEX");
  command.add_option("--inputs", options.inputs, "Inputs of the truth table")
      ->check(CLI::Range(0, 28));
  command
      .add_option(
          "--partition", options.partition,
          "0 (side A, rows) or 1 (side B, columns) for each input bit (default: the first half "
          "is A)")
      ->type_name("BITS");
}

// A function with its name; the circuit only where there is one.
struct Asked {
  report::RankReport report;
  std::optional<Imported> network;
  std::string name;  // for messages
  std::optional<GateId> gate;
};

std::string check(const FunctionOptions& options) {
  if (options.file.empty() == options.table.empty()) {
    return "give a FILE, or a truth table by --table HEX --inputs N";
  }
  if (!options.table.empty() && !options.output.empty()) return "--output: a table has one output";
  if (!options.table.empty() && options.least)
    return "--at-least: the values of a table are 0 and 1";
  return "";
}

// The line about what is wrong is written, and its status returned.
std::variant<Asked, Status> read_function(const Common& common, const FunctionOptions& options) {
  if (!options.table.empty()) {
    auto function = BooleanFunction::of_table(options.table, options.inputs);
    if (!function.ok()) return report_error("--table", function.error());
    return Asked{{"", "", *std::move(function)}, std::nullopt, "--table", std::nullopt};
  }
  auto network = read_circuit(options.file);
  if (!network.ok()) return report_error(options.file, network.error());
  const auto gate = find_output(network->circuit, options.output);
  if (!gate.ok()) return report_error(options.file, gate.error());
  auto function = options.least ? BooleanFunction::of_level(network->circuit, *gate, *options.least)
                                : BooleanFunction::of_gate(network->circuit, *gate);
  if (!function.ok()) return report_error(options.file, function.error());
  print_notes(common, network->notes);
  print_notes(common, function->notes());
  report::RankReport report{options.file, network->circuit.gate(*gate).name, *std::move(function)};
  report.least = options.least;
  report.notes = network->notes;
  return Asked{std::move(report), *std::move(network), options.file, *gate};
}

Result<Partition> partition_of(const FunctionOptions& options, const BooleanFunction& function) {
  if (options.partition.empty()) return halves(function.inputs());
  return parse_partition(options.partition, function.inputs());
}

// Options that cannot go together, as a message; empty where all is well.
std::string conflict(const RankCommand& settings) {
  if (std::string wrong = check(settings.function); !wrong.empty()) return wrong;
  if (settings.best && settings.all) return "--best and --all: choose one of them";
  if ((settings.best || settings.all) && !settings.function.partition.empty()) {
    return "--partition: --best and --all look at all of them";
  }
  if (settings.all && settings.samples != 0) return "--samples: not with --all";
  if (settings.all && !settings.certificate.empty()) return "--certificate: not with --all";
  if (settings.function.least && !settings.certificate.empty()) {
    return "--certificate: not with --at-least; certificates speak of gates of the circuit";
  }
  if (!settings.certificate.empty() && settings.function.file.empty()) {
    return "--certificate: a certificate is about a circuit, not about a table";
  }
  return "";
}

RankOptions options_for(const RankCommand& settings) {
  RankOptions options;
  options.path = settings.path;
  if (settings.samples != 0) {
    options.path = RankPath::sampled;
    options.samples = settings.samples;
  }
  options.limits = limits_of(settings.common);
  options.limits.bytes = settings.memory << 20;
  options.keep_proof = !settings.certificate.empty();
  return options;
}

// Nothing where all is well, or nothing is to be written.
std::optional<Status> write_certificate(const RankCommand& settings, Asked& asked,
                                        const RankResult& result) {
  if (settings.certificate.empty()) return std::nullopt;
  const auto certificate = rank_certificate(asked.report.function, asked.network->circuit, result);
  if (!certificate.ok()) return report_error(asked.name, certificate.error());
  const auto written = write_file(settings.certificate, format_rank_certificate(*certificate));
  if (!written.ok()) return report_error(settings.certificate, written.error());
  asked.report.certificate = settings.certificate;
  return std::nullopt;
}

Status show(const RankCommand& settings, const std::string& json, const std::string& text,
            bool answered) {
  if (!print(settings.common.json ? json : text)) return Status::internal;
  return answered ? Status::answered : Status::stopped;
}

Status run_all(const RankCommand& settings, const Asked& asked) {
  const Deadline clock((Limits()));
  const auto table = all_ranks(asked.report.function, options_for(settings));
  finish_progress();
  if (!table.ok()) return report_error(asked.name, table.error());
  const bool exact = std::ranges::all_of(table->rows, [](const auto& row) { return row.exact(); });
  return show(settings, report::rank_table_json(asked.report, *table, clock.elapsed()),
              report::rank_table_text(asked.report, *table), exact && !table->stopped);
}

Status run_best(const RankCommand& settings, Asked& asked) {
  BestRankOptions options;
  options.rank = options_for(settings);
  const auto best = best_rank(asked.report.function, options);
  finish_progress();
  if (!best.ok()) return report_error(asked.name, best.error());
  if (const auto failed = write_certificate(settings, asked, best->best)) return *failed;
  return show(settings, report::best_rank_json(asked.report, *best),
              report::best_rank_text(asked.report, *best), best->exact());
}

Status run_one(const RankCommand& settings, Asked& asked) {
  const auto partition = partition_of(settings.function, asked.report.function);
  if (!partition.ok()) return report_error(asked.name, partition.error());
  const auto result = measure_rank(asked.report.function, *partition, options_for(settings));
  finish_progress();
  if (!result.ok()) return report_error(asked.name, result.error());
  if (const auto failed = write_certificate(settings, asked, *result)) return *failed;
  // A sample was asked for, and nothing more than its lower bound.
  const bool answered = result->exact() || (settings.samples != 0 && !result->stopped);
  return show(settings, report::rank_json(asked.report, *result),
              report::rank_text(asked.report, *result), answered);
}

Status run_rank(const RankCommand& settings) {
  if (const std::string wrong = conflict(settings); !wrong.empty()) return wrong_usage(wrong);
  auto read = read_function(settings.common, settings.function);
  if (const auto* status = std::get_if<Status>(&read)) return *status;
  auto& asked = std::get<Asked>(read);
  if (settings.all) return run_all(settings, asked);
  return settings.best ? run_best(settings, asked) : run_one(settings, asked);
}

Status run_matrix(const MatrixCommand& settings) {
  if (const std::string wrong = check(settings.function); !wrong.empty()) return wrong_usage(wrong);
  const bool picture = settings.out.ends_with(".pgm");
  if (!picture && !settings.out.ends_with(".mtx")) {
    return wrong_usage("OUT: end it in .pgm (a picture) or .mtx (Matrix Market)");
  }
  const auto read = read_function(settings.common, settings.function);
  if (const auto* status = std::get_if<Status>(&read)) return *status;
  const auto& asked = std::get<Asked>(read);
  const auto partition = partition_of(settings.function, asked.report.function);
  if (!partition.ok()) return report_error(asked.name, partition.error());
  const auto matrix =
      communication_matrix(asked.report.function, *partition, limits_of(settings.common));
  finish_progress();
  if (!matrix.ok()) {
    const Status status = report_error(asked.name, matrix.error());
    return matrix.error().code == ErrorCode::limit ? Status::stopped : status;
  }
  const auto written = write_file(
      settings.out, picture ? report::matrix_pgm(*matrix) : report::matrix_market(*matrix));
  if (!written.ok()) return report_error(settings.out, written.error());
  const std::string text =
      settings.common.json ? report::matrix_json(asked.report, *partition, *matrix, settings.out)
                           : report::matrix_text(*matrix, settings.out);
  if (settings.common.quiet && !settings.common.json) return Status::answered;
  return print(text) ? Status::answered : Status::internal;
}

std::string parse_path(const std::string& text, RankPath& path) {
  if (text == "auto") {
    path = RankPath::automatic;
  } else if (text == "nested") {
    path = RankPath::nested;
  } else if (text == "dense") {
    path = RankPath::dense;
  } else if (text == "structured") {
    path = RankPath::structured;
  } else if (text == "sampled") {
    path = RankPath::sampled;
  } else {
    return "must be auto, nested, dense, structured or sampled";
  }
  return "";
}

}  // namespace

void add_rank(CLI::App& root, Run& run) {
  auto settings = std::make_shared<RankCommand>();
  CLI::App* command = root.add_subcommand(
      "rank", "The rank of the communication matrix of one output, over the rationals");
  command->add_option("FILE", settings->function.file, "A circuit or a network");
  add_function_options(*command, settings->function);
  command->add_flag("--best", settings->best, "The largest rank of all partitions");
  command->add_flag("--all", settings->all,
                    "The rank of every partition whose first bit is on side A (at most 16 inputs)");
  command
      ->add_option("--samples", settings->samples,
                   "Only a lower bound, by submatrices of N rows and columns")
      ->check(CLI::Range(1, 1 << 14))
      ->type_name("N");
  command->add_option("--path", "auto, nested, dense, structured or sampled")
      ->check(CLI::Validator(
          [settings](const std::string& text) { return parse_path(text, settings->path); },
          "PATH"));
  add_file_to_write(*command, "--certificate", settings->certificate,
                    "Write what proves the interval, for gatelight check");
  add_memory_option(*command, settings->memory);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_rank(*settings); }; });
}

void add_matrix(CLI::App& root, Run& run) {
  auto settings = std::make_shared<MatrixCommand>();
  CLI::App* command = root.add_subcommand(
      "matrix", "Writes a communication matrix: *.pgm is a picture, *.mtx a list");
  command->add_option("FILE", settings->function.file,
                      "A circuit or a network, or OUT with --table");
  command->add_option("OUT", settings->out, "The file to write, *.pgm or *.mtx");
  add_function_options(*command, settings->function);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] {
    // With a table there is one name only.
    if (!settings->function.table.empty() && settings->out.empty()) {
      std::swap(settings->out, settings->function.file);
    }
    run = [settings] { return run_matrix(*settings); };
  });
}

}  // namespace gatelight::app
