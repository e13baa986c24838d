// SPDX-License-Identifier: Apache-2.0
//
// discretize_onnx: the importer with a discretizer in it.
#include <cmath>

#include "formats/onnx/import.hpp"
#include "formats/onnx/interpreter.hpp"
#include "formats/onnx/rounding.hpp"

namespace gatelight {
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
