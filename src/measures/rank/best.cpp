// SPDX-License-Identifier: Apache-2.0
//
// rk(f): the largest rank of all partitions.
//
// Problem   As in partitions.cpp, and also for functions without a table.
// Idea      With a table: partitions.cpp.  Without: candidates, the best of which is measured in the end.  They
//           are the halves of the declared order, every second bit, all cuts of the decision diagram's own order,
//           and from the best of these local search by moves of one bit, judged by sorted sums or by small
//           samples.
// Why       Every rank is a lower bound for rk(f).  Upper ends: 2^floor(bits / 2); for one threshold gate of
//           weights w (without their common divisor) the sums of a side are floor(sum |w| / 2) + 1
//           different ones at most on one of the sides, and no more rows or columns are distinct.
// Cost      A few hundred small matrices, and one measurement.
// Limits    Without a table nothing is exhausted, so rk(f) is exact only where the upper end is met.
// Tested by tests/unit/measures/rank/best_test.cpp
#include <gmpxx.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/checked.hpp"
#include "base/random.hpp"
#include "engines/function.hpp"
#include "measures/rank/cut.hpp"
#include "measures/rank/function.hpp"
#include "measures/rank/partitions.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight {
namespace {

using namespace measures;

constexpr std::size_t most_exhausted_bits = 24;
// Of more bits, where symmetries leave so few partitions.
constexpr double most_counted = 0x1p20;
constexpr std::size_t few_partitions = 1024;
constexpr std::size_t judging_samples = 192;
constexpr int judging_rounds = 2;
constexpr std::size_t most_judged = 300;
constexpr double most_cut_work = 0x1p36;  // multiplications, for all cuts of a diagram
constexpr double share_of_search = 0.6;   // of a time limit

double power_of_two(std::size_t exponent) {
  return exponent < 1024 ? std::ldexp(1.0, static_cast<int>(exponent))
                         : std::numeric_limits<double>::infinity();
}

std::string count_of_partitions(std::size_t bits) {
  const mpz_class one = 1;
  return mpz_class(one << (bits == 0 ? 0 : bits - 1)).get_str();
}

// Local search without a table.
class Candidates {
 public:
  Candidates(const BooleanFunction& function, const BestRankOptions& options)
      : function_(function), options_(options), deadline_(options.rank.limits) {
    const BooleanFunction::Data& data = function.data();
    if (data.circuit) threshold_ = threshold_function(*data.circuit, data.gate);
    ceiling_ = std::min(power_of_two(function.bits().size() / 2), sums_bound());
  }

  Partition best() {
    const std::size_t bits = function_.bits().size();
    std::vector<char> sides(bits);  // of the bits that matter
    for (std::size_t i = 0; i < bits; ++i) sides[i] = i < bits / 2 ? 0 : 1;
    consider(sides);
    for (std::size_t i = 0; i < bits; ++i) sides[i] = i % 2 != 0 ? 1 : 0;
    consider(sides);
    if (threshold_) consider_by_weight();
    if (!threshold_ && function_.data().circuit) consider_cuts();
    base::Random random(options_.rank.limits.seed);
    while (!enough()) {
      if (climb()) continue;
      const std::size_t kept = rank_;
      const std::vector<char> best = sides_;
      for (std::size_t i = 0; i < bits; ++i) sides[i] = random.coin() ? 1 : 0;
      rank_ = 0;
      consider(sides);
      while (!enough() && climb()) {
      }
      if (rank_ <= kept) {
        rank_ = kept;
        sides_ = best;
      }
    }
    return partition_of(sides_);
  }

