// SPDX-License-Identifier: Apache-2.0
//
// What the commands share: exit statuses, common options, error lines.
#ifndef GATELIGHT_APPS_COMMAND_HPP
#define GATELIGHT_APPS_COMMAND_HPP

#include <CLI/App.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/measure.hpp"
#include "gatelight/result.hpp"
#include "gatelight/solve.hpp"

namespace gatelight::app {

enum class Status {
  answered = 0,
  internal = 1,  // a bug, no memory, a disk error
  usage = 2,
  bad_input = 3,
  stopped = 4,  // at a limit or by a signal; the interval found so far is printed
  no = 5,       // the answer is no
};

// A whole number, 0 or more, that is all of the text; nothing for anything else.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size() && number >= 0;
  return whole ? std::optional(number) : std::nullopt;
}

// Options every command has.
struct Common {
  bool json = false;
  bool quiet = false;
  bool progress = false;
  int threads = 1;
  std::uint64_t seed = 1;
  double time_limit = 0;
};
void add_common_options(CLI::App& command, Common& common);

// --engine and --memory-limit (in MiB; 0: half of the machine's).
void add_engine_option(CLI::App& command, Engine& engine);
void add_memory_option(CLI::App& command, std::size_t& mebibytes);
// The name of a file to write; an empty one, as of a variable that is not set, is wrong usage.
void add_file_to_write(CLI::App& command, const std::string& option, std::string& file,
                       const std::string& description);

// "P" for every bit, "NAME=P" for a word or one bit, 1/2 where nothing is said; empty for nothing at all.
// Errors: bad_input (a name that is no input's).  Requires check_probability() of each to be empty.
[[nodiscard]] Result<std::vector<Probability>> read_probabilities(
    const Circuit& circuit, const std::vector<std::string>& written);

// What is wrong with a value of --probability; empty where nothing is.
[[nodiscard]] std::string check_probability(const std::string& text);

// Adds the command's options to `root`; `run` is set to what it does when it is chosen.
using Run = std::function<Status()>;
void add_energy(CLI::App& root, Run& run);
void add_analyze(CLI::App& root, Run& run);
void add_eval(CLI::App& root, Run& run);
void add_convert(CLI::App& root, Run& run);
void add_equiv(CLI::App& root, Run& run);
void add_check(CLI::App& root, Run& run);
void add_rank(CLI::App& root, Run& run);
void add_bound(CLI::App& root, Run& run);
void add_matrix(CLI::App& root, Run& run);
void add_make(CLI::App& root, Run& run);
void add_frontier(CLI::App& root, Run& run);

// "--input-range LOW HIGH" is read like "--input-range LOW,HIGH": the command line's parser cannot take
// two values before positional arguments.
void join_input_range(std::vector<std::string>& arguments);

// Prints "gatelight: FILE: where: message" on one line of standard error; the status that goes with it.
Status report_error(std::string_view file, const Error& error);

// Prints "gatelight: message" on one line of standard error.
Status wrong_usage(std::string_view message);

// Writes to standard output; false (with a line on standard error) where that fails.
[[nodiscard]] bool print(std::string_view text);

// Notes about an imported network, on standard error.
void print_notes(const Common& common, const std::vector<std::string>& notes);

// Turns SIGINT and SIGTERM into a stop request; a second signal ends the program at once.
const StopToken& stop_on_signals();

// The limits of the common options, with the progress line where it is wanted.
[[nodiscard]] Limits limits_of(const Common& common);
// Ends the progress line, if there is one.
void finish_progress();

}  // namespace gatelight::app

#endif  // GATELIGHT_APPS_COMMAND_HPP
