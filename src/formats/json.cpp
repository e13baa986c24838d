// SPDX-License-Identifier: Apache-2.0
//
// The native circuit file *.gl.json: docs/reference/file-format.md.
//
// Reading is strict: every key is known, every number an integer of 64 bits, every name declared
// before it is read.  The reader turns JSON into builder calls and adds the place to their errors.
#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "formats/json_tree.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

using formats::JsonTree;
using Kind = JsonTree::Kind;
using Value = JsonTree::Value;

// Thrown inside this file only; parse_circuit turns it into its Error.
struct Refused {
  Error error;
};

[[noreturn]] void refuse(const std::string& where, std::string message,
                         ErrorCode code = ErrorCode::bad_input) {
  throw Refused{{code, std::move(message), where}};
}

template <class T>
T accept(Result<T> result, const std::string& where) {
  if (!result.ok()) {
    const Error& error = result.error();
    refuse(error.where.empty() ? where : where + "." + error.where, error.message, error.code);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// A value and the place it stands at.
struct Item {
  Value value;
  std::string where;

  [[nodiscard]] Item member(Value inner) const {
    return {inner, where + (where.empty() ? "" : ".") + base::one_line(inner.key(), 80)};
  }
  [[nodiscard]] Item element(Value inner, std::size_t index) const {
    return {inner, where + "[" + std::to_string(index) + "]"};
  }
};

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::number:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "a value";
}

void expect(const Item& item, Kind kind) {
  if (item.value.kind() == kind) return;
  if (kind == Kind::integer && item.value.kind() == Kind::number) {
    refuse(item.where,
           "must be an integer of 64 bits, got " + base::one_line(item.value.text(), 40));
  }
  refuse(item.where,
         std::string("must be ") + kind_name(kind) + ", got " + kind_name(item.value.kind()));
}

std::int64_t integer(const Item& item) {
  expect(item, Kind::integer);
  return item.value.integer();
}
int small_integer(const Item& item) {
  return static_cast<int>(std::clamp<std::int64_t>(integer(item), -1000, 1000));
}
bool boolean(const Item& item) {
  expect(item, Kind::boolean);
  return item.value.boolean();
}
std::string string(const Item& item) {
  expect(item, Kind::string);
  return std::string(item.value.text());
}

// Calls the reader of each key; refuses unknown keys, and missing ones marked as required.
struct Field {
  std::string_view key;
  bool required;
  std::function<void(const Item&)> read;
};

void read_object(const Item& item, std::span<const Field> fields) {
  expect(item, Kind::object);
  std::vector<bool> seen(fields.size());
  for (const Value inner : item.value) {
    const auto field = std::ranges::find(fields, inner.key(), &Field::key);
    if (field == fields.end()) refuse(item.where, "unknown key " + base::quoted(inner.key()));
    seen[static_cast<std::size_t>(field - fields.begin())] = true;
    field->read(item.member(inner));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].required && !seen[i])
      refuse(item.where, "the key \"" + std::string(fields[i].key) + "\" is missing");
  }
}
void read_object(const Item& item, std::initializer_list<Field> fields) {
  read_object(item, std::span(fields.begin(), fields.size()));
}

template <class Read>
void read_array(const Item& item, Read read) {
  expect(item, Kind::array);
  std::size_t index = 0;
  for (const Value inner : item.value) read(item.element(inner, index++));
}

std::vector<std::int64_t> integers(const Item& item) {
  std::vector<std::int64_t> list;
  read_array(item, [&](const Item& element) { list.push_back(integer(element)); });
  return list;
}

enum class Reader : std::uint8_t { gate, domain };  // who reads a source

Source resolve(const CircuitBuilder& builder, std::string_view name, const std::string& where,
               Reader reader) {
  const auto source = builder.find(name);
  if (!source) {
    refuse(where,
           base::quoted(name) + (reader == Reader::gate
                                     ? " is not an input, a bit of an input, or an earlier gate"
                                     : " is not an input or a bit of an input"));
  }
  if (reader == Reader::domain && source->kind == Source::Kind::gate) {
    refuse(where, "a domain restricts inputs, not gates");
  }
  return *source;
}

