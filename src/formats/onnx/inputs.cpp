// SPDX-License-Identifier: Apache-2.0
//
// Graph inputs: which bits and words the circuit reads.
//
// Problem   A network's input is a real tensor; a circuit reads integer words.
// Idea      A quantizer directly on an input element (after affine functions and clips) says which
//           values the network can tell apart: they become one word, without a gate.  Annotated and
//           integer inputs are words at once.  An input that is mixed before it is quantized is a
//           real number: refused by exact import, cut into a grid by discretization.
// Why       The network depends on the element through the quantizer's level only, and every level
//           is the level of some real number, so circuit and network compute the same function.
// Limits    One quantizer for each input element; levels evenly spaced.
// Tested by tests/unit/formats/onnx/inputs_test.cpp
#include <bit>

#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"
#include "formats/onnx/rounding.hpp"

namespace gatelight::formats::onnx_net {
namespace {

using base::quoted;

// The word of an annotation such as INT4, or nothing for real numbers and unknown names.
std::optional<Network::Word> annotated_word(const std::string& type) {
  Network::Word word;
  if (type == "BIPOLAR") {
    word.scale = 2;
    word.offset = -1;
    return word;
  }
  if (type == "BINARY") return word;
  if (type == "TERNARY") {
    word.bits = 2;
    word.is_signed = true;
    word.low = -1;
    return word;
  }
  const bool is_unsigned = type.starts_with("UINT");
  const std::string digits = type.substr(std::min(type.size(), std::size_t{is_unsigned ? 4U : 3U}));
  if ((!is_unsigned && !type.starts_with("INT")) || digits.empty() || digits.size() > 2 ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const int bits = std::stoi(digits);
  if (bits < 1 || bits > CircuitLimits::word_bits) return std::nullopt;
  word.bits = bits;
  word.is_signed = !is_unsigned;
  word.low = is_unsigned ? 0 : -(std::int64_t{1} << (bits - 1));
  word.high = (std::int64_t{1} << (is_unsigned ? bits : bits - 1)) - 1;
  return word;
}

std::string type_name(ElementType type) {
  switch (type) {
    case ElementType::boolean:
      return "BINARY";
    case ElementType::int8:
      return "INT8";
    case ElementType::uint8:
      return "UINT8";
    case ElementType::int16:
      return "INT16";
    case ElementType::uint16:
      return "UINT16";
    default:
      return "";
  }
}

int unsigned_bits(std::int64_t high) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(high)));
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names(1);
  for (const char c : text) {
    if (c == ',') {
      names.emplace_back();
    } else if (c != ' ' || !names.back().empty()) {
      names.back() += c;
    }
  }
  for (std::string& name : names) {
    while (!name.empty() && name.back() == ' ') name.pop_back();
  }
  return names;
}

}  // namespace

void Interpreter::read_inputs() {
  for (const GraphInput& input : graph_.inputs) read_input(input);
  name_inputs();
}

void Interpreter::read_input(const GraphInput& input) {
  const std::string where = "graph input " + quoted(input.name);
  if (!input.has_shape) refuse_unsupported("has no shape", where);
  Shape shape;
  for (std::size_t i = 0; i < input.dims.size(); ++i) {
    const std::optional<std::int64_t>& dim = input.dims[i];
    if (i == 0 && input.dims.size() >= 2 && dim != 1) {
      if (dim) frozen_batch_ = *dim;
      std::string line = where + ": the first dimension (";
      line += dim ? std::to_string(*dim) : quoted(input.symbols[0]);
      note(line + ") is the batch, read as 1");
      shape.push_back(1);
    } else if (!dim) {
      refuse_unsupported("dimension " + std::to_string(i) + " has no fixed size", where);
    } else {
      shape.push_back(*dim);
    }
  }
  const std::size_t count = element_count(shape, where);
  if (count > CircuitLimits::input_bits) refuse_limit("too many elements", where);
  std::string type = type_name(input.type);
  const auto annotation = graph_.datatypes.find(input.name);
  if (annotation != graph_.datatypes.end()) type = annotation->second;
  std::optional<Network::Word> word = annotated_word(type);
  if (word) {
    note(where + ": the file says its values are " + base::one_line(type, 20));
  } else if (annotation != graph_.datatypes.end() && type != "FLOAT32") {
    note(where + ": the annotation " + quoted(type) + " is not used");
  }
  if (!word && discretizer_ != nullptr) word = discretizer_->input_word();
  std::vector<Element> elements;
  for (std::size_t i = 0; i < count; ++i) {
    if (word) {
      word->position = positions_++;
      elements.push_back(add_input_word(*word));
      continue;
    }
    auto core = std::make_shared<Core>();
    core->raw = positions_++;
    elements.push_back({std::move(core), 1, {}});
  }
  raw_inputs_.resize(positions_);
  for (std::size_t i = positions_ - count; i < positions_; ++i) raw_inputs_[i].tensor = input.name;
  values_[input.name] = Tensor::dynamic(std::move(shape), std::move(elements));
}

