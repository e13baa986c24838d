// SPDX-License-Identifier: Apache-2.0
//
// Every structural rule of a circuit, each with its own message.
#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "circuit/data.hpp"

namespace gatelight {
namespace circuit {

Circuit::Interval node_range(const Circuit::Data& data, Node node) {
  if (node < data.bit_count) return {0, 1};
  return data.value_range[node - data.bit_count];
}

Result<void> append_boolean_form(const Circuit::Data& data, const WrittenWire& wire,
                                 std::vector<Wire>& wires) {
  if (wire.source.kind == Source::Kind::gate) {
    wires.push_back({static_cast<Node>(data.bit_count + wire.source.index), wire.weight});
    return {};
  }
  const InputWord& word = data.inputs[wire.source.index];
  const std::size_t first = data.first_bit[wire.source.index];
  if (wire.source.kind == Source::Kind::bit) {
    wires.push_back({static_cast<Node>(first + wire.source.bit_index), wire.weight});
    return {};
  }
  for (int j = 0; j < word.bits; ++j) {
    const bool negative = word.is_signed && j == word.bits - 1;
    const auto place = (negative ? -1 : 1) * (std::int64_t{1} << j);
    const auto weight = base::checked_mul(wire.weight, place);
    if (!weight)
      return Error{ErrorCode::overflow,
                   "weight times 2^" + std::to_string(j) + " does not fit 64 bits", ""};
    wires.push_back({static_cast<Node>(first + static_cast<std::size_t>(j)), *weight});
  }
  return {};
}

Result<void> merge_wires(std::vector<Wire>& wires) {
  std::ranges::sort(wires, {}, &Wire::source);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < wires.size();) {
    Wire merged = wires[i];
    for (++i; i < wires.size() && wires[i].source == merged.source; ++i) {
      const auto sum = base::checked_add(merged.weight, wires[i].weight);
      if (!sum)
        return Error{ErrorCode::overflow, "the weights of one input bit add up beyond 64 bits", ""};
      merged.weight = *sum;
    }
    if (merged.weight != 0) wires[kept++] = merged;
  }
  wires.resize(kept);
  return {};
}

Result<Circuit::Interval> sum_interval(const Circuit::Data& data, std::span<const Wire> wires,
                                       std::int64_t threshold) {
  const auto magnitude = [](std::int64_t v) { return v < 0 ? -base::Wide{v} : base::Wide{v}; };
  base::Wide low = -base::Wide{threshold};
  base::Wide high = low;
  base::Wide total = magnitude(threshold);  // bounds every partial sum, in any order
  for (const Wire& wire : wires) {
    const Circuit::Interval range = node_range(data, wire.source);
    const base::Wide a = base::Wide{wire.weight} * range.low;
    const base::Wide b = base::Wide{wire.weight} * range.high;
    low += std::min(a, b);
    high += std::max(a, b);
    total += std::max(a < 0 ? -a : a, b < 0 ? -b : b);
    if (total > std::numeric_limits<std::int64_t>::max()) break;
  }
  if (!base::fits_sum(low) || !base::fits_sum(high) ||
      total > std::numeric_limits<std::int64_t>::max()) {
    return Error{ErrorCode::overflow,
                 "the sums it can reach do not fit 63 bits; use smaller weights", ""};
  }
  return Circuit::Interval{static_cast<std::int64_t>(low), static_cast<std::int64_t>(high)};
}

}  // namespace circuit

struct CircuitBuilder::State {
  Circuit::Data data;
  std::unordered_map<std::string, Source> names;
  std::unordered_set<std::uint32_t> outputs;
};

namespace {

Error bad(std::string message, std::string where = "") {
  return {ErrorCode::bad_input, std::move(message), std::move(where)};
}
Error beyond(std::string message) { return {ErrorCode::limit, std::move(message), ""}; }

bool is_plain_bit(const InputWord& word) { return word.bits == 1 && !word.is_signed; }

// "speed.3" -> ("speed", 3); only canonical digits.
std::optional<std::pair<std::string, int>> split_bit_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(dot + 1);
  int bit = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bit);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (digits != std::to_string(bit)) return std::nullopt;
  return std::pair(std::string(name.substr(0, dot)), bit);
}

