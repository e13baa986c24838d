// SPDX-License-Identifier: Apache-2.0
//
// gatelight make: a circuit of a known function, to a wanted depth and energy.
#include <CLI/CLI.hpp>
#include <memory>

#include "command.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/formats.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct MakeCommand {
  Common common;
  std::string family, out;
  std::vector<std::string> parameters;
  bool list = false;
};

Status run_list(const MakeCommand& settings) {
  if (!settings.family.empty() || !settings.out.empty()) {
    return wrong_usage("--list: takes no FAMILY and no OUT");
  }
  const std::string text = settings.common.json ? report::families_json() : report::families_text();
  return print(text) ? Status::answered : Status::internal;
}

Status run_make(const MakeCommand& settings) {
  if (settings.list) return run_list(settings);
  if (settings.family.empty()) return wrong_usage("FAMILY is required; make --list names all");
  std::vector<NamedValue> parameters;
  for (const std::string& text : settings.parameters) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return wrong_usage("'" + text + "': must be KEY=VALUE, such as pairs=12");
    }
    parameters.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  std::string about = settings.family;  // what an error is about
  const auto read = [&](const std::string& file) -> Result<Circuit> {
    about = file;
    auto network = read_circuit(file);
    if (!network.ok()) return network.error();
    print_notes(settings.common, network->notes);
    return network->circuit;
  };
  const Limits limits = limits_of(settings.common);
  const Deadline deadline(limits);
  auto made = construct(settings.family, parameters, read, limits);
  finish_progress();
  if (!made.ok()) {
    const Status status = report_error(about, made.error());
    const bool stopped = made.error().code == ErrorCode::limit && deadline.expired();
    return stopped ? Status::stopped : status;
  }
  const Status done = made->stopped ? Status::stopped : Status::answered;
  if (!settings.out.empty()) {
    const auto written = write_file(settings.out, format_circuit(made->circuit));
    if (!written.ok()) return report_error(settings.out, written.error());
  } else if (!settings.common.json) {
    return print(format_circuit(made->circuit)) ? done : Status::internal;
  }
  const report::ConstructionReport report{settings.family, settings.out, *std::move(made)};
  if (settings.common.json) {
    return print(report::construction_json(report)) ? done : Status::internal;
  }
  if (settings.common.quiet) return done;
  return print(report::construction_text(report)) ? done : Status::internal;
}

}  // namespace

void add_make(CLI::App& root, Run& run) {
  auto settings = std::make_shared<MakeCommand>();
  CLI::App* command = root.add_subcommand(
      "make", "Writes a circuit of a known function, to a wanted depth and energy");
  command->add_option("FAMILY", settings->family, "Which construction; see --list");
  command->add_option("KEY=VALUE", settings->parameters,
                      "Its parameters, such as pairs=12 depth=3");
  add_file_to_write(*command, "-o,--output", settings->out,
                    "The circuit file to write (default: standard output)");
  command->add_flag("--list", settings->list, "List the families and their parameters");
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_make(*settings); }; });
}

}  // namespace gatelight::app
