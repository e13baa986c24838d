// SPDX-License-Identifier: Apache-2.0
//
// The largest rank over all partitions of a table's variables.
//
// Problem   2^(n - 1) partitions, each a matrix of 2^n entries.  Balanced ones do not suffice: the multiplexer of
//           3 address and 8 data bits has its largest rank, 8, with 3 bits on one side.
// Idea      First local search, by moves of one variable and by exchanges: it often reaches 2^(n/2), which is the
//           end.  Then all partitions, those with the larger smaller side first, and most of them without
//           an elimination: (a) 2^min(|A|, |B|) is not above the best rank; (b) a partition one move away has
//           at most half of it; (c) neither are the distinct rows or columns above.
//           Symmetries of the function divide the list: the counts of each class of interchangeable
//           variables tell a partition up to equal ranks, and among interchangeable classes the counts
//           in descending order do.
// Why       (b): moving one variable from B to A splits each row in two halves, and [M0; M1] has at most twice
//           the rank of [M0 M1], whose columns are those of both; the other way round by transposition.
//           (c) bounds the rank over every field.  What is left is eliminated modulo 251: a rank above the
//           best is a new best one, for good.  A rank at most the best is a fact modulo 251; that
//           it holds over the rationals is proved afterwards, where that is affordable, and counted
//           where it is not: `exhausted` and `upper` are separate statements.
// Cost      One elimination for each partition that no bound excludes.
// Tested by tests/unit/measures/rank/table_test.cpp, best_test.cpp
#include "measures/rank/partitions.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "linalg/exact_rank.hpp"
#include "measures/rank/dense.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight::measures {
namespace {

constexpr std::uint32_t prime = 251;
constexpr double effort = 16;
// Multiplications of all eliminations that a proof may begin with.
constexpr double affordable_proof = 0x1p40;
constexpr int random_starts = 6;
constexpr std::size_t most_local_ranks = 600;
constexpr double progress_interval = 0.2;

std::size_t smaller_side(VariableSet set, int variables) {
  const int b = std::popcount(set);
  return static_cast<std::size_t>(std::min(b, variables - b));
}

// A rank, or as much of it as is needed to see that it is not above `best`.
struct Looked {
  std::size_t lower = 0;    // modulo 2 or 251
  std::size_t upper = 0;    // over the rationals
  bool eliminated = false;  // lower is the rank modulo the prime
  double work = 0;          // of the elimination
};

// A limit that comes first leaves a smaller lower bound.
Looked look(Table& table, VariableSet set, std::size_t best, const Limits& limits) {
  const TableMatrix matrix = table_matrix(table, set);
  Looked looked;
  looked.upper = std::min(matrix.rows.size(), matrix.columns.size());
  if (looked.upper <= best) return looked;
  looked.eliminated = true;
  looked.lower = linalg::rank_gf2(matrix.matrix, limits).rank;
  if (looked.lower < looked.upper) {
    looked.lower = std::max(looked.lower, linalg::rank_modulo(matrix.matrix, prime, limits).rank);
  }
  looked.work = static_cast<double>(matrix.rows.size()) *
                static_cast<double>(matrix.columns.size()) * static_cast<double>(looked.lower);
  return looked;
}

class Search {
 public:
  Search(const Table& table, const PartitionSearchOptions& options)
      : table_(table),
        options_(options),
        deadline_(options.limits),
        variables_(table.variables()),
        ceiling_(std::size_t{1} << (table.variables() / 2)) {}

  PartitionSearch run() {
    if (options_.local_search) local_search();
    const Symmetry symmetry = result_.lower < ceiling_ && options_.exhaust && !stopped()
                                  ? symmetry_of(table_)
                                  : Symmetry{};
    result_.symmetry = symmetry_text(symmetry);
    result_.upper = ceiling_;
    result_.modulus = prime;
    if (result_.lower == ceiling_) {
      result_.exhausted = true;
    } else if (options_.exhaust && !stopped()) {
      exhaust(representatives(symmetry, variables_));
    }
    result_.looked_at = looked_at_;
    result_.stopped = stopped() && result_.lower < result_.upper;
    return result_;
  }

 private:
  [[nodiscard]] bool stopped() const { return deadline_.expired(); }

  void report() {
    const double now = deadline_.elapsed();
    if (!options_.limits.progress || now < next_report_) return;
    next_report_ = now + progress_interval;
    Progress progress;
    progress.seconds = now;
    progress.nodes = looked_at_;
    progress.lower = static_cast<std::int64_t>(result_.lower);
    progress.upper = static_cast<std::int64_t>(ceiling_);
    options_.limits.progress(progress);
  }

  // ---- Local search ----------------------------------------------------------------------------------

