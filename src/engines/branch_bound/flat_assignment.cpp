// SPDX-License-Identifier: Apache-2.0
//
// Local search in vectors.
//
// Problem   Annealing rejects most moves.  Flipping a bit, following what changes and flipping it back takes
//           microseconds, most of it in lists of readers.
// Idea      Every node has a dense column of weights over all gates.  A proposal adds columns to a copy of the
//           sums; level by level the outputs are compared with the old ones, and gates that changed
//           add their columns.  Rejecting costs nothing.  The loops are plain; the compiler makes
//           vectors of them, for several instruction sets.
// Why       A gate reads lower levels only, so when a level is reached its sums are final.  All numbers are
//           32 bits wide: of() refuses networks whose sums, costs or merits could exceed that.
//           Where the same gates stay silent for long, weights make them worth more than others until an input is
//           found on which they fire; others take their place, and so the search does not come to rest.
// Cost      O(places) a proposal, 16 a cycle or so.
// Limits    Dense tables: nodes * places up to 2^22.
// Tested by tests/unit/engines/branch_bound/assignment_test.cpp
#include "engines/branch_bound/flat_assignment.hpp"

#include <algorithm>
#include <cmath>

#include "engines/branch_bound/assignment.hpp"

// Features rather than names of processors: a clone for "arch=haswell" is taken on that model only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GATELIGHT_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GATELIGHT_CLONES
#endif

namespace gatelight::engines::branch_bound {
namespace {

constexpr std::size_t lanes = 16;
constexpr std::size_t most_entries = std::size_t{1} << 22;
constexpr std::int64_t most_sum = std::int64_t{1} << 29;
// Of all gates together, without weights.
constexpr std::int64_t most_merit = std::int64_t{1} << 28;
// Of a gate, at each weighing, if it is silent; and how much of what exceeds 1 is kept.
constexpr double weight_gain = 0.02, weight_kept = 0.985;
static_assert(1 + weight_gain * weight_kept / (1 - weight_kept) < 4, "merits fit 30 bits");
constexpr double most_unit = 1 << 20;
constexpr std::int32_t least_slope = 16;  // less would be rounded too roughly

using Numbers = std::int32_t*;
using Given = const std::int32_t*;

GATELIGHT_CLONES
void add_column(Numbers sums, Given column, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; i += lanes) {
    for (std::size_t j = i; j < i + lanes; ++j) sums[j] += column[j];
  }
}

GATELIGHT_CLONES
void subtract_column(Numbers sums, Given column, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; i += lanes) {
    for (std::size_t j = i; j < i + lanes; ++j) sums[j] -= column[j];
  }
}

// fired = 1 where the sum reaches the threshold.  Returns whether anything differs from before.
GATELIGHT_CLONES
bool fire(Given sums, Given threshold, Given before, Numbers fired, std::size_t first,
          std::size_t last) {
  std::int32_t differs = 0;
  for (std::size_t i = first; i < last; i += lanes) {
    for (std::size_t j = i; j < i + lanes; ++j) {
      fired[j] = sums[j] >= threshold[j] ? 1 : 0;
      differs |= fired[j] ^ before[j];
    }
  }
  return differs != 0;
}

struct Worth {
  std::int32_t merit = 0, value = 0;
};

GATELIGHT_CLONES
Worth worth(Given sums, Given threshold, Given price, Given range, Given slope, Given shift,
            Given cost, std::size_t places) {
  std::int32_t merit = 0, value = 0;
  for (std::size_t i = 0; i < places; i += lanes) {
    for (std::size_t j = i; j < i + lanes; ++j) {
      const std::int32_t above = sums[j] - threshold[j];
      std::int32_t near = above + range[j];
      near = near < 0 ? 0 : near;
      near = near > range[j] ? range[j] : near;
      const std::int32_t firing = above >= 0 ? -1 : 0;
      std::int32_t guidance = near * slope[j] - shift[j];
      guidance = guidance < 0 ? 0 : guidance;
      merit += (price[j] & firing) | (guidance & ~firing);
      value += cost[j] & firing;
    }
  }
  return {merit, value};
}

}  // namespace

