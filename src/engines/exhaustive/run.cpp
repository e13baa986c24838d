// SPDX-License-Identifier: Apache-2.0
//
// Threads, floors and rounds of a sweep.
//
// Problem   Share a sweep among threads so that the answer does not depend on them, and let each profit
//           from what the others found.
// Idea      Threads take chunks of blocks in order.  A thread looks only for inputs that beat its own best
//           one or at least equal the best of the others; a long sweep starts with what local search
//           finds.  With a checkpoint the sweep goes in rounds: at the end of one all chunks handed
//           out are done, so the state is the result of all blocks before a certain one.
// Why       Let M be the maximum and x the first input of the order with it.  No floor exceeds M before
//           its thread has found M itself, and the thread that sweeps x finds it first among its own
//           blocks.  The first of all threads' inputs with value M is x.
// Cost      A thread's floors are renewed once a chunk, about a millisecond.
// Tested by tests/unit/engines/exhaustive/enumerate_test.cpp
#include "engines/exhaustive/run.hpp"

#include <algorithm>
#include <limits>

#include "engines/branch_bound/local_search.hpp"
#include "engines/branch_bound/network.hpp"

namespace gatelight::engines::exhaustive {
namespace {

constexpr double progress_interval = 0.2;  // seconds
// Work of a chunk, in units of Program::work: about a millisecond, so that stopping is prompt.
constexpr std::uint64_t chunk_work = std::uint64_t{1} << 21;
// Generating code takes as long as interpreting some thousand blocks.
constexpr std::uint64_t worth_generating = std::uint64_t{1} << 13;
// A tenth of a second of sweeping is worth a few hundredths of local search.
constexpr std::uint64_t worth_searching = std::uint64_t{1} << 20;
constexpr std::size_t search_patience = 30'000;
// Where more lanes pass, filtering is not worth its while; asked again after some chunks.
constexpr double most_passing = 0.5;
constexpr int chunks_without_filter = 16;
constexpr double prediction_seconds = 0.05;
constexpr std::uint64_t prediction_places = 32, prediction_blocks = 16;

std::unique_ptr<generated::MachineCode> make_code(const Question& question, const Plan& plan,
                                                  CodeChoice choice) {
  const bool wanted = choice == CodeChoice::generated ||
                      (choice == CodeChoice::automatic && plan.blocks.count() >= worth_generating);
  if (!wanted) return nullptr;
  return generated::generate(plan, question.histogram, base::instruction_set());
}

}  // namespace

Run::Run(const Question& question, const Limits& limits, const Plan& plan)
    : question_(question),
      limits_(limits),
      plan_(plan),
      choices_(choices()),
      deadline_(limits),
      kernel_(kernel_for(base::instruction_set())),
      code_(make_code(question, plan, choices_.code)),
      incumbents_(question),
      found_(question.objectives.size()),
      next_report_(progress_interval) {
  done_.best.resize(question.objectives.size());
  for (const Objective& objective : question.objectives) {
    upper_.push_back(interval_upper_bound(question.circuit, objective));
  }
  for (auto& value : found_) value = Found::nothing;
}

std::uint64_t Run::chunk_blocks() const {
  const std::uint64_t prompt = std::max<std::uint64_t>(1, chunk_work / (plan_.program.work + 8));
  const std::uint64_t fair =
      plan_.blocks.count() / (std::uint64_t{16} * static_cast<unsigned>(limits_.threads));
  return std::clamp<std::uint64_t>(fair, 1, prompt);
}

std::uint64_t Run::inputs_of(std::uint64_t blocks) const {
  const std::size_t shift = plan_.low_inputs.size() + static_cast<std::size_t>(plan_.unread_bits);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return shift >= 64 || blocks > (most >> shift) ? most : blocks << shift;
}

// A good value before the first block is swept.  Deterministic.
void Run::start_high() {
  if (!choices_.starts_high || question_.histogram || plan_.blocks.count() < worth_searching)
    return;
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    const branch_bound::Network network(question_.circuit, question_.objectives[i]);
    branch_bound::LocalSearchOptions options;
    options.seed = limits_.seed;
    options.patience = search_patience;
    options.enough = upper_[i];
    options.stop = [this] { return deadline_.expired(); };
    branch_bound::local_search(network, i, incumbents_, options);
  }
}

Worker Run::make_worker() const {
  Worker worker(plan_, question_.histogram, code_.get());
  worker.filters = choices_.filters && !question_.histogram;
  return worker;
}

