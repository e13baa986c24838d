// SPDX-License-Identifier: Apache-2.0
//
// Local search over patterns below, learning in cells above.
//
// Problem   See narrow.hpp.
// Idea      A question with one bit a gate of the first level is searched as any other, and each of its better
//           patterns is realised at once.  The cells (learning/cells.hpp) count how many of these gates fire.
// Why       The upper end is the tail's, which no input exceeds; the lower end is an input of the circuit.
// Limits    Patterns that cannot be realised are not learned from; the caller goes on without the tail.
// Tested by tests/unit/engines/branch_bound/narrow_test.cpp
#include "engines/branch_bound/tail_search.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>
#include <thread>

#include "base/random.hpp"
#include "encode/presolve.hpp"
#include "engines/branch_bound/local_search.hpp"

namespace gatelight::engines::branch_bound {
namespace {

constexpr std::size_t patience = 200'000;           // moves without improvement
constexpr double local_share = 0.2;                 // of the effort of the thread that searches
constexpr int most_tries = 8;                       // to realise a pattern
constexpr auto nap = std::chrono::milliseconds(1);  // where others have all cells

// The gates of the first level are copies of their bits: they go, the bits take their places.  Requires
// constraints of a tail, whose copies have rows of two terms, `gate or not bit` and `bit or not gate`.
void drop_copies(encode::Constraints& constraints, std::size_t bits) {
  using encode::Literal;
  std::vector<encode::Variable> stands_for(constraints.variables.size());
  std::iota(stands_for.begin(), stands_for.end(), 0U);
  const auto is_copy = [&](const encode::Row& row) {
    return row.terms.size() == 2 && row.bound == 1 &&
           row.terms[0].literal.positive() != row.terms[1].literal.positive();
  };
  for (const encode::Row& row : constraints.rows) {
    if (!is_copy(row)) continue;
    const auto [low, high] =
        std::minmax({row.terms[0].literal.variable(), row.terms[1].literal.variable()});
    if (low < bits && high >= bits) stands_for[high] = low;
  }
  std::vector<encode::Variable> number(stands_for.size());
  std::vector<encode::Meaning> kept;
  for (encode::Variable v = 0; v < stands_for.size(); ++v) {
    if (stands_for[v] != v) continue;
    number[v] = static_cast<encode::Variable>(kept.size());
    kept.push_back(constraints.variables[v]);
  }
  constraints.variables = std::move(kept);
  std::erase_if(constraints.rows, [&](const encode::Row& row) {
    return is_copy(row) && stands_for[row.terms[0].literal.variable()] ==
                               stands_for[row.terms[1].literal.variable()];
  });
  const auto rename = [&](encode::Term& term) {
    term.literal = Literal(number[stands_for[term.literal.variable()]], term.literal.positive());
  };
  for (encode::Row& row : constraints.rows) std::ranges::for_each(row.terms, rename);
  std::ranges::for_each(constraints.objective, rename);
}

}  // namespace

TailSearch::TailSearch(const Narrow& narrow, std::size_t objective, Incumbents& incumbents,
                       SharedUpper& upper, std::uint64_t seed)
    : narrow_(narrow),
      objective_(objective),
      incumbents_(incumbents),
      upper_(upper),
      seed_(seed),
      network_(narrow.tail().circuit, narrow.tail().objectives[0]),
      patterns_(narrow.tail()) {
  patterns_.offer(narrow.pattern_of(incumbents.witness(objective)));
  const Circuit& circuit = narrow.tail().circuit;
  auto constraints = encode::constraints_of(circuit, narrow.tail().objectives[0].cost, false);
  if (!constraints.ok()) return;
  constraints_ = *std::move(constraints);
  drop_copies(*constraints_, circuit.bit_count());
  auto implied = encode::presolve(*constraints_, circuit.bit_count());
  upper_.lower_to(std::max(implied.most, patterns_.value(0)));
  std::ranges::move(implied.rows, std::back_inserter(constraints_->rows));
  std::vector<encode::Variable> counted;
  for (encode::Variable bit = 0; bit < circuit.bit_count(); ++bit) counted.push_back(bit);
  cells_.emplace(*constraints_, std::move(counted), circuit, 0, patterns_, upper_);
}

void TailSearch::work(std::size_t thread, std::size_t threads, const std::function<bool()>& stop,
                      const std::function<void()>& heartbeat) {
  if (!ready()) return;
  const auto done = [&] {
    if (heartbeat) heartbeat();
    return astray_ || stop() || incumbents_.value(objective_) >= upper_.value();
  };
  const bool searches = thread + 1 == threads;
  double owed = 0;  // small tails are settled by learning
  while (!done()) {
    const double effort = cells_->work(done);
    realise_best();
    owed += local_share * effort * static_cast<double>(moves_a_conflict);
    if (searches && (effort == 0 || owed >= static_cast<double>(patience))) {
      search_patterns(done);
      owed = 0;
    } else if (effort == 0) {
      std::this_thread::sleep_for(nap);
    }
  }
}

void TailSearch::search_patterns(const std::function<bool()>& stop) {
  LocalSearchOptions options;
  options.seed = seed_ + base::seed_step * searches_;
  options.patience = patience;
  options.before = searches_++;
  options.enough = upper_.value();
  options.stop = stop;
  local_search(network_, 0, patterns_, options);
  realise_best();
}

void TailSearch::realise_best() {
  const std::lock_guard lock(realising_);
  if (astray_ || patterns_.value(0) <= incumbents_.value(objective_)) return;
  const InputBits pattern = patterns_.witness(0);
  const std::int64_t value = patterns_.value(0);
  base::Random random(seed_);
  InputBits start = incumbents_.witness(objective_);
  const auto fixed = narrow_.circuit().fixed_bits();
  for (int i = 0; i < most_tries; ++i) {
    incumbents_.offer(narrow_.realised(pattern, start));
    if (incumbents_.value(objective_) >= value) return;
    for (std::size_t bit = 0; bit < start.size(); ++bit) {
      if (fixed[bit] < 0) start[bit] = random.coin() ? 1 : 0;
    }
  }
  astray_ = true;
}

}  // namespace gatelight::engines::branch_bound
