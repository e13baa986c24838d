// SPDX-License-Identifier: Apache-2.0
//
// Fixed point: where a real-valued network is rounded, and by how much.
//
// Problem   A neuron act(sum w_i x_i + b) with real w_i, b and real x_i becomes a gate with integer
//           weights and a few bits of output.
// Idea      Inputs are words of an even grid.  Each neuron's weights (batch normalization folded
//           in, measured per step of its sources) are rounded to weight_bits with its own
//           power-of-two step 2^-f, the largest f at which they fit.  They start at the nearest
//           integers; then each in turn moves to the other neighbour of its real value where that
//           brings the sum, as it varies over training inputs, closer to the original's.  Sums
//           count units of S = (largest unit of the layer's sources) * 2^-f.  The constant takes up
//           the mean error of the sum and is rounded to S.  A relu drops k low bits, rounding half
//           up (2^(k-1) sits in the threshold), k its own, weighing rounding against saturation on
//           rare inputs and against the weights of its readers (best_shift, choose_shifts).  A
//           sigmoid keeps its exact form with gain S.
// Outputs   The outputs of one tensor keep one step (relus: one unit), so that their real values
//           differ by integer multiples.
// Why       A reader takes real value = unit * y of every source, so units may differ by neuron.
//           The original is followed on the same inputs through the same sums before rounding.
//           Training inputs make the choices; others judge them, neuron by neuron.
// Invariant No weight is a whole step away from its real value; weights that are whole steps stay
//           exact.
// Cost      O(inputs * weights) floating-point operations; 16 bytes a neuron and input.
// Tested by tests/unit/formats/onnx/discretize_test.cpp
#include "formats/onnx/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

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

constexpr std::size_t tail = 10;  // the training inputs of largest sums
constexpr int sweeps = 2;         // of the improvement of weights; more gained nothing

bool is_output(const std::string& reader) { return reader.starts_with("graph output"); }

// A weighted sum that nothing has been applied to but a scale and a constant.
bool is_plain_sum(const Element& element) {
  return !element.core->raw && !element.core->needs_gate() && element.core->sum->is_neuron;
}

mpz_class largest_weight(const Sum& sum) {
  mpz_class result = 0;
  for (const auto& [node, weight] : sum.terms) result = std::max(result, mpz_class(abs(weight)));
  return result;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// The smallest number of low bits to drop at which a sum, rounded half up, is at most `levels`.
int bits_to_drop(const mpz_class& sum, std::int64_t levels) {
  int shift = 0;
  while (nearest(mpq_class(sum) * power_of_two(-shift)) > levels) ++shift;
  return shift;
}

// How often `from` is doubled until it is not below `to`; at most 60.
int doublings(mpq_class from, const mpq_class& to) {
  int count = 0;
  for (; count < 60 && from < to; ++count) from *= 2;
  return count;
}

// Smallest and largest of some numbers, for the notes.
template <class T>
struct Span {
  std::optional<T> low, high;
  void add(const T& value) {
    if (!low || value < *low) low = value;
    if (!high || value > *high) high = value;
  }
  // "3" or "3 to 7"
  template <class Text>
  [[nodiscard]] std::string text(Text text) const {
    return *low == *high ? text(*low) : text(*low) + " to " + text(*high);
  }
};

}  // namespace

Discretizer::Discretizer(const DiscretizeOptions& options)
    : options_(options),
      samples_(training_inputs + options.samples),
      training_random_(options.seed),
      report_random_(options.seed + 1) {}

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
    base::Random& random = s < training_inputs ? training_random_ : report_random_;
    track.value.push_back(random.between(w.low, w.high));
    track.original.push_back(static_cast<double>(track.value.back()));
  }
  track.unit = w.scale.rational();
  words_.push_back(std::move(track));
}

std::vector<double> Discretizer::original_sums(const Sum& sum, std::size_t count) const {
  const Sum& exact = sum.before ? *sum.before : sum;
  std::vector<double> result(count, 0);
  for (const auto& [node, weight] : exact.terms) {
    const std::vector<double>& original = track(node).original;
    const double w = weight.get_d() * (sum.before ? sum.factor : 1);
    for (std::size_t s = 0; s < count; ++s) result[s] += w * original[s];
  }
  for (double& value : result) value += sum.shift;
  return result;
}

