// SPDX-License-Identifier: Apache-2.0
//
// Fixed point: where a real-valued network is rounded, and by how much.
//
// Problem   A neuron act(sum w_i x_i + b) with real w_i, b and real x_i becomes a gate with integer
//           weights and a few bits of output.
// Idea      Inputs are words of an even grid.  A layer's weights (batch normalization folded in)
// are
//           rounded to weight_bits with one power-of-two step 2^-f, the largest f at which they
//           fit. Sums then count units of S = (unit of the inputs) * 2^-f; the constant is rounded
//           to S.  A relu drops k low bits, rounding half up (2^(k-1) sits in the threshold), with
//           the smallest k at which activation_bits hold the largest sum: interval arithmetic's
//           bound, or twice the largest sampled sum if that is smaller (beyond it a gate
//           saturates).  A sigmoid keeps its exact form with gain S.
// Why       One scale a layer keeps the sums of the next layer integers in one unit.  The original
// is
//           followed on the same samples through the same sums before rounding, so agreement is
//           measured neuron by neuron.
// Cost      O(samples * weights) floating-point operations.
// Tested by tests/unit/formats/onnx/discretize_test.cpp
#include "formats/onnx/rounding.hpp"

#include <algorithm>
#include <cmath>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

mpq_class power_of_two(long exponent) {
  mpq_class result = 1;
  if (exponent >= 0) {
    result <<= static_cast<unsigned long>(exponent);
  } else {
    result >>= static_cast<unsigned long>(-exponent);
  }
  return result;
}

// Nearest integer, halves up.
mpz_class nearest(const mpq_class& value) {
  return Surd(mpq_class(value + mpq_class(1, 2))).floor();
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

// The largest f with largest * 2^f <= limit.
long fraction_bits(const mpq_class& largest, const mpz_class& limit) {
  long exponent = 0;
  const mpq_class ratio = mpq_class(limit) / largest;
  const long guess = static_cast<long>(mpz_sizeinbase(ratio.get_num_mpz_t(), 2)) -
                     static_cast<long>(mpz_sizeinbase(ratio.get_den_mpz_t(), 2));
  for (exponent = guess - 2; power_of_two(exponent + 1) <= ratio;) ++exponent;
  return exponent;
}

// A fraction close to a positive number with numerator and denominator below 2^40.
mpq_class simple_fraction(const mpq_class& value) {
  const mpz_class limit = mpz_class(1) << 40;
  if (value.get_num() < limit && value.get_den() < limit) return value;
  // Continued fraction convergents p/q.
  mpz_class p0 = 0, q0 = 1, p1 = 1, q1 = 0;
  mpq_class rest = value;
  while (true) {
    const mpz_class whole = Surd(rest).floor();
    const mpz_class p2 = whole * p1 + p0;
    const mpz_class q2 = whole * q1 + q0;
    if (p2 >= limit || q2 >= limit) break;
    p0 = p1;
    q0 = q1;
    p1 = p2;
    q1 = q2;
    rest -= whole;
    if (sgn(rest) == 0) break;
    rest = 1 / rest;
  }
  if (sgn(p1) == 0 || sgn(q1) == 0) refuse_limit("a sigmoid whose gain is out of range");
  mpq_class result(p1, q1);
  result.canonicalize();
  return result;
}

std::int64_t activate(const Network::Gate& gate, std::int64_t z) {
  if (std::holds_alternative<Threshold>(gate.activation)) return z >= 0 ? 1 : 0;
  if (const Relu* relu = std::get_if<Relu>(&gate.activation)) {
    return std::min(relu->max, std::max<std::int64_t>(z, 0) >> relu->shift);
  }
  if (const Steps* steps = std::get_if<Steps>(&gate.activation)) {
    const auto above = std::upper_bound(steps->at.begin(), steps->at.end(), z);
    return steps->values[static_cast<std::size_t>(above - steps->at.begin())];
  }
  const Sigmoid& sigmoid = std::get<Sigmoid>(gate.activation);
  const double gain = static_cast<double>(sigmoid.gain_p) / static_cast<double>(sigmoid.gain_q);
  const double largest = std::ldexp(1.0, sigmoid.bits) - 1;
  return std::llround(largest / (1 + std::exp(-gain * static_cast<double>(z))));
}

// Functions with their parameters as doubles, for the samples.
struct QuickFunctions {
  struct One {
    Function::Kind kind;
    double a, b, low, high;
  };
  explicit QuickFunctions(const std::vector<Function>& functions) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const Function& f : functions) {
      all.push_back({f.kind, f.a.approximate(), f.b.approximate(),
                     f.low ? f.low->approximate() : -infinity,
                     f.high ? f.high->approximate() : infinity});
    }
  }
  [[nodiscard]] double operator()(double x) const {
    for (const One& f : all) {
      switch (f.kind) {
        case Function::Kind::affine:
          x = f.a * x + f.b;
          break;
        case Function::Kind::clamp:
          x = std::min(std::max(x, f.low), f.high);
          break;
        case Function::Kind::sigmoid:
          x = 1 / (1 + std::exp(-x));
          break;
      }
    }
    return x;
  }
  std::vector<One> all;
};