  // Takes the best sample where that is better than what was measured in the end, within the time left.
  void keep_better(RankResult& result) {
    if (sample_.lower <= result.lower) return;
    // The upper end is that of another partition; this one's smaller side always holds.
    std::size_t side[2] = {0, 0};
    for (const std::uint32_t bit : function_.bits()) ++side[sampled_partition_[bit]];
    const std::size_t smaller = std::min(side[0], side[1]);
    result.partition = sampled_partition_;
    result.lower = sample_.lower;
    result.upper = power_of_two(smaller);
    result.path = "sampled";
    result.lower_reason =
        "a sampled submatrix: a minor that is not 0 modulo " + std::to_string(sample_.prime);
    result.upper_reason = "2^" + std::to_string(smaller) + " assignments of the smaller side";
    result.minor = {sample_.prime, std::move(sample_.rows), std::move(sample_.columns)};
    result.upper_proof = {};
    result.primes = {sample_.prime};
    result.agreeing.clear();
  }

  [[nodiscard]] std::uint64_t looked_at() const { return judged_.size() + cuts_; }

  // floor(sum |w| / 2) + 1 for one threshold gate.
  [[nodiscard]] double sums_bound() const {
    if (!threshold_) return std::numeric_limits<double>::infinity();
    std::int64_t divisor = 0;
    base::Wide total = 0;
    for (const Wire& wire : threshold_->wires) {
      divisor = std::gcd(divisor, wire.weight);
      total += wire.weight < 0 ? -base::Wide{wire.weight} : base::Wide{wire.weight};
    }
    if (divisor == 0) return 1;
    const base::Wide bound = total / divisor / 2 + 1;
    return bound < base::Wide{1} << 53 ? static_cast<double>(bound)
                                       : std::numeric_limits<double>::infinity();
  }

 private:
  [[nodiscard]] bool expired() const {
    const double seconds = options_.rank.limits.seconds;
    return deadline_.expired() || (seconds > 0 && deadline_.elapsed() > share_of_search * seconds);
  }
  [[nodiscard]] bool enough() const {
    return judged_.size() >= most_judged || static_cast<double>(rank_) >= ceiling_ || expired();
  }

  [[nodiscard]] Partition partition_of(const std::vector<char>& sides) const {
    Partition partition(function_.inputs(), 0);
    for (std::size_t i = 0; i < sides.size(); ++i) {
      partition[function_.bits()[i]] = static_cast<std::uint8_t>(sides[i]);
    }
    return partition;
  }

  // True where it is better than all before.
  bool consider(const std::vector<char>& sides) {
    if (expired() && !sides_.empty()) return false;
    if (!judged_.insert(sides).second) return false;
    SampledRank sample;
    const std::size_t rank = judge(partition_of(sides), sample);
    if (rank <= rank_ && !sides_.empty()) return false;
    rank_ = rank;
    if (sample.lower > sample_.lower) {
      sample_ = std::move(sample);
      sampled_partition_ = partition_of(sides);
    }
    sides_ = sides;
    report();
    return true;
  }

  std::size_t judge(const Partition& partition, SampledRank& sample) {
    if (threshold_) {
      const auto cut = nested_cut(function_, *threshold_, partition, false);
      if (cut) return cut->rank;
    }
    if (!pairs_) pairs_ = pair_matrix(function_);
    SampleOptions sampling;
    sampling.size = judging_samples;
    sampling.rounds = judging_rounds;
    sampling.seed = options_.rank.limits.seed;
    sampling.limits = rest_of(options_.rank.limits, deadline_);
    sample = sampled_rank(pairs_, side_of(function_, partition, 0),
                          side_of(function_, partition, 1), sampling);
    return sample.lower;
  }

  // Sums of both sides are many where the weights alternate.
  void consider_by_weight() {
    std::vector<Wire> wires = threshold_->wires;
    std::ranges::stable_sort(
        wires, {}, [](const Wire& wire) { return wire.weight < 0 ? wire.weight : -wire.weight; });
    std::vector<char> sides(function_.bits().size(), 0);
    for (std::size_t i = 0; i < wires.size(); ++i) {
      const auto place = std::ranges::lower_bound(function_.bits(), wires[i].source);
      sides[static_cast<std::size_t>(place - function_.bits().begin())] = i % 2 != 0 ? 1 : 0;
    }
    consider(sides);
  }

