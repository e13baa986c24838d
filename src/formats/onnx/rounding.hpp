// SPDX-License-Identifier: Apache-2.0
//
// The choices that turn a real-valued network into fixed point, and the samples that judge them.
#ifndef GATELIGHT_FORMATS_ONNX_ROUNDING_HPP
#define GATELIGHT_FORMATS_ONNX_ROUNDING_HPP

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
  // Rounds the weights of all sums in a tensor, with one power-of-two scale.
  [[nodiscard]] Tensor round_layer(Interpreter& interpreter, const Tensor& tensor,
                                   const std::string& where);
  // Makes the cores (a relu or sigmoid on a sum) gates, with one shift.
  void make_layer(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                  const std::string& reader);

  // Follows the samples through what was just added.
  void word_added(const Network& network, NodeId word);
  void gate_added(const Network& network, const Core& core);
  void output_added(const Network& network, const Element& element, NodeId gate);

  // Compares the circuit with the original network on the samples.
  void report(const Network& network, Discretized& result) const;

 private:
  // One input word or gate on every sample: in the circuit, and in the original network measured in
  // the same unit (so a real number).
  struct Track {
    std::vector<std::int64_t> value;
    std::vector<double> original;
    mpq_class unit;           // the real size of one step
    bool is_rounded = false;  // the original fires where it rounds to non-zero
  };
  struct OutputTrack {
    std::size_t gate = 0;
    double scale = 1, offset = 0;
    std::vector<double> original;
  };

  [[nodiscard]] const Track& track(NodeId node) const;
  [[nodiscard]] std::vector<double> original_sums(const Sum& sum) const;
  [[nodiscard]] std::vector<double> original_values(const Core& core) const;
  [[nodiscard]] std::vector<std::int64_t> sampled_sums(const Sum& sum) const;
  void make_relus(Interpreter& interpreter, const std::vector<CorePtr>& cores,
                  const std::string& reader);
  void make_sigmoid(Interpreter& interpreter, Core& core);

  DiscretizeOptions options_;
  std::size_t samples_;
  base::Random random_;
  std::vector<Track> words_, gates_;
  std::vector<OutputTrack> outputs_;
};

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_ROUNDING_HPP
