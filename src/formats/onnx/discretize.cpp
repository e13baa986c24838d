// SPDX-License-Identifier: Apache-2.0
//
// discretize_onnx: the importer with a discretizer in it, and the report on the result.
#include <cmath>

#include "formats/onnx/import.hpp"
#include "formats/onnx/interpreter.hpp"
#include "formats/onnx/rounding.hpp"

namespace gatelight {
namespace formats::onnx_net {

void Discretizer::report(const Network& network, Discretized& result) const {
  result.samples = options_.samples;
  const std::size_t count = result.samples;
  if (outputs_.empty()) return;
  const Circuit& circuit = result.network.circuit;
  const std::vector<std::size_t> order = network.word_order();
  std::size_t same_argmax = 0, same_firing = 0, pairs = 0;
  double error = 0, largest = 0;
  for (std::size_t s = training_inputs; s < samples_; ++s) {
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

}  // namespace formats::onnx_net

namespace {

std::optional<Error> check(const DiscretizeOptions& options) {
  const auto wrong = [](const char* what) { return Error{ErrorCode::bad_input, what, "options"}; };
  if (options.weight_bits < 2 || options.weight_bits > 24) return wrong("weight bits: 2 to 24");
  if (options.activation_bits < 1 || options.activation_bits > 16) {
    return wrong("activation bits: 1 to 16");
  }
  if (options.input_bits < 1 || options.input_bits > 16) return wrong("input bits: 1 to 16");
  if (!std::isfinite(options.input_low) || !std::isfinite(options.input_high) ||
      !(options.input_low < options.input_high)) {
    return wrong("input range: two finite numbers, the smaller first");
  }
  if (options.samples < 1 || options.samples > 10000) return wrong("samples: 1 to 10,000");
  return std::nullopt;
}

}  // namespace

Result<Discretized> discretize_onnx(std::string_view model, const DiscretizeOptions& options) {
  using namespace formats::onnx_net;
  if (std::optional<Error> error = check(options)) return *error;
  Result<Imported> exact = import_onnx(model);
  if (exact.ok()) {
    Discretized result{*std::move(exact), 0, 1, 1, 0};
    result.network.notes.emplace_back("the network is quantized already and imported exactly");
    return result;
  }
  try {
    const Graph graph = read_graph(model);
    Discretizer discretizer(options);
    Interpreter interpreter(graph, &discretizer);
    const Network::Word word = discretizer.input_word();
    interpreter.note("inputs: " + std::to_string(word.bits) + " bits, real = " + word.scale.text() +
                     " * word + " + word.offset.text());
    interpreter.run();
    Discretized result{finish_import(interpreter), 0, 0, 0, 0};
    discretizer.report(interpreter.network(), result);
    return result;
  } catch (const Refusal& refusal) {
    return refusal.error;
  }
}

}  // namespace gatelight
