// SPDX-License-Identifier: Apache-2.0
//
// A certificate of what linalg found out about a whole communication matrix.
#ifndef GATELIGHT_PROOF_CERTIFY_RANK_HPP
#define GATELIGHT_PROOF_CERTIFY_RANK_HPP

#include <cstdint>
#include <string>

#include "gatelight/certificate.hpp"
#include "linalg/exact_rank.hpp"

namespace gatelight::proof {

// The assignment with number `index`: bit j of the number is the side's j-th bit in declaration order.
[[nodiscard]] std::string assignment(std::uint64_t index, std::size_t bits);

// Requires: row i of the matrix is assignment i of side A, column j assignment j of side B; result.relations were
// kept if they are the argument, else the upper end is left out.
[[nodiscard]] RankCertificate certify_rank(const Circuit& circuit, const std::string& output,
                                           const std::string& partition,
                                           const linalg::ExactRank& result);

}  // namespace gatelight::proof

#endif  // GATELIGHT_PROOF_CERTIFY_RANK_HPP
