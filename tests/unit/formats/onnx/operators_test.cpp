// SPDX-License-Identifier: Apache-2.0
//
// Every operator on every value of small quantized inputs: the circuit's outputs, read through
// their meaning, are what the operator's definition says in doubles (exact here: all numbers are
// dyadic).
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "unit/formats/onnx/model.hpp"

namespace gatelight::testing_onnx {
namespace {

using Function = std::function<std::vector<double>(const std::vector<double>&)>;

// Inputs x [1,3] quantized to -4..3 as "x"; the network ends in tensor "y".
Model start() {
  Model model;
  model.input("raw", {1, 3}).quant("raw", "x", 1, 0, 3, true, false);
  return model;
}

void expect_computes(Model& model, const Function& function) {
  const auto network = model.output("y").import();
  ASSERT_TRUE(network.ok()) << network.error().text();
  for (const auto& words : all_words(network->circuit)) {
    const std::vector<double> x(words.begin(), words.end());
    const std::vector<double> expected = function(x);
    const std::vector<double> found = real_outputs(*network, words);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-12);
  }
}

void expect_refused(Model& model, const std::string& part) {
  const auto result = model.output("y").import();
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().text().find(part), std::string::npos) << result.error().text();
}

TEST(OnnxOperators, MatMul) {
  Model model = start();
  model.constant("w", {3, 2}, {1, -2, 0, 0.5F, 3, 1}).node("MatMul", {"x", "w"}, "y");
  expect_computes(model, [](const auto& x) {
    return std::vector{x[0] + 3 * x[2], -2 * x[0] + 0.5 * x[1] + x[2]};
  });
}

TEST(OnnxOperators, MatMulWithTheConstantOnTheLeft) {
  Model model = start();
  model.node("Transpose", {"x"}, "t")
      .constant("w", {1, 3}, {1, -2, 4})
      .node("MatMul", {"w", "t"}, "y");
  expect_computes(model, [](const auto& x) { return std::vector{x[0] - 2 * x[1] + 4 * x[2]}; });
}

TEST(OnnxOperators, MatMulOfAVector) {
  Model model = start();
  model.integers("s", {1}, {3}).node("Reshape", {"x", "s"}, "v");
  model.constant("w", {2, 3}, {1, 2, 3, -1, 0, 1}).node("MatMul", {"w", "v"}, "y");
  expect_computes(model, [](const auto& x) {
    return std::vector{x[0] + 2 * x[1] + 3 * x[2], x[2] - x[0]};
  });
}

TEST(OnnxOperators, Gemm) {
  Model model = start();
  model.constant("w", {2, 3}, {1, -2, 0, 0.5F, 3, 1}).constant("c", {2}, {4, -1});
  model.node("Gemm", {"x", "w", "c"}, "y").with("transB", 1).with("alpha", 0.5).with("beta", 2.0);
  expect_computes(model, [](const auto& x) {
    return std::vector{0.5 * (x[0] - 2 * x[1]) + 8, 0.5 * (0.5 * x[0] + 3 * x[1] + x[2]) - 2};
  });
  Model left = start();
  left.node("Transpose", {"x"}, "t").constant("w", {3, 1}, {1, 2, 3});
  left.node("Gemm", {"t", "w"}, "y").with("transA", 1);
  expect_computes(left, [](const auto& x) { return std::vector{x[0] + 2 * x[1] + 3 * x[2]}; });
}

TEST(OnnxOperators, ArithmeticWithConstants) {
  Model model = start();
  model.constant("a", {3}, {1, 2, 3}).constant("b", {1, 1}, {0.5F}).constant("c", {}, {-2});
  model.node("Add", {"x", "a"}, "s").node("Mul", {"b", "s"}, "m").node("Sub", {"c", "m"}, "d");
  model.node("Div", {"d", "c"}, "e").node("Neg", {"e"}, "y");
  expect_computes(model, [](const auto& x) {
    std::vector<double> y;
    for (int i = 0; i < 3; ++i)
      y.push_back(-(-2 - 0.5 * (x[static_cast<std::size_t>(i)] + i + 1)) / -2);
    return y;
  });
}

