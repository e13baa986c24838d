// SPDX-License-Identifier: Apache-2.0
//
// The slow oracle of ranks: elimination with fractions.
#ifndef GATELIGHT_TESTS_REFERENCE_RATIONAL_RANK_HPP
#define GATELIGHT_TESTS_REFERENCE_RATIONAL_RANK_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatelight::reference {

// Of a matrix given by its rows, over the rationals.
[[nodiscard]] std::size_t rational_rank(const std::vector<std::vector<int>>& rows);

// The same modulo a prime below 2^31.
[[nodiscard]] std::size_t modular_rank(const std::vector<std::vector<int>>& rows,
                                       std::uint32_t prime);

}  // namespace gatelight::reference

#endif  // GATELIGHT_TESTS_REFERENCE_RATIONAL_RANK_HPP
