// SPDX-License-Identifier: Apache-2.0
//
// The exact energy by looking at every input of the domain.
//
// Problem   The largest total cost of firing gates, over all inputs of a domain, and how many
//           inputs cause each total.
// Idea      1024 inputs at once: one bit an input, all gates as logic on 1024-bit masks (plan.hpp,
//           sweep-inl.hpp).  Blocks of 1024 follow a Gray code, threads take chunks of blocks.
// Why       Each lane of each block is one assignment of the free input bits and each assignment is
//           one lane of one block, so the maximum and the counts are those over the domain.  Every
//           witness is evaluated once more by the scalar definition.
// Result    The same for every instruction set and number of threads: the witness is the first
//           input, in the order of the sweep, that reaches the maximum.
// Stopping  Lower is the best input seen, upper the interval bound.  The sweep also ends when every
//           maximum equals its interval bound, as no later input can change the answer.
// Cost      2^(free bits) / 1024 blocks, each about two cycles a non-zero digit of a weight.
// Tested by tests/unit/engines/exhaustive/enumerate_test.cpp
// Measured  bench/enumerate.cpp, baseline bench/baseline/enumerate.json
#include <algorithm>
#include <atomic>
#include <new>

#include "base/cpu.hpp"
#include "base/parallel.hpp"
#include "engines/engine.hpp"
#include "engines/exhaustive/worker.hpp"

namespace gatelight::engines {
namespace {

using exhaustive::Found;
using exhaustive::Plan;
using exhaustive::Worker;

constexpr double progress_interval = 0.2;  // seconds
// Work of a chunk, in units of Plan::work: about a millisecond, so that stopping is prompt.
constexpr std::uint64_t chunk_work = std::uint64_t{1} << 20;

// One run: what the threads share.
class Run {
 public:
  Run(const Question& question, const Limits& limits, const Plan& plan)
      : question_(question),
        limits_(limits),
        plan_(plan),
        deadline_(limits),
        sweep_(exhaustive::sweep_for(base::instruction_set())),
        queue_(plan.blocks, chunk_blocks(plan, limits.threads)) {
    for (const Objective& objective : question.objectives) {
      upper_.push_back(interval_upper_bound(question.circuit, objective));
    }
  }

  Answer answer();

 private:
  static std::uint64_t chunk_blocks(const Plan& plan, int threads) {
    const std::uint64_t prompt = std::max<std::uint64_t>(1, chunk_work / (plan.work + 8));
    const std::uint64_t fair = plan.blocks / (std::uint64_t{16} * static_cast<unsigned>(threads));
    return std::clamp<std::uint64_t>(fair, 1, prompt);
  }

  void work(Worker& worker, bool reports);
  void report();
  [[nodiscard]] bool settled(const Worker& worker) const;
  void merge(const std::vector<Worker>& workers, Answer& answer) const;
  void merge_tallies(const std::vector<Worker>& workers, Answer& answer) const;

