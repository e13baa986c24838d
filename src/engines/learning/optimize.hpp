// SPDX-License-Identifier: Apache-2.0
//
// The largest total by learning (private to the engines).
#ifndef GATELIGHT_ENGINES_LEARNING_OPTIMIZE_HPP
#define GATELIGHT_ENGINES_LEARNING_OPTIMIZE_HPP

#include <cstdint>
#include <functional>
#include <optional>

#include "encode/constraints.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/shared_upper.hpp"
#include "engines/learning/cores.hpp"
#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {

// Offers better and better inputs to the incumbents, and lowers the upper end.
class Optimizer {
 public:
  // The constraints are those of the objective.  All outlive the optimizer; other threads may raise the
  // incumbents and lower the upper end meanwhile.
  Optimizer(const encode::Constraints& constraints, const Circuit& circuit, std::size_t objective,
            branch_bound::Incumbents& incumbents, branch_bound::SharedUpper& upper);

  // For the part of `whole` where the row holds: knows what that one learned, and has an upper end of its own.
  Optimizer(const Optimizer& whole, const encode::Row& row, branch_bound::SharedUpper& upper);

  // Forgets all that it learned from below where the incumbent is better than the one it began with (false: it is
  // not): what was learned to find a better one leads astray when all that is left is to prove that there is none.
  // Not after relax(), which would have to be repeated.
  bool begin_again();
  // From now on most effort goes into the question from above, while the gap is wide, and none into cores: where
  // others look for better inputs.
  void expect_little_below() { expects_little_below_ = true; }
  // The linear relaxation with cuts.
  void relax(const std::function<bool()>& stop);
  enum class Questions {
    from_below,  // is anything better than the incumbent?
    cores,       // and what is lost in any case?
    all,         // and can a total near the upper end be refuted?
    relaxed,     // all, with the linear relaxation after every decision
  };
  // Works until the ends meet, it took so much effort (see Solver), or `stop` says so (asked every few
  // conflicts).
  void run(std::uint64_t effort, Questions questions, const std::function<bool()>& stop);

  [[nodiscard]] std::span<const double> relaxed() const { return solver_->relaxed(); }
  [[nodiscard]] std::uint64_t conflicts() const {
    return earlier_ + solver_->conflicts() + (cores_ ? cores_->conflicts() : 0);
  }
  // See Solver.
  [[nodiscard]] std::uint64_t effort() const {
    return solver_->effort() + (cores_ ? cores_->effort() : 0);
  }

 private:
  [[nodiscard]] std::int64_t lower() const { return incumbents_.value(objective_); }
  [[nodiscard]] bool settled() const { return lower() >= upper_.value(); }
  void prefer_incumbent();
  Solver::Outcome ask(std::optional<Literal> supposed, double budget,
                      const std::function<bool()>& stop);
  void offer(const std::vector<std::uint8_t>& assignment);
  void ask_cores(double budget, const std::function<bool()>& stop);
  void ask_above(double budget, const std::function<bool()>& stop);

  const encode::Constraints& constraints_;
  const Circuit& circuit_;
  std::size_t objective_;
  branch_bound::Incumbents& incumbents_;
  branch_bound::SharedUpper& upper_;
  std::optional<Solver> solver_;  // always there
  std::optional<Cores> cores_;    // from the first question on
  double budget_;
  bool relaxable_ = false;     // the linear program is not too large
  bool relaxed_ = false;       // whether the next questions are asked with the relaxation
  std::int64_t known_ = 0;     // the incumbent that the solver's phases are of
  std::int64_t began_ = 0;     // the incumbent when the solver was new
  std::uint64_t earlier_ = 0;  // conflicts, of solvers before this one
  bool expects_little_below_ = false;
  std::int64_t step_ = 0;  // from the upper end down to what is supposed next; 0: none yet
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_OPTIMIZE_HPP
