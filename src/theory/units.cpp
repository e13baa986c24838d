// SPDX-License-Identifier: Apache-2.0
//
// How many different rows and columns the matrix of each fed gate, or group of fed gates, can have.
//
// Problem   The rank bounds multiply, gate by gate, the number of different rows (columns) of the matrix
//           val_g[a][b] = act(alpha(a) + beta(b) + o), for every offset o that earlier gates can add.
// Idea      A row is determined by alpha(a), so the different sums of side A are an upper bound.  Where few
//           offsets are possible, rows are compared exactly: act is a step function, so a row is determined by
//           how many sums of side B lie below each of its cut points, and equal rows are neighbours when the
//           sums are sorted.  Where many are, rows that are 0 for every possible offset are left out.
// Groups    Several gates of a level are one gate whose value is the pattern of theirs.  A row of its matrix is
//           determined by the vector of the sums of side A: by one number, where these are multiples of each
//           other.  Gates that share one side only are grouped where the group's rank is at most the sum of theirs.
// Every     For a bound of all partitions the maximum over the partitions of the gate's own bits is taken; for
// partition many bits, one side has at most half of the bits and one (perhaps the other) at most half of the
//           total weight W: min(rows, columns) <= min(2^(k/2), W / 2 gcd + 1).
// Limits    Lists of at most 2^12 sums, fewer where there are many wires; beyond, 2^k or W / gcd + 1 stands for
//           their number.
// Tested by tests/unit/theory/units_test.cpp, tests/unit/theory/instance_bounds_test.cpp
#include "theory/units.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/checked.hpp"

