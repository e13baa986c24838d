// SPDX-License-Identifier: Apache-2.0
//
// What a diagram answers without compiling again (private to the engines).
#ifndef GATELIGHT_ENGINES_DIAGRAM_QUERY_HPP
#define GATELIGHT_ENGINES_DIAGRAM_QUERY_HPP

#include <gmpxx.h>

#include <map>
#include <optional>
#include <span>

#include "engines/diagram/diagram.hpp"

namespace gatelight::engines::diagram {

// The largest total of an objective and an input that has it.  Requires an input in the domain.
// O(nodes).
[[nodiscard]] Best largest_total(const Diagram& diagram, const Forms& forms, std::size_t objective);

// How many inputs of the domain have each total.  O(nodes * totals) additions of big integers.
[[nodiscard]] std::map<std::int64_t, InputCount> histogram(const Diagram& diagram,
                                                           const Forms& forms,
                                                           std::size_t objective);

// The mean total where each bit is 1 with a probability of its own, independently, given that the input
// lies in the domain.  Probabilities by place among Forms::bits, within [0, 1].  Nothing where the domain
// has probability 0.  O(nodes) operations on big integers.
[[nodiscard]] std::optional<mpq_class> expected_total(const Diagram& diagram,
                                                      std::span<const mpq_class> probabilities,
                                                      std::size_t objective);

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_QUERY_HPP
