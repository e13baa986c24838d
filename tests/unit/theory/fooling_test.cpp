// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdio>

#include "base/random.hpp"
#include "gatelight/construct.hpp"
#include "gatelight/theory.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {
namespace {

BooleanFunction function_of(const char* family, const char* parameter, int number) {
  const NamedValue value{parameter, std::to_string(number)};
  const auto made = construct(family, std::vector<NamedValue>{value}).value();
  return BooleanFunction::of_gate(made.circuit, made.circuit.outputs()[0]);
}

// Word by word from the definition: for every two zeros, some two ones have the same sum in every bit.
bool fools(const BooleanFunction& f, const std::vector<InputBits>& zeros) {
  std::vector<InputBits> ones;
  for (std::uint32_t x = 0; x >> f.inputs() == 0; ++x) {
    InputBits input(f.inputs());
    for (std::size_t i = 0; i < input.size(); ++i)
      input[i] = static_cast<std::uint8_t>(x >> i & 1U);
    if (f.value(input)) ones.push_back(std::move(input));
  }
  const auto sum = [](const InputBits& a, const InputBits& b) {
    std::vector<int> result;
    for (std::size_t i = 0; i < a.size(); ++i) result.push_back(a[i] + b[i]);
    return result;
  };
  for (std::size_t i = 0; i < zeros.size(); ++i) {
    if (f.value(zeros[i])) return false;
    for (std::size_t j = 0; j < i; ++j) {
      const bool found = std::ranges::any_of(ones, [&](const InputBits& p) {
        return std::ranges::any_of(
            ones, [&](const InputBits& q) { return sum(p, q) == sum(zeros[i], zeros[j]); });
      });
      if (!found) return false;
    }
  }
  return true;
}

// What the table of known functions says that energy 1 takes.
std::size_t gates_of(const std::string& family, int number) {
  const auto known = known_function(family + ":" + std::to_string(number));
  return static_cast<std::size_t>(known.value().single_size);
}

TEST(Fooling, ParityNeedsAGateForEveryZero) {
  for (int n = 1; n <= 12; ++n) {
    const auto f = function_of("parity", "bits", n);
    const auto set = fooling_set(f).value();
    EXPECT_EQ(set.zeros.size(), std::size_t{1} << (n - 1));
    EXPECT_TRUE(set.largest);
    EXPECT_TRUE(n > 5 || fools(f, set.zeros)) << n;
    EXPECT_EQ(gates_of("parity", n), set.zeros.size());
  }
}

TEST(Fooling, IntersectionNeedsExponentiallyMany) {
  for (int pairs = 1; pairs <= 6; ++pairs) {
    const auto f = function_of("cd", "pairs", pairs);
    const auto set = fooling_set(f).value();
    EXPECT_EQ(gates_of("cd", pairs), std::uint64_t{1} << (pairs - 1));
    EXPECT_EQ(set.zeros.size(), gates_of("cd", pairs)) << pairs;
    EXPECT_TRUE(set.largest) << pairs;
    EXPECT_TRUE(pairs > 3 || fools(f, set.zeros)) << pairs;
  }
}

TEST(Fooling, EqualityNeedsTwo) {
  for (int pairs = 1; pairs <= 6; ++pairs) {
    const auto set = fooling_set(function_of("eq", "pairs", pairs)).value();
    EXPECT_EQ(set.zeros.size(), 2U);
    EXPECT_EQ(gates_of("eq", pairs), 2U);
  }
}

// One gate: any two zeros can be cut off together, so none are linked.
TEST(Fooling, AThresholdFunctionHasOneZeroAtMost) {
  EXPECT_EQ(fooling_set(function_of("majority", "bits", 9)).value().zeros.size(), 1U);
  const auto constant = BooleanFunction::of_table("F", 2).value();
  EXPECT_TRUE(fooling_set(constant).value().zeros.empty());
}

// The largest set of zeros that are linked in pairs, by trying all sets.
std::size_t largest_of(const BooleanFunction& f, std::uint32_t bits) {
  std::vector<InputBits> zeros;
  for (std::uint32_t x = 0; x >> bits == 0; ++x) {
    InputBits input(bits);
    for (std::size_t i = 0; i < bits; ++i) input[i] = static_cast<std::uint8_t>(x >> i & 1U);
    if (!f.value(input)) zeros.push_back(std::move(input));
  }
  std::vector<std::uint32_t> linked(zeros.size());
  for (std::size_t i = 0; i < zeros.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!fools(f, {zeros[i], zeros[j]})) continue;
      linked[i] |= 1U << j;
      linked[j] |= 1U << i;
    }
  }
  std::size_t most = 0;
  for (std::uint32_t set = 0; set >> zeros.size() == 0; ++set) {
    const auto size = static_cast<std::size_t>(std::popcount(set));
    if (size <= most) continue;
    bool all = true;
    for (std::uint32_t i = 0; i < zeros.size() && all; ++i)
      all = (set >> i & 1U) == 0 || (set & ~linked[i]) == 1U << i;
    if (all) most = size;
  }
  return most;
}

