// SPDX-License-Identifier: Apache-2.0
//
// Circuits of relu and sigmoid gates: those that fire where threshold gates would, and those that count.
#include <array>

#include "unit/synthesis/expect_construction.hpp"

namespace gatelight {
namespace {

constexpr std::array kinds{GateKind::threshold, GateKind::relu, GateKind::sigmoid};

// The same size, depth, energy and weight as of threshold gates, on the same function.
template <class Wanted>
void expect_any_kind(Wanted wanted, const Function& function) {
  const auto usual = construct(wanted);
  ASSERT_TRUE(usual.ok());
  for (const GateKind kind : kinds) {
    wanted.activation = kind;
    const auto made = construct(wanted);
    expect_exact(made, function);
    if (testing::Test::HasFatalFailure()) return;
    EXPECT_EQ(made->predicted, usual->predicted);
    const auto& gate = made->circuit.gate(GateId{0}).activation;
    EXPECT_EQ(gate.index(), kind == GateKind::threshold ? 0U : kind == GateKind::relu ? 1U : 3U);
  }
}

template <class Wanted>
void expect_any_precision(Wanted wanted, const Function& function) {
  expect_any_kind(wanted, function);
  for (const GateKind kind : {GateKind::relu, GateKind::sigmoid}) {
    for (const std::int64_t precision : {2, 3, 5, 16}) {
      if (testing::Test::HasFatalFailure()) return;
      wanted.activation = kind;
      wanted.precision = precision;
      expect_exact(construct(wanted), function);
    }
  }
}

TEST(Counting, PairsOfAnyPrecision) {
  const auto any = [](const InputBits& bits) { return common(bits) > 0; };
  for (std::int64_t pairs = 1; pairs <= 4; ++pairs) {
    for (std::int64_t depth = 2; depth <= pairs + 1; ++depth) {
      for (std::int64_t energy = 1; (depth - 1) * energy <= pairs; ++energy) {
        expect_any_precision(families::Intersection{pairs, depth, energy + 1}, any);
        expect_any_precision(families::Disjointness{pairs, depth, energy}, std::not_fn(any));
        expect_any_precision(families::Equality{pairs, depth - 1, energy}, equal_halves);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Counting, OneBitOfAnyKind) {
  for (std::int64_t bits = 2; bits <= 6; ++bits) {
    for (std::int64_t width = 1; width <= bits; ++width) {
      expect_any_kind(families::Parity{bits, width}, odd);
      expect_any_kind(families::Modular{.bits = bits, .modulus = 2, .width = width},
                      std::not_fn(odd));
      expect_any_kind(families::ParityBlocks{bits, width}, odd);
      if (HasFatalFailure()) return;
    }
    expect_any_kind(
        families::Symmetric{.values = "011" + std::string(static_cast<std::size_t>(bits - 2), '0')},
        [](const InputBits& x) { return ones(x) == 1 || ones(x) == 2; });
    expect_any_kind(families::Majority{bits}, [](const InputBits& x) {
      return 2 * ones(x) >= static_cast<std::int64_t>(x.size());
    });
  }
  expect_any_kind(families::InnerProduct{4, 2},
                  [](const InputBits& bits) { return common(bits) % 2 != 0; });
  for (const std::int64_t energy : {1, 2}) {
    expect_any_kind(families::Multiplexer{1, energy},
                    [](const InputBits& bits) { return bits[bits[2]] != 0; });
    expect_any_kind(families::TruthTable{.inputs = 3, .hex = "96", .energy = energy}, odd);
  }
}

TEST(Counting, Modular) {
  for (const GateKind kind : {GateKind::relu, GateKind::sigmoid}) {
    for (std::int64_t bits = 2; bits <= 11; ++bits) {
      for (std::int64_t modulus = 2; modulus <= bits; ++modulus) {
        for (std::int64_t residue = 0; residue < modulus; ++residue) {
          expect_exact(construct(families::ModularByCounting{bits, modulus, residue, kind}),
                       [&](const InputBits& x) { return ones(x) % modulus == residue; });
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// The value on every number of ones, up to the largest circuits that are made.
TEST(Counting, ModularOfManyBits) {
  constexpr std::uint64_t seed = 8300;
  base::Random random(seed);
  for (int round = 0; round < generate::scaled(12); ++round) {
    const std::int64_t bits = round < 2 ? 4096 : random.between(100, 3000);
    const std::int64_t modulus = round == 0 ? 2 : random.between(2, round % 2 == 0 ? bits : 20);
    const std::int64_t residue = random.between(0, modulus - 1);
    for (const GateKind kind : {GateKind::relu, GateKind::sigmoid}) {
      const auto made = construct(families::ModularByCounting{bits, modulus, residue, kind});
      ASSERT_TRUE(made.ok()) << made.error().text();
      SCOPED_TRACE(made->circuit.name() + ", seed " + std::to_string(seed));
      InputBits input(static_cast<std::size_t>(bits), 0);
      for (std::size_t k = 0; k <= input.size(); ++k) {
        if (k > 0) input[k - 1] = 1;
        if (k % 7 == 0 || k + 40 > input.size()) {
          expect_value(*made, input, static_cast<std::int64_t>(k) % modulus == residue);
        }
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Counting, InnerProduct) {
  const auto odd_pairs = [](const InputBits& bits) { return common(bits) % 2 != 0; };
  for (std::int64_t pairs = 2; pairs <= 7; ++pairs) {
    for (std::int64_t blocks = 1; blocks <= pairs; ++blocks) {
      expect_exact(construct(families::InnerProductByCounting{pairs, blocks}), odd_pairs);
      if (HasFatalFailure()) return;
    }
  }
}

// Bits of the dividing gate: 12 * 4095^2 > 401^3 >= 12 * 2047^2; and floor(400 / 2) + 1 < 256.
TEST(Counting, KnownPrecision) {
  const auto precision = [](GateKind kind) {
    return construct(families::ModularByCounting{.bits = 400, .activation = kind})
        ->predicted.precision;
  };
  EXPECT_EQ(precision(GateKind::sigmoid), 12);
  EXPECT_EQ(precision(GateKind::relu), 8);
}

TEST(CountingLarge, ProvedByDiagram) {
  expect_large(construct(families::ModularByCounting{.bits = 400}), odd);
  expect_large(construct(families::ModularByCounting{.bits = 400, .activation = GateKind::sigmoid}),
               odd);
  const auto odd_pairs = [](const InputBits& bits) { return common(bits) % 2 != 0; };
  expect_large(construct(families::InnerProductByCounting{50, 10}), odd_pairs);
  expect_large(construct(families::InnerProductByCounting{100, 100}), odd_pairs);
  expect_large(
      construct(families::Intersection{
          .pairs = 50, .depth = 2, .energy = 51, .activation = GateKind::sigmoid, .precision = 4}),
      [](const InputBits& bits) { return common(bits) > 0; });
}

}  // namespace
}  // namespace gatelight
