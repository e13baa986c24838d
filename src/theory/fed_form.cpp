// SPDX-License-Identifier: Apache-2.0
//
// Fed gates, their levels, and how many different rows and columns each one's matrix can have.
//
// Problem   The rank bounds multiply, gate by gate, the number of different rows (columns) of the matrix
//           val_g[a][b] = act(alpha(a) + beta(b) + o), for every offset o that earlier gates can add.
// Idea      A row is determined by alpha(a), so the different sums of side A are an upper bound.  Where few
//           offsets are possible, rows are compared exactly: act is a step function, so a row is determined by
//           how many sums of side B lie below each of its cut points, and equal rows are neighbours when the
//           sums are sorted.  Where many are, rows that are 0 for every possible offset are left out.
// Every     For a bound of all partitions the maximum over the partitions of the gate's own bits is taken; for
// partition many bits, one side has at most half of the bits and one (perhaps the other) at most half of the
//           total weight W: min(rows, columns) <= min(2^(k/2), W / 2 gcd + 1).
// Limits    Lists of at most 2^12 sums, fewer where there are many wires; beyond, 2^k or W / gcd + 1 stands for
//           their number.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include "theory/fed_form.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/checked.hpp"

namespace gatelight::theory {
namespace {

using base::Wide;

// What one gate and partition may take, so that all of them together take a second or so.
struct Effort {
  std::size_t sums = 0;         // in a list
  std::size_t comparisons = 0;  // of rows
};
Effort effort_for(std::size_t gates, std::size_t wires) {
  constexpr std::size_t most_sums = std::size_t{1} << 12, least_sums = 32;
  constexpr std::size_t most_comparisons = std::size_t{1} << 18;
  constexpr std::size_t all_sums = std::size_t{1} << 26, all_comparisons = std::size_t{1} << 24;
  return {std::clamp(all_sums / std::max<std::size_t>(wires, 1), least_sums, most_sums),
          std::min(most_comparisons, all_comparisons / std::max<std::size_t>(gates, 1))};
}

constexpr Wide most_offsets = 32;
constexpr std::size_t most_own_bits = 8;  // of a gate all of whose partitions are tried
constexpr std::size_t most_own_work = std::size_t{1} << 13;  // partitions, of all gates together

mpz_class big(std::int64_t number) { return mpz_class(static_cast<long>(number)); }

std::uint64_t magnitude(std::int64_t weight) {
  const auto bits = static_cast<std::uint64_t>(weight);
  return weight < 0 ? 0 - bits : bits;
}

// The wires of a gate that come from input bits.
std::vector<Wire> fed_wires(const Circuit& circuit, GateId id) {
  std::vector<Wire> wires;
  for (const Wire& wire : circuit.wires(id)) {
    if (wire.source < circuit.bit_count()) wires.push_back(wire);
  }
  return wires;
}

// The different sums, ascending; nothing where there are too many.  They fit: |weight| < 2^63, and fewer
// than 2^20 of them.
std::optional<std::vector<Wide>> sums_of(const std::vector<Wire>& wires, const Effort& effort) {
  std::vector<Wide> sums{0};
  for (const Wire& wire : wires) {
    std::vector<Wide> more = sums, all;
    for (Wide& sum : more) sum += wire.weight;
    std::ranges::set_union(sums, more, std::back_inserter(all));
    if (all.size() > effort.sums) return std::nullopt;
    sums = std::move(all);
  }
  return sums;
}

// min(2^k, W / gcd + 1), of all wires or (halves) of the smaller one of two sides.
mpz_class counted(const std::vector<Wire>& wires, bool halves) {
  mpz_class total = 0, power = 1;
  std::uint64_t divisor = 0;
  for (const Wire& wire : wires) {
    total += mpz_class(static_cast<unsigned long>(magnitude(wire.weight)));
    divisor = std::gcd(divisor, magnitude(wire.weight));
  }
  power <<= wires.size() / (halves ? 2 : 1);
  if (divisor == 0) return 1;
  const mpz_class by_weight =
      total / (mpz_class(static_cast<unsigned long>(divisor)) * (halves ? 2 : 1)) + 1;
  return std::min(power, by_weight);
}

// What a gate adds to the sum of its input bits, and what it makes of it.
struct Shape {
  std::vector<Wire> wires;            // from input bits
  Wide low = 0, high = 0;             // of what earlier gates and the threshold add
  std::optional<StepFunction> steps;  // nothing where there are too many
  mpz_class values;                   // not-zero ones
};

Shape shape_of(const Circuit& circuit, GateId id) {
  Shape shape{fed_wires(circuit, id), 0, 0, std::nullopt, 0};
  shape.low = shape.high = -Wide{circuit.threshold(id)};
  for (const Wire& wire : circuit.wires(id)) {
    if (wire.source < circuit.bit_count()) continue;
    const Circuit::Interval range = circuit.node_range(wire.source);
    const Wide a = Wide{wire.weight} * range.low, b = Wide{wire.weight} * range.high;
    shape.low += std::min(a, b);
    shape.high += std::max(a, b);
  }
  if (auto steps = circuit.step_function(id); steps.ok()) {
    shape.values = big(static_cast<std::int64_t>(steps->values.size()));
    if (std::ranges::find(steps->values, 0) != steps->values.end()) shape.values -= 1;
    shape.steps = *std::move(steps);
  } else {
    const Circuit::Interval range = circuit.value_range(id);
    shape.values = big(range.high) - big(range.low) + 1;
    if (range.low <= 0 && range.high >= 0) shape.values -= 1;
  }
  return shape;
}

std::int64_t value_at(const StepFunction& steps, Wide z) {
  const auto step =
      std::ranges::upper_bound(steps.at, z, {}, [](std::int64_t t) { return Wide{t}; });
  return steps.values[static_cast<std::size_t>(step - steps.at.begin())];
}

// Sums a for which [a + low, a + high] is not all in the silent range.
std::size_t loud_sums(const StepFunction& steps, const std::vector<Wide>& sums, Wide low,
                      Wide high) {
  return static_cast<std::size_t>(std::ranges::count_if(sums, [&](Wide a) {
    return value_at(steps, a + low) != 0 || value_at(steps, a + high) != 0;
  }));
}

// Different not-zero rows for one offset: a row for each a, a column for each b.
std::size_t different_rows(const StepFunction& steps, const std::vector<Wide>& a,
                           const std::vector<Wide>& b, Wide offset) {
  std::vector<std::size_t> last, row(steps.at.size());
  std::size_t count = 0;
  bool any = false;
  for (const Wide sum : a) {
    if (value_at(steps, sum + b.front() + offset) == 0 &&
        value_at(steps, sum + b.back() + offset) == 0) {
      continue;  // non-decreasing, so 0 in between
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Wide cut = Wide{steps.at[i]} - sum - offset;
      row[i] = static_cast<std::size_t>(std::ranges::lower_bound(b, cut) - b.begin());
    }
    if (!any || row != last) ++count;
    any = true;
    last = row;
  }
  return count;
}

struct RowsAndColumns {
  mpz_class rows, columns;
};

RowsAndColumns rows_and_columns(const Shape& shape, const std::vector<Wire>& side_a,
                                const std::vector<Wire>& side_b, const Effort& effort) {
  const auto a = sums_of(side_a, effort), b = sums_of(side_b, effort);
  if (!a || !b || !shape.steps) {
    const auto number = [](const auto& sums, const std::vector<Wire>& wires) {
      return sums ? mpz_class(static_cast<unsigned long>(sums->size())) : counted(wires, false);
    };
    return {number(a, side_a), number(b, side_b)};
  }
  const StepFunction& steps = *shape.steps;
  std::size_t rows = loud_sums(steps, *a, b->front() + shape.low, b->back() + shape.high);
  std::size_t columns = loud_sums(steps, *b, a->front() + shape.low, a->back() + shape.high);
  const Wide offsets = shape.high - shape.low + 1;
  if (offsets <= most_offsets &&
      static_cast<std::size_t>(offsets) * (a->size() + b->size()) * (steps.at.size() + 1) <=
          effort.comparisons) {
    std::size_t most_rows = 0, most_columns = 0;
    for (Wide offset = shape.low; offset <= shape.high; ++offset) {
      most_rows = std::max(most_rows, different_rows(steps, *a, *b, offset));
      most_columns = std::max(most_columns, different_rows(steps, *b, *a, offset));
    }
    rows = std::min(rows, most_rows);
    columns = std::min(columns, most_columns);
  }
  return {static_cast<unsigned long>(rows), static_cast<unsigned long>(columns)};
}

Unit unit_of(const RowsAndColumns& count, const mpz_class& values, std::int64_t members) {
  return {members, values, std::min(count.rows, count.columns),
          std::min(count.rows, mpz_class(values * count.columns)),
          std::min(count.columns, mpz_class(values * count.rows))};
}

// How one form of input bits is divided: a partition, or all of them.
class Divider {
 public:
  Divider(const std::optional<Partition>& partition, std::size_t gates)
      : partition_(partition), own_bits_(0) {
    while (own_bits_ < most_own_bits && gates << (own_bits_ + 1) <= most_own_work) ++own_bits_;
  }