TEST(OnnxOperators, SumsOfTwoValues) {
  Model model = start();
  model.constant("w", {3, 3}, {1, 2, 0, 0, 1, 0, 0, 0, 4}).node("MatMul", {"x", "w"}, "m");
  model.node("Sub", {"m", "x"}, "d").node("Add", {"d", "m"}, "y");
  expect_computes(model, [](const auto& x) {
    return std::vector{2 * x[0] - x[0], 2 * (2 * x[0] + x[1]) - x[1], 8 * x[2] - x[2]};
  });
}

TEST(OnnxOperators, BatchNormalization) {
  Model model = start();
  // variance + epsilon = 4, 1/4, 16
  model.constant("g", {3}, {1, -3, 2})
      .constant("b", {3}, {0, 1, 0.5F})
      .constant("m", {3}, {1, 0, -2});
  model.constant("v", {3}, {3.75F, 0, 15.75F});
  model.node("BatchNormalization", {"x", "g", "b", "m", "v"}, "y").with("epsilon", 0.25);
  expect_computes(model, [](const auto& x) {
    return std::vector{(x[0] - 1) / 2, -3 * x[1] / 0.5 + 1, 2 * (x[2] + 2) / 4 + 0.5};
  });
}

TEST(OnnxOperators, ShapesMoveElements) {
  Model model = start();
  model.node("Identity", {"x"}, "i").node("Dropout", {"i"}, "d").node("Flatten", {"d"}, "f");
  model.node("Cast", {"f"}, "c").with("to", 1);
  model.integers("shape", {3}, {0, -1, 1}).node("Reshape", {"c", "shape"}, "r");
  model.node("Transpose", {"r"}, "t").with("perm", Dims{1, 0, 2});
  model.node("Squeeze", {"t"}, "q").with("axes", Dims{2});
  model.integers("axes", {1}, {0}).node("Unsqueeze", {"q", "axes"}, "u");
  model.integers("from", {1}, {1}).integers("to", {1}, {3}).integers("axis", {1}, {1});
  model.node("Slice", {"u", "from", "to", "axis"}, "s");
  model.integers("pick", {2}, {1, -2}).node("Gather", {"s", "pick"}, "g").with("axis", 1);
  model.node("Concat", {"g", "s"}, "y").with("axis", 1);
  expect_computes(model, [](const auto& x) { return std::vector{x[2], x[1], x[1], x[2]}; });
}

TEST(OnnxOperators, ShapeArithmeticOnConstants) {
  Model model = start();
  model.integers("zero", {}, {0}).integers("one", {1}, {-1}).integers("seven", {1}, {7});
  model.integers("two", {1}, {2});
  model.node("Shape", {"x"}, "s").node("Gather", {"s", "zero"}, "n");
  model.node("Unsqueeze", {"n"}, "u").with("axes", Dims{0});
  model.node("Div", {"seven", "two"}, "three");  // truncates: 3
  model.node("ConstantOfShape", {"one_long"}, "pad").integers("one_long", {1}, {0});
  model.node("Concat", {"u", "pad", "three"}, "to")
      .with("axis", 0)
      .node("Reshape", {"x", "to"}, "y");
  expect_computes(model, [](const auto& x) { return x; });
}

TEST(OnnxOperators, RootsOfConstants) {
  Model model = start();
  model.constant("v", {3}, {4, 16, 0.25F})
      .constant("half", {}, {0.5F})
      .node("Pow", {"v", "half"}, "p");
  model.node("Sqrt", {"v"}, "s").node("Mul", {"p", "s"}, "v2").node("Div", {"x", "v2"}, "d");
  model.node("Div", {"d", "s"}, "y");
  expect_computes(model, [](const auto& x) {
    return std::vector{x[0] / 8, x[1] / 64, x[2] / 0.125};
  });
}

