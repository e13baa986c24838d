// SPDX-License-Identifier: Apache-2.0
//
// The engine `search`: local search below, branch and bound above.
//
// Problem   The largest total cost of gates that fire, over more inputs than can be swept.
// Idea      For each objective in turn: the interval bound over the domain is the first upper end;
//           annealing finds good inputs; the tree search proves that there are no better ones, or
//           finds them, and lowers the upper end while it runs.
// Why       The upper end is the largest bound of a part of the domain not yet searched
//           (open_nodes.cpp), or the incumbent if there is none; the lower end is an evaluated
//           input.  So the interval holds whenever the search is stopped.
// Limits    With a time limit each objective gets a share of it, the main one half; what one
//           leaves goes to the next.  With one thread and no limit the run is the same each time.
// Tested by tests/unit/engines/branch_bound/search_test.cpp
#include <algorithm>
#include <atomic>
#include <new>
#include <vector>

#include "base/parallel.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/local_search.hpp"
#include "engines/branch_bound/tree.hpp"
#include "engines/engine.hpp"

namespace gatelight::engines {
namespace branch_bound {
namespace {

constexpr double local_search_share = 0.2;           // of the time limit, before branching starts
constexpr std::size_t first_patience = 800'000;      // moves without improvement
constexpr std::size_t second_patience = 20'000'000;  // of the thread that goes on beside the tree
constexpr std::size_t queue_memory = std::size_t{256} << 20;
constexpr double seconds_between_reports = 0.25;
constexpr std::uint64_t seed_step = 0x9e3779b97f4a7c15U;

class Solver {
 public:
  Solver(const Question& question, const Limits& limits)
      : question_(question), limits_(limits), deadline_(limits), incumbents_(question) {}

  Answer run() {
    const std::size_t count = question_.objectives.size();
    std::vector<std::int64_t> upper(count);
    for (std::size_t i = 0; i < count; ++i) upper[i] = solve(i);
    Answer answer;
    answer.nodes = nodes_;
    for (std::size_t i = 0; i < count; ++i) {
      // An input found for a later objective may have raised this one's lower end since.
      answer.best.push_back({{incumbents_.value(i), upper[i]}, incumbents_.witness(i)});
    }
    return answer;
  }

 private:
  // Seconds for objective i of those that are left; 0 means no limit.
  [[nodiscard]] double share_of(std::size_t i) const {
    if (limits_.seconds <= 0) return 0;
    const std::size_t count = question_.objectives.size();
    const double left = std::max(limits_.seconds - deadline_.elapsed(), 1e-6);
    return i == 0 && count > 1 ? left / 2 : left / static_cast<double>(count - i);
  }

  // The upper end for one objective.
  std::int64_t solve(std::size_t i) {
    Limits limits = limits_;
    limits.seconds = share_of(i);
    const Deadline deadline(limits);
    const Network network(question_.circuit, question_.objectives[i]);
    const Propagator root(network);
    failed_ = false;
    objective_ = i;
    root_upper_ = root.upper();
    const auto settled = [&] { return incumbents_.value(i) >= root_upper_; };
    if (!settled()) search_locally(network, limits, deadline);
    if (settled() || deadline.expired()) return root_upper_;
    return search_tree(network, root, deadline);
  }

  [[nodiscard]] std::size_t threads() const {
    return static_cast<std::size_t>(std::max(limits_.threads, 1));
  }

  // The same work in all threads; an exception in one ends the others.
  template <class Work>
  void in_threads(const Work& work) {
    base::run_threads(
        std::max(limits_.threads, 1), [&](int thread) { work(static_cast<std::size_t>(thread)); },
        [this] { failed_ = true; });
  }

  LocalSearchOptions local_options(std::size_t thread, std::size_t patience) const {
    LocalSearchOptions options;
    options.seed = limits_.seed + seed_step * thread;
    options.patience = patience;
    options.enough = root_upper_;
    return options;
  }

  void search_locally(const Network& network, const Limits& limits, const Deadline& deadline) {
    const auto stop = [&] {
      return failed_ || deadline.expired() ||
             (limits.seconds > 0 && deadline.elapsed() > local_search_share * limits.seconds);
    };
    in_threads([&](std::size_t thread) {
      LocalSearchOptions options = local_options(thread, first_patience);
      options.stop = stop;
      if (thread == 0) options.heartbeat = [this] { report(nullptr); };
      local_search(network, objective_, incumbents_, options);
    });
  }

  std::int64_t search_tree(const Network& network, const Propagator& root,
                           const Deadline& deadline) {
    OpenNodes open(threads(), queue_memory);
    open.add({root_upper_, {}});
    const auto stop = [&] { return failed_ || deadline.expired(); };
    const Branching branching = choose_branching(root, incumbents_.value(objective_));
    const Tree tree{network, root, objective_, branching, incumbents_, open, nodes_, stop};
    in_threads([&](std::size_t thread) {
      if (thread > 0 && thread + 1 == threads()) {
        LocalSearchOptions options = local_options(threads() + thread, second_patience);
        options.stop = [&] { return stop() || open.finished(); };
        local_search(network, objective_, incumbents_, options);
      }
      std::function<void()> heartbeat;
      if (thread == 0) heartbeat = [&] { report(&open); };
      TreeWorker(tree, thread, std::move(heartbeat)).run();
    });
    return upper_end(&open);
  }

  // The best sound upper end at this moment.
  [[nodiscard]] std::int64_t upper_end(const OpenNodes* open) const {
    if (open == nullptr) return root_upper_;
    // In this order: where nothing is open any more, the incumbent read after that is the maximum.
    const std::optional<std::int64_t> upper = open->upper();
    const std::int64_t lower = incumbents_.value(objective_);
    return std::max(upper.value_or(lower), lower);
  }

  // Progress of the main objective, a few times a second.
  void report(const OpenNodes* open) {
    if (!limits_.progress || objective_ != 0) return;
    const double now = deadline_.elapsed();
    if (now - last_report_ < seconds_between_reports) return;
    last_report_ = now;
    Progress progress;
    progress.seconds = now;
    progress.nodes = nodes_;
    progress.upper = upper_end(open);
    progress.lower = incumbents_.value(0);
    limits_.progress(progress);
  }

  const Question& question_;
  const Limits& limits_;
  Deadline deadline_;
  Incumbents incumbents_;
  std::size_t objective_ = 0;
  std::int64_t root_upper_ = 0;
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> nodes_{0};
  double last_report_ = 0;
};

}  // namespace
}  // namespace branch_bound

Result<Answer> search(const Question& question, const Limits& limits) {
  GATELIGHT_REQUIRE(!question.objectives.empty(), "search() needs at least one objective");
  for (const Objective& objective : question.objectives) {
    GATELIGHT_REQUIRE(objective.cost.size() == question.circuit.gate_count(),
                      "an objective has one cost a gate");
  }
  try {
    return branch_bound::Solver(question, limits).run();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "the search ran out of memory", ""};
  }
}

}  // namespace gatelight::engines