std::string label_of(const Core& core) {
  const GraphNode& node = *core.activation;
  return "layer " + base::quoted(node.name.empty() ? node.outputs[0] : node.name);
}

}  // namespace

Discretizer::Discretizer(const DiscretizeOptions& options)
    : options_(options),
      samples_(std::clamp<std::size_t>(options.samples, 16, 10000)),  // 16 bytes a neuron each
      random_(options.seed) {}

Network::Word Discretizer::input_word() const {
  Network::Word word;
  word.bits = options_.input_bits;
  word.high = (std::int64_t{1} << options_.input_bits) - 1;
  const mpq_class low(options_.input_low);
  const mpq_class high(options_.input_high);
  word.scale = mpq_class((high - low) / mpz_class(word.high));
  word.offset = low;
  return word;
}

const Discretizer::Track& Discretizer::track(NodeId node) const {
  return Network::is_gate(node) ? gates_[node & ~gate_flag] : words_[node];
}

void Discretizer::word_added(const Network& network, NodeId word) {
  const Network::Word& w = network.word(word);
  Track track;
  for (std::size_t s = 0; s < samples_; ++s) {
    track.value.push_back(random_.between(w.low, w.high));
    track.original.push_back(static_cast<double>(track.value.back()));
  }
  track.unit = w.scale.rational();
  words_.push_back(std::move(track));
}

std::vector<double> Discretizer::original_sums(const Sum& sum) const {
  const Sum& exact = sum.before ? *sum.before : sum;
  std::vector<double> result(samples_, 0);
  for (const auto& [node, weight] : exact.terms) {
    const std::vector<double>& original = track(node).original;
    const double w = weight.get_d() * (sum.before ? sum.factor : 1);
    for (std::size_t s = 0; s < samples_; ++s) result[s] += w * original[s];
  }
  for (double& value : result) value += sum.shift;
  return result;
}

std::vector<std::int64_t> Discretizer::sampled_sums(const Sum& sum) const {
  std::vector<std::int64_t> result(samples_, 0);
  for (const auto& [node, weight] : sum.terms) {
    const std::vector<std::int64_t>& value = track(node).value;
    const std::int64_t w = weight.get_si();
    for (std::size_t s = 0; s < samples_; ++s) result[s] += w * value[s];
  }
  return result;
}

// The value of the core in the original network, in the core's own unit.
std::vector<double> Discretizer::original_values(const Core& core) const {
  // Steps remember the sum as it was before it may have been negated: see Applied.
  std::vector<double> result = original_sums(*core.sum);
  for (const Applied& applied : core.applied) {
    const QuickFunctions before(applied.before);
    for (double& x : result) x = static_cast<double>(applied.quantizer.apply(before(x)));
  }
  const QuickFunctions pending(core.pending);
  for (double& x : result) x = pending(x);
  return result;
}

void Discretizer::gate_added(const Network& network, const Core& core) {
  const Network::Gate& gate = network.gate(*core.gate);
  Track track;
  track.unit = abs(core.gate_scale.rational());
  track.is_rounded = std::holds_alternative<Sigmoid>(gate.activation);
  std::vector<std::int64_t> sums(samples_, -gate.threshold);
  for (const auto& [node, w] : gate.wires) {
    const std::vector<std::int64_t>& value = this->track(node).value;
    for (std::size_t s = 0; s < samples_; ++s) sums[s] += w * value[s];
  }
  const double scale = core.gate_scale.approximate();
  const double offset = core.gate_offset.approximate();
  track.original = original_values(core);
  for (std::size_t s = 0; s < samples_; ++s) {
    track.value.push_back(activate(gate, sums[s]));
    track.original[s] = (track.original[s] - offset) / scale;
  }
  gates_.push_back(std::move(track));
}

void Discretizer::output_added(const Network& network, const Element& element, NodeId gate) {
  const Network::Output& meaning = network.outputs().back();
  OutputTrack output;
  output.gate = gate & ~gate_flag;
  output.scale = meaning.scale.approximate();
  output.offset = meaning.offset.approximate();
  output.original = original_values(*element.core);
  const double scale = element.scale.approximate();
  const double offset = element.offset.approximate();
  for (double& value : output.original) value = scale * value + offset;
  outputs_.push_back(std::move(output));
  if (gates_.size() < network.gates().size()) gates_.emplace_back();  // a logit: nothing reads it
}

