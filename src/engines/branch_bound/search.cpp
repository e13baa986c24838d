// SPDX-License-Identifier: Apache-2.0
//
// The engine `search`: local search below; learning, a relaxation and branch and bound above.
//
// Problem   The largest total cost of gates that fire, over more inputs than can be swept.
// Idea      For each objective in turn: the interval bound over the domain is the first upper end;
//           a glance, short runs of annealing and learning, settles easy questions.  For others
//           annealing finds good inputs; behind a narrow first level its patterns are searched instead
//           of inputs (tail_search.cpp), mostly to the end; else gates that exclude each other become rows
//           (encode/presolve.hpp); then a learning solver on the constraints (learning/) and the tree
//           search (tree.cpp) prove that there are no better ones, or find them, and lower the upper
//           end while they run, as relaxations do (linear/, semidefinite/).  One thread gives each a
//           turn, longer ones to those that achieve something; of several the first one learns.
// Why       The upper end is the smallest of what groups of gates leave, what learning refuted, what a
//           relaxation allows, and the largest bound of a part of the domain not yet searched
//           (open_parts.hpp), or the incumbent if there is none; the lower end is an evaluated input.
//           So the interval holds whenever the search is stopped.
// Limits    With a time limit each objective gets a share of it, the main one half; what one
//           leaves goes to the next.  With one thread and no limit the run is the same each time.
//           Circuits with too many steps for constraints are left to the tree.
// Tested by tests/unit/engines/branch_bound/search_test.cpp
#include <algorithm>
#include <atomic>
#include <iterator>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "encode/presolve.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/local_search.hpp"
#include "engines/branch_bound/shared_upper.hpp"
#include "engines/branch_bound/tail_search.hpp"
#include "engines/branch_bound/tree.hpp"
#include "engines/learning/neighbourhoods.hpp"
#include "engines/learning/optimize.hpp"
#include "engines/objectives.hpp"
#include "engines/semidefinite/bound.hpp"

namespace gatelight::engines {
namespace branch_bound {
namespace {

constexpr double local_search_share = 0.2;  // of the time limit, before branching starts
// Moves of local search without improvement: before anything else; between the first rounds of learning; before a
// tree without learning.
constexpr std::size_t first_patience = 60'000;
constexpr std::size_t second_patience = 100'000;
constexpr std::size_t third_patience = 800'000;
constexpr std::size_t queue_memory = std::size_t{256} << 20;
// Effort is counted in conflicts.  A round of turns takes that much times the sum of all shares.
constexpr double first_effort = 300, more_effort = 1.2;
constexpr int first_rounds = 4, most_first_rounds = 10;
// A proof is near then, and nothing moves an end before it.
constexpr std::int64_t narrow_gap = 3;
constexpr double learning_share = 6, local_share = 3, bounding_share = 3, most_share = 8,
                 least_share = 0.5, fade = 0.9;
// Of the linear relaxation in a thread that learns, in units of learning without it.
constexpr double first_relaxed = 0.25, most_relaxed = 4, least_relaxed = 0.1;
// Of the tree: effort that is left, in units of all effort so far.
constexpr double near_end = 4, far_end = 100;
// The look at it before all that: effort between looks, what it may promise to take, and how far it may overrun.
constexpr double effort_a_look = 200, most_soon = 40'000, overdue_soon = 1.5;
constexpr double most_overdue = 4;  // times the effort after which it should have been closed
// At a glance, for the first time: moves a bit, and conflicts.  Each glance is twice as long as the one before.
constexpr std::size_t glance_moves = 100;
constexpr std::uint64_t glance_conflicts = 300;
constexpr int glances = 3;
constexpr std::uint64_t first_learning = 2000;  // conflicts, before anything else takes turns
constexpr std::size_t most_wires_at_a_glance = 20'000;
constexpr std::uint64_t nodes_a_conflict = 40;

using Questions = learning::Optimizer::Questions;

class Solver {
 public:
  // `known`: what a glance told of the same question, or null.
  Solver(const Question& question, const Limits& limits, const Answer* known)
      : question_(question),
        limits_(limits),
        known_(known),
        deadline_(limits),
        incumbents_(question) {
    if (known_ == nullptr) return;
    for (const Best& best : known_->best) incumbents_.offer(best.witness);
  }

  Answer run() {
    return answer([this](std::size_t i) { return solve(i); });
  }

  // What can be told at once.
  Answer glance() {
    return answer([this](std::size_t i) {
      const Part part(*this, i);
      look_at(part);
      return root_upper_;
    });
  }

