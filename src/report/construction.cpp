// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "report/report.hpp"

namespace gatelight::report {
namespace {

using Json = nlohmann::ordered_json;

// File names need not be UTF-8, JSON must be.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string construction_json(const ConstructionReport& report) {
  const Predicted& predicted = report.construction.predicted;
  Json json{{"schema", "gatelight/make/1"},
            {"family", report.family},
            {"name", report.construction.circuit.name()},
            {"function", report.construction.function},
            {"inputs", predicted.inputs},
            {"size", predicted.size},
            {"depth", predicted.depth},
            {"energy", predicted.energy},
            {"energy_exact", !report.construction.energy_at_most},
            {"weight", predicted.weight},
            {"precision", predicted.precision},
            {"reference", report.construction.reference},
            {"file", nullptr}};
  if (!report.file.empty()) json["file"] = report.file;
  return dump(json);
}

std::string construction_text(const ConstructionReport& report) {
  const Predicted& predicted = report.construction.predicted;
  return fmt::format(
      "{}: {}\n"
      "inputs {}, size {}, depth {}, energy {}{}, weight {}{}\n"
      "written: {}\n",
      report.construction.circuit.name(), report.construction.function, predicted.inputs,
      predicted.size, predicted.depth, report.construction.energy_at_most ? "at most " : "",
      predicted.energy, predicted.weight,
      predicted.precision > 1 ? fmt::format(", precision {}", predicted.precision) : "",
      base::one_line(report.file));
}

std::string families_json() {
  Json json{{"schema", "gatelight/make-list/1"}, {"families", Json::array()}};
  for (const Family& family : construction_families()) {
    Json parameters = Json::array();
    for (const FamilyParameter& parameter : family.parameters) {
      Json entry{{"name", parameter.name}, {"default", nullptr}, {"meaning", parameter.meaning}};
      if (!parameter.fallback.empty()) entry["default"] = parameter.fallback;
      parameters.push_back(std::move(entry));
    }
    json["families"].push_back({{"name", family.name},
                                {"summary", family.summary},
                                {"parameters", std::move(parameters)}});
  }
  return dump(json);
}

std::string families_text() {
  std::string text;
  for (const Family& family : construction_families()) {
    std::string parameters;
    for (const FamilyParameter& parameter : family.parameters) {
      parameters += parameter.fallback.empty()
                        ? fmt::format(" {}=", parameter.name)
                        : fmt::format(" [{}={}]", parameter.name, parameter.fallback);
    }
    text += fmt::format("{:<15} {};{}\n", family.name, family.summary, parameters);
  }
  return text;
}

}  // namespace gatelight::report
