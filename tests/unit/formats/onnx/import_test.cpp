// SPDX-License-Identifier: Apache-2.0
//
// Random small networks against a plain evaluation in doubles, which is exact here: every parameter
// is a small dyadic number and variances are squares.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "base/random.hpp"
#include "generate/multiplier.hpp"
#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

struct Layer {
  std::vector<std::vector<double>> weight;  // [in][out]
  std::vector<double> gamma, beta, mean, deviation;
  int kind = 0;  // 0 bipolar, 1 relu and unsigned quant, 2 signed quant, 3 thresholds
  double scale = 1;
  std::vector<double> cuts;
};

double activate(const Layer& layer, std::size_t n, double z) {
  const double x = layer.gamma[n] * (z - layer.mean[n]) / layer.deviation[n] + layer.beta[n];
  switch (layer.kind) {
    case 0:
      return x >= 0 ? layer.scale : -layer.scale;
    case 1:
      return std::nearbyint(std::min(std::max(std::max(x, 0.0) / layer.scale, 0.0), 7.0)) *
             layer.scale;
    case 2:
      return std::nearbyint(std::min(std::max(x / layer.scale, -3.0), 3.0)) * layer.scale;
    default: {
      double count = 0;
      for (const double cut : layer.cuts) count += x >= cut ? 1 : 0;
      return layer.scale * count - 1;
    }
  }
}

std::vector<float> floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

class RandomNetwork {
 public:
  explicit RandomNetwork(base::Random& random) : random_(random) {
    model_.input("raw", {1, 3});
    kind_ = static_cast<int>(random.below(2));
    if (kind_ == 0) {
      model_.bipolar("raw", "t0");
    } else {
      model_.quant("raw", "t0", 0.5F, 0, 2, random.coin(), false);
    }
    std::size_t width = 3;
    for (int l = 1; l <= 2; ++l)
      width = add_layer(width, "t" + std::to_string(l - 1), "t" + std::to_string(l));
    model_.output("t1").output("t2");
  }

  std::vector<std::vector<double>> activations(std::vector<double> x) const {
    std::vector<std::vector<double>> result;
    for (const Layer& layer : layers_) {
      std::vector<double> y;
      for (std::size_t n = 0; n < layer.gamma.size(); ++n) {
        double z = 0;
        for (std::size_t i = 0; i < x.size(); ++i) z += x[i] * layer.weight[i][n];
        y.push_back(activate(layer, n, z));
      }
      result.push_back(y);
      x = y;
    }
    return result;
  }

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  [[nodiscard]] double input_value(std::int64_t word) const {
    return kind_ == 0 ? (word != 0 ? 1 : -1) : 0.5 * static_cast<double>(word);
  }

 private:
  double draw() { return static_cast<double>(random_.between(-6, 6)) / 4; }