  // `count` tells rows and columns of one division.
  template <class Count>
  [[nodiscard]] Unit unit(const std::vector<Wire>& wires, const mpz_class& values,
                          std::int64_t members, const Count& count) const {
    std::vector<Wire> a, b;
    if (partition_) {
      for (const Wire& wire : wires) ((*partition_)[wire.source] != 0 ? b : a).push_back(wire);
      return unit_of(count(a, b), values, members);
    }
    if (wires.size() > own_bits_) return of_halves(wires, values, members);
    Unit most{members, values, 0, 0, 0};
    // A division and its complement count alike with rows and columns exchanged.
    for (std::uint32_t sides = 0; 2 * sides < 1U << wires.size(); ++sides) {
      a.clear();
      b.clear();
      for (std::size_t i = 0; i < wires.size(); ++i)
        ((sides >> i & 1U) != 0 ? b : a).push_back(wires[i]);
      const Unit unit = unit_of(count(a, b), values, members);
      most.rank = std::max(most.rank, unit.rank);
      most.by_rows = std::max({most.by_rows, unit.by_rows, unit.by_columns});
    }
    most.by_columns = most.by_rows;
    return most;
  }

 private:
  // rows <= half or columns <= half; min(rows, values * columns) is at most half, or values * half.
  static Unit of_halves(const std::vector<Wire>& wires, const mpz_class& values,
                        std::int64_t members) {
    const mpz_class half = counted(wires, true);
    const mpz_class factor =
        std::min(std::max(mpz_class(values * half), half), counted(wires, false));
    return {members, values, half, factor, factor};
  }

