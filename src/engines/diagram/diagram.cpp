// SPDX-License-Identifier: Apache-2.0
//
// Compiling a diagram, level by level.
//
// Problem   All states, without visiting inputs one by one.
// Idea      From each state of a level, both values of the next bit; equal successors are one state, found
//           by hashing.  Only two levels of states are in memory at a time, of the others just the edges.
//           The best total of a path to each state is kept along, so that an unfinished diagram still
//           bounds the maximum: the best path to a state plus all that it could still gain.
// Why       Equal states have equal futures (state.cpp), so the paths of the diagram are the inputs of the
//           domain, with their totals.
// Cost      O(states * (forms + wires of what changes)) time.  The number of states is the question: a
//           parity of n bits has 2n, most dense networks exponentially many.
// Source    decision diagrams: R. Bryant, Graph-based algorithms for Boolean function manipulation, 1986.
// Tested by tests/unit/engines/diagram/diagram_test.cpp
#include "engines/diagram/diagram.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>
#include <unordered_map>

#include "engines/diagram/state.hpp"
#include "engines/diagram/sum_sets.hpp"

namespace gatelight::engines::diagram {
namespace {

std::uint64_t hash_of(const unsigned char* key, std::size_t bytes) {
  std::uint64_t hash = bytes;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key + at, 8);
    mix(word);
  }
  std::uint64_t last = 0;
  if (at < bytes) std::memcpy(&last, key + at, bytes - at);
  mix(last);
  return hash;
}

// Numbers of a row as integers of 2, 4 or 8 bytes, the least of which stands for a dead form.
template <class Number>
void pack(const std::int64_t* row, std::size_t size, unsigned char* to) {
  for (std::size_t i = 0; i < size; ++i, to += sizeof(Number)) {
    const Number number =
        row[i] == States::dead ? std::numeric_limits<Number>::min() : static_cast<Number>(row[i]);
    std::memcpy(to, &number, sizeof(Number));
  }
}
template <class Number>
void unpack(const unsigned char* from, std::size_t size, std::int64_t* row) {
  for (std::size_t i = 0; i < size; ++i, from += sizeof(Number)) {
    Number number = 0;
    std::memcpy(&number, from, sizeof(Number));
    row[i] = number == std::numeric_limits<Number>::min() ? States::dead : number;
  }
}

std::size_t number_bytes(const States& states) {
  const std::int64_t largest = states.largest_number();
  if (largest <= std::numeric_limits<std::int16_t>::max()) return 2;
  return largest <= std::numeric_limits<std::int32_t>::max() ? 4 : 8;
}

// The states of a level: packed rows, and a hash table over their keys.
class StateTable {
 public:
  explicit StateTable(const States& states) : numbers_(states.row_size()), places_(1024, empty) {
    width_ = number_bytes(states);
    key_bytes_ = states.key_size() * width_;
    row_bytes_ = states.row_size() * width_;
    packed_.resize(row_bytes_);
  }

  // The number of the state with the row's key, which is added where it is new.
  std::uint32_t find_or_add(const std::int64_t* row) {
    if (2 * (count_ + 1) > places_.size()) grow();
    if (width_ == 2) pack<std::int16_t>(row, numbers_, packed_.data());
    if (width_ == 4) pack<std::int32_t>(row, numbers_, packed_.data());
    if (width_ == 8) pack<std::int64_t>(row, numbers_, packed_.data());
    std::uint32_t& place = places_[place_of(packed_.data())];
    if (place == empty) {
      place = static_cast<std::uint32_t>(count_++);
      rows_.insert(rows_.end(), packed_.begin(), packed_.end());
    }
    return place;
  }

  void read(std::size_t state, std::int64_t* row) const {
    const unsigned char* from = rows_.data() + state * row_bytes_;
    if (width_ == 2) unpack<std::int16_t>(from, numbers_, row);
    if (width_ == 4) unpack<std::int32_t>(from, numbers_, row);
    if (width_ == 8) unpack<std::int64_t>(from, numbers_, row);
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t bytes() const {
    return rows_.capacity() + places_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t empty = ~std::uint32_t{0};

  // Where the key stands, or the empty place where it would.
  [[nodiscard]] std::size_t place_of(const unsigned char* key) const {
    std::size_t at = hash_of(key, key_bytes_) & (places_.size() - 1);
    while (places_[at] != empty && !equal(rows_.data() + places_[at] * row_bytes_, key)) {
      at = (at + 1) & (places_.size() - 1);
    }
    return at;
  }
  [[nodiscard]] bool equal(const unsigned char* one, const unsigned char* other) const {
    return key_bytes_ == 0 || std::memcmp(one, other, key_bytes_) == 0;
  }

  void grow() {
    places_.assign(2 * places_.size(), empty);
    for (std::size_t state = 0; state < count_; ++state) {
      places_[place_of(rows_.data() + state * row_bytes_)] = static_cast<std::uint32_t>(state);
    }
  }

  std::size_t numbers_, width_ = 8, key_bytes_ = 0, row_bytes_ = 0;
  std::size_t count_ = 0;
  std::vector<unsigned char> rows_, packed_;
  std::vector<std::uint32_t> places_;
};

}  // namespace

class Compiler {
 public:
  Compiler(const Forms& forms, std::span<const std::uint32_t> order, const CompileLimits& limits)
      : limits_(limits),
        states_(forms),
        sets_(sum_sets(forms, order)),
        objectives_(forms.base.size()) {
    diagram_.order_.assign(order.begin(), order.end());
    diagram_.root_gains_ = forms.base;
  }

