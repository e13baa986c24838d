// SPDX-License-Identifier: Apache-2.0
//
// The largest total from above, core by core.
//
// Problem   That no total is near the sum of all weights follows from many small reasons, which a proof from below
//           has to find all at once.
// Idea      Suppose that nothing at all is lost.  What refutes that is a CORE: a row over few literals, which
//           says that some of them are lost.  That many are taken from the upper end for good, and what is lost of
//           these literals beyond that is counted by new variables, STEPS: the first is true if one more is
//           lost, and so on.  These are the losses from now on, and the next question supposes that they are
//           false: losses that are not in a core yet, and one step of each core.  The second step is there
//           once the first is lost.
// Why       Each wanted assignment has exactly one extension to the steps, and it satisfies their rows:
//               the counted ones >= least + all steps so far
//               the counted ones <= least + all steps but the last + the last one times all that are to come.
//           So a core of the rows holds for it.  Its losses weigh as much before a restatement as after: of the
//           counted literals one weight is taken, `least` times of the upper end and once of each step.
//           What is left out, steps to come and weights that remain with a literal, only makes losses larger.
// Cost      One question takes as many decisions as there are losses, and often no conflict.
// Limits    Where costs differ, a core is as good as the smallest of its losses.
// Source    A. Morgado, C. Dodaro, J. Marques-Silva, Core-guided MaxSAT with soft cardinality constraints, 2014;
//           J. Devriendt, S. Gocht, E. Demirovic, J. Nordstrom, P. Stuckey, Cutting to the core of
//           pseudo-Boolean optimization, 2021.
// Tested by tests/unit/engines/learning/cores_test.cpp
#include "engines/learning/cores.hpp"

#include <algorithm>
#include <utility>

