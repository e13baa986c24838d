// SPDX-License-Identifier: Apache-2.0
//
// Graph outputs: gates that are already there, or one gate for each affine output (a logit).
//
// A logit is real = scale * z + offset with an integer sum z; its gate says y = z - (lowest z), an
// exact, order-preserving copy (negated weights where scale < 0).  It does not count: it is a
// readout, not a neuron.
#include "base/checked.hpp"
#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"
#include "formats/onnx/rounding.hpp"

namespace gatelight::formats::onnx_net {

void Interpreter::make_outputs() {
  std::set<NodeId> listed;
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const std::string& name = graph_.outputs[i];
    const std::string where = "graph output " + base::quoted(name);
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.is_constant) {
      note(where + " is constant and left out");
      continue;
    }
    const Tensor tensor = discretizer_ != nullptr
                              ? discretizer_->round_layer(*this, found->second, where)
                              : found->second;
    make_gates(tensor, where);
    for (std::size_t j = 0; j < tensor.elements.size(); ++j) {
      const std::string prefix =
          graph_.outputs.size() == 1 ? "out" : "out" + std::to_string(i) + "_";
      make_output(tensor.elements[j], prefix + std::to_string(j), listed);
    }
  }
}

void Interpreter::make_output(const Element& element, const std::string& name,
                              std::set<NodeId>& listed) {
  const Core& core = *element.core;
  if (core.gate) {
    if (!listed.insert(*core.gate).second) return;
    network_.add_output({*core.gate, element.scale * core.gate_scale,
                         element.scale * core.gate_offset + element.offset});
    if (discretizer_ != nullptr) discretizer_->output_added(network_, element, *core.gate);
    return;
  }
  const bool negative = element.scale.sign() < 0;
  const SumPtr sum = negative ? negated(*core.sum) : core.sum;
  const Surd scale = negative ? -element.scale : element.scale;
  const mpz_class width = sum->high - sum->low;
  const mpz_class limit = mpz_class(1) << 61;
  Network::Gate gate;
  bool fits = abs(sum->low) < limit && abs(sum->high) < limit && width < limit;
  for (const auto& [node, weight] : sum->terms) fits = fits && weight.fits_slong_p();
  if (!fits) {
    note("output " + base::quoted(name) + " is left out: its exact sum needs more than 63 bits");
    return;
  }
  for (const auto& [node, weight] : sum->terms) gate.wires.emplace_back(node, weight.get_si());
  gate.name = name;
  gate.layer = "output";
  gate.threshold = sum->low.get_si();
  gate.counts = false;
  gate.low = 0;
  gate.high = std::max<std::int64_t>(width.get_si(), 1);
  gate.activation = Relu{0, gate.high};
  const NodeId id = network_.add_gate(std::move(gate));
  network_.add_output({id, scale, scale * Surd(mpq_class(sum->low)) + element.offset});
  if (discretizer_ != nullptr) discretizer_->output_added(network_, element, id);
}

}  // namespace gatelight::formats::onnx_net
