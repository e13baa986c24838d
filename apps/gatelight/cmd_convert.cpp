// SPDX-License-Identifier: Apache-2.0
//
// gatelight convert: any readable file to the native format; discretizes real-valued networks.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <memory>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct ConvertCommand {
  Common common;
  std::string in, out;
  DiscretizeOptions options;
  std::string range;
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

Status run_convert(const ConvertCommand& settings) {
  DiscretizeOptions options = settings.options;
  options.seed = settings.common.seed;
  const auto result = read_discretized(settings.in, options);
  if (!result.ok()) return report_error(settings.in, result.error());
  const auto written = write_file(settings.out, format_circuit(result->network.circuit));
  if (!written.ok()) return report_error(settings.out, written.error());
  const report::ConversionReport report{settings.in, settings.out, *result};
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
  CLI::App* command = root.add_subcommand(
      "convert",
      "Writes a network as a circuit (*.gl.json); real-valued ONNX networks are discretized");
  command->add_option("IN", settings->in, "A circuit or a network (*.gl.json, *.onnx)")->required();
  command->add_option("OUT", settings->out, "The circuit to write (*.gl.json)")->required();
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
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_convert(*settings); }; });
}

}  // namespace gatelight::app