namespace gatelight::engines::learning {
namespace {

// How many of the terms, by falling weight, are true at least.
std::int64_t least_true(const std::vector<Term>& terms, std::int64_t bound) {
  std::int64_t least = 0;
  for (const Term& term : terms) {
    if (bound <= 0) break;
    bound -= term.weight;
    ++least;
  }
  return least;
}

}  // namespace

// Literals that would cost little are given up, as if they were true; for each weight it is tried how many others have
// to be true then.
Cardinality cardinality_of(const encode::Row& row, std::span<const std::int64_t> weights) {
  std::vector<std::pair<std::int64_t, Term>> all;
  for (std::size_t i = 0; i < row.terms.size(); ++i) all.emplace_back(weights[i], row.terms[i]);
  std::ranges::stable_sort(all, std::ranges::greater{}, &std::pair<std::int64_t, Term>::first);
  Cardinality best;
  std::vector<Term> kept;  // of the best, by falling weight in the row
  std::int64_t bound = 0, left = row.bound;
  for (std::size_t size = all.size(); size > 0 && left > 0;) {
    const std::int64_t weight = all[size - 1].first;
    std::vector<Term> terms;
    for (std::size_t i = 0; i < size; ++i) terms.push_back(all[i].second);
    std::ranges::stable_sort(terms, std::ranges::greater{}, &Term::weight);
    const std::int64_t least = least_true(terms, left);
    if (least * weight > best.least * best.weight) {
      best.least = least;
      best.weight = weight;
      bound = left;
      kept = std::move(terms);
    }
    for (; size > 0 && all[size - 1].first == weight; --size) left -= all[size - 1].second.weight;
  }
  // One less than `least` do not reach the bound, whichever they are.
  std::int64_t too_few = 0;
  for (std::size_t i = 0; std::cmp_less(i + 1, best.least); ++i) too_few += kept[i].weight;
  for (; bound - kept.back().weight > too_few; kept.pop_back()) bound -= kept.back().weight;
  for (const Term& term : kept) best.literals.push_back(term.literal);
  return best;
}

Cores::Cores(const encode::Constraints& constraints, std::span<const std::uint8_t> preferred)
    : solver_(constraints), wanted_(constraints.constant), top_(constraints.constant) {
  solver_.prefer(preferred);
  for (const Term& term : constraints.objective) {
    top_ += term.weight;
    lose(term.weight, ~term.literal);
  }
}

void Cores::demand(std::int64_t value) {
  wanted_ = std::max(wanted_, value);
  solver_.demand(value);
}

void Cores::lose(std::int64_t weight, Literal literal) {
  const std::size_t size = std::max<std::size_t>(literal.code(), (~literal).code()) + 1;
  if (weights_.size() < size) weights_.resize(size, 0);
  weight_of(literal) = weight;
  losses_.push_back(literal);
}

// The largest losses first.
std::vector<Literal> Cores::supposed() const {
  std::vector<Literal> supposed;
  for (const Literal loss : losses_) supposed.push_back(~loss);
  std::ranges::stable_sort(supposed, std::ranges::greater{},
                           [&](Literal literal) { return weights_[(~literal).code()]; });
  return supposed;
}

Solver::Outcome Cores::ask(std::uint64_t effort, const std::function<bool()>& stop) {
  const std::int64_t before = top_;
  put_facts_in();
  if (top_ < before) return Solver::Outcome::refuted;
  const auto outcome = solver_.solve(supposed(), effort, stop);
  if (outcome == Solver::Outcome::refuted) {
    put_facts_in();
    // Else no rows were added since, and the core has no facts.
    if (top_ == before) restate(solver_.core());
  }
  return outcome;
}

void Cores::put_facts_in() {
  const auto known = [&](Literal loss) { return solver_.is_fact(loss) || solver_.is_fact(~loss); };
  while (std::ranges::any_of(losses_, known)) {
    for (const Literal loss : losses_) {
      if (solver_.is_fact(loss)) top_ -= weight_of(loss);
      if (known(loss)) weight_of(loss) = 0;
    }
    add_steps();
  }
}

void Cores::restate(const encode::Row& core) {
  std::vector<std::int64_t> weights;
  for (const Term& term : core.terms) weights.push_back(weight_of(term.literal));
  Cardinality lost = cardinality_of(core, weights);
  std::int64_t weight = weight_of(lost.literals.front());
  for (const Literal literal : lost.literals) weight = std::min(weight, weight_of(literal));
  for (const Literal literal : lost.literals) weight_of(literal) -= weight;
  top_ -= weight * lost.least;
  Counter counter{.counted = std::move(lost.literals), .least = lost.least, .weight = weight};
  counter.most = static_cast<std::int64_t>(counter.counted.size());
  // More would cost too much.
  counter.most =
      std::min(counter.most, counter.least + std::max<std::int64_t>(top_ - wanted_, 0) / weight);
  counters_.push_back(std::move(counter));
  add_step(counters_.back());
  add_steps();
}

// The rows are those of the head comment.
void Cores::add_step(Counter& counter) {
  std::vector<Literal>& steps = counter.steps;
  if (!steps.empty()) {
    solver_.release(counter.at_least);
    solver_.release(counter.at_most);
  }
  const std::int64_t to_come = counter.missing();  // and this one
  if (to_come > 0) {
    const Literal next = solver_.fresh();
    if (!steps.empty()) solver_.hold({{{1, steps.back()}, {1, ~next}}, 1});
    steps.push_back(next);
    lose(counter.weight, next);
  }
  encode::Row at_least, at_most;
  for (const Literal literal : counter.counted) {
    at_least.terms.push_back({1, literal});
    at_most.terms.push_back({1, ~literal});
  }
  for (const Literal step : steps) {
    at_least.terms.push_back({1, ~step});
    at_most.terms.push_back({1, step});
  }
  if (to_come > 0) at_most.terms.back().weight = to_come;
  at_least.bound = counter.least + static_cast<std::int64_t>(steps.size());
  at_most.bound = static_cast<std::int64_t>(counter.counted.size()) - counter.least;
  counter.at_least = solver_.hold(std::move(at_least));
  counter.at_most = solver_.hold(std::move(at_most));
}

// Where the last step is no loss any more.  Forgets what is none, and counters that are complete: where the last step
// is false, so are all others.
void Cores::add_steps() {
  std::erase_if(losses_, [&](Literal loss) { return weight_of(loss) == 0; });
  std::erase_if(counters_, [&](const Counter& counter) {
    return counter.missing() <= 0 || solver_.is_fact(~counter.steps.back());
  });
  for (Counter& counter : counters_) {
    if (weight_of(counter.steps.back()) == 0) add_step(counter);
  }
}

}  // namespace gatelight::engines::learning
