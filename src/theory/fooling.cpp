// SPDX-License-Identifier: Apache-2.0
//
// How many gates a circuit needs in which never more than one fires.
//
// Problem   A threshold circuit of energy 1 and size s says that the ones of f are all inputs of the cube in s
//           halfspaces.  How large is s at least?
// Idea      Two zeros z, z' are LINKED if ones p, q exist with p + q = z + z': a halfspace with p and q in it holds one of
//           z, z'.  In a set of pairwise linked zeros each needs a halfspace of its own.  Ones p, q like these agree
//           with z and z' where these agree, and are opposite where they differ: so it is the same question for all
//           opposite corners of one subcube.  Answer it for the 3^n subcubes, then look for a large clique: greedily,
//           and by branching with colourings as bounds.
// Why       docs/explanation/bounds.md, theorem 6.  What is found is checked again, pair by pair, from the values.
// Cost      4^n steps for the subcubes, n the bits that f depends on, 12 at most; the clique exponential at worst, so
//           that it stops at a limit.
// Tested by tests/unit/theory/fooling_test.cpp
#include <algorithm>
#include <bit>

#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_bits = 12;
constexpr std::uint64_t most_steps = std::uint64_t{1}
                                     << 29;  // words of sets, where there is no limit

using Set = std::vector<std::uint64_t>;  // of vertices

// f as a table over the bits that it depends on.
class Table {
 public:
  explicit Table(const BooleanFunction& function)
      : function_(&function), bits_(function.bits().size()), ones_(std::size_t{1} << bits_) {
    for (std::uint32_t x = 0; x < ones_.size(); ++x) ones_[x] = function.value(input(x));
  }
  [[nodiscard]] std::size_t bits() const { return bits_; }
  [[nodiscard]] bool one(std::uint32_t x) const { return ones_[x]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(ones_.size()); }
  [[nodiscard]] InputBits input(std::uint32_t x) const {
    InputBits input(function_->inputs());
    for (std::size_t i = 0; i < bits_; ++i)
      input[function_->bits()[i]] = static_cast<std::uint8_t>(x >> i & 1U);
    return input;
  }
  // Opposite corners of a subcube that both are ones.
  [[nodiscard]] bool has_pair(std::uint32_t base, std::uint32_t directions) const {
    const std::uint32_t lowest = directions & (0 - directions);
    const std::uint32_t others = directions ^ lowest;
    for (std::uint32_t u = others;; u = (u - 1) & others) {
      if (ones_[base | u] && ones_[base | (directions ^ u)]) return true;
      if (u == 0) return false;
    }
  }

 private:
  const BooleanFunction* function_;
  std::size_t bits_;
  std::vector<bool> ones_;
};

// The zeros, and which of them are linked.
struct Graph {
  std::vector<std::uint32_t> zeros;
  std::vector<Set> linked;
};

Graph graph_of(const Table& table) {
  Graph graph;
  std::vector<std::uint32_t> place(table.size());
  for (std::uint32_t x = 0; x < table.size(); ++x) {
    place[x] = static_cast<std::uint32_t>(graph.zeros.size());
    if (!table.one(x)) graph.zeros.push_back(x);
  }
  graph.linked.assign(graph.zeros.size(), Set((graph.zeros.size() + 63) / 64));
  const std::uint32_t all = table.size() - 1;
  for (std::uint32_t directions = 1; directions <= all; ++directions) {
    const std::uint32_t rest = all & ~directions, lowest = directions & (0 - directions);
    for (std::uint32_t base = rest;; base = (base - 1) & rest) {
      if (table.has_pair(base, directions)) {
        const std::uint32_t others = directions ^ lowest;
        for (std::uint32_t u = others;; u = (u - 1) & others) {
          const std::uint32_t a = base | u, b = base | (directions ^ u);
          if (!table.one(a) && !table.one(b)) {
            graph.linked[place[a]][place[b] / 64] |= std::uint64_t{1} << place[b] % 64;
            graph.linked[place[b]][place[a] / 64] |= std::uint64_t{1} << place[a] % 64;
          }
          if (u == 0) break;
        }
      }
      if (base == 0) break;
    }
  }
  return graph;
}

std::size_t count(const Set& set) {
  std::size_t sum = 0;
  for (const std::uint64_t word : set) sum += static_cast<std::size_t>(std::popcount(word));
  return sum;
}

template <class Visit>
void for_each(const Set& set, const Visit& visit) {
  for (std::size_t w = 0; w < set.size(); ++w) {
    for (std::uint64_t word = set[w]; word != 0; word &= word - 1)
      visit(static_cast<std::uint32_t>(64 * w) +
            static_cast<std::uint32_t>(std::countr_zero(word)));
  }
}

class Cliques {
 public:
  Cliques(const Graph& graph, const Limits& limits) : graph_(graph), clock_(limits) {}

