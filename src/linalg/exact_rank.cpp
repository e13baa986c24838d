// SPDX-License-Identifier: Apache-2.0
//
// Problem   The rank over the rationals, with evidence for both ends of the interval.
// Idea      Cheapest first.  Repeated and zero rows and columns go; what is left bounds the rank, and the
//           rank modulo 251 usually meets that.  If not, a random prime of 27 bits gives the better
//           lower bound; then its minors (minor_bound.cpp) or integer relations (relations.cpp) may
//           prove that there is no more; and where the minors are small, more primes do.
// Why       rank modulo p <= rank over the rationals <= what each argument says.
// Limits    A random singular matrix of order 1000 would take 150 primes; beyond `effort` its interval stays
//           open, with the primes that agree.
// Tested by tests/unit/linalg/exact_rank_test.cpp
#include "linalg/exact_rank.hpp"

#include <algorithm>
#include <cmath>

#include "base/memory.hpp"
#include "base/random.hpp"
#include "linalg/minor_bound.hpp"
#include "linalg/primes.hpp"
#include "linalg/relations.hpp"

namespace gatelight::linalg {
namespace {

constexpr std::uint32_t byte_prime = 251;
constexpr int word_bits = 27;

class Prover {
 public:
  Prover(const BitMatrix& matrix, const ExactRankOptions& options)
      : options_(options),
        deadline_(options.limits),
        small_(distinct(matrix)),
        random_(options.limits.seed) {}

  ExactRank run() {
    by_size();
    take(byte_prime);
    if (!open()) return finish();
    counts_ = ones_counts(small_.matrix);
    by_minors();
    for (int i = 0; i < options_.random_primes && open(); ++i) {
      agreeing_.push_back(new_prime());
      take(agreeing_.back());
      by_minors();
    }
    if (!agreeing_.empty()) {
      by_relations();
      by_more_primes();
    }
    return finish();
  }

 private:
  [[nodiscard]] bool open() const { return !result_.stopped && result_.lower < result_.upper; }

  [[nodiscard]] Limits limits() const {
    Limits rest = options_.limits;
    if (rest.seconds > 0) rest.seconds = std::max(rest.seconds - deadline_.elapsed(), 1e-6);
    return rest;
  }

  void by_size() {
    const std::size_t rows = small_.rows.size(), columns = small_.columns.size();
    result_.upper = std::min(rows, columns);
    if (columns < rows) result_.argument = UpperArgument::distinct_columns;
  }

  std::uint32_t new_prime() {
    std::uint32_t prime = random_prime(random_, word_bits);
    while (std::ranges::find(agreeing_, prime) != agreeing_.end()) {
      prime = random_prime(random_, word_bits);
    }
    return prime;
  }

  // Whether the limits allow so much memory; nothing is begun otherwise.
  bool fits(std::size_t bytes) {
    if (bytes <= base::allowed_bytes(options_.limits)) return true;
    result_.stopped = true;
    return false;
  }

  // The rank modulo a prime: a lower bound, and a part of the argument about minors.
  void take(std::uint32_t prime) {
    if (!fits(rank_bytes(small_.rows.size(), small_.columns.size(), prime))) return;
    Pivots pivots = rank_modulo(small_.matrix, prime, limits());
    if (pivots.complete) {
      ranks_.push_back({prime, pivots.rank});
    } else {
      result_.stopped = true;
    }
    if (pivots.rank <= result_.lower && result_.prime != 0) return;
    result_.lower = pivots.rank;
    result_.prime = prime;
    result_.pivots = std::move(pivots);
  }

  void by_minors() {
    if (!open() || !minors_vanish(result_.lower, counts_, ranks_)) return;
    result_.upper = result_.lower;
    result_.argument = UpperArgument::minors;
    result_.ranks = ranks_;
  }

  // Whether so many eliminations still fit.
  bool spend(double eliminations) {
    if (eliminations > effort_) return false;
    effort_ -= eliminations;
    return true;
  }

