// SPDX-License-Identifier: Apache-2.0
//
// Problem   Is the rank of the matrix at most what the certificate says?
// Idea      Where the whole matrix is small enough it is evaluated, and the named argument repeated on it:
//           counting lines, ranks modulo primes and Hadamard's bound, or adding up relations.  An
//           argument that is not known is replaced by an elimination without fractions, if the
//           matrix is very small.
// Why       docs/explanation/rank-dense.md proves each argument.  A wrong argument rejects the certificate
//           even where its conclusion happens to be true.
// Tested by tests/unit/proof/check_rank_test.cpp
#include "proof/check_upper.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "linalg/minor_bound.hpp"

namespace gatelight::proof {
namespace {

using Outcome = UpperCheck::Outcome;
using Line = std::vector<std::int64_t>;

constexpr std::size_t largest_by_fractions = 64;

UpperCheck wrong(std::string note) { return {Outcome::wrong, std::move(note)}; }
UpperCheck proved(std::string note) { return {Outcome::proved, std::move(note)}; }

std::vector<std::string> all_assignments(std::size_t bits) {
  std::vector<std::string> texts(std::size_t{1} << bits, std::string(bits, '0'));
  for (std::size_t index = 0; index < texts.size(); ++index) {
    for (std::size_t j = 0; j < bits; ++j) texts[index][j] = (index >> j & 1U) != 0 ? '1' : '0';
  }
  return texts;
}

bool is_boolean(const Matrix& matrix) {
  return std::ranges::all_of(matrix, [](const Line& line) {
    return std::ranges::all_of(line, [](std::int64_t value) { return value == 0 || value == 1; });
  });
}

UpperCheck check_count(std::size_t count, std::uint64_t rank, const char* what) {
  const std::string text = std::to_string(count) + " distinct " + what + " that are not zero";
  return count <= rank ? proved("counted: " + text) : wrong("there are " + text);
}

std::vector<std::size_t> ones(const Matrix& lines) {
  std::vector<std::size_t> counts;
  for (const Line& line : lines) {
    counts.push_back(static_cast<std::size_t>(std::ranges::count(line, 1)));
  }
  std::ranges::sort(counts, std::greater{});
  return counts;
}

UpperCheck check_minors(const Matrix& small, const RankUpperEnd& upper, const Deadline& deadline) {
  if (!is_boolean(small)) return wrong("the argument \"minors\" is for values 0 and 1");
  std::set<std::uint32_t> primes;
  std::vector<linalg::ModularRank> ranks;
  for (const auto& [prime, claimed] : upper.primes) {
    const std::string name = std::to_string(prime);
    if (!is_prime_by_division(prime)) return wrong(name + " is no prime");
    if (!primes.insert(prime).second) return wrong("the prime " + name + " is repeated");
    const auto rank = modular_rank(small, prime, deadline);
    if (!rank) return {Outcome::stopped, ""};
    if (*rank > claimed) {
      return wrong("the rank modulo " + name + " is " + std::to_string(*rank));
    }
    ranks.push_back({prime, claimed});
  }
  const linalg::OnesCounts counts{ones(small), ones(transposed(small))};
  if (!linalg::minors_vanish(static_cast<std::size_t>(upper.rank), counts, ranks)) {
    return wrong("the primes are too few or too small for minors of that order");
  }
  return proved("ranks modulo " + std::to_string(ranks.size()) + " primes, and Hadamard's bound");
}

class Relations {
 public:
  Relations(const Matrix& lines, std::size_t bits, const RankUpperEnd& upper)
      : lines_(lines), bits_(bits), upper_(upper) {}