  void search() {
    Set all((graph_.zeros.size() + 63) / 64);
    for (std::uint32_t v = 0; v < graph_.zeros.size(); ++v)
      all[v / 64] |= std::uint64_t{1} << v % 64;
    greedy(all);
    std::vector<std::uint32_t> chosen;
    branch(chosen, all);
  }
  [[nodiscard]] const std::vector<std::uint32_t>& best() const { return best_; }
  [[nodiscard]] bool complete() const { return !stopped_; }

 private:
  // Always the vertex with the most linked ones left.
  void greedy(Set candidates) {
    std::vector<std::uint32_t> chosen;
    while (const std::size_t left = count(candidates)) {
      std::uint32_t most = 0;
      std::size_t degree = 0;
      bool any = false;
      for_each(candidates, [&](std::uint32_t v) {
        // Where all are linked to all, the first one will do.
        if (any && degree + 1 == left) return;
        const std::size_t here = count(meet(candidates, v));
        if (!any || here > degree) {
          most = v;
          degree = here;
        }
        any = true;
      });
      chosen.push_back(most);
      candidates = meet(candidates, most);
    }
    best_ = std::move(chosen);
  }

  [[nodiscard]] Set meet(const Set& set, std::uint32_t vertex) const {
    Set result = set;
    for (std::size_t w = 0; w < result.size(); ++w) result[w] &= graph_.linked[vertex][w];
    return result;
  }

  // The candidates by colours, no two of a colour being linked: at most so many are in one clique as colours
  // have come up to there.
  struct Coloured {
    std::vector<std::uint32_t> vertices;
    std::vector<std::size_t> colours;
  };
  Coloured coloured(Set candidates) {
    Coloured result;
    for (std::size_t colour = 1; count(candidates) != 0; ++colour) {
      Set free = candidates;
      while (true) {
        const auto word = std::ranges::find_if(free, [](std::uint64_t w) { return w != 0; });
        if (word == free.end()) break;
        const auto v = static_cast<std::uint32_t>(64 * (word - free.begin())) +
                       static_cast<std::uint32_t>(std::countr_zero(*word));
        result.vertices.push_back(v);
        result.colours.push_back(colour);
        candidates[v / 64] &= ~(std::uint64_t{1} << v % 64);
        *word &= *word - 1;
        for (std::size_t w = 0; w < free.size(); ++w) free[w] &= ~graph_.linked[v][w];
        steps_ += free.size();
      }
    }
    return result;
  }

  void branch(std::vector<std::uint32_t>& chosen, const Set& candidates) {
    if (chosen.size() > best_.size()) best_ = chosen;
    if (chosen.size() + count(candidates) <= best_.size()) return;
    const Coloured order = coloured(candidates);
    Set left = candidates;
    for (std::size_t i = order.vertices.size(); i-- > 0;) {
      if (chosen.size() + order.colours[i] <= best_.size()) return;
      stopped_ = stopped_ || steps_ > most_steps || clock_.expired();
      if (stopped_) return;
      const std::uint32_t v = order.vertices[i];
      chosen.push_back(v);
      branch(chosen, meet(left, v));
      chosen.pop_back();
      left[v / 64] &= ~(std::uint64_t{1} << v % 64);
    }
  }

  const Graph& graph_;
  Deadline clock_;
  std::vector<std::uint32_t> best_;
  std::uint64_t steps_ = 0;
  bool stopped_ = false;
};

}  // namespace

bool is_fooling_set(const BooleanFunction& function, const std::vector<InputBits>& zeros) {
  const std::vector<std::uint32_t>& bits = function.bits();
  GATELIGHT_REQUIRE(bits.size() <= most_bits, "a function of at most 12 bits");
  const Table table(function);
  std::vector<std::uint32_t> numbers;
  for (const InputBits& zero : zeros) {
    GATELIGHT_REQUIRE(zero.size() == function.inputs(), "an input has all bits");
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) number |= std::uint32_t{zero[bits[i]]} << i;
    if (table.one(number)) return false;
    numbers.push_back(number);
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const std::uint32_t directions = numbers[i] ^ numbers[j];
      if (directions == 0 || !table.has_pair(numbers[i] & numbers[j], directions)) return false;
    }
  }
  return true;
}

Result<FoolingSet> fooling_set(const BooleanFunction& function, const Limits& limits) {
  if (function.bits().size() > most_bits) {
    return Error{ErrorCode::unsupported, "depends on more than 12 bits", "the function"};
  }
  const Table table(function);
  const Graph graph = graph_of(table);
  Cliques cliques(graph, limits);
  cliques.search();
  FoolingSet result;
  result.largest = cliques.complete();
  for (const std::uint32_t v : cliques.best()) result.zeros.push_back(table.input(graph.zeros[v]));
  std::ranges::sort(result.zeros);
  GATELIGHT_REQUIRE(is_fooling_set(function, result.zeros), "a fooling set that fools nobody");
  return result;
}

}  // namespace gatelight
