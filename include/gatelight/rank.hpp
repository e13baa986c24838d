// SPDX-License-Identifier: Apache-2.0
//
// The rank of communication matrices, over the rationals.
//
// A partition (A, B) of the input bits makes of a Boolean function f the matrix M[a][b] = f(a, b) with
// a row for each assignment of A and a column for each of B.  rk(f) is its largest rank over all partitions:
// the left side of the theorem in theory.hpp.
//
//   const auto f = BooleanFunction::of_gate(circuit, circuit.outputs()[0]);
//   const auto half = measure_rank(f, {0, 0, 1, 1});    // one partition
//   const auto best = best_rank(f);                     // rk(f)
//
// docs/explanation/rank.md explains the paths and what each end of an interval rests on.
#ifndef GATELIGHT_RANK_HPP
#define GATELIGHT_RANK_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/certificate.hpp"
#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight {

// The side of each input bit: 0 is A, the rows; 1 is B, the columns.
using Partition = std::vector<std::uint8_t>;

// A Boolean function of some input bits.  Immutable; copies are cheap and safe to read from many threads.
class BooleanFunction {
 public:
  // [y != 0]: whether the gate fires.  For gates with the values 0 and 1 that is y itself.  The domain of
  // the circuit has no part in f, which is total; notes() says so.
  static BooleanFunction of_gate(Circuit circuit, GateId gate);
  // [y >= least].  Errors: limit (a circuit that has all the gates it may have).  O(wires).
  static Result<BooleanFunction> of_level(const Circuit& circuit, GateId gate, std::int64_t least);
  // A truth table in hexadecimal digits, the most significant first: the bit number sum 2^i x_i is f(x).
  // 2^inputs / 4 digits, at least one.  Errors: bad_input, unsupported (more than 28 inputs).
  static Result<BooleanFunction> of_table(std::string_view hex, std::size_t inputs);

  [[nodiscard]] std::size_t inputs() const;  // input bits
  // Those that it can depend on, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& bits() const;
  [[nodiscard]] bool value(const InputBits& input) const;
  // What the user should know about what f is; empty where there is nothing.
  [[nodiscard]] std::vector<std::string> notes() const;

  struct Data;  // private to src/measures
  [[nodiscard]] const Data& data() const { return *data_; }

 private:
  explicit BooleanFunction(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// The first half of the input bits (rounded down) is A, the rest B.
[[nodiscard]] Partition halves(std::size_t inputs);
// "0011", one character an input bit.  Errors: bad_input.
[[nodiscard]] Result<Partition> parse_partition(std::string_view text, std::size_t inputs);

enum class RankPath {
  automatic,   // the first of the others that can answer
  nested,      // one threshold gate over input bits: sorted sums, no matrix
  dense,       // all values of f, and an elimination
  structured,  // the decision diagram of f, level by level
  sampled,     // submatrices: a lower bound
};

struct RankOptions {
  RankPath path = RankPath::automatic;
  std::size_t samples = 512;  // rows and columns of a sampled submatrix, at most 2^14
  bool keep_proof = false;    // for rank_certificate()
  Limits limits{};
};

// Why the rank is at least `lower`: the square matrix f(rows[i] | columns[j]) of that order is not singular
// modulo the prime.  Rows are inputs whose bits of side B are 0, columns those whose bits of A are.
struct RankMinor {
  std::uint32_t prime = 2;
  std::vector<InputBits> rows, columns;
};

// lower <= rank <= upper.
struct RankResult {
  Partition partition;
  std::uint64_t lower = 0;
  // A whole number below 2^53, or a power of two; infinite beyond 2^1023.
  double upper = 0;
  std::string path;                        // "nested", "dense", "structured" or "sampled"
  std::string lower_reason, upper_reason;  // one line each
  RankMinor minor;                         // shows `lower`
  RankUpperEnd upper_proof;                // what a certificate says of `upper`, if proofs are kept
  std::vector<std::uint32_t> primes;       // of the minor, then those that the upper end rests on
  std::vector<std::uint32_t> agreeing;     // the rank is `lower` modulo these too: no proof
  bool stopped = false;                    // a limit came first
  double seconds = 0;
  [[nodiscard]] bool exact() const { return static_cast<double>(lower) == upper; }
};

// The rank for one partition.  Requires partition.size() == function.inputs() and samples >= 1.
// Errors: unsupported, limit (a path that was asked for and cannot be gone).  Stopping early is a success
// with an open interval.
// Cost: nested, the number of different sums; dense, 2^bits values and an elimination of the distinct rows
// and columns; structured, the nodes of the diagram, exponential at worst; sampled, samples^2 values.
[[nodiscard]] Result<RankResult> measure_rank(const BooleanFunction& function,
                                              const Partition& partition,
                                              const RankOptions& options = {});

// What proves the interval of a result that was measured with keep_proof.  `circuit` is the one that the
// function was made from, with its domain.  Errors: unsupported (a table; a gate with other values than 0 and
// 1: the certificate's matrix holds the values themselves).
[[nodiscard]] Result<RankCertificate> rank_certificate(const BooleanFunction& function,
                                                       const Circuit& circuit,
                                                       const RankResult& result);

struct BestRankOptions {
  // Exhaust all partitions where the function depends on at most so many bits, 24 at most; else local
  // search only.
  std::size_t exhaust_bits = 20;
  RankOptions rank{};
};

// rk(f), the largest rank of all partitions.  These are separate statements: that all partitions were
// looked at (or could not be better), which may hold modulo primes only, and that no rank over the
// rationals is larger than `upper`.
struct BestRank {
  RankResult best;           // of the best partition found: best.lower <= rk(f)
  double upper = 0;          // rk(f) <= upper, over the rationals
  std::string upper_reason;  // one line
  bool exhausted = false;    // no partition has a larger rank modulo `modulus`
  std::uint32_t modulus = 0;
  std::string partitions;       // that there are, a partition and its complement being one; decimal
  std::uint64_t looked_at = 0;  // partitions whose matrix was looked at
  std::uint64_t unproved = 0;   // ... and whose rank is best.lower at most, but only modulo primes
  std::string symmetry;         // what divided the search, one line; empty where nothing did
  bool stopped = false;
  double seconds = 0;
  [[nodiscard]] bool exact() const { return static_cast<double>(best.lower) == upper; }
};

// Errors: as measure_rank().  Cost: 2^(bits - 1) matrices at worst where exhausted.
[[nodiscard]] Result<BestRank> best_rank(const BooleanFunction& function,
                                         const BestRankOptions& options = {});

// Every partition with the first bit in A: its complement has the same rank.
struct RankTable {
  std::vector<RankResult> rows;  // without minors; by the number that bit i of B makes of its 2^i
  bool stopped = false;          // rows that were not reached are missing
};
// Errors: unsupported (more than 16 inputs), as measure_rank().
[[nodiscard]] Result<RankTable> all_ranks(const BooleanFunction& function,
                                          const RankOptions& options = {});

// The communication matrix itself, row after row, row a = sum of 2^i * (i-th bit of A).
struct CommunicationMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<std::uint8_t> entries;  // rows * columns, 0 or 1
};
// All input bits take part, also those that f does not depend on.
// Errors: unsupported (more than 2^26 entries), limit (stopped).
[[nodiscard]] Result<CommunicationMatrix> communication_matrix(const BooleanFunction& function,
                                                               const Partition& partition,
                                                               const Limits& limits = {});

}  // namespace gatelight

#endif  // GATELIGHT_RANK_HPP
