// SPDX-License-Identifier: Apache-2.0
//
// Upper bounds by semidefinite relaxation (private to the engines).
#ifndef GATELIGHT_ENGINES_SEMIDEFINITE_BOUND_HPP
#define GATELIGHT_ENGINES_SEMIDEFINITE_BOUND_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "encode/constraints.hpp"

namespace gatelight::engines::semidefinite {

// Upper bounds of the total that constraints allow, better and better ones.
class Bounder {
 public:
  // The circuits it is made for have at most so many variables and rows: the memory is some squares of their
  // sum, and an iteration takes its cube.
  static constexpr std::size_t most_variables = 500;
  static constexpr std::size_t most_rows = 1500;

  // Finished from the start where there are more, or sums of weights beyond 2^58.
  explicit Bounder(const encode::Constraints& constraints);
  ~Bounder();

  // Goes on for about so many nanoseconds (counted in operations, not by the clock), one iteration at least, unless
  // `stop` says so (asked each time).  No total exceeds what is returned.  `known` is a bound that is proved already.
  std::int64_t run(double nanoseconds, std::int64_t known, const std::function<bool()>& stop);
  // No better bound will come.
  [[nodiscard]] bool finished() const { return finished_; }

 private:
  struct State;
  std::unique_ptr<State> state_;
  bool finished_ = false;
};

}  // namespace gatelight::engines::semidefinite

#endif  // GATELIGHT_ENGINES_SEMIDEFINITE_BOUND_HPP