  // The rank modulo primes, or 0 where it is known not to be above `best`.
  std::size_t try_set(Table& table, VariableSet set, std::size_t best) {
    const VariableSet all = (VariableSet{1} << variables_) - 1;
    const VariableSet key = std::min(set, all & ~set);
    if (!tried_.insert({key, 0}).second || stopped()) return 0;
    if (std::size_t{1} << smaller_side(set, variables_) <= best) return 0;
    ++looked_at_;
    report();
    const Looked looked = look(table, set, best, rest_of(options_.limits, deadline_));
    if (looked.eliminated) ++local_ranks_;
    if (looked.lower > result_.lower) {
      result_.lower = looked.lower;
      result_.best = set;
    }
    return looked.lower;
  }

  // Some set one move or one exchange away that is better; false where there is none.
  bool improve(Table& table, VariableSet& set, std::size_t& rank) {
    for (int i = 0; i < variables_; ++i) {
      const VariableSet moved = set ^ VariableSet { 1 } << i;
      if (better(table, moved, set, rank)) return true;
    }
    for (int i = 0; i < variables_; ++i) {
      for (int j = 0; j < i; ++j) {
        if ((set >> i & 1) == (set >> j & 1)) continue;
        if (better(table, set ^ VariableSet{1} << i ^ VariableSet{1} << j, set, rank)) return true;
      }
    }
    return false;
  }
  bool better(Table& table, VariableSet moved, VariableSet& set, std::size_t& rank) {
    if (enough()) return false;
    const std::size_t found = try_set(table, moved, rank);
    if (found <= rank) return false;
    rank = found;
    set = moved;
    return true;
  }
  [[nodiscard]] bool enough() const {
    return result_.lower == ceiling_ || local_ranks_ >= most_local_ranks || stopped();
  }

  void climb(Table& table, VariableSet set) {
    std::size_t rank = try_set(table, set, 0);
    while (!enough() && improve(table, set, rank)) {
    }
  }

  void local_search() {
    Table table = table_;
    const int half = variables_ / 2;
    const VariableSet lower_half = (VariableSet{1} << half) - 1;
    climb(table, lower_half);
    VariableSet alternating = 0;
    for (int i = 0; i < half; ++i) alternating |= VariableSet{1} << 2 * i;
    if (!enough()) climb(table, alternating);
    base::Random random(options_.limits.seed);
    for (int start = 0; start < random_starts && !enough(); ++start) {
      VariableSet set = 0;
      while (std::popcount(set) < half) {
        set |= VariableSet{1} << random.below(static_cast<std::uint64_t>(variables_));
      }
      climb(table, set);
    }
  }

  // ---- All partitions --------------------------------------------------------------------------------

  struct Unproved {
    VariableSet set = 0;
    std::size_t upper = 0;
    double work = 0;
  };

  void exhaust(const std::vector<VariableSet>& sets) {
    best_ = result_.lower;
    upper_of_ = std::vector<std::atomic<std::uint32_t>>(std::size_t{1} << variables_);
    base::ChunkQueue queue(sets.size(), 1);
    base::run_threads(
        options_.limits.threads,
        [&](int index) {
          Table table = table_;
          while (const auto chunk = queue.next()) {
            if (!visit(table, sets[chunk->first], index == 0) || stopped()) queue.stop();
          }
        },
        [&] { queue.stop(); });
    if (stopped()) return;
    result_.exhausted = true;
    result_.upper = result_.lower;
    prove();
  }

  // False where no later set of the list can be better.
  bool visit(Table& table, VariableSet set, bool reports) {
    const std::size_t best = best_.load(std::memory_order_relaxed);
    if (best == ceiling_ || std::size_t{1} << smaller_side(set, variables_) <= best) return false;
    const std::uint32_t near = upper_by_neighbours(set);
    if (near <= best) {
      note_upper(set, near);
      return true;
    }
    Limits limits = rest_of(options_.limits, deadline_);
    limits.threads = 1;
    const Looked looked = look(table, set, best, limits);
    looked_at_.fetch_add(1, std::memory_order_relaxed);
    note_upper(set, static_cast<std::uint32_t>(looked.upper));
    const std::scoped_lock lock(mutex_);
    if (looked.lower > result_.lower) {
      result_.lower = looked.lower;
      result_.best = set;
      best_ = looked.lower;
    }
    // Its upper end may be the best rank in the end; that is asked when all are known.
    if (looked.upper > looked.lower && looked.upper > result_.lower) {
      unproved_.push_back({set, looked.upper, looked.work});
    }
    if (reports) report();
    return true;
  }

