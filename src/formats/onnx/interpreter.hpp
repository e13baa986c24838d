// SPDX-License-Identifier: Apache-2.0
//
// Runs a graph on symbols instead of numbers: what comes out is a circuit.
#ifndef GATELIGHT_FORMATS_ONNX_INTERPRETER_HPP
#define GATELIGHT_FORMATS_ONNX_INTERPRETER_HPP

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/onnx/graph.hpp"
#include "formats/onnx/network.hpp"
#include "formats/onnx/refusal.hpp"
#include "formats/onnx/tensor.hpp"

namespace gatelight::formats::onnx_net {

class Discretizer;

// A real-valued graph input element, until (unless) a quantizer makes it a word.
struct RawInput {
  std::string tensor;
  std::optional<NodeId> word;
  std::optional<Quantizer> quantizer;  // what made it a word, after `before`
  ClampedAffine before;
};

class Interpreter {
 public:
  // With a discretizer, real-valued networks are rounded on the way instead of refused.
  Interpreter(const Graph& graph, Discretizer* discretizer)
      : graph_(graph), discretizer_(discretizer) {}

  // Reads inputs, runs every node, makes the output gates.
  void run();

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] Discretizer* discretizer() const { return discretizer_; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] const std::vector<std::string>& input_names() const { return input_names_; }
  [[nodiscard]] std::vector<std::string>& notes() { return notes_; }
  // Adds a note unless the same line is there already.
  void note(const std::string& line);

  // ---- for the operators -----------------------------------------------------------------------

  // Input i of a node; the constant input i (refuses anything else); nothing for an absent one.
  [[nodiscard]] const Tensor& input(const GraphNode& node, std::size_t i) const;
  [[nodiscard]] const Tensor& constant_input(const GraphNode& node, std::size_t i) const;
  // The integers of constant input i.
  [[nodiscard]] Shape integers_input(const GraphNode& node, std::size_t i) const;

  // The common shape of two operands; refuses a mix of a batch read as 1 with constant rows.
  [[nodiscard]] Shape common_shape(const Tensor& a, const Tensor& b, const GraphNode& node) const;
  // Counts exact operations, and refuses files that ask for far more than any dense network needs.
  void spend(std::size_t operations);
  // The frozen batch size that was read as 1, or 0.
  [[nodiscard]] std::int64_t frozen_batch() const { return frozen_batch_; }

  // Applies a monotone function of one argument to every element.  `index` is the element.
  struct Step {
    std::vector<Function> before;        // affine parts, clamps, sigmoid
    std::optional<Quantizer> quantizer;  // then this,
    Surd scale = 1, offset;              // then scale * level + offset
  };
  [[nodiscard]] Element apply(const Element& element, const Step& step, const GraphNode& node,
                              std::size_t index);
  [[nodiscard]] static Surd apply(const Surd& value, const Step& step);
  // The tensor whose elements are about to go through a function that is not affine.
  [[nodiscard]] Tensor before_activation(const Tensor& tensor, const GraphNode& node);

  // Makes the gates of all elements of a tensor that is about to be mixed, or is an output;
  // `reader` says by what.
  void make_gates(const Tensor& tensor, const std::string& reader);

  // Sum of weight * element + constant, a neuron.  Requires that the elements' gates are made.
  class Mix {
   public:
    explicit Mix(const Interpreter& interpreter, const GraphNode& node)
        : interpreter_(interpreter), node_(node) {}
    void add(const Element& element, const Surd& weight);
    void add(const Surd& constant) { offset_ += constant; }
    [[nodiscard]] Element finish();

   private:
    const Interpreter& interpreter_;
    const GraphNode& node_;
    std::vector<std::pair<NodeId, mpq_class>> terms_;
    std::optional<Surd> unit_;  // a factor that all terms share: 1, or irrational
    bool unit_is_one_ = true;
    Surd offset_;
  };

  // ---- gates ---------------------------------------------------------------------------------

  // Makes a core a gate exactly (materialize.cpp).
  void make_exact_gate(Core& core, const std::string& reader);
  // Adds a gate with the core's layer, name and role.
  NodeId add_gate_for(const Core& core, const SumPtr& sum, std::int64_t threshold,
                      Activation activation, std::int64_t low, std::int64_t high);

 private:
  void read_inputs();
  void read_input(const GraphInput& input);
  Element add_input_word(Network::Word word);
  Element quantize_raw(const Element& element, const Step& step, const GraphNode& node);
  void name_inputs();
  [[nodiscard]] std::optional<Element> affine_on_word(const Core& core) const;
  void make_outputs();
  void make_output(const Element& element, const std::string& name, std::set<NodeId>& listed);
  void run_node(const GraphNode& node);
  void forget_inputs(const GraphNode& node);

  const Graph& graph_;
  Discretizer* discretizer_;
  Network network_;
  mutable std::map<std::string, Tensor> values_;  // parameters enter when they are first read
  std::map<std::string, std::size_t> readers_;    // how often each tensor will still be read
  std::vector<RawInput> raw_inputs_;
  std::vector<std::string> input_names_;  // by position
  std::size_t positions_ = 0;
  std::vector<std::string> notes_;
  std::set<std::string> noted_;
  std::int64_t frozen_batch_ = 0;
  std::size_t spent_ = 0;
};

// One operator: computes the first output of a node.
using Operator = Tensor (*)(Interpreter&, const GraphNode&);
// Registers the operators of one file under their names.
using OperatorTable = std::map<std::string, Operator>;
void add_shape_operators(OperatorTable& table);
void add_linear_operators(OperatorTable& table);
void add_activation_operators(OperatorTable& table);

// Resolves a quantizer on a core into cut points (levels.cpp).  `functions` lead from the core's
// base to the quantizer.  The result's value is scale * level + offset.
[[nodiscard]] CorePtr quantized(const Core& core, const std::vector<Function>& functions,
                                const Quantizer& quantizer, const Surd& scale, const Surd& offset,
                                bool keep_applied);

// What is appended to refusals of values that are real numbers.
[[nodiscard]] std::string convert_hint();

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_INTERPRETER_HPP