Tensor Discretizer::round_layer(Interpreter& interpreter, const Tensor& tensor,
                                const std::string& where) {
  const auto is_sum = [](const Element& element) {
    return !element.core->raw && !element.core->needs_gate() && element.core->sum->is_neuron;
  };
  mpq_class unit = 0;
  mpq_class largest = 0;
  for (const Element& element : tensor.elements) {
    if (!is_sum(element)) continue;
    for (const auto& [node, weight] : element.core->sum->terms) {
      unit = std::max(unit, track(node).unit);
      largest = std::max(largest, mpq_class(abs(weight * element.scale.rational())));
    }
  }
  if (sgn(unit) == 0) unit = 1;
  Tensor result = tensor;
  const mpz_class limit = (mpz_class(1) << static_cast<unsigned>(options_.weight_bits - 1)) - 1;
  const long bits = sgn(largest) == 0 ? 0 : fraction_bits(largest / unit, limit);
  const mpq_class step = unit * power_of_two(-bits);
  mpq_class error = 0;
  std::size_t sums = 0;
  for (Element& element : result.elements) {
    if (!is_sum(element)) continue;
    ++sums;
    const Sum& exact = *element.core->sum;
    const mpq_class factor = element.scale.rational() / step;
    std::vector<std::pair<NodeId, mpz_class>> terms;
    for (const auto& [node, weight] : exact.terms) {
      const mpq_class scaled = factor * weight;
      const mpz_class rounded = nearest(scaled);
      error = std::max(error, mpq_class(abs(scaled - rounded)));
      if (sgn(rounded) != 0) terms.emplace_back(node, rounded);
    }
    const std::shared_ptr<Sum> sum = interpreter.network().make_integer_sum(std::move(terms), true);
    sum->before = element.core->sum;
    sum->factor = factor.get_d();
    auto core = std::make_shared<Core>();
    core->sum = sum;
    element = {std::move(core), step, element.offset};
  }
  if (sums > 0) {
    interpreter.note(where + ": weights in steps of 2^" + std::to_string(-bits) +
                     ", largest rounding error " +
                     decimal(mpq_class(error * power_of_two(-bits)).get_d()));
  }
  return result;
}

void Discretizer::make_layer(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                             const std::string& reader) {
  std::vector<CorePtr> relus;
  for (const CorePtr& core : cores) {
    if (core->gate) continue;  // listed twice
    if (!has_sigmoid(core->pending)) {
      if (std::find(relus.begin(), relus.end(), core) == relus.end()) relus.push_back(core);
      continue;
    }
    make_sigmoid(interpreter, *core);
    gate_added(interpreter.network(), *core);
  }
  if (!relus.empty()) make_relus(interpreter, relus, reader);
}

void Discretizer::make_sigmoid(Interpreter& interpreter, Core& core) {
  const std::vector<Function> before(core.pending.begin(), core.pending.end() - 1);
  const std::optional<ClampedAffine> form = as_clamped_affine(before);
  const bool is_last = core.pending.back().kind == Function::Kind::sigmoid;
  if (!is_last || !form || form->low || form->high || form->a.is_zero()) {
    refuse_unsupported("only a sigmoid right on a weighted sum can be discretized",
                       core.activation->place());
  }
  const bool negative = form->a.sign() < 0;
  const SumPtr sum = negative ? negated(*core.sum) : core.sum;
  const mpq_class scale = abs(form->a.rational());
  const mpq_class gain = simple_fraction(scale);
  const mpz_class start = nearest(form->b.rational() / scale);
  if (!start.fits_slong_p()) refuse_limit("a constant out of range", core.activation->place());
  Sigmoid sigmoid;
  sigmoid.bits = options_.activation_bits;
  sigmoid.gain_p = gain.get_num().get_si();
  sigmoid.gain_q = gain.get_den().get_si();
  const std::int64_t largest = (std::int64_t{1} << sigmoid.bits) - 1;
  core.gate = interpreter.add_gate_for(core, sum, -start.get_si(), sigmoid, 0, largest);
  core.gate_scale = mpq_class(1, mpz_class(largest));
  interpreter.note(label_of(core) + ": sigmoid of " + std::to_string(sigmoid.bits) +
                   " bits, gain " + gain.get_str() + (gain == scale ? "" : " (rounded)"));
}

