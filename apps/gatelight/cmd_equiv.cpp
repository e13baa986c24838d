// SPDX-License-Identifier: Apache-2.0
//
// gatelight equiv: do two circuits compute the same function?
#include <CLI/CLI.hpp>
#include <memory>

#include "command.hpp"
#include "gatelight/equivalence.hpp"
#include "gatelight/formats.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct EquivCommand {
  Common common;
  std::string a, b;
  EquivalenceOptions options;
  std::size_t memory = 0;
};

Status run_equiv(const EquivCommand& settings) {
  const auto a = read_circuit(settings.a);
  if (!a.ok()) return report_error(settings.a, a.error());
  const auto b = read_circuit(settings.b);
  if (!b.ok()) return report_error(settings.b, b.error());
  print_notes(settings.common, a->notes);
  print_notes(settings.common, b->notes);
  EquivalenceOptions options = settings.options;
  options.limits = limits_of(settings.common);
  options.limits.bytes = settings.memory << 20;
  const auto result = check_equivalence(a->circuit, b->circuit, options);
  finish_progress();
  if (!result.ok()) return report_error(settings.b, result.error());
  const report::EquivalenceReport report{settings.a, settings.b, a->circuit, b->circuit, *result};
  const std::string text =
      settings.common.json ? report::equivalence_json(report) : report::equivalence_text(report);
  if (!print(text)) return Status::internal;
  if (!result->equivalent) return Status::stopped;
  return *result->equivalent ? Status::answered : Status::no;
}

}  // namespace

void add_equiv(CLI::App& root, Run& run) {
  auto settings = std::make_shared<EquivCommand>();
  CLI::App* command = root.add_subcommand(
      "equiv", "Do two circuits compute the same function? If not, on which input do they differ");
  command->add_option("A", settings->a, "A circuit or a network")->required();
  command->add_option("B", settings->b, "Another one, with as many input bits and outputs")
      ->required();
  add_engine_option(*command, settings->options.engine);
  add_memory_option(*command, settings->memory);
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_equiv(*settings); }; });
}

}  // namespace gatelight::app
