// SPDX-License-Identifier: Apache-2.0
//
// Equivalence of two circuits as a question about energy.
//
// Problem   Is there an input on which two circuits differ?
// Idea      Put both over the same inputs and add, for each pair of outputs, two gates that compare them; a
//           last gate fires iff one of these does, and is the only one that counts.  Its energy is 1 iff
//           the circuits differ, and the witness tells where.
//           Gates that read the same and do the same are one gate, so that what the circuits have in
//           common costs nothing.
// Why       For integers, y != y' iff y - y' >= 1 or y' - y >= 1.
// Cost      One energy question about both circuits together.
// Tested by tests/unit/measures/equivalence_test.cpp
#include "gatelight/equivalence.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "base/checked.hpp"

namespace gatelight {
namespace {

Error mismatch(const std::string& what) { return {ErrorCode::bad_input, what, ""}; }

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// For each bit of b, the bit of a that it is.
struct Matching {
  std::vector<std::size_t> bit;
  bool by_name = true;
};

Result<Matching> match_inputs(const Circuit& a, const Circuit& b) {
  if (a.bit_count() != b.bit_count()) {
    return mismatch("the circuits have " + counted(a.bit_count(), "input bit") + " and " +
                    counted(b.bit_count(), "input bit") + "; only equal numbers can be compared");
  }
  std::map<std::string, std::uint32_t> word;
  for (std::uint32_t w = 0; w < a.inputs().size(); ++w) word.emplace(a.inputs()[w].name, w);
  Matching matching;
  matching.bit.resize(b.bit_count());
  for (std::uint32_t w = 0; w < b.inputs().size() && matching.by_name; ++w) {
    const auto found = word.find(b.inputs()[w].name);
    matching.by_name = found != word.end() && a.inputs()[found->second] == b.inputs()[w];
    for (int j = 0; matching.by_name && j < b.inputs()[w].bits; ++j) {
      const auto shift = static_cast<std::size_t>(j);
      matching.bit[b.first_bit(InputId{w}) + shift] = a.first_bit(InputId{found->second}) + shift;
    }
  }
  for (std::size_t i = 0; !matching.by_name && i < matching.bit.size(); ++i) matching.bit[i] = i;
  return matching;
}

class Miter {
 public:
  Miter(const Circuit& a, const Circuit& b, const Matching& matching)
      : a_(a), b_(b), matching_(matching) {}

  Result<Circuit> build() {
    for (std::size_t bit = 0; bit < a_.bit_count(); ++bit) {
      auto input = builder_.add_input({"x" + std::to_string(bit)});
      if (!input.ok()) return input.error();
      bits_.push_back(Source::word(*input));
    }
    const auto bit_of_a = [&](std::size_t bit) { return bits_[bit]; };
    const auto bit_of_b = [&](std::size_t bit) { return bits_[matching_.bit[bit]]; };
    const auto gates_a = copy(a_, "a", bit_of_a);
    if (!gates_a.ok()) return gates_a.error();
    const auto gates_b = copy(b_, "b", bit_of_b);
    if (!gates_b.ok()) return gates_b.error();
    GateSpec differ{.name = "differ", .threshold = 1};
    for (std::size_t i = 0; i < a_.outputs().size(); ++i) {
      const GateId in_a = (*gates_a)[static_cast<std::size_t>(a_.outputs()[i])];
      const GateId in_b = (*gates_b)[static_cast<std::size_t>(b_.outputs()[i])];
      for (const std::int64_t sign : {1, -1}) {
        if (in_a == in_b) continue;
        GateSpec compare{.name = "compare " + std::to_string(i) + (sign > 0 ? " >" : " <"),
                         .wires = {{Source::gate(in_a), sign}, {Source::gate(in_b), -sign}},
                         .threshold = 1,
                         .counts = false};
        const auto gate = builder_.add_gate(std::move(compare));
        if (!gate.ok()) return gate.error();
        differ.wires.push_back({Source::gate(*gate), 1});
      }
    }
    const auto gate = builder_.add_gate(std::move(differ));
    if (!gate.ok()) return gate.error();
    add_domain(a_, bit_of_a);
    add_domain(b_, bit_of_b);
    auto circuit = std::move(builder_).build(domain_);
    if (!circuit.ok() && circuit.error().code == ErrorCode::bad_input) {
      return mismatch("the domains of the two circuits have no input in common");
    }
    return circuit;
  }

 private:
  // In Boolean form, so that words may be declared differently in the two circuits; `gates` are the
  // copies of the circuit's.
  template <class BitOf>
  Result<std::vector<WrittenWire>> boolean_wires(std::span<const Wire> wires, std::size_t bits,
                                                 std::span<const GateId> gates,
                                                 BitOf bit_of) const {
    // Gates that became one are read with the sum of their weights.
    std::map<std::pair<Source::Kind, std::uint32_t>, std::int64_t> weight;
    for (const Wire& wire : wires) {
      const Source source =
          wire.source < bits ? bit_of(wire.source) : Source::gate(gates[wire.source - bits]);
      std::int64_t& sum = weight[{source.kind, source.index}];
      const auto more = base::checked_add(sum, wire.weight);
      if (!more) {
        return Error{ErrorCode::overflow, "the weights of equal gates add up beyond 64 bits", ""};
      }
      sum = *more;
    }
    std::vector<WrittenWire> written;
    for (const auto& [source, sum] : weight) {
      if (sum != 0) written.push_back({{source.first, 0, source.second}, sum});
    }
    return written;
  }

