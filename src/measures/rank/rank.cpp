// SPDX-License-Identifier: Apache-2.0
//
// The rank for one partition: which path, and what is put together.
//
// Problem   Four ways to a rank; each is right for some functions.
// Idea      One threshold gate: nested rows.  Few bits: all values and an elimination.  Else the decision
//           diagram, the rows of the matrix being the nodes of a level; where that grows too large, all values
//           as long as they fit; and where they do not, samples.
// Why       Each path gives a minor, which is a lower bound, and an upper bound with its reason; bounds of
//           several paths hold together.  Every minor's entries are f itself.
// Tested by tests/unit/measures/rank/rank_test.cpp
#include "gatelight/rank.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/memory.hpp"
#include "engines/function.hpp"
#include "measures/rank/cut.hpp"
#include "measures/rank/dense.hpp"
#include "measures/rank/function.hpp"
#include "measures/rank/nested.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight {
namespace {

using namespace measures;

// With so few bits all values are quicker than anything cleverer.
constexpr std::size_t dense_at_once = 20;
// And with so many they are out of reach.
constexpr std::size_t dense_bits = 32;
constexpr std::size_t most_samples = std::size_t{1} << 14;
// Of what is left of a time limit, where another path may follow.
constexpr double structured_share = 0.5, dense_share = 0.9;

class Measurement {
 public:
  Measurement(const BooleanFunction& function, const Partition& partition,
              const RankOptions& options)
      : function_(function), options_(options), deadline_(options.limits) {
    result_.partition = partition;
    std::size_t side[2] = {0, 0};
    for (const std::uint32_t bit : function.bits()) ++side[partition[bit]];
    smaller_ = std::min(side[0], side[1]);
    result_.upper = smaller_ < 1024 ? std::ldexp(1.0, static_cast<int>(smaller_))
                                    : std::numeric_limits<double>::infinity();
    result_.upper_reason = "2^" + std::to_string(smaller_) + " assignments of the smaller side";
    // Bits that do not matter make the matrix larger, but not its rows different.
    const auto b = static_cast<std::size_t>(std::ranges::count(partition, 1));
    result_.upper_proof.argument = smaller_ == std::min(b, partition.size() - b) ? "dimension"
                                   : side[0] == smaller_                         ? "distinct rows"
                                                         : "distinct columns";
    if (smaller_ < 63) result_.upper_proof.rank = std::uint64_t{1} << smaller_;
  }

  Result<RankResult> run() {
    Result<void> done;
    switch (options_.path) {
      case RankPath::automatic:
        done = automatic();
        break;
      case RankPath::nested:
        done = required(nested(), "one threshold gate over input bits");
        break;
      case RankPath::dense:
        done = dense(rest());
        break;
      case RankPath::structured:
        done = structured(rest());
        break;
      case RankPath::sampled:
        sample();
        break;
    }
    if (!done.ok()) return done.error();
    result_.stopped = result_.stopped || (!result_.exact() && deadline_.expired());
    result_.seconds = deadline_.elapsed();
    return std::move(result_);
  }

 private:
  static Result<void> required(bool done, const char* what) {
    if (done) return {};
    return Error{ErrorCode::unsupported, std::string("this path is for ") + what, ""};
  }

  Result<void> automatic() {
    if (nested()) return {};
    const std::size_t bits = function_.bits().size();
    if (bits > dense_at_once && function_.data().circuit) {
      // What the diagram cannot do, others may.
      if (const auto done = structured(share(structured_share)); done.ok() && result_.exact())
        return {};
    }
    if (bits <= dense_bits && dense_fits(bits)) {
      if (const auto done = dense(share(dense_share)); done.ok()) {
        if (result_.exact() || result_.path == "dense") return {};
      }
    }
    sample();
    return {};
  }

  [[nodiscard]] bool dense_fits(std::size_t bits) const {
    // The table, its rows, and the matrix of these.
    return (std::size_t{3} << bits) / 8 <= base::allowed_bytes(options_.limits);
  }

  [[nodiscard]] Limits rest() const { return rest_of(options_.limits, deadline_); }
  [[nodiscard]] Limits share(double part) const {
    Limits limits = rest();
    limits.seconds *= part;
    return limits;
  }

  // Takes over a lower bound if it is the best one so far.
  void take_minor(const char* path, std::size_t lower, RankMinor minor, std::string reason) {
    if (lower < result_.lower || (lower == result_.lower && !result_.path.empty())) return;
    result_.path = path;
    result_.lower = lower;
    result_.minor = std::move(minor);
    result_.lower_reason = std::move(reason);
    note_prime(result_.minor.prime);
  }
  void take_upper(double upper, std::string reason, RankUpperEnd proof = {}) {
    if (upper >= result_.upper) return;
    result_.upper = upper;
    result_.upper_reason = std::move(reason);
    result_.upper_proof = std::move(proof);
    if (!result_.upper_proof.argument.empty()) return;
    // An argument without numbers of its own: a checker repeats it, or, where it does not know it, checks what
    // it says where the matrix is small.
    result_.upper_proof.argument = result_.upper_reason;
    if (upper < 0x1p63) result_.upper_proof.rank = static_cast<std::uint64_t>(upper);
  }
  void note_prime(std::uint32_t prime) {
    if (std::ranges::find(result_.primes, prime) == result_.primes.end()) {
      result_.primes.push_back(prime);
    }
  }

