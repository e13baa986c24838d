// SPDX-License-Identifier: Apache-2.0
//
// Worker: one thread that splits boxes.
#ifndef GATELIGHT_ENGINES_BOX_WORKER_HPP
#define GATELIGHT_ENGINES_BOX_WORKER_HPP

#include <atomic>
#include <functional>
#include <vector>

#include "base/random.hpp"
#include "engines/box/bounder.hpp"
#include "engines/box/joint.hpp"
#include "engines/box/model.hpp"
#include "engines/box/open_boxes.hpp"
#include "engines/box/points.hpp"
#include "engines/branch_bound/incumbents.hpp"

namespace gatelight::engines::box {

// What the workers of one objective share.
struct Shared {
  const Model& model;
  std::size_t objective = 0;
  const BoxOptions& options;
  branch_bound::Incumbents& incumbents;
  OpenBoxes& open;
  std::atomic<std::uint64_t>& nodes;  // boxes that were bounded or swept
  std::function<bool()> stop;         // asked at every box, from any thread
};

// What a worker does besides, from its own thread; both may be empty.
struct Besides {
  std::function<void()> heartbeat;                // at every box
  std::function<void(std::uint64_t boxes)> turn;  // after 16384 boxes of its own, 32768, ...
};

class Worker {
 public:
  Worker(const Shared& shared, std::size_t number, std::uint64_t seed, Besides besides);

  // Works until all is searched or stopped.
  void run();

 private:
  enum class Outcome { searched, handed_over, stopped };

  [[nodiscard]] std::int64_t floor() const { return shared_.incumbents.value(shared_.objective); }
  Outcome dive(OpenBox root);
  void process(OpenBox box);
  void split(const OpenBox& box, std::int64_t bound);
  void sample(const Box& box);
  std::int64_t offer(const std::vector<std::int64_t>& values);
  [[nodiscard]] std::size_t variable_to_split(const Box& box) const;

  const Shared& shared_;
  std::size_t number_;
  Besides besides_;
  std::uint64_t boxes_ = 0, next_turn_ = 16384;
  base::Random random_;
  const SumBounds initial_;
  SumBounds bounds_;
  Bounder bounder_;
  JointBound joint_;
  PointSweep sweep_, samples_;
  std::uint64_t worth_sweeping_ = 1;
  std::vector<std::int64_t> sample_values_;
  std::vector<OpenBox> stack_;
  std::uint64_t splits_ = 0;
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_WORKER_HPP
