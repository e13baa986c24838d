// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "report/report.hpp"

namespace gatelight::report {
namespace {

TEST(Approximate, Rationals) {
  EXPECT_EQ(approximate("0"), 0);
  EXPECT_EQ(approximate("-3"), -3);
  EXPECT_EQ(approximate("1/32"), 0.03125);
  EXPECT_EQ(approximate("1/10"), 0.1);
  EXPECT_EQ(approximate("-1/255"), -1.0 / 255);
  EXPECT_EQ(approximate("9007199254740993/9007199254740992"), 1);
}

TEST(Approximate, WhereNumeratorAndDenominatorAreLargerThanAnyDouble) {
  const std::string zeros(400, '0');
  EXPECT_EQ(approximate("3" + zeros + "/2" + zeros), 1.5);
  EXPECT_EQ(approximate("-1/1" + zeros), 0);
}

TEST(Approximate, SquareRoots) {
  EXPECT_EQ(approximate("approx. 1.4142135623731"), 1.4142135623731);
  EXPECT_EQ(approximate("approx. -0.25"), -0.25);
  EXPECT_EQ(approximate("approx. 1.5e-07"), 1.5e-07);
}

TEST(Rounded, ToTheSafeSide) {
  EXPECT_EQ(rounded_down(15.9999, 3), "15.999");
  EXPECT_EQ(rounded_down(16, 3), "16.000");
  EXPECT_EQ(rounded_down(std::nextafter(16.0, 0), 3), "15.999");
  EXPECT_EQ(rounded_down(-0.0001, 3), "-0.001");
  EXPECT_EQ(rounded_up(2925.5491, 2), "2925.55");
  EXPECT_EQ(rounded_up(2925.5501, 2), "2925.56");
  EXPECT_EQ(rounded_up(4, 3), "4.000");
  EXPECT_EQ(rounded_up(std::nextafter(4.0, 5), 3), "4.001");
  EXPECT_EQ(rounded_up(0, 3), "0.000");
  EXPECT_EQ(rounded_up(-1.5, 1), "-1.5");
  EXPECT_EQ(rounded_up(1e15, 2), "1000000000000000.00");
}

// One input of two bits, whose steps are sqrt(2) apart.
EnergyReport with_a_square_root() {
  CircuitBuilder builder("roots");
  const InputId word = builder.add_input({.name = "x", .bits = 2}).value();
  (void)builder.add_gate({.name = "g", .wires = {{Source::word(word), 1}}, .threshold = 3});
  Imported network{std::move(builder).build().value(), "onnx"};
  network.input_meaning.push_back({"approx. 1.4142135623731", "approx. -2.5", 0});
  EnergyReport report{"roots.onnx", network, measure_resources(network.circuit), {}};
  report.energy = measure_energy(network.circuit).value();
  return report;
}

TEST(RealInput, OfASquareRoot) {
  const EnergyReport report = with_a_square_root();
  const auto real = real_input(report.network, InputId{0}, report.energy.witness);
  ASSERT_TRUE(real.has_value());
  EXPECT_DOUBLE_EQ(*real, 3 * 1.4142135623731 - 2.5);
  EXPECT_NE(energy_text(report).find("x = 1.74264  (word 3)"), std::string::npos)
      << energy_text(report);
  EXPECT_NE(energy_json(report).find(R"("witness_real":{"x":1.7426)"), std::string::npos)
      << energy_json(report);
}

}  // namespace
}  // namespace gatelight::report
