// SPDX-License-Identifier: Apache-2.0
//
// Circuits as constraints for other solvers: OPB, LP and CNF.
//
// Problem   Anybody should be able to check an energy with a solver of their own.
// Idea      The rows of encode/constraints.hpp, which gatelight's own engines read, in the three
//           formats that solvers of three kinds agree on.
// Why       By constraints_of(), the solutions of the rows are the inputs of the domain, each with
//           the gates' values on it, and the objective is their cost: constant + the weights of the
//           true literals.  Let TOTAL be the constant and all weights.
//           OPB minimizes the weights of the false literals, so energy = TOTAL - optimum.
//           LP maximizes the cost itself.  A negated literal ~x is 1 - x: its weight moves to the
//           other side of a row; in the objective it becomes a multiple of the variable `one`,
//           which is fixed to 1 (not every reader takes a constant there).
//           CNF adds the row "objective >= K - constant" and translates all rows into clauses that
//           are satisfiable together if and only if the rows are: src/encode/clauses.cpp proves it.
// Limits    Texts of 1 GiB.  LP readers hold numbers as doubles: beyond 2^53 they would round.
// Source    Roussel, Manquinho, Input/Output Format and Solver Requirements for the Competitions of
//           Pseudo-Boolean Solvers; the LP file format of IBM CPLEX; DIMACS, Satisfiability: Suggested
//           Format, 1993.
// Tested by tests/unit/formats/constraints_test.cpp
#include <algorithm>
#include <charconv>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "encode/clauses.hpp"
#include "encode/constraints.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

using base::Wide;
using encode::Row;
using encode::Term;

constexpr std::size_t largest_text = std::size_t{1} << 30;
constexpr std::int64_t largest_exact = std::int64_t{1} << 53;  // of doubles
// LP readers take lines of some 250 to 560 characters, comments too.
constexpr std::size_t line_width = 100;
constexpr std::size_t longest_name = 200;

void append(std::string& text, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  text.append(std::begin(digits), end);
}

class Writer {
 public:
  Writer(const Circuit& circuit, const encode::Constraints& constraints, std::int64_t total)
      : circuit_(circuit), constraints_(constraints), total_(total) {}

  Result<ConstraintText> opb() {
    text_ = "* #variable= " + std::to_string(constraints_.variables.size()) +
            " #constraint= " + std::to_string(constraints_.rows.size()) + "\n";
    head("* ", "energy = " + std::to_string(total_) + " - the optimum");
    text_ += "min:";
    for (const Term& term : constraints_.objective) opb_term(term.weight, ~term.literal);
    text_ += " ;\n";
    for (const Row& row : constraints_.rows) {
      for (const Term& term : row.terms) opb_term(term.weight, term.literal);
      text_ += " >= ";
      append(text_, row.bound);
      text_ += " ;\n";
      if (!end_line()) return too_long();
    }
    return answer(constraints_.variables.size(), constraints_.rows.size());
  }

  Result<ConstraintText> lp() {
    if (total_ > largest_exact) return rounded("the costs of the gates");
    head("\\ ", "energy = the optimum");
    text_ += "Maximize\n";
    used_.assign(constraints_.variables.size(), false);
    line_start_ = text_.size();
    text_ += " energy:";
    std::int64_t constant = constraints_.constant;  // at most total_
    for (const Term& term : constraints_.objective) constant += lp_term(term);
    if (constant != 0 || constraints_.objective.empty()) {
      text_ += " + ";
      append(text_, constant);
      text_ += " one";
    }
    text_ += "\nSubject To\n fixed: one = 1\n";
    for (const Row& row : constraints_.rows) {
      ++number_;
      line_start_ = text_.size();
      text_ += " r" + std::to_string(number_) + ":";
      Wide bound = row.bound, weights = 0;
      for (const Term& term : row.terms) {
        bound -= lp_term(term);
        weights += term.weight;
      }
      text_ += " >= ";
      append(text_, static_cast<std::int64_t>(bound));
      text_ += "\n";
      if (std::max(weights, Wide{row.bound}) > largest_exact) {
        return rounded("row " + std::to_string(number_) + ", of " + place_of(row));
      }
      if (!end_line()) return too_long();
    }
    text_ += "Binary\n one";
    for (std::size_t v = 0; v < used_.size(); ++v) {
      // Readers refuse variables here that are nowhere else: inputs that no gate reads.
      if (used_[v]) text_ += "\n x" + std::to_string(v + 1);
    }
    text_ += "\nEnd\n";
    return answer(constraints_.variables.size(), constraints_.rows.size());
  }

