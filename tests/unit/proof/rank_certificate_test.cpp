// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "gatelight/certificate.hpp"
#include "generate/multiplier.hpp"
#include "proof/certify_rank.hpp"
#include "unit/proof/threshold_circuit.hpp"

namespace gatelight {
namespace {

// Every key, in the canonical order.
const std::string example =
    R"({"schema":"gatelight/rank-certificate/1","circuit":"abc","output":"out","partition":"0011",)"
    R"("lower":{"rank":1,"prime":251,"rows":["01"],"columns":["11"]},)"
    R"("upper":{"rank":3,"argument":"relations of rows","primes":[{"prime":251,"rank":3}],)"
    R"("basis":["00"],"relations":[{"of":"10","scale":-2,"coefficients":[1,-3]}]}})"
    "\n";

std::string error_of(const std::string& text) {
  const auto certificate = parse_rank_certificate(text);
  return certificate.ok() ? "" : certificate.error().text();
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = example;
  return text.replace(text.find(from), from.size(), to);
}

TEST(RankCertificate, IsWrittenAsItIsRead) {
  const auto certificate = parse_rank_certificate(example);
  ASSERT_TRUE(certificate.ok()) << certificate.error().text();
  EXPECT_EQ(certificate->lower.rows, std::vector<std::string>{"01"});
  EXPECT_EQ(certificate->upper->relations[0].coefficients, (std::vector<std::int64_t>{1, -3}));
  EXPECT_EQ(format_rank_certificate(*certificate), example);
  RankCertificate bare = *certificate;
  bare.upper.reset();
  EXPECT_EQ(*parse_rank_certificate(format_rank_certificate(bare)), bare);
  bare.upper = {7, "distinct rows", {}, {}, {}};
  EXPECT_EQ(*parse_rank_certificate(format_rank_certificate(bare)), bare);
}

TEST(RankCertificate, EveryTruncationIsRefused) {
  for (std::size_t length = 0; length + 1 < example.size(); ++length) {
    EXPECT_NE(error_of(example.substr(0, length)), "") << length;
  }
}

TEST(RankCertificate, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("[]"), "must be an object");
  EXPECT_EQ(error_of("{}"), "has no \"schema\"");
  EXPECT_EQ(error_of(with("certificate/1", "certificate/2")),
            "schema: must be \"gatelight/rank-certificate/1\"");
  EXPECT_EQ(error_of(with("\"output\":\"out\"", "\"output\":7")), "output: must be a string");
  EXPECT_EQ(error_of(with("0011", "0012")), "partition: must be of 0 and 1 only");
  EXPECT_EQ(error_of(with("\"prime\":251,\"rows\"", "\"prime\":-3,\"rows\"")),
            "lower.prime: must be an integer from 0 to 4294967295");
  EXPECT_EQ(error_of(with("\"prime\":251,\"rows\"", "\"prime\":4294967296,\"rows\"")),
            "lower.prime: must be an integer from 0 to 4294967295");
  EXPECT_EQ(error_of(with("\"rank\":1,", "\"rank\":1e3,")),
            "lower.rank: must be an integer from 0 to 9223372036854775807");
  EXPECT_EQ(error_of(with("\"rank\":1,", "\"rank\":99999999999999999999,")),
            "lower.rank: must be an integer from 0 to 9223372036854775807");
  EXPECT_EQ(error_of(with("[\"01\"]", "[\"01\",null]")), "lower.rows[1]: must be a string");
  EXPECT_EQ(error_of(with("[\"01\"]", "{}")), "lower.rows: must be an array");
  EXPECT_EQ(error_of(with("\"scale\":-2,", "")), "upper.relations[0]: has no \"scale\"");
  EXPECT_EQ(error_of(with("\"basis\"", "\"base\"")), "upper.base: is no key of this object");
  EXPECT_EQ(error_of(with("[1,-3]", "[1,0.5]")),
            "upper.relations[0].coefficients[1]: must be an integer from -9223372036854775808 to "
            "9223372036854775807");
  EXPECT_NE(error_of(with("\"rank\":1,", "\"rank\":NaN,")), "");
  EXPECT_NE(error_of(with("\"rank\":1,", "\"rank\":1,\"rank\":1,")), "");
  EXPECT_NE(error_of(std::string(100000, '[')), "");
}

// Bytes that change, go and come: an error, or a certificate that is written as it is read.
TEST(RankCertificate, SurvivesEveryEdit) {
  constexpr std::uint64_t seed = 4;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const std::string bytes = "{}[]\",:0123456789-.eE \\ntfu\x01\xff";
  int read = 0;
  for (int round = generate::scaled(5000); round > 0; --round) {
    std::string text = example;
    for (std::uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
      const std::size_t at = random.below(text.size());
      const char byte = bytes[random.below(bytes.size())];
      const std::uint64_t kind = random.below(3);
      if (kind == 0) text[at] = byte;
      if (kind == 1) text.erase(at, 1 + random.below(4));
      if (kind == 2) text.insert(at, 1, byte);
    }
    const auto certificate = parse_rank_certificate(text);
    if (!certificate.ok()) {
      ASSERT_NE(certificate.error().message, "");
      continue;
    }
    ASSERT_EQ(*parse_rank_certificate(format_rank_certificate(*certificate)), *certificate) << text;
    ++read;
  }
  EXPECT_GT(read, 0);
}

TEST(RankCertificate, DigestsDifferForDifferentCircuits) {
  base::Random random(1);
  const Circuit a = proof::threshold_circuit(random, 4, 2),
                b = proof::threshold_circuit(random, 4, 2);
  EXPECT_EQ(circuit_digest(a).size(), 64U);
  EXPECT_EQ(circuit_digest(a), circuit_digest(Circuit(a)));
  EXPECT_NE(circuit_digest(a), circuit_digest(b));
}

TEST(CertifyRank, NamesAssignmentsByTheirBits) {
  EXPECT_EQ(proof::assignment(6, 4), "0110");
  EXPECT_EQ(proof::assignment(0, 0), "");
  base::Random random(2);
  const Circuit circuit = proof::threshold_circuit(random, 3, 0);
  linalg::ExactRank result;
  result.lower = result.upper = 1;
  result.prime = 251;
  result.pivots = {1, {1}, {2}, true};
  const RankCertificate certificate = proof::certify_rank(circuit, "out", "011", result);
  EXPECT_EQ(certificate.lower.rows, std::vector<std::string>{"1"});
  EXPECT_EQ(certificate.lower.columns, std::vector<std::string>{"01"});
  EXPECT_EQ(certificate.upper->argument, "distinct rows");
}

}  // namespace
}  // namespace gatelight
