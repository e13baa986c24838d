// SPDX-License-Identifier: Apache-2.0
//
// Solver: is there an assignment that satisfies all rows and has at least a given total?
#ifndef GATELIGHT_ENGINES_LEARNING_SOLVER_HPP
#define GATELIGHT_ENGINES_LEARNING_SOLVER_HPP

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "encode/constraints.hpp"
#include "engines/learning/activity.hpp"
#include "engines/learning/combination.hpp"
#include "engines/linear/branching.hpp"

namespace gatelight::engines::learning {

// What a conflict takes, very roughly: the unit in which effort of other kinds is counted.
inline constexpr double nanoseconds_a_conflict = 1e5;
// A row's by an assignment, and when that is taken back.
inline constexpr double nanoseconds_a_touch = 4;

// Clause learning lifted to pseudo-Boolean rows.  Not thread-safe.
class Solver {
 public:
  // Forgets learned rows whenever there are more than so many, a number that grows.
  explicit Solver(const encode::Constraints& constraints, std::size_t most_learned = 2000);

  // A copy knows all that this one learned, but has no relaxation yet.

  // From now on only assignments with a total of at least `value` are wanted; never lowered.
  void demand(std::int64_t value);
  // From now on the literal is true.
  void fix(Literal literal) { add_given({{1, literal}}, 1); }
  // From now on the row holds, too.  The relaxation is built anew.
  void add(const encode::Row& row);
  // A literal that, where true, demands a total of at least `value`.
  Literal supposition(std::int64_t value);
  // A variable of the caller's, which says what the rows say that are held.
  Literal fresh();
  // A row that holds until it is released, or longer; the relaxation does not know it.
  using Held = std::uint32_t;
  Held hold(encode::Row row);
  void release(Held held);
  // Whether the literal is true in all assignments that are wanted, as far as is known.
  [[nodiscard]] bool is_fact(Literal literal) const {
    return value(literal) == Value::is_true && levels_[literal.variable()] == 0;
  }
  // The values that variables are tried with first.
  void prefer(std::span<const std::uint8_t> assignment);

  enum class Outcome {
    found,    // assignment() satisfies all rows and what is demanded
    none,     // no assignment does
    refuted,  // none does where the supposed literal is true
    stopped,
  };
  // Ends after so much effort, or when `stop` says so; what was learned stays.  `relaxed`: the linear
  // relaxation is solved after every decision.
  Outcome solve(std::span<const Literal> supposed, std::uint64_t effort,
                const std::function<bool()>& stop, bool relaxed = false);
  Outcome solve(std::optional<Literal> supposed, std::uint64_t effort,
                const std::function<bool()>& stop, bool relaxed = false) {
    return solve(supposed ? std::span<const Literal>(&*supposed, 1) : std::span<const Literal>(),
                 effort, stop, relaxed);
  }
  // After Outcome::refuted: a row that all others imply and that what was supposed violates; only negations of
  // supposed literals.
  [[nodiscard]] const encode::Row& core() const { return core_; }
  // The last solution of the relaxation; empty where there is none.
  [[nodiscard]] std::span<const double> relaxed() const {
    return relaxation_ ? std::span<const double>(relaxation_->root) : std::span<const double>();
  }
  // An upper bound of all totals by the linear relaxation and cuts, which later calls of solve() use.
  std::int64_t bound_by_relaxation(const std::function<bool()>& stop);

  // Of all variables of the constraints.
  [[nodiscard]] const std::vector<std::uint8_t>& assignment() const { return found_; }
  [[nodiscard]] std::uint64_t conflicts() const { return conflicts_; }
  // Conflicts, more where propagation takes longer than usual, and what the relaxation took, in conflicts.
  [[nodiscard]] std::uint64_t effort() const;
  [[nodiscard]] std::size_t bytes() const;  // of the rows, roughly

 private:
  using RowId = std::uint32_t;
  static constexpr RowId no_row = ~RowId{0};

  // A row; its terms by falling weight.  Counted rows know their SLACK: the weights of literals that are not
  // false, minus the bound.  Negative is violated; an open literal with a larger weight must be true.
  struct Row {
    std::size_t first = 0;  // of its terms
    std::uint32_t size = 0;
    std::uint32_t next = 0;  // all terms before it are assigned
    bool learned = false;
    bool clause = false;  // all weights and the bound are 1: two literals are watched instead
    float activity = 0;
    std::int64_t bound = 0;
  };
  // A row whose `next` moved on, when the trail had this size.
  struct Passed {
    RowId row = 0;
    std::uint32_t next = 0;  // before
    std::size_t trail = 0;
  };
  struct Occurrence {
    RowId row = 0;
    std::int64_t weight = 0;
  };
  struct Watch {
    RowId row = 0;
    Literal blocker;  // true: the clause is satisfied
  };
  enum class Value : std::int8_t { open, is_true, is_false };

  [[nodiscard]] std::span<Term> terms(RowId row) {
    return {terms_.data() + rows_[row].first, rows_[row].size};
  }
  [[nodiscard]] Value value(Literal literal) const { return values_[literal.code()]; }
  [[nodiscard]] int level() const { return static_cast<int>(decisions_.size()); }

  // Rows (rows.cpp).
  Variable add_variable();
  RowId add_row(std::vector<Term> terms, std::int64_t bound, bool learned);
  void attach(RowId row);
  void forget_some();

