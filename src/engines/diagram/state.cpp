// SPDX-License-Identifier: Apache-2.0
//
// From one state to the next, and when two are the same.
//
// Problem   After some input bits are assigned, what must be remembered so that the rest of the circuit can
//           be evaluated?  As little as possible: equal states are merged.
// Idea      The sum so far of every form that still matters.  A gate whose value no longer depends on
//           anything unassigned is decided: its value goes into the sums of its readers, its cost is
//           gained, and when all gates of a form are decided, or nobody needs them, the form is dead.
//           A living sum is moved up as far as no sum of the unassigned bits tells the difference.
// Why       A gate's cuts that are passed by the smallest possible sum are passed for good, those beyond the
//           largest are never reached; only the ones between are open.  Let S be the sums the
//           unassigned bits can add.  An open cut t is passed iff s >= t - a for the added s in S; this
//           does not change while a stays below t - p, p the largest element of S below t - a.  Nor may
//           a cut out of reach come within reach: a <= t - max S - 1.  The largest such a is canonical.
//           It keeps every passed cut passed, as a only grows, and every open one open, as min S < t - a
//           implies min S <= p.  Values of undecided gates, and so the ranges of forms that read them,
//           depend on open cuts only.
// Cost      O(wires of what changes) a step, and O(open cuts) where S is sparse.
// Source    Behle, On threshold BDDs and the optimal variable ordering problem, 2008, for single
//           inequalities.
// Tested by tests/unit/engines/diagram/state_test.cpp, diagram_test.cpp
#include "engines/diagram/state.hpp"

#include <algorithm>
#include <bit>

#include "base/checked.hpp"