  const Question& question_;
  const Limits& limits_;
  const Plan& plan_;
  Deadline deadline_;
  exhaustive::Sweep sweep_;
  base::ChunkQueue queue_;
  std::vector<std::int64_t> upper_;
  std::atomic<std::uint64_t> blocks_done_{0};
  std::atomic<std::int64_t> best_{Found::nothing};  // of objective 0, for progress only
  std::atomic<bool> stopped_early_{false};
  double next_report_ = progress_interval;
};

// Every maximum has reached its upper bound: nothing later in the order can change the answer.
// Chunks are handed out in order, so everything earlier is done or under way in another thread.
bool Run::settled(const Worker& worker) const {
  if (question_.histogram) return false;
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    if (worker.best[i].value < upper_[i]) return false;
  }
  return true;
}

void Run::report() {
  const double seconds = deadline_.elapsed();
  if (!limits_.progress || seconds < next_report_) return;
  next_report_ = seconds + progress_interval;
  const std::uint64_t done = blocks_done_.load(std::memory_order_relaxed);
  Progress progress;
  progress.seconds = seconds;
  progress.nodes = done;
  progress.done = static_cast<double>(done) / static_cast<double>(plan_.blocks);
  progress.lower = std::max<std::int64_t>(best_.load(std::memory_order_relaxed), 0);
  progress.upper = upper_[0];
  limits_.progress(progress);
}

void Run::work(Worker& worker, bool reports) {
  while (!queue_.stopped()) {
    if (deadline_.expired()) {
      stopped_early_.store(true, std::memory_order_relaxed);
      queue_.stop();
      return;
    }
    const auto chunk = queue_.next();
    if (!chunk) return;
    sweep_(worker, chunk->first, chunk->last);
    blocks_done_.fetch_add(chunk->last - chunk->first, std::memory_order_relaxed);
    std::int64_t known = best_.load(std::memory_order_relaxed);
    while (known < worker.best[0].value &&
           !best_.compare_exchange_weak(known, worker.best[0].value, std::memory_order_relaxed)) {
    }
    if (settled(worker)) queue_.stop();
    if (reports) report();
  }
}

void Run::merge(const std::vector<Worker>& workers, Answer& answer) const {
  const bool complete = !stopped_early_.load();
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    Found found;
    for (const Worker& worker : workers) {
      const Found& other = worker.best[i];
      const bool earlier = other.block < found.block;
      if (other.value > found.value || (other.value == found.value && earlier)) found = other;
    }
    Best best;
    if (found.value != Found::nothing) best.witness = plan_.input(found.block, found.lane);
    if (!complete) {
      const InputBits& example = question_.circuit.example_input();
      const auto value = objective_value(question_.circuit, question_.objectives[i], example);
      if (value > found.value) {
        found.value = value;
        best.witness = example;
      }
    }
    best.bounds = {found.value, complete ? found.value : std::max(found.value, upper_[i])};
    GATELIGHT_REQUIRE(question_.circuit.in_domain(best.witness) &&
                          objective_value(question_.circuit, question_.objectives[i],
                                          best.witness) == found.value,
                      "internal error: a witness of the sweep does not reach its value");
    answer.best.push_back(std::move(best));
  }
}

void Run::merge_tallies(const std::vector<Worker>& workers, Answer& answer) const {
  const exhaustive::Target& target = plan_.targets[0];
  const auto bias = static_cast<std::int64_t>(plan_.weighted[target.sum].bias);
  answer.histogram.emplace();
  const auto add = [&](std::uint64_t sum, std::uint64_t inputs) {
    if (inputs == 0) return;
    const std::int64_t value = static_cast<std::int64_t>(sum) - bias + target.constant;
    (*answer.histogram)[value] += InputCount{inputs} << plan_.unread_bits;
  };
  for (const Worker& worker : workers) {
    for (std::size_t sum = 0; sum < worker.tally.dense.size(); ++sum) {
      add(sum, worker.tally.dense[sum]);
    }
    for (const auto& [sum, inputs] : worker.tally.sparse) add(sum, inputs);
  }
}

Answer Run::answer() {
  const auto threads = static_cast<int>(
      std::min<std::uint64_t>(static_cast<unsigned>(limits_.threads), plan_.blocks));
  std::vector<Worker> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) workers.emplace_back(plan_, question_.histogram);
  base::run_threads(
      threads, [&](int index) { work(workers[static_cast<std::size_t>(index)], index == 0); },
      [&] { queue_.stop(); });
  Answer answer;
  merge(workers, answer);
  if (question_.histogram && !stopped_early_.load()) merge_tallies(workers, answer);
  const std::uint64_t inputs_a_block =
      std::uint64_t{1} << (plan_.low_inputs.size() + static_cast<std::size_t>(plan_.unread_bits));
  answer.nodes = blocks_done_.load() * inputs_a_block;
  return answer;
}

}  // namespace

Result<Answer> enumerate(const Question& question, const Limits& limits) {
  GATELIGHT_REQUIRE(!question.objectives.empty(), "enumerate needs an objective");
  GATELIGHT_REQUIRE(limits.threads >= 1, "enumerate needs at least one thread");
  for (const Objective& objective : question.objectives) {
    GATELIGHT_REQUIRE(objective.cost.size() == question.circuit.gate_count(),
                      "an objective has one cost a gate");
  }
  try {
    const Result<Plan> plan = exhaustive::compile_plan(question);
    if (!plan) return plan.error();
    return Run(question, limits, *plan).answer();
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::limit, "not enough memory to enumerate the inputs of this circuit", ""};
  }
}

}  // namespace gatelight::engines
