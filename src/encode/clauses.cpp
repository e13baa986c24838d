// SPDX-License-Identifier: Apache-2.0
//
// From pseudo-Boolean rows to clauses.
//
// Problem   Say "a weighted sum of literals reaches a bound" in propositional logic, so that an
//           assignment satisfies the row if and only if it extends to the auxiliary variables.
// Idea      Small weights: a table.  With the terms in some order, variable n(i, r) says "the terms
//           from i on still bring r".  It needs n(i + 1, r - w), and, if literal i is false,
//           n(i + 1, r).  n(i, r) is true for r <= 0 and false beyond the sum of what is left.
//           Large weights: an adder.  The bits of all weights are sorted into columns; three
//           literals of a column (or two) become a sum bit of that column and a carry of the next,
//           until each column holds one.  The remaining binary number is compared with the bound.
// Why       Table.  If the clauses hold, then the n that are true are true statements, by induction
//           from the last term on: the false ones among r > rest are excluded; if n(i, r) holds and
//           literal i is true, the rest brings r - w, else r.  The row is n(0, bound).
//           Conversely, giving each n(i, r) the truth of its statement satisfies the clauses.
//           Adder.  The clauses of a cell say 2 carry + sum = a + b + c: <= by the first seven
//           (carry -> two of them, carry and sum -> all three, sum -> one), >= by the other seven,
//           which are the same for the negated literals.  So the columns' value is the row's sum
//           throughout, and the auxiliary variables follow from the literals: any assignment of
//           these extends to the cells.  A number with bits s_i is >= bound if and only if for each
//           i with bound_i = 1 there is s_i, or some s_j, j > i, with bound_j = 0: where the number
//           is smaller, this fails at the highest digit in which both differ; where it fails at i,
//           no higher digit exceeds the bound's and digit i is below it.  These are the clauses of
//           the comparison.  One half of a cell would do for an inequality, but then solvers have
//           to guess the digits that both halves together imply.
// Cost      Table: 2 clauses a node, at most `nodes_a_term` nodes a term, or the adder is taken.
//           Adder: a cell takes a literal away, so there are fewer cells than ones in the weights'
//           binary digits (plus one for each column); 14 clauses a cell.
// Source    N. Eén, N. Sörensson, Translating Pseudo-Boolean Constraints into SAT, JSAT 2, 2006.
// Tested by tests/unit/encode/clauses_test.cpp
#include "encode/clauses.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <map>

namespace gatelight::encode {
namespace {

using Signed = std::int32_t;  // a literal as DIMACS has it
constexpr Signed always = std::numeric_limits<Signed>::max();
constexpr Signed never = -always;

Signed dimacs(Literal literal) {
  const auto number = static_cast<Signed>(literal.variable()) + 1;
  return literal.positive() ? number : -number;
}

class Translator {
 public:
  Translator(std::size_t variables, const ClauseOptions& options) : options_(options) {
    result_.variables = variables;
  }

  Result<Clauses> run(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      add_row(row);
      if (full()) {
        return Error{ErrorCode::limit,
                     "the clauses would be too many (128 million literals); write *.opb instead",
                     ""};
      }
    }
    return std::move(result_);
  }

 private:
  // Far below the number of variables that Signed can name.
  [[nodiscard]] bool full() const { return result_.literals.size() > options_.most; }

  Signed fresh() { return static_cast<Signed>(++result_.variables); }

  // The clause without what is never true, or nothing where it always holds.
  template <class Range>
  void add(const Range& clause) {
    if (std::ranges::find(clause, always) != std::end(clause)) return;
    for (const Signed literal : clause) {
      if (literal != never) result_.literals.push_back(literal);
    }
    result_.literals.push_back(0);
    ++result_.count;
  }
  void add(std::initializer_list<Signed> clause) { add<std::initializer_list<Signed>>(clause); }

