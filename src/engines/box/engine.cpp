// SPDX-License-Identifier: Apache-2.0
//
// The engine `box`: splitting a box of few words, with linear bounds.
//
// Problem   The largest total cost of gates that fire, where few words of many bits are read by many
//           gates of many steps: control networks.  There are too many inputs to sweep, and to a search
//           every bit and every step would be a variable.
// Idea      For each objective in turn: annealing finds good inputs, then workers split the domain, box by
//           box (worker.cpp), with bounds that keep correlations between gates (bounder.cpp).
// Why       The upper end is the largest bound of a box not yet searched (open_parts.hpp), or the incumbent if
//           there is none; the lower end is an evaluated input.  So the interval holds whenever the run is
//           stopped.
// Limits    With a time limit each objective gets a share of it, the main one half; what one leaves goes to
//           the next.  With one thread and no limit the run is the same each time on the same processor.
//           Domains with conditions that are not linear in the words are left to search().
// Tested by tests/unit/engines/box/box_test.cpp
#include <algorithm>
#include <atomic>
#include <new>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "engines/box/worker.hpp"
#include "engines/branch_bound/local_search.hpp"
#include "engines/objectives.hpp"

namespace gatelight::engines {
namespace box {
namespace {

constexpr double local_search_share = 0.1;  // of the time limit, before boxes are split
// Local search is asked to stop every 16 moves, each of which takes up to the time of a box.
constexpr std::uint64_t first_local_steps = 1000;
constexpr std::uint64_t boxes_a_local_step = 32;
constexpr std::size_t queue_memory = std::size_t{512} << 20;

class Solver {
 public:
  Solver(const Question& question, const Limits& limits, const BoxOptions& options)
      : question_(question),
        limits_(limits),
        options_(options),
        deadline_(limits),
        incumbents_(question) {}

  // Nothing where the domain is not a box with linear conditions.
  std::optional<Answer> run() {
    const std::size_t count = question_.objectives.size();
    std::vector<std::int64_t> upper(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::optional<Model> model = Model::of(question_.circuit, question_.objectives[i]);
      if (!model) return std::nullopt;
      upper[i] = solve(i, *model);
    }
    Answer answer;
    answer.nodes = nodes_;
    for (std::size_t i = 0; i < count; ++i) {
      // An input found for a later objective may have raised this one's lower end since.
      answer.best.push_back({{incumbents_.value(i), upper[i]}, incumbents_.witness(i)});
    }
    return answer;
  }

 private:
  // The upper end for one objective.
  std::int64_t solve(std::size_t i, const Model& model) {
    Limits limits = limits_;
    limits.seconds = seconds_for(i, question_.objectives.size(), limits_, deadline_);
    const Deadline deadline(limits);
    failed_ = false;
    objective_ = i;
    std::optional<Box> box = model.domain_box();
    // The example input lies in the domain, so there is a box.
    SumBounds bounds = initial_bounds(model);
    root_upper_ =
        std::max(Bounder(model).run(*box, bounds, incumbents_.value(i)), incumbents_.value(i));
    const auto settled = [&] { return incumbents_.value(i) >= root_upper_; };
    if (settled() || deadline.expired()) return root_upper_;
    const std::size_t memory =
        limits_.bytes > 0 ? std::min(queue_memory, limits_.bytes / 2) : queue_memory;
    OpenBoxes open(threads(), memory);
    open_ = &open;
    open.add({root_upper_, 0, *std::move(box), nullptr});
    const branch_bound::Network network(question_.circuit, question_.objectives[i]);
    const auto stop = [&] { return failed_ || deadline.expired(); };
    local_searches_ = 0;
    in_threads([&](std::size_t thread) {
      search_locally(network, thread == 0, first_local_steps, [&] {
        return stop() ||
               (limits.seconds > 0 && deadline.elapsed() > local_search_share * limits.seconds);
      });
    });
    const Shared shared{model, i, options_, incumbents_, open, nodes_, stop};
    in_threads([&](std::size_t thread) {
      Besides besides;
      if (thread == 0) besides.heartbeat = [this] { report(); };
      // Local search goes on while boxes are split, of several threads in the last one.
      if (thread + 1 == threads()) {
        besides.turn = [&, thread](std::uint64_t boxes) {
          search_locally(network, thread == 0, boxes / boxes_a_local_step, stop);
        };
      }
      Worker(shared, thread, limits_.seed + base::seed_step * thread, std::move(besides)).run();
    });
    const std::int64_t upper = upper_end();
    open_ = nullptr;
    return upper;
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

  template <class Stop>
  void search_locally(const branch_bound::Network& network, bool reports, std::uint64_t steps,
                      const Stop& stop) {
    branch_bound::LocalSearchOptions options;
    options.seed = limits_.seed + base::seed_step * local_searches_++;
    options.enough = root_upper_;
    options.stop = [&] { return steps-- == 0 || stop(); };
    if (reports) options.heartbeat = [this] { report(); };
    branch_bound::local_search(network, objective_, incumbents_, options);
  }

  // The best sound upper end at this moment.
  [[nodiscard]] std::int64_t upper_end() const {
    // In this order: where nothing is open any more, the incumbent read after that is the maximum.
    const std::optional<std::int64_t> open = open_->upper();
    const std::int64_t lower = incumbents_.value(objective_);
    return std::max(open.value_or(lower), lower);
  }

  // Progress of the main objective.
  void report() {
    if (objective_ != 0) return;
    reporter_([&] {
      return Progress{.nodes = nodes_, .lower = incumbents_.value(0), .upper = upper_end()};
    });
  }

  const Question& question_;
  const Limits& limits_;
  const BoxOptions& options_;
  Deadline deadline_;
  branch_bound::Incumbents incumbents_;
  std::size_t objective_ = 0;
  std::int64_t root_upper_ = 0;
  OpenBoxes* open_ = nullptr;
  std::atomic<std::uint64_t> local_searches_{0};  // their seeds differ
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> nodes_{0};
  Reporter reporter_{limits_, deadline_};
};

}  // namespace
}  // namespace box

Result<Answer> box_search(const Question& question, const Limits& limits,
                          const BoxOptions& options) {
  require_objectives(question);
  try {
    if (auto answer = box::Solver(question, limits, options).run()) return *std::move(answer);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "splitting boxes ran out of memory", ""};
  }
  auto answer = search(question, limits);
  if (answer.ok()) {
    answer->notes.emplace_back(
        "the domain has conditions on single bits of words, so search took the place of box");
  }
  return answer;
}

std::optional<BoxShape> box_shape(const Question& question) {
  const std::optional<box::Model> model =
      box::Model::of(question.circuit, question.objectives.front());
  if (!model) return std::nullopt;
  BoxShape shape;
  shape.words = model->variables().size();
  for (const box::Variable& variable : model->variables()) {
    shape.free_bits += static_cast<std::size_t>(variable.bits);
  }
  shape.gates = model->gates().size();
  for (const box::Gate& gate : model->gates()) {
    const Circuit::Interval values = question.circuit.value_range(gate.id);
    const bool many =
        static_cast<std::uint64_t>(values.high) - static_cast<std::uint64_t>(values.low) >= 3;
    shape.many_valued += many ? 1 : 0;
  }
  return shape;
}

}  // namespace gatelight::engines