  Compiled run() {
    Rest rest = states_.all_unassigned();
    StateTable level(states_);
    std::vector<std::int64_t> row(states_.row_size());
    diagram_.widths_.push_back(0);
    if (states_.start(rest, row.data(), diagram_.root_gains_.data())) {
      level.find_or_add(row.data());
      diagram_.widths_[0] = 1;
    }
    best_ = diagram_.root_gains_;
    for (std::size_t t = 0; t < diagram_.order_.size(); ++t) {
      Rest after = rest;
      states_.assign(after, diagram_.order_[t]);
      StateTable next(states_);
      if (!expand(t, level, rest, after, next)) return unfinished(t, level, rest);
      level = std::move(next);
      rest = std::move(after);
      diagram_.widths_.push_back(level.count());
    }
    Compiled compiled;
    compiled.nodes = diagram_.nodes();
    compiled.diagram = std::move(diagram_);
    return compiled;
  }

 private:
  // False: a limit was reached.
  bool expand(std::size_t t, const StateTable& level, const Rest& rest, const Rest& after,
              StateTable& next) {
    States::Move move{diagram_.order_[t], &rest, &after, sets_.empty() ? nullptr : &sets_[t + 1]};
    std::vector<std::uint32_t>& children = diagram_.children_.emplace_back();
    std::vector<std::int64_t>& gains = diagram_.gains_.emplace_back();
    std::vector<std::int64_t> best, from(states_.row_size()), row(from), gain(objectives_);
    for (std::size_t node = 0; node < level.count(); ++node) {
      level.read(node, from.data());
      for (const bool value : {false, true}) {
        std::ranges::fill(gain, 0);
        std::uint32_t child = Diagram::nowhere;
        if (states_.step(move, from.data(), value, row.data(), gain.data())) {
          child = next.find_or_add(row.data());
          best.resize(next.count() * objectives_, -1);
          for (std::size_t i = 0; i < objectives_; ++i) {
            best[child * objectives_ + i] =
                std::max(best[child * objectives_ + i], best_[node * objectives_ + i] + gain[i]);
          }
        }
        children.push_back(child);
        gains.insert(gains.end(), gain.begin(), gain.end());
      }
      if (node % nodes_between_checks != 0) continue;
      report(t, next.count());
      if (limit_reached(level, next)) return false;
    }
    edge_bytes_ += children.capacity() * sizeof(children[0]) + gains.capacity() * sizeof(gains[0]);
    nodes_ += next.count();
    best_ = std::move(best);
    return true;
  }

  bool limit_reached(const StateTable& level, const StateTable& next) {
    const std::size_t edges = diagram_.children_.back().capacity() * sizeof(std::uint32_t) +
                              diagram_.gains_.back().capacity() * sizeof(std::int64_t);
    if (edge_bytes_ + edges + level.bytes() + next.bytes() > limits_.bytes) {
      stop_ = Compiled::Stop::memory;
    } else if (nodes_ + next.count() > limits_.nodes) {
      stop_ = Compiled::Stop::nodes;
    } else if (deadline_.expired()) {
      stop_ = Compiled::Stop::time;
    }
    return stop_ != Compiled::Stop::none;
  }

  void report(std::size_t t, std::size_t more) {
    if (limits_.limits == nullptr || !limits_.limits->progress) return;
    const double now = deadline_.elapsed();
    if (now < next_report_) return;
    next_report_ = now + seconds_between_reports;
    Progress progress;
    progress.seconds = now;
    progress.nodes = nodes_ + more;
    progress.done = static_cast<double>(t) / static_cast<double>(diagram_.order_.size());
    progress.lower = limits_.lower;
    limits_.limits->progress(progress);
  }

