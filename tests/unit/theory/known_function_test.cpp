// SPDX-License-Identifier: Apache-2.0
//
// What is said of each known function, against circuits of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "gatelight/construct.hpp"
#include "gatelight/rank.hpp"
#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

KnownFunction known(const std::string& text) { return known_function(text).value(); }

BooleanFunction of(const Result<Construction>& made) {
  return BooleanFunction::of_gate(made.value().circuit, made.value().circuit.outputs()[0]);
}

double log2_rank(const BooleanFunction& f, const Partition& partition) {
  return log2_below(measure_rank(f, partition).value().lower);
}

// The partition of the mux: data bits, which are declared first, are side B.
Partition address_alone(std::int64_t address) {
  Partition partition(std::size_t{1} << address, 1);
  partition.resize(partition.size() + static_cast<std::size_t>(address), 0);
  return partition;
}

TEST(KnownFunction, RanksAreThoseOfCircuits) {
  for (std::int64_t n = 1; n <= 12; ++n) {
    const std::string bits = std::to_string(n);
    const Partition half = halves(static_cast<std::size_t>(n));
    EXPECT_EQ(log2_rank(of(construct(families::Parity{n, {}})), half),
              known("parity:" + bits).log2_rank);
    EXPECT_EQ(log2_rank(of(construct(families::Majority{n})), half),
              known("majority:" + bits).log2_rank);
    for (std::int64_t m = 2; m <= n; ++m) {
      EXPECT_EQ(log2_rank(of(construct(families::Modular{.bits = n, .modulus = m})), half),
                known("mod:" + bits + ":" + std::to_string(m)).log2_rank)
          << n << " modulo " << m;
    }
  }
  for (std::int64_t m = 1; m <= 4; ++m) {
    const std::string pairs = std::to_string(m);
    const Partition half = halves(2 * static_cast<std::size_t>(m));
    EXPECT_EQ(log2_rank(of(construct(families::Disjointness{m, 2, 1})), half),
              known("disj:" + pairs).log2_rank);
    EXPECT_EQ(log2_rank(of(construct(families::InnerProduct{m, 1})), half),
              known("ip:" + pairs).log2_rank);
    EXPECT_EQ(log2_rank(of(construct(families::Multiplexer{m, 1})), address_alone(m)),
              known("mux:" + pairs).log2_rank);
  }
}

// The sum of the absolute eigenvalues of a symmetric matrix, by rotations of two rows and columns at a time.
double trace_norm(std::vector<std::vector<double>> a) {
  for (int sweep = 0; sweep < 30; ++sweep) {
    for (std::size_t p = 0; p < a.size(); ++p) {
      for (std::size_t q = p + 1; q < a.size(); ++q) {
        if (std::abs(a[p][q]) < 1e-14) continue;
        const double angle = std::atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
        const double c = std::cos(angle), s = std::sin(angle);
        for (auto& row : a) {
          const double left = row[p], right = row[q];
          row[p] = c * left - s * right;
          row[q] = s * left + c * right;
        }
        for (std::size_t i = 0; i < a.size(); ++i) {
          const double above = a[p][i], below = a[q][i];
          a[p][i] = c * above - s * below;
          a[q][i] = s * above + c * below;
        }
      }
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i][i]);
  return sum;
}

// gamma_2 is at least the trace norm over the order; what is said of it is no more.
TEST(KnownFunction, GammaTwoIsBelowTheTraceNorm) {
  for (std::size_t m = 1; m <= 5; ++m) {
    const auto pairs = static_cast<std::int64_t>(m);
    const std::size_t order = std::size_t{1} << m;
    const auto mean_of = [&](const BooleanFunction& f) {
      std::vector<std::vector<double>> matrix(order, std::vector<double>(order));
      InputBits input(2 * m);
      for (std::size_t z = 0; z < order * order; ++z) {
        for (std::size_t i = 0; i < 2 * m; ++i) input[i] = static_cast<std::uint8_t>((z >> i) & 1);
        matrix[z % order][z / order] = f.value(input) ? 1 : 0;
      }
      return trace_norm(std::move(matrix)) / static_cast<double>(order);
    };
    const std::string text = std::to_string(m);
    const double disj = std::exp2(known("disj:" + text).log2_gamma2);
    EXPECT_NEAR(disj, mean_of(of(construct(families::Disjointness{pairs, 2, 1}))), 1e-9);
    const double cd = std::exp2(known("cd:" + text).log2_gamma2);
    EXPECT_LE(cd, std::max(1.0, mean_of(of(construct(families::Intersection{pairs, 2, 2})))));
    const double ip = std::exp2(known("ip:" + text).log2_gamma2);
    EXPECT_LE(ip, std::max(1.0, mean_of(of(construct(families::InnerProduct{pairs, 1})))));
    EXPECT_EQ(known("eq:" + text).log2_gamma2, 0);
  }
  EXPECT_NEAR(known("ip:20").log2_gamma2, std::log2(1023.0 / 2), 1e-9);
  EXPECT_NEAR(known("cd:50").log2_gamma2, std::log2(std::pow(1.25, 25) - 1), 1e-9);
}