namespace gatelight::theory {
namespace {

using base::Wide;

// What one gate and partition may take, so that all of them together take a second or so.
struct Effort {
  std::size_t sums = 0;         // in a list
  std::size_t comparisons = 0;  // of rows
  std::size_t vectors = 0;      // entries of vectors of sums
};
Effort effort_for(std::size_t gates, std::size_t wires) {
  constexpr std::size_t most_sums = std::size_t{1} << 12, least_sums = 32;
  constexpr std::size_t most_comparisons = std::size_t{1} << 18;
  constexpr std::size_t all_sums = std::size_t{1} << 26, all_comparisons = std::size_t{1} << 24;
  constexpr std::size_t all_vectors = std::size_t{1} << 23, most_vectors = std::size_t{1} << 18;
  const std::size_t some = std::max<std::size_t>(gates, 1);
  return {std::clamp(all_sums / std::max<std::size_t>(wires, 1), least_sums, most_sums),
          std::min(most_comparisons, all_comparisons / some),
          std::min(most_vectors, all_vectors / some)};
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
  std::vector<Wire> wires;              // from input bits
  Wide low = 0, high = 0;               // of what earlier gates and the threshold add
  std::optional<StepFunction> steps{};  // nothing where there are too many
  mpz_class values{};                   // not-zero ones
  int fire_stairs = 1;                  // see Unit
  mpz_class value_stairs{};
};

// [value = v] is [sum >= t], [sum < t] or the difference of two, as v is the largest value, the smallest one or
// between; where 0 is one of the values, none of the parts is true where the gate is silent.
void count_stairs(const StepFunction& steps, Shape& shape) {
  const auto size = static_cast<long>(steps.values.size());
  const long zero = std::ranges::find(steps.values, 0) - steps.values.begin();
  if (zero == size) {
    shape.value_stairs = std::max(2 * size - 2, 1L);  // and it always fires
    return;
  }
  const long above = size - 1 - zero;
  shape.fire_stairs = (zero > 0 ? 1 : 0) + (above > 0 ? 1 : 0);
  shape.value_stairs = std::max(2 * above - 1, 0L) + std::max(2 * zero - 1, 0L);
}

Shape shape_of(const Circuit& circuit, GateId id) {
  Shape shape{.wires = fed_wires(circuit, id)};
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
    count_stairs(*steps, shape);
    shape.steps = *std::move(steps);
  } else {
    const Circuit::Interval range = circuit.value_range(id);
    shape.values = big(range.high) - big(range.low) + 1;
    if (range.low <= 0 && range.high >= 0) shape.values -= 1;
    shape.fire_stairs = 2;
    shape.value_stairs = 2 * shape.values;
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

// A gate alone.
Unit unit_of(const Shape& shape, std::uint32_t gate) {
  Unit unit{.gates = {gate}, .patterns = {shape.values}, .fire_stairs = shape.fire_stairs};
  unit.pattern_stairs = {shape.value_stairs};
  return unit;
}

mpz_class pattern_count(const Unit& unit) {
  mpz_class sum = 0;
  for (const mpz_class& patterns : unit.patterns) sum += patterns;
  return sum;
}

void set_ranks(Unit& unit, const RowsAndColumns& count) {
  const mpz_class patterns = pattern_count(unit);
  unit.rank = std::min(count.rows, count.columns);
  unit.by_rows = std::min(count.rows, mpz_class(patterns * count.columns));
  unit.by_columns = std::min(count.columns, mpz_class(patterns * count.rows));
}

// The ranks of one form of input bits for every partition of them.
class EveryPartition {
 public:
  explicit EveryPartition(std::size_t gates) {
    while (own_bits_ < most_own_bits && gates << (own_bits_ + 1) <= most_own_work) ++own_bits_;
  }

  // `count` tells rows and columns of one division.
  template <class Count>
  void set_ranks(Unit& unit, const std::vector<Wire>& wires, const Count& count) const {
    if (wires.size() > own_bits_) return of_halves(unit, wires);
    Unit most = unit;
    most.rank = most.by_rows = 0;
    std::vector<Wire> a, b;
    // A division and its complement count alike with rows and columns exchanged.
    for (std::uint32_t sides = 0; 2 * sides < 1U << wires.size(); ++sides) {
      a.clear();
      b.clear();
      for (std::size_t i = 0; i < wires.size(); ++i)
        ((sides >> i & 1U) != 0 ? b : a).push_back(wires[i]);
      theory::set_ranks(unit, count(a, b));
      most.rank = std::max(most.rank, unit.rank);
      most.by_rows = std::max({most.by_rows, unit.by_rows, unit.by_columns});
    }
    most.by_columns = most.by_rows;
    unit = std::move(most);
  }

 private:
  // rows <= half or columns <= half; min(rows, patterns * columns) is at most half, or patterns * half.
  static void of_halves(Unit& unit, const std::vector<Wire>& wires) {
    unit.rank = counted(wires, true);
    const mpz_class factor = pattern_count(unit) * unit.rank;
    unit.by_rows = unit.by_columns = std::min(std::max(factor, unit.rank), counted(wires, false));
  }

  std::size_t own_bits_ = 0;
};

// At least the number of different sums of these wires.
mpz_class sum_count(const std::vector<Wire>& wires, const Effort& effort) {
  const auto sums = sums_of(wires, effort);
  return sums ? mpz_class(static_cast<unsigned long>(sums->size())) : counted(wires, false);
}

// Input weights up to a factor, which is positive or (either_sign) any.
using Form = std::vector<std::pair<Node, std::uint64_t>>;
Form form_of(const std::vector<Wire>& wires, bool either_sign) {
  std::uint64_t divisor = 0;
  for (const Wire& wire : wires) divisor = std::gcd(divisor, magnitude(wire.weight));
  const bool turn = either_sign && !wires.empty() && wires.front().weight < 0;
  Form form;
  for (const Wire& wire : wires) {
    const std::uint64_t size = magnitude(wire.weight) / divisor;
    form.emplace_back(wire.source, (wire.weight < 0) != turn ? 0 - size : size);
  }
  return form;
}

bool fires_from_a_sum_on(const Shape& shape) {
  return shape.steps && shape.steps->at.size() == 1 && shape.steps->values.front() == 0;
}

// One level of one question.
class Level {
 public:
  Level(const Circuit& circuit, const std::vector<GateId>& gates,
        const std::optional<Partition>& partition, std::size_t most, const Effort& effort)
      : partition_(partition), most_(most), effort_(effort) {
    for (const GateId id : gates) shapes_.push_back(shape_of(circuit, id));
  }

  LevelUnits units(const EveryPartition& every) {
    LevelUnits units;
    units.groupings.push_back({Sharing::nothing, single(every)});
    add(units, Sharing::form, chains(every));
    if (!partition_ || shapes_.size() < 2) return units;
    add(units, Sharing::rows, sharing(0));
    add(units, Sharing::columns, sharing(1));
    if (!few(shapes_.size())) return units;
    std::vector<std::uint32_t> all(shapes_.size());
    std::iota(all.begin(), all.end(), 0);
    units.groupings.push_back({Sharing::level, {group(std::move(all), 0, nullptr)}});
    return units;
  }

 private:
  using Groups = std::map<Form, std::vector<std::uint32_t>>;

  void add(LevelUnits& units, Sharing sharing, std::vector<Unit> grouped) const {
    if (grouped.size() < shapes_.size()) units.groupings.push_back({sharing, std::move(grouped)});
  }

  [[nodiscard]] std::vector<Wire> side_of(const std::vector<Wire>& wires, int side) const {
    std::vector<Wire> chosen;
    std::ranges::copy_if(wires, std::back_inserter(chosen),
                         [&](const Wire& wire) { return (*partition_)[wire.source] == side; });
    return chosen;
  }

  std::vector<Unit> single(const EveryPartition& every) {
    for (std::uint32_t g = 0; g < shapes_.size(); ++g) {
      const Shape& shape = shapes_[g];
      Unit unit = unit_of(shape, g);
      if (partition_) {
        set_ranks(unit, rows_and_columns(shape, side_of(shape.wires, 0), side_of(shape.wires, 1),
                                         effort_));
      } else {
        every.set_ranks(unit, shape.wires, [&](const auto& a, const auto& b) {
          return rows_and_columns(shape, a, b, effort_);
        });
      }
      single_.push_back(std::move(unit));
    }
    return single_;
  }

  // The sets of gates of one form that can fire are a chain: each of its patterns is that of a gate between two
  // cut points of one sum.
  [[nodiscard]] std::vector<Unit> chains(const EveryPartition& every) const {
    std::vector<Unit> units;
    Groups groups;
    for (std::uint32_t g = 0; g < shapes_.size(); ++g) {
      if (fires_from_a_sum_on(shapes_[g])) {
        groups[form_of(shapes_[g].wires, false)].push_back(g);
      } else {
        units.push_back(single_[g]);
      }
    }
    for (auto& [form, members] : groups) {
      if (members.size() == 1) {
        units.push_back(single_[members[0]]);
        continue;
      }
      const std::vector<Wire>& wires = shapes_[members[0]].wires;
      const std::size_t patterns = std::min(members.size(), most_);
      Unit unit{.patterns = std::vector<mpz_class>(patterns, 1), .fire_stairs = 1};
      unit.pattern_stairs.assign(patterns, 2);
      if (patterns == members.size()) unit.pattern_stairs.back() = 1;
      unit.gates = std::move(members);
      if (partition_) {
        set_ranks(unit, {different(unit.gates, 0, nullptr), different(unit.gates, 1, nullptr)});
      } else {
        every.set_ranks(unit, wires, [&](const auto& a, const auto& b) {
          return RowsAndColumns{sum_count(a, effort_), sum_count(b, effort_)};
        });
      }
      units.push_back(std::move(unit));
    }
    return units;
  }

  // Gates whose weights of one side are multiples of each other.
  [[nodiscard]] std::vector<Unit> sharing(int side) const {
    Groups groups;
    for (std::uint32_t g = 0; g < shapes_.size(); ++g)
      groups[form_of(side_of(shapes_[g].wires, side), true)].push_back(g);
    std::vector<Unit> units;
    for (auto& [form, members] : groups) {
      mpz_class alone = 0;
      for (const std::uint32_t g : members) alone += single_[g].rank;
      if (members.size() > 1 && few(members.size())) {
        const std::vector<Wire> shared = side_of(shapes_[members[0]].wires, side);
        Unit unit = group(members, side, &shared);
        if (unit.rank <= alone) {
          units.push_back(std::move(unit));
          continue;
        }
      }
      for (const std::uint32_t g : members) units.push_back(single_[g]);
    }
    return units;
  }

  // Whether the patterns of so many gates can be counted quickly.
  [[nodiscard]] bool few(std::size_t gates) const {
    return gates * std::min(gates, most_) <= std::size_t{1} << 16;
  }

  // Any gates as one unit; `shared` are the wires that determine the sums of that side of all of them.
  [[nodiscard]] Unit group(std::vector<std::uint32_t> gates, int side,
                           const std::vector<Wire>* shared) const {
    Unit unit{.patterns = std::vector<mpz_class>(std::min(gates.size(), most_), 0)};
    for (std::size_t i = 0; i < gates.size(); ++i) {
      const mpz_class& values = shapes_[gates[i]].values;
      for (std::size_t k = std::min(i + 1, unit.patterns.size()); k > 1; --k)
        unit.patterns[k - 1] += unit.patterns[k - 2] * values;
      if (!unit.patterns.empty()) unit.patterns[0] += values;
    }
    set_ranks(unit, {different(gates, 0, side == 0 ? shared : nullptr),
                     different(gates, 1, side == 1 ? shared : nullptr)});
    unit.gates = std::move(gates);
    return unit;
  }

  // At least the number of different not-zero rows (columns) of the matrix of these gates together.
  [[nodiscard]] mpz_class different(const std::vector<std::uint32_t>& gates, int side,
                                    const std::vector<Wire>* shared) const {
    std::map<Node, std::vector<std::pair<std::uint32_t, std::int64_t>>> of_bit;
    for (std::uint32_t i = 0; i < gates.size(); ++i) {
      for (const Wire& wire : shapes_[gates[i]].wires) {
        if ((*partition_)[wire.source] == side) of_bit[wire.source].emplace_back(i, wire.weight);
      }
    }
    mpz_class most = mpz_class(1) << of_bit.size();
    if (shared != nullptr) most = std::min(most, sum_count(*shared, effort_));
    // Vectors of the gates' sums.
    std::set<std::vector<Wide>> vectors{std::vector<Wide>(gates.size())};
    for (const auto& [bit, wires] : of_bit) {
      std::set<std::vector<Wide>> more = vectors;
      for (std::vector<Wide> sums : vectors) {
        for (const auto& [gate, weight] : wires) sums[gate] += weight;
        more.insert(std::move(sums));
      }
      if (more.size() * gates.size() > effort_.vectors / of_bit.size()) return most;
      vectors = std::move(more);
    }
    const auto loud = std::ranges::count_if(
        vectors, [&](const std::vector<Wide>& sums) { return can_fire(gates, sums, side); });
    return std::min(most, mpz_class(static_cast<long>(loud)));
  }

  // Whether one of the gates can fire with these sums of one side.
  [[nodiscard]] bool can_fire(const std::vector<std::uint32_t>& gates,
                              const std::vector<Wide>& sums, int side) const {
    for (std::size_t i = 0; i < gates.size(); ++i) {
      const Shape& shape = shapes_[gates[i]];
      if (!shape.steps) return true;
      Wide low = sums[i] + shape.low, high = sums[i] + shape.high;
      for (const Wire& wire : shape.wires) {
        if ((*partition_)[wire.source] == side) continue;
        (wire.weight < 0 ? low : high) += wire.weight;
      }
      if (value_at(*shape.steps, low) != 0 || value_at(*shape.steps, high) != 0) return true;
    }
    return false;
  }

  const std::optional<Partition>& partition_;
  std::size_t most_;
  Effort effort_;
  std::vector<Shape> shapes_;
  std::vector<Unit> single_;
};

}  // namespace

std::vector<LevelUnits> level_units(const Circuit& circuit, const FedForm& form,
                                    const std::optional<Partition>& partition,
                                    std::span<const std::int64_t> most) {
  std::size_t gates = 0, wires = 0;
  for (const auto& level : form.levels) {
    for (const GateId id : level) wires += circuit.wires(id).size();
    gates += level.size();
  }
  const EveryPartition every(gates);
  const Effort effort = effort_for(gates, wires);
  std::vector<LevelUnits> levels;
  for (std::size_t l = 0; l < form.levels.size(); ++l) {
    const auto cap = static_cast<std::size_t>(std::max<std::int64_t>(most[l], 0));
    levels.push_back(Level(circuit, form.levels[l], partition, cap, effort).units(every));
  }
  return levels;
}

}  // namespace gatelight::theory
