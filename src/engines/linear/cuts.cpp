// SPDX-License-Identifier: Apache-2.0
//
// Mixed-integer rounding in whole numbers.
//
// Problem   The relaxation's optimum is a fraction.  Find rows that hold for all 0/1 solutions and not for it.
// Idea      Give each row r a slack s_r >= 0, so that it becomes an equation, and add up multiples:
//             sum c_j x_j - sum m_r s_r = B.  Where x_j is nearer to 1, count 1 - x_j instead.  All
//           quantities are whole and not negative, so for a divisor d with R = B mod d > 0
//             sum F(c_j) x_j + sum F(-m_r) s_r >= F(B),   F(a) = floor(a / d) R + min(a mod d, R).
//           Then put the rows in for their slacks.
// Why       F(0) = 0, F rises, and F(a + b) <= F(a) + F(b) (mixed-integer rounding), so
//           F(B) <= F(sum) <= sum of F.  Everything is computed in 128 bits; what does not fit a row of the
//           encoding with sums below 2^50 is thrown away.
// Source    J. Devriendt, A. Gleixner, J. Nordstrom, Learn to relax, 2021; H. Marchand, L. Wolsey, 2001.
// Tested by tests/unit/engines/linear/cuts_test.cpp
#include "engines/linear/cuts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gatelight::engines::linear {
namespace {

using encode::Literal;
using encode::Row;
using encode::Term;
using encode::Variable;
using Wide = __int128;

constexpr Wide largest_sum = Wide{1} << 50;
constexpr double least_distance = 1e-3;
constexpr double most_parallel = 0.9;
constexpr std::size_t most_divisors = 6;

Wide floor_of(Wide a, Wide d) {
  const auto near = static_cast<std::int64_t>(a), by = static_cast<std::int64_t>(d);
  if (near == a && by == d) return near / by - (near % by < 0 ? 1 : 0);  // several times as fast
  return a / d - (a % d < 0 ? 1 : 0);
}

// F of the head comment.
struct Rounding {
  Wide divisor, rest;
  [[nodiscard]] Wide operator()(Wide a) const {
    const Wide whole = floor_of(a, divisor);
    return whole * rest + std::min(a - whole * divisor, rest);
  }
};

// sum of factor * variable >= bound.
struct Sum {
  explicit Sum(std::size_t variables) : factors(variables, 0) {}
  std::vector<Wide> factors;
  Wide bound = 0;

  void add(const Row& row, Wide times) {
    bound += times * row.bound;
    for (const Term& term : row.terms) {
      if (term.literal.positive()) {
        factors[term.literal.variable()] += times * term.weight;
      } else {
        factors[term.literal.variable()] -= times * term.weight;
        bound -= times * term.weight;
      }
    }
  }
};

// As a row: positive weights, none above the bound, no common divisor.
std::optional<Row> row_of(const Sum& sum) {
  Wide bound = sum.bound, total = 0;
  for (const Wide factor : sum.factors) {
    if (factor < 0) bound -= factor;
    total += factor < 0 ? -factor : factor;
    if (total > largest_sum) return std::nullopt;
  }
  if (bound <= 0 || bound > largest_sum) return std::nullopt;
  Row row;
  std::int64_t common = 0;
  row.bound = static_cast<std::int64_t>(bound);
  for (Variable v = 0; v < sum.factors.size(); ++v) {
    const Wide factor = sum.factors[v];
    if (factor == 0) continue;
    const auto weight = static_cast<std::int64_t>(std::min(factor < 0 ? -factor : factor, bound));
    row.terms.push_back({weight, Literal(v, factor > 0)});
    common = std::gcd(common, weight);
  }
  if (row.terms.empty()) return std::nullopt;
  for (Term& term : row.terms) term.weight /= common;
  row.bound = row.bound / common + (row.bound % common != 0 ? 1 : 0);
  return row;
}

double length(const Row& row) {
  double squares = 0;
  for (const Term& term : row.terms) {
    squares += static_cast<double>(term.weight) * static_cast<double>(term.weight);
  }
  return std::sqrt(squares);
}

double value_of(Literal literal, std::span<const double> point) {
  const double x = point[literal.variable()];
  return literal.positive() ? x : 1 - x;
}

}  // namespace

