// SPDX-License-Identifier: Apache-2.0
//
// gatelight check: does a certificate prove what it says about a circuit?
#include <CLI/CLI.hpp>
#include <memory>

#include "command.hpp"
#include "gatelight/certificate.hpp"
#include "gatelight/formats.hpp"
#include "report/report.hpp"

namespace gatelight::app {
namespace {

struct CheckCommand {
  Common common;
  std::string circuit, certificate;
};

Result<RankCertificate> read_certificate(const std::string& path) {
  const auto text = read_file(path);
  if (!text.ok()) return text.error();
  return parse_rank_certificate(*text);
}

Status run_check(const CheckCommand& settings) {
  const auto network = read_circuit(settings.circuit);
  if (!network.ok()) return report_error(settings.circuit, network.error());
  const auto certificate = read_certificate(settings.certificate);
  if (!certificate.ok()) return report_error(settings.certificate, certificate.error());
  RankCheckOptions options;
  options.limits = limits_of(settings.common);
  const auto check = check_rank_certificate(network->circuit, *certificate, options);
  finish_progress();
  if (!check.ok()) return report_error(settings.certificate, check.error());
  const report::CheckReport report{settings.circuit, settings.certificate, *certificate, *check};
  if (!print(settings.common.json ? report::check_json(report) : report::check_text(report))) {
    return Status::internal;
  }
  if (check->verdict == Verdict::stopped) return Status::stopped;
  return check->verdict == Verdict::accepted ? Status::answered : Status::no;
}

}  // namespace

void add_check(CLI::App& root, Run& run) {
  auto settings = std::make_shared<CheckCommand>();
  CLI::App* command = root.add_subcommand(
      "check", "Does a certificate prove what it says about a circuit? Checked with plain code");
  command->add_option("CIRCUIT", settings->circuit, "A circuit or a network")->required();
  command->add_option("CERTIFICATE", settings->certificate, "A rank certificate")->required();
  add_common_options(*command, settings->common);
  command->callback([settings, &run] { run = [settings] { return run_check(*settings); }; });
}

}  // namespace gatelight::app
