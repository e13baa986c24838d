// SPDX-License-Identifier: Apache-2.0
//
// Sums over sets of units, as coefficients of a product of polynomials.
//
// Problem   The rank bounds add up a product over each set of at most c units, and over each pair of a set that
//           fires in a given way and a set around it.  There are too many sets to go through.
// Idea      A product over the units: 1 + D z for the sets, 1 + D z + nu D u z for the pairs of a gate alone.
//           Where nu is the same for many gates, the latter is the product of 1 + D (1 + nu u) z, so the
//           coefficient of u^q z^t is binomial(t, q) nu^q times that of z^t in the former.
// Why       z counts the gates of the outer set, u those that fire in the given way.
// Cost      n c for sets; n c + c^2 for pairs where one nu is all there is, else n c^2 for the other gates.
// Tested by tests/unit/theory/set_series_test.cpp
#include "theory/set_series.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace gatelight::theory {
namespace {

// nu, where the factor is 1 + D z + nu D u z; nothing for other factors.
std::optional<mpz_class> multiple_of(const Factor& factor) {
  if (factor.patterns.size() != 1 || factor.fires == 0) return std::nullopt;
  if (!mpz_divisible_p(factor.patterns[0].get_mpz_t(), factor.fires.get_mpz_t()))
    return std::nullopt;
  return mpz_class(factor.patterns[0] / factor.fires);
}

bool is_one(const Factor& factor) {
  return factor.fires == 0 &&
         std::ranges::all_of(factor.patterns, [](const mpz_class& p) { return p == 0; });
}

// The factors, those of the most frequent multiple apart.
struct Sorted {
  mpz_class multiple;
  std::vector<mpz_class> alike;  // their D
  std::vector<const Factor*> others;
};
Sorted sorted(const std::vector<Factor>& factors) {
  std::map<mpz_class, std::size_t> frequency;
  for (const Factor& factor : factors) {
    if (const auto multiple = multiple_of(factor)) ++frequency[*multiple];
  }
  Sorted result;
  const auto most =
      std::ranges::max_element(frequency, {}, [](const auto& entry) { return entry.second; });
  if (most != frequency.end()) result.multiple = most->first;
  for (const Factor& factor : factors) {
    if (is_one(factor)) continue;
    if (most != frequency.end() && multiple_of(factor) == result.multiple) {
      result.alike.push_back(factor.fires);
    } else {
      result.others.push_back(&factor);
    }
  }
  return result;
}

// Entry t: the sum over all sets of exactly t numbers.
Series elementary(const std::vector<mpz_class>& numbers, std::size_t most,
                  const Rounding& rounding) {
  Series sums(most + 1, 0);
  sums[0] = rounding.one();
  std::size_t degree = 0;
  for (const mpz_class& number : numbers) {
    degree = std::min(degree + 1, most);
    for (std::size_t t = degree; t > 0; --t) {
      sums[t] += rounding.product(sums[t - 1], number);
      rounding.cut(sums[t]);
    }
  }
  return sums;
}

void multiply(Table& table, const Factor& factor, std::size_t most, const Rounding& rounding) {
  for (std::size_t q = most + 1; q-- > 0;) {
    for (std::size_t t = most; t > 0; --t) {
      mpz_class sum = rounding.product(table[q][t - 1], factor.fires);
      const std::size_t size = std::min({q, t, factor.patterns.size()});
      for (std::size_t k = 1; k <= size; ++k)
        sum += rounding.product(table[q - k][t - k], factor.patterns[k - 1]);
      table[q][t] += sum;
      rounding.cut(table[q][t]);
    }
  }
}

}  // namespace

mpz_class Rounding::product(const mpz_class& a, const mpz_class& b) const {
  mpz_class result = a * b;
  if (fraction != 0) mpz_cdiv_q_2exp(result.get_mpz_t(), result.get_mpz_t(), fraction);
  return result;
}

Series set_sums(const std::vector<mpz_class>& numbers, std::size_t most, const Rounding& rounding) {
  Series sums = elementary(numbers, most, rounding);
  for (std::size_t t = 1; t <= most; ++t) sums[t] += sums[t - 1];
  return sums;
}

Table pattern_table(const std::vector<Factor>& factors, std::size_t most,
                    const Rounding& rounding) {
  const Sorted parts = sorted(factors);
  const Series sums = elementary(parts.alike, most, rounding);
  Table table(most + 1, Series(most + 1, 0));
  for (std::size_t t = 0; t <= most; ++t) {
    mpz_class ways = 1;  // binomial(t, q) multiple^q
    for (std::size_t q = 0; q <= t; ++q) {
      table[q][t] = sums[t] * ways;
      rounding.cut(table[q][t]);
      ways = ways * parts.multiple * static_cast<unsigned long>(t - q) /
             static_cast<unsigned long>(q + 1);
    }
  }
  for (const Factor* factor : parts.others) multiply(table, *factor, most, rounding);
  for (Series& row : table) {
    for (std::size_t c = 1; c <= most; ++c) row[c] += row[c - 1];
  }
  return table;
}

double pattern_work(const std::vector<Factor>& factors, std::size_t most) {
  const Sorted parts = sorted(factors);
  const double width = static_cast<double>(most) + 1;
  double work =
      static_cast<double>(parts.alike.size()) * width + 4 * width * width;  // a table is large
  for (const Factor* factor : parts.others) {
    const std::size_t terms = std::min(factor->patterns.size(), most) + 1;
    work += width * width * static_cast<double>(terms);
  }
  return work;
}

}  // namespace gatelight::theory