namespace gatelight::engines::diagram {
namespace {

constexpr std::int64_t beyond = std::numeric_limits<std::int64_t>::max();

std::size_t cuts_up_to(const StepGate& gate, std::int64_t sum) {
  return static_cast<std::size_t>(std::ranges::upper_bound(gate.at, sum) - gate.at.begin());
}

// The cuts of a form with low < at <= high.
std::span<const Cut> cuts_between(const Form& form, std::int64_t low, std::int64_t high) {
  const auto first = std::ranges::upper_bound(form.cuts, low, {}, &Cut::at);
  const auto last = std::ranges::upper_bound(first, form.cuts.end(), high, {}, &Cut::at);
  return {first, last};
}

// The index of each set bit at or above the last one returned, also of bits set meanwhile.
template <class Visit>
bool for_each_upwards(const std::vector<std::uint64_t>& set, Visit visit) {
  for (std::size_t word = 0; word < set.size(); ++word) {
    for (std::uint64_t done = 0; (set[word] & ~done) != 0;) {
      const auto bit = static_cast<unsigned>(std::countr_zero(set[word] & ~done));
      done |= std::uint64_t{2} * (std::uint64_t{1} << bit) - 1;
      if (!visit(static_cast<FormId>(64 * word + bit))) return false;
    }
  }
  return true;
}

template <class Visit>
void for_each_downwards(const std::vector<std::uint64_t>& set, Visit visit) {
  for (std::size_t word = set.size(); word-- > 0;) {
    for (std::uint64_t done = 0; (set[word] & ~done) != 0;) {
      const auto bit = 63U - static_cast<unsigned>(std::countl_zero(set[word] & ~done));
      done |= ~std::uint64_t{0} << bit;
      visit(static_cast<FormId>(64 * word + bit));
    }
  }
}

// A bound on the magnitude of a form's sum so far and of what undecided gates add.  The sum consists of
// parts of the whole one, and may have been moved up to below a cut minus what the rest can add.
std::int64_t largest_of(const Forms& forms, const Form& form) {
  base::Wide parts = 0, cuts = 0;
  const auto magnitude = [](base::Wide number) { return number < 0 ? -number : number; };
  for (const Part& part : form.inputs) parts += magnitude(part.weight);
  for (const Part& part : form.sources) {
    const auto& values = forms.gates[part.of].values;
    parts += std::max(magnitude(base::Wide{part.weight} * values.front()),
                      magnitude(base::Wide{part.weight} * values.back()));
  }
  for (const Cut& cut : form.cuts) cuts = std::max(cuts, magnitude(cut.at));
  const base::Wide bound = 2 * parts + cuts;
  return bound > beyond ? beyond : static_cast<std::int64_t>(bound);
}

}  // namespace

States::States(const Forms& forms)
    : forms_(forms),
      deep_index_(forms.forms.size(), 0),
      marked_((forms.forms.size() + 63) / 64, 0),
      seen_(forms.gates.size(), 0) {
  for (FormId f = 0; f < forms.forms.size(); ++f) {
    if (!forms.forms[f].sources.empty()) deep_index_[f] = deep_++;
    largest_ = std::max(largest_, largest_of(forms, forms.forms[f]));
  }
}

Rest States::all_unassigned() const {
  Rest rest;
  for (const Form& form : forms_.forms) {
    std::int64_t low = 0, high = 0;
    for (const Part& part : form.inputs) (part.weight < 0 ? low : high) += part.weight;
    rest.low.push_back(low);
    rest.high.push_back(high);
  }
  return rest;
}

void States::assign(Rest& rest, std::uint32_t bit) const {
  for (const Part& reader : forms_.readers[bit]) {
    (reader.weight < 0 ? rest.low : rest.high)[reader.of] -= reader.weight;
  }
}

States::Range States::range_of(const std::int64_t* row, const Rest& rest, FormId form) const {
  Range range{row[form] + rest.low[form], row[form] + rest.high[form]};
  if (!forms_.forms[form].sources.empty()) {
    range.low += row[key_size() + deep_index_[form]];
    range.high += row[key_size() + deep_ + deep_index_[form]];
  }
  return range;
}

States::Passed States::passed(const StepGate& gate, Range range) {
  return {cuts_up_to(gate, range.low), cuts_up_to(gate, range.high)};
}

States::Firing States::firing(const StepGate& gate, Passed passed) {
  if (passed.most < gate.zero_first || passed.least > gate.zero_last) return Firing::fires;
  if (gate.zero_first > gate.zero_last) return Firing::fires;
  const bool silent = gate.zero_first <= passed.least && passed.most <= gate.zero_last;
  return silent ? Firing::silent : Firing::unknown;
}

bool States::read_by_the_living(const StepGate& gate, const std::int64_t* row) const {
  return std::ranges::any_of(gate.readers, [&](const Part& r) { return row[r.of] != dead; });
}

// Whether passing this cut changes anything that is still asked.
bool States::matters(const StepGate& gate, std::size_t cut, const std::int64_t* row) const {
  if (gate.is_condition || read_by_the_living(gate, row)) return true;
  const auto zero = [&](std::size_t value) {
    return gate.zero_first <= value && value <= gate.zero_last;
  };
  return gate.priced && zero(cut) != zero(cut + 1);
}

// The gate's possible values shrank: its readers and the gains learn of it.  False: a condition is
// violated.
bool States::update_gate(GateIndex g, Passed before, Passed after, std::int64_t* row,
                         std::int64_t* gains) {
  const StepGate& gate = forms_.gates[g];
  if (gate.is_condition) return after.least <= 1 && after.most >= 1;
  if (gate.priced && firing(gate, before) == Firing::unknown &&
      firing(gate, after) == Firing::fires) {
    for (std::size_t i = 0; i < gate.costs.size(); ++i) gains[i] += gate.costs[i];
  }
  const auto [old_low, old_high] = std::minmax(gate.values[before.least], gate.values[before.most]);
  const auto [new_low, new_high] = std::minmax(gate.values[after.least], gate.values[after.most]);
  for (const Part& reader : gate.readers) {
    if (row[reader.of] == dead) continue;
    std::int64_t& low = row[key_size() + deep_index_[reader.of]];
    std::int64_t& high = row[key_size() + deep_ + deep_index_[reader.of]];
    const bool falls = reader.weight < 0;
    low -= reader.weight * (falls ? old_high : old_low);
    high -= reader.weight * (falls ? old_low : old_high);
    if (new_low == new_high) {
      row[reader.of] += reader.weight * new_low;
    } else {
      low += reader.weight * (falls ? new_high : new_low);
      high += reader.weight * (falls ? new_low : new_high);
    }
    mark(reader.of);
  }
  return true;
}

// Gates with a cut that was open and is not any more.
bool States::update_form(FormId form, Range before, Range after, std::int64_t* row,
                         std::int64_t* gains) {
  const Form& here = forms_.forms[form];
  ++round_;
  for (const std::span<const Cut> cuts :
       {cuts_between(here, before.low, after.low), cuts_between(here, after.high, before.high)}) {
    for (const Cut& cut : cuts) {
      if (seen_[cut.gate] == round_) continue;
      seen_[cut.gate] = round_;
      const StepGate& gate = forms_.gates[cut.gate];
      if (!update_gate(cut.gate, passed(gate, before), passed(gate, after), row, gains)) {
        return false;
      }
    }
  }
  return true;
}

// Draws all conclusions for the marked forms.  `from` and `before` are null for the first state.
bool States::settle(const std::int64_t* from, const Rest* before, const Rest& after,
                    const std::vector<SumSet>* sets, std::int64_t* row, std::int64_t* gains) {
  // Sources hang on earlier forms, so a form is looked at after everything that changes it.
  const bool feasible = for_each_upwards(marked_, [&](FormId form) {
    const Range old = from != nullptr ? range_of(from, *before, form)
                                      : Range{std::numeric_limits<std::int64_t>::min(), beyond};
    return update_form(form, old, range_of(row, after, form), row, gains);
  });
  if (feasible) {
    // Readers before what they read.
    for_each_downwards(marked_, [&](FormId form) { simplify(form, after, sets, row); });
  }
  std::ranges::fill(marked_, 0);
  return feasible;
}

// Dead, or canonical.
void States::simplify(FormId form, const Rest& rest, const std::vector<SumSet>* sets,
                      std::int64_t* row) {
  if (row[form] == dead) return;
  const Form& here = forms_.forms[form];
  const Range range = range_of(row, rest, form);
  const std::vector<std::int64_t>* sums = sets != nullptr ? (*sets)[form].get() : nullptr;
  bool alive = false;
  std::int64_t below = beyond;  // the sum may become anything below this
  for (const Cut& cut : cuts_between(here, range.low, beyond)) {
    const bool open = cut.at <= range.high;
    if (!open && (!alive || cut.at - rest.high[form] >= below)) break;
    if (!matters(forms_.gates[cut.gate], cut.index, row)) continue;
    if (!open) {
      below = cut.at - rest.high[form];
      break;
    }
    alive = true;
    if (sums == nullptr) return;  // every sum may tell the difference
    const auto reaching = std::ranges::lower_bound(*sums, cut.at - row[form]);
    below = std::min(below, cut.at - *(reaching - 1));
    if (below == row[form] + 1) return;
  }
  if (alive) {
    row[form] = below - 1;
    return;
  }
  row[form] = dead;
  if (here.sources.empty()) return;
  row[key_size() + deep_index_[form]] = row[key_size() + deep_ + deep_index_[form]] = 0;
  for (const Part& source : here.sources) mark(forms_.gates[source.of].form);
}

bool States::start(const Rest& rest, std::int64_t* row, std::int64_t* gains) {
  std::fill_n(row, row_size(), 0);
  for (FormId f = 0; f < forms_.forms.size(); ++f) {
    for (const Part& source : forms_.forms[f].sources) {
      const auto& values = forms_.gates[source.of].values;
      const auto [low, high] =
          std::minmax({source.weight * values.front(), source.weight * values.back()});
      row[key_size() + deep_index_[f]] += low;
      row[key_size() + deep_ + deep_index_[f]] += high;
    }
    mark(f);
  }
  return settle(nullptr, nullptr, rest, nullptr, row, gains);
}

bool States::step(const Move& move, const std::int64_t* from, bool value, std::int64_t* to,
                  std::int64_t* gains) {
  std::copy_n(from, row_size(), to);
  for (const Part& reader : forms_.readers[move.bit]) {
    if (from[reader.of] == dead) continue;
    if (value) to[reader.of] += reader.weight;
    mark(reader.of);
  }
  return settle(from, move.before, *move.after, move.sets, to, gains);
}

std::int64_t States::potential(const std::int64_t* row, const Rest& rest,
                               std::size_t objective) const {
  std::int64_t total = 0;
  for (const StepGate& gate : forms_.gates) {
    if (row[gate.form] == dead || gate.is_condition || gate.costs[objective] == 0) continue;
    const Passed now = passed(gate, range_of(row, rest, gate.form));
    if (firing(gate, now) == Firing::unknown) total += gate.costs[objective];
  }
  return total;
}

}  // namespace gatelight::engines::diagram
