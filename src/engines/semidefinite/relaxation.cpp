// SPDX-License-Identifier: Apache-2.0
//
// Products of rows with literals.
//
// Problem   Where few gates fire, every row alone allows much more than all together.
// Idea      "y -> the sum reaches T" says little while y is a fraction.  Multiplied by y it says
//           that the sum, on inputs where y is 1, reaches T, in terms of the products of y with the sum's
//           literals; that these products fit together is what a positive semidefinite matrix
//           demands.
// Why       A row holds, so does its product with a literal, as literals are 0 or 1.  Where a row has a literal
//           whose weight is its bound (all rows of gates), the product with the negation of that literal is
//           the strong one: the literal itself vanishes.
// Tested by tests/unit/engines/semidefinite/bound_test.cpp
#include "engines/semidefinite/relaxation.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace gatelight::engines::semidefinite {
namespace {

using encode::Literal;
using encode::Term;

std::uint32_t index_of(Literal literal) { return literal.variable() + 1; }

class Builder {
 public:
  // Adds factor * a, for a literal or (without one) the number 1.
  void add(std::int64_t factor) { at(0, 0) += factor; }
  void add(std::int64_t factor, Literal a) {
    if (!a.positive()) add(factor);
    at(0, index_of(a)) += a.positive() ? factor : -factor;
  }
  // Adds factor * a * b.
  void add(std::int64_t factor, Literal a, Literal b) {
    if (a.variable() == b.variable()) {
      if (a == b) add(factor, a);
      return;
    }
    // (1 - x) b = b - x b.
    if (!a.positive()) {
      add(factor, b);
      return add(-factor, ~a, b);
    }
    if (!b.positive()) {
      add(factor, a);
      return add(-factor, a, ~b);
    }
    const std::uint32_t first = index_of(a), second = index_of(b);
    at(std::min(first, second), std::max(first, second)) += factor;
  }
  [[nodiscard]] Form take() {
    Form form;
    for (const auto& [place, factor] : entries_) {
      if (factor != 0) form.push_back({place.first, place.second, factor});
    }
    entries_.clear();
    return form;
  }

 private:
  std::int64_t& at(std::uint32_t row, std::uint32_t column) { return entries_[{row, column}]; }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> entries_;
};

}  // namespace

Relaxation relaxation_of(const encode::Constraints& constraints) {
  Relaxation relaxation;
  relaxation.size = static_cast<std::uint32_t>(constraints.variables.size() + 1);
  Builder builder;
  builder.add(constraints.constant);
  for (const Term& term : constraints.objective) builder.add(term.weight, term.literal);
  relaxation.total = builder.take();
  for (const encode::Row& row : constraints.rows) {
    const auto strong =
        std::ranges::find_if(row.terms, [&](const Term& term) { return term.weight >= row.bound; });
    if (strong == row.terms.end() || row.terms.size() == 1) {
      builder.add(-row.bound);
      for (const Term& term : row.terms) builder.add(term.weight, term.literal);
    } else {
      const Literal factor = ~strong->literal;
      builder.add(-row.bound, factor);
      for (const Term& term : row.terms) builder.add(term.weight, term.literal, factor);
    }
    relaxation.rows.push_back(builder.take());
  }
  return relaxation;
}

}  // namespace gatelight::engines::semidefinite