TEST(Fooling, IsTheLargestOfSmallFunctions) {
  constexpr std::uint64_t seed = 84;
  base::Random random(seed);
  std::size_t most = 0;
  for (int round = 0; round < generate::scaled(200); ++round) {
    std::string hex;
    for (int digit = 0; digit < 8; ++digit) {
      // More ones than zeros, so that zeros are linked.
      const auto bits = random.below(16) | random.below(16);
      hex += "0123456789ABCDEF"[bits];
    }
    const auto f = BooleanFunction::of_table(hex, 5).value();
    const auto set = fooling_set(f).value();
    ASSERT_TRUE(set.largest);
    ASSERT_TRUE(fools(f, set.zeros)) << hex << ", seed " << seed;
    ASSERT_EQ(set.zeros.size(), largest_of(f, 5)) << hex << ", seed " << seed;
    most = std::max(most, set.zeros.size());
  }
  std::printf("seed %llu: up to %zu zeros\n", static_cast<unsigned long long>(seed), most);
}

// Taking the zero with the most linked ones first gives 4.
TEST(Fooling, GreedIsNotEnough) {
  const auto f = BooleanFunction::of_table("DCDE5E65", 5).value();
  const auto set = fooling_set(f).value();
  EXPECT_EQ(set.zeros.size(), 5U);
  EXPECT_EQ(largest_of(f, 5), 5U);
  EXPECT_TRUE(fools(f, set.zeros));
}

// No circuit of energy 1 has fewer gates: a chain of gates that silence all later ones has no more zeros that are linked.
TEST(Fooling, NoCircuitOfEnergyOneIsSmaller) {
  constexpr std::uint64_t seed = 85;
  base::Random random(seed);
  int circuits = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    // A chain of gates each of which is silenced by all others before it, so that one at most fires.
    CircuitBuilder builder;
    const int bits = static_cast<int>(random.between(2, 4));
    std::vector<Source> x, before;
    for (int i = 0; i < bits; ++i)
      x.push_back(Source::word(builder.add_input({"x" + std::to_string(i)}).value()));
    const auto size = random.between(1, 4);
    for (std::int64_t g = 0; g < size; ++g) {
      GateSpec spec{.name = "g" + std::to_string(g), .threshold = random.between(-2, 2)};
      for (const Source source : x) {
        const std::int64_t weight = random.between(-2, 2);
        if (weight != 0) spec.wires.push_back({source, weight});
      }
      for (const Source source : before) spec.wires.push_back({source, -20});
      before.push_back(Source::gate(builder.add_gate(spec).value()));
    }
    (void)builder.add_output(GateId{static_cast<std::uint32_t>(size - 1)});
    const Circuit circuit = std::move(builder).build().value();
    const auto f = BooleanFunction::of_gate(circuit, circuit.outputs()[0]);
    bool constant = true;
    for (std::uint32_t v = 0; v >> bits == 0; ++v) {
      InputBits input(static_cast<std::size_t>(bits));
      for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = static_cast<std::uint8_t>(v >> i & 1U);
      constant = constant && f.value(input) == f.value(InputBits(input.size()));
    }
    if (constant) continue;
    ++circuits;
    ASSERT_LE(fooling_set(f).value().zeros.size(), static_cast<std::size_t>(size))
        << "seed " << seed << ", round " << round;
  }
  std::printf("seed %llu: %d circuits\n", static_cast<unsigned long long>(seed), circuits);
}

TEST(Fooling, WhatIsNoFoolingSet) {
  const auto f = function_of("parity", "bits", 3);
  EXPECT_TRUE(is_fooling_set(f, {}));
  EXPECT_TRUE(is_fooling_set(f, {{0, 0, 0}, {1, 1, 0}}));
  EXPECT_FALSE(is_fooling_set(f, {{0, 0, 0}, {1, 0, 0}}));  // a one
  EXPECT_FALSE(is_fooling_set(f, {{0, 0, 0}, {0, 0, 0}}));  // twice
  const auto both = BooleanFunction::of_table("8", 2).value();
  EXPECT_FALSE(is_fooling_set(both, {{0, 0}, {0, 1}}));  // not linked
}

TEST(Fooling, WhatIsRefused) {
  EXPECT_EQ(fooling_set(function_of("majority", "bits", 13)).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace gatelight
