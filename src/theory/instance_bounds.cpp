// SPDX-License-Identifier: Apache-2.0
//
// Upper bounds of the rank of one circuit's communication matrix.
//
// Problem   The theorem's right side is far above the rank.  The circuit itself says more: how many of its fed
//           gates fire together, and how many different rows and columns each one's matrix has.
// Idea      Everything is a function of the pattern of fed gates, level by level.  Write it as a sum over sets
//           S of gates that fire, with a term that is 0 unless all of S fire, and bound the rank of each term
//           by a product over S.  No more gates than the caps say fire together, so larger sets are dropped.
//           Summing over sets is a product of polynomials, one factor a gate; a recursion over the levels.
// Why       docs/explanation/bounds.md: theorems 1 to 4, with the lemmas.
// Numbers   All terms are whole and not negative.  Those above 2^(n + 64) are cut to that, which can only lower
//           a result that is at least as large; such a result is dropped, as it says nothing.  Logarithms are
//           rounded upwards.
// Cost      About s * c + L * c^3 big additions for caps of c; beyond most_work a bound is left out.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include <algorithm>
#include <limits>
#include <set>

#include "base/real.hpp"
#include "gatelight/theory.hpp"
#include "theory/fed_form.hpp"
#include "theory/states.hpp"

namespace gatelight {
namespace theory {
namespace {

constexpr std::size_t most_work = std::size_t{1}
                                  << 22;  // big additions and products, or entries of vectors

double log2_of(const mpz_class& number, mpfr_rnd_t rounding) {
  if (number == 0) return -std::numeric_limits<double>::infinity();
  base::Real value(64);
  mpfr_set_z(value, number.get_mpz_t(), rounding);
  mpfr_log2(value, value, rounding);
  return mpfr_get_d(value, rounding);
}

// Coefficients by powers of z; and by powers of u (outer) and z.
using Series = std::vector<mpz_class>;
using Table = std::vector<Series>;

class Recursion {
 public:
  Recursion(const std::vector<LevelUnits>& levels, const FiringCaps& caps, std::size_t bits)
      : levels_(levels), caps_(caps), ceiling_(mpz_class(1) << (bits + 64)) {
    for (std::size_t l = 0; l < levels.size(); ++l) most_.push_back(bounded(caps.level[l]));
  }

  // Whether the work is within the limits.
  [[nodiscard]] bool possible() const {
    double work = 0;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const auto most = static_cast<double>(most_[l]) + 1;
      const auto units = static_cast<double>(levels_[l].single.size());
      work += 4 * units * most;
      if (l + 1 < levels_.size()) {
        work += units * most * most + static_cast<double>(caps_.suffix[0] + 1) * most;
      }
    }
    return work <= static_cast<double>(most_work);
  }
  [[nodiscard]] const mpz_class& ceiling() const { return ceiling_; }

  // Theorem 1: any real function of the fed pattern.
  [[nodiscard]] mpz_class fed_gates() const {
    const std::size_t all = bounded(caps_.suffix[0]);
    Series above(all + 1,
                 1);  // the bound of the levels above, by the number of gates that may still fire
    for (std::size_t l = levels_.size(); l-- > 0;) {
      const bool last = l + 1 == levels_.size();
      const std::size_t cap = std::min(most_[l], bounded(caps_.suffix[l]));
      Series here(all + 1, ceiling_);
      for (const auto* units : {&levels_[l].single, &levels_[l].grouped}) {
        const Series unsplit = terms(*units, cap);
        const Table split = last ? Table() : pattern_terms(*units, cap);
        for (std::size_t rem = 0; rem <= all; ++rem) {
          const std::size_t c = std::min(cap, rem);
          mpz_class bound = unsplit[c];
          for (std::size_t q = 0; !last && q <= c; ++q) bound += split[q][c] * (above[rem - q] - 1);
          here[rem] = std::min(here[rem], bound);
        }
      }
      above = std::move(here);
    }
    return above[all];
  }