std::vector<WrittenWire> read_weights(const CircuitBuilder& builder, const Item& item,
                                      Reader reader) {
  expect(item, Kind::object);
  std::vector<WrittenWire> wires;
  for (const Value inner : item.value) {
    const Item weight = item.member(inner);
    if (inner.key().empty()) refuse(item.where, "a name must not be empty");
    const std::int64_t value = integer(weight);
    if (value == 0) refuse(weight.where, "a weight must not be zero; leave the source out");
    wires.push_back({resolve(builder, inner.key(), item.where, reader), value});
  }
  return wires;
}

Activation read_sigmoid(const Item& item) {
  Sigmoid sigmoid;
  read_object(item, {{"bits", true, [&](const Item& i) { sigmoid.bits = small_integer(i); }},
                     {"gain", true, [&](const Item& i) {
                        const auto gain = integers(i);
                        if (gain.size() != 2)
                          refuse(i.where, "must be two positive integers [p, q]");
                        sigmoid.gain_p = gain[0];
                        sigmoid.gain_q = gain[1];
                      }}});
  return sigmoid;
}

Activation read_activation(const Item& item) {
  if (item.value.kind() == Kind::string) {
    if (item.value.text() == "threshold") return Threshold{};
    refuse(item.where, "unknown activation " + base::quoted(item.value.text()));
  }
  if (item.value.kind() != Kind::object) {
    refuse(item.where,
           "must be \"threshold\" or an object such as {\"relu\": {\"shift\": 0, \"max\": 7}}");
  }
  std::optional<Activation> activation;
  const auto relu = [&](const Item& i) {
    Relu read;
    read_object(i, {{"shift", true, [&](const Item& f) { read.shift = small_integer(f); }},
                    {"max", true, [&](const Item& f) { read.max = integer(f); }}});
    activation = read;
  };
  const auto steps = [&](const Item& i) {
    Steps read;
    read_object(i, {{"at", true, [&](const Item& f) { read.at = integers(f); }},
                    {"values", true, [&](const Item& f) { read.values = integers(f); }}});
    activation = std::move(read);
  };
  const auto sigmoid = [&](const Item& i) { activation = read_sigmoid(i); };
  read_object(item, {{"relu", false, relu}, {"steps", false, steps}, {"sigmoid", false, sigmoid}});
  if (!activation || item.value.size() != 1) refuse(item.where, "must name exactly one activation");
  return *activation;
}

void read_inputs(CircuitBuilder& builder, const Item& item) {
  if (item.value.kind() == Kind::integer) {
    const std::int64_t count = item.value.integer();
    if (count < 0) refuse(item.where, "must not be negative");
    if (count > static_cast<std::int64_t>(CircuitLimits::input_bits)) {
      refuse(item.where, "more than 2^20 input bits", ErrorCode::limit);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      accept(builder.add_input({"x" + std::to_string(i), 1, false}), item.where);
    }
    return;
  }
  if (item.value.kind() != Kind::array)
    refuse(item.where, "must be a number of bits or an array of words");
  read_array(item, [&](const Item& element) {
    InputWord word;
    read_object(element, {{"name", true, [&](const Item& i) { word.name = string(i); }},
                          {"bits", false, [&](const Item& i) { word.bits = small_integer(i); }},
                          {"signed", false, [&](const Item& i) { word.is_signed = boolean(i); }}});
    accept(builder.add_input(std::move(word)), element.where);
  });
}

