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
//           Where that literal is false and the weights of the others exceed the bound by less than one of
//           them, that one has to be true: the product of both negations is 0.  Where they exceed it by nothing, the
//           row is the sum of such products, and only they are kept, because a sum of products that is <= 0, beside
//           cuts that say that each is >= 0, leaves no interior.
//           A literal whose weight exceeds what the others of its row have to spare is true in every
//           solution; so it is a constant, and what it was in is shorter.  Interior-point methods want
//           that: a matrix whose row is 0 is at no distance from those that are not semidefinite.
// Tested by tests/unit/engines/semidefinite/relaxation_test.cpp
#include "engines/semidefinite/relaxation.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace gatelight::engines::semidefinite {
namespace {

using encode::Literal;
using encode::Row;
using encode::Term;
using Wide = __int128;

std::uint32_t index_of(Literal literal) { return literal.variable() + 1; }

std::int64_t factor_at(const Affine& affine, std::uint32_t index) {
  const auto at = std::ranges::lower_bound(affine, index, {}, &Part::index);
  return at != affine.end() && at->index == index ? at->factor : 0;
}

// What the rows fix, one after the other.
class Fixing {
 public:
  explicit Fixing(const encode::Constraints& constraints)
      : constraints_(constraints), values_(constraints.variables.size()) {
    for (bool changed = true; changed && !contradiction_;) {
      changed = false;
      for (const Row& row : constraints.rows) changed = propagate(row) || changed;
    }
  }

  [[nodiscard]] bool contradiction() const { return contradiction_; }
  [[nodiscard]] std::optional<bool> value(Literal literal) const {
    const auto& known = values_[literal.variable()];
    return known ? std::optional(*known == literal.positive()) : std::nullopt;
  }

 private:
  bool propagate(const Row& row) {
    Wide slack = -Wide{row.bound};
    for (const Term& term : row.terms) {
      if (value(term.literal).value_or(true)) slack += term.weight;
    }
    contradiction_ = contradiction_ || slack < 0;
    bool changed = false;
    for (const Term& term : row.terms) {
      if (contradiction_ || term.weight <= slack || value(term.literal)) continue;
      values_[term.literal.variable()] = term.literal.positive();
      changed = true;
    }
    return changed;
  }

  const encode::Constraints& constraints_;
  std::vector<std::optional<bool>> values_;
  bool contradiction_ = false;
};

Affine of(Literal literal) {
  Affine affine;
  add_literal(affine, 1, literal);
  return sorted(std::move(affine));
}

using Pairs = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // codes of literals

void add_products(const Row& row, Pairs& exclusive, std::vector<Product>& products) {
  Affine sum{{0, -row.bound}};
  for (const Term& term : row.terms) add_literal(sum, term.weight, term.literal);
  sum = sorted(std::move(sum));
  const auto strong =
      std::ranges::find_if(row.terms, [&](const Term& term) { return term.weight >= row.bound; });
  if (strong == row.terms.end() || row.terms.size() == 1) {
    if (!sum.empty()) products.push_back({std::move(sum), {{0, 1}}});
    return;
  }
  Wide spare = -Wide{row.bound};
  for (const Term& term : row.terms) {
    if (&term != &*strong) spare += term.weight;
  }
  for (const Term& term : row.terms) {
    const std::pair<std::uint32_t, std::uint32_t> pair =
        std::minmax((~strong->literal).code(), (~term.literal).code());
    if (&term != &*strong && term.weight > spare && exclusive.insert(pair).second) {
      products.push_back({of(~strong->literal), of(~term.literal), true});
    }
  }
  if (spare > 0) products.push_back({std::move(sum), of(~strong->literal)});
}

}  // namespace

Affine sorted(Affine parts) {
  std::ranges::sort(parts, {}, &Part::index);
  Affine result;
  for (const Part& part : parts) {
    if (!result.empty() && result.back().index == part.index) {
      result.back().factor += part.factor;
    } else {
      result.push_back(part);
    }
  }
  std::erase_if(result, [](const Part& part) { return part.factor == 0; });
  return result;
}

void add_literal(Affine& sum, std::int64_t weight, Literal literal) {
  if (!literal.positive()) sum.push_back({0, weight});
  sum.push_back({index_of(literal), literal.positive() ? weight : -weight});
}

Form form_of(const Product& product) {
  Form form;
  for (const Part& a : product.first) {
    for (const Part& b : product.second) {
      // A place that both orders lead to is entered once.
      if (a.index > b.index && factor_at(product.first, b.index) != 0 &&
          factor_at(product.second, a.index) != 0) {
        continue;
      }
      const auto [row, column] = std::minmax(a.index, b.index);
      std::int64_t factor = a.factor * b.factor;
      if (a.index < b.index)
        factor += factor_at(product.first, b.index) * factor_at(product.second, a.index);
      if (factor != 0) form.push_back({row, column, factor});
    }
  }
  return form;
}

Relaxation relaxation_of(const encode::Constraints& constraints) {
  Relaxation relaxation;
  relaxation.size = static_cast<std::uint32_t>(constraints.variables.size() + 1);
  Affine total{{0, constraints.constant}};
  for (const Term& term : constraints.objective) add_literal(total, term.weight, term.literal);
  relaxation.total = sorted(std::move(total));
  Pairs exclusive;
  for (const Row& row : constraints.rows) add_products(row, exclusive, relaxation.rows);
  return relaxation;
}

encode::Constraints without_fixed(const encode::Constraints& constraints) {
  const Fixing fixing(constraints);
  encode::Constraints result;
  std::vector<encode::Variable> renamed(constraints.variables.size());
  for (encode::Variable v = 0; v < renamed.size(); ++v) {
    if (fixing.value(Literal(v, true))) continue;
    renamed[v] = static_cast<encode::Variable>(result.variables.size());
    result.variables.push_back(constraints.variables[v]);
  }
  const auto rename = [&](const Term& term) {
    return Term{term.weight, Literal(renamed[term.literal.variable()], term.literal.positive())};
  };
  result.constant = constraints.constant;
  for (const Term& term : constraints.objective) {
    const auto known = fixing.value(term.literal);
    if (!known) result.objective.push_back(rename(term));
    if (known && *known) result.constant += term.weight;
  }
  for (const Row& row : constraints.rows) {
    Row shorter{{}, row.bound};
    for (const Term& term : row.terms) {
      const auto known = fixing.value(term.literal);
      if (!known) shorter.terms.push_back(rename(term));
      if (known && *known) shorter.bound -= term.weight;
    }
    if (shorter.bound > 0 && !fixing.contradiction()) result.rows.push_back(std::move(shorter));
  }
  return result;
}

}  // namespace gatelight::engines::semidefinite
