// SPDX-License-Identifier: Apache-2.0
//
// JointBound: how much all undecided gates of a box can be worth together.
#ifndef GATELIGHT_ENGINES_BOX_JOINT_HPP
#define GATELIGHT_ENGINES_BOX_JOINT_HPP

#include <cstdint>
#include <vector>

#include "engines/box/bounder.hpp"
#include "engines/box/model.hpp"

namespace gatelight::engines::box {

// One a thread.  Keeps a reference to the model.
class JointBound {
 public:
  explicit JointBound(const Model& model);

  // An upper bound of the objective on the box, at most `known`, where `bounds` hold.
  std::int64_t run(const Box& box, const SumBounds& bounds, std::int64_t known);

  // After a run, the best corner of the box as the bound sees it: a promising input.
  [[nodiscard]] const std::vector<std::int64_t>& corner() const { return corner_; }

 private:
  // Where the maximum over a gate's sum can lie.
  struct Candidate {
    double z = 0, y = 0;
    bool fires = false;
  };
  struct Member {
    std::uint32_t gate = 0;
    double threshold = 0;  // constant sources included
    double cost = 0;       // 0 where firing is decided
    double middle = 0;
    double magnitude = 0, value_magnitude = 0;
    std::uint32_t first_candidate = 0, last_candidate = 0;
    std::uint32_t first_source = 0, last_source = 0;
    std::uint32_t first_input = 0, last_input = 0;
  };

  std::int64_t choose(const SumBounds& bounds);
  void add_member(std::uint32_t gate, const SumBounds& bounds);
  void add_candidates(std::uint32_t gate, std::int64_t low, std::int64_t high);
  double step_to(bool choose_slopes);
  double evaluate();
  double slope_of(const Member& member, double coefficient) const;

  const Model& model_;
  std::vector<std::uint8_t> needed_;
  std::vector<std::uint32_t> member_of_;
  std::vector<Member> members_;
  std::vector<Candidate> candidates_;
  std::vector<Term> sources_, inputs_;  // indices of members, of variables
  std::vector<double> box_low_, box_high_;
  std::vector<double> best_multiplier_;
  double best_ = 0;
  std::vector<double> coefficient_;  // of each member's output
  std::vector<double> slope_;        // of each variable
  std::vector<std::int64_t> corner_;
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_JOINT_HPP
