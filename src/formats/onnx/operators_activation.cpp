// SPDX-License-Identifier: Apache-2.0
//
// Operators that are monotone functions of one argument: activations and quantizers.
//
// Each is described as a Step (interpreter.hpp): functions, then perhaps a quantizer with the scale
// and offset of its levels.  On constants, such as quantized weights, it is applied at once.
#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight::formats::onnx_net {
namespace {

using Step = Interpreter::Step;

// Applies step_of(element index) to every element of input 0.
template <class StepOf>
Tensor elementwise(Interpreter& interpreter, const GraphNode& node, StepOf step_of) {
  Tensor result = interpreter.before_activation(interpreter.input(node, 0), node);
  result.is_integer = false;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const Step& step = step_of(i);
    if (result.is_constant) {
      result.constants[i] = Interpreter::apply(result.constants[i], step);
    } else {
      result.elements[i] = interpreter.apply(result.elements[i], step, node, i);
    }
  }
  return result;
}

Tensor uniform(Interpreter& interpreter, const GraphNode& node, const Step& step) {
  return elementwise(interpreter, node, [&step](std::size_t) -> const Step& { return step; });
}

Tensor relu(Interpreter& interpreter, const GraphNode& node) {
  return uniform(interpreter, node, {{Function::clamp(Surd(0), {})}, {}, 1, {}});
}

Tensor sign(Interpreter& interpreter, const GraphNode& node) {
  return uniform(interpreter, node, {{}, Quantizer::sign(), 1, {}});
}

Tensor sigmoid(Interpreter& interpreter, const GraphNode& node) {
  return uniform(interpreter, node, {{Function::sigmoid()}, {}, 1, {}});
}

Tensor clip(Interpreter& interpreter, const GraphNode& node) {
  std::optional<Surd> bounds[2];
  const char* names[2] = {"min", "max"};
  for (std::size_t k = 0; k < 2; ++k) {
    if (node.find(names[k]) != nullptr) bounds[k] = Surd(mpq_class(node.real_or(names[k], 0)));
    if (!node.has_input(k + 1)) continue;
    const Tensor& given = interpreter.constant_input(node, k + 1);
    if (given.size() != 1) refuse_bad("a bound is not one number", node.place());
    bounds[k] = given.constants[0];
  }
  if (bounds[0] && bounds[1] && *bounds[1] < *bounds[0]) {
    refuse_bad("its bounds are the wrong way round", node.place());
  }
  return uniform(interpreter, node, {{Function::clamp(bounds[0], bounds[1])}, {}, 1, {}});
}

// A parameter of a quantizer, broadcast to the data.
class Spread {
 public:
  Spread(const Tensor& parameter, const Tensor& data, const GraphNode& node) : values_(parameter) {
    if (parameter.size() == 1) return;
    if (broadcast(parameter.shape, data.shape) != data.shape) {
      refuse_bad("a parameter of shape " + to_string(parameter.shape) +
                     " does not fit data of shape " + to_string(data.shape),
                 node.place());
    }
    index_ = broadcast_index(parameter.shape, data.shape);
  }
  [[nodiscard]] std::size_t position(std::size_t i) const { return index_.empty() ? 0 : index_[i]; }
  [[nodiscard]] const Surd& operator[](std::size_t i) const {
    return values_.constants[position(i)];
  }

 private:
  const Tensor& values_;
  std::vector<std::size_t> index_;
};

Surd inverse_scale(const Surd& scale, const GraphNode& node) {
  const std::optional<Surd> inverse = scale.inverse();
  if (!inverse) refuse_bad("its scale is zero, or not one number", node.place());
  return *inverse;
}

Quantizer integer_quantizer(const Surd& width, bool is_signed, bool narrow, Rounding mode,
                            const GraphNode& node) {
  if (!width.is_rational() || width.rational().get_den() != 1 || width.sign() <= 0 ||
      width.rational() > 48) {
    refuse_unsupported("a bit width that is not an integer from 1 to 48", node.place());
  }
  const auto bits = width.rational().get_num().get_si();
  if (is_signed && bits == 1) return Quantizer::step();
  const std::int64_t span = std::int64_t{1} << (is_signed ? bits - 1 : bits);
  const std::int64_t low = is_signed ? -span + (narrow ? 1 : 0) : 0;
  const std::int64_t high = is_signed || !narrow ? span - 1 : span - 2;
  if (low >= high) refuse_unsupported("a quantizer with one level", node.place());
  return Quantizer::rounding(low, high, mode);
}

