// SPDX-License-Identifier: Apache-2.0
//
// The command line: one sub-command a question.  Nothing thrown leaves main().
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "command.hpp"

namespace {

using gatelight::app::Status;

constexpr const char* description =
    "gatelight: the exact energy and other resources of discretized neural networks.\n"
    "Exit status: 0 answered, 1 internal failure, 2 wrong usage, 3 bad input,\n"
    "4 stopped at a limit (the sound interval found so far is printed), 5 the answer is no.";

Status usage_error(const CLI::App& root, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {  // --help, --version
    root.exit(error);
    return std::fflush(stdout) == 0 ? Status::answered : Status::internal;
  }
  return gatelight::app::wrong_usage(error.what());
}

Status run(int argc, char** argv) {
  CLI::App root(description, "gatelight");
  root.set_version_flag("--version", "gatelight " GATELIGHT_VERSION);
  root.require_subcommand(1);
  gatelight::app::Run chosen;
  gatelight::app::add_analyze(root, chosen);
  gatelight::app::add_energy(root, chosen);
  gatelight::app::add_eval(root, chosen);
  gatelight::app::add_convert(root, chosen);
  gatelight::app::add_equiv(root, chosen);
  gatelight::app::add_check(root, chosen);
  gatelight::app::add_rank(root, chosen);
  gatelight::app::add_bound(root, chosen);
  gatelight::app::add_matrix(root, chosen);
  gatelight::app::add_make(root, chosen);
  gatelight::app::add_frontier(root, chosen);
  std::vector<std::string> arguments(argv + 1, argv + argc);
  gatelight::app::join_input_range(arguments);
  std::ranges::reverse(arguments);  // CLI11 takes them from the back
  try {
    root.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return usage_error(root, error);
  }
  return chosen();
}

Status fail(const char* what) {
  std::fprintf(stderr, "gatelight: internal failure: %s\n",
               gatelight::base::one_line(what).c_str());
  return Status::internal;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 1) return static_cast<int>(Status::usage);
  Status status = Status::internal;
  try {
    status = run(argc, argv);
  } catch (const std::bad_alloc&) {
    status = fail("out of memory");
  } catch (const std::exception& error) {
    status = fail(error.what());
  }
  return static_cast<int>(status);
}
