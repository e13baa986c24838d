// SPDX-License-Identifier: Apache-2.0
//
// The graph run on symbols.
//
// Problem   Turn a graph of tensor operators into gates, without rounding anything.
// Idea      A tensor is constant (exact numbers) or its elements are lazy: scale * core + offset,
//           where the core is an integer sum of words and gates followed by functions that are not
//           yet gates.  Functions of one argument only lengthen a core.  Where elements are mixed
//           (matrix products, sums), each of them becomes a gate first; the new sum starts a new
//           core.
// Why       A neuron is one sum and all functions up to the next mixing, so each gate is one
// neuron,
//           and consumers that share a core share its gate.
// Invariant Sums are primitive (weights without a common divisor); scales are exact.
// Cost      O(multiplications of the network) exact operations.
// Limits    Elements with incommensurable irrational scales cannot be mixed.
// Tested by tests/unit/formats/onnx/import_test.cpp
#include "formats/onnx/interpreter.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "formats/onnx/rounding.hpp"

namespace gatelight::formats::onnx_net {
namespace {

const OperatorTable& operators() {
  static const OperatorTable table = [] {
    OperatorTable all;
    add_shape_operators(all);
    add_linear_operators(all);
    add_activation_operators(all);
    return all;
  }();
  return table;
}

bool is_known_domain(const std::string& domain) {
  return domain.empty() || domain == "ai.onnx" || domain == "qonnx.custom_op.general" ||
         domain == "finn.custom_op.general" || domain == "onnx.brevitas";
}

bool passes_final(const std::string& op) {
  return op == "Identity" || op == "Reshape" || op == "Flatten" || op == "Squeeze" ||
         op == "Unsqueeze" || op == "Cast";
}

void check_operator(const GraphNode& node) {
  if (!operators().contains(node.op)) {
    refuse_unsupported("this operator is not supported", node.place());
  }
  if (!is_known_domain(node.domain)) {
    refuse_unsupported("this operator is not supported (domain " + base::quoted(node.domain) + ")",
                       node.place());
  }
  if (node.outputs.empty()) refuse_bad("has no output", node.place());
}

}  // namespace

std::string convert_hint() {
  return " (a real-valued network? `gatelight convert` discretizes it)";
}

void Interpreter::run() {
  for (const GraphNode& node : graph_.nodes) {
    check_operator(node);
    for (const std::string& name : node.inputs) ++readers_[name];
  }
  for (const std::string& name : graph_.outputs) ++readers_[name];
  read_inputs();
  for (const GraphNode& node : graph_.nodes) run_node(node);
  make_outputs();
  if (graph_.unused_nodes > 0) {
    note(std::to_string(graph_.unused_nodes) + " nodes that no output depends on are left out");
  }
  if (network_.words().size() < positions_) {
    note(std::to_string(positions_ - network_.words().size()) +
         " input elements that nothing reads are left out");
  }
}

void Interpreter::run_node(const GraphNode& node) {
  bool is_final = false;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.has_input(i)) is_final = is_final || input(node, i).is_final;
  }
  if (is_final && !passes_final(node.op)) {
    refuse_unsupported("reads a Softmax or ArgMax; those are supported at the output only",
                       node.place());
  }
  try {
    Tensor result = operators().at(node.op)(*this, node);
    result.is_final = result.is_final || is_final;
    (void)element_count(result.shape, node.place());
    spend(result.size());
    values_[node.outputs[0]] = std::move(result);
    forget_inputs(node);
  } catch (Refusal& refusal) {
    if (refusal.error.where.empty()) refusal.error.where = node.place();
    throw;
  }
}

void Interpreter::spend(std::size_t operations) {
  constexpr std::size_t most = std::size_t{1} << 26;
  spent_ += std::min(operations, most + 1);
  if (spent_ > most) refuse_limit("the network needs more than 2^26 exact operations");
}

// Keeps memory proportional to what is still needed.
void Interpreter::forget_inputs(const GraphNode& node) {
  for (const std::string& name : node.inputs) {
    if (--readers_[name] == 0) values_.erase(name);
  }
  std::size_t held = 0;
  for (const auto& [name, tensor] : values_) held += tensor.size();
  if (held > 2 * static_cast<std::size_t>(element_limit)) {
    refuse_limit("more than " + std::to_string(2 * element_limit) + " numbers at once",
                 node.place());
  }
}

void Interpreter::note(const std::string& line) {
  std::string clean = base::one_line(line);
  if (noted_.insert(clean).second) notes_.push_back(std::move(clean));
}