  // Theorem 2: [the output fires], where it is fed and so alone on the last level.  `accepted` bounds the
  // gates below that fire where the output does.
  [[nodiscard]] mpz_class accepting_patterns() const {
    const std::size_t below = bounded(caps_.below_last);
    const std::size_t accepted =
        std::min(below, bounded(std::max<std::int64_t>(caps_.suffix[0] - 1, 0)));
    // By the number of gates of earlier levels that fire.
    Series above(accepted + 1, levels_.back().single[0].rank);
    for (std::size_t l = levels_.size() - 1; l-- > 0;) {
      const std::size_t cap = std::min(most_[l], below);
      Series here(accepted + 1, ceiling_);
      for (const auto* units : {&levels_[l].single, &levels_[l].grouped}) {
        const Table split = pattern_terms(*units, cap);
        for (std::size_t used = 0; used <= accepted; ++used) {
          const std::size_t c = std::min(cap, below - used);
          mpz_class bound = 0;
          for (std::size_t q = 0; q <= c && used + q <= accepted; ++q)
            bound += split[q][c] * above[used + q];
          here[used] = std::min(here[used], bound);
        }
      }
      above = std::move(here);
    }
    return above[0];
  }

 private:
  [[nodiscard]] std::size_t bounded(std::int64_t cap) const {
    return static_cast<std::size_t>(std::max<std::int64_t>(cap, 0));
  }
  void cut(mpz_class& number) const {
    if (number > ceiling_) number = ceiling_;
  }

  // Entry c: the sum of the products of `factor` over all sets of at most c units.
  template <class Factor>
  [[nodiscard]] Series set_sums(const std::vector<Unit>& units, std::size_t cap,
                                const Factor& factor) const {
    Series sums(cap + 1, 0);
    sums[0] = 1;
    for (const Unit& unit : units) {
      for (std::size_t t = cap; t > 0; --t) {
        sums[t] += sums[t - 1] * factor(unit);
        cut(sums[t]);
      }
    }
    for (std::size_t t = 1; t <= cap; ++t) sums[t] += sums[t - 1];
    return sums;
  }

  // Lemma B, charged by rows or by columns.
  [[nodiscard]] Series terms(const std::vector<Unit>& units, std::size_t cap) const {
    Series rows = set_sums(units, cap, [](const Unit& u) -> const mpz_class& { return u.by_rows; });
    const Series columns =
        set_sums(units, cap, [](const Unit& u) -> const mpz_class& { return u.by_columns; });
    for (std::size_t c = 0; c <= cap; ++c) rows[c] = std::min(rows[c], columns[c]);
    return rows;
  }

  // Lemma A.  Entry [q][c]: the rank of all patterns in which q gates fire, with sets of at most c gates.
  [[nodiscard]] Table pattern_terms(const std::vector<Unit>& units, std::size_t cap) const {
    Table table(cap + 1, Series(cap + 1, 0));
    table[0][0] = 1;
    for (const Unit& unit : units) {
      // The unit's factor is 1 + rank z + rank * sum over k of patterns(k) (u z)^k, with one pattern of each
      // size in a group, and `values` of size 1 for a gate alone.
      const mpz_class fires = unit.members == 1 ? mpz_class(unit.rank * unit.values) : unit.rank;
      for (std::size_t q = cap + 1; q-- > 0;) {
        for (std::size_t t = cap; t > 0; --t) {
          mpz_class sum = table[q][t - 1];
          sum *= unit.rank;
          const std::size_t size = std::min({q, t, static_cast<std::size_t>(unit.members)});
          for (std::size_t k = 1; k <= size; ++k) sum += table[q - k][t - k] * fires;
          table[q][t] += sum;
          cut(table[q][t]);
        }
      }
    }
    for (Series& row : table) {
      for (std::size_t c = 1; c <= cap; ++c) row[c] += row[c - 1];
    }
    return table;
  }