void read_gate(CircuitBuilder& builder, const Item& item) {
  GateSpec gate;
  std::string where = item.where;
  const auto name = [&](const Item& i) { gate.name = string(i); };
  expect(item, Kind::object);
  for (const Value inner : item.value) {  // the name first, to show it in errors
    if (inner.key() == "name" && inner.kind() == Kind::string)
      where += " " + base::quoted(inner.text());
  }
  const Item named{item.value, where};
  read_object(named,
              {{"name", true, name},
               {"weights", true,
                [&](const Item& i) { gate.wires = read_weights(builder, i, Reader::gate); }},
               {"threshold", true, [&](const Item& i) { gate.threshold = integer(i); }},
               {"activation", false, [&](const Item& i) { gate.activation = read_activation(i); }},
               {"counts", false, [&](const Item& i) { gate.counts = boolean(i); }},
               {"cost", false, [&](const Item& i) { gate.cost = integer(i); }},
               {"layer", false, [&](const Item& i) { gate.layer = string(i); }}});
  accept(builder.add_gate(std::move(gate)), where);
}

void read_outputs(CircuitBuilder& builder, const Item& item) {
  read_array(item, [&](const Item& element) {
    const auto source = builder.find(string(element));
    if (!source || source->kind != Source::Kind::gate) {
      refuse(element.where, base::quoted(element.value.text()) + " is not a gate");
    }
    accept(builder.add_output(GateId{source->index}), element.where);
  });
}

Source input_source(const CircuitBuilder& builder, const Item& item) {
  if (item.value.key().empty()) refuse(item.where, "a name must not be empty");
  return resolve(builder, item.value.key(), item.where, Reader::domain);
}

LinearCondition read_linear(const CircuitBuilder& builder, const Item& item) {
  LinearCondition condition;
  read_object(item,
              {{"weights", true,
                [&](const Item& i) { condition.wires = read_weights(builder, i, Reader::domain); }},
               {"min", false, [&](const Item& i) { condition.min = integer(i); }},
               {"max", false, [&](const Item& i) { condition.max = integer(i); }}});
  if (!condition.min && !condition.max) refuse(item.where, "needs \"min\" or \"max\"");
  return condition;
}

DomainSpec::Hamming read_hamming(const Item& item) {
  DomainSpec::Hamming hamming;
  const auto center = [&](const Item& i) {
    for (const char character : string(i)) {
      if (character != '0' && character != '1')
        refuse(i.where, "only the characters 0 and 1 make an input");
      hamming.center.push_back(character == '1' ? 1 : 0);
    }
  };
  read_object(item, {{"center", true, center},
                     {"radius", true, [&](const Item& i) { hamming.radius = integer(i); }}});
  return hamming;
}

DomainSpec read_domain(const CircuitBuilder& builder, const Item& item) {
  DomainSpec domain;
  const auto fix = [&](const Item& i) {
    expect(i, Kind::object);
    for (const Value inner : i.value) {
      const Item entry = i.member(inner);
      domain.fix.push_back({input_source(builder, entry), integer(entry)});
    }
  };
  const auto range = [&](const Item& i) {
    expect(i, Kind::object);
    for (const Value inner : i.value) {
      const Item entry = i.member(inner);
      const Source source = input_source(builder, entry);
      if (source.kind != Source::Kind::word)
        refuse(entry.where, "a range restricts a word; fix single bits");
      const auto ends = integers(entry);
      if (ends.size() != 2) refuse(entry.where, "must be two integers [low, high]");
      domain.range.push_back({InputId{source.index}, ends[0], ends[1]});
    }
  };
  const auto linear = [&](const Item& i) {
    read_array(
        i, [&](const Item& element) { domain.linear.push_back(read_linear(builder, element)); });
  };
  read_object(item, {{"fix", false, fix},
                     {"range", false, range},
                     {"linear", false, linear},
                     {"hamming", false, [&](const Item& i) { domain.hamming = read_hamming(i); }}});
  return domain;
}

