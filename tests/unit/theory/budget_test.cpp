// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "gatelight/construct.hpp"
#include "gatelight/theory.hpp"
#include "generate/families.hpp"

namespace gatelight {
namespace {

TEST(Budget, RanksOfKnownFunctions) {
  EXPECT_EQ(known_function("cd:4").value().n, 8U);
  EXPECT_NEAR(known_function("cd:4").value().log2_rank, std::log2(15.0), 1e-12);
  EXPECT_NEAR(known_function("ip:3").value().log2_rank, std::log2(7.0), 1e-12);
  EXPECT_EQ(known_function("eq:5").value().log2_rank, 5.0);
  EXPECT_EQ(known_function("disj:5").value().log2_rank, 5.0);
  EXPECT_EQ(known_function("cd:1").value().log2_rank, 0.0);
  // Below the exact logarithm, and not by much.
  for (const char* text : {"cd:50", "cd:62", "cd:63", "cd:64", "cd:1000", "cd:1048576"}) {
    const auto function = known_function(text).value();
    EXPECT_LT(function.log2_rank, static_cast<double>(function.n) / 2) << text;
    EXPECT_GT(function.log2_rank, static_cast<double>(function.n) / 2 - 1e-9) << text;
  }
}

// The circuits of the generators compute these functions, with the ranks that are claimed.
TEST(Budget, TheRanksAreThoseOfCircuits) {
  for (int m = 1; m <= 5; ++m) {
    const auto rank = [&](const Circuit& circuit) {
      const auto f = BooleanFunction::of_gate(circuit, circuit.outputs()[0]);
      return log2_below(measure_rank(f, halves(2 * static_cast<std::size_t>(m))).value().lower);
    };
    const std::string pairs = std::to_string(m);
    EXPECT_EQ(rank(generate::disjointness(m, m)), known_function("cd:" + pairs).value().log2_rank);
    EXPECT_EQ(rank(generate::equality(m, m, false)),
              known_function("eq:" + pairs).value().log2_rank);
  }
}

// Where the ranks are the largest of all partitions, the search for the best one finds the same.
TEST(Budget, TheLargestRanksAreThoseOfCircuits) {
  const auto best = [](const Circuit& circuit) {
    const auto f = BooleanFunction::of_gate(circuit, circuit.outputs()[0]);
    const auto rank = best_rank(f).value();
    EXPECT_TRUE(rank.exact());
    return log2_below(rank.best.lower);
  };
  const auto known = [](const char* family, int number) {
    return known_function(family + std::to_string(number)).value();
  };
  for (int n = 1; n <= 8; ++n) {
    EXPECT_EQ(best(construct(families::Parity{n})->circuit), known("parity:", n).log2_rank) << n;
    EXPECT_EQ(best(construct(families::Majority{n})->circuit), known("majority:", n).log2_rank)
        << n;
    EXPECT_EQ(known("majority:", n).n, static_cast<std::size_t>(n));
  }
  for (int m = 2; m <= 5; ++m) {
    const auto made = construct(families::Modular{2 * m, m}).value();
    EXPECT_EQ(best(made.circuit), known("mod:", m).log2_rank) << m;
    EXPECT_EQ(known("mod:", m).n, made.circuit.bit_count());
  }
  for (int address = 1; address <= 3; ++address) {
    const auto made = construct(families::Multiplexer{address, 1}).value();
    EXPECT_EQ(best(made.circuit), known("mux:", address).log2_rank) << address;
    EXPECT_EQ(known("mux:", address).n, made.circuit.bit_count());
  }
}

TEST(Budget, OtherNamesAreRefused) {
  for (const char* text : {"", "cd", "cd:", "cd:0", "cd:-1", "cd:1048577", "cd:3x", "cd: 3", "xy:3",
                           ":3", "mux:21", "mux:0", "majority:0", "cd:99999999999999999999"}) {
    EXPECT_FALSE(known_function(text).ok()) << text;
  }
}

// The answer is enough, and one less is not.
TEST(Budget, TheNumberLeftOutIsTheLeast) {
  const auto f = known_function("cd:300").value();
  const auto check = [&](Budget budget, std::optional<std::int64_t> Budget::*open,
                         std::int64_t BudgetAnswer::*at, std::int64_t least) {
    const auto answer = ask_budget(f, budget).value();
    EXPECT_TRUE(answer.possible);
    EXPECT_GE(answer.rhs, f.log2_rank);
    EXPECT_GT(answer.*at, least);
    budget.*open = answer.*at - 1;
    const auto less = ask_budget(f, budget).value();
    EXPECT_FALSE(less.possible);
    EXPECT_LT(less.rhs, f.log2_rank);
  };
  check({.s = 64, .d = 4, .e = {}, .w = 8}, &Budget::e, &BudgetAnswer::e, 0);
  check({.s = 64, .d = {}, .e = 4, .w = 8}, &Budget::d, &BudgetAnswer::d, 2);
  check({.s = {}, .d = 4, .e = 4, .w = 8}, &Budget::s, &BudgetAnswer::s, 2);
  check({.s = 64, .d = 4, .e = 4, .w = {}}, &Budget::w, &BudgetAnswer::w, 1);
}

// 16 <= e * 4 * (log2 1024 + log2 1 + log2 32) = 60 e, 32 = 2 * 16.
TEST(Budget, ByHand) {
  const auto f = known_function("eq:16").value();
  EXPECT_EQ(ask_budget(f, {.s = 1024, .d = 4, .e = {}, .w = 1}).value().e, 1);
  EXPECT_EQ(ask_budget(f, {.s = 1024, .d = 4, .e = 1, .w = 1}).value().rhs, 60.0);
  // 2 * 1 * (log2 s + 5) >= 16 from s = 8 on, exactly.
  EXPECT_EQ(ask_budget(f, {.s = {}, .d = 2, .e = 1, .w = 1}).value().s, 8);
  EXPECT_EQ(ask_budget(f, {.s = 2, .d = 2, .e = 1, .w = {}}).value().w, 4);
}

TEST(Budget, WhatNoNumberMakesPossible) {
  const auto f = known_function("eq:1000").value();
  EXPECT_FALSE(ask_budget(f, {.s = {}, .d = 2, .e = 1, .w = 1}).value().possible);
  EXPECT_FALSE(ask_budget(f, {.s = 9, .d = {}, .e = 0, .w = 1}).value().possible);
  EXPECT_FALSE(ask_budget(f, {.s = 9, .d = 2, .e = {}, .w = {}}).ok());
  EXPECT_FALSE(ask_budget(f, {.s = 1, .d = 2, .e = 1, .w = {}}).ok());
  EXPECT_FALSE(ask_budget(f, {.s = 9, .d = 1, .e = 1, .w = {}}).ok());
  EXPECT_FALSE(ask_budget(f, {.s = 9, .d = 2, .e = -1, .w = {}}).ok());
}

}  // namespace
}  // namespace gatelight