  // Propagation (propagate.cpp).
  void assign(Literal literal, RowId reason);
  RowId propagate();  // a violated row, or no_row
  RowId propagate_clauses(Literal falsified);
  RowId propagate_counts(Literal falsified);
  bool imply(RowId row);  // false where it is violated
  [[nodiscard]] std::int64_t next_weight(const Row& row) const {
    return row.next < row.size ? terms_[row.first + row.next].weight : 0;
  }
  void pass(RowId row, std::uint32_t next);  // the slack stays
  void backtrack(int level);

  // Conflicts (analyze.cpp): the row that was learned, if it is more than a fact.
  std::optional<RowId> learn_from(RowId violated);
  std::optional<RowId> analyze();  // what is in conflict_
  std::optional<RowId> learn(int level);
  void load(RowId row, Combination& into);
  void reduce(Combination& row, std::int64_t divisor, std::size_t position);
  void keep_small(Combination& row, std::size_t position);
  void add_reason(std::size_t position);
  void explain(std::size_t position);
  void find_core(Literal refuted);
  [[nodiscard]] bool false_before(Literal literal, std::size_t position) const {
    return value(literal) == Value::is_false && position_[literal.variable()] < position;
  }
  [[nodiscard]] bool forces_at(int level) const;
  [[nodiscard]] int level_to_return_to(const std::vector<Term>& terms, int highest) const;

  // Search (solver.cpp).
  void add_given(std::vector<Term> terms, std::int64_t bound);
  double touches_in_conflicts();  // since it was asked last
  void count_conflict();
  bool settle(RowId violated);  // learns and propagates; false where no assignment is left
  void restart();
  [[nodiscard]] std::optional<Literal> next_decision();
  enum class Supposing { decided, all_true, refuted };
  Supposing suppose_next(std::span<const Literal> supposed);
  void bump_row(RowId row);

  // The linear relaxation (consult.cpp).
  struct Relaxation {
    Relaxation(std::size_t variables, std::span<const Term> objective)
        : program(variables, objective), branching(variables), sent(variables, Value::open) {}
    void count(std::uint64_t iterations);

    linear::Program program;
    linear::Branching branching;
    std::optional<Literal> choice;  // to decide next
    // Of the last choice, to learn from what follows if it is decided.
    std::optional<Literal> decided;
    double value_before = 0, missing = 0;
    std::size_t given = 0;     // rows that are not cuts
    std::vector<Value> sent;   // to the program
    std::vector<double> root;  // its solution without decisions
    double effort = 0;         // nanoseconds, roughly
  };
  struct OwnRelaxation : std::optional<Relaxation> {
    OwnRelaxation() = default;
    OwnRelaxation(const OwnRelaxation& /*other*/) : std::optional<Relaxation>() {}
    OwnRelaxation(OwnRelaxation&&) = delete;
    OwnRelaxation& operator=(const OwnRelaxation&) = delete;
    OwnRelaxation& operator=(OwnRelaxation&&) = delete;
    ~OwnRelaxation() = default;
  };
  struct Demand {
    std::int64_t value = 0;
    std::optional<Literal> literal;  // is true, and demands it
  };
  void build_relaxation();
  void send_values();
  double add_up(std::optional<Demand> demand);
  [[nodiscard]] std::int64_t slack_of(const Combination& row) const;
  void shorten();
  void choose_by_relaxation(double limit);
  // True where it learned or forced something.
  bool consult(const Demand& demand, const std::function<bool()>& stop);

  std::size_t given_variables_;
  std::vector<Term> objective_;
  std::int64_t constant_;
  std::int64_t demanded_ = 0;
  RowId objective_row_ = no_row;
  std::vector<std::pair<std::int64_t, Literal>> suppositions_;
  std::vector<RowId> held_;

  std::vector<Row> rows_;
  // Of counted rows: the slack minus the weight of the next term, which is all that an assignment has to know.
  std::vector<std::int64_t> margins_;
  std::vector<Passed> passed_;
  std::vector<Term> terms_;
  std::vector<std::vector<Occurrence>> occurrences_;  // by literal code
  std::vector<std::vector<Watch>> watches_;
  bool contradiction_ = false;  // no assignment is left

  std::vector<Value> values_;  // by literal code
  std::vector<int> levels_;    // by variable
  std::vector<RowId> reasons_;
  std::vector<std::size_t> position_;  // on the trail
  std::vector<Literal> trail_;
  std::vector<std::size_t> decisions_;  // positions on the trail
  std::size_t propagated_ = 0;          // literals of the trail that all rows know about

  Activity activity_;
  std::vector<std::uint8_t> phase_;  // by variable
  float row_step_ = 1;
  std::size_t learned_ = 0, most_learned_;
  std::uint64_t conflicts_ = 0, restarts_ = 0;
  std::uint64_t touched_ = 0;  // rows, by assignments since the last conflict
  double work_ = 0;            // in conflicts
  std::vector<std::uint8_t> found_;

  std::vector<std::size_t> supposed_before_;  // by level: how many suppositions are true below it
  std::vector<std::uint8_t> denied_;          // by literal code: its negation is supposed
  encode::Row core_;

  Combination conflict_, reason_;
  OwnRelaxation relaxation_;
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_SOLVER_HPP
