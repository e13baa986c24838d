// SPDX-License-Identifier: Apache-2.0
#include "question.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace gatelight::app {
namespace {

// "data.csv:7" -> its two parts; a row is counted from 1.
struct PlaceInFile {
  std::string file;
  std::size_t row = 0;
};
std::optional<PlaceInFile> parse_place(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  PlaceInFile place{text.substr(0, colon)};
  place.row = whole_number<std::size_t>(std::string_view(text).substr(colon + 1)).value_or(0);
  return place.row == 0 ? std::nullopt : std::optional(place);
}

std::string check_place(const std::string& text) {
  return parse_place(text) ? "" : "must be CSV:ROW, such as data.csv:1; rows count from 1";
}

std::string check_radius(const std::string& text) {
  return whole_number<std::int64_t>(text) ? "" : "must be an integer from 0 to 2^63 - 1";
}

Result<std::vector<std::int64_t>> read_costs(const Circuit& circuit, const std::string& cost) {
  if (cost.empty()) return std::vector<std::int64_t>();
  if (cost == "gates") return unit_costs(circuit);
  if (cost == "fanout") return fanout_costs(circuit);
  const auto text = read_file(cost);
  return text.ok() ? parse_costs(circuit, *text) : text.error();
}

Result<DataRows> read_rows(const Circuit& circuit, const std::string& file) {
  const auto text = read_file(file);
  return text.ok() ? parse_rows(circuit, *text) : text.error();
}

// Every word stays within the radius of its value in the row, besides what the domain says already.
Result<void> stay_around(Imported& network, const PlaceInFile& place, std::int64_t radius) {
  const Circuit& circuit = network.circuit;
  const auto rows = read_rows(circuit, place.file);
  if (!rows.ok()) return rows.error();
  if (place.row > rows->size()) {
    return Error{ErrorCode::bad_input,
                 "there are " + std::to_string(rows->size()) + " rows; choose one of them",
                 "row " + std::to_string(place.row)};
  }
  DomainSpec domain = circuit.domain();
  const auto values = rows->row(place.row - 1);
  for (std::uint32_t w = 0; w < values.size(); ++w) {
    // Clipped first, so that nothing can wrap: a word's values lie within 2^62 of zero.
    const Circuit::Interval all = word_range(circuit.inputs()[w]);
    const std::int64_t low = radius > values[w] - all.low ? all.low : values[w] - radius;
    const std::int64_t high = radius > all.high - values[w] ? all.high : values[w] + radius;
    domain.range.push_back({InputId{w}, low, high});
  }
  auto narrowed = circuit.with_domain(std::move(domain));
  if (!narrowed.ok()) {
    return Error{narrowed.error().code, "no input of the domain lies within the radius",
                 "row " + std::to_string(place.row)};
  }
  network.circuit = *std::move(narrowed);
  return {};
}

Result<DataRows> read_data(const Circuit& circuit, const std::string& file) {
  auto rows = read_rows(circuit, file);
  for (std::size_t i = 0; rows.ok() && i < rows->size(); ++i) {
    if (circuit.in_domain(input_of_words(circuit, rows->row(i)))) continue;
    return Error{ErrorCode::bad_input,
                 "this input lies outside the domain, so the maximum says nothing about it; "
                 "remove the row or widen the domain",
                 "line " + std::to_string(rows->lines[i])};
  }
  return rows;
}

}  // namespace

Result<void> replace_domain(Imported& network, const std::string& file) {
  auto parsed = read_domain(network, file);
  if (!parsed.ok()) return parsed.error();
  auto circuit = network.circuit.with_domain(std::move(parsed->domain));
  if (!circuit.ok()) return circuit.error();
  if (network.input_meaning.empty() && !network.circuit.domain().unrestricted()) {
    network.notes.emplace_back("the domain of the circuit file is replaced");
  }
  network.circuit = *std::move(circuit);
  network.notes.insert(network.notes.end(), parsed->notes.begin(), parsed->notes.end());
  return {};
}

std::variant<Question, Status> read_question(const std::string& circuit,
                                             const QuestionFiles& files) {
  auto network = read_circuit(circuit);
  if (!network.ok()) return report_error(circuit, network.error());
  Question question{*std::move(network), {}, {}};
  if (!files.domain.empty()) {
    if (auto done = replace_domain(question.network, files.domain); !done.ok()) {
      return report_error(files.domain, done.error());
    }
  }
  if (const auto place = parse_place(files.around)) {
    if (auto done = stay_around(question.network, *place, files.radius); !done.ok()) {
      return report_error(place->file, done.error());
    }
  }
  auto costs = read_costs(question.network.circuit, files.cost);
  if (!costs.ok()) return report_error(files.cost, costs.error());
  question.costs = *std::move(costs);
  if (!files.inputs.empty()) {
    auto data = read_data(question.network.circuit, files.inputs);
    if (!data.ok()) return report_error(files.inputs, data.error());
    question.data = *std::move(data);
  }
  return question;
}

void add_domain_option(CLI::App& command, std::string& domain) {
  command
      .add_option(
          "--domain", domain,
          "Which inputs are asked about, in place of the circuit's own domain: a JSON object "
          "like \"domain\" of a circuit file, or a VNN-LIB box (*.vnnlib)")
      ->type_name("FILE");
}

void add_question_options(CLI::App& command, QuestionFiles& files) {
  command
      .add_option("--cost", files.cost,
                  "What a firing gate costs: gates (1), fanout (the wires that read it), or a JSON "
                  "file {\"GATE\": COST, \"default\": COST} (default: the costs of the circuit)")
      ->type_name("gates|fanout|FILE");
  add_domain_option(command, files.domain);
  CLI::Option* around =
      command.add_option("--around", files.around,
                         "Only inputs near a row of a CSV file (integers, one column a word)");
  around->check(CLI::Validator(check_place, "CSV:ROW"))->type_name("CSV:ROW");
  CLI::Option* radius = command.add_option("--radius", files.radius,
                                           "How far every word may be from its value in that row");
  radius->check(CLI::Validator(check_radius, "R"))->type_name("R")->needs(around);
  around->needs(radius);
  command
      .add_option("--inputs", files.inputs,
                  "Also the largest and the mean over the rows of this CSV file")
      ->type_name("FILE");
}

Result<GateId> find_output(const Circuit& circuit, const std::string& name) {
  if (name.empty()) {
    if (!circuit.outputs().empty()) return circuit.outputs()[0];
    return Error{ErrorCode::bad_input, "the circuit has no output; name a gate with --output", ""};
  }
  for (const GateId output : circuit.outputs()) {
    if (circuit.gate(output).name == name) return output;
  }
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (circuit.gate(GateId{g}).name == name) return GateId{g};
  }
  return Error{ErrorCode::bad_input, "no output or gate has this name",
               "--output " + base::quoted(name)};
}

}  // namespace gatelight::app
