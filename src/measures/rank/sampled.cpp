// SPDX-License-Identifier: Apache-2.0
//
// A lower bound for the rank of a matrix too large to look at.
//
// Problem   2^(n/2) rows and columns, any function.
// Idea      The rank of a submatrix of S rows and S columns.  Which ones?  No choice suits all functions:
//           uniform assignments rarely meet the ones of a conjunction, those of low weight do; a subcube
//           keeps structure that both miss.  So the rounds take turns: uniform; all of lowest weight, from 0
//           or from all ones; a random subcube.  After each, the rows and columns of a minor are kept and the
//           others drawn anew (REFILL), half in the style of the round and half uniform.
// Why       A minor that is not 0 modulo a prime is not 0; it is a minor of the whole matrix.
// Cost      rounds * (S^2 evaluations + an elimination of order S).
// Limits    Always a lower bound; the truth may be exponentially larger.
// Tested by tests/unit/measures/rank/pairs_test.cpp, rank_test.cpp
#include "measures/rank/sampled.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "linalg/rank.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight::measures {
namespace {

constexpr std::uint32_t prime = 251;
constexpr int patience = 4;  // rounds without growth
enum class Style : std::uint8_t { uniform, light, heavy, subcube };
constexpr Style styles[] = {Style::light, Style::uniform, Style::subcube, Style::heavy};

// Distinct assignments of one side.
class Pool {
 public:
  Pool(const Side& side, base::Random& random) : side_(side), random_(random) {}

  void add(const InputBits& assignment) {
    if (known_.insert(assignment).second) list.push_back(assignment);
  }
  void fill(Style style, std::size_t size) {
    switch (style) {
      case Style::uniform:
        return add_uniform(size);
      case Style::light:
      case Style::heavy:
        return add_by_weight(style == Style::heavy, size);
      case Style::subcube:
        return add_subcube(size);
    }
  }
  // Every assignment, where these are at most `size`.
  bool all(std::size_t size) {
    const std::size_t bits = side_.bits.size();
    if (bits > 30 || std::size_t{1} << bits > size) return false;
    for (std::uint64_t x = 0; x >> bits == 0; ++x) {
      InputBits assignment = side_.base;
      for (std::size_t i = 0; i < bits; ++i) assignment[side_.bits[i]] = (x >> i) & 1;
      add(assignment);
    }
    return true;
  }

  std::vector<InputBits> list;

 private:
  InputBits uniform() {
    InputBits assignment = side_.base;
    for (const std::uint32_t bit : side_.bits) assignment[bit] = random_.coin() ? 1 : 0;
    return assignment;
  }

  void add_uniform(std::size_t size) {
    for (std::size_t tries = 0; list.size() < size && tries < 2 * size; ++tries) add(uniform());
  }

  // Weights 0, 1, 2, ...; of the last one those that use the first bits only.  Where the bits of both sides
  // belong together in their order, as those of x and y in "x and y are disjoint", so do the assignments.
  void add_by_weight(bool inverted, std::size_t size) {
    const std::size_t bits = side_.bits.size();
    for (std::size_t weight = 0; weight <= bits && list.size() < size; ++weight) {
      each_choice(bits, weight, [&](const std::vector<std::size_t>& ones) {
        InputBits assignment = side_.base;
        for (const std::uint32_t bit : side_.bits) assignment[bit] = inverted ? 1 : 0;
        for (const std::size_t i : ones) assignment[side_.bits[i]] ^= 1;
        add(assignment);
        return list.size() < size;
      });
    }
  }

  // Every set of `weight` numbers below `bits`, those with small numbers first, until visit() is false.
  template <class Visit>
  static void each_choice(std::size_t bits, std::size_t weight, Visit visit) {
    std::vector<std::size_t> ones(weight);
    std::iota(ones.begin(), ones.end(), std::size_t{0});
    while (visit(ones)) {
      std::size_t i = 0;
      while (i < weight && ones[i] + 1 == (i + 1 < weight ? ones[i + 1] : bits)) ++i;
      if (i == weight) return;
      ++ones[i];
      for (std::size_t k = 0; k < i; ++k) ones[k] = k;
    }
  }