// Keys may come in any order, but gates need the inputs first.
Circuit read_document(const Item& root) {
  std::string name;
  std::optional<Item> inputs, gates, outputs, domain;
  const auto keep = [](std::optional<Item>& slot) {
    return [&slot](const Item& i) { slot.emplace(i); };
  };
  const auto format = [](const Item& i) {
    if (string(i) != "gatelight/circuit") refuse(i.where, "must be \"gatelight/circuit\"");
  };
  const auto version = [](const Item& i) {
    if (integer(i) != 1) refuse(i.where, "this program reads version 1", ErrorCode::unsupported);
  };
  read_object(root, {{"format", true, format},
                     {"version", true, version},
                     {"name", false,
                      [&](const Item& i) {
                        name = string(i);
                        if (name.empty()) refuse(i.where, "a name must not be empty");
                      }},
                     {"inputs", true, keep(inputs)},
                     {"gates", true, keep(gates)},
                     {"outputs", true, keep(outputs)},
                     {"domain", false, keep(domain)}});
  CircuitBuilder builder(name);
  read_inputs(builder, *inputs);
  read_array(*gates, [&](const Item& gate) { read_gate(builder, gate); });
  read_outputs(builder, *outputs);
  DomainSpec spec;
  if (domain) spec = read_domain(builder, *domain);
  auto circuit = std::move(builder).build(std::move(spec));
  if (!circuit.ok()) throw Refused{circuit.error()};
  return *std::move(circuit);
}

// ---- Writing ----------------------------------------------------------------------------------

std::string json_string(std::string_view text) { return nlohmann::json(text).dump(); }

std::string source_key(const Circuit& circuit, const Source& source) {
  if (source.kind == Source::Kind::gate) return circuit.gate(GateId{source.index}).name;
  const std::string& name = circuit.inputs()[source.index].name;
  return source.kind == Source::Kind::bit ? name + "." + std::to_string(source.bit_index) : name;
}

template <class Range, class Format>
std::string join(const Range& range, Format format) {
  std::string text;
  for (const auto& item : range) {
    if (!text.empty()) text += ", ";
    text += format(item);
  }
  return text;
}

std::string format_list(const std::vector<std::int64_t>& list) {
  return "[" + join(list, [](std::int64_t v) { return std::to_string(v); }) + "]";
}

std::string format_weights(const Circuit& circuit, const std::vector<WrittenWire>& wires) {
  return "{" +
         join(wires,
              [&](const WrittenWire& wire) {
                return json_string(source_key(circuit, wire.source)) + ": " +
                       std::to_string(wire.weight);
              }) +
         "}";
}

std::string format_activation(const Activation& activation) {
  if (const Relu* relu = std::get_if<Relu>(&activation)) {
    return R"({"relu": {"shift": )" + std::to_string(relu->shift) + R"(, "max": )" +
           std::to_string(relu->max) + "}}";
  }
  if (const Steps* steps = std::get_if<Steps>(&activation)) {
    return R"({"steps": {"at": )" + format_list(steps->at) + R"(, "values": )" +
           format_list(steps->values) + "}}";
  }
  const Sigmoid& sigmoid = std::get<Sigmoid>(activation);
  return R"({"sigmoid": {"bits": )" + std::to_string(sigmoid.bits) + R"(, "gain": )" +
         format_list({sigmoid.gain_p, sigmoid.gain_q}) + "}}";
}

std::string format_inputs(const Circuit& circuit) {
  const auto inputs = circuit.inputs();
  bool plain = true;
  for (std::size_t i = 0; i < inputs.size() && plain; ++i) {
    plain = inputs[i] == InputWord{"x" + std::to_string(i), 1, false};
  }
  if (plain) return std::to_string(inputs.size());
  return "[\n" + [&] {
    std::string text;
    for (const InputWord& word : inputs) {
      if (!text.empty()) text += ",\n";
      text += R"(    {"name": )" + json_string(word.name);
      if (word.bits != 1 || word.is_signed) text += R"(, "bits": )" + std::to_string(word.bits);
      if (word.is_signed) text += R"(, "signed": true)";
      text += "}";
    }
    return text;
  }() + "\n  ]";
}

