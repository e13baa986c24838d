// SPDX-License-Identifier: Apache-2.0
//
// Conflicts between gates.
//
// Problem   Which gates can never fire together, which only with another one, which are the same gate twice?
// Idea      Two ways.  PROBING: suppose that a literal is true and propagate; what follows conflicts, negated,
//           with it.  It sees gates that recognize different patterns, and gates silenced by others.
//           ADDING: a and b each demand that a sum of literals reaches a bound; where both sums have opposite
//           literals, they cannot reach both.  It sees repeated and complementary gates, and thresholds of
//           the same sum.
// Why       Probing: a row of slack s (all weights of literals that are not false, minus the bound) cannot do
//           without a literal of weight > s.  Leaving out propagations only finds less.
//           Adding: let row i, weights w_i, total W_i and bound B_i = W_i - s_i, hold where its literal is
//           true.  m_1 and m_2 times these rows demand m_1 B_1 + m_2 B_2.  Of a literal in one and its
//           negation in the other one is false, which costs min(m_1 w_1, m_2 w_2) at least.  Where these costs
//           exceed m_1 s_1 + m_2 s_2, both rows cannot hold.
//           Tried are m_1 = m_2 = 1 and the multipliers for which both rows have the same weight of
//           opposite literals; so gates whose weights are multiples of each other's are recognized, even
//           where only rounding makes their thresholds the same (2 <= a + b + c and 4 <= 3a + 3b + 3c).
//           Costs are m_1 W_1 and m_2 W_2 at most, so there is nothing to find unless s_1 / W_1 + s_2 / W_2 < 1.
//           GROUPS of literals, of which one is true at most, sharpen rows that read many of a group: the sum of
//           their literals, at weight w, is w times the 0/1 number "one of them is true".  Without that, the
//           slack counts all of them as true.
// Cost      Probing: the occurrences of what follows; little where little does.  Adding: O(pairs * row).
// Limits    Propagation from a literal ends after a number of looks, inputs first, and knows nothing of groups.
// Source    M. W. P. Savelsbergh, Preprocessing and probing techniques for mixed integer programming
//           problems, ORSA Journal on Computing 6, 1994.
// Tested by tests/unit/encode/presolve_test.cpp
#include "encode/conflicts.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <span>

#include "base/checked.hpp"

namespace gatelight::encode {
namespace {

using base::Wide;

constexpr std::size_t looks_a_probe = std::size_t{1} << 16;

// Slacks of all rows under what is supposed.
class Propagation {
 public:
  Propagation(const Constraints& constraints, std::size_t bits)
      : bits_(bits),
        occurrences_(2 * constraints.variables.size()),
        is_true_(2 * constraints.variables.size(), 0),
        is_unit_(2 * constraints.variables.size(), 0) {
    for (const encode::Row& row : constraints.rows) {
      if (row.terms.size() == 1) {
        units_.push_back(row.terms[0].literal);
        is_unit_[row.terms[0].literal.code()] = 1;
        continue;
      }
      Counted counted{terms_.size(), row.terms.size(), 0};
      terms_.insert(terms_.end(), row.terms.begin(), row.terms.end());
      std::ranges::stable_sort(terms_of(counted), std::ranges::greater{}, &Term::weight);
      // The sum is below 2^63, the bound above 0.
      counted.slack = -row.bound;
      for (const Term& term : row.terms) {
        counted.slack += term.weight;
        occurrences_[term.literal.code()].push_back(
            {static_cast<std::uint32_t>(rows_.size()), term.weight});
      }
      rows_.push_back(counted);
    }
  }

  // What follows without any supposition; false where the rows contradict each other.
  bool settle() {
    for (const Literal literal : units_) {
      if (is_true_[(~literal).code()] != 0) return false;
      make_true(literal);
    }
    for (const Counted& row : rows_) {
      if (!imply(row)) return false;
    }
    std::size_t unlimited = ~std::size_t{0};
    if (!propagate(unlimited)) return false;
    facts_ = trail_;
    trail_.clear();
    done_.clear();
    return true;
  }
  [[nodiscard]] bool is_unit(Literal literal) const { return is_unit_[literal.code()] != 0; }
  [[nodiscard]] const std::vector<std::uint8_t>& all_true() const { return is_true_; }
  [[nodiscard]] const std::vector<Literal>& facts() const { return facts_; }
  [[nodiscard]] bool known(Literal literal) const {
    return is_true_[literal.code()] != 0 || is_true_[(~literal).code()] != 0;
  }