  Result<ConstraintText> cnf(std::int64_t at_least) {
    std::vector<Row> rows = constraints_.rows;
    rows.push_back({constraints_.objective,
                    std::max(at_least, constraints_.constant) - constraints_.constant});
    const auto clauses = encode::clauses_of(rows, constraints_.variables.size());
    if (!clauses.ok()) return clauses.error();
    head("c ", "satisfiable if and only if energy >= " + std::to_string(at_least));
    text_ +=
        "p cnf " + std::to_string(clauses->variables) + " " + std::to_string(clauses->count) + "\n";
    for (const std::int32_t literal : clauses->literals) {
      append(text_, literal);
      text_ += literal == 0 ? '\n' : ' ';
      if (literal == 0 && !end_line()) return too_long();
    }
    return answer(clauses->variables, clauses->count);
  }

 private:
  // What the file is and what its variables mean.  A name is on one line and never its first word, so
  // that no name can end a comment or look like a directive.
  void head(std::string_view mark, const std::string& meaning) {
    const auto line = [&](const std::string& text) { (text_ += mark) += text + "\n"; };
    line("gatelight: the gates and the energy of circuit " + base::quoted(circuit_.name()));
    line(meaning);
    for (std::size_t v = 0; v < constraints_.variables.size(); ++v) {
      line("x" + std::to_string(v + 1) + " is " + name(constraints_.variables[v]));
    }
    line_start_ = text_.size();
  }

  [[nodiscard]] std::string name(const encode::Meaning& meaning) const {
    return base::one_line(encode::name_of(circuit_, meaning), longest_name);
  }

  [[nodiscard]] std::string place_of(const Row& row) const {
    return '"' + name(constraints_.variables[row.terms.front().literal.variable()]) + '"';
  }

  void opb_term(std::int64_t weight, encode::Literal literal) {
    text_ += text_.back() == '\n' ? "+" : " +";
    append(text_, weight);
    text_ += literal.positive() ? " x" : " ~x";
    append(text_, std::int64_t{literal.variable()} + 1);
  }

  // Writes the part with the variable and returns the constant part.
  std::int64_t lp_term(const Term& term) {
    if (text_.size() - line_start_ > line_width) {
      text_ += "\n ";
      line_start_ = text_.size();
    }
    text_ += term.literal.positive() ? " + " : " - ";
    append(text_, term.weight);
    text_ += " x";
    append(text_, std::int64_t{term.literal.variable()} + 1);
    used_[term.literal.variable()] = true;
    return term.literal.positive() ? 0 : term.weight;
  }

  bool end_line() {
    line_start_ = text_.size();
    return text_.size() <= largest_text;
  }

  static Error too_long() {
    return {ErrorCode::limit, "the constraints would take more than 1 GiB of text", ""};
  }

  static Error rounded(std::string place) {
    return {ErrorCode::unsupported,
            "readers of *.lp would round numbers beyond 2^53; write *.opb instead",
            std::move(place)};
  }

  Result<ConstraintText> answer(std::size_t variables, std::size_t conditions) {
    if (!end_line()) return too_long();
    return ConstraintText{std::move(text_), variables, conditions, total_};
  }

  const Circuit& circuit_;
  const encode::Constraints& constraints_;
  const std::int64_t total_;
  std::string text_;
  std::size_t line_start_ = 0;
  std::size_t number_ = 0;
  std::vector<bool> used_;
};

}  // namespace

Result<ConstraintText> format_constraints(const Circuit& circuit, ConstraintFormat format,
                                          std::optional<std::int64_t> at_least) {
  GATELIGHT_REQUIRE(at_least.has_value() == (format == ConstraintFormat::cnf),
                    "format_constraints: at_least belongs to cnf");
  std::vector<std::int64_t> cost;
  Wide total = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    cost.push_back(gate.counts ? gate.cost : 0);
    total += cost.back();
  }
  // A gate has up to two literals in the objective.
  if (total >= base::sum_limit) {
    return Error{ErrorCode::overflow, "the costs of the gates add up to 2^62 or more", "gates"};
  }
  const auto constraints = encode::constraints_of(circuit, cost, true);
  if (!constraints.ok()) return constraints.error();
  std::int64_t weights = constraints->constant;
  for (const Term& term : constraints->objective) weights += term.weight;
  Writer writer(circuit, *constraints, weights);
  switch (format) {
    case ConstraintFormat::opb:
      return writer.opb();
    case ConstraintFormat::lp:
      return writer.lp();
    default:
      return writer.cnf(*at_least);
  }
}

std::optional<ConstraintFormat> constraint_format_of(std::string_view path) {
  static constexpr std::pair<std::string_view, ConstraintFormat> endings[] = {
      {".opb", ConstraintFormat::opb},
      {".lp", ConstraintFormat::lp},
      {".cnf", ConstraintFormat::cnf}};
  for (const auto& [ending, format] : endings) {
    if (path.size() < ending.size()) continue;
    const auto same = [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    };
    if (std::ranges::equal(path.substr(path.size() - ending.size()), ending, same)) return format;
  }
  return std::nullopt;
}

}  // namespace gatelight