  void add_subcube(std::size_t size) {
    std::vector<std::uint32_t> bits = side_.bits;
    std::size_t free = 0;
    while (free < bits.size() && std::size_t{2} << free <= size) ++free;
    for (std::size_t i = 0; i < free; ++i) {
      std::swap(bits[i], bits[i + random_.below(bits.size() - i)]);
    }
    InputBits assignment = uniform();
    for (std::uint64_t x = 0; x >> free == 0 && list.size() < size; ++x) {
      for (std::size_t i = 0; i < free; ++i) assignment[bits[i]] = (x >> i) & 1;
      add(assignment);
    }
  }

  const Side& side_;
  base::Random& random_;
  std::set<InputBits> known_;
};

class Sampler {
 public:
  Sampler(const PairMatrix& function, const Side& a, const Side& b, const SampleOptions& options)
      : function_(function), a_(a), b_(b), options_(options), random_(options.seed) {}

  SampledRank run() {
    const Deadline deadline(options_.limits);
    int idle = 0;
    for (int round = 0; round < options_.rounds && idle < patience; ++round) {
      Pool rows = pool(a_, best_.rows, round), columns = pool(b_, best_.columns, round);
      const std::size_t before = best_.lower;
      if (!look(rows.list, columns.list, rest_of(options_.limits, deadline)) ||
          deadline.expired()) {
        best_.stopped = true;
        break;
      }
      best_.rounds = round + 1;
      idle = best_.lower > before ? 0 : idle + 1;
      if (best_.lower >= std::min(options_.enough, options_.size)) break;
      if (complete_ == 2) break;
      complete_ = 0;
    }
    return std::move(best_);
  }

 private:
  // What is kept, then half in the style of the round, and half uniform.
  Pool pool(const Side& side, const std::vector<InputBits>& kept, int round) {
    Pool pool(side, random_);
    for (const InputBits& assignment : kept) pool.add(assignment);
    if (pool.all(options_.size)) {
      ++complete_;
      return pool;
    }
    const std::size_t room = options_.size - std::min(options_.size, pool.list.size());
    const bool mixed = static_cast<std::size_t>(round) >= std::size(styles);
    pool.fill(styles[static_cast<std::size_t>(round) % std::size(styles)],
              pool.list.size() + (mixed ? (room + 1) / 2 : room));
    pool.fill(Style::uniform, options_.size);
    return pool;
  }

  // False where a limit came first.
  bool look(const std::vector<InputBits>& rows, const std::vector<InputBits>& columns,
            const Limits& limits) {
    const auto matrix = function_(rows, columns, limits);
    if (!matrix) return false;
    const linalg::Distinct distinct = linalg::distinct(*matrix);
    linalg::Pivots pivots = linalg::rank_gf2(distinct.matrix, limits);
    std::uint32_t modulus = 2;
    if (pivots.rank < std::min(distinct.rows.size(), distinct.columns.size())) {
      pivots = linalg::rank_modulo(distinct.matrix, prime, limits);
      modulus = prime;
    }
    if (pivots.rank > best_.lower) {
      best_.lower = pivots.rank;
      best_.prime = modulus;
      best_.rows.clear();
      best_.columns.clear();
      for (const std::uint32_t row : pivots.rows) best_.rows.push_back(rows[distinct.rows[row]]);
      for (const std::uint32_t column : pivots.columns) {
        best_.columns.push_back(columns[distinct.columns[column]]);
      }
    }
    return pivots.complete;
  }

  const PairMatrix& function_;
  const Side& a_;
  const Side& b_;
  const SampleOptions& options_;
  base::Random random_;
  int complete_ = 0;  // sides of which every assignment was taken
  SampledRank best_;
};

}  // namespace

SampledRank sampled_rank(const PairMatrix& function, const Side& a, const Side& b,
                         const SampleOptions& options) {
  return Sampler(function, a, b, options).run();
}

}  // namespace gatelight::measures
