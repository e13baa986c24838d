// SPDX-License-Identifier: Apache-2.0
//
// The constraints of a circuit, lifted to a matrix (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP

#include <cstdint>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::semidefinite {

// Index 0 stands for the number 1, index v + 1 for variable v.  For an assignment x, X is the matrix of all
// products: X = (1, x)(1, x)^T.  It is positive semidefinite with X[0][0] = 1 and X[v][v] = X[0][v].

// A symmetric matrix M by its linear form <M, X> = sum of factor * X[row][column] over entries with row <=
// column, on symmetric X; no place twice.
struct Entry {
  std::uint32_t row = 0, column = 0;
  std::int64_t factor = 0;
};
using Form = std::vector<Entry>;

// A sum of factor * (1, x)[index]; indices increase, no factor is 0.
struct Part {
  std::uint32_t index = 0;
  std::int64_t factor = 0;
  friend bool operator==(const Part&, const Part&) = default;
};
using Affine = std::vector<Part>;

// first * second >= 0 for every assignment, or = 0.
struct Product {
  Affine first, second;
  bool zero = false;
};

// As a form of X.  Factors below 2^60 of the one and 2^2 of the other fit.
[[nodiscard]] Form form_of(const Product& product);

struct Relaxation {
  std::uint32_t size = 0;  // of the matrix
  std::vector<Product> rows;
  Affine total;  // the total cost of an assignment
};

// Sorts by index, adds up what has the same one, and leaves out zeros.
[[nodiscard]] Affine sorted(Affine parts);
// weight * literal.
void add_literal(Affine& sum, std::int64_t weight, encode::Literal literal);

// Requires sums of the rows' weights below 2^60.
[[nodiscard]] Relaxation relaxation_of(const encode::Constraints& constraints);

// The same without the variables that the rows fix one after the other: an assignment of what is left, and its
// total, for each that satisfied the rows.  Meanings of variables are lost.  Without rows where none does.
[[nodiscard]] encode::Constraints without_fixed(const encode::Constraints& constraints);

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_RELAXATION_HPP
