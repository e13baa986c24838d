// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/network.hpp"

#include <algorithm>
#include <set>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "formats/onnx/refusal.hpp"

namespace gatelight::formats::onnx_net {
namespace {

// A builder's value; its error becomes a refusal at `where`.
template <class T>
T built(Result<T> result, const std::string& where) {
  if (!result.ok()) {
    const Error& error = result.error();
    const std::string& inner = error.where;
    refuse(error.code, error.message, where.empty() ? inner : where);
  }
  return *std::move(result);
}

}  // namespace

NodeId Network::add_word(Word word) {
  words_.push_back(std::move(word));
  return static_cast<NodeId>(words_.size() - 1);
}

NodeId Network::add_gate(Gate gate) {
  if (gates_.size() == CircuitLimits::gates) {
    refuse_limit("more than " + std::to_string(CircuitLimits::gates) + " gates");
  }
  gates_.push_back(std::move(gate));
  return gate_flag | static_cast<NodeId>(gates_.size() - 1);
}

std::size_t Network::layer_number(const std::string& label) {
  return layers_.emplace(label, layers_.size() + 1).first->second;
}

std::pair<std::int64_t, std::int64_t> Network::range(NodeId node) const {
  if (is_gate(node)) return {gate(node).low, gate(node).high};
  const Word& w = word(node);
  const Circuit::Interval values = word_range({"", w.bits, w.is_signed});
  return {values.low, values.high};
}

std::shared_ptr<Sum> Network::make_integer_sum(std::vector<std::pair<NodeId, mpz_class>> terms,
                                               bool is_neuron) const {
  auto sum = std::make_shared<Sum>();
  sum->is_neuron = is_neuron;
  sum->terms = std::move(terms);
  for (const auto& [node, weight] : sum->terms) {
    const auto [low, high] = range(node);
    const mpz_class a = weight * mpz_class(low);
    const mpz_class b = weight * mpz_class(high);
    sum->low += std::min(a, b);
    sum->high += std::max(a, b);
  }
  return sum;
}

std::pair<SumPtr, mpq_class> Network::make_sum(std::vector<std::pair<NodeId, mpq_class>> terms,
                                               bool is_neuron) const {
  std::stable_sort(terms.begin(), terms.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::pair<NodeId, mpq_class>> merged;
  for (auto& [node, coefficient] : terms) {
    if (!merged.empty() && merged.back().first == node) {
      merged.back().second += coefficient;
    } else {
      merged.emplace_back(node, std::move(coefficient));
    }
  }
  std::erase_if(merged, [](const auto& term) { return sgn(term.second) == 0; });
  mpz_class denominator = 1;
  for (const auto& term : merged) denominator = lcm(denominator, term.second.get_den());
  mpz_class divisor = 0;
  std::vector<std::pair<NodeId, mpz_class>> whole;
  for (const auto& [node, coefficient] : merged) {
    whole.emplace_back(node, coefficient.get_num() * (denominator / coefficient.get_den()));
    divisor = gcd(divisor, whole.back().second);
  }
  if (sgn(divisor) == 0) divisor = 1;
  for (auto& term : whole) term.second /= divisor;
  mpq_class scale(divisor, denominator);
  scale.canonicalize();
  return {make_integer_sum(std::move(whole), is_neuron), scale};
}

std::vector<std::size_t> Network::word_order() const {
  std::vector<std::size_t> by_position(words_.size());
  for (std::size_t i = 0; i < words_.size(); ++i) by_position[i] = i;
  std::sort(by_position.begin(), by_position.end(), [this](std::size_t a, std::size_t b) {
    return words_[a].position < words_[b].position;
  });
  std::vector<std::size_t> order(words_.size());
  for (std::size_t place = 0; place < by_position.size(); ++place)
    order[by_position[place]] = place;
  return order;
}

Circuit Network::build(const std::string& name, const std::vector<std::string>& names) const {
  CircuitBuilder builder(name);
  const std::vector<std::size_t> order = word_order();
  std::vector<std::size_t> in_order(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) in_order[order[i]] = i;
  std::vector<InputId> ids(words_.size());
  std::set<std::string> taken;
  DomainSpec domain;
  for (const std::size_t i : in_order) {
    const Word& word = words_[i];
    const std::string& word_name = names[word.position];
    ids[i] = built(builder.add_input({word_name, word.bits, word.is_signed}),
                   "input " + base::quoted(word_name));
    taken.insert(word_name);
    if (std::pair(word.low, word.high) != range(static_cast<NodeId>(i))) {
      domain.range.push_back({ids[i], word.low, word.high});
    }
  }
  std::vector<GateId> gates;
  for (const Gate& gate : gates_) {
    GateSpec spec;
    spec.name = gate.name;
    while (taken.contains(spec.name)) spec.name += '_';
    taken.insert(spec.name);
    for (const auto& [node, weight] : gate.wires) {
      const Source source =
          is_gate(node) ? Source::gate(gates[node & ~gate_flag]) : Source::word(ids[node]);
      spec.wires.push_back({source, weight});
    }
    spec.threshold = gate.threshold;
    spec.activation = gate.activation;
    spec.counts = gate.counts;
    spec.layer = gate.layer;
    gates.push_back(built(builder.add_gate(std::move(spec)), "layer " + base::quoted(gate.layer)));
  }
  for (const Output& output : outputs_) {
    const Result<void> added = builder.add_output(gates[output.gate & ~gate_flag]);
    if (!added.ok()) throw Refusal{added.error()};
  }
  return built(std::move(builder).build(std::move(domain)), "");
}

}  // namespace gatelight::formats::onnx_net
