// SPDX-License-Identifier: Apache-2.0
//
// What the fed gates tell apart of one side (private to this folder).
#ifndef GATELIGHT_THEORY_ROW_CLASSES_HPP
#define GATELIGHT_THEORY_ROW_CLASSES_HPP

#include <gmpxx.h>

#include <optional>
#include <vector>

#include "gatelight/rank.hpp"
#include "theory/fed_form.hpp"

namespace gatelight::theory {

// Different vectors of what one side adds to the sums of all fed gates from a level on; nothing where there are too
// many.
[[nodiscard]] std::optional<std::size_t> row_classes(const Circuit& circuit, const FedForm& form,
                                                     const Partition& partition, std::uint8_t side,
                                                     std::size_t first_level,
                                                     std::size_t most_entries);

// For each level: at least the rank of every function of the fed gates from it on, whatever is given of those
// below.  Of one partition, or of all (nothing).
[[nodiscard]] std::vector<mpz_class> tail_ranks(const Circuit& circuit, const FedForm& form,
                                                const std::optional<Partition>& partition);

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_ROW_CLASSES_HPP