  std::size_t add_layer(std::size_t in, const std::string& from, const std::string& to) {
    const std::size_t out = 1 + random_.below(4);
    Layer layer;
    std::vector<float> flat;
    for (std::size_t i = 0; i < in; ++i) {
      layer.weight.emplace_back();
      for (std::size_t n = 0; n < out; ++n) {
        layer.weight.back().push_back(draw());
        flat.push_back(static_cast<float>(layer.weight.back().back()));
      }
    }
    std::vector<double> variance;
    for (std::size_t n = 0; n < out; ++n) {
      layer.gamma.push_back(draw());
      layer.beta.push_back(draw());
      layer.mean.push_back(draw());
      layer.deviation.push_back(std::ldexp(1.0, static_cast<int>(random_.between(-1, 2))));
      variance.push_back(layer.deviation.back() * layer.deviation.back());
    }
    layer.kind = static_cast<int>(random_.below(4));
    layer.scale = std::ldexp(1.0, static_cast<int>(random_.between(-2, 1)));
    const Dims channels{static_cast<std::int64_t>(out)};
    model_.constant(to + ".w", {static_cast<std::int64_t>(in), channels[0]}, flat);
    model_.node("MatMul", {from, to + ".w"}, to + ".z");
    model_.constant(to + ".g", channels, floats(layer.gamma))
        .constant(to + ".b", channels, floats(layer.beta));
    model_.constant(to + ".m", channels, floats(layer.mean))
        .constant(to + ".v", channels, floats(variance));
    model_.node("BatchNormalization", {to + ".z", to + ".g", to + ".b", to + ".m", to + ".v"},
                to + ".n");
    model_.with("epsilon", 0.0);
    const auto scale = static_cast<float>(layer.scale);
    switch (layer.kind) {
      case 0:
        model_.bipolar(to + ".n", to, scale);
        break;
      case 1:
        model_.node("Relu", {to + ".n"}, to + ".r").quant(to + ".r", to, scale, 0, 3, false, false);
        break;
      case 2:
        model_.quant(to + ".n", to, scale, 0, 3, true, true);
        break;
      default:
        layer.cuts = {draw(), draw(), draw()};
        model_.constant(to + ".t", {1, 3}, floats(layer.cuts))
            .node("MultiThreshold", {to + ".n", to + ".t"}, to);
        model_.with("out_scale", layer.scale).with("out_bias", -1.0);
    }
    layers_.push_back(std::move(layer));
    return out;
  }

  base::Random& random_;
  Model model_;
  int kind_ = 0;
  std::vector<Layer> layers_;
};

TEST(OnnxImport, RandomNetworksAgreeOnEveryInputAndEveryGate) {
  base::Random random(29);
  for (int round = 0; round < generate::scaled(300); ++round) {
    const RandomNetwork network(random);
    const auto result = network.model().import();
    ASSERT_TRUE(result.ok()) << "round " << round << ": " << result.error().text();
    std::size_t neurons = 0;
    for (const Layer& layer : network.layers()) neurons += layer.gamma.size();
    ASSERT_EQ(result->circuit.gate_count(), neurons);
    for (const auto& words : all_words(result->circuit)) {
      std::vector<double> x;
      for (const std::int64_t word : words) x.push_back(network.input_value(word));
      const auto expected = network.activations(x);
      const std::vector<double> found = real_outputs(*result, words);
      const auto values = evaluate(result->circuit, bits_of(result->circuit, words));
      std::size_t g = 0;
      for (std::size_t l = 0; l < expected.size(); ++l) {
        const bool bipolar = network.layers()[l].kind == 0;
        // Two thresholds can coincide, so a threshold layer may be bipolar too: check reals only.
        const bool thresholds = network.layers()[l].kind == 3;
        for (const double real : expected[l]) {
          ASSERT_NEAR(found[g], real, 1e-12) << "round " << round << " gate " << g;
          if (!thresholds) {
            ASSERT_EQ(values[g] != 0, bipolar ? real > 0 : real != 0) << round;
          }
          ++g;
        }
      }
    }
  }
}

TEST(OnnxImport, TheBundledNetwork) {
  std::ifstream file("examples/iris/iris.onnx", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto network = import_onnx(bytes);
  ASSERT_TRUE(network.ok()) << network.error().text();
  EXPECT_EQ(network->circuit.bit_count(), 32U);
  EXPECT_EQ(network->circuit.inputs()[0].name, "sepal_length_cm");
  EXPECT_EQ(network->circuit.outputs().size(), 3U);
  EXPECT_EQ(network->input_meaning[0].scale, "1/32");
}

TEST(OnnxImport, IncommensurableScalesAreNotMixed) {
  Model model;
  model.input("raw", {1, 2})
      .bipolar("raw", "x")
      .constant("s", {2}, {2, 3})
      .node("Sqrt", {"s"}, "r");
  model.constant("w", {2, 1}, {1, 1}).node("Mul", {"x", "r"}, "m").node("MatMul", {"m", "w"}, "y");
  const auto result = model.output("y").import();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::unsupported);
  EXPECT_NE(result.error().text().find("square roots"), std::string::npos);
}

}  // namespace
}  // namespace gatelight::testing_onnx
