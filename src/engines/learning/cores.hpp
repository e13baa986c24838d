// SPDX-License-Identifier: Apache-2.0
//
// The largest total from above, core by core (private to the engines).
#ifndef GATELIGHT_ENGINES_LEARNING_CORES_HPP
#define GATELIGHT_ENGINES_LEARNING_CORES_HPP

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "encode/constraints.hpp"
#include "engines/learning/solver.hpp"

namespace gatelight::engines::learning {

// At least `least` of the literals are true, each of which costs at least `weight`.
struct Cardinality {
  std::vector<Literal> literals;
  std::int64_t least = 0;
  std::int64_t weight = 0;
};

// Of those that the row implies one with the largest least * weight, and no more literals than that takes.
// `weights` has one a term of the row, which are positive and not its own.
// Requires a bound that is positive and not beyond the sum of the row's weights.
Cardinality cardinality_of(const encode::Row& row, std::span<const std::int64_t> weights);

// A copy knows all that this one does.  Not thread-safe.
class Cores {
 public:
  // The values are those that variables are tried with first.
  Cores(const encode::Constraints& constraints, std::span<const std::uint8_t> preferred);

  // From now on the row holds, too.
  void add(const encode::Row& row) { solver_.add(row); }
  // From now on only assignments with a total of at least `value` are wanted; never lowered.
  void demand(std::int64_t value);
  // One question.  refuted: top() is lower than before; others as the solver answers, with suppositions.
  Solver::Outcome ask(std::uint64_t effort, const std::function<bool()>& stop);

  // No wanted assignment has a larger total.
  [[nodiscard]] std::int64_t top() const { return top_; }
  [[nodiscard]] const std::vector<std::uint8_t>& assignment() const { return solver_.assignment(); }
  [[nodiscard]] std::uint64_t conflicts() const { return solver_.conflicts(); }
  [[nodiscard]] std::uint64_t effort() const { return solver_.effort(); }

 private:
  // Of these literals `least` are true in any case, and for each of the steps that is true one more; one by one.
  // Steps that are not there yet, up to `most`, come where the last one is no loss any more.
  struct Counter {
    std::vector<Literal> counted;
    std::int64_t least = 0, most = 0;
    std::int64_t weight = 0;
    std::vector<Literal> steps{};
    Solver::Held at_least = 0, at_most = 0;
    [[nodiscard]] std::int64_t missing() const {
      return most - least - static_cast<std::int64_t>(steps.size());
    }
  };
  [[nodiscard]] std::int64_t& weight_of(Literal literal) { return weights_[literal.code()]; }
  void lose(std::int64_t weight, Literal literal);
  [[nodiscard]] std::vector<Literal> supposed() const;
  void put_facts_in();
  void restate(const encode::Row& core);
  void add_step(Counter& counter);
  void add_steps();

  Solver solver_;
  std::int64_t wanted_;
  // total = top_ - the weights of losses that are true - those of steps to come.
  std::int64_t top_;
  std::vector<Literal> losses_;
  std::vector<std::int64_t> weights_;  // by literal code; 0: no loss
  std::vector<Counter> counters_;      // with steps to come
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_CORES_HPP
