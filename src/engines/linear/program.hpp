// SPDX-License-Identifier: Apache-2.0
//
// The linear relaxation of rows: 0/1 variables may be fractions (private to the engines).
#ifndef GATELIGHT_ENGINES_LINEAR_PROGRAM_HPP
#define GATELIGHT_ENGINES_LINEAR_PROGRAM_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "encode/constraints.hpp"

namespace gatelight::engines::linear {

// Maximises a total over rows, in floating point: nothing that it says is proved.  Whoever uses its
// multipliers has to add up rows exactly.  Keeps its basis from one solution to the next.
class Program {
 public:
  // Without rows.
  Program(std::size_t variables, std::span<const encode::Term> total);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void add_rows(std::vector<encode::Row> rows);
  // Drops the rows that are named, by rising index; those behind them move up.
  void drop_rows(std::span<const std::size_t> which);
  [[nodiscard]] const std::vector<encode::Row>& rows() const { return rows_; }
  [[nodiscard]] std::size_t variables() const { return variables_; }

  // The variable lies between these two, 0 or 1.
  void bound(encode::Variable variable, int low, int high);

  enum class Outcome {
    solved,     // solution() and multipliers() are of an optimum
    exceeded,   // no total above the limit, or nothing at all, seems possible: see multipliers()
    abandoned,  // no rows, stopped, too many iterations, or trouble
  };
  // Ends early where the total cannot exceed `limit` any more, or `stop`, asked every few iterations, says so.
  Outcome solve(double limit, const std::function<bool()>& stop);

  // The largest total, after solved.
  [[nodiscard]] double value() const;
  [[nodiscard]] std::span<const double> solution() const;
  // One a row, at least 0.  With them, times `total` of the objective (0 where the rows contradict each
  // other by themselves), the rows add up to one that shows the outcome.
  struct Multipliers {
    double total = 1;
    std::vector<double> rows;
  };
  [[nodiscard]] Multipliers multipliers() const;
  // For a fractional variable of the basis: multipliers of the rows, of any sign, whose sum is its row of
  // the simplex tableau.  After solved, and before any change of rows.
  struct TableauRow {
    encode::Variable variable = 0;
    std::vector<double> rows;
  };
  [[nodiscard]] std::vector<TableauRow> tableau(std::size_t most) const;
  // By how much the total would fall if the variable were 0 or 1, so far as a few iterations show.  After
  // solved; the solution is lost.
  struct Trial {
    encode::Variable variable = 0;
    double down = 0, up = 0;
  };
  [[nodiscard]] std::vector<Trial> try_both(std::span<const encode::Variable> variables,
                                            int iterations);
  // Whether the row holds with equality in the solution.
  [[nodiscard]] bool tight(std::size_t row) const;
  // Simplex iterations so far.
  [[nodiscard]] std::uint64_t iterations() const { return iterations_; }

 private:
  struct Simplex;
  std::unique_ptr<Simplex> simplex_;
  std::size_t variables_;
  std::vector<encode::Row> rows_;
  std::vector<double> scales_;  // what a row is multiplied by in the program
  std::uint64_t iterations_ = 0;
  bool tableau_ready_ = false;
};

}  // namespace gatelight::engines::linear

#endif  // GATELIGHT_ENGINES_LINEAR_PROGRAM_HPP
