// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <thread>

#include "base/text.hpp"
#include "command.hpp"

namespace gatelight::app {
namespace {

std::string check_seconds(const std::string& text) {
  double seconds = 0;
  if (!CLI::detail::lexical_cast(text, seconds) || !std::isfinite(seconds) || seconds < 0) {
    return "must be a number of seconds, 0 or more";
  }
  return "";
}

// CLI11 would take -1 for 2^64 - 1.
std::string check_seed(const std::string& text) {
  return whole_number<std::uint64_t>(text) ? "" : "must be an integer from 0 to 2^64 - 1";
}

void write_error_line(const std::string& text) {
  finish_progress();
  std::fputs((text + "\n").c_str(), stderr);
}

}  // namespace

void add_common_options(CLI::App& command, Common& common) {
  common.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  command.add_flag("--json", common.json, "One JSON object on standard output");
  command.add_option("--threads", common.threads, "Threads to use (default: all processors)")
      ->check(CLI::Range(1, 1024));
  command.add_option("--seed", common.seed, "Seed of every random choice (default: 1)")
      ->check(CLI::Validator(check_seed, "N"));
  command
      .add_option("--time-limit", common.time_limit,
                  "Stop after this many seconds (default: 0, never)")
      ->check(CLI::Validator(check_seconds, "SECONDS"));
  command.add_flag("--quiet", common.quiet, "No progress and no notes on standard error");
  command.add_flag("--progress", common.progress,
                   "Progress on standard error even without a terminal: a line an improvement");
}

void add_engine_option(CLI::App& command, Engine& engine) {
  const auto parse = [&engine](const std::string& text) -> std::string {
    if (text == "auto")
      engine = Engine::automatic;
    else if (text == "enumerate")
      engine = Engine::enumerate;
    else if (text == "diagram")
      engine = Engine::diagram;
    else if (text == "search")
      engine = Engine::search;
    else if (text == "box")
      engine = Engine::box;
    else
      return "must be auto, enumerate, diagram, search or box";
    return "";
  };
  command.add_option("--engine", "auto, enumerate, diagram, search or box")
      ->check(CLI::Validator(parse, "ENGINE"));
}

void add_memory_option(CLI::App& command, std::size_t& mebibytes) {
  constexpr std::size_t most = std::size_t{1} << 30;
  command
      .add_option("--memory-limit", mebibytes,
                  "MiB that a state diagram may take (default: half of the machine's memory)")
      ->check(CLI::Range(std::size_t{1}, most))
      ->type_name("MIB");
}

void add_file_to_write(CLI::App& command, const std::string& option, std::string& file,
                       const std::string& description) {
  const auto check = [](const std::string& text) -> std::string {
    return text.empty() ? "must name a file" : "";
  };
  command.add_option(option, file, description)->check(CLI::Validator(check, ""))->type_name("OUT");
}

Status wrong_usage(std::string_view message) {
  write_error_line("gatelight: " + base::one_line(message, 500) +
                   "; gatelight --help lists commands and options");
  return Status::usage;
}

Status report_error(std::string_view file, const Error& error) {
  write_error_line("gatelight: " + base::one_line(file) + ": " +
                   base::one_line(error.text(), 2000));
  return error.code == ErrorCode::io ? Status::internal : Status::bad_input;
}

bool print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return true;
  }
  write_error_line("gatelight: standard output: cannot be written");
  return false;
}

void print_notes(const Common& common, const std::vector<std::string>& notes) {
  if (common.quiet || common.json) return;
  for (const std::string& note : notes) write_error_line("note: " + base::one_line(note));
}

}  // namespace gatelight::app