std::size_t Run::bytes() const {
  const std::size_t spill = code_ == nullptr ? 0 : code_->spill_vectors;
  const std::size_t masks = 2 * std::size_t{plan_.program.slot_count} + spill;
  const std::size_t worker = masks * sizeof(Mask) + plan_.program.words.size() * 8 +
                             std::size_t{plan_.front.padded} * (lanes / 8 + 64);
  return plan_.bytes() + static_cast<std::size_t>(limits_.threads) * worker;
}

void Run::set_floors(Worker& worker) const {
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    // Earlier blocks come first in the order, others may come later.
    const std::int64_t earlier = std::max(worker.best[i].value, done_.best[i].value) + 1;
    const std::int64_t others =
        question_.histogram
            ? 0
            : std::max(found_[i].load(std::memory_order_relaxed), incumbents_.value(i));
    const std::int64_t floor = std::max(earlier, others);
    if (floor != worker.floor[i]) worker.set_floor(i, floor);
  }
}

void Run::note_found(const Worker& worker) {
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    std::int64_t known = found_[i].load(std::memory_order_relaxed);
    while (
        known < worker.best[i].value &&
        !found_[i].compare_exchange_weak(known, worker.best[i].value, std::memory_order_relaxed)) {
    }
  }
}

// Every maximum has reached its upper bound: nothing later in the order can change the answer.
// Chunks are handed out in order, so everything earlier is done or under way in another thread.
bool Run::settled() const {
  if (question_.histogram) return false;
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    const std::int64_t found =
        std::max(found_[i].load(std::memory_order_relaxed), done_.best[i].value);
    if (found < upper_[i]) return false;
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
  progress.nodes = inputs_of(done);
  progress.done = static_cast<double>(done) / static_cast<double>(plan_.blocks.count());
  progress.lower = std::max(
      {found_[0].load(std::memory_order_relaxed), done_.best[0].value, incumbents_.value(0)});
  progress.upper = upper_[0];
  limits_.progress(progress);
}

void Run::sweep_chunk(Worker& worker, std::uint64_t first, std::uint64_t last) {
  set_floors(worker);
  const bool filters = worker.filters;
  if (worker.chunks_to_rest > 0) {
    --worker.chunks_to_rest;
    worker.filters = false;
  }
  worker.filtered = worker.passed = 0;
  kernel_.sweep(worker, first, last);
  kernel_.flush(worker);  // what was found counts for the next chunk, and for others
  worker.filters = filters;
  if (static_cast<double>(worker.passed) > most_passing * static_cast<double>(worker.filtered)) {
    worker.chunks_to_rest = chunks_without_filter;
  }
}

void Run::work(Worker& worker, base::ChunkQueue& queue, double until, bool reports) {
  const std::uint64_t offset = done_.next;
  while (!queue.stopped()) {
    if (deadline_.expired()) {
      stopped_.store(true, std::memory_order_relaxed);
      queue.stop();
      break;
    }
    const auto chunk = queue.next();
    if (!chunk) break;
    sweep_chunk(worker, offset + chunk->first, offset + chunk->last);
    blocks_done_.fetch_add(chunk->last - chunk->first, std::memory_order_relaxed);
    note_found(worker);
    // Asked last, so that every round comes further.
    if (settled() || deadline_.elapsed() >= until) queue.stop();
    if (reports) report();
  }
}

bool Run::round(std::vector<Worker>& workers, double seconds) {
  base::ChunkQueue queue(plan_.blocks.count() - done_.next, chunk_blocks());
  const double until = deadline_.elapsed() + seconds;
  base::run_threads(
      static_cast<int>(workers.size()),
      [&](int index) { work(workers[static_cast<std::size_t>(index)], queue, until, index == 0); },
      [&] { queue.stop(); });
  done_.next += queue.handed_out();
  return done_.next < plan_.blocks.count() && !stopped_.load() && !settled();
}

// The state before this run and what its workers added.
SweepState Run::state_of(const std::vector<Worker>& workers) const {
  SweepState state = done_;
  for (const Worker& worker : workers) {
    for (std::size_t i = 0; i < upper_.size(); ++i) {
      const Found& other = worker.best[i];
      Found& found = state.best[i];
      const bool earlier = other.position < found.position;
      if (other.value > found.value || (other.value == found.value && earlier)) found = other;
    }
    for (std::size_t sum = 0; sum < worker.tally.dense.size(); ++sum) {
      if (worker.tally.dense[sum] != 0) state.tally[sum] += worker.tally.dense[sum];
    }
    for (const auto& [sum, inputs] : worker.tally.sparse) state.tally[sum] += inputs;
  }
  return state;
}

