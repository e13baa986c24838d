// SPDX-License-Identifier: Apache-2.0
//
// One sweep by several threads (private to this folder).
#ifndef GATELIGHT_ENGINES_EXHAUSTIVE_RUN_HPP
#define GATELIGHT_ENGINES_EXHAUSTIVE_RUN_HPP

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/parallel.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/exhaustive/checkpoint.hpp"
#include "engines/exhaustive/choices.hpp"
#include "engines/exhaustive/worker.hpp"

namespace gatelight::engines::exhaustive {

class Run {
 public:
  // All outlive the run.
  Run(const Question& question, const Limits& limits, const Plan& plan);

  // From the state on to the last block, unless a limit or a settled question comes first.  Errors are
  // those of the checkpoint.
  Result<Answer> answer(const Checkpoint* checkpoint);

  // Seconds for all blocks, by sweeping a few here and there.
  double predict_seconds();
  [[nodiscard]] bool generated() const { return code_ != nullptr; }
  [[nodiscard]] std::size_t bytes() const;  // rough

 private:
  [[nodiscard]] std::uint64_t chunk_blocks() const;
  void start_high();
  Worker make_worker() const;
  void set_floors(Worker& worker) const;
  void sweep_chunk(Worker& worker, std::uint64_t first, std::uint64_t last);
  void work(Worker& worker, base::ChunkQueue& queue, double until, bool reports);
  // False where the sweep is complete, settled or stopped.
  bool round(std::vector<Worker>& workers, double seconds);
  [[nodiscard]] bool settled() const;
  void note_found(const Worker& worker);
  void report();
  [[nodiscard]] SweepState state_of(const std::vector<Worker>& workers) const;
  [[nodiscard]] Answer answer_of(const SweepState& state) const;
  [[nodiscard]] std::uint64_t inputs_of(std::uint64_t blocks) const;

  const Question& question_;
  const Limits& limits_;
  const Plan& plan_;
  Choices choices_;
  Deadline deadline_;
  Kernel kernel_;
  std::unique_ptr<generated::MachineCode> code_;
  branch_bound::Incumbents incumbents_;           // what is known without the sweep
  std::vector<std::int64_t> upper_;               // interval bounds
  SweepState done_;                               // before this run, then how far the rounds came
  std::vector<std::atomic<std::int64_t>> found_;  // largest value of the sweep, for each target
  std::atomic<bool> stopped_{false};              // by a limit
  std::atomic<std::uint64_t> blocks_done_{0};     // for progress
  double next_report_ = 0;
};

}  // namespace gatelight::engines::exhaustive

#endif  // GATELIGHT_ENGINES_EXHAUSTIVE_RUN_HPP
