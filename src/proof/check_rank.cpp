// SPDX-License-Identifier: Apache-2.0
//
// Problem   Someone claims that a communication matrix has at least some rank.
// Idea      Evaluate the circuit on every pair of the named assignments and eliminate modulo the prime.
// Why       A minor that is not 0 modulo a prime is not 0, so the rank over the rationals is at least
//           its order.  Nothing here is shared with what found the claim: evaluate() defines the
//           circuit's meaning, and the arithmetic is schoolbook arithmetic.
// Tested by tests/unit/proof/check_rank_test.cpp
#include <algorithm>

#include "base/text.hpp"
#include "gatelight/certificate.hpp"
#include "proof/check_upper.hpp"
#include "proof/matrix.hpp"

namespace gatelight {
namespace {

constexpr std::size_t largest_minor = std::size_t{1} << 15U;

RankCheck rejected(std::string reason) {
  return {Verdict::rejected, std::move(reason), 0, false, ""};
}
RankCheck stopped() { return {Verdict::stopped, "a limit came first", 0, false, ""}; }

std::optional<GateId> find_gate(const Circuit& circuit, const std::string& name) {
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (circuit.gate(GateId{g}).name == name) return GateId{g};
  }
  return std::nullopt;
}

// Empty where the certificate speaks of this circuit and all its parts fit together.
std::string check_shape(const Circuit& circuit, const RankCertificate& certificate) {
  if (certificate.circuit != circuit_digest(circuit)) return "is about another circuit";
  if (certificate.partition.size() != circuit.bit_count() ||
      certificate.partition.find_first_not_of("01") != std::string::npos) {
    return "the partition must have a 0 or 1 for each input bit";
  }
  const RankLowerEnd& lower = certificate.lower;
  if (lower.rows.size() != lower.rank || lower.columns.size() != lower.rank) {
    return "there must be as many rows and columns as the rank claimed";
  }
  const auto columns = static_cast<std::size_t>(
      std::count(certificate.partition.begin(), certificate.partition.end(), '1'));
  const auto fits = [](const std::vector<std::string>& texts, std::size_t bits) {
    return std::all_of(texts.begin(), texts.end(), [bits](const std::string& text) {
      return text.size() == bits && text.find_first_not_of("01") == std::string::npos;
    });
  };
  if (!fits(lower.rows, certificate.partition.size() - columns) || !fits(lower.columns, columns)) {
    return "an assignment must have a 0 or 1 for each bit of its side";
  }
  return "";
}

}  // namespace

Result<RankCheck> check_rank_certificate(const Circuit& circuit, const RankCertificate& certificate,
                                         const RankCheckOptions& options) {
  const Deadline deadline(options.limits);
  const std::string shape = check_shape(circuit, certificate);
  if (!shape.empty()) return rejected(shape);
  const auto output = find_gate(circuit, certificate.output);
  if (!output) return rejected("the circuit has no gate " + base::quoted(certificate.output));
  const RankLowerEnd& lower = certificate.lower;
  if (lower.rank > largest_minor) {
    return Error{ErrorCode::limit, "minors of more than 32768 rows are not checked", "lower"};
  }
  proof::Entries entries(circuit, *output, certificate.partition);
  if (lower.rank > 0) {
    if (!proof::is_prime_by_division(lower.prime)) {
      return rejected(std::to_string(lower.prime) + " is no prime");
    }
    const auto minor = entries.minor(lower.rows, lower.columns, deadline);
    if (!minor) return stopped();
    const auto rank = proof::modular_rank(*minor, lower.prime, deadline);
    if (!rank) return stopped();
    if (*rank < lower.rank) return rejected("the minor is 0 modulo " + std::to_string(lower.prime));
  }
  RankCheck check{Verdict::accepted, "", lower.rank, false, "no upper end is claimed"};
  if (!certificate.upper) return check;
  const proof::UpperCheck upper =
      proof::check_upper(entries, *certificate.upper, options.evaluations, deadline);
  if (upper.outcome == proof::UpperCheck::Outcome::wrong) {
    return rejected("the upper end: " + upper.note);
  }
  if (upper.outcome == proof::UpperCheck::Outcome::stopped) return stopped();
  if (certificate.upper->rank < lower.rank) return rejected("the upper end is below the lower end");
  check.upper_checked = upper.outcome == proof::UpperCheck::Outcome::proved;
  check.upper_note = upper.note;
  return check;
}

}  // namespace gatelight