const Tensor& Interpreter::input(const GraphNode& node, std::size_t i) const {
  if (!node.has_input(i)) {
    refuse_bad("input " + std::to_string(i) + " is missing", node.place());
  }
  const std::string& name = node.inputs[i];
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  const auto parameter = graph_.parameters.find(name);
  if (parameter == graph_.parameters.end()) {
    refuse_unsupported("reads tensor " + base::quoted(name) + ", an output that is not supported",
                       node.place());
  }
  return values_.emplace(name, Tensor::from(parameter->second)).first->second;
}

const Tensor& Interpreter::constant_input(const GraphNode& node, std::size_t i) const {
  const Tensor& tensor = input(node, i);
  if (!tensor.is_constant) {
    refuse_unsupported("input " + std::to_string(i) + " must be constant", node.place());
  }
  return tensor;
}

Shape Interpreter::integers_input(const GraphNode& node, std::size_t i) const {
  const Tensor& tensor = constant_input(node, i);
  if (tensor.shape.size() > 1) {
    refuse_bad("input " + std::to_string(i) + " is not a list of integers", node.place());
  }
  Shape result;
  for (const Surd& value : tensor.constants) {
    if (!value.is_rational() || value.rational().get_den() != 1 ||
        !value.rational().get_num().fits_slong_p()) {
      refuse_bad("input " + std::to_string(i) + " is not a list of integers", node.place());
    }
    result.push_back(value.rational().get_num().get_si());
  }
  return result;
}

Shape Interpreter::common_shape(const Tensor& a, const Tensor& b, const GraphNode& node) const {
  const std::optional<Shape> shape = broadcast(a.shape, b.shape);
  if (!shape) {
    refuse_bad("shapes " + to_string(a.shape) + " and " + to_string(b.shape) + " do not fit",
               node.place());
  }
  for (const Tensor* tensor : {&a, &b}) {
    if (frozen_batch_ > 1 && !tensor->is_constant && tensor->shape.size() == shape->size() &&
        !shape->empty() && tensor->shape[0] == 1 && (*shape)[0] > 1) {
      refuse_unsupported(
          "the first dimension of the graph input was read as a batch, but here its "
          "rows meet different constants",
          node.place());
    }
  }
  (void)element_count(*shape, node.place());
  return *shape;
}

Tensor Interpreter::before_activation(const Tensor& tensor, const GraphNode& node) {
  if (discretizer_ == nullptr || tensor.is_constant) return tensor;
  return discretizer_->round_layer(*this, tensor, node.place());
}

Surd Interpreter::apply(const Surd& value, const Step& step) {
  if (has_sigmoid(step.before)) refuse_unsupported("a sigmoid of a constant");
  Surd argument = value_of(step.before, value);
  if (!step.quantizer) return argument;
  return step.scale * Surd::integer(step.quantizer->apply(argument)) + step.offset;
}

Element Interpreter::apply(const Element& element, const Step& step, const GraphNode& node,
                           std::size_t index) {
  const Core& core = *element.core;
  if (core.raw && step.quantizer) return quantize_raw(element, step, node);
  std::vector<Function> functions = functions_of(element);
  functions.insert(functions.end(), step.before.begin(), step.before.end());
  CorePtr result;
  if (step.quantizer) {
    result = quantized(core, functions, *step.quantizer, step.scale, step.offset,
                       discretizer_ != nullptr);
    spend(8 * result->at.size());
  } else {
    result = std::make_shared<Core>();
    result->sum = core.sum;
    result->raw = core.raw;
    result->is_stepped = core.is_stepped;
    result->at = core.at;
    result->level = core.level;
    result->applied = core.applied;
    result->pending = std::move(functions);
  }
  result->activation = &node;
  result->neuron = index;
  if (const std::optional<Element> affine = affine_on_word(*result)) return *affine;
  return {std::move(result), 1, {}};
}

