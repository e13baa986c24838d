// SPDX-License-Identifier: Apache-2.0
//
// import_onnx: bytes -> graph -> symbols -> circuit.
#include "formats/onnx/import.hpp"

#include "base/text.hpp"
#include "formats/onnx/interpreter.hpp"

namespace gatelight {
namespace formats::onnx_net {

Imported finish_import(Interpreter& interpreter) {
  Network& network = interpreter.network();
  Imported result{
      network.build(base::one_line(interpreter.graph().name), interpreter.input_names()),
      "onnx",
      {},
      {},
      {}};
  const std::vector<std::size_t> order = network.word_order();
  result.input_meaning.resize(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Network::Word& word = network.words()[i];
    result.input_meaning[order[i]] = {word.scale.text(), word.offset.text(), word.position};
  }
  for (const Network::Output& output : network.outputs()) {
    result.output_meaning.push_back({output.scale.text(), output.offset.text(), 0});
  }
  result.notes = std::move(interpreter.notes());
  return result;
}

}  // namespace formats::onnx_net

Result<Imported> import_onnx(std::string_view model) {
  using namespace formats::onnx_net;
  try {
    const Graph graph = read_graph(model);
    Interpreter interpreter(graph, nullptr);
    interpreter.run();
    return finish_import(interpreter);
  } catch (const Refusal& refusal) {
    return refusal.error;
  }
}

}  // namespace gatelight