std::string format_gate(const Circuit& circuit, const GateSpec& gate) {
  std::string text = R"(    {"name": )" + json_string(gate.name) + R"(, "weights": )" +
                     format_weights(circuit, gate.wires) + R"(, "threshold": )" +
                     std::to_string(gate.threshold);
  if (!std::holds_alternative<Threshold>(gate.activation)) {
    text += R"(, "activation": )" + format_activation(gate.activation);
  }
  if (!gate.counts) text += R"(, "counts": false)";
  if (gate.cost != 1) text += R"(, "cost": )" + std::to_string(gate.cost);
  if (!gate.layer.empty()) text += R"(, "layer": )" + json_string(gate.layer);
  return text + "}";
}

std::string format_linear(const Circuit& circuit, const LinearCondition& condition) {
  std::string text = R"({"weights": )" + format_weights(circuit, condition.wires);
  if (condition.min) text += R"(, "min": )" + std::to_string(*condition.min);
  if (condition.max) text += R"(, "max": )" + std::to_string(*condition.max);
  return text + "}";
}

std::string format_domain(const Circuit& circuit, const DomainSpec& domain) {
  std::vector<std::string> parts;
  if (!domain.fix.empty()) {
    parts.push_back(R"("fix": {)" +
                    join(domain.fix,
                         [&](const DomainSpec::Fix& fix) {
                           return json_string(source_key(circuit, fix.source)) + ": " +
                                  std::to_string(fix.value);
                         }) +
                    "}");
  }
  if (!domain.range.empty()) {
    parts.push_back(R"("range": {)" +
                    join(domain.range,
                         [&](const DomainSpec::Range& range) {
                           return json_string(source_key(circuit, Source::word(range.word))) +
                                  ": " + format_list({range.low, range.high});
                         }) +
                    "}");
  }
  if (!domain.linear.empty()) {
    parts.push_back(
        R"("linear": [)" +
        join(domain.linear,
             [&](const LinearCondition& condition) { return format_linear(circuit, condition); }) +
        "]");
  }
  if (domain.hamming) {
    parts.push_back(R"("hamming": {"center": ")" + to_string(domain.hamming->center) +
                    R"(", "radius": )" + std::to_string(domain.hamming->radius) + "}");
  }
  return "{" + join(parts, std::identity{}) + "}";
}

}  // namespace

Result<Circuit> parse_circuit(std::string_view json) {
  const auto tree = JsonTree::parse(json);
  if (!tree.ok()) return tree.error();
  try {
    return read_document({tree->root(), ""});
  } catch (const Refused& refused) {
    return refused.error;
  }
}

Result<ParsedDomain> parse_domain(const Circuit& circuit, std::string_view json) {
  const auto tree = JsonTree::parse(json);
  if (!tree.ok()) return tree.error();
  try {
    CircuitBuilder inputs;  // knows the names that a domain may speak of
    for (const InputWord& word : circuit.inputs()) accept(inputs.add_input(word), "inputs");
    return ParsedDomain{.domain = read_domain(inputs, {tree->root(), ""})};
  } catch (const Refused& refused) {
    return refused.error;
  }
}

std::string format_circuit(const Circuit& circuit) {
  std::string text = "{\n  \"format\": \"gatelight/circuit\", \"version\": 1";
  if (!circuit.name().empty()) text += ", \"name\": " + json_string(circuit.name());
  text += ",\n  \"inputs\": " + format_inputs(circuit) + ",\n  \"gates\": [";
  for (std::size_t g = 0; g < circuit.gate_count(); ++g) {
    text += g == 0 ? "\n" : ",\n";
    text += format_gate(circuit, circuit.gate(GateId{static_cast<std::uint32_t>(g)}));
  }
  text += circuit.gate_count() == 0 ? "],\n" : "\n  ],\n";
  text += "  \"outputs\": [" +
          join(circuit.outputs(), [&](GateId id) { return json_string(circuit.gate(id).name); }) +
          "]";
  if (!circuit.domain().unrestricted()) {
    text += ",\n  \"domain\": " + format_domain(circuit, circuit.domain());
  }
  return text + "\n}\n";
}

}  // namespace gatelight