  UpperCheck check() {
    if (!is_boolean(lines_)) return wrong("relations are for values 0 and 1");
    for (const std::string& text : upper_.basis) {
      const Line* line = find(text);
      if (line == nullptr) return wrong("an assignment of the basis is too short or too long");
      basis_.push_back(line);
      explained_.insert(*line);
    }
    for (const LineRelation& relation : upper_.relations) {
      const Line* line = find(relation.of);
      if (line == nullptr) return wrong("an assignment of a relation is too short or too long");
      if (relation.coefficients.size() != basis_.size() || !holds(relation, *line)) {
        return wrong("the relation of " + base::quoted(relation.of) + " does not hold");
      }
      explained_.insert(*line);
    }
    std::size_t open = 0;
    for (const Line& line : distinct_rows(lines_)) open += explained_.contains(line) ? 0 : 1;
    const std::size_t bound = basis_.size() + open;
    if (bound > upper_.rank) {
      return wrong("the relations leave a rank of " + std::to_string(bound) + " possible");
    }
    return proved("added up: " + std::to_string(upper_.relations.size()) + " relations");
  }

 private:
  [[nodiscard]] const Line* find(const std::string& text) const {
    if (text.size() != bits_) return nullptr;
    std::size_t index = 0;
    for (std::size_t j = 0; j < bits_; ++j) index |= std::size_t{text[j] == '1'} << j;
    return &lines_[index];
  }

  // Sums of fewer than 2^62 numbers of 64 bits.
  [[nodiscard]] bool holds(const LineRelation& relation, const Line& line) const {
    if (relation.scale == 0) return false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      base::Wide sum = -base::Wide{relation.scale} * line[i];
      for (std::size_t k = 0; k < basis_.size(); ++k) {
        sum += (*basis_[k])[i] == 0 ? 0 : relation.coefficients[k];
      }
      if (sum != 0) return false;
    }
    return true;
  }

  const Matrix& lines_;
  std::size_t bits_;
  const RankUpperEnd& upper_;
  std::vector<const Line*> basis_;
  std::set<Line> explained_;
};

UpperCheck check_by_elimination(const Matrix& small, const RankUpperEnd& upper) {
  const std::size_t columns = small.empty() ? 0 : small[0].size();
  if (std::min(small.size(), columns) > largest_by_fractions) {
    return {Outcome::not_checked,
            "the argument " + base::quoted(upper.argument) + " is none that is checked here"};
  }
  const std::size_t rank = rational_rank(small);
  return rank <= upper.rank ? proved("eliminated without fractions")
                            : wrong("the rank is " + std::to_string(rank));
}

}  // namespace

UpperCheck check_upper(Entries& entries, const RankUpperEnd& upper, std::uint64_t evaluations,
                       const Deadline& deadline) {
  const std::size_t rows = entries.row_bits(), columns = entries.column_bits();
  const std::size_t fewer = std::min(rows, columns);
  if (fewer < 63 && upper.rank >= std::uint64_t{1} << fewer) {
    return proved("no rank is larger than the smaller side of the matrix");
  }
  if (upper.argument == "dimension") return wrong("both sides of the matrix are larger");
  if (rows + columns >= 63 || std::uint64_t{1} << (rows + columns) > evaluations) {
    return {Outcome::not_checked, "the matrix is too large to be evaluated as a whole"};
  }
  const auto matrix = entries.minor(all_assignments(rows), all_assignments(columns), deadline);
  if (!matrix) return {Outcome::stopped, ""};
  if (upper.argument == "distinct rows") {
    return check_count(distinct_rows(*matrix).size(), upper.rank, "rows");
  }
  const Matrix turned = transposed(*matrix);
  if (upper.argument == "distinct columns") {
    return check_count(distinct_rows(turned).size(), upper.rank, "columns");
  }
  if (upper.argument == "relations of rows") return Relations(*matrix, rows, upper).check();
  if (upper.argument == "relations of columns") return Relations(turned, columns, upper).check();
  const Matrix small = distinct_rows(transposed(distinct_rows(*matrix)));
  if (upper.argument == "minors") return check_minors(small, upper, deadline);
  return check_by_elimination(small, upper);
}

}  // namespace gatelight::proof
