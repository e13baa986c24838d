// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/proof/rank_certificate_test.cpp
#include "proof/certify_rank.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {

std::string circuit_digest(const Circuit& circuit) { return base::sha256(format_circuit(circuit)); }

}  // namespace gatelight

namespace gatelight::proof {
namespace {

std::vector<std::string> assignments(const std::vector<std::uint32_t>& indices, std::size_t bits) {
  std::vector<std::string> texts;
  texts.reserve(indices.size());
  for (const std::uint32_t index : indices) texts.push_back(assignment(index, bits));
  return texts;
}

}  // namespace

std::string assignment(std::uint64_t index, std::size_t bits) {
  std::string text(bits, '0');
  for (std::size_t j = 0; j < bits && j < 64; ++j) {
    if ((index >> j & 1U) != 0) text[j] = '1';
  }
  return text;
}

RankCertificate certify_rank(const Circuit& circuit, const std::string& output,
                             const std::string& partition, const linalg::ExactRank& result) {
  const auto columns = static_cast<std::size_t>(std::ranges::count(partition, '1'));
  const std::size_t rows = partition.size() - columns;
  RankCertificate certificate{circuit_digest(circuit), output, partition, {}, {}};
  certificate.lower = {result.lower, result.prime, assignments(result.pivots.rows, rows),
                       assignments(result.pivots.columns, columns)};
  RankUpperEnd upper{result.upper, std::string(linalg::name(result.argument)), {}, {}, {}};
  if (result.argument == linalg::UpperArgument::minors) {
    for (const auto& [prime, rank] : result.ranks) upper.primes.push_back({prime, rank});
  }
  if (result.argument == linalg::UpperArgument::relations) {
    if (result.relations.empty()) return certificate;
    const std::size_t bits = result.relations_of_rows ? rows : columns;
    upper.argument += result.relations_of_rows ? " of rows" : " of columns";
    upper.basis = assignments(result.basis, bits);
    for (const linalg::Relation& relation : result.relations) {
      upper.relations.push_back({assignment(relation.index, bits),
                                 relation.scale,
                                 {relation.coefficients.begin(), relation.coefficients.end()}});
    }
  }
  certificate.upper = std::move(upper);
  return certificate;
}

}  // namespace gatelight::proof
