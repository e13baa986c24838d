// SPDX-License-Identifier: Apache-2.0
//
// The choices that turn a real-valued network into fixed point, and the samples that judge them.
#ifndef GATELIGHT_FORMATS_ONNX_ROUNDING_HPP
#define GATELIGHT_FORMATS_ONNX_ROUNDING_HPP

#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "formats/onnx/network.hpp"
#include "formats/onnx/tensor.hpp"

namespace gatelight::formats::onnx_net {

class Interpreter;

class Discretizer {
 public:
  explicit Discretizer(const DiscretizeOptions& options);

  // The word that stands for a real input element; its position is not set.
  [[nodiscard]] Network::Word input_word() const;
  // Rounds the weights of all sums in a tensor, each with its own power-of-two step; graph outputs
  // with a common one.
  [[nodiscard]] Tensor round_layer(Interpreter& interpreter, const Tensor& tensor,
                                   const std::string& where);
  // Makes the cores (a relu or sigmoid on a sum) gates; relus that are graph outputs have one unit.
  void make_layer(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                  const std::string& reader);

  // Follows the samples through what was just added.
  void word_added(const Network& network, NodeId word);
  void gate_added(const Network& network, const Core& core);
  void output_added(const Network& network, const Element& element, NodeId gate);

  // Compares the circuit with the original network on inputs that no choice has looked at
  // (discretize.cpp).
  void report(const Network& network, Discretized& result) const;

 private:
  static constexpr std::size_t training_inputs = 1000;  // random; the choices look at them

  // One input word or gate on every sample, those for training first: in the circuit, and in the
  // original network measured in the same unit (so a real number).
  struct Track {
    std::vector<std::int64_t> value;
    std::vector<double> original;
    mpq_class unit;           // the real size of one step
    bool is_rounded = false;  // the original fires where it rounds to non-zero
  };
  // A relu about to be made: max(unit * (sum + start), 0), at most `high`.
  struct ReluForm {
    SumPtr sum;
    mpq_class unit;
    std::optional<mpq_class> high;
    std::int64_t start = 0;
    mpz_class bound, seen;  // largest sum + start: by interval arithmetic, in training
    double fires = 0;       // on so many training samples
    double excess = 0;      // by which the largest of them pass the next, on average
    int shift = 0;
    bool saturates = false;
  };
  struct OutputTrack {
    std::size_t gate = 0;
    double scale = 1, offset = 0;
    std::vector<double> original;
  };

  [[nodiscard]] const Track& track(NodeId node) const;
  // On the first `count` samples; on all.
  [[nodiscard]] std::vector<double> original_sums(const Sum& sum, std::size_t count) const;
  [[nodiscard]] std::vector<double> original_values(const Core& core) const;
  // The original network's sum less the circuit's on each training sample; their rounded mean.
  [[nodiscard]] std::vector<double> training_gaps(const Sum& sum) const;
  [[nodiscard]] mpz_class mean_gap(const Sum& sum) const;
  // The circuit's, largest first.
  [[nodiscard]] std::vector<std::int64_t> training_sums(const Sum& sum) const;

  // `error` grows to the largest distance of a weight from its real value.
  [[nodiscard]] Element round_sum(Interpreter& interpreter, const Element& element,
                                  const mpq_class& step, mpq_class& error) const;
  // Moves weights by other_side (1, -1, or 0: stays) where that narrows the gaps, and back.
  void improve(Sum& sum, std::vector<int>& other_side) const;

  // Returns the gain.
  mpq_class make_sigmoid(Interpreter& interpreter, Core& core);
  void make_relus(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                  const std::string& reader);
  [[nodiscard]] ReluForm relu_form(const Core& core, const std::string& reader) const;
  // Choices of one neuron, and of a layer.
  [[nodiscard]] static int best_shift(const ReluForm& form, std::int64_t levels);
  void choose_shifts(std::vector<ReluForm>& forms, bool one_unit) const;
  void make_relu(Interpreter& interpreter, Core& core, const ReluForm& form);

  DiscretizeOptions options_;
  std::size_t samples_;  // training and report together
  base::Random training_random_, report_random_;
  std::vector<Track> words_, gates_;
  std::vector<OutputTrack> outputs_;
};

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_ROUNDING_HPP