  void consider_cuts() {
    const BooleanFunction::Data& data = function_.data();
    const auto maker = engines::DiagramMaker::create(*data.circuit, data.gate);
    if (!maker.ok()) return;
    Limits limits = rest_of(options_.rank.limits, deadline_);
    if (limits.seconds > 0) limits.seconds *= share_of_search;
    const auto order = maker->choose_order(limits, static_cast<double>(most_diagram_nodes));
    if (order.nodes > static_cast<double>(most_diagram_nodes)) return;
    const auto diagram = maker->compile(order.bits, most_diagram_nodes, limits);
    if (!diagram) return;
    cuts_ = diagram->widths.size();
    double work = 0;
    for (const std::size_t width : diagram->widths) work += std::pow(static_cast<double>(width), 3);
    if (work > most_cut_work) {
      const auto widest = std::ranges::max_element(diagram->widths);
      consider(sides_of_cut(*diagram, static_cast<std::size_t>(widest - diagram->widths.begin())));
      return;
    }
    CutOptions cuts;
    cuts.limits = limits;
    const auto ranks = ranks_at_cuts(*diagram, cuts);
    if (!ranks) return;
    const auto largest = std::ranges::max_element(ranks->cuts, {}, &CutRank::lower);
    if (largest->lower <= rank_) return;
    rank_ = largest->lower;
    sides_ = sides_of_cut(*diagram, static_cast<std::size_t>(largest - ranks->cuts.begin()));
  }

  [[nodiscard]] std::vector<char> sides_of_cut(const engines::FunctionDiagram& diagram,
                                               std::size_t above) const {
    std::vector<char> sides(function_.bits().size(), 1);
    for (std::size_t level = 0; level < above; ++level) {
      const auto place = std::ranges::lower_bound(function_.bits(), diagram.order[level]);
      sides[static_cast<std::size_t>(place - function_.bits().begin())] = 0;
    }
    return sides;
  }

  // One move of one bit that is better; false where there is none.
  bool climb() {
    for (std::size_t i = 0; i < sides_.size() && !enough(); ++i) {
      std::vector<char> moved = sides_;
      moved[i] ^= 1;
      if (consider(moved)) return true;
    }
    return false;
  }

  void report() const {
    const Limits& limits = options_.rank.limits;
    if (!limits.progress) return;
    Progress progress;
    progress.seconds = deadline_.elapsed();
    progress.nodes = looked_at();
    progress.lower = static_cast<std::int64_t>(rank_);
    limits.progress(progress);
  }