void Discretizer::make_relus(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                             const std::string& reader) {
  struct Form {
    ClampedAffine shape;
    SumPtr sum;
    mpz_class start;
  };
  std::vector<Form> forms;
  mpz_class bound = 0;  // largest sum by interval arithmetic, sampled, and with the clip's limit
  std::int64_t sampled = 0;
  for (const CorePtr& core : cores) {
    const std::optional<ClampedAffine> shape = as_clamped_affine(core->pending);
    if (!shape || !shape->low || !shape->low->is_zero() || shape->a.is_zero()) {
      refuse_unsupported("only clips with lower bound 0 can be discretized",
                         core->activation->place());
    }
    Form form{*shape, core->sum, 0};
    if (shape->a.sign() < 0) {
      form.sum = negated(*core->sum);
      form.shape.a = -form.shape.a;
    }
    form.start = nearest(shape->b.rational() / form.shape.a.rational());
    mpz_class top = form.sum->high + form.start;
    const mpz_class most = mpz_class(1) << 60;
    if (abs(form.sum->low) > most || abs(form.sum->high) > most || abs(form.start) > most) {
      refuse_limit("a sum needs more than 60 bits: fewer weight or input bits may help", reader);
    }
    if (shape->high) {
      top = std::min(top, nearest(shape->high->rational() / form.shape.a.rational()));
    }
    bound = std::max(bound, top);
    for (const std::int64_t z : sampled_sums(*form.sum)) {
      const std::int64_t value = z + form.start.get_si();
      sampled = std::max(sampled, top < value ? top.get_si() : value);
    }
    forms.push_back(std::move(form));
  }
  mpz_class largest = bound;
  if (sampled > 0) largest = std::min(largest, mpz_class(mpz_class(sampled) * 2));
  const std::int64_t levels = (std::int64_t{1} << options_.activation_bits) - 1;
  int shift = 0;
  while (nearest(mpq_class(largest) * power_of_two(-shift)) > levels) ++shift;
  const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const Form& form = forms[i];
    Core& core = *cores[i];
    const mpq_class unit = form.shape.a.rational() * power_of_two(shift);
    std::int64_t most = levels;
    if (form.shape.high) {
      const mpz_class top = nearest(form.shape.high->rational() / unit);
      if (top < most) most = std::max<std::int64_t>(top.get_si(), 1);
    }
    core.gate = interpreter.add_gate_for(core, form.sum, -form.start.get_si() - half,
                                         Relu{shift, most}, 0, most);
    core.gate_scale = unit;
    gate_added(interpreter.network(), core);
  }
  interpreter.note(label_of(*cores[0]) + ": relu drops " + std::to_string(shift) + " bits, max " +
                   std::to_string(levels) + ", " +
                   (largest < bound
                        ? "from twice the largest sampled sum " + std::to_string(sampled)
                        : "from the largest possible sum " + bound.get_str()));
}

void Discretizer::report(const Network& network, Discretized& result) const {
  result.samples = std::min(options_.samples, samples_);
  const std::size_t count = result.samples;
  if (count == 0 || outputs_.empty()) return;
  const Circuit& circuit = result.network.circuit;
  const std::vector<std::size_t> order = network.word_order();
  std::size_t same_argmax = 0, same_firing = 0, pairs = 0;
  double error = 0, largest = 0;
  for (std::size_t s = 0; s < count; ++s) {
    InputBits bits(circuit.bit_count());
    for (std::size_t w = 0; w < words_.size(); ++w) {
      const std::size_t first = circuit.first_bit(static_cast<InputId>(order[w]));
      const auto value = static_cast<std::uint64_t>(words_[w].value[s]);
      for (int b = 0; b < network.words()[w].bits; ++b) {
        bits[first + static_cast<std::size_t>(b)] = (value >> b) & 1;
      }
    }
    const std::vector<std::int64_t> values = evaluate(circuit, bits);
    for (std::size_t g = 0; g < gates_.size(); ++g) {
      if (!network.gates()[g].counts || gates_[g].original.empty()) continue;
      const double original = gates_[g].original[s];
      const bool fires = gates_[g].is_rounded ? original >= 0.5 : original != 0;
      same_firing += fires == (values[g] != 0) ? 1 : 0;
      ++pairs;
    }
    std::size_t best = 0, best_original = 0;
    std::vector<double> now;
    for (std::size_t o = 0; o < outputs_.size(); ++o) {
      const OutputTrack& output = outputs_[o];
      now.push_back(output.scale * static_cast<double>(values[output.gate]) + output.offset);
      if (now[o] > now[best]) best = o;
      if (output.original[s] > outputs_[best_original].original[s]) best_original = o;
      error = std::max(error, std::abs(now[o] - output.original[s]));
      largest = std::max(largest, std::abs(output.original[s]));
    }
    const bool same =
        outputs_.size() > 1 ? best == best_original : (now[0] > 0) == (outputs_[0].original[s] > 0);
    same_argmax += same ? 1 : 0;
  }
  const auto fraction = [](std::size_t part, std::size_t all) {
    return all == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(all);
  };
  result.same_argmax = fraction(same_argmax, count);
  result.same_firing = fraction(same_firing, pairs);
  result.largest_output_error = largest > 0 ? error / largest : error;
}

}  // namespace gatelight::formats::onnx_net