double distance_cut_off(const Row& row, std::span<const double> point) {
  auto missing = static_cast<double>(row.bound);
  for (const Term& term : row.terms) {
    missing -= static_cast<double>(term.weight) * value_of(term.literal, point);
  }
  return missing / length(row);
}

std::optional<Row> rounded(std::span<const Row> rows, std::span<const std::int64_t> multipliers,
                           std::int64_t divisor, std::span<const double> point) {
  Sum sum(point.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (multipliers[r] != 0) sum.add(rows[r], multipliers[r]);
  }
  std::vector<bool> complemented(point.size());
  for (std::size_t v = 0; v < point.size(); ++v) {
    if (point[v] <= 0.5) continue;
    complemented[v] = true;
    sum.bound -= sum.factors[v];
    sum.factors[v] = -sum.factors[v];
  }
  const Wide rest = sum.bound - floor_of(sum.bound, divisor) * divisor;
  if (rest == 0) return std::nullopt;
  const Rounding round{divisor, rest};
  sum.bound = round(sum.bound);
  for (std::size_t v = 0; v < point.size(); ++v) {
    sum.factors[v] = round(sum.factors[v]);
    if (!complemented[v]) continue;
    sum.factors[v] = -sum.factors[v];
    sum.bound += sum.factors[v];
  }
  // s_r = the row's sum - its bound, with F(-m_r) on the left.
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (multipliers[r] != 0) sum.add(rows[r], round(-Wide{multipliers[r]}));
  }
  return row_of(sum);
}

std::vector<Row> row_cuts(std::span<const Row> rows, std::span<const double> point) {
  std::vector<Row> cuts;
  const std::vector<std::int64_t> signs{1, -1};
  for (const Row& row : rows) {
    std::vector<std::int64_t> divisors;
    for (const Term& term : row.terms) {
      const double x = point[term.literal.variable()];
      if (term.weight > 1 && x > 1e-4 && x < 1 - 1e-4) divisors.push_back(term.weight);
    }
    std::ranges::sort(divisors, std::greater{});
    divisors.erase(std::unique(divisors.begin(), divisors.end()), divisors.end());
    if (divisors.size() > most_divisors) divisors.resize(most_divisors);
    std::optional<Row> best;
    double deepest = least_distance;
    for (const std::int64_t divisor : divisors) {
      for (const std::int64_t sign : signs) {
        auto cut = rounded({&row, 1}, {&sign, 1}, divisor, point);
        if (!cut) continue;
        const double distance = distance_cut_off(*cut, point);
        if (distance <= deepest) continue;
        deepest = distance;
        best = std::move(cut);
      }
    }
    if (best) cuts.push_back(*std::move(best));
  }
  return cuts;
}

std::vector<Row> best_cuts(std::vector<Row> cuts, std::span<const double> point, std::size_t most) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const double distance = distance_cut_off(cuts[i], point);
    if (distance > least_distance) order.emplace_back(-distance, i);
  }
  std::ranges::sort(order);
  std::vector<Row> best;
  std::vector<double> dense(point.size());
  for (const auto& [distance, i] : order) {
    if (best.size() == most) break;
    for (const Term& t : cuts[i].terms) {
      dense[t.literal.variable()] =
          (t.literal.positive() ? 1.0 : -1.0) * static_cast<double>(t.weight);
    }
    const double own = length(cuts[i]);
    const bool parallel = std::ranges::any_of(best, [&](const Row& other) {
      double product = 0;
      for (const Term& t : other.terms) {
        product += (t.literal.positive() ? 1.0 : -1.0) * static_cast<double>(t.weight) *
                   dense[t.literal.variable()];
      }
      return product > most_parallel * own * length(other);
    });
    for (const Term& t : cuts[i].terms) dense[t.literal.variable()] = 0;
    if (!parallel) best.push_back(std::move(cuts[i]));
  }
  return best;
}

}  // namespace gatelight::engines::linear