  // What follows from a literal that is not known; nothing where it cannot be true.
  std::optional<std::span<const Literal>> suppose(Literal literal, std::size_t& looks) {
    take_back();
    make_true(literal);
    if (!propagate(looks)) return std::nullopt;
    return trail_;
  }
  void take_back() {
    for (const Literal literal : done_) {
      for (const Occurrence& occurrence : occurrences_[(~literal).code()]) {
        rows_[occurrence.row].slack += occurrence.weight;
      }
    }
    for (const Literal literal : trail_) is_true_[literal.code()] = 0;
    done_.clear();
    trail_.clear();
    next_.clear();
    later_.clear();
  }

 private:
  struct Counted {
    std::size_t first = 0, size = 0;  // of its terms, by falling weight
    std::int64_t slack = 0;
  };
  struct Occurrence {
    std::uint32_t row = 0;
    std::int64_t weight = 0;
  };
  [[nodiscard]] std::span<Term> terms_of(const Counted& row) {
    return std::span(terms_).subspan(row.first, row.size);
  }

  void make_true(Literal literal) {
    if (is_true_[literal.code()] != 0) return;
    is_true_[literal.code()] = 1;
    trail_.push_back(literal);
    (literal.variable() < bits_ ? next_ : later_).push_back(literal);
  }

  // Literals that the row cannot do without.
  bool imply(const Counted& row) {
    if (row.slack < 0) return false;
    for (const Term& term : terms_of(row)) {
      if (term.weight <= row.slack) break;
      // It is counted as false only after it was propagated.
      if (is_true_[(~term.literal).code()] == 0) make_true(term.literal);
      ++seen_;
    }
    return true;
  }

  // Input bits first: they say most.  Stops when no looks are left.
  bool propagate(std::size_t& looks) {
    while (!(next_.empty() && later_.empty())) {
      std::vector<Literal>& list = next_.empty() ? later_ : next_;
      const Literal literal = list.back();
      list.pop_back();
      const auto& all = occurrences_[(~literal).code()];
      done_.push_back(literal);
      for (const Occurrence& occurrence : all) rows_[occurrence.row].slack -= occurrence.weight;
      seen_ = all.size();
      const bool possible = std::ranges::all_of(
          all, [this](const Occurrence& occurrence) { return imply(rows_[occurrence.row]); });
      looks -= std::min(looks, seen_);
      if (!possible || looks == 0) return possible;
    }
    return true;
  }

  std::size_t bits_;
  std::vector<std::vector<Occurrence>> occurrences_;  // by literal
  std::vector<std::uint8_t> is_true_, is_unit_;
  std::vector<Counted> rows_;
  std::vector<Term> terms_;
  std::vector<Literal> units_, facts_;
  std::vector<Literal> trail_;         // all that became true
  std::vector<Literal> done_;          // of these, those that slacks know of
  std::vector<Literal> next_, later_;  // the others: input bits, and gates
  std::size_t seen_ = 0;
};

// What a literal demands where it is true, of literals by their codes.  Codes beyond those of all variables stand
// for "one of a set of literals is true", and the next one for its negation.
struct Weighted {
  std::int64_t weight = 0;
  std::uint32_t code = 0;
};
struct Demand {
  std::vector<Weighted> terms;
  std::int64_t slack = 0;
  double share = 1;  // slack / all weights
  bool has_sets = false;
};

// Weights of opposite literals in two demands.
struct Opposed {
  std::vector<std::pair<std::int64_t, std::int64_t>> weights;
  std::int64_t first = 0, second = 0;  // their sums
};

bool exclude_each_other(const Opposed& opposed, const Demand& a, const Demand& b, std::int64_t of_a,
                        std::int64_t of_b) {
  // Sums of weights are below 2^62, and so are multipliers: all below 2^125.
  Wide cost = -(Wide{of_a} * a.slack + Wide{of_b} * b.slack);
  for (const auto& [first, second] : opposed.weights) {
    cost += std::min(Wide{of_a} * first, Wide{of_b} * second);
  }
  return cost > 0;
}

class Prober {
 public:
  Prober(const Constraints& constraints, std::size_t bits, std::size_t work)
      : work_(work),
        propagation_(constraints, bits),
        found_{Conflicts(bits, constraints.variables.size()), {}, {}, {}, false} {}

  Found run() {
    if (!propagation_.settle()) {
      found_.contradiction = true;
      return std::move(found_);
    }
    for (const Literal fact : propagation_.facts()) {
      if (!propagation_.is_unit(fact)) found_.facts.push_back(fact);
    }
    found_.is_true = propagation_.all_true();
    probe();
    for (const Literal fact : found_.facts) found_.is_true[fact.code()] = 1;
    return std::move(found_);
  }