// A network that it can stand for: see of().
bool FlatAssignment::describe(const Network& network, RowId gate, std::size_t place) {
  const Row& row = network.row(gate);
  if (row.low < -most_sum || row.high > most_sum) return false;
  if (row.silent_low > row.low && row.silent_low <= row.silent_high) return false;
  const bool always = row.silent_low > row.silent_high || row.silent_high < row.low;
  const std::int64_t threshold = always ? row.low : std::min(row.silent_high + 1, row.high + 1);
  const bool may_fire = threshold <= row.high;
  if (may_fire && network.activate(gate, threshold) != network.activate(gate, row.high))
    return false;
  threshold_[place] = static_cast<std::int32_t>(threshold);
  cost_[place] = static_cast<std::int32_t>(row.cost);
  const double price = static_cast<double>(row.cost) / network.mean_cost();
  price_[place] = static_cast<std::int32_t>(price * unit_);
  if (!may_fire || row.cost == 0) return true;
  const double range = guidance_range(network, gate), peak = verge_share * price * unit_;
  if (range < 1) return true;
  if (range > static_cast<double>(most_sum)) return false;
  range_[place] = static_cast<std::int32_t>(std::ceil(range));
  slope_[place] = static_cast<std::int32_t>(peak / range);
  shift_[place] = range_[place] * slope_[place] - static_cast<std::int32_t>(slope_[place] * range);
  return slope_[place] >= least_slope;
}

bool FlatAssignment::lay_out(const Network& network) {
  const std::size_t bits = network.bit_count(), nodes = bits + network.gate_count();
  std::vector<std::vector<RowId>> by_level(network.level_count());
  for (RowId row = 0; row < network.row_count(); ++row) {
    if (!network.is_gate(row)) return false;
    if (network.row(row).relevant) by_level[network.row(row).level].push_back(row);
  }
  std::vector<std::size_t> place_of(nodes, 0);
  for (const auto& gates : by_level) {
    if (gates.empty()) continue;
    const Level level{places_, places_ + (gates.size() + lanes - 1) / lanes * lanes};
    levels_.push_back(level);
    node_at_.resize(level.last, nodes);
    for (std::size_t i = 0; i < gates.size(); ++i) {
      place_of[network.node_of(gates[i])] = level.first + i;
      node_at_[level.first + i] = network.node_of(gates[i]);
    }
    places_ = level.last;
  }
  if (places_ == 0 || nodes * places_ > most_entries) return false;
  if (network.total_cost() >= most_sum) return false;
  for (auto* list : {&price_, &range_, &slope_, &shift_, &cost_, &fired_, &new_fired_})
    list->assign(places_, 0);
  threshold_.assign(places_, INT32_MAX / 2);  // padding never fires
  sums_.assign(places_, 0);
  weight_.assign(places_, 1);
  const double all = static_cast<double>(network.total_cost()) / network.mean_cost();
  unit_ = std::min(most_unit, std::floor(static_cast<double>(most_merit) / std::max(all, 1.0)));
  columns_.assign(nodes * places_, 0);
  first_reader_.assign(nodes, places_);
  for (std::size_t place = 0; place < places_; ++place) {
    if (node_at_[place] == nodes) continue;
    const auto gate = static_cast<RowId>(node_at_[place] - bits);
    if (!describe(network, gate, place)) return false;
    std::int64_t sum = network.row(gate).low, size = 0;  // with all bits and gates at 0
    for (const Wire& wire : network.wires(gate)) {
      const Circuit::Interval range = network.circuit().node_range(wire.source);
      const std::int64_t step = wire.source < bits ? 1 : range.high;  // described before: 0 or this
      sum -= wire.weight * (wire.weight > 0 ? range.low : range.high);
      size += std::abs(wire.weight * step);
      if (size > most_sum) return false;
      columns_[wire.source * places_ + place] = static_cast<std::int32_t>(wire.weight * step);
      std::size_t& first = first_reader_[wire.source];
      first = std::min(first, place / lanes * lanes);
    }
    if (std::abs(sum) > most_sum) return false;
    sums_[place] = static_cast<std::int32_t>(sum);
  }
  plain_price_ = price_;
  plain_slope_ = slope_;
  plain_shift_ = shift_;
  return true;
}

