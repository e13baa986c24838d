// SPDX-License-Identifier: Apache-2.0
//
// gatelight eval: the outputs and the firing gates on given inputs.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct EvalCommand {
  Common common;
  std::string file;
  std::vector<std::string> inputs;
  bool gates = false;
};

// Evaluates one bit string and prints its line.
Status evaluate_text(const EvalCommand& settings, const Circuit& circuit, std::string_view text,
                     std::string_view from) {
  const auto bits = parse_input_bits(circuit, text);
  if (!bits.ok()) return report_error(from, bits.error());
  const report::EvaluationReport report{*bits, evaluate(circuit, *bits), settings.gates};
  const std::string line = settings.common.json ? report::evaluation_json(circuit, report)
                                                : report::evaluation_text(circuit, report);
  return print(line) ? Status::answered : Status::internal;
}

Status evaluate_lines(const EvalCommand& settings, const Circuit& circuit) {
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() && circuit.bit_count() != 0) continue;
    const std::string from = "standard input, line " + std::to_string(number);
    const Status status = evaluate_text(settings, circuit, line, from);
    if (status != Status::answered) return status;
  }
  return Status::answered;
}

Status run_eval(const EvalCommand& settings) {
  const auto network = read_circuit(settings.file);
  if (!network.ok()) return report_error(settings.file, network.error());
  print_notes(settings.common, network->notes);
  if (settings.inputs.empty()) return evaluate_lines(settings, network->circuit);
  for (const std::string& input : settings.inputs) {
    const Status status = evaluate_text(settings, network->circuit, input, settings.file);
    if (status != Status::answered) return status;
  }
  return Status::answered;
}

}  // namespace

void add_eval(CLI::App& root, Run& run) {
  auto settings = std::make_shared<EvalCommand>();
  CLI::App* command = root.add_subcommand("eval",
                                          "Outputs and firing gates on inputs given as bit strings "
                                          "(arguments, or lines of standard input)");
  command
      ->add_option("FILE", settings->file, "A circuit (*.gl.json) or a quantized network (*.onnx)")
      ->required();
  command->add_option("INPUT", settings->inputs, "Bit strings; character i is input bit i");
  command->add_flag("--gates", settings->gates, "Also the value of every gate");
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_eval(*settings); }; });
}

}  // namespace gatelight::app
