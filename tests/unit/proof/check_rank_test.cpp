// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "gatelight/certificate.hpp"
#include "generate/families.hpp"
#include "generate/matrices.hpp"
#include "generate/multiplier.hpp"
#include "linalg/relations.hpp"
#include "proof/certify_rank.hpp"
#include "proof/matrix.hpp"
#include "reference/rational_rank.hpp"
#include "unit/proof/threshold_circuit.hpp"

namespace gatelight {
namespace {

constexpr std::uint32_t large_prime = 134217689;

struct Case {
  Circuit circuit;
  RankCertificate certificate;
};

// Relations are asked for as such: the cheaper arguments settle nearly every small matrix.
linalg::ExactRank by_relations(const linalg::BitMatrix& matrix, bool of_rows) {
  linalg::ExactRank result;
  result.pivots = linalg::rank_modulo(matrix, large_prime);
  result.lower = result.pivots.rank;
  result.prime = large_prime;
  result.argument = linalg::UpperArgument::relations;
  result.relations_of_rows = of_rows;
  linalg::Pivots pivots = result.pivots;
  if (of_rows) std::swap(pivots.rows, pivots.columns);
  auto proved = linalg::prove_relations(of_rows ? matrix.transposed() : matrix, pivots, large_prime,
                                        true, {});
  result.basis = pivots.columns;
  result.upper = result.lower + proved.open;
  result.relations = std::move(proved.relations);
  return result;
}

Case random_case(base::Random& random) {
  const std::size_t inputs = 1 + random.below(7);
  Circuit circuit = proof::threshold_circuit(random, inputs, random.below(5));
  const std::string partition = proof::random_partition(random, inputs);
  const auto matrix = proof::communication_matrix(circuit, circuit.outputs()[0], partition);
  linalg::ExactRankOptions options;
  options.limits.seed = random();
  const auto result = random.below(3) == 0 ? by_relations(matrix, random.coin())
                                           : linalg::exact_rank(matrix, options);
  return {circuit, proof::certify_rank(circuit, "out", partition, result)};
}

RankCheck check(const Case& claim) {
  auto result = check_rank_certificate(claim.circuit, claim.certificate);
  EXPECT_TRUE(result.ok());
  return *result;
}

TEST(CheckRank, AcceptsWhatIsTrue) {
  constexpr std::uint64_t seed = 1;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int round = generate::scaled(1000); round > 0; --round) {
    Case claim = random_case(random);
    const auto again = parse_rank_certificate(format_rank_certificate(claim.certificate));
    ASSERT_TRUE(again.ok()) << again.error().text();
    ASSERT_EQ(*again, claim.certificate);
    const RankCheck result = check(claim);
    ASSERT_EQ(result.verdict, Verdict::accepted) << result.reason;
    ASSERT_EQ(result.lower, claim.certificate.lower.rank);
    ASSERT_EQ(result.upper_checked, claim.certificate.upper.has_value()) << result.upper_note;
  }
}

// ---- Mutants: accepted only where what they say is true ---------------------------------------

void flip(base::Random& random, std::string& bits) {
  if (bits.empty()) return;
  char& bit = bits[random.below(bits.size())];
  bit = bit == '0' ? '1' : '0';
}

template <class T>
T* any_of(base::Random& random, std::vector<T>& list) {
  return list.empty() ? nullptr : &list[random.below(list.size())];
}

void mutate_upper(base::Random& random, RankUpperEnd& upper) {
  constexpr const char* arguments[] = {"dimension", "distinct rows",        "distinct columns",
                                       "minors",    "relations of columns", "something else"};
  const std::uint64_t kind = random.below(7);
  if (kind <= 1) upper.rank = upper.rank == 0 ? 1 : upper.rank - 1;
  if (kind == 2) ++upper.rank;
  if (kind == 3) upper.argument = arguments[random.below(std::size(arguments))];
  if (kind == 4) {
    if (auto* modular = any_of(random, upper.primes)) {
      if (random.coin()) modular->prime = static_cast<std::uint32_t>(random.below(300));
      if (random.coin()) modular->rank = random.below(9);
    }
    if (auto* text = any_of(random, upper.basis)) flip(random, *text);
  }
  if (kind == 5) {
    if (auto* relation = any_of(random, upper.relations)) flip(random, relation->of);
  }
  if (kind == 6) {
    if (auto* relation = any_of(random, upper.relations)) {
      relation->scale = random.between(-1, 1);
      if (auto* number = any_of(random, relation->coefficients)) *number += random.between(-1, 1);
    }
  }
}

void mutate(base::Random& random, RankCertificate& certificate) {
  RankLowerEnd& lower = certificate.lower;
  const std::uint64_t kind = random.below(12);
  if (kind == 0) flip(random, certificate.partition);
  if (kind == 1) certificate.output = "g0";
  if (kind == 2) certificate.circuit[random.below(64)] = 'x';
  if (kind == 3) lower.rank += 1;
  if (kind == 4) lower.prime = static_cast<std::uint32_t>(random.below(30));
  if (kind == 5) {
    if (auto* row = any_of(random, lower.rows)) flip(random, *row);
  }
  if (kind == 6) {
    if (auto* column = any_of(random, lower.columns)) *column += random.coin() ? "0" : "1";
  }
  if (kind == 7 && lower.rank > 0) {  // a line more: the same one, or any
    lower.rows.push_back(lower.rows[random.below(lower.rank)]);
    lower.columns.push_back(lower.columns[random.below(lower.rank)]);
    flip(random, lower.rows.back());
    ++lower.rank;
  }
  if (kind >= 8 && certificate.upper) mutate_upper(random, *certificate.upper);
}

// By brute force: everything that the certificate claims.
bool is_true(const Case& claim) {
  const RankCertificate& c = claim.certificate;
  if (c.circuit != circuit_digest(claim.circuit)) return false;
  const auto gates = claim.circuit.gate_count();
  std::uint32_t output = 0;
  while (output < gates && claim.circuit.gate(GateId{output}).name != c.output) ++output;
  if (output == gates) return false;
  const auto rows =
      generate::numbers(proof::communication_matrix(claim.circuit, GateId{output}, c.partition));
  const std::size_t rank = reference::rational_rank(rows);
  return c.lower.rank <= rank && (!c.upper || c.upper->rank >= rank);
}

TEST(CheckRank, RejectsMutantsUnlessTheyAreTrue) {
  constexpr std::uint64_t seed = 2;
  base::Random random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  int mutants = 0, rejected = 0;
  const int wanted = generate::scaled(1000);
  while (mutants < wanted) {
    Case claim = random_case(random);
    const RankCertificate original = claim.certificate;
    mutate(random, claim.certificate);
    if (claim.certificate == original) continue;
    ++mutants;
    const RankCheck result = check(claim);
    if (result.verdict == Verdict::accepted) {
      ASSERT_TRUE(is_true(claim)) << format_rank_certificate(claim.certificate);
    } else {
      ASSERT_NE(result.reason, "");
      ++rejected;
    }
  }
  EXPECT_GT(rejected, mutants / 2);
  EXPECT_LT(rejected,
            mutants);  // some are true: a row of equal effect, an upper end that is higher
}

// ---- Single cases -------------------------------------------------------------------------------

// CD(x, y) = OR of x_i and y_i over 50 pairs: the non-empty subsets of eight of them.
TEST(CheckRank, OfAHundredVariables) {
  const Circuit circuit = generate::disjointness(50, 2);
  std::string partition(100, '0');
  for (std::size_t i = 50; i < 100; ++i) partition[i] = '1';
  std::vector<std::string> sides;
  for (std::size_t subset = 1; subset < 256; ++subset) {
    sides.emplace_back(50, '0');
    for (std::size_t i = 0; i < 8; ++i) sides.back()[6 * i] = (subset >> i & 1U) != 0 ? '1' : '0';
  }
  const std::string output = circuit.gate(circuit.outputs()[0]).name;
  Case claim{circuit, {circuit_digest(circuit), output, partition, {}, {}}};
  claim.certificate.lower = {sides.size(), 251, sides, sides};
  claim.certificate.upper = {
      (std::uint64_t{1} << 50) - 1, "a product with triangular factors", {}, {}, {}};
  const RankCheck result = check(claim);
  EXPECT_EQ(result.verdict, Verdict::accepted) << result.reason;
  EXPECT_EQ(result.lower, 255U);
  EXPECT_FALSE(result.upper_checked);
  EXPECT_NE(result.upper_note, "");
  claim.certificate.lower.rows[3] = claim.certificate.lower.rows[4];
  EXPECT_EQ(check(claim).verdict, Verdict::rejected);
}

// x0 on side A, x1 on side B, equal or not: rank 2.
TEST(CheckRank, RefusesArgumentsThatSayNothing) {
  CircuitBuilder builder;
  const Source a = Source::word(*builder.add_input({"a"})),
               b = Source::word(*builder.add_input({"b"}));
  const GateId both =
      *builder.add_gate({.name = "both", .wires = {{a, 1}, {b, 1}}, .threshold = 2});
  const GateId odd = *builder.add_gate(
      {.name = "odd", .wires = {{a, 1}, {b, 1}, {Source::gate(both), -2}}, .threshold = 1});
  static_cast<void>(builder.add_output(odd));
  const Circuit circuit = *std::move(builder).build();
  Case claim{circuit, {circuit_digest(circuit), "odd", "01", {}, {}}};
  claim.certificate.lower = {1, 251, {"0"}, {"1"}};
  const auto verdict = [&](RankUpperEnd upper) {
    claim.certificate.upper = std::move(upper);
    return check(claim).verdict;
  };
  EXPECT_EQ(verdict({2, "distinct rows", {}, {}, {}}), Verdict::accepted);
  EXPECT_EQ(verdict({1, "distinct rows", {}, {}, {}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "relations of rows", {}, {"0"}, {{"1", 0, {0}}}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "relations of rows", {}, {"0"}, {{"1", 1, {}}}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "relations of rows", {}, {"0"}, {{"1", 1, {1}}}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "relations of rows", {}, {"0"}, {}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "minors", {}, {}, {}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "minors", {{251, 1}}, {}, {}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "minors", {{4, 1}}, {}, {}}), Verdict::rejected);
  EXPECT_EQ(verdict({1, "", {}, {}, {}}), Verdict::rejected);
  claim.certificate.upper = {2, "distinct rows", {}, {}, {}};
  claim.certificate.lower.prime = 4;
  EXPECT_EQ(check(claim).verdict, Verdict::rejected);
}

// [a and b are not 0, and differ] for words of two bits: J - I of order 3, of determinant 2 and rank 2 modulo 2.
TEST(CheckRank, CountsAPrimeOnce) {
  CircuitBuilder builder;
  const Source a = Source::word(*builder.add_input({"a", 2}));
  const Source b = Source::word(*builder.add_input({"b", 2}));
  const auto gate = [&](const char* name, std::vector<WrittenWire> wires, std::int64_t threshold) {
    return *builder.add_gate({.name = name, .wires = std::move(wires), .threshold = threshold});
  };
  const Source a_some = Source::gate(gate("a some", {{a, 1}}, 1));
  const Source b_some = Source::gate(gate("b some", {{b, 1}}, 1));
  const Source more = Source::gate(gate("more", {{a, 1}, {b, -1}}, 1));
  const Source less = Source::gate(gate("less", {{a, -1}, {b, 1}}, 1));
  static_cast<void>(
      builder.add_output(gate("out", {{a_some, 2}, {b_some, 2}, {more, 1}, {less, 1}}, 5)));
  const Circuit circuit = *std::move(builder).build();
  Case claim{circuit, {circuit_digest(circuit), "out", "0011", {}, {}}};
  const auto verdict = [&](std::uint64_t rank, std::vector<RankModuloPrime> primes) {
    claim.certificate.upper = {rank, "minors", std::move(primes), {}, {}};
    return check(claim).verdict;
  };
  EXPECT_EQ(verdict(2, {{2, 2}}), Verdict::rejected);
  EXPECT_EQ(verdict(2, {{2, 2}, {2, 2}}), Verdict::rejected);
  EXPECT_EQ(verdict(2, {{3, 3}}), Verdict::rejected);
  EXPECT_EQ(verdict(3, {}), Verdict::accepted);  // there are no minors of order 4
}

TEST(CheckRank, TakesItsTime) {
  base::Random random(3);
  const Case claim = random_case(random);
  StopToken stop;
  stop.request_stop();
  RankCheckOptions options;
  options.limits.stop = &stop;
  const auto result = check_rank_certificate(claim.circuit, claim.certificate, options);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict, Verdict::stopped);
}

