// SPDX-License-Identifier: Apache-2.0
//
// What `gatelight energy` asks, from all the files that say so: the circuit, costs, domain and data.
#ifndef GATELIGHT_APPS_QUESTION_HPP
#define GATELIGHT_APPS_QUESTION_HPP

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "command.hpp"
#include "gatelight/formats.hpp"
#include "gatelight/measure.hpp"

namespace gatelight::app {

// The options as written.
struct QuestionFiles {
  std::string cost;    // gates, fanout or a file; empty: the costs of the circuit
  std::string domain;  // a file, or empty
  std::string around;  // CSV:ROW, or empty
  std::int64_t radius = 0;
  std::string inputs;  // a file of rows, or empty
};
void add_question_options(CLI::App& command, QuestionFiles& files);
// --domain alone, for other commands.
void add_domain_option(CLI::App& command, std::string& domain);

struct Question {
  Imported network;                 // with the domain that is asked about, and notes
  std::vector<std::int64_t> costs;  // for EnergyOptions
  std::optional<DataRows> data;
};

// Reads everything.  Where that fails, the line on standard error is written, and this is its status.
[[nodiscard]] std::variant<Question, Status> read_question(const std::string& circuit,
                                                           const QuestionFiles& files);

// Gives the network the domain of a file; the notes about it are added to the network's.
[[nodiscard]] Result<void> replace_domain(Imported& network, const std::string& file);

// The first output, or the output or gate of that name.  Errors: bad_input.
[[nodiscard]] Result<GateId> find_output(const Circuit& circuit, const std::string& name);

}  // namespace gatelight::app

#endif  // GATELIGHT_APPS_QUESTION_HPP