  // Upper ends over the rationals of partitions, a partition and its complement being one; 0: not known.
  void note_upper(VariableSet set, std::uint32_t upper) {
    const VariableSet all = (VariableSet{1} << variables_) - 1;
    upper_of_[set].store(upper, std::memory_order_relaxed);
    upper_of_[all & ~set].store(upper, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t upper_by_neighbours(VariableSet set) const {
    std::uint32_t least = ~std::uint32_t{0};
    for (int i = 0; i < variables_; ++i) {
      const std::uint32_t near =
          upper_of_[set ^ VariableSet{1} << i].load(std::memory_order_relaxed);
      if (near != 0) least = std::min(least, 2 * near);
    }
    return least;
  }

  // Over the rationals what was found modulo a prime.
  void prove() {
    std::erase_if(unproved_, [&](const Unproved& u) { return u.upper <= result_.lower; });
    std::ranges::sort(unproved_, {}, &Unproved::set);
    double work = 0;
    for (const Unproved& u : unproved_) work += u.work;
    std::vector<char> proved(unproved_.size(), 0);
    if (work <= affordable_proof) {
      base::ChunkQueue queue(unproved_.size(), 1);
      base::run_threads(
          options_.limits.threads,
          [&](int index) {
            Table table = table_;
            while (const auto chunk = queue.next()) {
              if (stopped()) return queue.stop();
              proved[chunk->first] = prove(table, unproved_[chunk->first]) ? 1 : 0;
              if (index == 0) report();
            }
          },
          [&] { queue.stop(); });
    }
    for (std::size_t i = 0; i < proved.size(); ++i) {
      if (proved[i] != 0) continue;
      ++result_.unproved;
      result_.upper = std::max(result_.upper, unproved_[i].upper);
    }
  }
  bool prove(Table& table, const Unproved& unproved) const {
    const TableMatrix matrix = table_matrix(table, unproved.set);
    linalg::ExactRankOptions exact;
    exact.effort = effort;
    exact.limits = rest_of(options_.limits, deadline_);
    exact.limits.threads = 1;
    return linalg::exact_rank(matrix.matrix, exact).upper <= result_.lower;
  }

  const Table& table_;
  const PartitionSearchOptions& options_;
  Deadline deadline_;
  int variables_;
  std::size_t ceiling_;  // 2^(variables / 2)
  PartitionSearch result_;
  std::unordered_map<VariableSet, char> tried_;
  std::size_t local_ranks_ = 0;
  std::atomic<std::uint64_t> looked_at_{0};
  std::atomic<std::size_t> best_{0};
  std::vector<std::atomic<std::uint32_t>> upper_of_;
  std::mutex mutex_;  // of the result and what is unproved
  std::vector<Unproved> unproved_;
  double next_report_ = progress_interval;
};

// All ways to put so many of each class on side B, as counts; descending within a group of classes.
void each_count(const Symmetry& symmetry, std::vector<std::size_t>& counts, std::size_t c,
                const std::vector<std::size_t>& before, const auto& visit) {
  if (c == counts.size()) return visit(counts);
  std::size_t most = symmetry.classes[c].size();
  if (before[c] != c) most = counts[before[c]];
  for (counts[c] = 0; counts[c] <= most; ++counts[c]) {
    each_count(symmetry, counts, c + 1, before, visit);
  }
}

}  // namespace

std::vector<VariableSet> representatives(const Symmetry& symmetry, int variables) {
  // The class before it in its group, or itself.
  std::vector<std::size_t> before(symmetry.classes.size());
  for (const auto& group : symmetry.groups) {
    for (std::size_t i = 0; i < group.size(); ++i) before[group[i]] = group[i == 0 ? 0 : i - 1];
  }
  const auto complement = [&](const std::vector<std::size_t>& counts) {
    std::vector<std::size_t> other(counts.size());
    for (const auto& group : symmetry.groups) {
      for (std::size_t i = 0; i < group.size(); ++i) {
        const std::size_t from = group[group.size() - 1 - i];
        other[group[i]] = symmetry.classes[from].size() - counts[from];
      }
    }
    return other;
  };
  std::vector<VariableSet> sets;
  std::vector<std::size_t> counts(symmetry.classes.size(), 0);
  each_count(symmetry, counts, 0, before, [&](const std::vector<std::size_t>& found) {
    if (complement(found) < found) return;
    VariableSet set = 0;
    for (std::size_t c = 0; c < found.size(); ++c) {
      for (std::size_t i = 0; i < found[c]; ++i) set |= VariableSet{1} << symmetry.classes[c][i];
    }
    sets.push_back(set);
  });
  std::ranges::stable_sort(sets, [&](VariableSet one, VariableSet other) {
    return smaller_side(one, variables) > smaller_side(other, variables);
  });
  return sets;
}

std::string symmetry_text(const Symmetry& symmetry) {
  std::map<std::size_t, std::size_t, std::greater<>> classes;  // size -> how many, of 2 and more
  for (const auto& members : symmetry.classes) {
    if (members.size() > 1) ++classes[members.size()];
  }
  std::string text;
  for (const auto& [size, count] : classes) {
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " of " + std::to_string(size);
  }
  if (!text.empty()) text = "classes of interchangeable bits: " + text;
  for (const auto& group : symmetry.groups) {
    if (group.size() < 2) continue;
    text += (text.empty() ? "" : "; ") + std::to_string(group.size()) +
            " classes that can change places";
  }
  return text;
}

PartitionSearch search_partitions(const Table& table, const PartitionSearchOptions& options) {
  return Search(table, options).run();
}

}  // namespace gatelight::measures
