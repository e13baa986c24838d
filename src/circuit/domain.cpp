// SPDX-License-Identifier: Apache-2.0
//
// Checks a domain, rewrites it as fixed bits and linear rows, and finds one input inside it.
//
// Problem   Fixed values, word ranges, linear conditions and a Hamming ball together describe the
//           inputs that are asked about.  A domain without any input is malformed; so an input must be
//           found, or its absence shown.
// Idea      A range fixes the high bits that all its values share.  Everything but fixed bits becomes
//           a row min <= sum weight * bit <= max.  A depth-first search over the bits, largest
//           weights first, keeps for each row the interval its sum can still reach and turns back as
//           soon as one misses [min, max].
// Why       The interval contains every reachable sum, so nothing is lost by turning back; the search
//           either finds an input, or exhausts all of them.
// Cost      Exponential in the worst case (it is integer programming), so it ends with an error
//           after search_steps steps.  A single row over one word, and a Hamming ball, need no
//           turning back.
// Tested by tests/unit/circuit/domain_test.cpp
#include <algorithm>

#include "base/checked.hpp"
#include "base/text.hpp"
#include "circuit/data.hpp"

namespace gatelight::circuit {
namespace {

constexpr std::size_t search_steps = 1'000'000;

Error bad(std::string message, std::string where) {
  return {ErrorCode::bad_input, std::move(message), std::move(where)};
}

std::string numbered(const char* what, std::size_t index) {
  return std::string(what) + "[" + std::to_string(index) + "]";
}

std::string source_name(const Circuit::Data& data, const Source& source) {
  const std::string& name = data.inputs[source.index].name;
  return source.kind == Source::Kind::bit ? name + "." + std::to_string(source.bit_index) : name;
}

bool reads_input(const Circuit::Data& data, const Source& source) {
  return source.kind != Source::Kind::gate && source.index < data.inputs.size() &&
         (source.kind == Source::Kind::word || source.bit_index < data.inputs[source.index].bits);
}

// Fixes one bit; false where it is already fixed to the other value.
bool fix_bit(Circuit::Data& data, std::size_t bit, bool value) {
  std::int8_t& fixed = data.fixed_bits[bit];
  const auto wanted = static_cast<std::int8_t>(value);
  if (fixed >= 0 && fixed != wanted) return false;
  fixed = wanted;
  return true;
}

Error no_input() { return bad("no input satisfies all conditions", "domain"); }

Result<void> apply_fix(Circuit::Data& data, const DomainSpec::Fix& fix) {
  if (!reads_input(data, fix.source))
    return bad("fixes something that is not an input", "domain.fix");
  const std::string where = "domain.fix." + base::quoted(source_name(data, fix.source));
  const std::size_t first = data.first_bit[fix.source.index];
  if (fix.source.kind == Source::Kind::bit) {
    if (fix.value != 0 && fix.value != 1) return bad("a bit is 0 or 1", where);
    if (!fix_bit(data, first + fix.source.bit_index, fix.value != 0)) return no_input();
    return {};
  }
  const InputWord& word = data.inputs[fix.source.index];
  const Circuit::Interval range = word_range(word);
  if (fix.value < range.low || fix.value > range.high) {
    return bad("the word takes " + std::to_string(range.low) + " to " + std::to_string(range.high) +
                   ", not " + std::to_string(fix.value),
               where);
  }
  for (int j = 0; j < word.bits; ++j) {
    const bool value = (static_cast<std::uint64_t>(fix.value) >> j & 1U) != 0;
    if (!fix_bit(data, first + static_cast<std::size_t>(j), value)) return no_input();
  }
  return {};
}

// The row of a written condition, with the interval its sum can take for missing sides.
Result<DomainRow> linear_row(const Circuit::Data& data, std::span<const WrittenWire> written,
                             std::optional<std::int64_t> min, std::optional<std::int64_t> max,
                             const std::string& where) {
  DomainRow row;
  for (const WrittenWire& wire : written) {
    if (!reads_input(data, wire.source)) return bad("reads something that is not an input", where);
    if (wire.weight == 0) return bad("a weight must not be zero", where);
    if (auto added = append_boolean_form(data, wire, row.wires); !added.ok()) {
      return Error{added.error().code, added.error().message, where};
    }
  }
  if (auto merged = merge_wires(row.wires); !merged.ok()) {
    return Error{merged.error().code, merged.error().message, where};
  }
  const auto sums = sum_interval(data, row.wires, 0);
  if (!sums.ok()) return Error{sums.error().code, sums.error().message, where};
  // A side beyond the reachable sums becomes one step beyond them: just as impossible, never large.
  row.min = std::clamp(min.value_or(sums->low), sums->low, sums->high + 1);
  row.max = std::clamp(max.value_or(sums->high), sums->low - 1, sums->high);
  return row;
}

// Fixes the high bits in which all values of a range agree: engines count the bits that are free.  False
// where the range holds no value of the word, or a bit is fixed to another value.
bool fix_shared_bits(Circuit::Data& data, const DomainSpec::Range& range) {
  const auto index = static_cast<std::size_t>(range.word);
  const InputWord& word = data.inputs[index];
  const Circuit::Interval all = word_range(word);
  const auto low = static_cast<std::uint64_t>(std::max(range.low, all.low));
  const auto high = static_cast<std::uint64_t>(std::min(range.high, all.high));
  if (range.low > all.high || range.high < all.low) return false;
  // Where the signs differ so does the top bit; else two's complement is in the order of the values.
  for (int j = word.bits - 1; j >= 0 && (low >> j & 1U) == (high >> j & 1U); --j) {
    if (!fix_bit(data, data.first_bit[index] + static_cast<std::size_t>(j), (low >> j & 1U) != 0)) {
      return false;
    }
  }
  return true;
}

Result<void> add_ranges(Circuit::Data& data) {
  for (const DomainSpec::Range& range : data.domain.range) {
    const Source source = Source::word(range.word);
    if (!reads_input(data, source))
      return bad("names something that is not an input", "domain.range");
    const std::string where = "domain.range." + base::quoted(source_name(data, source));
    if (range.low > range.high)
      return bad("the range is empty: its ends are the wrong way round", where);
    const WrittenWire wire{source, 1};
    auto row = linear_row(data, {&wire, 1}, range.low, range.high, where);
    if (!row.ok()) return row.error();
    data.domain_rows.push_back(*std::move(row));
    if (!fix_shared_bits(data, range)) return no_input();
  }
  return {};
}

Result<void> add_linear(Circuit::Data& data) {
  for (std::size_t i = 0; i < data.domain.linear.size(); ++i) {
    const LinearCondition& condition = data.domain.linear[i];
    const std::string where = numbered("domain.linear", i);
    if (!condition.min && !condition.max) return bad("needs \"min\" or \"max\"", where);
    auto row = linear_row(data, condition.wires, condition.min, condition.max, where);
    if (!row.ok()) return row.error();
    data.domain_rows.push_back(*std::move(row));
  }
  return {};
}

// distance = sum over bits of (center ? 1 - x : x) <= radius.
Result<void> add_hamming(Circuit::Data& data) {
  if (!data.domain.hamming) return {};
  const auto& [center, radius] = *data.domain.hamming;
  if (center.size() != data.bit_count) {
    return bad("the center has " + std::to_string(center.size()) + " bits, the circuit " +
                   std::to_string(data.bit_count),
               "domain.hamming");
  }
  if (radius < 0) return bad("the radius must not be negative", "domain.hamming");
  DomainRow row;
  std::int64_t ones = 0;
  for (std::size_t bit = 0; bit < center.size(); ++bit) {
    row.wires.push_back({static_cast<Node>(bit), center[bit] != 0 ? -1 : 1});
    ones += center[bit] != 0 ? 1 : 0;
  }
  row.min = -ones;
  row.max = std::min(radius, static_cast<std::int64_t>(center.size())) - ones;
  data.domain_rows.push_back(std::move(row));
  return {};
}

// Puts the fixed bits into the rows; drops rows that always hold.  False: some row never holds.
bool simplify_rows(Circuit::Data& data) {
  std::vector<DomainRow> kept;
  for (DomainRow& row : data.domain_rows) {
    std::int64_t fixed = 0, low = 0, high = 0;
    std::erase_if(row.wires, [&](const Wire& wire) {
      const std::int8_t value = data.fixed_bits[wire.source];
      if (value == 1) fixed += wire.weight;
      if (value < 0) (wire.weight < 0 ? low : high) += wire.weight;
      return value >= 0;
    });
    // Sums, min and max all lie within 2^62 + 1 of zero (linear_row): no subtraction can wrap.
    row.min -= fixed;
    row.max -= fixed;
    if (row.min > high || row.max < low || row.min > row.max) return false;
    if (row.min > low || row.max < high) kept.push_back(std::move(row));
  }
  data.domain_rows = std::move(kept);
  return true;
}

// Depth-first search for one input of the domain.
class ExampleSearch {
 public:
  explicit ExampleSearch(Circuit::Data& data) : data_(data), uses_(data.bit_count) {
    std::vector<std::int64_t> weight(data.bit_count);
    for (std::size_t r = 0; r < data.domain_rows.size(); ++r) {
      Reach reach;
      for (const Wire& wire : data.domain_rows[r].wires) {
        (wire.weight < 0 ? reach.low : reach.high) += wire.weight;
        uses_[wire.source].push_back({static_cast<Node>(r), wire.weight});
        weight[wire.source] = std::max(weight[wire.source], std::abs(wire.weight));
      }
      reach_.push_back(reach);
    }
    for (std::size_t bit = 0; bit < data.bit_count; ++bit) {
      if (!uses_[bit].empty()) order_.push_back(bit);
    }
    std::ranges::stable_sort(order_, std::greater{}, [&](std::size_t bit) { return weight[bit]; });
    data_.example_input.assign(data.bit_count, 0);
    for (std::size_t bit = 0; bit < data.bit_count; ++bit) {
      data_.example_input[bit] = data.fixed_bits[bit] == 1 ? 1 : 0;
    }
  }