// QONNX Quant: clamp, then round, x / scale + zero point; back to (q - zero point) * scale.
Tensor quant(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const Spread scale(interpreter.constant_input(node, 1), data, node);
  const Spread zero(interpreter.constant_input(node, 2), data, node);
  const Spread width(interpreter.constant_input(node, 3), data, node);
  const bool is_signed = node.integer_or("signed", 1) != 0;
  const bool narrow = node.integer_or("narrow", 1) != 0;
  const std::string mode_name = node.text_or("rounding_mode", "ROUND");
  const std::optional<Rounding> mode = rounding_from_name(mode_name);
  if (!mode) refuse_unsupported("rounding mode " + base::quoted(mode_name), node.place());
  std::optional<Step> step;
  std::size_t at[3] = {};
  return elementwise(interpreter, node, [&](std::size_t i) -> const Step& {
    const std::size_t now[3] = {scale.position(i), zero.position(i), width.position(i)};
    if (step && std::equal(now, now + 3, at)) return *step;
    std::copy(now, now + 3, at);
    const Quantizer quantizer = integer_quantizer(width[i], is_signed, narrow, *mode, node);
    const bool is_bipolar = is_signed && width[i] == Surd(1);
    // Bipolar levels 0 and 1 stand for the integers -1 and 1.
    const Surd level_scale = is_bipolar ? scale[i] * Surd(2) : scale[i];
    const Surd level_offset = scale[i] * ((is_bipolar ? Surd(-1) : Surd(0)) - zero[i]);
    step = Step{{Function::affine(inverse_scale(scale[i], node), zero[i])},
                quantizer,
                level_scale,
                level_offset};
    return *step;
  });
}

// x >= 0 -> scale, else -scale.
Tensor bipolar_quant(Interpreter& interpreter, const GraphNode& node) {
  const Spread scale(interpreter.constant_input(node, 1), interpreter.input(node, 0), node);
  Step step{{}, Quantizer::step(), 1, {}};
  return elementwise(interpreter, node, [&](std::size_t i) -> const Step& {
    if (scale[i].is_zero()) refuse_bad("its scale is zero", node.place());
    step.scale = scale[i] * Surd(2);
    step.offset = -scale[i];
    return step;
  });
}

Tensor multi_threshold(Interpreter& interpreter, const GraphNode& node) {
  const Tensor& data = interpreter.input(node, 0);
  const Tensor& rows = interpreter.constant_input(node, 1);
  if (rows.shape.size() != 2 || rows.shape[1] < 1) {
    refuse_bad("its thresholds are not a matrix [channels,steps]", node.place());
  }
  const std::string layout = node.text_or("data_layout", "");
  std::size_t axis = 1;
  if (!layout.empty()) {
    const std::size_t found = layout.find('C');
    if (found != std::string::npos) axis = found;
  } else if (data.shape.size() == 3) {
    axis = 2;  // NWC, as QONNX guesses
  }
  if (axis >= data.shape.size()) refuse_bad("its data have no channel dimension", node.place());
  const auto channels = static_cast<std::size_t>(data.shape[axis]);
  const auto given = static_cast<std::size_t>(rows.shape[0]);
  const auto count = static_cast<std::size_t>(rows.shape[1]);
  if (given != 1 && given != channels)
    refuse_bad("thresholds and channels do not fit", node.place());
  const Surd scale = mpq_class(node.real_or("out_scale", 1));
  const Surd offset = mpq_class(node.real_or("out_bias", 0));
  if (scale.is_zero()) refuse_bad("out_scale is zero", node.place());
  std::vector<Step> steps;
  for (std::size_t row = 0; row < given; ++row) {
    const auto first = rows.constants.begin() + static_cast<std::ptrdiff_t>(row * count);
    std::vector<Surd> thresholds(first, first + static_cast<std::ptrdiff_t>(count));
    steps.push_back({{}, Quantizer::thresholds(std::move(thresholds)), scale, offset});
  }
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < data.shape.size(); ++i) {
    inner *= static_cast<std::size_t>(data.shape[i]);
  }
  return elementwise(interpreter, node, [&](std::size_t i) -> const Step& {
    return steps[given == 1 ? 0 : i / inner % channels];
  });
}

// Softmax keeps the order of the logits and ArgMax only reads it: the circuit gives the logits.
Tensor left_out(Interpreter& interpreter, const GraphNode& node) {
  Tensor result = interpreter.input(node, 0);
  if (result.is_constant) refuse_unsupported("of a constant", node.place());
  interpreter.note(node.place() + " at the output is left out: the outputs are its arguments");
  result.is_final = true;
  return result;
}

}  // namespace

void add_activation_operators(OperatorTable& table) {
  table["Relu"] = relu;
  table["Sign"] = sign;
  table["Sigmoid"] = sigmoid;
  table["Clip"] = clip;
  table["Quant"] = quant;
  table["IntQuant"] = quant;
  table["BipolarQuant"] = bipolar_quant;
  table["MultiThreshold"] = multi_threshold;
  table["Softmax"] = left_out;
  table["LogSoftmax"] = left_out;
  table["ArgMax"] = left_out;
}

}  // namespace gatelight::formats::onnx_net
