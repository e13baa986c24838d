// SPDX-License-Identifier: Apache-2.0
//
// gatelight convert: any readable file to the native format, or to constraints for other solvers;
// discretizes real-valued networks.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "question.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct ConvertCommand {
  Common common;
  std::string in, out, domain;
  DiscretizeOptions options;
  std::string range;
  std::optional<std::int64_t> at_least;
};

// "LOW,HIGH" into the options; a message where it is not that.
std::string parse_range(const std::string& text, DiscretizeOptions& options) {
  static constexpr const char* wanted =
      "must be LOW,HIGH with LOW < HIGH, such as --input-range=-0.5,0.5";
  const std::size_t comma = text.find_first_of(",:");
  if (comma == std::string::npos) return wanted;
  double low = 0, high = 0;
  if (!CLI::detail::lexical_cast(text.substr(0, comma), low) ||
      !CLI::detail::lexical_cast(text.substr(comma + 1), high) || !std::isfinite(low) ||
      !std::isfinite(high) || !(low < high)) {
    return wanted;
  }
  options.input_low = low;
  options.input_high = high;
  return "";
}

std::string parse_at_least(const std::string& text, std::optional<std::int64_t>& at_least) {
  at_least = whole_number<std::int64_t>(text);
  return at_least ? "" : "must be an integer from 0 to 2^63 - 1";
}

// What is wrong with the names and options together; empty where nothing is.
std::string check_out(const ConvertCommand& settings) {
  if (settings.out.empty()) return "OUT: must name a file";
  for (const char* ending : {".onnx", ".wcnf", ".mps", ".gz"}) {
    if (settings.out.ends_with(ending)) {
      return "OUT: " + std::string(ending) +
             " cannot be written; end it in .gl.json, .opb, .lp or .cnf";
    }
  }
  const bool cnf = constraint_format_of(settings.out) == ConstraintFormat::cnf;
  if (cnf && !settings.at_least) {
    return "OUT: *.cnf asks whether the energy is at least K; add --at-least K";
  }
  if (!cnf && settings.at_least) return "--at-least: only for an OUT that ends in .cnf";
  return "";
}

Status run_convert(const ConvertCommand& settings) {
  if (const std::string wrong = check_out(settings); !wrong.empty()) return wrong_usage(wrong);
  DiscretizeOptions options = settings.options;
  options.seed = settings.common.seed;
  auto result = read_discretized(settings.in, options);
  if (!result.ok()) return report_error(settings.in, result.error());
  if (!settings.domain.empty()) {
    if (auto done = replace_domain(result->network, settings.domain); !done.ok()) {
      return report_error(settings.domain, done.error());
    }
  }
  report::ConversionReport report{settings.in, settings.out, *result, {}, settings.at_least};
  std::string text;
  if (const auto format = constraint_format_of(settings.out)) {
    auto constraints = format_constraints(result->network.circuit, *format, settings.at_least);
    if (!constraints.ok()) return report_error(settings.in, constraints.error());
    text = std::move(constraints->text);
    report.constraints = *std::move(constraints);
  } else {
    text = format_circuit(result->network.circuit);
  }
  const auto written = write_file(settings.out, text);
  if (!written.ok()) return report_error(settings.out, written.error());
  if (settings.common.json) {
    return print(report::conversion_json(report)) ? Status::answered : Status::internal;
  }
  if (settings.common.quiet) return Status::answered;
  return print(report::conversion_text(report)) ? Status::answered : Status::internal;
}

}  // namespace

void join_input_range(std::vector<std::string>& arguments) {
  const auto option = std::ranges::find(arguments, "--input-range");
  if (arguments.end() - option < 3) return;
  std::string& low = option[1];
  double number = 0;
  if (low.find_first_of(",:") != std::string::npos || !CLI::detail::lexical_cast(low, number) ||
      !CLI::detail::lexical_cast(option[2], number)) {
    return;
  }
  low += "," + option[2];
  arguments.erase(option + 2);
}

void add_convert(CLI::App& root, Run& run) {
  auto settings = std::make_shared<ConvertCommand>();
  CLI::App* command = root.add_subcommand("convert",
                                          "Writes a network as a circuit (*.gl.json), or as "
                                          "constraints for other solvers (*.opb, *.lp, "
                                          "*.cnf); real-valued ONNX networks are discretized");
  command->add_option("IN", settings->in, "A circuit or a network (*.gl.json, *.onnx)")->required();
  command
      ->add_option("OUT", settings->out,
                   "The file to write: *.opb, *.lp and *.cnf are constraints, others the circuit")
      ->required();
  DiscretizeOptions& options = settings->options;
  command
      ->add_option("--weight-bits", options.weight_bits, "Signed fixed-point weights (default: 8)")
      ->check(CLI::Range(2, 24));
  command
      ->add_option("--activation-bits", options.activation_bits,
                   "Unsigned activations (default: 8)")
      ->check(CLI::Range(1, 16));
  command->add_option("--input-bits", options.input_bits, "Bits of every input word (default: 8)")
      ->check(CLI::Range(1, 16));
  command
      ->add_option("--input-range", settings->range,
                   "Real range LOW,HIGH of the inputs (default: 0,1)")
      ->check(CLI::Validator(
          [settings](const std::string& text) { return parse_range(text, settings->options); },
          "LOW,HIGH"));
  command
      ->add_option("--samples", options.samples,
                   "Random inputs of the agreement report (default: 1000)")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--at-least", "With *.cnf: satisfiable iff the energy is K or more")
      ->check(CLI::Validator(
          [settings](const std::string& text) { return parse_at_least(text, settings->at_least); },
          "K"));
  add_domain_option(*command, settings->domain);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_convert(*settings); }; });
}

}  // namespace gatelight::app
