// SPDX-License-Identifier: Apache-2.0
#include <cmath>
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

// Adds a key that is known to be new; operator[] would look through all keys first.
void append(Json& object, std::string_view key, Json value) {
  object.get_ref<Json::object_t&>().emplace_back(std::string(key), std::move(value));
}

Json energy_object(const EnergyReport& report, const char* schema) {
  const Resources& r = report.resources;
  const EnergyResult& e = report.energy;
  Json json{{"schema", schema},           {"file", report.file},
            {"inputs", r.inputs},         {"size", r.size},
            {"depth", r.depth},           {"weight", r.weight},
            {"resolution", r.resolution}, {"resolution_bits", r.resolution_bits}};
  json["energy"] = {{"lower", e.bounds.lower},
                    {"upper", e.bounds.upper},
                    {"proved", e.proved()},
                    {"witness", to_string(e.witness)}};
  if (!report.network.input_meaning.empty()) {
    Json& real = json["energy"]["witness_real"] = Json::object();
    const auto words = report.network.circuit.inputs();
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      if (const auto value = real_input(report.network, InputId{i}, e.witness))
        append(real, words[i].name, *value);
    }
  }
  if (!e.levels.empty()) {
    json["levels"] = Json::array();
    for (const LevelEnergy& level : e.levels) {
      json["levels"].push_back({{"level", level.level},
                                {"size", level.size},
                                {"lower", level.bounds.lower},
                                {"upper", level.bounds.upper}});
    }
  }
  if (e.layers) {
    json["layers"] = Json::array();
    for (const LayerEnergy& layer : *e.layers) {
      json["layers"].push_back({{"layer", layer.layer},
                                {"size", layer.size},
                                {"lower", layer.bounds.lower},
                                {"upper", layer.bounds.upper}});
    }
  }
  if (e.histogram) {
    json["histogram"] = Json::array();
    for (const auto& [fire, inputs] : *e.histogram) {
      json["histogram"].push_back({{"fire", fire}, {"inputs", inputs}});
    }
  }
  if (e.expected) {
    json["expected"] = {{"value", e.expected->value}, {"exact", e.expected->exact}};
  }
  if (const auto& data = report.data) {
    json["data"] = {{"rows", data->rows},
                    {"largest", data->largest},
                    {"mean", data->mean},
                    {"row_of_largest", data->row_of_largest}};
  }
  if (!report.cost.empty()) json["cost"] = {{"rule", report.cost}, {"total", e.cost}};
  json["engine"] = e.engine;
  json["reason"] = e.reason;
  json["nodes"] = e.nodes;
  json["seconds"] = e.seconds;
  json["stopped"] = report.stopped;
  json["notes"] = report.network.notes;
  for (const std::string& note : e.notes) json["notes"].push_back(note);
  return json;
}

}  // namespace

std::string energy_json(const EnergyReport& report) {
  return dump(energy_object(report, "gatelight/energy/1"));
}

std::string analysis_json(const AnalysisReport& report) {
  Json json = energy_object(report.energy, "gatelight/analyze/1");
  if (report.sampled) {
    json["sampled"] = {{"mean", report.sampled->mean},
                       {"largest", report.sampled->largest},
                       {"samples", report.sampled->samples}};
  }
  if (const auto& t = report.theorem) {
    json["theorem"] = {{"n", t->n},
                       {"s", t->s},
                       {"d", t->d},
                       {"w", t->w},
                       {"e", t->e},
                       {"rhs", t->rhs},
                       {"threshold", t->threshold},
                       {"applies", t->applies}};
  }
  return dump(json);
}

std::string prediction_json(const PredictionReport& report) {
  const EnergyPrediction& p = report.prediction;
  Json json{{"schema", "gatelight/explain/1"},
            {"file", report.file},
            {"engine", p.engine},
            {"reason", p.reason},
            {"inputs", p.inputs},
            {"threads", report.threads},
            {"seconds", nullptr},
            {"bytes", nullptr},
            {"states", nullptr},
            {"generated_code", p.generated}};
  if (p.seconds) json["seconds"] = *p.seconds;
  if (p.bytes) json["bytes"] = *p.bytes;
  if (p.states && std::isfinite(*p.states)) json["states"] = std::round(*p.states);
  return dump(json);
}

std::string equivalence_json(const EquivalenceReport& report) {
  const EquivalenceResult& result = report.result;
  Json json{{"schema", "gatelight/equiv/1"},
            {"a", report.a},
            {"b", report.b},
            {"equivalent", nullptr},
            {"inputs_by_name", result.by_name}};
  if (result.equivalent) json["equivalent"] = *result.equivalent;
  if (result.equivalent == false) {
    const auto outputs = [](const Circuit& circuit, const std::vector<std::int64_t>& values) {
      Json object = Json::object();
      for (std::size_t i = 0; i < values.size(); ++i) {
        append(object, circuit.gate(circuit.outputs()[i]).name, values[i]);
      }
      return object;
    };
    json["counterexample"] = {{"a", to_string(result.input_a)},
                              {"b", to_string(result.input_b)},
                              {"outputs_a", outputs(report.circuit_a, result.outputs_a)},
                              {"outputs_b", outputs(report.circuit_b, result.outputs_b)}};
  }
  json["engine"] = result.engine;
  json["reason"] = result.reason;
  json["nodes"] = result.nodes;
  json["seconds"] = result.seconds;
  return dump(json);
}

std::string conversion_json(const ConversionReport& report) {
  const Discretized& result = report.result;
  const Circuit& circuit = result.network.circuit;
  Json json{{"schema", "gatelight/convert/1"},
            {"in", report.in},
            {"out", report.out},
            {"inputs", circuit.bit_count()},
            {"size", measure_resources(circuit).size},
            {"notes", result.network.notes}};
  if (report.constraints) {
    json["variables"] = report.constraints->variables;
    json[report.at_least ? "clauses" : "rows"] = report.constraints->conditions;
    if (report.at_least) {
      json["at_least"] = *report.at_least;
    } else {
      json["total"] = report.constraints->total;
    }
  }
  if (result.samples != 0) {
    json["agreement"] = {{"samples", result.samples},
                         {"same_decision", result.same_argmax},
                         {"same_firing", result.same_firing},
                         {"largest_output_error", result.largest_output_error}};
  }
  return dump(json);
}

std::string evaluation_json(const Circuit& circuit, const EvaluationReport& report) {
  Json outputs = Json::object();
  for (const GateId output : circuit.outputs()) {
    append(outputs, circuit.gate(output).name, report.values[static_cast<std::size_t>(output)]);
  }
  Json json{{"input", to_string(report.input)},
            {"outputs", std::move(outputs)},
            {"fired", fired_gates(circuit, report.values)}};
  if (report.with_gates) {
    Json& gates = json["gates"] = Json::object();
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      append(gates, circuit.gate(GateId{g}).name, report.values[g]);
    }
  }
  if (!circuit.in_domain(report.input)) json["in_domain"] = false;
  return dump(json);
}

}  // namespace gatelight::report