std::vector<double> Discretizer::training_gaps(const Sum& sum) const {
  std::vector<double> result = original_sums(sum, training_inputs);
  for (const auto& [node, weight] : sum.terms) {
    const std::vector<std::int64_t>& value = track(node).value;
    const double w = weight.get_d();
    for (std::size_t s = 0; s < result.size(); ++s) result[s] -= w * static_cast<double>(value[s]);
  }
  return result;
}

mpz_class Discretizer::mean_gap(const Sum& sum) const {
  const double mean = mean_of(training_gaps(sum));
  return std::isfinite(mean) ? mpz_class(std::floor(mean + 0.5)) : mpz_class(0);
}

std::vector<std::int64_t> Discretizer::training_sums(const Sum& sum) const {
  std::vector<std::int64_t> result(training_inputs, 0);
  for (const auto& [node, weight] : sum.terms) {
    const std::vector<std::int64_t>& value = track(node).value;
    const std::int64_t w = weight.get_si();
    for (std::size_t s = 0; s < result.size(); ++s) result[s] += w * value[s];
  }
  std::sort(result.begin(), result.end(), std::greater<>());
  return result;
}

// The value of the core in the original network, in the core's own unit.
std::vector<double> Discretizer::original_values(const Core& core) const {
  // Steps remember the sum as it was before it may have been negated: see Applied.
  std::vector<double> result = original_sums(*core.sum, samples_);
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
  mpq_class unit = 0;
  mpq_class most = 0;  // largest weight of all sums
  for (const Element& element : tensor.elements) {
    if (!is_plain_sum(element)) continue;
    const Sum& sum = *element.core->sum;
    for (const auto& term : sum.terms) unit = std::max(unit, track(term.first).unit);
    most = std::max(most, mpq_class(largest_weight(sum) * abs(element.scale.rational())));
  }
  if (sgn(unit) == 0) unit = 1;
  const bool is_logits = is_output(where);
  const mpz_class limit = (mpz_class(1) << static_cast<unsigned>(options_.weight_bits - 1)) - 1;
  Tensor result = tensor;
  Span<long> exponents;
  mpq_class error = 0;
  for (Element& element : result.elements) {
    if (!is_plain_sum(element)) continue;
    const mpq_class largest =
        is_logits ? most : largest_weight(*element.core->sum) * abs(element.scale.rational());
    const long exponent = sgn(largest) == 0 ? 0 : -fraction_bits(largest / unit, limit);
    exponents.add(exponent);
    element = round_sum(interpreter, element, unit * power_of_two(exponent), error);
    if (is_logits) element.offset += element.scale * Surd(mean_gap(*element.core->sum));
  }
  if (exponents.low) {
    interpreter.note(where + ": weights " +

                     "in steps of " +
                     exponents.text([](long e) { return "2^" + std::to_string(e); }) +
                     ", largest rounding error " + decimal(mpq_class(error / unit).get_d()));
  }
  return result;
}

Element Discretizer::round_sum(Interpreter& interpreter, const Element& element,
                               const mpq_class& step, mpq_class& error) const {
  const Sum& exact = *element.core->sum;
  const mpq_class factor = element.scale.rational() / step;
  Sum rounded;
  rounded.before = element.core->sum;
  rounded.factor = factor.get_d();
  std::vector<int> other_side;  // from the nearest integer, past the real value, to the next
  for (const auto& [node, weight] : exact.terms) {
    const mpq_class real = factor * weight;
    rounded.terms.emplace_back(node, nearest(real));
    other_side.push_back(cmp(real, rounded.terms.back().second));
  }
  improve(rounded, other_side);
  for (std::size_t i = 0; i < exact.terms.size(); ++i) {
    const mpq_class away = factor * exact.terms[i].second - rounded.terms[i].second;
    error = std::max(error, mpq_class(abs(away) * step));
  }
  std::erase_if(rounded.terms, [](const auto& term) { return sgn(term.second) == 0; });
  const std::shared_ptr<Sum> sum =
      interpreter.network().make_integer_sum(std::move(rounded.terms), true);
  sum->before = rounded.before;
  sum->factor = rounded.factor;
  auto core = std::make_shared<Core>();
  core->sum = sum;
  return {std::move(core), step, element.offset};
}

