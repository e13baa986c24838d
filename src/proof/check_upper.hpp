// SPDX-License-Identifier: Apache-2.0
//
// The upper end of a rank certificate.
#ifndef GATELIGHT_PROOF_CHECK_UPPER_HPP
#define GATELIGHT_PROOF_CHECK_UPPER_HPP

#include <string>

#include "gatelight/certificate.hpp"
#include "proof/matrix.hpp"

namespace gatelight::proof {

struct UpperCheck {
  enum class Outcome { proved, wrong, not_checked, stopped };
  Outcome outcome = Outcome::not_checked;
  std::string note;  // what was done, or what is wrong
};

[[nodiscard]] UpperCheck check_upper(Entries& entries, const RankUpperEnd& upper,
                                     std::uint64_t evaluations, const Deadline& deadline);

}  // namespace gatelight::proof

#endif  // GATELIGHT_PROOF_CHECK_UPPER_HPP
