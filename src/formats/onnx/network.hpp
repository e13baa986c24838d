// SPDX-License-Identifier: Apache-2.0
//
// The circuit while it is being made: words and gates in order of discovery.
#ifndef GATELIGHT_FORMATS_ONNX_NETWORK_HPP
#define GATELIGHT_FORMATS_ONNX_NETWORK_HPP

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/tensor.hpp"
#include "gatelight/circuit.hpp"
#include "gatelight/formats.hpp"

namespace gatelight::formats::onnx_net {

class Network {
 public:
  struct Word {
    std::size_t position = 0;  // of the element among all graph inputs
    int bits = 1;
    bool is_signed = false;
    std::int64_t low = 0, high = 1;  // the values the network can see
    Surd scale = 1, offset;          // real = scale * word + offset
  };
  struct Gate {
    std::string name, layer;
    std::vector<std::pair<NodeId, std::int64_t>> wires;
    std::int64_t threshold = 0;
    Activation activation = Threshold{};
    bool counts = true;
    std::int64_t low = 0, high = 1;  // of y
  };
  struct Output {
    NodeId gate = 0;
    Surd scale, offset;  // real = scale * y + offset
  };

  NodeId add_word(Word word);
  // Refuses sums beyond the 63-bit rule.
  NodeId add_gate(Gate gate);
  void add_output(Output output) { outputs_.push_back(std::move(output)); }

  // The layer number of a label, counting from 1 in order of first use.
  std::size_t layer_number(const std::string& label);

  [[nodiscard]] const std::vector<Word>& words() const { return words_; }
  [[nodiscard]] const std::vector<Gate>& gates() const { return gates_; }
  [[nodiscard]] const std::vector<Output>& outputs() const { return outputs_; }
  [[nodiscard]] static bool is_gate(NodeId node) { return (node & gate_flag) != 0; }
  [[nodiscard]] const Word& word(NodeId node) const { return words_[node]; }
  [[nodiscard]] const Gate& gate(NodeId node) const { return gates_[node & ~gate_flag]; }
  // Smallest and largest value of a node; of a word: of all its bit patterns.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> range(NodeId node) const;

  // Sum rational coefficient * node as scale * (primitive integer sum), scale > 0.  Terms may
  // repeat.
  [[nodiscard]] std::pair<SumPtr, mpq_class> make_sum(
      std::vector<std::pair<NodeId, mpq_class>> terms, bool is_neuron) const;
  // Requires increasing nodes and non-zero weights.
  [[nodiscard]] std::shared_ptr<Sum> make_integer_sum(
      std::vector<std::pair<NodeId, mpz_class>> terms, bool is_neuron) const;

  // The words in input order; `order[i]` is the place of word i in the circuit.
  [[nodiscard]] std::vector<std::size_t> word_order() const;
  // names[position] is the name of the input element.
  [[nodiscard]] Circuit build(const std::string& name, const std::vector<std::string>& names) const;

 private:
  std::vector<Word> words_;
  std::vector<Gate> gates_;
  std::vector<Output> outputs_;
  std::map<std::string, std::size_t> layers_;
};

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_NETWORK_HPP