Element Interpreter::add_input_word(Network::Word word) {
  auto core = std::make_shared<Core>();
  const Surd scale = word.scale;
  const Surd offset = word.offset;
  const NodeId id = network_.add_word(std::move(word));
  core->sum = network_.make_integer_sum({{id, 1}}, false);
  if (discretizer_ != nullptr) discretizer_->word_added(network_, id);
  return {std::move(core), scale, offset};
}

Element Interpreter::quantize_raw(const Element& element, const Step& step, const GraphNode& node) {
  RawInput& raw = raw_inputs_[*element.core->raw];
  const std::string input = "graph input " + quoted(raw.tensor);
  std::vector<Function> functions = functions_of(element);
  functions.insert(functions.end(), step.before.begin(), step.before.end());
  const Quantizer& quantizer = *step.quantizer;
  const std::optional<ClampedAffine> before = as_clamped_affine(functions);
  if (!before || before->a.is_zero()) {
    refuse_unsupported("quantizes " + input + " in a form that is not supported", node.place());
  }
  const std::int64_t first = before->low ? quantizer.apply(*before->low) : quantizer.low();
  const std::int64_t last = before->high ? quantizer.apply(*before->high) : quantizer.high();
  if (first == last || !quantizer.reaches_every_level()) {
    refuse_unsupported("the levels of " + input + " are not evenly spaced, or there is only one",
                       node.place());
  }
  if (raw.word) {
    const ClampedAffine& known = raw.before;
    if (!(quantizer == *raw.quantizer) || !(known.a == before->a) || !(known.b == before->b) ||
        known.low != before->low || known.high != before->high) {
      refuse_unsupported("quantizes " + input + " in a second way", node.place());
    }
  }
  // The level as a function of the word.
  const bool one_bit = last - first == 1;
  const bool reversed = one_bit && step.scale.sign() < 0;
  const Surd level_scale = reversed ? -1 : 1;
  const Surd level_offset = one_bit ? Surd::integer(reversed ? last : first) : Surd(0);
  if (!raw.word) {
    Network::Word word;
    word.position = *element.core->raw;
    if (!one_bit) {
      word.low = first;
      word.high = last;
      word.is_signed = first < 0;
      word.bits = word.is_signed
                      ? 1 + std::max(unsigned_bits(-first - 1), last > 0 ? unsigned_bits(last) : 0)
                      : unsigned_bits(last);
    }
    if (word.bits > CircuitLimits::word_bits)
      refuse_limit("a word wider than 62 bits", node.place());
    // A real input that has this level: the argument of the quantizer goes back through a x + b.
    Surd argument_scale = level_scale;
    Surd argument_offset = level_offset;
    if (!quantizer.fixes_integers()) {
      argument_scale = step.scale * level_scale;
      argument_offset = step.scale * level_offset + step.offset;
    }
    const std::optional<Surd> inverse = before->a.inverse();
    if (!inverse) refuse_unsupported("a scale is a sum of different square roots", node.place());
    word.scale = argument_scale * *inverse;
    word.offset = (argument_offset - before->b) * *inverse;
    raw.word = network_.add_word(std::move(word));
    raw.quantizer = quantizer;
    raw.before = *before;
    if (!quantizer.fixes_integers() && last - first > 1) {
      note(input + ": the meaning of its words is the quantized value");
    }
  }
  auto core = std::make_shared<Core>();
  core->sum = network_.make_integer_sum({{*raw.word, 1}}, false);
  return {std::move(core), step.scale * level_scale, step.scale * level_offset + step.offset};
}

void Interpreter::name_inputs() {
  const auto given = graph_.metadata.find("input_names");
  if (given != graph_.metadata.end()) {
    const std::string where = "metadata \"input_names\"";
    input_names_ = split_names(given->second);
    if (input_names_.size() != positions_) {
      refuse_bad("names " + std::to_string(input_names_.size()) + " inputs, there are " +
                     std::to_string(positions_),
                 where);
    }
    std::set<std::string> seen;
    for (const std::string& name : input_names_) {
      if (name.empty()) refuse_bad("holds an empty name", where);
      if (!base::is_utf8(name)) refuse_bad("is not valid UTF-8", where);
      if (!seen.insert(name).second) refuse_bad("holds " + quoted(name) + " twice", where);
    }
    return;
  }
  std::set<std::string> seen;
  bool plain = graph_.inputs.size() == 1;
  for (const GraphInput& input : graph_.inputs) {
    const std::size_t count = values_[input.name].size();
    for (std::size_t i = 0; i < count; ++i) {
      input_names_.push_back(plain ? "x" + std::to_string(i) : input.name + std::to_string(i));
    }
    plain = plain || input.name.empty() || !base::is_utf8(input.name) ||
            base::one_line(input.name) != input.name;
  }
  for (const std::string& name : input_names_) plain = plain || !seen.insert(name).second;
  for (std::size_t i = 0; plain && i < positions_; ++i) input_names_[i] = "x" + std::to_string(i);
}

}  // namespace gatelight::formats::onnx_net
