// SPDX-License-Identifier: Apache-2.0
//
// Everything there is: the rank of every partition, every entry of a matrix.
// Tested by tests/unit/measures/rank/best_test.cpp
#include <atomic>
#include <bit>
#include <mutex>
#include <unordered_map>

#include "base/parallel.hpp"
#include "measures/rank/dense.hpp"
#include "measures/rank/function.hpp"
#include "measures/rank/rest.hpp"

namespace gatelight {
namespace {

using namespace measures;

constexpr std::size_t most_listed_inputs = 16;
constexpr std::size_t most_entries_bits = 26;
constexpr double effort = 16;

// The ranks of one function, by table; partitions that differ in bits it does not depend on are one.
class Listing {
 public:
  Listing(const BooleanFunction& function, const TableOfFunction& known, const Limits& limits)
      : function_(function), known_(known), limits_(limits), deadline_(limits) {}

  RankTable run() {
    const std::size_t inputs = function_.inputs();
    const std::uint64_t count = inputs == 0 ? 1 : std::uint64_t{1} << (inputs - 1);
    RankTable table;
    table.rows.resize(count);
    std::vector<char> done(count, 0);
    base::ChunkQueue queue(count, 1);
    base::run_threads(
        limits_.threads,
        [&](int /*index*/) {
          Table own = known_.table;
          while (const auto chunk = queue.next()) {
            // The first bit is in A.
            done[chunk->first] = fill(own, chunk->first << 1, table.rows[chunk->first]) ? 1 : 0;
            if (deadline_.expired()) queue.stop();
          }
        },
        [&] { queue.stop(); });
    std::vector<RankResult> rows;
    for (std::size_t i = 0; i < count; ++i) {
      if (done[i] != 0) rows.push_back(std::move(table.rows[i]));
    }
    table.stopped = rows.size() < count;
    table.rows = std::move(rows);
    return table;
  }

 private:
  bool fill(Table& table, std::uint64_t side_b, RankResult& row) {
    row.partition.resize(function_.inputs());
    for (std::size_t bit = 0; bit < row.partition.size(); ++bit) {
      row.partition[bit] = (side_b >> bit) & 1;
    }
    std::uint64_t set = 0;
    for (std::size_t i = 0; i < known_.bits.size(); ++i) {
      set |= std::uint64_t{row.partition[known_.bits[i]]} << i;
    }
    const std::uint64_t all = (std::uint64_t{1} << known_.bits.size()) - 1;
    const std::uint64_t key = std::min(set, all & ~set);
    linalg::ExactRank rank;
    {
      const std::scoped_lock lock(mutex_);
      if (const auto found = ranks_.find(key); found != ranks_.end()) rank = found->second;
    }
    if (rank.prime == 0) {
      linalg::ExactRankOptions options;
      options.effort = effort;
      options.limits = rest_of(limits_, deadline_);
      options.limits.threads = 1;
      rank = linalg::exact_rank(table_matrix(table, set).matrix, options);
      if (rank.stopped) return false;
      const std::scoped_lock lock(mutex_);
      ranks_.emplace(key, rank);
    }
    row.path = "dense";
    row.lower = rank.lower;
    row.upper = static_cast<double>(rank.upper);
    row.primes.push_back(rank.prime);
    row.upper_reason = linalg::name(rank.argument);
    row.agreeing = rank.agreeing;
    return true;
  }

  const BooleanFunction& function_;
  const TableOfFunction& known_;
  const Limits& limits_;
  Deadline deadline_;
  std::mutex mutex_;  // of ranks_
  std::unordered_map<std::uint64_t, linalg::ExactRank> ranks_;
};

}  // namespace

Result<RankTable> all_ranks(const BooleanFunction& function, const RankOptions& options) {
  if (function.inputs() > most_listed_inputs) {
    return Error{ErrorCode::unsupported,
                 "the ranks of all partitions are listed for at most " +
                     std::to_string(most_listed_inputs) + " inputs, this function has " +
                     std::to_string(function.inputs()),
                 ""};
  }
  const auto known = table_of(function, options.limits);
  if (!known.ok()) return known.error();
  if (!known->has_value()) return RankTable{{}, true};
  return Listing(function, **known, options.limits).run();
}

Result<CommunicationMatrix> communication_matrix(const BooleanFunction& function,
                                                 const Partition& partition, const Limits& limits) {
  GATELIGHT_REQUIRE(partition.size() == function.inputs(), "a partition has one side a bit");
  std::vector<std::uint32_t> sides[2];
  for (std::uint32_t bit = 0; bit < partition.size(); ++bit) sides[partition[bit]].push_back(bit);
  if (partition.size() > most_entries_bits) {
    return Error{ErrorCode::unsupported,
                 "the matrix has 2^" + std::to_string(partition.size()) + " entries; at most 2^" +
                     std::to_string(most_entries_bits) + " are written",
                 ""};
  }
  const auto known = table_of(function, limits);
  if (!known.ok()) return known.error();
  if (!known->has_value())
    return Error{ErrorCode::limit, "stopped before the matrix was there", ""};
  // What an assignment of a side adds to the index in the table.
  const auto index_of = [&](const std::vector<std::uint32_t>& side) {
    std::vector<std::uint64_t> indices(std::size_t{1} << side.size(), 0);
    for (std::size_t i = 0; i < side.size(); ++i) {
      std::uint64_t place = 0;
      for (std::size_t v = 0; v < (*known)->bits.size(); ++v) {
        if ((*known)->bits[v] == side[i]) place = std::uint64_t{1} << v;
      }
      for (std::size_t x = 0; x < indices.size(); ++x) {
        if ((x >> i & 1) != 0) indices[x] |= place;
      }
    }
    return indices;
  };
  const auto rows = index_of(sides[0]), columns = index_of(sides[1]);
  CommunicationMatrix matrix{rows.size(), columns.size(), {}};
  matrix.entries.reserve(rows.size() * columns.size());
  for (const std::uint64_t a : rows) {
    for (const std::uint64_t b : columns)
      matrix.entries.push_back((*known)->table.get(a | b) ? 1 : 0);
  }
  return matrix;
}

}  // namespace gatelight
