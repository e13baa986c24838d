// SPDX-License-Identifier: Apache-2.0
//
// Equal states have equal futures, and sums are brought together where nothing tells them apart.
#include "engines/diagram/state.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "engines/diagram/sum_sets.hpp"
#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"
#include "reference/energy.hpp"

namespace gatelight::engines::diagram {
namespace {

std::vector<std::uint32_t> random_order(base::Random& random, std::size_t bits) {
  std::vector<std::uint32_t> order(bits);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = bits; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

// The total of an input, or nothing outside the domain.
std::optional<std::int64_t> total(const Question& question, const Forms& forms,
                                  std::uint64_t assignment) {
  InputBits bits = forms.start;
  for (std::size_t i = 0; i < forms.bits.size(); ++i) {
    bits[forms.bits[i]] = (assignment >> i) & 1;
  }
  if (!reference::in_domain(question.circuit, bits)) return std::nullopt;
  const auto values = reference::outputs(question.circuit, bits);
  std::int64_t sum = 0;
  for (std::size_t g = 0; g < values.size(); ++g) {
    sum += values[g] != 0 ? question.objectives[0].cost[g] : 0;
  }
  return sum;
}

// Follows every input through the levels; at each, inputs in the same state must agree on what every
// assignment of the remaining bits still adds.
void expect_equal_futures(const Question& question, base::Random& random, bool with_sets) {
  const Forms forms = *make_forms(question);
  const std::size_t bits = forms.bits.size();
  const auto order = random_order(random, bits);
  States states(forms);
  const auto sets = sum_sets(forms, order);
  Rest rest = states.all_unassigned();
  std::vector<std::int64_t> row(states.row_size()), next(row);
  std::int64_t gain = forms.base[0];
  ASSERT_TRUE(states.start(rest, row.data(), &gain));
  struct Prefix {
    std::vector<std::int64_t> row;
    std::int64_t gain;
    std::uint64_t assignment;
  };
  std::vector<Prefix> level{{row, gain, 0}};
  for (std::size_t t = 0; t < bits; ++t) {
    Rest after = rest;
    states.assign(after, order[t]);
    std::vector<Prefix> below;
    for (const Prefix& prefix : level) {
      for (const bool value : {false, true}) {
        std::int64_t more = 0;
        const States::Move move{order[t], &rest, &after, with_sets ? &sets[t + 1] : nullptr};
        const bool possible = states.step(move, prefix.row.data(), value, next.data(), &more);
        const std::uint64_t assignment =
            prefix.assignment | (std::uint64_t{value ? 1U : 0U} << order[t]);
        if (possible) below.push_back({next, prefix.gain + more, assignment});
      }
    }
    level = std::move(below);
    rest = std::move(after);
    std::vector<std::uint32_t> remaining(order.begin() + static_cast<std::ptrdiff_t>(t) + 1,
                                         order.end());
    std::map<std::vector<std::int64_t>, std::vector<std::optional<std::int64_t>>> future;
    for (const Prefix& prefix : level) {
      std::vector<std::optional<std::int64_t>> mine;
      for (std::uint64_t rest_of = 0; rest_of >> remaining.size() == 0; ++rest_of) {
        std::uint64_t whole = prefix.assignment;
        for (std::size_t i = 0; i < remaining.size(); ++i) {
          whole |= ((rest_of >> i) & 1) << remaining[i];
        }
        const auto value = total(question, forms, whole);
        mine.push_back(value ? std::optional(*value - prefix.gain) : std::nullopt);
      }
      // Ranges follow from sums: the whole row is equal where the key is.
      const std::vector<std::int64_t> key(
          prefix.row.begin(), prefix.row.begin() + static_cast<std::ptrdiff_t>(states.key_size()));
      const auto [found, added] = future.try_emplace(key, mine);
      ASSERT_EQ(found->second, mine) << "level " << t + 1;
    }
    ASSERT_LE(future.size(), std::size_t{1} << (t + 1));
  }
  for (const Prefix& prefix : level) {
    ASSERT_EQ(prefix.gain, total(question, forms, prefix.assignment));
    for (std::size_t f = 0; f < states.key_size(); ++f) ASSERT_EQ(prefix.row[f], States::dead);
  }
}

TEST(States, EqualOnesHaveEqualFutures) {
  base::Random random(61);
  for (int round = 0; round < generate::scaled(400); ++round) {
    SCOPED_TRACE("seed 61, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 6, .max_gates = 9});
    const Question question{circuit, {generate::total_objective(circuit)}, false};
    expect_equal_futures(question, random, round % 2 == 0);
    if (HasFatalFailure()) return;
  }
}

// What differs between rows with the same key would be lost when states are merged.
TEST(States, RowsWithEqualKeysAreEqual) {
  base::Random random(62);
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed 62, round " + std::to_string(round));
    const Circuit circuit = generate::random_circuit(random, {.max_bits = 7, .max_gates = 12});
    const Question question{circuit, {generate::total_objective(circuit)}, false};
    const Forms forms = *make_forms(question);
    States states(forms);
    const auto order = random_order(random, forms.bits.size());
    const auto sets = sum_sets(forms, order);
    Rest rest = states.all_unassigned();
    std::vector<std::int64_t> row(states.row_size());
    std::int64_t gain = 0;
    ASSERT_TRUE(states.start(rest, row.data(), &gain));
    std::vector<std::vector<std::int64_t>> level{row};
    for (std::size_t t = 0; t < order.size(); ++t) {
      Rest after = rest;
      states.assign(after, order[t]);
      std::map<std::vector<std::int64_t>, std::vector<std::int64_t>> known;
      std::vector<std::vector<std::int64_t>> below;
      for (const auto& from : level) {
        for (const bool value : {false, true}) {
          const States::Move move{order[t], &rest, &after, &sets[t + 1]};
          if (!states.step(move, from.data(), value, row.data(), &gain)) continue;
          const std::vector<std::int64_t> key(
              row.begin(), row.begin() + static_cast<std::ptrdiff_t>(states.key_size()));
          ASSERT_EQ(known.try_emplace(key, row).first->second, row);
          for (const std::int64_t number : row) {
            ASSERT_TRUE(number == States::dead || std::abs(number) <= states.largest_number());
          }
          below.push_back(row);
        }
      }
      level = std::move(below);
      rest = std::move(after);
    }
  }
}

// A gate over bits x0 ... x5 with these weights.
Question one_gate(const std::vector<std::int64_t>& weights, std::int64_t threshold) {
  CircuitBuilder builder;
  GateSpec gate{.name = "g", .threshold = threshold};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const InputId bit = builder.add_input({.name = "x" + std::to_string(i)}).value();
    gate.wires.push_back({Source::word(bit), weights[i]});
  }
  (void)builder.add_gate(gate);
  const Circuit circuit = std::move(builder).build().value();
  return {circuit, {generate::total_objective(circuit)}, false};
}

TEST(States, SumsThatNothingTellsApartAreOne) {
  // After x0 and x1 the sum is 0, 1, 2 or 3; the rest adds 0, 10 or 20: 11 is reached in the same way by
  // 1, 2 and 3, and with more by 0.
  const Question question = one_gate({1, 2, 10, 10}, 11);
  const Forms forms = *make_forms(question);
  const std::vector<std::uint32_t> order{0, 1, 2, 3};
  const auto sets = sum_sets(forms, order);
  ASSERT_NE(sets[2][0], nullptr);
  EXPECT_EQ(*sets[2][0], (std::vector<std::int64_t>{0, 10, 20}));
  EXPECT_EQ(sets[4][0], nullptr);
  States states(forms);
  Rest rest[3] = {states.all_unassigned(), {}, {}};
  std::int64_t gain = 0;
  std::vector<std::int64_t> start(states.row_size()), one(start), two(start);
  ASSERT_TRUE(states.start(rest[0], start.data(), &gain));
  std::vector<std::int64_t> sums;
  for (const bool x0 : {false, true}) {
    for (const bool x1 : {false, true}) {
      for (std::uint32_t t = 0; t < 2; ++t) {
        rest[t + 1] = rest[t];
        states.assign(rest[t + 1], t);
        const States::Move move{t, &rest[t], &rest[t + 1], &sets[t + 1]};
        ASSERT_TRUE(states.step(move, t == 0 ? start.data() : one.data(), t == 0 ? x0 : x1,
                                t == 0 ? one.data() : two.data(), &gain));
      }
      sums.push_back(two[0]);
    }
  }
  EXPECT_EQ(sums, (std::vector<std::int64_t>{0, 10, 10, 10}));
  EXPECT_EQ(gain, 0);
}

TEST(SumSets, DenseAndHugeOnesAreLeftOut) {
  const std::vector<std::uint32_t> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  EXPECT_EQ(
      sum_sets(*make_forms(one_gate({1, 1, -1, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2)), order)[0][0],
      nullptr);
  std::vector<std::int64_t> powers;
  for (int i = 0; i < 14; ++i) powers.push_back(std::int64_t{3} << (2 * i));
  powers[0] = 1;
  const auto sets = sum_sets(*make_forms(one_gate(powers, 1000)), order);
  EXPECT_EQ(sets[0][0], nullptr) << "2^14 sums";
  EXPECT_EQ(sets[2][0]->size(), 4096U);
}

TEST(Forms, ThresholdsAndSignsShareAForm) {
  CircuitBuilder builder;
  const Source a = Source::word(builder.add_input({.name = "a"}).value());
  const Source b = Source::word(builder.add_input({.name = "b"}).value());
  const auto add = [&](const char* name, std::int64_t x, std::int64_t y, std::int64_t threshold) {
    (void)builder.add_gate({.name = name, .wires = {{a, x}, {b, y}}, .threshold = threshold});
  };
  add("one", 2, -3, 1);
  add("two", 2, -3, -2);
  add("scaled", 4, -6, 1);
  add("negated", -6, 9, -5);
  const Circuit circuit = std::move(builder).build().value();
  const Forms forms = *make_forms({circuit, {generate::total_objective(circuit)}, false});
  ASSERT_EQ(forms.forms.size(), 1U);
  ASSERT_EQ(forms.gates.size(), 4U);
  EXPECT_EQ(forms.gates[2].at, (std::vector<std::int64_t>{1}));  // 2 s >= 1
  // -3 s >= -5 iff s <= 1: at s = 2 it falls silent.
  EXPECT_EQ(forms.gates[3].at, (std::vector<std::int64_t>{2}));
  EXPECT_EQ(forms.gates[3].values, (std::vector<std::int64_t>{1, 0}));
}

}  // namespace
}  // namespace gatelight::engines::diagram
