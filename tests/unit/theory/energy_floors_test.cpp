// SPDX-License-Identifier: Apache-2.0
#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/random.hpp"
#include "gatelight/theory.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {
namespace {

using Floors = std::map<std::string, std::optional<std::int64_t>>;

Floors floors(const std::string& function, const ShapeLimits& limits) {
  Floors all;
  for (const EnergyFloor& floor : energy_floors(known_function(function).value(), limits)) {
    all[floor.name] = floor.energy;
  }
  return all;
}

mpz_class binomial(std::int64_t n, std::int64_t k) {
  if (k < 0 || k > n) return 0;
  mpz_class result;
  mpz_bin_uiui(result.get_mpz_t(), static_cast<unsigned long>(n), static_cast<unsigned long>(k));
  return result;
}

// Theorem 2 with all gates alike, level by level, before any of the steps that make it a closed form:
// the sum over q_1 + ... + q_L <= a of the product of sums over t of C(s_l, t) C(t, q) D^t, for the best split
// of the gates over the levels, tried one by one.
class Patterns {
 public:
  Patterns(std::int64_t energy, mpz_class rows) : energy_(energy), rows_(std::move(rows)) {}

  mpz_class largest(std::int64_t gates, std::int64_t levels) {
    std::vector<std::int64_t> sizes;
    mpz_class best = 0;
    split(gates, levels, sizes, best);
    return best;
  }

