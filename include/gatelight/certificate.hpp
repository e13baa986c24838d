// SPDX-License-Identifier: Apache-2.0
//
// Certificates: why a number should be believed, in a file that others can check.
//
//   const auto certificate = parse_rank_certificate(*read_file("net.rank.json"));
//   const auto check = check_rank_certificate(circuit, *certificate);
//   if (check.ok() && check->verdict == Verdict::accepted) ...  // the rank is at least check->lower
//
// The file format and what each argument means: docs/reference/rank-certificate.md.
#ifndef GATELIGHT_CERTIFICATE_HPP
#define GATELIGHT_CERTIFICATE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

// SHA-256 of the circuit's canonical text (format_circuit() of formats.hpp), 64 hexadecimal digits: what a
// certificate is about.
[[nodiscard]] std::string circuit_digest(const Circuit& circuit);

// The lower end of a claim.  M[rows][columns] is square and its determinant is not 0 modulo the prime.  An
// assignment is a string of '0' and '1', one character a bit of its side, in declaration order.
struct RankLowerEnd {
  std::size_t rank = 0;
  std::uint32_t prime = 0;
  std::vector<std::string> rows{}, columns{};
  friend bool operator==(const RankLowerEnd&, const RankLowerEnd&) = default;
};

struct RankModuloPrime {
  std::uint32_t prime = 0;
  std::size_t rank = 0;
  friend bool operator==(const RankModuloPrime&, const RankModuloPrime&) = default;
};

// scale * line `of` = sum of coefficients[k] * line basis[k]; scale is not 0.
struct LineRelation {
  std::string of{};
  std::int64_t scale = 1;
  std::vector<std::int64_t> coefficients{};
  friend bool operator==(const LineRelation&, const LineRelation&) = default;
};

// Why the rank is not above `rank`.  Arguments that a checker knows: "dimension", "distinct rows", "distinct
// columns", "minors" (with `primes`), "relations of rows" and "relations of columns" (with `basis` and
// `relations`).  Others may be named, and are checked where the matrix is small.
struct RankUpperEnd {
  std::uint64_t rank = 0;
  std::string argument{};
  std::vector<RankModuloPrime> primes{};
  std::vector<std::string> basis{};
  std::vector<LineRelation> relations{};
  friend bool operator==(const RankUpperEnd&, const RankUpperEnd&) = default;
};

// A claim about the rank over the rationals of M[a][b] = value of `output` on the input that is a on side A
// and b on side B.  All inputs count, also those outside the circuit's domain.
struct RankCertificate {
  std::string circuit{};  // circuit_digest()
  std::string output{};   // a gate's name
  std::string
      partition{};  // one character an input bit: '0' for side A (rows), '1' for B (columns)
  RankLowerEnd lower{};
  std::optional<RankUpperEnd> upper{};
  friend bool operator==(const RankCertificate&, const RankCertificate&) = default;
};

// Reads a certificate; the text is never trusted.  Errors: bad_input, limit, with the place.  O(length).
[[nodiscard]] Result<RankCertificate> parse_rank_certificate(std::string_view json);
// The canonical text: parsing it gives an equal certificate, and formatting that the same bytes.
[[nodiscard]] std::string format_rank_certificate(const RankCertificate& certificate);

enum class Verdict {
  accepted,  // the lower end is proved, and nothing that was claimed is wrong
  rejected,  // the certificate is about something else, or a claim does not check
  stopped,   // a limit came first
};

struct RankCheck {
  Verdict verdict = Verdict::rejected;
  std::string reason{};        // why not accepted
  std::size_t lower = 0;       // proved, if accepted
  bool upper_checked = false;  // then the certificate's upper end is proved as well
  std::string upper_note{};    // how it was checked, or why not
};

struct RankCheckOptions {
  // Of the upper end only: how often the circuit may be evaluated.  Beyond that it is not checked.
  std::uint64_t evaluations = std::uint64_t{1} << 22;
  Limits limits{};  // seconds and stop
};

// Checks a certificate with evaluate() and schoolbook arithmetic alone; shares no code with what found the rank.
// Cost: rank^2 evaluations and rank^3 / 3 multiplications for the lower end; for the upper end at
// most options.evaluations and, for "minors", an elimination a prime.  Errors: limit (a minor of more
// than 32,768 rows).  Thread-safe.
[[nodiscard]] Result<RankCheck> check_rank_certificate(const Circuit& circuit,
                                                       const RankCertificate& certificate,
                                                       const RankCheckOptions& options = {});

}  // namespace gatelight

#endif  // GATELIGHT_CERTIFICATE_HPP