 private:
  void probe() {
    Conflicts& conflicts = found_.conflicts;
    std::vector<std::size_t> impossible;  // in conflict with all, which is of no use
    for (std::size_t i = 0, left = 4 * work_; i < conflicts.size() && left > 0; ++i) {
      const Literal literal = conflicts.literal(i);
      if (propagation_.known(literal)) continue;
      const std::size_t allowed = std::min(looks_a_probe, left);
      std::size_t looks = allowed;
      const auto implied = propagation_.suppose(literal, looks);
      left -= allowed - looks;
      if (!implied) {
        found_.facts.push_back(~literal);
        impossible.push_back(i);
      } else {
        for (const Literal other : *implied) {
          if (conflicts.has(other) && other != literal) {
            conflicts.set(i, conflicts.index(~other), true);
          }
        }
      }
      propagation_.take_back();
    }
    for (const std::size_t i : impossible) {
      for (std::size_t j = 0; j < conflicts.size(); ++j) conflicts.set(i, j, false);
    }
  }

  std::size_t work_;
  Propagation propagation_;
  Found found_;
};

class Adder {
 public:
  Adder(const Constraints& constraints, const std::vector<std::vector<Literal>>& groups,
        std::size_t work, Found& found)
      : constraints_(constraints),
        work_(work),
        found_(found),
        demands_(found.conflicts.size()),
        codes_(static_cast<std::uint32_t>(2 * constraints.variables.size())),
        group_(codes_, no_group),
        grouped_(!groups.empty()) {
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
      for (const Literal literal : groups[g]) group_[literal.code()] = g;
    }
  }

  std::size_t run() {
    const std::size_t before = found_.hidden.size();
    read_demands();
    if (grouped_ && sets_.empty()) return 0;
    add_pairs();
    return found_.hidden.size() - before;
  }

 private:
  static constexpr std::uint32_t no_group = ~std::uint32_t{0};
  static constexpr std::size_t most_weights = 8;  // different ones in a group

  [[nodiscard]] bool is_true(Literal literal) const { return found_.is_true[literal.code()] != 0; }

  // The rows of a gate's variable begin with it, at the weight of the bound.
  void read_demands() {
    const Conflicts& conflicts = found_.conflicts;
    for (const Row& row : constraints_.rows) {
      if (row.terms.size() < 2) continue;
      const Term& own = row.terms.front();
      if (own.weight != row.bound || !conflicts.has(own.literal)) continue;
      Demand& demand = demands_[conflicts.index(~own.literal)];
      if (!demand.terms.empty() || is_true(own.literal) || is_true(~own.literal)) continue;
      demand.slack = -row.bound;
      for (std::size_t t = 1; t < row.terms.size(); ++t) {
        const Term& term = row.terms[t];
        if (!is_true(~term.literal)) demand.slack += term.weight;
        if (is_true(term.literal) || is_true(~term.literal)) continue;
        demand.terms.push_back({term.weight, term.literal.code()});
      }
      gather(demand);
      demand.has_sets = std::ranges::any_of(demand.terms, [this](const Weighted& term) {
        return term.code >= 2 * constraints_.variables.size();
      });
      std::int64_t total = 0;
      for (const Weighted& term : demand.terms) total += term.weight;
      demand.share = static_cast<double>(demand.slack) / static_cast<double>(total);
    }
  }

  // Literals of one group, all as they are or all negated, become sets of them.
  void gather(Demand& demand) {
    std::map<std::pair<std::uint32_t, bool>, std::vector<Weighted>> members;
    std::vector<Weighted> terms;
    for (const Weighted& term : demand.terms) {
      const bool negated = group_[term.code] == no_group;
      const std::uint32_t group = group_[negated ? term.code ^ 1U : term.code];
      if (group == no_group) {
        terms.push_back(term);
      } else {
        members[{group, negated}].push_back({term.weight, term.code ^ (negated ? 1U : 0U)});
      }
    }
    for (auto& [of, list] : members) gather(list, of.second, terms, demand.slack);
    demand.terms = std::move(terms);
  }