  void add_row(const Row& row) {
    if (row.bound <= 0) return;
    std::vector<Term> terms = row.terms;
    std::ranges::stable_sort(terms, std::ranges::greater{}, &Term::weight);
    // One literal is enough: the row is a clause.
    if (terms.empty() || terms.back().weight >= row.bound) {
      std::vector<Signed> clause;
      clause.reserve(terms.size());
      for (const Term& term : terms) clause.push_back(dimacs(term.literal));
      add(clause);
    } else if (!add_table(terms, row.bound)) {
      add_adder(terms, row.bound);
    }
  }

  // False, and nothing is added, where the table would be too large.
  bool add_table(const std::vector<Term>& terms, std::int64_t bound) {
    const std::size_t variables = result_.variables, count = result_.count,
                      literals = result_.literals.size();
    std::int64_t rest = 0;
    for (const Term& term : terms) rest += term.weight;
    if (rest < bound) {
      add({});
      return true;
    }
    std::map<std::int64_t, Signed> here{{bound, always}}, next;
    for (const auto& [weight, literal] : terms) {
      rest -= weight;
      next.clear();
      const auto brings = [&](std::int64_t r) {
        if (r <= 0) return always;
        if (r > rest) return never;
        const auto [entry, is_new] = next.try_emplace(r, 0);
        if (is_new) entry->second = fresh();
        return entry->second;
      };
      for (const auto& [r, node] : here) {
        add({-node, dimacs(literal), brings(r)});
        add({-node, brings(r - weight)});
      }
      here.swap(next);
      if (result_.variables - variables <= options_.nodes_a_term * terms.size()) continue;
      result_.variables = variables;
      result_.count = count;
      result_.literals.resize(literals);
      return false;
    }
    return true;
  }

  // 2 carry + sum = a + b + c; c may be `never`.
  void add_cell(Signed a, Signed b, Signed c, Signed carry, Signed sum) {
    for (const Signed sign : {1, -1}) {
      const Signed x = sign * a, y = sign * b, z = sign * c, high = sign * carry, low = sign * sum;
      add({-high, x, y});
      add({-high, x, z});
      add({-high, y, z});
      add({-high, -low, x});
      add({-high, -low, y});
      add({-high, -low, z});
      add({-low, x, y, z});
    }
  }

  void add_adder(const std::vector<Term>& terms, std::int64_t bound) {
    std::vector<std::vector<Signed>> columns(64);
    for (const Term& term : terms) {
      for (std::size_t i = 0; i < 63; ++i) {
        if ((term.weight >> i & 1) != 0) columns[i].push_back(dimacs(term.literal));
      }
    }
    std::vector<Signed> digits;
    for (std::size_t i = 0; i < 63 && !full(); ++i) {
      std::vector<Signed>& column = columns[i];
      std::size_t first = 0;  // sums join the end of the queue: carries of equal depth meet
      while (column.size() - first >= 2 && !full()) {
        const Signed a = column[first], b = column[first + 1];
        const bool three = column.size() - first >= 3;
        const Signed c = three ? column[first + 2] : never;
        const Signed carry = fresh(), sum = fresh();
        add_cell(a, b, c, carry, sum);
        first += three ? 3 : 2;
        column.push_back(sum);
        columns[i + 1].push_back(carry);
      }
      digits.push_back(column.size() == first ? never : column[first]);
    }
    if (full()) return;
    // The sum of all weights is below 2^63, so no carry into column 63 is ever true.
    std::vector<Signed> clause;  // the digits so far, from the top, in which the number may exceed
    for (std::size_t i = 63; i-- > 0;) {
      clause.push_back(digits[i]);
      if ((bound >> i & 1) == 0) continue;
      add(clause);
      clause.pop_back();
    }
  }

  const ClauseOptions options_;
  Clauses result_;
};

}  // namespace

Result<Clauses> clauses_of(const std::vector<Row>& rows, std::size_t variables,
                           const ClauseOptions& options) {
  return Translator(variables, options).run(rows);
}

}  // namespace gatelight::encode