  // Equal for gates that read the same and do the same.
  static std::string key_of(const GateSpec& gate) {
    std::string key = std::to_string(gate.threshold);
    const auto add = [&](std::int64_t number) { key += " " + std::to_string(number); };
    for (const WrittenWire& wire : gate.wires) {
      add(static_cast<std::int64_t>(wire.source.kind));
      add(wire.source.index);
      add(wire.weight);
    }
    key += " activation " + std::to_string(gate.activation.index());
    if (const auto* relu = std::get_if<Relu>(&gate.activation)) {
      add(relu->shift);
      add(relu->max);
    } else if (const auto* steps = std::get_if<Steps>(&gate.activation)) {
      for (const std::int64_t at : steps->at) add(at);
      for (const std::int64_t value : steps->values) add(value);
    } else if (const auto* sigmoid = std::get_if<Sigmoid>(&gate.activation)) {
      add(sigmoid->bits);
      add(sigmoid->gain_p);
      add(sigmoid->gain_q);
    }
    return key;
  }

  // Where each gate of the circuit is in the miter.
  template <class BitOf>
  Result<std::vector<GateId>> copy(const Circuit& circuit, const std::string& prefix,
                                   BitOf bit_of) {
    std::vector<GateId> gates;
    for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
      GateSpec gate = circuit.gate(GateId{g});
      gate.name = prefix + std::to_string(g);
      auto wires = boolean_wires(circuit.wires(GateId{g}), circuit.bit_count(), gates, bit_of);
      if (!wires.ok()) return wires.error();
      gate.wires = *std::move(wires);
      gate.threshold = circuit.threshold(GateId{g});
      gate.counts = false;
      gate.cost = 1;
      std::string key = key_of(gate);
      if (const auto found = known_.find(key); found != known_.end()) {
        gates.push_back(found->second);
        continue;
      }
      const auto added = builder_.add_gate(std::move(gate));
      if (!added.ok()) return added.error();
      known_.emplace(std::move(key), *added);
      gates.push_back(*added);
    }
    return gates;
  }

  template <class BitOf>
  void add_domain(const Circuit& circuit, BitOf bit_of) {
    for (std::size_t bit = 0; bit < circuit.bit_count(); ++bit) {
      const std::int8_t fixed = circuit.fixed_bits()[bit];
      if (fixed >= 0) domain_.fix.push_back({bit_of(bit), fixed});
    }
    for (const DomainRow& row : circuit.domain_rows()) {
      LinearCondition condition{.min = row.min, .max = row.max};
      for (const Wire& wire : row.wires)
        condition.wires.push_back({bit_of(wire.source), wire.weight});
      domain_.linear.push_back(std::move(condition));
    }
  }

  const Circuit& a_;
  const Circuit& b_;
  const Matching& matching_;
  CircuitBuilder builder_{"miter"};
  std::vector<Source> bits_;
  std::map<std::string, GateId> known_;
  DomainSpec domain_;
};

std::vector<std::int64_t> output_values(const Circuit& circuit, const InputBits& bits) {
  const std::vector<std::int64_t> values = evaluate(circuit, bits);
  std::vector<std::int64_t> outputs;
  for (const GateId gate : circuit.outputs()) {
    outputs.push_back(values[static_cast<std::size_t>(gate)]);
  }
  return outputs;
}

}  // namespace

Result<EquivalenceResult> check_equivalence(const Circuit& a, const Circuit& b,
                                            const EquivalenceOptions& options) {
  if (a.outputs().size() != b.outputs().size()) {
    return mismatch("the circuits have " + counted(a.outputs().size(), "output") + " and " +
                    counted(b.outputs().size(), "output") + "; only equal numbers can be compared");
  }
  if (a.outputs().empty()) return mismatch("neither circuit has an output to compare");
  const auto matching = match_inputs(a, b);
  if (!matching.ok()) return matching.error();
  const auto miter = Miter(a, b, *matching).build();
  if (!miter.ok()) return miter.error();
  EnergyOptions question;
  question.engine = options.engine;
  question.limits = options.limits;
  const auto energy = measure_energy(*miter, question);
  if (!energy.ok()) return energy.error();
  EquivalenceResult result;
  result.by_name = matching->by_name;
  result.engine = energy->engine;
  result.reason = energy->reason;
  result.nodes = energy->nodes;
  result.seconds = energy->seconds;
  if (energy->bounds.upper == 0) result.equivalent = true;
  if (energy->bounds.lower == 0) return result;
  result.equivalent = false;
  result.input_a = energy->witness;
  for (const std::size_t bit : matching->bit) result.input_b.push_back(result.input_a[bit]);
  result.outputs_a = output_values(a, result.input_a);
  result.outputs_b = output_values(b, result.input_b);
  GATELIGHT_REQUIRE(result.outputs_a != result.outputs_b,
                    "internal error: a counterexample on which the circuits agree");
  return result;
}

}  // namespace gatelight