  const BooleanFunction& function_;
  const BestRankOptions& options_;
  Deadline deadline_;
  std::optional<ThresholdFunction> threshold_;
  PairMatrix pairs_;
  std::set<std::vector<char>> judged_;
  std::size_t cuts_ = 0;
  SampledRank sample_;
  Partition sampled_partition_;
  std::vector<char> sides_;
  std::size_t rank_ = 0;
  double ceiling_ = 0;  // no rank is larger
};

Result<void> measure_best(const BooleanFunction& function, Partition partition,
                          const BestRankOptions& options, const Deadline& deadline,
                          BestRank& result) {
  // The complement has the transposed matrices: the first bit is in A.
  if (!partition.empty() && partition[0] != 0) {
    for (std::uint8_t& side : partition) side ^= 1;
  }
  RankOptions one = options.rank;
  one.limits = rest_of(options.rank.limits, deadline);
  auto measured = measure_rank(function, partition, one);
  if (!measured.ok()) return measured.error();
  result.best = *std::move(measured);
  return {};
}

// Few partitions are left to look at: all of them are quicker than a local search among large matrices.
bool very_symmetric(const Table& table) {
  const Symmetry symmetry = symmetry_of(table);
  double count = 1;
  for (const auto& members : symmetry.classes) count *= static_cast<double>(members.size() + 1);
  return count <= most_counted &&
         representatives(symmetry, table.variables()).size() <= few_partitions;
}

Result<BestRank> by_table(const BooleanFunction& function, const BestRankOptions& options,
                          const TableOfFunction& known, bool symmetric, const Deadline& deadline) {
  std::vector<int> kept;
  const Table table = known.table.essential(kept);
  PartitionSearchOptions searching;
  searching.local_search = !symmetric;
  searching.exhaust = symmetric || static_cast<std::size_t>(table.variables()) <=
                                       std::min(options.exhaust_bits, most_exhausted_bits);
  searching.limits = rest_of(options.rank.limits, deadline);
  const PartitionSearch found = search_partitions(table, searching);
  Partition partition(function.inputs(), 0);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    partition[known.bits[static_cast<std::size_t>(kept[i])]] = found.best >> i & 1;
  }
  BestRank result;
  if (auto done = measure_best(function, std::move(partition), options, deadline, result);
      !done.ok()) {
    return done.error();
  }
  // A stopped measurement must not forget what the search has seen.
  result.upper = std::max(static_cast<double>(found.upper), static_cast<double>(result.best.lower));
  result.exhausted = found.exhausted;
  result.modulus = found.modulus;
  result.partitions = count_of_partitions(kept.size());
  result.looked_at = found.looked_at;
  result.unproved = found.unproved;
  result.symmetry = found.symmetry;
  result.stopped = found.stopped;
  if (found.lower == std::size_t{1} << kept.size() / 2) {
    result.upper_reason =
        "2^" + std::to_string(kept.size() / 2) + ": half of the bits that the function depends on";
  } else if (!found.exhausted) {
    result.upper_reason = "2^" + std::to_string(kept.size() / 2) +
                          ": half of the bits; not all partitions were looked at";
  } else if (found.unproved == 0) {
    result.upper_reason = "all partitions, each bounded over the rationals";
  } else {
    result.upper_reason = "all partitions, " + std::to_string(found.unproved) +
                          " of them bounded by distinct rows and columns only";
  }
  return result;
}

Result<BestRank> by_candidates(const BooleanFunction& function, const BestRankOptions& options,
                               const Deadline& deadline) {
  Candidates candidates(function, options);
  Partition partition = candidates.best();
  BestRank result;
  if (auto done = measure_best(function, std::move(partition), options, deadline, result);
      !done.ok()) {
    return done.error();
  }
  candidates.keep_better(result.best);
  const std::size_t bits = function.bits().size();
  result.upper = power_of_two(bits / 2);
  result.upper_reason = "2^" + std::to_string(bits / 2) + ": half of the bits";
  if (candidates.sums_bound() <= result.upper) {
    result.upper = candidates.sums_bound();
    result.upper_reason = "different sums of the lighter side";
  }
  result.partitions = count_of_partitions(bits);
  result.looked_at = candidates.looked_at();
  result.exhausted = result.exact();
  result.modulus = result.best.minor.prime;
  return result;
}

}  // namespace

Result<BestRank> best_rank(const BooleanFunction& function, const BestRankOptions& options) {
  const Deadline deadline(options.rank.limits);
  const bool few_bits = function.bits().size() <= options.exhaust_bits || !function.data().circuit;
  std::optional<TableOfFunction> table;
  if (few_bits || function.bits().size() <= most_exhausted_bits) {
    auto known = table_of(function, options.rank.limits);
    if (!known.ok()) return known.error();
    table = *std::move(known);
  }
  bool symmetric = false;
  if (table && !few_bits) {
    std::vector<int> kept;
    symmetric = very_symmetric(table->table.essential(kept));
  }
  auto result = table && (few_bits || symmetric)
                    ? by_table(function, options, *table, symmetric, deadline)
                    : by_candidates(function, options, deadline);
  if (!result.ok()) return result.error();
  result->stopped =
      !result->exact() && (result->stopped || result->best.stopped || deadline.expired());
  result->seconds = deadline.elapsed();
  return result;
}

}  // namespace gatelight