  Result<void> run() {
    std::vector<std::uint8_t> tried(order_.size() + 1, 0);  // values tried at each depth: 0, 1, 2
    std::size_t depth = 0;
    for (std::size_t steps = 0; depth < order_.size(); ++steps) {
      if (steps == search_steps) {
        return Error{ErrorCode::limit,
                     "no input that satisfies all conditions was found in " +
                         std::to_string(search_steps) + " steps; use fewer linear conditions",
                     "domain"};
      }
      if (tried[depth] == 2) {
        if (depth == 0) return no_input();
        tried[depth--] = 0;
        unassign(order_[depth]);
        continue;
      }
      const std::uint8_t value = tried[depth]++;
      if (assign(order_[depth], value)) ++depth;
    }
    return {};
  }

 private:
  struct Reach {
    std::int64_t low = 0, high = 0;
  };

  void shift(std::size_t bit, std::uint8_t value, std::int64_t direction) {
    for (const Wire& use : uses_[bit]) {
      Reach& reach = reach_[use.source];
      const bool raises_low = (value != 0) == (use.weight > 0);
      (raises_low ? reach.low : reach.high) +=
          direction * (use.weight > 0 ? use.weight : -use.weight) * (raises_low ? 1 : -1);
    }
  }

  // Sets the bit if every row can still be satisfied.
  bool assign(std::size_t bit, std::uint8_t value) {
    shift(bit, value, 1);
    data_.example_input[bit] = value;
    for (const Wire& use : uses_[bit]) {
      const DomainRow& row = data_.domain_rows[use.source];
      if (reach_[use.source].high < row.min || reach_[use.source].low > row.max) {
        unassign(bit);
        return false;
      }
    }
    return true;
  }

  void unassign(std::size_t bit) {
    shift(bit, data_.example_input[bit], -1);
    data_.example_input[bit] = 0;
  }

  Circuit::Data& data_;
  std::vector<std::vector<Wire>> uses_;  // of each bit: (row, weight)
  std::vector<Reach> reach_;             // of each row, given the bits set so far
  std::vector<std::size_t> order_;
};

}  // namespace

Result<void> compile_domain(Circuit::Data& data) {
  data.fixed_bits.assign(data.bit_count, -1);
  data.domain_rows.clear();
  for (const DomainSpec::Fix& fix : data.domain.fix) {
    if (auto applied = apply_fix(data, fix); !applied.ok()) return applied;
  }
  for (const auto add : {add_ranges, add_linear, add_hamming}) {
    if (auto added = add(data); !added.ok()) return added;
  }
  if (!simplify_rows(data)) return no_input();
  return ExampleSearch(data).run();
}

}  // namespace gatelight::circuit