  const std::vector<LevelUnits>& levels_;
  const FiringCaps& caps_;
  mpz_class ceiling_;
  std::vector<std::size_t> most_;
};

// Different vectors of what one side adds to the sums of all fed gates; nothing where there are too many.
std::optional<std::size_t> classes(const Circuit& circuit, const FedForm& form,
                                   const Partition& partition, std::uint8_t side) {
  std::vector<std::vector<std::pair<std::size_t, std::int64_t>>> of_bit(circuit.bit_count());
  std::size_t gates = 0;
  for (const auto& level : form.levels) {
    for (const GateId id : level) {
      for (const Wire& wire : circuit.wires(id)) {
        if (wire.source < circuit.bit_count()) of_bit[wire.source].emplace_back(gates, wire.weight);
      }
      ++gates;
    }
  }
  // Sums wrap: no more than 2^64 different ones are told apart.  Vectors that differ may then look alike only
  // if a sum differs by 2^64, which the 63 bits of a gate's sum exclude.
  using Sums = std::vector<std::uint64_t>;
  std::set<Sums> vectors{Sums(gates)};
  for (const std::uint32_t bit : form.bits) {
    if (partition[bit] != side) continue;
    std::set<Sums> more = vectors;
    for (Sums sums : vectors) {
      for (const auto& [gate, weight] : of_bit[bit])
        sums[gate] += static_cast<std::uint64_t>(weight);
      more.insert(std::move(sums));
    }
    if (more.size() * (gates + 1) > most_work / 4) return std::nullopt;
    vectors = std::move(more);
  }
  return vectors.size();
}

// Sum over the sets of the product of the ranks.
mpz_class state_sum(const std::vector<std::vector<std::uint32_t>>& states,
                    const std::vector<Unit>& units) {
  mpz_class sum = 0;
  for (const auto& state : states) {
    mpz_class product = 1;
    for (const std::uint32_t gate : state) product *= units[gate].rank;
    sum += product;
  }
  return sum;
}

// The bounds of one question, in the order in which they are tried.
class Collector {
 public:
  explicit Collector(std::size_t bits) : ceiling_(mpz_class(1) << (bits + 64)) {}
  void add(const char* name, const mpz_class& rank, const char* reason) {
    if (rank >= ceiling_) return;
    bounds_.push_back({name, log2_of(rank, MPFR_RNDU), reason});
  }
  [[nodiscard]] std::vector<InstanceBound> take() && { return std::move(bounds_); }

 private:
  mpz_class ceiling_;
  std::vector<InstanceBound> bounds_;
};

void add_trivial(Collector& bounds, const FedForm& form,
                 const std::optional<Partition>& partition) {
  std::size_t smaller = form.bits.size() / 2;
  if (partition) {
    std::size_t ones = 0;
    for (const std::uint32_t bit : form.bits) ones += (*partition)[bit];
    smaller = std::min(ones, form.bits.size() - ones);
  }
  bounds.add("trivial", mpz_class(1) << smaller,
             "the smaller side has so many assignments of the bits that are read");
}

void add_row_classes(Collector& bounds, const Circuit& circuit, const FedForm& form,
                     const Partition& partition) {
  const auto a = classes(circuit, form, partition, 0), b = classes(circuit, form, partition, 1);
  if (!a && !b) return;
  std::size_t least = std::min(a.value_or(std::size_t{0} - 1), b.value_or(std::size_t{0} - 1));
  bounds.add("row classes", static_cast<unsigned long>(least),
             "assignments of one side that all fed gates tell apart (theorem 4)");
}

}  // namespace
}  // namespace theory

double log2_below(std::uint64_t number) {
  return theory::log2_of(mpz_class(static_cast<unsigned long>(number)), MPFR_RNDD);
}

std::vector<InstanceBound> instance_bounds(const Circuit& circuit, GateId output,
                                           const FiringCaps& caps,
                                           const std::optional<Partition>& partition) {
  using namespace theory;
  GATELIGHT_REQUIRE(!partition || partition->size() == circuit.bit_count(),
                    "a partition has one side for each input bit");
  const FedForm form = fed_form(circuit, output);
  GATELIGHT_REQUIRE(
      caps.level.size() == form.levels.size() && caps.suffix.size() == form.levels.size(),
      "caps of another output");
  Collector bounds(form.bits.size());
  add_trivial(bounds, form, partition);
  if (form.levels.empty()) {
    bounds.add("fed gates", 1, "no gate reads an input: the function is constant (theorem 1)");
    return std::move(bounds).take();
  }
  if (partition) add_row_classes(bounds, circuit, form, *partition);
  const std::vector<LevelUnits> levels = level_units(circuit, form, partition);
  const Recursion recursion(levels, caps, form.bits.size());
  if (recursion.possible()) {
    bounds.add("fed gates", recursion.fed_gates(), "fed gates that fire together (theorem 1)");
    if (form.output_fed) {
      bounds.add("accepting patterns", recursion.accepting_patterns(),
                 "patterns below a fed output that fires (theorem 2)");
    }
  }
  if (const auto states = contributing_states(circuit, output, form)) {
    bounds.add("states", state_sum(*states, levels[0].single),
               "sets of fed gates that are reached and contribute (theorem 3)");
  }
  return std::move(bounds).take();
}

}  // namespace gatelight