Result<void> check_name(std::string_view name) {
  if (name.empty()) return bad("a name must not be empty");
  if (!base::is_utf8(name)) return bad("the name " + base::quoted(name) + " is not valid UTF-8");
  return {};
}

bool source_exists(const Circuit::Data& data, const Source& source) {
  if (source.kind == Source::Kind::gate) return source.index < data.gates.size();
  if (source.index >= data.inputs.size()) return false;
  return source.kind == Source::Kind::word || source.bit_index < data.inputs[source.index].bits;
}

Result<void> check_wires(const Circuit::Data& data, std::span<const WrittenWire> wires) {
  std::vector<std::uint64_t> keys;
  keys.reserve(wires.size());
  for (const WrittenWire& wire : wires) {
    if (wire.weight == 0) return bad("a weight must not be zero");
    if (!source_exists(data, wire.source)) return bad("reads something that is not there");
    keys.push_back(std::uint64_t{wire.source.index} << 16 |
                   std::uint64_t{wire.source.bit_index} << 8 |
                   static_cast<std::uint64_t>(wire.source.kind));
  }
  std::ranges::sort(keys);
  if (std::ranges::adjacent_find(keys) != keys.end()) return bad("reads the same source twice");
  return {};
}

int level_of(const Circuit::Data& data, std::span<const WrittenWire> wires) {
  int level = 0;
  for (const WrittenWire& wire : wires) {
    if (wire.source.kind == Source::Kind::gate)
      level = std::max(level, data.level[wire.source.index]);
  }
  return level + 1;
}

}  // namespace

CircuitBuilder::CircuitBuilder(std::string name) : state_(std::make_unique<State>()) {
  state_->data.name = std::move(name);
}
CircuitBuilder::~CircuitBuilder() = default;
CircuitBuilder::CircuitBuilder(CircuitBuilder&&) noexcept = default;
CircuitBuilder& CircuitBuilder::operator=(CircuitBuilder&&) noexcept = default;

std::optional<Source> CircuitBuilder::find(std::string_view name) const {
  if (const auto found = state_->names.find(std::string(name)); found != state_->names.end()) {
    return found->second;
  }
  const auto split = split_bit_name(name);
  if (!split) return std::nullopt;
  const auto found = state_->names.find(split->first);
  if (found == state_->names.end() || found->second.kind != Source::Kind::word) return std::nullopt;
  const InputId id{found->second.index};
  const InputWord& word = state_->data.inputs[found->second.index];
  if (split->second < 0 || split->second >= word.bits) return std::nullopt;
  return is_plain_bit(word) ? Source::word(id) : Source::bit(id, split->second);
}

Result<InputId> CircuitBuilder::add_input(InputWord word) {
  Circuit::Data& data = state_->data;
  GATELIGHT_REQUIRE(data.gates.empty(), "all inputs must be added before the first gate");
  if (auto named = check_name(word.name); !named.ok()) return named.error();
  if (word.bits < 1 || word.bits > CircuitLimits::word_bits) {
    return bad("a word has 1 to 62 bits, got " + std::to_string(word.bits));
  }
  const auto duplicate = [&] {
    return bad("the name " + base::quoted(word.name) + " is already taken");
  };
  // A plain bit called "a" may stand beside one called "a.0"; the bits of a word are names.
  if (state_->names.contains(word.name)) return duplicate();
  if (const auto source = find(word.name); source && source->kind == Source::Kind::bit)
    return duplicate();
  if (!is_plain_bit(word)) {
    for (int j = 0; j < word.bits; ++j) {
      const std::string bit = word.name + "." + std::to_string(j);
      if (state_->names.contains(bit))
        return bad("the name " + base::quoted(bit) + " is already taken");
    }
  }
  if (data.bit_count + static_cast<std::size_t>(word.bits) > CircuitLimits::input_bits) {
    return beyond("more than 2^20 input bits");
  }
  const InputId id{static_cast<std::uint32_t>(data.inputs.size())};
  state_->names.emplace(word.name, Source::word(id));
  data.first_bit.push_back(data.bit_count);
  data.bit_count += static_cast<std::size_t>(word.bits);
  data.inputs.push_back(std::move(word));
  return id;
}

