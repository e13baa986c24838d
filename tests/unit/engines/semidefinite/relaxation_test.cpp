// SPDX-License-Identifier: Apache-2.0
#include "engines/semidefinite/relaxation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "generate/multiplier.hpp"
#include "generate/random_circuit.hpp"

namespace gatelight::engines::semidefinite {
namespace {

using encode::Literal;
using encode::Row;

using Assignment = std::vector<std::uint8_t>;

__int128 value(const Form& form, const Assignment& assignment) {
  const auto factor = [&](std::uint32_t index) { return index == 0 ? 1 : assignment[index - 1]; };
  __int128 sum = 0;
  for (const Entry& e : form)
    sum += static_cast<__int128>(e.factor) * factor(e.row) * factor(e.column);
  return sum;
}

__int128 value(const Affine& affine, const Assignment& assignment) {
  __int128 sum = 0;
  for (const Part& part : affine) {
    if (part.index == 0 || assignment[part.index - 1] != 0) sum += part.factor;
  }
  return sum;
}

void expect_satisfied(const Relaxation& relaxation, const Assignment& assignment) {
  for (const Product& row : relaxation.rows) {
    const __int128 product = value(row.first, assignment) * value(row.second, assignment);
    ASSERT_TRUE(row.zero ? product == 0 : product >= 0);
    ASSERT_TRUE(value(form_of(row), assignment) == product);
  }
}

TEST(Products, EveryAssignmentSatisfiesIt) {
  for (int round = 0; round < generate::scaled(100); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round));
    const Circuit circuit =
        generate::random_circuit(random, {.max_bits = 6, .max_gates = 6, .max_weight = 1 << 20});
    const Objective objective = generate::total_objective(circuit);
    const auto constraints = encode::constraints_of(circuit, objective.cost, true);
    ASSERT_TRUE(constraints.ok());
    const Relaxation relaxation = relaxation_of(*constraints);
    for (std::uint64_t number = 0; number < 1U << circuit.bit_count(); ++number) {
      const InputBits bits = generate::input_of_number(number, circuit.bit_count());
      if (!circuit.in_domain(bits)) continue;
      const auto assignment = encode::assignment_of(circuit, *constraints, bits);
      expect_satisfied(relaxation, assignment);
      ASSERT_TRUE(value(relaxation.total, assignment) == objective_value(circuit, objective, bits));
    }
  }
}

// Rows of any kind, satisfied or not.
encode::Constraints random_constraints(base::Random& random) {
  encode::Constraints constraints;
  constraints.variables.resize(static_cast<std::size_t>(random.between(1, 8)));
  constraints.constant = random.between(-3, 3);
  for (encode::Variable v = 0; v < constraints.variables.size(); ++v) {
    constraints.objective.push_back({random.between(1, 5), Literal(v, random.coin())});
  }
  for (int r = 0; r < random.between(1, 5); ++r) {
    Row row;
    std::int64_t sum = 0;
    for (encode::Variable v = 0; v < constraints.variables.size(); ++v) {
      if (random.below(3) == 0) continue;
      row.terms.push_back({random.between(1, 4), Literal(v, random.coin())});
      sum += row.terms.back().weight;
    }
    row.bound = std::max<std::int64_t>(1, sum - random.between(0, 6));
    if (!row.terms.empty()) constraints.rows.push_back(std::move(row));
  }
  return constraints;
}

bool is_true(Literal literal, const Assignment& assignment) {
  return (assignment[literal.variable()] != 0) == literal.positive();
}

// Calls visit with every assignment that satisfies the rows, and its total.
template <class Visit>
void for_solutions(const encode::Constraints& constraints, const Visit& visit) {
  const std::size_t n = constraints.variables.size();
  for (unsigned number = 0; number < 1U << n; ++number) {
    Assignment assignment(n);
    for (std::size_t v = 0; v < n; ++v) assignment[v] = (number >> v) & 1U;
    const auto sum = [&](const std::vector<encode::Term>& terms) {
      std::int64_t result = 0;
      for (const auto& term : terms) result += is_true(term.literal, assignment) ? term.weight : 0;
      return result;
    };
    if (std::ranges::all_of(constraints.rows,
                            [&](const Row& row) { return sum(row.terms) >= row.bound; })) {
      visit(assignment, constraints.constant + sum(constraints.objective));
    }
  }
}

TEST(Products, RowsOfAllShapesHold) {
  int equations = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 3000);
    const encode::Constraints constraints = random_constraints(random);
    const Relaxation relaxation = relaxation_of(constraints);
    for (const Product& row : relaxation.rows) equations += row.zero ? 1 : 0;
    for_solutions(constraints, [&](const Assignment& assignment, std::int64_t total) {
      expect_satisfied(relaxation, assignment);
      ASSERT_TRUE(value(relaxation.total, assignment) == total);
    });
  }
  EXPECT_GT(equations, 100);
}

TEST(Products, FixedVariablesLeaveTheSameTotals) {
  int fewer = 0;
  for (int round = 0; round < generate::scaled(300); ++round) {
    SCOPED_TRACE("seed " + std::to_string(round));
    base::Random random(static_cast<std::uint64_t>(round) + 7000);
    const encode::Constraints constraints = random_constraints(random);
    const encode::Constraints shorter = without_fixed(constraints);
    std::multiset<std::int64_t> before, after;
    for_solutions(constraints,
                  [&](const Assignment&, std::int64_t total) { before.insert(total); });
    for_solutions(shorter, [&](const Assignment&, std::int64_t total) { after.insert(total); });
    if (!before.empty()) {
      ASSERT_EQ(before, after);
      fewer += shorter.variables.size() < constraints.variables.size() ? 1 : 0;
    }
  }
  EXPECT_GT(fewer, generate::scaled(20));
}

TEST(Products, FactorsOfBothOrdersAreEnteredOnce) {
  // (x1 + 2 x2)(3 x1 - x2) = 3 x1 x1 + 5 x1 x2 - 2 x2 x2.
  const Form form = form_of({{{1, 1}, {2, 2}}, {{1, 3}, {2, -1}}});
  ASSERT_EQ(form.size(), 3U);
  for (const Entry& e : form) {
    EXPECT_EQ(e.factor, e.row != e.column ? 5 : e.row == 1 ? 3 : -2);
  }
}

}  // namespace
}  // namespace gatelight::engines::semidefinite
