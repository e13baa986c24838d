// SPDX-License-Identifier: Apache-2.0
//
// Inequalities between the products of three variables (private to this folder).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_TRIANGLES_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_TRIANGLES_HPP

#include <array>
#include <cstdint>
#include <vector>

#include "engines/semidefinite/dense.hpp"
#include "engines/semidefinite/relaxation.hpp"

namespace gatelight::engines::semidefinite {

// (u - v)(u - w) >= 0, for u the variable first (index 0: the number 1), v and w the variables second and third
// or, where `negated` says so, their negations.  Indices increase.
struct Triangle {
  std::array<std::uint32_t, 3> index{};
  std::array<bool, 2> negated{};
  double violation = 0;
};
[[nodiscard]] Product product_of(const Triangle& triangle);

// Those that the products of all s = 2 x - 1 violate most, the worst first, `most` at most.
[[nodiscard]] std::vector<Triangle> violated_triangles(const Matrix& moments, std::size_t most);

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_TRIANGLES_HPP
