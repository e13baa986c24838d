// SPDX-License-Identifier: Apache-2.0
//
// Energy against depth as text, as JSON and as comma-separated values.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_shown = 24;

// The call that makes the circuit; long values are cut to `most` characters, 0 for never.
std::string call_of(const ReachedPoint& point, std::size_t most) {
  std::string text = "make " + point.family;
  for (const auto& [name, value] : point.parameters) {
    const bool cut = most > 0 && value.size() > most;
    text += fmt::format(" {}={}", name, cut ? value.substr(0, most) + "..." : value);
  }
  return text;
}

// What stands for no number: "none", no circuit at all; "-", nothing is known.
std::string number_or(const std::optional<std::int64_t>& number, const char* missing) {
  return number ? std::to_string(*number) : missing;
}

// The floor of that name; "-" where the argument says nothing.
std::string floor_text(const FrontierRow& row, std::string_view name, const char* nothing,
                       const char* none) {
  for (const EnergyFloor& floor : row.floors) {
    if (floor.name == name) return number_or(floor.energy, none);
  }
  return nothing;
}

constexpr const char* floor_names[] = {"theorem", "fed gates", "gamma_2", "energy one"};

// All of a line but the depth.
std::string row_text(const FrontierRow& row) {
  std::string text;
  for (const char* name : floor_names) {
    text += fmt::format("  {:>10}", floor_text(row, name, "-", "none"));
  }
  text += fmt::format("  {:>10}", number_or(row.floor, "none"));
  if (!row.reached) return text + fmt::format("  {:>7}   -\n", "-");
  return text + fmt::format("  {:>7}   {}\n", row.reached->predicted.energy,
                            call_of(*row.reached, longest_shown));
}

// Depths with the same line are one line.
std::string rows_text(const std::vector<FrontierRow>& rows) {
  std::string text;
  for (std::size_t begin = 0; begin < rows.size();) {
    const std::string line = row_text(rows[begin]);
    std::size_t end = begin + 1;
    while (end < rows.size() && row_text(rows[end]) == line) ++end;
    const std::string depths = end == begin + 1
                                   ? std::to_string(rows[begin].depth)
                                   : fmt::format("{}-{}", rows[begin].depth, rows[end - 1].depth);
    text += fmt::format("{:>9}", depths) + line;
    begin = end;
  }
  return text;
}

std::string energy_of(const Bounds<std::int64_t>& energy) {
  return energy.closed() ? std::to_string(energy.upper)
                         : fmt::format("[{}, {}]", energy.lower, energy.upper);
}

Json reached_json(const ReachedPoint& point) {
  const Predicted& p = point.predicted;
  Json parameters = Json::object();
  for (const auto& [name, value] : point.parameters) parameters[name] = value;
  return {{"family", point.family},
          {"parameters", std::move(parameters)},
          {"command", call_of(point, 0)},
          {"size", p.size},
          {"depth", p.depth},
          {"energy", p.energy},
          {"weight", p.weight}};
}

Json optional_json(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json row_json(const FrontierRow& row) {
  Json floors = Json::array();
  for (const EnergyFloor& floor : row.floors) {
    floors.push_back({{"name", floor.name}, {"energy", optional_json(floor.energy)}});
  }
  return {{"depth", row.depth},
          {"floor", optional_json(row.floor)},
          {"possible", row.floor.has_value()},
          {"floors", std::move(floors)},
          {"reached", row.reached ? reached_json(*row.reached) : Json(nullptr)}};
}

// Nothing where it is not known.
std::optional<bool> computes(const FrontierCircuit& circuit) {
  const auto& comparison = circuit.comparison;
  return comparison && comparison->ok() ? (*comparison)->equivalent : std::nullopt;
}

// "yes", "NO, ..." or "not checked: ...".
std::string comparison_text(const Result<EquivalenceResult>& comparison) {
  if (!comparison.ok()) return "not checked: " + base::one_line(comparison.error().text());
  if (!comparison->equivalent) return "not decided within the time for it";
  if (*comparison->equivalent) return "yes, proved";
  return fmt::format("NO: it is {} on {} (inputs {})", comparison->outputs_a.at(0),
                     to_string(comparison->input_a),
                     comparison->by_name ? "matched by name" : "in the order of make's");
}

Json circuit_json(const FrontierCircuit& circuit) {
  const Resources& r = circuit.resources;
  const auto known = computes(circuit);
  return {{"file", circuit.file},
          {"inputs", r.inputs},
          {"size", r.size},
          {"depth", r.depth},
          {"weight", r.weight},
          {"energy",
           {{"lower", circuit.energy.lower},
            {"upper", circuit.energy.upper},
            {"proved", circuit.energy.closed()}}},
          {"computes", known ? Json(*known) : Json(nullptr)},
          {"differs_on",
           known && !*known ? Json(to_string((*circuit.comparison)->input_a)) : Json(nullptr)},
          {"notes", circuit.notes}};
}

}  // namespace