 private:
  // One of the objectives, with its share of the time.
  struct Part {
    Part(Solver& solver, std::size_t i)
        : limits(solver.limits_of(i)),
          deadline(limits),
          network(solver.question_.circuit, solver.question_.objectives[i]),
          root(network) {
      solver.begin(i, root.upper());
    }
    Limits limits;
    Deadline deadline;
    Network network;
    Propagator root;
  };

  // `solve` tells the upper end for an objective.
  template <class Solve>
  Answer answer(const Solve& solve) {
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

  [[nodiscard]] Limits limits_of(std::size_t i) const {
    Limits limits = limits_;
    limits.seconds = seconds_for(i, question_.objectives.size(), limits_, deadline_);
    return limits;
  }

  void begin(std::size_t i, std::int64_t upper) {
    failed_ = false;
    objective_ = i;
    promised_ = 0;
    root_upper_ = known_ != nullptr ? std::min(upper, known_->best[i].bounds.upper) : upper;
    constraints_.reset();
  }

  [[nodiscard]] bool over(const Part& part) const {
    return incumbents_.value(objective_) >= root_upper_ || part.deadline.expired();
  }

  // The upper end for one objective.
  std::int64_t solve(std::size_t i) {
    const Part part(*this, i);
    if (known_ == nullptr) look_at(part);
    if (!over(part)) search_locally(part);
    if (!over(part)) search_tail(part.deadline);
    return over(part) ? root_upper_ : prove(part);
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
    options.seed = limits_.seed + base::seed_step * thread;
    options.patience = patience;
    options.enough = root_upper_;
    return options;
  }

  // Most easy questions are settled by some thousand moves and a few hundred conflicts: in less time than anything
  // takes that would have to be prepared.
  void look_at(const Part& part) {
    if (over(part) || !small(part.network)) return;
    const auto stop = [&] { return part.deadline.expired(); };
    std::size_t moves = glance_moves * part.network.free_bits().size();
    std::uint64_t conflicts = glance_conflicts;
    SharedUpper upper(root_upper_);
    std::optional<learning::Optimizer> optimizer;
    for (int round = 0; round < glances && !over(part); ++round, moves *= 2, conflicts *= 2) {
      search_once(part, static_cast<std::size_t>(round), moves, stop);
      const encode::Constraints* constraints = over(part) ? nullptr : prepare();
      if (constraints == nullptr) return;
      if (optimizer) {
        optimizer->begin_again();
      } else {
        optimizer.emplace(*constraints, question_.circuit, objective_, incumbents_, upper);
      }
      learn(*optimizer, conflicts, round == 0 ? Questions::from_below : Questions::cores, stop);
      root_upper_ = std::max(std::min(root_upper_, upper.value()), incumbents_.value(objective_));
    }
  }

  void search_once(const Part& part, std::size_t round, std::size_t moves,
                   const std::function<bool()>& stop) {
    LocalSearchOptions options = local_options(round, 0);
    options.before = round;
    options.moves = moves;
    options.stop = stop;
    local_search(part.network, objective_, incumbents_, options);
  }

  [[nodiscard]] static bool small(const Network& network) {
    std::size_t wires = 0;
    for (RowId row = 0; row < network.row_count(); ++row) {
      if (network.is_gate(row) && !network.row(row).is_threshold) return false;
      wires += network.wires(row).size();
    }
    return wires <= most_wires_at_a_glance;
  }

  // The constraints and what presolving adds to them; null where there would be too many.
  const encode::Constraints* prepare() {
    if (!constraints_) {
      constraints_.emplace(
          encode::constraints_of(question_.circuit, question_.objectives[objective_].cost, false));
      if (constraints_->ok()) {
        auto implied = encode::presolve(**constraints_, question_.circuit.bit_count());
        root_upper_ = std::max(std::min(root_upper_, implied.most), incumbents_.value(objective_));
        std::ranges::move(implied.rows, std::back_inserter((*constraints_)->rows));
      }
    }
    return constraints_->ok() ? &**constraints_ : nullptr;
  }

  void search_locally(const Part& part) {
    const double seconds = part.limits.seconds;
    const auto stop = [&] {
      return failed_ || part.deadline.expired() ||
             (seconds > 0 && part.deadline.elapsed() > local_search_share * seconds);
    };
    in_threads([&](std::size_t thread) {
      LocalSearchOptions options = local_options(thread, first_patience);
      options.stop = stop;
      if (thread == 0) options.heartbeat = [this] { report([this] { return root_upper_; }); };
      local_search(part.network, objective_, incumbents_, options);
    });
  }

  // Behind a narrow first level.  Without one, nothing.
  void search_tail(const Deadline& deadline) {
    const auto narrow = Narrow::of(question_.circuit, question_.objectives[objective_]);
    if (!narrow) return;
    SharedUpper upper(root_upper_);
    TailSearch tail(*narrow, objective_, incumbents_, upper, limits_.seed);
    std::uint64_t counted = 0;
    const auto count = [&] {
      const std::uint64_t now = tail.conflicts();
      nodes_ += now - std::exchange(counted, now);
    };
    const auto heartbeat = [&] {
      count();
      report([&] { return std::max(upper.value(), incumbents_.value(objective_)); });
    };
    in_threads([&](std::size_t thread) {
      tail.work(
          thread, threads(), [&] { return failed_ || deadline.expired(); },
          thread == 0 ? std::function<void()>(heartbeat) : nullptr);
    });
    count();
    root_upper_ = std::max(upper.value(), incumbents_.value(objective_));
  }

  // Learning and the tree, side by side; each profits from what the other finds.
  std::int64_t prove(const Part& part) {
    const encode::Constraints* constraints = prepare();
    SharedUpper upper(root_upper_);
    OpenNodes open(threads(), queue_memory);
    open.add({root_upper_, {}});
    const auto stop = [&] {
      return failed_ || part.deadline.expired() || incumbents_.value(objective_) >= upper.value();
    };
    const Branching branching = choose_branching(part.root, incumbents_.value(objective_));
    const Tree tree{part.network, part.root, objective_, branching,
                    incumbents_,  open,      nodes_,     stop};
    const Members members{tree, constraints, upper, open, stop};
    in_threads([&](std::size_t thread) { work_as(members, thread); });
    return upper_end(members);
  }

  struct Members {
    const Tree& tree;
    const encode::Constraints* constraints;  // null where there would be too many
    SharedUpper& upper;
    OpenNodes& open;
    const std::function<bool()> stop;
    [[nodiscard]] bool done() const { return stop() || open.finished(); }
    void lower_by_tree() const {
      if (const auto bound = open.upper()) upper.lower_to(*bound);
    }
  };

  // Only the first thread reports progress.
  std::function<void()> heartbeat_of(const Members& members, std::size_t thread) {
    if (thread != 0) return {};
    return [this, &members] { report([&] { return upper_end(members); }); };
  }

  // One that takes turns.  Its share of the effort grows where it moved an end of the interval, and shrinks
  // otherwise, unless it knows better.
  struct Turn {
    double share;
    std::function<void(std::uint64_t)> work;     // takes about as long as so many conflicts
    std::function<double(double)> next_share{};  // after so much effort of all
    double near_share = least_share;             // the least where the gap is narrow
    double far_share = least_share;              // and where it is not
  };

  // Turns by conflicts, iterations, nodes and moves rather than by the clock, so that a run of one thread
  // can be repeated.  Without an optimizer another thread learns.
  void take_turns(const Members& members, std::size_t thread, learning::Optimizer* optimizer) {
    const std::function<void()> heartbeat = heartbeat_of(members, thread);
    const auto stop = [&] {
      if (heartbeat) heartbeat();
      return members.done();
    };
    TreeWorker worker(members.tree, thread, heartbeat);
    std::optional<semidefinite::Bounder> bounder;  // none where everything is over before
    std::optional<learning::Neighbourhoods> neighbourhoods;
    std::vector<Turn> turns;
    if (optimizer == nullptr) {
      close_soon(worker, members);
    } else {
      learn_first(*optimizer, &worker, members, heartbeat);
      optimizer->relax(stop);
      neighbourhoods.emplace(*members.constraints, question_.circuit, objective_, incumbents_,
                             limits_.seed);
      turns.push_back(
          {.share = learning_share,
           .work =
               [&](auto effort) { learn(*optimizer, effort, Questions::all, members, heartbeat); },
           .near_share = learning_share});
      turns.push_back({.share = 0.5, .work = [&](auto effort) {
                         learn(*optimizer, effort, Questions::relaxed, members, heartbeat);
                       }});
      turns.push_back({.share = 0.5, .work = [&](auto effort) {
                         neighbourhoods->run(effort, optimizer->relaxed(), stop);
                       }});
    }
    turns.push_back(
        {.share = local_share,
         .work = [&](auto effort) { search_on(members, effort * moves_a_conflict, heartbeat); },
         .near_share = local_share});
    turns.push_back({.share = 1,
                     .work =
                         [&](auto effort) {
                           if (!bounder) bounder.emplace(*members.constraints);
                           bound(*bounder, effort, members, heartbeat);
                         },
                     .far_share = bounding_share});
    turns.push_back({.share = 1,
                     .work =
                         [&](auto effort) {
                           if (!members.open.full())
                             worker.run(promised_effort(worker, effort) * nodes_a_conflict);
                           members.lower_by_tree();
                         },
                     .next_share = [&](double spent) { return share_of_tree(worker, spent); }});
    double spent = optimizer != nullptr ? static_cast<double>(first_rounds * first_learning) : 0;
    for (double effort = first_effort; !members.done(); effort *= more_effort) {
      for (Turn& turn : turns) {
        if (members.done()) return;
        const auto before = ends(members);
        turn.work(static_cast<std::uint64_t>(turn.share * effort));
        spent += turn.share * effort;
        const auto after = ends(members);
        if (turn.next_share) {
          turn.share = turn.next_share(spent);
        } else {
          const bool narrow = after.second - after.first <= narrow_gap;
          turn.share = before != after
                           ? std::min(2 * turn.share, most_share)
                           : std::max(fade * turn.share, narrow ? turn.near_share : turn.far_share);
        }
      }
    }
  }

  static double effort_of(const TreeWorker& worker) {
    return static_cast<double>(worker.visited()) / nodes_a_conflict;
  }

  // All of it, if the rest goes on like this.
  static double effort_to_close(const TreeWorker& worker) {
    return effort_of(worker) / std::max(worker.closed(), 1e-12);
  }

  // No more than until the tree is overdue.
  [[nodiscard]] std::uint64_t promised_effort(const TreeWorker& worker,
                                              std::uint64_t effort) const {
    const double left = most_overdue * promised_ - effort_of(worker);
    return left > 1 && left < static_cast<double>(effort) ? static_cast<std::uint64_t>(left)
                                                          : effort;
  }

  // Most questions that can be settled soon are settled by learning and local search alone, some by the tree.  With
  // several threads (no worker) another one takes care of all but learning.
  void learn_first(learning::Optimizer& optimizer, TreeWorker* worker, const Members& members,
                   const std::function<void()>& heartbeat) {
    int left = first_rounds;
    for (int round = 0; left > 0 && round < most_first_rounds && !members.done(); ++round) {
      learn(optimizer, first_learning, Questions::cores, members, heartbeat);
      if (worker != nullptr && !members.done()) search_on(members, second_patience, heartbeat);
      if (worker != nullptr && round == 0) close_soon(*worker, members);
      left = optimizer.begin_again() ? first_rounds : left - 1;
    }
  }

  // Closes the tree if it promises to be closed soon, as its first thousands of nodes tell rather well.
  // Where gates are decided first, it tells worse.
  void close_soon(TreeWorker& worker, const Members& members) {
    if (members.tree.branching == Branching::gates) return;
    double promised = most_soon;
    while (!members.done()) {
      worker.run(static_cast<std::uint64_t>(effort_a_look * nodes_a_conflict));
      members.lower_by_tree();
      const double done = effort_of(worker), whole = effort_to_close(worker);
      promised = std::min(promised, whole);
      if (whole > most_soon || done > overdue_soon * promised) return;
    }
  }

  // A tree that will soon be closed at its pace so far should be; one that will not should not be grown.
  // Where the last parts are the hard ones, it does not keep its promise.
  double share_of_tree(const TreeWorker& worker, double spent) {
    const double done = effort_of(worker);
    const double left = effort_to_close(worker) - done;
    if (left >= near_end * spent) return left < far_end * spent ? 1 : least_share / 2;
    promised_ = promised_ == 0 ? done + left : std::min(promised_, done + left);
    if (done + 1 >= most_overdue * promised_) return 1;
    return left < spent ? 5 * most_share : 2 * most_share;
  }

  // As long as so many conflicts take.
  void bound(semidefinite::Bounder& bounder, std::uint64_t conflicts, const Members& members,
             const std::function<void()>& heartbeat) {
    if (bounder.finished()) return;
    const auto stop = [&] {
      if (heartbeat) heartbeat();
      return members.done();
    };
    members.upper.lower_to(
        bounder.run(static_cast<double>(conflicts) * learning::nanoseconds_a_conflict,
                    members.upper.value(), stop));
  }

  void search_on(const Members& members, std::size_t patience, std::function<void()> heartbeat) {
    LocalSearchOptions options = local_options(++local_searches_, patience);
    options.before = local_searches_;
    options.stop = [&] { return members.done(); };
    options.heartbeat = std::move(heartbeat);
    local_search(members.tree.network, objective_, incumbents_, options);
  }

  void learn(learning::Optimizer& optimizer, std::uint64_t effort, Questions questions,
             const Members& members, const std::function<void()>& heartbeat) {
    learn(optimizer, effort, questions, [&] {
      members.lower_by_tree();
      if (heartbeat) heartbeat();
      return members.done();
    });
  }

  void learn(learning::Optimizer& optimizer, std::uint64_t effort, Questions questions,
             const std::function<bool()>& stop) {
    std::uint64_t counted = optimizer.conflicts();
    const auto count = [&] {
      nodes_ += optimizer.conflicts() - std::exchange(counted, optimizer.conflicts());
    };
    optimizer.run(effort, questions, [&] {
      count();
      return stop();
    });
    count();
  }

  // One thread does everything in turn.  Of several the first one learns, and the last one does the
  // rest; those between are for the tree, as are all where there are no constraints.
  void work_as(const Members& members, std::size_t thread) {
    const bool first = thread == 0, last = thread + 1 == threads();
    const std::function<void()> heartbeat = heartbeat_of(members, thread);
    if (members.constraints == nullptr || !(first || last)) {
      if (last) search_on(members, third_patience, heartbeat);
      TreeWorker(members.tree, thread, heartbeat).run();
      return;
    }
    if (!first) return take_turns(members, thread, nullptr);
    learning::Optimizer optimizer(*members.constraints, question_.circuit, objective_, incumbents_,
                                  members.upper);
    if (last) return take_turns(members, thread, &optimizer);
    learn_first(optimizer, nullptr, members, heartbeat);
    optimizer.relax([&] { return members.done(); });
    double relaxed = first_relaxed;
    for (std::uint64_t effort = first_learning; !members.done(); effort += effort / 4) {
      learn(optimizer, effort, Questions::all, members, heartbeat);
      const auto before = ends(members);
      learn(optimizer, static_cast<std::uint64_t>(relaxed * static_cast<double>(effort)),
            Questions::relaxed, members, heartbeat);
      relaxed = before != ends(members) ? std::min(2 * relaxed, most_relaxed)
                                        : std::max(fade * relaxed, least_relaxed);
    }
  }

  // What is known of the objective.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> ends(const Members& members) const {
    return {incumbents_.value(objective_), members.upper.value()};
  }