 private:
  void split(std::int64_t gates, std::int64_t levels, std::vector<std::int64_t>& sizes,
             mpz_class& best) {
    if (levels == 0) {
      best = std::max(best, mpz_class(rows_ * sum(sizes, 0, 0)));
      return;
    }
    for (std::int64_t here = levels == 1 ? gates : 0; here <= gates; ++here) {
      sizes.push_back(here);
      split(gates - here, levels - 1, sizes, best);
      sizes.pop_back();
    }
  }
  mpz_class sum(const std::vector<std::int64_t>& sizes, std::size_t level, std::int64_t fired) {
    if (level == sizes.size()) return 1;
    mpz_class total = 0;
    for (std::int64_t q = 0; fired + q <= energy_ - 1; ++q) {
      mpz_class here = 0, power = 1;
      for (std::int64_t t = 0; t <= energy_ - fired; ++t, power *= rows_) {
        here += binomial(sizes[level], t) * binomial(t, q) * power;
      }
      if (here != 0) total += here * sum(sizes, level + 1, fired + q);
    }
    return total;
  }
  std::int64_t energy_;
  mpz_class rows_;
};

// Whatever the theorem leaves possible, so does the closed form; with one level
// below the output they agree.
TEST(EnergyFloors, FedGatesIsAClosedFormOfTheoremTwo) {
  for (std::int64_t levels = 0; levels <= 3; ++levels) {
    for (std::int64_t size = 1; size <= 9; ++size) {
      for (std::int64_t pairs = 4; pairs <= 40; pairs += 3) {
        const ShapeLimits limits{.size = size, .depth = levels + 1, .weight = 2};
        const auto floor = floors("eq:" + std::to_string(pairs), limits).at("fed gates");
        const mpz_class rank = mpz_class(1) << static_cast<unsigned>(pairs);
        const auto refuted = [&](std::int64_t energy) {
          return Patterns(energy, 2 * pairs + 1).largest(size - 1, levels) < rank;
        };
        std::int64_t exact = 1;
        while (exact <= size && refuted(exact)) ++exact;
        const std::int64_t shown = floor.value_or(size + 1);
        EXPECT_LE(shown, exact) << pairs << " pairs, size " << size << ", levels " << levels;
        if (levels > 1) continue;
        EXPECT_EQ(shown, exact) << pairs << " pairs, size " << size;
      }
    }
  }
}

TEST(EnergyFloors, ByHand) {
  // D = 1025, 2^64 - 1 between D (1 + 2 * 4095 D ...) for energy 2 and the sum for energy 3.
  const Floors two = floors("cd:64", {.size = 4096, .depth = 2, .weight = 16});
  EXPECT_EQ(two.at("theorem"), 2);  // 64 / (2 * (12 + 4 + 7))
  EXPECT_EQ(two.at("fed gates"), 3);
  EXPECT_EQ(two.at("energy one"), 2);
  const Floors four = floors("cd:64", {.size = 4096, .depth = 4, .weight = 16});
  EXPECT_EQ(four.at("theorem"), 1);
  EXPECT_EQ(four.at("fed gates"), 1);
  EXPECT_EQ(four.at("energy one"), 2);
  // One gate has rank 1025 at most; the theorem is not asked.
  const Floors one = floors("cd:64", {.size = 4096, .depth = 1, .weight = 16});
  EXPECT_EQ(one.count("theorem"), 0U);
  EXPECT_EQ(one.at("fed gates"), std::nullopt);
  EXPECT_EQ(floors("cd:10", {.size = 1, .depth = 1, .weight = 102}).at("fed gates"), std::nullopt);
  EXPECT_EQ(floors("cd:10", {.size = 1, .depth = 1, .weight = 103}).at("fed gates"), 1);
  EXPECT_EQ(floors("cd:10", {.size = 1, .depth = 1, .weight = 103}).at("energy one"), std::nullopt);
  EXPECT_EQ(floors("majority:99", {.size = 1, .depth = 1, .weight = 1}).at("fed gates"), 1);
  EXPECT_EQ(floors("parity:1", {.size = 1, .depth = 1, .weight = 1}).at("fed gates"), 1);
  EXPECT_EQ(floors("parity:9", {.size = 255, .depth = 9, .weight = 1}).at("energy one"), 2);
  EXPECT_EQ(floors("parity:9", {.size = 256, .depth = 9, .weight = 1}).at("energy one"), 1);
}

// By gamma_2 weights hardly count.  G is about ln(65) / pi + 0.98 = 2.31, and 2^31 lies between the sums for energy 2 and 3;
// for weights without a limit it is about ln(2^64) / pi + 0.98 = 15.1, and it lies between those for 1 and 2.
TEST(EnergyFloors, GammaTwo) {
  EXPECT_EQ(floors("ip:64", {.size = 4096, .depth = 2, .weight = 1}).at("gamma_2"), 3);
  constexpr std::int64_t most = std::int64_t{1} << 62;
  const Floors free = floors("ip:64", {.size = 4096, .depth = 2, .weight = most});
  EXPECT_EQ(free.at("gamma_2"), 2);
  EXPECT_EQ(free.at("fed gates"), 1);
  EXPECT_EQ(free.at("theorem"), 1);
  EXPECT_EQ(floors("ip:64", {.size = 4096, .depth = 1, .weight = most}).at("gamma_2"),
            std::nullopt);
  EXPECT_EQ(floors("eq:64", {.size = 4096, .depth = 2, .weight = most}).count("gamma_2"), 0U);
}

TEST(EnergyFloors, LargeNumbers) {
  constexpr std::int64_t most = std::int64_t{1} << 62;
  const Floors huge = floors("cd:1048576", {.size = most, .depth = 1 << 30, .weight = most});
  EXPECT_EQ(huge.at("fed gates"), 1);
  const Floors narrow = floors("eq:1048576", {.size = most, .depth = 2, .weight = 1});
  EXPECT_GT(narrow.at("fed gates").value(), narrow.at("theorem").value());
  EXPECT_EQ(floors("eq:1048576", {.size = 2, .depth = 2, .weight = most}).at("fed gates"),
            std::nullopt);
}

// More gates, levels or weight never raise a floor.
TEST(EnergyFloors, FallWithEveryLimit) {
  constexpr std::uint64_t seed = 8301;
  base::Random random(seed);
  const auto value = [](const std::optional<std::int64_t>& floor) {
    return floor.value_or(std::int64_t{1} << 62);
  };
  for (int round = 0; round < generate::scaled(150); ++round) {
    const std::string function = "ip:" + std::to_string(random.between(1, 300));
    const ShapeLimits small{random.between(2, 3000), random.between(2, 12), random.between(1, 60)};
    const ShapeLimits large{small.size + random.between(0, 900), small.depth + random.between(0, 3),
                            small.weight + random.between(0, 9)};
    const Floors a = floors(function, small), b = floors(function, large);
    for (const auto& [name, floor] : a) {
      EXPECT_GE(value(floor), value(b.at(name))) << function << ", " << name << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace gatelight