  const std::optional<Partition>& partition_;
  std::size_t own_bits_;
};

// At least the number of different sums of these wires.
mpz_class sum_count(const std::vector<Wire>& wires, const Effort& effort) {
  const auto sums = sums_of(wires, effort);
  return sums ? mpz_class(static_cast<unsigned long>(sums->size())) : counted(wires, false);
}

// Gates that fire from a sum on, with the same input weights up to a positive factor: given what earlier gates
// add, the sets of them that can fire form a chain.
using Form = std::vector<std::pair<Node, std::uint64_t>>;
Form form_of(const std::vector<Wire>& wires) {
  std::uint64_t divisor = 0;
  for (const Wire& wire : wires) divisor = std::gcd(divisor, magnitude(wire.weight));
  Form form;
  for (const Wire& wire : wires) {
    const std::uint64_t size = magnitude(wire.weight) / divisor;
    form.emplace_back(wire.source, wire.weight < 0 ? 0 - size : size);
  }
  return form;
}

bool fires_from_a_sum_on(const Shape& shape) {
  return shape.steps && shape.steps->at.size() == 1 && shape.steps->values.front() == 0;
}

LevelUnits units_of(const Circuit& circuit, const std::vector<GateId>& gates,
                    const Divider& divider, const Effort& effort) {
  LevelUnits units;
  std::map<Form, std::vector<std::size_t>> groups;
  std::vector<Shape> shapes;
  for (const GateId id : gates) {
    const Shape& shape = shapes.emplace_back(shape_of(circuit, id));
    units.single.push_back(divider.unit(
        shape.wires, shape.values, 1, [&](const std::vector<Wire>& a, const std::vector<Wire>& b) {
          return rows_and_columns(shape, a, b, effort);
        }));
    if (fires_from_a_sum_on(shape)) {
      groups[form_of(shape.wires)].push_back(units.single.size() - 1);
    } else {
      units.grouped.push_back(units.single.back());
    }
  }
  for (const auto& [form, members] : groups) {
    if (members.size() == 1) {
      units.grouped.push_back(units.single[members[0]]);
      continue;
    }
    const auto size = static_cast<std::int64_t>(members.size());
    const auto count = [&](const std::vector<Wire>& a, const std::vector<Wire>& b) {
      return RowsAndColumns{sum_count(a, effort), sum_count(b, effort)};
    };
    units.grouped.push_back(divider.unit(shapes[members[0]].wires, big(size), size, count));
  }
  return units;
}

}  // namespace

FedForm fed_form(const Circuit& circuit, GateId output) {
  const std::size_t bits = circuit.bit_count();
  const auto last = static_cast<std::uint32_t>(output);
  std::vector<bool> in_cone(last + 1), read(bits);
  in_cone[last] = true;
  for (std::uint32_t g = last + 1; g-- > 0;) {
    if (!in_cone[g]) continue;
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source < bits) {
        read[wire.source] = true;
      } else {
        in_cone[wire.source - bits] = true;
      }
    }
  }
  FedForm form;
  std::vector<std::size_t> level(last + 1);  // fed gates on the longest path
  for (std::uint32_t g = 0; g <= last; ++g) {
    if (!in_cone[g]) continue;
    form.cone.push_back(GateId{g});
    bool fed = false;
    for (const Wire& wire : circuit.wires(GateId{g})) {
      if (wire.source < bits) {
        fed = true;
      } else {
        level[g] = std::max(level[g], level[wire.source - bits]);
      }
    }
    if (!fed) continue;
    ++level[g];
    if (form.levels.size() < level[g]) form.levels.resize(level[g]);
    form.levels[level[g] - 1].push_back(GateId{g});
    if (g == last) form.output_fed = true;
  }
  for (std::uint32_t bit = 0; bit < bits; ++bit) {
    if (read[bit]) form.bits.push_back(bit);
  }
  return form;
}

std::vector<LevelUnits> level_units(const Circuit& circuit, const FedForm& form,
                                    const std::optional<Partition>& partition) {
  std::size_t gates = 0, wires = 0;
  for (const auto& level : form.levels) {
    for (const GateId id : level) wires += circuit.wires(id).size();
    gates += level.size();
  }
  const Divider divider(partition, gates);
  const Effort effort = effort_for(gates, wires);
  std::vector<LevelUnits> levels;
  for (const auto& level : form.levels) levels.push_back(units_of(circuit, level, divider, effort));
  return levels;
}

}  // namespace gatelight::theory