TEST(KnownFunction, BitsAndSides) {
  EXPECT_EQ(known("cd:7").n, 14U);
  EXPECT_EQ(known("cd:7").side, 7);
  EXPECT_EQ(known("parity:7").n, 7U);
  EXPECT_EQ(known("parity:7").side, 3);
  EXPECT_EQ(known("mux:3").n, 11U);
  EXPECT_EQ(known("mux:3").side, 3);
  EXPECT_EQ(known("mod:7:3").modulus, 3);
  EXPECT_EQ(known("mod:7").n, 14U);
  EXPECT_EQ(known("mod:7").modulus, 7);
  EXPECT_EQ(known("mod:7").log2_rank, known("mod:14:7").log2_rank);
}

void expect_fooling(const BooleanFunction& f, const std::vector<InputBits>& zeros,
                    std::int64_t size) {
  EXPECT_EQ(static_cast<std::int64_t>(zeros.size()), size);
  EXPECT_TRUE(is_fooling_set(f, zeros));
}

std::vector<InputBits> words(std::size_t bits, const std::function<bool(std::uint32_t)>& wanted) {
  std::vector<InputBits> all;
  for (std::uint32_t x = 0; x >> bits == 0; ++x) {
    if (!wanted(x)) continue;
    InputBits word(bits);
    for (std::size_t i = 0; i < bits; ++i) word[i] = static_cast<std::uint8_t>((x >> i) & 1);
    all.push_back(std::move(word));
  }
  return all;
}

// Pairs x_i, y_i of which exactly one is 1, an even number of them x_i.
std::vector<InputBits> even_choices(std::size_t pairs) {
  const std::uint32_t mask = (1U << pairs) - 1;
  return words(2 * pairs, [=](std::uint32_t z) {
    const std::uint32_t x = z & mask, y = z >> pairs;
    return (x ^ y) == mask && std::popcount(x) % 2 == 0;
  });
}

TEST(KnownFunction, EnergyOneNeedsAHalfSpaceForEachZeroOfAFoolingSet) {
  for (std::size_t m = 1; m <= 5; ++m) {
    const auto pairs = static_cast<std::int64_t>(m);
    const std::string text = std::to_string(m);
    expect_fooling(of(construct(families::Intersection{pairs, 2, 2})), even_choices(m),
                   known("cd:" + text).single_size);
    expect_fooling(of(construct(families::InnerProduct{pairs, 1})), even_choices(m),
                   known("ip:" + text).single_size);
    expect_fooling(of(construct(families::Disjointness{pairs, 2, 1})),
                   words(2 * m,
                         [=](std::uint32_t z) {
                           return std::has_single_bit(z & (z >> m)) && std::popcount(z) == 2;
                         }),
                   known("disj:" + text).single_size);
    expect_fooling(of(construct(families::Equality{pairs, 1, 1})),
                   words(2 * m, [=](std::uint32_t z) { return z == 1 || z == 1U << m; }),
                   known("eq:" + text).single_size);
    expect_fooling(of(construct(families::Parity{pairs, {}})),
                   words(m, [](std::uint32_t z) { return std::popcount(z) % 2 == 0; }),
                   known("parity:" + text).single_size);
    if (m > 3) continue;
    // The data bit of the address is 0, all others are 1.
    const std::size_t data = std::size_t{1} << m;
    expect_fooling(of(construct(families::Multiplexer{pairs, 1})),
                   words(data + m,
                         [=](std::uint32_t z) {
                           const std::uint32_t all = (1U << data) - 1;
                           return (z & all) == (all ^ (1U << (z >> data)));
                         }),
                   known("mux:" + text).single_size);
  }
  expect_fooling(of(construct(families::Modular{.bits = 5, .modulus = 2})),
                 words(5, [](std::uint32_t z) { return std::popcount(z) % 2 == 1; }),
                 known("mod:5:2").single_size);
  EXPECT_EQ(known("cd:63").single_size, std::int64_t{1} << 62);
  EXPECT_EQ(known("cd:1000").single_size, std::int64_t{1} << 62);
  EXPECT_EQ(known("majority:9").single_size, 1);
  EXPECT_EQ(known("mod:9:3").single_size, 2);
}

TEST(KnownFunction, OtherNamesAreRefused) {
  for (const char* text : {"parity", "parity:0", "parity:3:3", "mod:1", "mod:-3", "mod:5:1",
                           "mod:5:6", "mod:5:2:1", "mod::2", "mux:21", "mux:0",
                           "majority:", "majority:x", "mod:5:", "parity:1048577", "PARITY:3"}) {
    EXPECT_FALSE(known_function(text).ok()) << text;
  }
}

}  // namespace
}  // namespace gatelight