TEST(OnnxOperators, ReluAndClipOfIntegersAreExactGates) {
  Model model = start();
  model.constant("w", {3, 2}, {1, 0.5F, 1, -0.5F, 2, 1}).constant("b", {2}, {0.25F, -0.5F});
  model.node("MatMul", {"x", "w"}, "m").node("Add", {"m", "b"}, "z").node("Relu", {"z"}, "r");
  model.constant("low", {}, {0}).constant("high", {}, {3}).node("Clip", {"r", "low", "high"}, "y");
  expect_computes(model, [](const auto& x) {
    const auto clip = [](double v) { return std::min(std::max(v, 0.0), 3.0); };
    return std::vector{clip(x[0] + x[1] + 2 * x[2] + 0.25),
                       clip(0.5 * x[0] - 0.5 * x[1] + x[2] - 0.5)};
  });
  Model signed_clip = start();
  signed_clip.constant("w", {3, 1}, {1, 1, -2}).node("MatMul", {"x", "w"}, "z");
  signed_clip.node("Clip", {"z"}, "y").with("min", -1.5).with("max", 2.0);
  expect_computes(signed_clip, [](const auto& x) {
    return std::vector{std::min(std::max(x[0] + x[1] - 2 * x[2], -1.5), 2.0)};
  });
}

TEST(OnnxOperators, SignAndQuantizers) {
  Model model = start();
  model.constant("w", {3, 3}, {1, 0.5F, -1, 1, 0.25F, 2, -1, 1, 0}).node("MatMul", {"x", "w"}, "z");
  model.node("Sign", {"z"}, "s")
      .quant("z", "q", 0.5F, 1, 3, true, false, "FLOOR")
      .bipolar("z", "b", 3);
  model.node("Concat", {"s", "q", "b"}, "y").with("axis", 1);
  expect_computes(model, [](const auto& x) {
    const double z[3] = {x[0] + x[1] - x[2], 0.5 * x[0] + 0.25 * x[1] + x[2], -x[0] + 2 * x[1]};
    std::vector<double> y;
    for (const double v : z) y.push_back((v > 0) - (v < 0));
    for (const double v : z)
      y.push_back((std::floor(std::min(std::max(v / 0.5 + 1, -4.0), 3.0)) - 1) * 0.5);
    for (const double v : z) y.push_back(v >= 0 ? 3 : -3);
    return y;
  });
}

TEST(OnnxOperators, QuantPerChannelAndMultiThreshold) {
  Model model = start();
  model.constant("w", {3, 2}, {1, 1, 1, -1, 1, 1}).node("MatMul", {"x", "w"}, "z");
  model.constant("scale", {2}, {1, 0.5F}).constant("zero", {1, 1}, {0}).constant("bits", {}, {2});
  model.node("Quant", {"z", "scale", "zero", "bits"}, "q").with("signed", 0).with("narrow", 0);
  model.constant("t", {2, 3}, {0, 1, 4, 7, -2, -2});
  model.node("MultiThreshold", {"z", "t"}, "m").with("out_scale", 2.0).with("out_bias", -2.0);
  model.node("Concat", {"q", "m"}, "y").with("axis", 1);
  expect_computes(model, [](const auto& x) {
    const double a = x[0] + x[1] + x[2];
    const double b = x[0] - x[1] + x[2];
    const auto quant = [](double v, double s) {
      return std::nearbyint(std::min(std::max(v / s, 0.0), 3.0)) * s;
    };
    return std::vector<double>{quant(a, 1), quant(b, 0.5),
                               2.0 * ((a >= 0) + (a >= 1) + (a >= 4)) - 2,
                               2.0 * ((b >= 7) + 2 * (b >= -2)) - 2};
  });
}

TEST(OnnxOperators, SigmoidThenQuant) {
  Model model = start();
  model.constant("w", {3, 1}, {0.5F, 0.25F, -0.5F}).node("MatMul", {"x", "w"}, "z");
  model.node("Sigmoid", {"z"}, "s").quant("s", "y", 0.125F, 0, 3, false, false);
  expect_computes(model, [](const auto& x) {
    const double z = 0.5 * x[0] + 0.25 * x[1] - 0.5 * x[2];
    return std::vector{std::nearbyint(std::min(8 / (1 + std::exp(-z)), 7.0)) / 8};
  });
}

