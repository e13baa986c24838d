// SPDX-License-Identifier: Apache-2.0
//
// One input of millions to billions reaches the maximum, and every kernel finds it.
#include <gtest/gtest.h>

#include "base/cpu.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/choices.hpp"
#include "generate/families.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight {
namespace {

using engines::exhaustive::CodeChoice;

InputBits random_input(base::Random& random, int bits) {
  InputBits input(static_cast<std::size_t>(bits));
  for (auto& bit : input) bit = random.coin() ? 1 : 0;
  return input;
}

void expect_found(const engines::Question& question, const InputBits& secret, int threads) {
  Limits limits;
  limits.threads = threads;
  const auto answer = engines::enumerate(question, limits);
  ASSERT_TRUE(answer.ok()) << answer.error().text();
  EXPECT_TRUE(answer->best[0].bounds.closed());
  EXPECT_EQ(answer->best[0].witness, secret);
  EXPECT_EQ(answer->nodes, std::uint64_t{1} << secret.size());
}

// The copies are either gates over inputs, so that the filter sees them, or deep, so that no lane can be
// passed over before the secret is found.
void expect_planted_inputs_found(int bits, bool deep, std::uint64_t seed, int threads) {
  base::Random random(seed);
  SCOPED_TRACE("bits " + std::to_string(bits) + (deep ? ", deep" : ", front") + ", seed " +
               std::to_string(seed) + ", threads " + std::to_string(threads));
  const InputBits secret = random_input(random, bits);
  const Circuit circuit = generate::planted(random, secret, deep);
  expect_found({circuit, {generate::total_objective(circuit)}, false}, secret, threads);
}

TEST(Planted, EveryKernelFindsTheOnlyMaximum) {
  std::uint64_t seed = 500;
  for (const base::InstructionSet set : base::available_instruction_sets()) {
    for (const auto code : {CodeChoice::interpreted, CodeChoice::generated}) {
      SCOPED_TRACE(std::string(base::name(set)) +
                   (code == CodeChoice::generated ? ", generated" : ""));
      const base::ScopedInstructionSet forced(set);
      const engines::exhaustive::ScopedChoices chosen({.code = code});
      for (const int threads : {1, 2, 8}) {
        for (int round = 0; round < generate::scaled(4); ++round) {
          expect_planted_inputs_found(20 + round, round % 2 == 0, seed++, threads);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

class PlantedDeep : public testing::TestWithParam<int> {};

TEST_P(PlantedDeep, TheBestKernelFindsTheOnlyMaximumOfBillions) {
  const int bits = GetParam();
  expect_planted_inputs_found(bits, false, 600 + static_cast<std::uint64_t>(bits), 2);
  // Without a filter that helps, 2^32 inputs are enough.
  if (bits <= 32)
    expect_planted_inputs_found(bits, true, 700 + static_cast<std::uint64_t>(bits), 2);
}

INSTANTIATE_TEST_SUITE_P(Bits, PlantedDeep, testing::Values(26, 30, 32, 34));

}  // namespace
}  // namespace gatelight
