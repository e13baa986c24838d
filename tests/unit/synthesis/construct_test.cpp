// SPDX-License-Identifier: Apache-2.0
//
// Every family for all small parameters: the circuit computes the function on every input, and what is
// measured is what was predicted.
#include "gatelight/construct.hpp"

#include <gtest/gtest.h>

#include "unit/synthesis/expect_construction.hpp"

namespace gatelight {
namespace {

TEST(Construct, Intersection) {
  for (std::int64_t pairs = 1; pairs <= 6; ++pairs) {
    for (std::int64_t depth = 2; depth <= pairs + 1; ++depth) {
      for (std::int64_t energy = 2; (depth - 1) * (energy - 1) <= pairs; ++energy) {
        expect_exact(construct(families::Intersection{pairs, depth, energy}),
                     [](const InputBits& bits) { return common(bits) > 0; });
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Construct, Disjointness) {
  for (std::int64_t pairs = 1; pairs <= 6; ++pairs) {
    for (std::int64_t depth = 2; depth <= pairs + 1; ++depth) {
      for (std::int64_t energy = 1; (depth - 1) * energy <= pairs; ++energy) {
        expect_exact(construct(families::Disjointness{pairs, depth, energy}),
                     [](const InputBits& bits) { return common(bits) == 0; });
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Construct, Equality) {
  for (std::int64_t pairs = 1; pairs <= 6; ++pairs) {
    for (std::int64_t rows = 1; rows <= pairs; ++rows) {
      for (std::int64_t columns = 1; rows * columns <= pairs; ++columns) {
        expect_exact(construct(families::Equality{pairs, rows, columns}), equal_halves);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Construct, Symmetric) {
  for (std::size_t bits = 1; bits <= 6; ++bits) {
    for (std::uint32_t table = 1; table < (2U << bits) - 1; ++table) {
      std::string values;
      for (std::size_t k = 0; k <= bits; ++k) values += ((table >> k) & 1) != 0 ? '1' : '0';
      std::int64_t changes = 0;
      for (std::size_t k = 1; k <= bits; ++k) changes += values[k] != values[k - 1] ? 1 : 0;
      for (std::int64_t width = 1; width <= changes; ++width) {
        expect_exact(construct(families::Symmetric{values, width}), [&](const InputBits& x) {
          return values[static_cast<std::size_t>(ones(x))] == '1';
        });
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Construct, ParityAndMajority) {
  for (std::int64_t bits = 1; bits <= 10; ++bits) {
    const auto whole = construct(families::Parity{.bits = bits});
    expect_exact(whole, odd);
    EXPECT_EQ(whole->predicted.energy, bits == 1 ? 1 : bits + bits % 2);
    for (std::int64_t width = 1; width <= bits; ++width) {
      expect_exact(construct(families::Parity{bits, width}), odd);
    }
    expect_exact(construct(families::Majority{bits}), [](const InputBits& x) {
      return 2 * ones(x) >= static_cast<std::int64_t>(x.size());
    });
    expect_exact(construct(families::ParityFold{bits}), odd);
    for (std::int64_t blocks = 1; blocks <= bits; ++blocks) {
      expect_exact(construct(families::ParityBlocks{bits, blocks}), odd);
    }
    if (HasFatalFailure()) return;
  }
}

TEST(Construct, Modular) {
  int made = 0;
  for (std::int64_t bits = 2; bits <= 9; ++bits) {
    for (std::int64_t modulus = 2; modulus <= bits; ++modulus) {
      for (std::int64_t residue = 0; residue < modulus; ++residue) {
        for (std::int64_t digits = 1; digits <= 3; ++digits) {
          for (std::int64_t radix = 2; radix <= (digits == 1 ? 2 : 4); ++radix) {
            for (std::int64_t width = 1; width <= 4; ++width) {
              const auto mod =
                  construct(families::Modular{bits, modulus, residue, digits, radix, width});
              if (!mod.ok()) continue;  // more digits than the quotient has
              ++made;
              expect_exact(mod, [&](const InputBits& x) { return ones(x) % modulus == residue; });
              if (HasFatalFailure()) return;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(made, 600);
}

TEST(Construct, InnerProduct) {
  for (std::int64_t pairs = 1; pairs <= 6; ++pairs) {
    for (std::int64_t blocks = (pairs + 3) / 4; blocks <= pairs; ++blocks) {
      expect_exact(construct(families::InnerProduct{pairs, blocks}),
                   [](const InputBits& bits) { return common(bits) % 2 != 0; });
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Construct, Multiplexer) {
  for (const std::int64_t energy : {1, 2}) {
    for (std::int64_t address = 1; address <= 3; ++address) {
      const auto data = std::size_t{1} << address;
      expect_exact(construct(families::Multiplexer{address, energy}), [&](const InputBits& bits) {
        std::size_t chosen = 0;
        for (std::size_t i = data; i < bits.size(); ++i) {
          chosen += static_cast<std::size_t>(bits[i]) << (i - data);
        }
        return bits[chosen] != 0;
      });
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Construct, TruthTable) {
  constexpr std::uint64_t seed = 8000;
  base::Random random(seed);
  for (std::int64_t inputs = 1; inputs <= 7; ++inputs) {
    for (int round = 0; round < generate::scaled(20); ++round) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
      std::string hex;
      const std::int64_t digits = std::max<std::int64_t>(1, (std::int64_t{1} << inputs) / 4);
      for (std::int64_t i = 0; i < digits; ++i) {
        hex += "0123456789abcdef0123456789ABCDEF"[random.between(inputs == 1 ? 1 : 0,
                                                                 inputs == 1 ? 2 : 31)];
      }
      if (hex.find_first_not_of('0') == std::string::npos ||
          hex.find_first_not_of("fF") == std::string::npos) {
        continue;  // constant
      }
      for (const std::int64_t energy : {1, 2}) {
        expect_exact(construct(families::TruthTable{inputs, hex, energy}),
                     [&](const InputBits& bits) {
                       std::size_t row = 0;
                       for (std::size_t i = 0; i < bits.size(); ++i) {
                         row += static_cast<std::size_t>(bits[i]) << i;
                       }
                       const std::string digit(1, hex[hex.size() - 1 - row / 4]);
                       return ((std::stoul(digit, nullptr, 16) >> (row % 4)) & 1) != 0;
                     });
        if (HasFatalFailure()) return;
      }
    }
  }
}

// ---- Larger ones, whose energy only the diagram can know ------------------------------------------

TEST(ConstructLarge, Pairs) {
  const auto any = [](const InputBits& bits) { return common(bits) > 0; };
  expect_large(construct(families::Intersection{100, 2, 51}), any);
  expect_large(construct(families::Disjointness{50, 51, 1}), std::not_fn(any));
  expect_large(construct(families::Equality{100, 1, 20}), equal_halves);
}

// Several levels, which silence later ones: all but the first columns of a level wait for earlier ones.
TEST(ConstructLarge, ManyLevels) {
  const auto any = [](const InputBits& bits) { return common(bits) > 0; };
  expect_large(construct(families::Intersection{50, 11, 6}), any);
  expect_large(construct(families::Intersection{200, 21, 11}), any);
  expect_large(construct(families::Disjointness{100, 11, 5}), std::not_fn(any));
  expect_large(construct(families::Equality{50, 5, 5}), equal_halves);
  expect_large(construct(families::Equality{200, 10, 10}), equal_halves);
}

// The blocks of the first level are those of as many bits as the diagram can hold; more: see ip-count.
TEST(ConstructLarge, InnerProduct) {
  const auto odd_pairs = [](const InputBits& bits) { return common(bits) % 2 != 0; };
  expect_large(construct(families::InnerProduct{20, 10}), odd_pairs);
  expect_large(construct(families::InnerProduct{24, 6}), odd_pairs);
}

TEST(ConstructLarge, NumberOfOnes) {
  expect_large(construct(families::Parity{.bits = 100}), odd);
  expect_large(construct(families::Parity{100, 20}), odd);
  expect_large(construct(families::ParityFold{200}), odd);
  expect_large(construct(families::Majority{400}), [](const InputBits& bits) {
    return 2 * ones(bits) >= static_cast<std::int64_t>(bits.size());
  });
  expect_large(construct(families::Modular{100, 3, 2, 3, 3, 2}),
               [](const InputBits& bits) { return ones(bits) % 3 == 2; });
}

// The rows of the table of known parameters, as numbers: s, d, e, w.
TEST(Construct, KnownParameters) {
  const auto numbers = [](const Result<Construction>& made) {
    const Predicted& p = made.value().predicted;
    return std::vector<std::int64_t>{p.size, p.depth, p.energy, p.weight};
  };
  using Row = std::vector<std::int64_t>;
  EXPECT_EQ(numbers(construct(families::Intersection{4, 2, 2})), (Row{16, 2, 2, 4}));
  EXPECT_EQ(numbers(construct(families::Intersection{6, 2, 2})), (Row{64, 2, 2, 6}));
  EXPECT_EQ(numbers(construct(families::Intersection{6, 3, 2})), (Row{15, 3, 2, 3}));
  EXPECT_EQ(numbers(construct(families::Intersection{6, 3, 3})), (Row{9, 3, 3, 2}));
  EXPECT_EQ(numbers(construct(families::Equality{6, 1, 1})), (Row{3, 2, 1, 32}));
  EXPECT_EQ(numbers(construct(families::Parity{.bits = 8})), (Row{9, 2, 8, 1}));
  EXPECT_EQ(numbers(construct(families::ParityFold{8})), (Row{7, 4, 3, 1}));
  EXPECT_EQ(numbers(construct(families::Majority{8})), (Row{1, 1, 1, 1}));
  EXPECT_EQ(numbers(construct(families::InnerProduct{4, 4})), (Row{13, 3, 5, 1}));
  EXPECT_EQ(numbers(construct(families::Multiplexer{2, 1})), (Row{5, 2, 1, 1}));
  EXPECT_EQ(numbers(construct(families::InnerProduct{16, 4})), (Row{489, 3, 5, 1}));
  EXPECT_EQ(numbers(construct(families::InnerProductByCounting{16, 4})), (Row{62, 3, 6, 4}));
  EXPECT_EQ(numbers(construct(families::ParityTree{8})), (Row{9, 5, 3, 7}));
  EXPECT_EQ(numbers(construct(families::ModularByCounting{.bits = 8})), (Row{2, 2, 2, 2}));
}

}  // namespace
}  // namespace gatelight