  // Multiplications of one elimination: the unit of `effort`.
  [[nodiscard]] double unit() const {
    const auto m = static_cast<double>(small_.rows.size());
    const auto n = static_cast<double>(small_.columns.size());
    const auto r = static_cast<double>(result_.lower);
    return r * (m * n - r * (m + n) / 2 + r * r / 3);
  }

  // First of the side with fewer rows or columns to express; the other may have smaller coefficients.
  void by_relations() {
    const bool rows_first = small_.rows.size() < small_.columns.size();
    by_relations(rows_first);
    by_relations(!rows_first);
  }

  void by_relations(bool of_rows) {
    const ModularRank* best = nullptr;  // of a large prime
    for (const ModularRank& modular : ranks_) {
      if (modular.prime != byte_prime && modular.rank == result_.lower) best = &modular;
    }
    if (!open() || best == nullptr) return;
    const auto& names = of_rows ? small_.rows : small_.columns;
    const std::size_t others = names.size() - result_.lower;
    if (!spend(relations_cost(result_.lower, others) / unit())) return;
    if (!fits(relations_bytes(result_.lower, others))) return;
    // The pivots of another prime may be singular modulo this one.
    Pivots pivots = result_.prime == best->prime
                        ? result_.pivots
                        : rank_modulo(small_.matrix, best->prime, limits());
    if (!pivots.complete) {
      result_.stopped = true;
      return;
    }
    if (of_rows) std::swap(pivots.rows, pivots.columns);
    ProvedRelations proved =
        prove_relations(of_rows ? small_.matrix.transposed() : small_.matrix, pivots, best->prime,
                        options_.keep_relations, limits());
    if (deadline_.expired()) result_.stopped = true;
    if (result_.lower + proved.open >= result_.upper) return;
    result_.upper = result_.lower + proved.open;
    result_.argument = UpperArgument::relations;
    result_.relations_of_rows = of_rows;
    result_.basis = pivots.columns;
    result_.relations = std::move(proved.relations);
    for (auto& index : result_.basis) index = names[index];
    for (Relation& relation : result_.relations) relation.index = names[relation.index];
  }

  void by_more_primes() {
    double missing = minor_bits(result_.lower + 1, counts_);
    for (const ModularRank& modular : ranks_) {
      if (modular.rank <= result_.lower) missing -= std::log2(static_cast<double>(modular.prime));
    }
    const double count = std::max(1.0, std::ceil(missing / (word_bits - 1)));
    if (!spend(count)) return;
    std::uint32_t prime = std::uint32_t{1} << static_cast<unsigned>(word_bits);
    for (double i = 0; i < count + 1 && open(); i += 1) {
      do {
        prime = previous_prime(prime);
      } while (std::ranges::find(agreeing_, prime) != agreeing_.end());
      take(prime);
      by_minors();
    }
  }

  ExactRank finish() {
    for (const ModularRank& modular : ranks_) {
      const bool random = std::ranges::find(agreeing_, modular.prime) != agreeing_.end();
      if (random && modular.rank == result_.lower && !result_.exact()) {
        result_.agreeing.push_back(modular.prime);
      }
    }
    for (auto& row : result_.pivots.rows) row = small_.rows[row];
    for (auto& column : result_.pivots.columns) column = small_.columns[column];
    if (result_.exact()) result_.stopped = false;
    return std::move(result_);
  }

  const ExactRankOptions& options_;
  Deadline deadline_;
  Distinct small_;
  base::Random random_;
  OnesCounts counts_;
  std::vector<ModularRank> ranks_;
  std::vector<std::uint32_t> agreeing_;  // random primes
  double effort_ = options_.effort;
  ExactRank result_;
};

}  // namespace

std::string_view name(UpperArgument argument) {
  switch (argument) {
    case UpperArgument::distinct_rows:
      return "distinct rows";
    case UpperArgument::distinct_columns:
      return "distinct columns";
    case UpperArgument::minors:
      return "minors";
    case UpperArgument::relations:
      break;
  }
  return "relations";
}

ExactRank exact_rank(const BitMatrix& matrix, const ExactRankOptions& options) {
  return Prover(matrix, options).run();
}

}  // namespace gatelight::linalg