Answer Run::answer_of(const SweepState& state) const {
  const bool complete = state.next == plan_.blocks.count() || settled();
  Answer answer;
  std::uint64_t last_block = 0;
  for (std::size_t i = 0; i < upper_.size(); ++i) {
    const Found& found = state.best[i];
    Best best;
    best.bounds.lower = found.value;
    last_block = std::max(last_block, found.position / lanes);
    if (found.value != Found::nothing) {
      best.witness =
          plan_.input(found.position / lanes, static_cast<unsigned>(found.position % lanes));
    }
    if (found.value < incumbents_.value(i)) {
      GATELIGHT_REQUIRE(!complete, "internal error: the sweep missed an input that was known");
      best.bounds.lower = incumbents_.value(i);
      best.witness = incumbents_.witness(i);
    }
    best.bounds.upper = complete ? best.bounds.lower : std::max(best.bounds.lower, upper_[i]);
    GATELIGHT_REQUIRE(question_.circuit.in_domain(best.witness) &&
                          objective_value(question_.circuit, question_.objectives[i],
                                          best.witness) == best.bounds.lower,
                      "internal error: a witness of the sweep does not reach its value");
    answer.best.push_back(std::move(best));
  }
  // A settled sweep ends with the block that settled it, however far other threads were.
  answer.nodes = inputs_of(settled() ? last_block + 1 : state.next);
  if (question_.histogram && complete) {
    const Target& target = plan_.program.targets[0];
    const auto bias = static_cast<std::int64_t>(plan_.program.sums[target.sum].bias);
    answer.histogram.emplace();
    for (const auto& [sum, inputs] : state.tally) {
      const std::int64_t value = static_cast<std::int64_t>(sum) - bias + target.constant;
      InputCount& count = (*answer.histogram)[value];
      count += InputCount(inputs) << static_cast<unsigned long>(plan_.unread_bits);
    }
  }
  return answer;
}

Result<Answer> Run::answer(const Checkpoint* checkpoint) {
  const auto named = [&](const Error& error) {
    return Error{error.code, error.message, "checkpoint " + checkpoint->name};
  };
  std::string identity;
  if (checkpoint != nullptr) {
    identity = identity_of(question_, plan_);
    auto text = checkpoint->load();
    if (!text.ok()) return named(text.error());
    if (text->has_value()) {
      auto state = parse_state(**text, identity, plan_);
      if (!state.ok()) return named(state.error());
      done_ = *std::move(state);
    }
    // Says at once, not after an hour, that nothing can be saved there.
    if (auto saved = checkpoint->save(format_state(done_, identity)); !saved.ok()) {
      return named(saved.error());
    }
  }
  blocks_done_ = done_.next;
  start_high();
  const auto threads =
      std::min<std::uint64_t>(static_cast<unsigned>(limits_.threads), plan_.blocks.count());
  std::vector<Worker> workers;
  workers.reserve(threads);
  for (std::uint64_t i = 0; i < threads; ++i) workers.push_back(make_worker());
  const double seconds =
      checkpoint != nullptr ? checkpoint->seconds : std::numeric_limits<double>::infinity();
  std::string unsaved;
  bool goes_on = done_.next < plan_.blocks.count() && !settled();
  while (goes_on) {
    goes_on = round(workers, seconds);
    if (checkpoint == nullptr) continue;
    const auto saved = checkpoint->save(format_state(state_of(workers), identity));
    unsaved = saved.ok() ? "" : saved.error().message;
  }
  Answer answer = answer_of(state_of(workers));
  if (!unsaved.empty()) {
    answer.notes.push_back("the last checkpoint could not be saved: " + checkpoint->name + ": " +
                           unsaved);
  }
  return answer;
}

double Run::predict_seconds() {
  start_high();
  Worker worker = make_worker();
  const std::uint64_t blocks = plan_.blocks.count();
  const std::uint64_t places = std::min(prediction_places, blocks);
  const std::uint64_t step = blocks / places;
  double seconds_a_block = 0;
  const double begin = deadline_.elapsed();
  // Longer and longer parts at every place, until the time is up.  The last ones count: by then the
  // caches are warm and the floor is high.
  for (std::uint64_t length = std::min(step, prediction_blocks);; length *= 2) {
    const double start = deadline_.elapsed();
    for (std::uint64_t place = 0; place < places; ++place) {
      sweep_chunk(worker, place * step, place * step + length);
    }
    const double now = deadline_.elapsed();
    seconds_a_block = (now - start) / static_cast<double>(places * length);
    if (2 * length > step || now - begin > prediction_seconds) break;
  }
  return seconds_a_block * static_cast<double>(blocks) / static_cast<double>(limits_.threads);
}

}  // namespace gatelight::engines::exhaustive
