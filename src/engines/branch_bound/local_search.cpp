// SPDX-License-Identifier: Apache-2.0
//
// Simulated annealing over the inputs of the domain.
//
// Problem   Find an input on which gates of large total cost fire.
// Idea      Flip a bit or two (or move a word), keep the change if the merit rises, or with
//           probability exp(change / temperature) if it falls; cool down; repeat from the last or the
//           best input, at other temperatures.  The number of firing gates alone is a landscape of
//           plateaus, so the merit also rewards silent gates for coming close to firing, and in half of the runs
//           gates that stay silent for long weigh more and more.
// Why       Nothing is proved here.  Every improvement goes through Incumbents::offer, which
//           evaluates it from scratch and checks the domain.
// Invariant The current input lies in the domain between moves: it starts at an input that does,
//           and a move that breaks a row is undone.  Bits that the domain fixes are never moved.
// Cost      O(readers of what changes) a move.
// Tested by tests/unit/engines/branch_bound/local_search_test.cpp
#include "engines/branch_bound/local_search.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "engines/branch_bound/assignment.hpp"
#include "engines/branch_bound/flat_assignment.hpp"

namespace gatelight::engines::branch_bound {
namespace {

// Temperatures, in units of the mean cost, and how many of 16 moves flip two bits at once.  No mix is best for
// all circuits, so that runs take turns.
struct Mix {
  double from;  // the temperature falls, or rises, from here to the coldest
  std::uint64_t pairs;
  bool refines;  // starts at the best input
  bool weighs;   // gates that stay silent
};
constexpr Mix mixes[] = {
    {0.5, 2, false, false}, {0.3, 8, false, true}, {0.5, 8, false, false}, {0.1, 8, true, true}};
constexpr double coldest = 0.15;
// With more bits there are more moves that cost little, so that it has to be colder.
constexpr double bits_of_mixes = 64;
constexpr double leaving = 1;  // the best input, where a search begins that is not the first
// Moves of a run: a part of what was asked for, as few long runs find what many short ones miss.
constexpr std::size_t least_moves_a_bit = 300, most_moves_a_bit = 2000;
constexpr std::size_t least_moves = 1000, most_moves = 2'000'000;
constexpr std::size_t moves_a_temperature = 64;
constexpr std::size_t moves_between_checks = 16;

// Runs without improvement before giving up.  With few bits the tree search is quicker.
constexpr std::size_t few_bits = 14;
constexpr std::size_t few_runs = 2;
constexpr std::size_t runs = 8;

struct Word {
  Node first = 0;
  int bits = 1;
};

// A walk of an Assignment: a proposal is made and taken back.
class Walk {
 public:
  Walk(const Network& network, const InputBits& bits) : input_(network, bits, true) {}
  double propose(std::span<const Node> flips) {
    flips_ = flips;
    for (const Node bit : flips) input_.flip(bit);
    return input_.merit();
  }
  [[nodiscard]] bool feasible() const { return input_.feasible(); }
  void accept() {}
  void reject() {
    for (const Node bit : flips_) input_.flip(bit);
  }
  void weigh_silent_gates() {}
  void forget_weights() {}
  void set(Node bit, bool value) { input_.set(bit, value); }
  [[nodiscard]] const InputBits& bits() const { return input_.bits(); }
  [[nodiscard]] double merit() const { return input_.merit(); }
  [[nodiscard]] std::int64_t value() const { return input_.value(); }

 private:
  Assignment input_;
  std::span<const Node> flips_;
};

// The same in vectors, where that is possible.
class FlatWalk : public FlatAssignment {
 public:
  explicit FlatWalk(FlatAssignment&& flat) : FlatAssignment(std::move(flat)) {}
  [[nodiscard]] static bool feasible() { return true; }
  static void reject() {}
};

template <class State>
class Annealer {
 public:
  Annealer(const Network& network, std::size_t objective, Incumbents& incumbents,
           const LocalSearchOptions& options, State start)
      : network_(network),
        objective_(objective),
        incumbents_(incumbents),
        options_(options),
        random_(options.seed),
        input_(std::move(start)),
        movable_(network.bit_count()) {
    const auto fixed = network.circuit().fixed_bits();
    for (Node bit = 0; bit < network.bit_count(); ++bit) movable_[bit] = fixed[bit] < 0 ? 1 : 0;
    const auto inputs = network.circuit().inputs();
    for (std::size_t w = 0; w < inputs.size(); ++w) {
      const auto first =
          static_cast<Node>(network.circuit().first_bit(InputId{static_cast<std::uint32_t>(w)}));
      if (inputs[w].bits > 1) words_.push_back({first, inputs[w].bits});
    }
  }