  // Every input passes through a state of the last complete level.
  Compiled unfinished(std::size_t t, const StateTable& level, const Rest& rest) const {
    Compiled compiled;
    compiled.stop = stop_;
    compiled.level = t;
    compiled.width = level.count();
    compiled.nodes = nodes_;
    compiled.upper.assign(objectives_, 0);
    std::vector<std::int64_t> row(states_.row_size());
    for (std::size_t node = 0; node < level.count(); ++node) {
      level.read(node, row.data());
      for (std::size_t i = 0; i < objectives_; ++i) {
        compiled.upper[i] = std::max(compiled.upper[i], best_[node * objectives_ + i] +
                                                            states_.potential(row.data(), rest, i));
      }
    }
    return compiled;
  }

  static constexpr std::size_t nodes_between_checks = 64;
  static constexpr double seconds_between_reports = 0.2;

  CompileLimits limits_;
  States states_;
  std::vector<std::vector<SumSet>> sets_;
  std::size_t objectives_;
  Deadline deadline_{limits_.limits != nullptr ? *limits_.limits : Limits{}};
  Diagram diagram_;
  std::vector<std::int64_t> best_;  // of the current level: [node * objectives + i]
  std::size_t edge_bytes_ = 0, nodes_ = 1;
  Compiled::Stop stop_ = Compiled::Stop::none;
  double next_report_ = seconds_between_reports;
};

std::size_t Diagram::nodes() const {
  return std::accumulate(widths_.begin(), widths_.end(), std::size_t{0});
}

namespace {

// One level of a diagram while it is reduced.
struct ReducedLevel {
  std::vector<std::uint32_t> children, numbers;  // of kept nodes; where each old node went
  std::vector<std::int64_t> gains;
  std::vector<std::int64_t> offsets;  // of old nodes: [node * objectives + i], moved up
  std::size_t width = 0;
};

}  // namespace

void Diagram::reduce() {
  const std::size_t each = objectives();
  ReducedLevel below;
  below.numbers.assign(widths_.back(), 0);
  below.offsets.assign(widths_.back() * each, 0);
  for (std::size_t level = order_.size(); level-- > 0;) {
    ReducedLevel here;
    std::unordered_map<std::string, std::uint32_t> known;
    here.numbers.assign(widths_[level], nowhere);
    here.offsets.assign(widths_[level] * each, 0);
    for (std::size_t node = 0; node < widths_[level]; ++node) {
      std::uint32_t* child = &children_[level][2 * node];
      std::int64_t* gain = &gains_[level][2 * node * each];
      for (std::size_t value = 0; value < 2; ++value) {
        if (child[value] == nowhere) continue;
        for (std::size_t i = 0; i < each; ++i) {
          gain[value * each + i] += below.offsets[child[value] * each + i];
        }
        child[value] = below.numbers[child[value]];
      }
      if (child[0] == nowhere && child[1] == nowhere) continue;
      // The first edge gains nothing; what it gained is gained on the way to this node.
      const std::size_t first = child[0] != nowhere ? 0 : each;
      for (std::size_t i = 0; i < each; ++i) {
        here.offsets[node * each + i] = gain[first + i];
        gain[i] = child[0] != nowhere ? gain[i] - here.offsets[node * each + i] : 0;
        gain[each + i] = child[1] != nowhere ? gain[each + i] - here.offsets[node * each + i] : 0;
      }
      std::string key(reinterpret_cast<const char*>(child), 2 * sizeof(*child));
      key.append(reinterpret_cast<const char*>(gain), 2 * each * sizeof(*gain));
      const auto [found, added] =
          known.try_emplace(std::move(key), static_cast<std::uint32_t>(known.size()));
      here.numbers[node] = found->second;
      if (!added) continue;
      here.children.insert(here.children.end(), child, child + 2);
      here.gains.insert(here.gains.end(), gain, gain + 2 * each);
    }
    children_[level] = std::move(here.children);
    gains_[level] = std::move(here.gains);
    widths_[level] = known.size();
    below = std::move(here);
  }
  for (std::size_t i = 0; i < each && widths_[0] != 0; ++i) root_gains_[i] += below.offsets[i];
}

std::size_t bytes_a_state(const Forms& forms) {
  const States states(forms);
  // Its row, twice as capacity grows, its places in the hash table, its edges and best totals.
  return 2 * states.row_size() * number_bytes(states) + 8 * sizeof(std::uint32_t) +
         2 * sizeof(std::uint32_t) + 3 * sizeof(std::int64_t) * forms.base.size();
}

Compiled compile(const Forms& forms, std::span<const std::uint32_t> order,
                 const CompileLimits& limits) {
  return Compiler(forms, order, limits).run();
}

}  // namespace gatelight::engines::diagram