TEST(CheckRank, LeavesLargeMatricesUnchecked) {
  base::Random random(4);
  Case claim = random_case(random);
  while (claim.certificate.upper->rank < 2 || claim.certificate.partition.size() < 5) {
    claim = random_case(random);
  }
  claim.certificate.upper->argument = "distinct rows";
  claim.certificate.upper->rank = claim.certificate.lower.rank;
  RankCheckOptions options;
  options.evaluations = 4;
  const auto result = check_rank_certificate(claim.circuit, claim.certificate, options);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict, Verdict::accepted);
}

TEST(CheckRank, RefusesHugeMinors) {
  base::Random random(5);
  Case claim = random_case(random);
  claim.certificate.lower.rank = 40000;
  claim.certificate.lower.rows.assign(40000, claim.certificate.partition);
  claim.certificate.lower.columns.assign(40000, "");
  claim.certificate.partition.assign(claim.certificate.partition.size(), '0');
  const auto result = check_rank_certificate(claim.circuit, claim.certificate);
  EXPECT_FALSE(result.ok());
}

TEST(Matrix, EliminatesLikeTheOracle) {
  base::Random random(6);
  for (int round = generate::scaled(200); round > 0; --round) {
    const auto rows = generate::numbers(generate::random_matrix(random, 20));
    proof::Matrix matrix;
    for (const auto& row : rows) matrix.emplace_back(row.begin(), row.end());
    ASSERT_EQ(proof::rational_rank(matrix), reference::rational_rank(rows));
    for (const std::uint32_t prime : {2U, 3U, 251U, 4294967291U}) {
      ASSERT_EQ(proof::modular_rank(matrix, prime, Deadline({})).value(),
                reference::modular_rank(rows, prime));
    }
  }
  EXPECT_EQ(proof::modular_rank({{-1, 5}, {4, 1}}, 5, Deadline({})), 2U);
  EXPECT_EQ(proof::modular_rank({{-5, 5}, {10, 0}}, 5, Deadline({})), 0U);
}

}  // namespace
}  // namespace gatelight