// Coordinate descent on the squared gap, its mean taken off: the constant will absorb that.
void Discretizer::improve(Sum& sum, std::vector<int>& other_side) const {
  std::vector<double> gap = training_gaps(sum);
  const double mean_gap = mean_of(gap);
  for (double& g : gap) g -= mean_gap;
  std::vector<double> y(gap.size());
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t i = 0; i < sum.terms.size(); ++i) {
      if (other_side[i] == 0) continue;
      const std::vector<std::int64_t>& value = track(sum.terms[i].first).value;
      for (std::size_t s = 0; s < y.size(); ++s) y[s] = static_cast<double>(value[s]);
      const double mean = mean_of(y);
      double along = 0, square = 0;
      for (std::size_t s = 0; s < y.size(); ++s) {
        y[s] = (y[s] - mean) * other_side[i];
        along += gap[s] * y[s];
        square += y[s] * y[s];
      }
      if (!(2 * along > square)) continue;
      for (std::size_t s = 0; s < y.size(); ++s) gap[s] -= y[s];
      sum.terms[i].second += other_side[i];
      other_side[i] = -other_side[i];
    }
  }
}

void Discretizer::make_layer(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                             const std::string& reader) {
  std::vector<CorePtr> relus;
  Span<mpq_class> gains;
  for (const CorePtr& core : cores) {
    if (core->gate) continue;  // listed twice
    if (!has_sigmoid(core->pending)) {
      if (std::find(relus.begin(), relus.end(), core) == relus.end()) relus.push_back(core);
      continue;
    }
    gains.add(make_sigmoid(interpreter, *core));
    gate_added(interpreter.network(), *core);
  }
  if (gains.low) {
    interpreter.note(label_of(*cores[0]) + ": sigmoid of " +
                     std::to_string(options_.activation_bits) + " bits, gain " +
                     gains.text([](const mpq_class& gain) { return decimal(gain.get_d()); }));
  }
  if (!relus.empty()) make_relus(interpreter, relus, reader);
}

mpq_class Discretizer::make_sigmoid(Interpreter& interpreter, Core& core) {
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
  mpq_class gain = simple_fraction(scale);
  const mpz_class start = nearest(form->b.rational() / scale) + mean_gap(*sum);
  if (!start.fits_slong_p()) refuse_limit("a constant out of range", core.activation->place());
  Sigmoid sigmoid;
  sigmoid.bits = options_.activation_bits;
  sigmoid.gain_p = gain.get_num().get_si();
  sigmoid.gain_q = gain.get_den().get_si();
  const std::int64_t largest = (std::int64_t{1} << sigmoid.bits) - 1;
  core.gate = interpreter.add_gate_for(core, sum, -start.get_si(), sigmoid, 0, largest);
  core.gate_scale = mpq_class(1, mpz_class(largest));
  return gain;
}

Discretizer::ReluForm Discretizer::relu_form(const Core& core, const std::string& reader) const {
  const std::optional<ClampedAffine> shape = as_clamped_affine(core.pending);
  if (!shape || !shape->low || !shape->low->is_zero() || shape->a.is_zero()) {
    refuse_unsupported("only clips with lower bound 0 can be discretized",
                       core.activation->place());
  }
  ReluForm form;
  form.sum = shape->a.sign() < 0 ? negated(*core.sum) : core.sum;
  form.unit = abs(shape->a.rational());
  const mpz_class start = nearest(shape->b.rational() / form.unit) + mean_gap(*form.sum);
  const mpz_class most = mpz_class(1) << 60;
  if (abs(form.sum->low) > most || abs(form.sum->high) > most || abs(start) > most) {
    refuse_limit("a sum needs more than 60 bits: fewer weight or input bits may help", reader);
  }
  form.start = start.get_si();
  form.bound = form.sum->high + start;
  if (shape->high) {
    form.high = shape->high->rational();
    form.bound = std::min(form.bound, nearest(*form.high / form.unit));
  }
  std::vector<std::int64_t> sums = training_sums(*form.sum);
  for (std::int64_t& sum : sums) sum = std::max<std::int64_t>(sum + form.start, 0);
  form.seen = std::min(form.bound, mpz_class(sums[0]));
  form.fires = static_cast<double>(
      std::count_if(sums.begin(), sums.end(), [](std::int64_t sum) { return sum > 0; }));
  for (std::size_t i = 0; i < tail; ++i)
    form.excess += static_cast<double>(sums[i] - sums[tail]) / tail;
  return form;
}