  // Of members by rising weight: the smallest weight times "one of all", plus what the next one is more times
  // "one of those from the next on", and so on; at most one of them is true.
  void gather(std::vector<Weighted>& list, bool negated, std::vector<Weighted>& terms,
              std::int64_t& slack) {
    const std::uint32_t flip = negated ? 1U : 0U;
    std::ranges::sort(list, {}, [](const Weighted& w) { return std::pair(w.weight, w.code); });
    std::size_t different = 1;
    for (std::size_t i = 1; i < list.size(); ++i) {
      different += list[i].weight != list[i - 1].weight ? 1 : 0;
    }
    if (different > most_weights) {
      for (const Weighted& w : list) terms.push_back({w.weight, w.code ^ flip});
      return;
    }
    std::int64_t below = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].weight == below) continue;
      terms.push_back({list[i].weight - below, code_of(std::span(list).subspan(i)) ^ flip});
      below = list[i].weight;
    }
    // Negated, all but one count in any case.
    if (negated) return;
    for (const Weighted& w : list) slack -= w.weight;
    slack += below;
  }

  // By rising weight, which may differ from one demand to the other.
  std::uint32_t code_of(std::span<const Weighted> set) {
    if (set.size() == 1) return set.front().code;
    std::vector<std::uint32_t> members;
    for (const Weighted& w : set) members.push_back(w.code);
    std::ranges::sort(members);
    const auto [place, is_new] = sets_.try_emplace(std::move(members), codes_);
    if (is_new) codes_ += 2;
    return place->second;
  }

  void add_pairs() {
    Conflicts& conflicts = found_.conflicts;
    const bool sets_only = !sets_.empty();  // pairs without were added up before
    std::vector<std::int64_t> weights(codes_, 0);
    std::size_t left = work_;
    // The last gates first: where work is short, there are often fewer of them, and more depends on them.
    for (auto i = static_cast<std::uint32_t>(demands_.size()); i-- > 0;) {
      for (const Weighted& term : demands_[i].terms) weights[term.code] = term.weight;
      for (std::uint32_t j = 0; j < i; ++j) {
        if (left-- == 0) return;
        if (sets_only && !demands_[i].has_sets && !demands_[j].has_sets) continue;
        // Not exact, which is no harm: only whether to look at all.
        if (demands_[i].share + demands_[j].share >= 1 || conflicts.together(i, j)) continue;
        if (conflicts.literal(i) == ~conflicts.literal(j)) continue;
        left -= std::min(left, demands_[j].terms.size());
        if (!excluded(weights, demands_[i], demands_[j])) continue;
        conflicts.set(i, j, true);
        found_.hidden.emplace_back(j, i);
        left -= std::min(left, conflicts.words());  // whether others imply it takes as long
      }
      for (const Weighted& term : demands_[i].terms) weights[term.code] = 0;
    }
  }

  bool excluded(const std::vector<std::int64_t>& weights, const Demand& a, const Demand& b) {
    opposed_.weights.clear();
    opposed_.first = opposed_.second = 0;
    for (const Weighted& term : b.terms) {
      const std::int64_t weight = weights[term.code ^ 1U];
      if (weight == 0) continue;
      opposed_.weights.emplace_back(weight, term.weight);
      opposed_.first += weight;
      opposed_.second += term.weight;
    }
    // Their cost is a's weights at most, and b's.
    if (opposed_.first <= a.slack || opposed_.second <= b.slack) return false;
    if (exclude_each_other(opposed_, a, b, 1, 1)) return true;
    const std::int64_t common = std::gcd(opposed_.first, opposed_.second);
    return exclude_each_other(opposed_, a, b, opposed_.second / common, opposed_.first / common);
  }

  const Constraints& constraints_;
  std::size_t work_;
  Found& found_;
  std::vector<Demand> demands_;       // of each literal of a gate
  std::uint32_t codes_;               // used so far
  std::vector<std::uint32_t> group_;  // by literal code
  bool grouped_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> sets_;
  Opposed opposed_;
};

}  // namespace

Conflicts::Conflicts(std::size_t bits, std::size_t variables)
    : bits_(bits),
      variables_(variables),
      words_((2 * (variables - bits) + 63) / 64),
      matrix_(2 * (variables - bits) * words_, 0) {}

void Conflicts::set(std::size_t a, std::size_t b, bool value) {
  for (int side = 0; side < 2; ++side, std::swap(a, b)) {
    std::uint64_t& word = matrix_[a * words_ + b / 64];
    const std::uint64_t bit = std::uint64_t{1} << (b % 64);
    word = value ? word | bit : word & ~bit;
  }
}

Found find_conflicts(const Constraints& constraints, std::size_t bits, std::size_t work) {
  Found found = Prober(constraints, bits, work).run();
  if (!found.contradiction) add_conflicts(constraints, {}, work, found);
  return found;
}

std::size_t add_conflicts(const Constraints& constraints,
                          const std::vector<std::vector<Literal>>& groups, std::size_t work,
                          Found& found) {
  return Adder(constraints, groups, work, found).run();
}

}  // namespace gatelight::encode