// A function of one word that is affine on the word's values needs no gate.
std::optional<Element> Interpreter::affine_on_word(const Core& core) const {
  if (core.raw || core.sum->is_neuron || core.sum->terms.size() != 1) return std::nullopt;
  const auto& [node, weight] = core.sum->terms[0];
  if (Network::is_gate(node) || has_sigmoid(core.pending)) return std::nullopt;
  const Network::Word& word = network_.word(node);
  constexpr std::int64_t most = 65536;
  if (word.high - word.low > most) return std::nullopt;
  const auto value_at = [&core, w = mpz_class(weight)](std::int64_t x) {
    const mpz_class z = w * mpz_class(x);
    mpz_class base = z;
    if (core.is_stepped) {
      const auto above = std::upper_bound(core.at.begin(), core.at.end(), z.get_si());
      base = core.level[static_cast<std::size_t>(above - core.at.begin())];
    }
    return value_of(core.pending, Surd(mpq_class(base)));
  };
  if (!core.is_stepped) {
    // No clip takes effect between the smallest and the largest value.
    const ClampedAffine form = *as_clamped_affine(core.pending);
    bool is_plain = true;
    for (const std::int64_t x : {word.low, word.high}) {
      const Surd value = form.a * Surd(mpq_class(mpz_class(weight * mpz_class(x)))) + form.b;
      is_plain =
          is_plain && (!form.low || *form.low <= value) && (!form.high || value <= *form.high);
    }
    if (is_plain) {
      auto plain = std::make_shared<Core>();
      plain->sum = core.sum;
      return Element{std::move(plain), form.a, form.b};
    }
  }
  const Surd first = value_at(word.low);
  const Surd slope = value_at(word.low + 1) - first;
  Surd expected = first + slope;
  for (std::int64_t x = word.low + 2; x <= word.high; ++x) {
    expected += slope;
    if (!(value_at(x) == expected)) return std::nullopt;
  }
  auto plain = std::make_shared<Core>();
  plain->sum = network_.make_integer_sum({{node, 1}}, false);
  return Element{std::move(plain), slope, first - slope * Surd::integer(word.low)};
}

void Interpreter::make_gates(const Tensor& tensor, const std::string& reader) {
  if (tensor.is_constant) return;
  std::vector<CorePtr> real_valued;
  for (const Element& element : tensor.elements) {
    Core& core = *element.core;
    if (core.raw) {
      refuse_unsupported("reads graph input " + base::quoted(raw_inputs_[*core.raw].tensor) +
                             " as real numbers: it is never quantized; `gatelight convert` "
                             "discretizes such a network",
                         reader);
    }
    if (!core.needs_gate() || core.gate) continue;
    if (discretizer_ != nullptr && !core.is_stepped) {
      real_valued.push_back(element.core);
      continue;
    }
    make_exact_gate(core, reader);
    if (discretizer_ != nullptr) discretizer_->gate_added(network_, core);
  }
  if (!real_valued.empty()) discretizer_->make_layer(*this, real_valued, reader);
}

NodeId Interpreter::add_gate_for(const Core& core, const SumPtr& sum, std::int64_t threshold,
                                 Activation activation, std::int64_t low, std::int64_t high) {
  Network::Gate gate;
  const GraphNode& node = *core.activation;
  gate.layer = base::one_line(node.name.empty() ? node.outputs[0] : node.name);
  gate.name =
      "l" + std::to_string(network_.layer_number(gate.layer)) + "_n" + std::to_string(core.neuron);
  for (const auto& [source, weight] : sum->terms) {
    if (!weight.fits_slong_p()) {
      refuse_unsupported("a weight needs more than 63 bits" + convert_hint(), node.place());
    }
    gate.wires.emplace_back(source, weight.get_si());
  }
  gate.threshold = threshold;
  gate.activation = std::move(activation);
  gate.counts = sum->is_neuron;
  gate.low = low;
  gate.high = high;
  if (!gate.counts)
    note("layer " + base::quoted(gate.layer) + " only quantizes inputs: not counted");
  return network_.add_gate(std::move(gate));
}

void Interpreter::Mix::add(const Element& element, const Surd& weight) {
  const Core& core = *element.core;
  const Surd scale = weight * element.scale;
  if (!element.offset.is_zero()) offset_ += weight * element.offset;
  if (core.gate && !core.gate_offset.is_zero()) offset_ += scale * core.gate_offset;
  const Surd factor = core.gate ? scale * core.gate_scale : scale;
  if (factor.is_zero()) return;
  if (!unit_) {
    unit_is_one_ = factor.is_rational();
    unit_ = unit_is_one_ ? Surd(1) : factor;
  }
  const std::optional<mpq_class> ratio =
      unit_is_one_ && factor.is_rational() ? factor.rational() : Surd::ratio(factor, *unit_);
  if (!ratio) {
    refuse_unsupported("mixes values whose scales are incommensurable square roots", node_.place());
  }
  if (core.gate) {
    terms_.emplace_back(*core.gate, *ratio);
    return;
  }
  for (const auto& [node, w] : core.sum->terms) terms_.emplace_back(node, *ratio * w);
}

Element Interpreter::Mix::finish() {
  if (terms_.size() > static_cast<std::size_t>(element_limit))
    refuse_limit("a sum of too many terms");
  auto [sum, scale] = interpreter_.network_.make_sum(std::move(terms_), true);
  auto core = std::make_shared<Core>();
  core->sum = std::move(sum);
  return {std::move(core), unit_ ? Surd(scale) * *unit_ : Surd(scale), std::move(offset_)};
}

}  // namespace gatelight::formats::onnx_net