Result<GateId> CircuitBuilder::add_gate(GateSpec gate) {
  Circuit::Data& data = state_->data;
  if (auto named = check_name(gate.name); !named.ok()) return named.error();
  if (const auto source = find(gate.name);
      source && (state_->names.contains(gate.name) || source->kind == Source::Kind::bit)) {
    return bad("the name " + base::quoted(gate.name) + " is already taken");
  }
  if (data.gates.size() == CircuitLimits::gates) return beyond("more than 2^20 gates");
  if (gate.cost < 1) return bad("the cost of a gate must be positive", "cost");
  if (!base::is_utf8(gate.layer)) return bad("the label is not valid UTF-8", "layer");
  if (auto checked = circuit::check_activation(gate.activation); !checked.ok())
    return checked.error();
  if (auto checked = check_wires(data, gate.wires); !checked.ok()) return checked.error();

  std::vector<Wire> wires;
  for (const WrittenWire& wire : gate.wires) {
    if (auto added = circuit::append_boolean_form(data, wire, wires); !added.ok())
      return added.error();
  }
  if (auto merged = circuit::merge_wires(wires); !merged.ok()) return merged.error();
  if (data.wires.size() + wires.size() > CircuitLimits::wires)
    return beyond("more than 2^27 wires");
  const auto unshifted = circuit::sum_interval(data, wires, 0);
  if (!unshifted.ok()) return unshifted.error();
  const std::int64_t threshold =
      circuit::nearest_threshold(gate.activation, gate.threshold, *unshifted);
  const auto sums = circuit::sum_interval(data, wires, threshold);
  if (!sums.ok()) return sums.error();
  std::shared_ptr<const StepFunction> sigmoid;
  if (const auto* parameters = std::get_if<Sigmoid>(&gate.activation)) {
    auto steps = circuit::sigmoid_steps(*parameters, *sums);
    if (!steps.ok()) return steps.error();
    sigmoid = std::make_shared<const StepFunction>(*std::move(steps));
  }
  const auto apply = [&](std::int64_t z) {
    return circuit::apply(gate.activation, sigmoid.get(), z);
  };
  const Circuit::Interval values{apply(sums->low), apply(sums->high)};

  const GateId id{static_cast<std::uint32_t>(data.gates.size())};
  state_->names.emplace(gate.name, Source::gate(id));
  data.level.push_back(level_of(data, gate.wires));
  data.wires.insert(data.wires.end(), wires.begin(), wires.end());
  data.wire_begin.push_back(data.wires.size());
  data.threshold.push_back(threshold);
  data.sum_range.push_back(*sums);
  data.value_range.push_back(values);
  data.sigmoid.push_back(std::move(sigmoid));
  data.gates.push_back(std::move(gate));
  return id;
}

Result<void> CircuitBuilder::add_output(GateId gate) {
  Circuit::Data& data = state_->data;
  GATELIGHT_REQUIRE(static_cast<std::size_t>(gate) < data.gates.size(), "no such gate");
  if (!state_->outputs.insert(static_cast<std::uint32_t>(gate)).second) {
    return bad("the output " + base::quoted(data.gates[static_cast<std::size_t>(gate)].name) +
               " is listed twice");
  }
  data.outputs.push_back(gate);
  return {};
}

Circuit::Interval CircuitBuilder::sum_range(GateId gate) const {
  return state_->data.sum_range[static_cast<std::size_t>(gate)];
}
Circuit::Interval CircuitBuilder::value_range(GateId gate) const {
  return state_->data.value_range[static_cast<std::size_t>(gate)];
}
std::size_t CircuitBuilder::gate_count() const { return state_->data.gates.size(); }
std::size_t CircuitBuilder::bit_count() const { return state_->data.bit_count; }

Result<Circuit> CircuitBuilder::build(DomainSpec domain) && {
  state_->data.domain = std::move(domain);
  if (auto compiled = circuit::compile_domain(state_->data); !compiled.ok())
    return compiled.error();
  return Circuit(std::make_shared<const Circuit::Data>(std::move(state_->data)));
}

}  // namespace gatelight