std::string frontier_text(const FrontierReport& report) {
  const FrontierQuestion& question = report.frontier.question;
  std::string text = fmt::format(
      "{}\ninputs      {}\nlog2 rk(f)  >= {}\nlimits      size {}, weight {}\n\n    depth",
      base::one_line(question.function.name), question.function.n,
      rounded_down(question.function.log2_rank, 3), question.size, question.weight);
  for (const char* name : floor_names) text += fmt::format("  {:>10}", name);
  text += fmt::format("  {:>10}  {:>7}   by\n", "floor", "reached");
  text += rows_text(report.frontier.rows);
  text += "\nfloor: no threshold circuit of at most this depth has less energy\n";
  if (!report.frontier.rows.front().floor) text += "none: no such circuit exists\n";
  if (const auto& c = report.circuit) {
    text += fmt::format("circuit     {}: size {}, depth {}, weight {}, energy {} over all inputs\n",
                        base::one_line(c->file), c->resources.size, c->resources.depth,
                        c->resources.weight, energy_of(c->energy));
    if (c->comparison) {
      text += fmt::format("computes    {}: {}\n", base::one_line(question.function.name),
                          comparison_text(*c->comparison));
    }
  }
  for (const std::string* file : {&report.svg, &report.csv}) {
    if (!file->empty()) text += "written     " + base::one_line(*file) + "\n";
  }
  return text;
}

std::string frontier_json(const FrontierReport& report) {
  const FrontierQuestion& question = report.frontier.question;
  const double log2 = question.function.log2_rank;
  Json json{{"schema", "gatelight/frontier/1"},
            {"function", question.function.name},
            {"n", question.function.n},
            {"log2_rank", std::isfinite(log2) ? Json(log2) : Json(nullptr)},
            {"size", question.size},
            {"weight", question.weight},
            {"rows", Json::array()},
            {"circuit", nullptr},
            {"svg", nullptr},
            {"csv", nullptr},
            {"seconds", report.seconds},
            {"stopped", report.stopped()}};
  for (const FrontierRow& row : report.frontier.rows) json["rows"].push_back(row_json(row));
  if (report.circuit) json["circuit"] = circuit_json(*report.circuit);
  if (!report.svg.empty()) json["svg"] = report.svg;
  if (!report.csv.empty()) json["csv"] = report.csv;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string frontier_csv(const FrontierReport& report) {
  std::string text =
      "depth,theorem,fed_gates,gamma_2,energy_one,floor,reached,reached_size,reached_depth,reached_"
      "weight,"
      "command,circuit_lower,circuit_upper\n";
  for (const FrontierRow& row : report.frontier.rows) {
    text += std::to_string(row.depth);
    for (const char* name : floor_names) text += "," + floor_text(row, name, "", "none");
    text += "," + number_or(row.floor, "none");
    if (row.reached) {
      const Predicted& p = row.reached->predicted;
      text += fmt::format(",{},{},{},{},{}", p.energy, p.size, p.depth, p.weight,
                          call_of(*row.reached, 0));
    } else {
      text += ",,,,,";
    }
    const auto& c = report.circuit;
    const bool here = c && c->resources.depth == row.depth;
    text += here ? fmt::format(",{},{}\n", c->energy.lower, c->energy.upper) : ",,\n";
  }
  return text;
}

}  // namespace gatelight::report