TEST(OnnxOperators, SoftmaxAndArgMaxAtTheOutputAreLeftOut) {
  for (const char* op : {"Softmax", "LogSoftmax", "ArgMax"}) {
    Model model = start();
    model.node(op, {"x"}, "y");
    expect_computes(model, [](const auto& x) { return x; });
    Model inside = start();
    inside.node(op, {"x"}, "s").node("Neg", {"s"}, "y");
    expect_refused(inside, "at the output only");
  }
}

TEST(OnnxOperators, OldBroadcastFromTheLeft) {
  Model model = start();
  model.integers("shape", {3}, {1, 3, 1})
      .node("Reshape", {"x", "shape"}, "r")
      .constant("b", {3}, {1, 2, 3});
  model.node("Add", {"r", "b"}, "y").with("axis", 1).with("broadcast", 1);
  expect_computes(model, [](const auto& x) { return std::vector{x[0] + 1, x[1] + 2, x[2] + 3}; });
}

TEST(OnnxOperators, Refusals) {
  const auto refuse = [](const std::string& part, const std::function<void(Model&)>& add) {
    Model model = start();
    model.constant("c", {3}, {1, 0, 2}).constant("w", {2, 2}, {1, 1, 1, 1});
    add(model);
    expect_refused(model, part);
  };
  refuse("node \"#y\" (Mul): combines two values", [](Model& m) {
    m.node("Mul", {"x", "x"}, "y");
  });
  refuse("node \"#y\" (Div): divides by zero", [](Model& m) { m.node("Div", {"x", "c"}, "y"); });
  refuse("divides by a value", [](Model& m) { m.node("Div", {"c", "x"}, "y"); });
  refuse("do not fit", [](Model& m) { m.node("MatMul", {"x", "w"}, "y"); });
  refuse("do not fit", [](Model& m) { m.node("Add", {"x", "w"}, "y"); });
  refuse("input 1 is missing", [](Model& m) { m.node("Add", {"x"}, "y"); });
  refuse("must be constant", [](Model& m) { m.node("Sqrt", {"x"}, "y"); });
  refuse("negative number", [](Model& m) {
    m.constant("n", {}, {-1}).node("Sqrt", {"n"}, "r").node("Add", {"x", "r"}, "y");
  });
  refuse("does not fit into", [](Model& m) {
    m.integers("s", {1}, {4}).node("Reshape", {"x", "s"}, "y");
  });
  refuse("not a permutation", [](Model& m) {
    m.node("Transpose", {"x"}, "y").with("perm", Dims{0, 0});
  });
  refuse("wrong way round",
         [](Model& m) { m.node("Clip", {"x"}, "y").with("min", 1.0).with("max", 0.0); });
  refuse("rounding mode \"ODD\"", [](Model& m) { m.quant("x", "y", 1, 0, 3, true, true, "ODD"); });
  refuse("its scale is zero", [](Model& m) { m.quant("x", "y", 0, 0, 3, true, true); });
  refuse("bit width", [](Model& m) { m.quant("x", "y", 1, 0, 2.5F, true, true); });
  refuse("not positive", [](Model& m) {
    m.constant("v", {3}, {1, -1, 1});
    m.node("BatchNormalization", {"x", "c", "c", "c", "v"}, "y").with("epsilon", 0.5);
  });
  refuse("channels", [](Model& m) {
    m.node("BatchNormalization", {"x", "w", "w", "w", "w"}, "y");
  });
  refuse("never quantized", [](Model& m) {
    m.constant("k", {3, 1}, {1, 1, 1}).node("MatMul", {"x", "k"}, "z").node("Sigmoid", {"z"}, "y");
  });
}

}  // namespace
}  // namespace gatelight::testing_onnx