  // The best sound upper end at this moment.
  [[nodiscard]] std::int64_t upper_end(const Members& members) const {
    // In this order: where nothing is open any more, the incumbent read after that is the maximum.
    const std::optional<std::int64_t> open = members.open.upper();
    const std::int64_t lower = incumbents_.value(objective_);
    return std::max(std::min(open.value_or(lower), members.upper.value()), lower);
  }

  // Progress of the main objective.
  template <class Upper>
  void report(const Upper& upper) {
    if (objective_ != 0) return;
    reporter_(
        [&] { return Progress{.nodes = nodes_, .lower = incumbents_.value(0), .upper = upper()}; });
  }

  const Question& question_;
  const Limits& limits_;
  const Answer* known_;
  Deadline deadline_;
  Incumbents incumbents_;
  std::size_t objective_ = 0;
  std::atomic<std::size_t> local_searches_{0};  // their seeds differ
  double promised_ =
      0;  // effort after which the tree should be closed, of the one thread that asks
  std::int64_t root_upper_ = 0;
  std::optional<Result<encode::Constraints>> constraints_;
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> nodes_{0};
  Reporter reporter_{limits_, deadline_};
};

}  // namespace
}  // namespace branch_bound

namespace {

template <class Ask>
Result<Answer> ask_solver(const Question& question, const Limits& limits, const Answer* known,
                          const Ask& ask) {
  require_objectives(question);
  try {
    branch_bound::Solver solver(question, limits, known);
    return ask(solver);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "the search ran out of memory", ""};
  }
}

}  // namespace

Result<Answer> search(const Question& question, const Limits& limits, const Answer* known) {
  return ask_solver(question, limits, known,
                    [](branch_bound::Solver& solver) { return solver.run(); });
}

Result<Answer> glance(const Question& question, const Limits& limits) {
  return ask_solver(question, limits, nullptr,
                    [](branch_bound::Solver& solver) { return solver.glance(); });
}

}  // namespace gatelight::engines