// The shift of least expected squared error.  Rounding costs unit^2 / 12 wherever the relu fires.
// Saturation costs what the tail has beyond the largest value.  Taken as exponential, it passes
// `seen` on one input of as many as in training; the expected square of what it has beyond
// seen + room is 2 excess^2 e^(-room / excess).
int Discretizer::best_shift(const ReluForm& form, std::int64_t levels) {
  const int enough = bits_to_drop(form.bound, levels);
  int best = enough;
  double least = std::numeric_limits<double>::infinity();
  for (int shift = bits_to_drop(form.seen, levels); shift <= enough; ++shift) {
    const double unit = std::ldexp(1.0, shift);
    const double room = static_cast<double>(levels) * unit - form.seen.get_d();
    double cost = form.fires * unit * unit / 12;
    if (shift < enough && form.excess > 0) {
      cost += 2 * form.excess * form.excess * std::exp(-std::max(room, 0.0) / form.excess);
    }
    if (cost >= least) continue;
    least = cost;
    best = shift;
  }
  return best;
}

// A relu whose values are small has a small unit, and so small weights at its readers, which share
// their step with the weights of the large ones.  So it goes a quarter of the way (in bits) towards
// the largest unit of the layer, a compromise: at 8 bits going further costs accuracy, at 16 bits
// staying does.  A relu that never fires in training goes all the way.
void Discretizer::choose_shifts(std::vector<ReluForm>& forms, bool one_unit) const {
  const std::int64_t levels = (std::int64_t{1} << options_.activation_bits) - 1;
  mpq_class unit = 0;  // largest of the relus that fire
  for (ReluForm& form : forms) {
    if (form.seen <= 0) continue;
    form.shift = best_shift(form, levels);
    unit = std::max(unit, mpq_class(form.unit * power_of_two(form.shift)));
  }
  for (ReluForm& form : forms) {
    const int enough = bits_to_drop(form.bound, levels);
    const int behind = sgn(unit) == 0 ? 60 : doublings(form.unit * power_of_two(form.shift), unit);
    if (one_unit && sgn(unit) != 0) {
      form.shift = std::min(form.shift + behind, 60);
    } else {
      form.shift += std::min(enough - form.shift, form.seen > 0 ? (behind + 2) / 4 : behind);
    }
    form.saturates = form.shift < enough;
  }
}

void Discretizer::make_relus(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                             const std::string& reader) {
  std::vector<ReluForm> forms;
  forms.reserve(cores.size());
  for (const CorePtr& core : cores) forms.push_back(relu_form(*core, reader));
  const std::vector<std::string>& outputs = interpreter.graph().outputs;
  const std::string& name = cores[0]->activation->outputs[0];
  choose_shifts(
      forms, is_output(reader) || std::find(outputs.begin(), outputs.end(), name) != outputs.end());
  Span<int> shifts;
  std::size_t saturating = 0;
  for (std::size_t i = 0; i < cores.size(); ++i) {
    make_relu(interpreter, *cores[i], forms[i]);
    shifts.add(forms[i].shift);
    saturating += forms[i].saturates ? 1 : 0;
  }
  const std::int64_t levels = (std::int64_t{1} << options_.activation_bits) - 1;
  interpreter.note(label_of(*cores[0]) + ": relu drops " +
                   shifts.text([](int shift) { return std::to_string(shift); }) + " bits, max " +
                   std::to_string(levels) + "; " + std::to_string(saturating) + " of " +
                   std::to_string(cores.size()) + " can saturate, beyond what " +
                   std::to_string(training_inputs) + " training inputs reach");
}

void Discretizer::make_relu(Interpreter& interpreter, Core& core, const ReluForm& form) {
  const std::int64_t half = form.shift == 0 ? 0 : std::int64_t{1} << (form.shift - 1);
  const mpq_class unit = form.unit * power_of_two(form.shift);
  std::int64_t most = (std::int64_t{1} << options_.activation_bits) - 1;
  if (form.high) {
    const mpz_class top = nearest(*form.high / unit);
    if (top < most) most = std::max<std::int64_t>(top.get_si(), 1);
  }
  core.gate =
      interpreter.add_gate_for(core, form.sum, -form.start - half, Relu{form.shift, most}, 0, most);
  core.gate_scale = unit;
  gate_added(interpreter.network(), core);
}

}  // namespace gatelight::formats::onnx_net