  void run() {
    const std::size_t bits = network_.free_bits().size();
    if (bits == 0) return;
    warmth_ = std::min(1.0, bits_of_mixes / static_cast<double>(bits));
    if (options_.moves > 0) {
      mix_ = mixes[options_.before % std::size(mixes)];
      anneal(options_.moves);
      return;
    }
    const std::size_t a_bit =
        std::clamp(options_.patience / runs / bits, least_moves_a_bit, most_moves_a_bit);
    const std::size_t moves = std::clamp(a_bit * bits, least_moves, most_moves);
    const std::size_t patience =
        bits <= few_bits ? few_runs : std::max(options_.patience / moves, least_runs(moves));
    std::size_t idle = 0;
    for (std::size_t round = 0; idle < patience; ++round) {
      const std::int64_t before = incumbents_.value(objective_);
      if (before >= options_.enough) return;
      mix_ = mixes[(options_.before + round) % std::size(mixes)];
      if (round == 0 && options_.before > 0 && !mix_.refines) mix_.from = leaving;
      if (!anneal(moves)) return;
      idle = incumbents_.value(objective_) > before ? 0 : idle + 1;
    }
  }

 private:
  // Of a search that begins anywhere: words need more than bits.  One run of many bits is long enough.
  [[nodiscard]] std::size_t least_runs(std::size_t moves) const {
    if (options_.before > 0 || moves > options_.patience) return 1;
    return words_.empty() ? few_runs + 1 : runs;
  }

  void return_to_best() {
    const InputBits best = incumbents_.witness(objective_);
    for (const Node bit : network_.free_bits()) input_.set(bit, best[bit] != 0);
  }

  // One run.  False: stopped.
  bool anneal(std::size_t moves) {
    const std::size_t steps = std::max<std::size_t>(moves / moves_a_temperature, 2);
    const double cooling = std::pow(coldest / mix_.from, 1.0 / static_cast<double>(steps));
    double temperature = mix_.from * warmth_;
    if (mix_.refines) return_to_best();
    input_.forget_weights();
    for (std::size_t step = 0; step < steps; ++step, temperature *= cooling) {
      for (std::size_t i = 0; i < moves_a_temperature; ++i) {
        if (i % moves_between_checks == 0 && options_.stop()) return false;
        try_move(temperature);
        if (input_.value() > incumbents_.value(objective_)) {
          incumbents_.offer(input_.bits());
          if (input_.value() >= options_.enough) return false;
        }
      }
      if (mix_.weighs) input_.weigh_silent_gates();
      if (options_.heartbeat) options_.heartbeat();
    }
    return true;
  }

  void try_move(double temperature) {
    choose_move();
    const double before = input_.merit();
    const double change = input_.propose(move_) - before;
    const bool keep =
        input_.feasible() && (change >= 0 || random_.unit() < std::exp(change / temperature));
    if (keep) {
      input_.accept();
    } else {
      input_.reject();
    }
  }

  Node any_bit() { return network_.free_bits()[random_.below(network_.free_bits().size())]; }

  void choose_move() {
    move_.clear();
    const std::uint64_t draw = random_.below(16);
    if (!words_.empty() && draw < 6 && choose_word_move(draw)) return;
    move_.push_back(any_bit());
    // Two flips at once cross thin walls: rows that fix a sum, gates that need both.
    if (draw >= 16 - mix_.pairs) {
      const Node other = any_bit();
      if (other != move_.front()) move_.push_back(other);
    }
  }

  // A new value for a whole word: one more, one less, or any.  False if a fixed bit is in the way.
  bool choose_word_move(std::uint64_t draw) {
    const Word word = words_[random_.below(words_.size())];
    std::uint64_t value = 0;
    for (int j = 0; j < word.bits; ++j) {
      value |= std::uint64_t{input_.bits()[word.first + static_cast<Node>(j)]} << j;
    }
    const std::uint64_t step = std::uint64_t{1}
                               << random_.below(static_cast<std::uint64_t>(word.bits));
    std::uint64_t next = random_();
    if (draw < 2) next = value + step;
    if (draw >= 2 && draw < 4) next = value - step;
    for (int j = 0; j < word.bits; ++j) {
      if (((value ^ next) >> j & 1U) == 0) continue;
      const Node bit = word.first + static_cast<Node>(j);
      if (movable_[bit] == 0) {
        move_.clear();
        return false;
      }
      move_.push_back(bit);
    }
    return !move_.empty();
  }

  const Network& network_;
  std::size_t objective_;
  Incumbents& incumbents_;
  const LocalSearchOptions& options_;
  base::Random random_;
  State input_;
  std::vector<std::uint8_t> movable_;
  std::vector<Word> words_;
  std::vector<Node> move_;
  Mix mix_ = mixes[0];
  double warmth_ = 1;
};

}  // namespace

void local_search(const Network& network, std::size_t objective, Incumbents& incumbents,
                  const LocalSearchOptions& options) {
  const InputBits start = incumbents.witness(objective);
  if (auto flat = FlatAssignment::of(network, start)) {
    Annealer<FlatWalk>(network, objective, incumbents, options, FlatWalk(*std::move(flat))).run();
  } else {
    Annealer<Walk>(network, objective, incumbents, options, Walk(network, start)).run();
  }
}

}  // namespace gatelight::engines::branch_bound