  static std::string minor_reason(std::uint32_t prime) {
    return "a minor that is not 0 modulo " + std::to_string(prime);
  }

  bool nested() {
    const BooleanFunction::Data& data = function_.data();
    if (!data.circuit) return false;
    const auto threshold = threshold_function(*data.circuit, data.gate);
    if (!threshold) return false;
    auto found = nested_cut(function_, *threshold, result_.partition, true);
    if (!found) return false;
    take_upper(static_cast<double>(found->rank), "distinct rows");
    take_minor("nested", found->rank, std::move(found->minor),
               "a minor that is a triangle of ones");
    return true;
  }

  Result<void> dense(const Limits& limits) {
    auto found = dense_rank(function_, result_.partition, limits, options_.keep_proof);
    if (!found.ok()) return found.error();
    if (!found->has_value()) {
      result_.stopped = true;
      return {};
    }
    const linalg::ExactRank& rank = (*found)->rank;
    result_.stopped = result_.stopped || rank.stopped;
    take_upper(static_cast<double>(rank.upper), std::string(linalg::name(rank.argument)),
               std::move((*found)->proof));
    take_minor("dense", rank.lower, std::move((*found)->minor), minor_reason(rank.prime));
    for (const auto& modular : rank.ranks) note_prime(modular.prime);
    result_.agreeing = rank.agreeing;
    return {};
  }

  Result<void> structured(const Limits& limits) {
    if (!function_.data().circuit) return required(false, "circuits");
    auto found = structured_cut(function_, result_.partition, limits);
    if (!found.ok()) return found.error();
    const CutRank& cut = found->cut;
    take_upper(cut.upper, cut.reason);
    take_minor("structured", cut.lower, std::move(found->minor), minor_reason(cut.prime));
    for (const std::uint32_t prime : cut.primes) note_prime(prime);
    result_.agreeing = cut.agreeing;
    return {};
  }

  void sample() {
    SampleOptions sampling;
    sampling.size = std::clamp<std::size_t>(options_.samples, 1, most_samples);
    sampling.seed = options_.limits.seed;
    sampling.limits = rest();
    if (result_.upper < static_cast<double>(sampling.size)) {
      sampling.enough = static_cast<std::size_t>(result_.upper);
    }
    SampledRank found =
        sampled_rank(pair_matrix(function_), side_of(function_, result_.partition, 0),
                     side_of(function_, result_.partition, 1), sampling);
    result_.stopped = result_.stopped || found.stopped;
    RankMinor minor{found.prime, std::move(found.rows), std::move(found.columns)};
    take_minor("sampled", found.lower, std::move(minor),
               "a sampled submatrix: " + minor_reason(found.prime));
  }

  const BooleanFunction& function_;
  const RankOptions& options_;
  Deadline deadline_;
  std::size_t smaller_ = 0;  // bits of the smaller side
  RankResult result_;
};

}  // namespace

Result<RankResult> measure_rank(const BooleanFunction& function, const Partition& partition,
                                const RankOptions& options) {
  GATELIGHT_REQUIRE(partition.size() == function.inputs(), "a partition has one side a bit");
  GATELIGHT_REQUIRE(std::ranges::all_of(partition, [](std::uint8_t s) { return s <= 1; }),
                    "a side is 0 or 1");
  GATELIGHT_REQUIRE(options.samples >= 1, "a sample has at least one row");
  return Measurement(function, partition, options).run();
}

Result<RankCertificate> rank_certificate(const BooleanFunction& function, const Circuit& circuit,
                                         const RankResult& result) {
  const BooleanFunction::Data& data = function.data();
  if (!data.circuit) {
    return Error{ErrorCode::unsupported, "a certificate is about a circuit, not about a table", ""};
  }
  const auto range = data.circuit->value_range(data.gate);
  if (range.low < 0 || range.high > 1 ||
      static_cast<std::size_t>(data.gate) >= circuit.gate_count()) {
    return Error{ErrorCode::unsupported,
                 "certificates speak of outputs with the values 0 and 1 only", ""};
  }
  RankCertificate certificate;
  certificate.circuit = circuit_digest(circuit);
  certificate.output = circuit.gate(data.gate).name;
  for (const std::uint8_t side : result.partition) certificate.partition += side != 0 ? '1' : '0';
  certificate.lower.rank = result.lower;
  certificate.lower.prime = result.minor.prime;
  for (const InputBits& row : result.minor.rows) {
    certificate.lower.rows.push_back(side_bits(row, result.partition, 0));
  }
  for (const InputBits& column : result.minor.columns) {
    certificate.lower.columns.push_back(side_bits(column, result.partition, 1));
  }
  if (!result.upper_proof.argument.empty() && result.upper < 0x1p63) {
    certificate.upper = result.upper_proof;
  }
  return certificate;
}

}  // namespace gatelight