std::optional<FlatAssignment> FlatAssignment::of(const Network& network, const InputBits& bits) {
  FlatAssignment flat;
  if (!flat.lay_out(network)) return std::nullopt;
  flat.bits_.assign(network.bit_count(), 0);
  flat.new_sums_ = flat.sums_;
  flat.settle();
  flat.accept();
  for (Node bit = 0; bit < bits.size(); ++bit) flat.set(bit, bits[bit] != 0);
  return flat;
}

void FlatAssignment::add(std::size_t node, bool rises) {
  const std::int32_t* column = columns_.data() + node * places_;
  (rises ? add_column : subtract_column)(new_sums_.data(), column, first_reader_[node], places_);
}

// Outputs, merit and value for new_sums_, in which the bits are counted.
void FlatAssignment::settle() {
  for (const Level& level : levels_) {
    if (!fire(new_sums_.data(), threshold_.data(), fired_.data(), new_fired_.data(), level.first,
              level.last))
      continue;
    for (std::size_t place = level.first; place < level.last; ++place) {
      if (new_fired_[place] != fired_[place]) add(node_at_[place], new_fired_[place] != 0);
    }
  }
  const Worth now = worth(new_sums_.data(), threshold_.data(), price_.data(), range_.data(),
                          slope_.data(), shift_.data(), cost_.data(), places_);
  new_merit_ = now.merit / unit_;
  new_value_ = now.value;
}

double FlatAssignment::propose(std::span<const Node> flips) {
  flips_.assign(flips.begin(), flips.end());
  std::ranges::copy(sums_, new_sums_.begin());
  for (const Node bit : flips) add(bit, bits_[bit] == 0);
  settle();
  return new_merit_;
}

void FlatAssignment::accept() {
  for (const Node bit : flips_) bits_[bit] ^= 1;
  flips_.clear();
  std::swap(sums_, new_sums_);
  std::swap(fired_, new_fired_);
  merit_ = new_merit_;
  value_ = new_value_;
}

// The merit of the current input changes with the weights.
void FlatAssignment::weigh(double scale) {
  for (std::size_t place = 0; place < places_; ++place) {
    const double weight = weight_[place] * scale;
    const auto times = [weight](std::int32_t plain) {
      return static_cast<std::int32_t>(weight * plain);
    };
    price_[place] = times(plain_price_[place]);
    slope_[place] = times(plain_slope_[place]);
    shift_[place] = times(plain_shift_[place]);
  }
  std::ranges::copy(sums_, new_sums_.begin());
  settle();
  merit_ = new_merit_;
}

void FlatAssignment::weigh_silent_gates() {
  double sum = 0, gates = 0;
  for (std::size_t place = 0; place < places_; ++place) {
    if (cost_[place] == 0) continue;
    double& weight = weight_[place];
    if (fired_[place] == 0) weight += weight_gain;
    weight = 1 + (weight - 1) * weight_kept;
    sum += weight;
    ++gates;
  }
  if (gates > 0) weigh(gates / sum);
}

void FlatAssignment::forget_weights() {
  weight_.assign(places_, 1);
  weigh(1);
}

void FlatAssignment::set(Node bit, bool value) {
  if ((bits_[bit] != 0) == value) return;
  propose({&bit, 1});
  accept();
}

}  // namespace gatelight::engines::branch_bound
