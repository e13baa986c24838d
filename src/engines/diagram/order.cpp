// SPDX-License-Identifier: Apache-2.0
//
// Variable orders.
//
// Problem   The number of states depends on the order of the bits, from linear to exponential; equality of two
//           words needs three states a bit if their bits alternate, and 2^(n/2) if not.
// Idea      Try several orders and judge them by samples: follow some hundred random inputs, and count
//           how many different states they are in at each level.  Then sift: move one bit at a time to its
//           best place.  The states of a level depend on the set of bits before it, not on their order,
//           so moving a bit changes the levels in between only.
// Why       Any order is right.  Of N equally likely states, m samples meet about m^2 / 2N times, so even
//           numbers beyond m can be told apart.
// Cost      O(bits * samples) steps an order, as much again for each bit that is sifted.
// Source    R. Rudell, Dynamic variable ordering for ordered binary decision diagrams, 1993 (sifting);
//           F. Aloul, I. Markov, K. Sakallah, FORCE: a fast and easy-to-implement variable-ordering heuristic,
//           2003.
// Tested by tests/unit/engines/diagram/order_test.cpp
#include "engines/diagram/order.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_set>

#include "base/random.hpp"
#include "engines/diagram/state.hpp"

namespace gatelight::engines::diagram {
namespace {

using Order = std::vector<std::uint32_t>;

constexpr std::size_t samples = 256;  // to compare orders
constexpr std::size_t least_samples = 32;
constexpr std::size_t most_entries = std::size_t{1} << 23;  // of all rows of the samples together
constexpr std::size_t samples_a_look = 16;                  // at the clock
constexpr std::size_t many_samples = 4096;                  // to judge the one that was chosen
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double too_many_to_tell = 1e9;  // states of a level where no two samples met
constexpr double seconds_a_node = 3e-6;   // to compile one; sifting may take as long
constexpr double few_nodes = 10'000;      // need no better estimate
constexpr std::size_t few_bits = 10;      // whose diagram is small in any order
constexpr int force_rounds = 60;

// How many states there are, given that `count` samples were in `distinct` of them.
double estimated_states(std::size_t count, std::size_t distinct) {
  if (count == 0) return 0;
  const auto all = static_cast<double>(count);
  const auto meetings = static_cast<double>(count - distinct);
  if (2 * distinct <= count) return static_cast<double>(distinct);
  if (meetings == 0) return too_many_to_tell;
  return std::max(static_cast<double>(distinct), all * all / 2 / meetings);
}

// Random inputs on their way through the levels.
class Samples {
 public:
  Samples(States& states, std::uint64_t seed, std::size_t count = samples)
      : states_(&states), rest_(states.all_unassigned()), row_(states.row_size()) {
    base::Random random(seed);
    std::vector<std::int64_t> gains(states.forms().base.size());
    if (!states.start(rest_, row_.data(), gains.data())) return;
    // Of ten thousand gates a row is a megabyte: then fewer samples have to do.
    const std::size_t fitting = most_entries / std::max<std::size_t>(row_.size(), 1);
    count = std::clamp<std::size_t>(fitting, std::min(count, least_samples), count);
    rows_.reserve(count * row_.size());
    for (std::size_t i = 0; i < count; ++i) {
      rows_.insert(rows_.end(), row_.begin(), row_.end());
      auto& values = values_.emplace_back();
      for (std::size_t b = 0; b < states.forms().bits.size(); ++b) values.push_back(random.coin());
    }
  }

  // Assigns a bit in every sample; those that the domain allows neither value drop out.  False where the time was
  // up in between, after which nothing can be asked.
  template <class OutOfTime>
  [[nodiscard]] bool assign(std::uint32_t bit, const OutOfTime& out_of_time) {
    Rest after = rest_;
    states_->assign(after, bit);
    const States::Move move{bit, &rest_, &after, nullptr};
    std::vector<std::int64_t> gains(states_->forms().base.size());
    const std::size_t size = states_->row_size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      // A step through ten thousand gates takes a while.
      if (i % samples_a_look == 0 && out_of_time()) return false;
      const std::int64_t* from = rows_.data() + i * size;
      const bool wanted = values_[i][bit];
      std::ranges::fill(gains, 0);  // nobody asks for them, but all samples together would overflow
      if (!states_->step(move, from, wanted, row_.data(), gains.data()) &&
          !states_->step(move, from, !wanted, row_.data(), gains.data())) {
        continue;
      }
      std::ranges::copy(row_, rows_.begin() + static_cast<std::ptrdiff_t>(kept * size));
      if (kept != i) values_[kept] = std::move(values_[i]);
      ++kept;
    }
    values_.resize(kept);
    rows_.resize(kept * size);
    rest_ = std::move(after);
    return true;
  }

  [[nodiscard]] double states() const {
    std::unordered_set<std::string_view> distinct;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      distinct.emplace(reinterpret_cast<const char*>(rows_.data() + i * states_->row_size()),
                       states_->key_size() * sizeof(std::int64_t));
    }
    return estimated_states(values_.size(), distinct.size());
  }

 private:
  States* states_;
  Rest rest_;
  std::vector<std::int64_t> row_, rows_;
  std::vector<std::vector<bool>> values_;  // of each sample
};

class Chooser {
 public:
  Chooser(const Forms& forms, const OrderOptions& options)
      : forms_(forms), options_(options), states_(forms) {}

  ChosenOrder run() {
    if (forms_.bits.size() <= few_bits) {
      return {by_weight(), "by weight", std::ldexp(1.0, static_cast<int>(forms_.bits.size()))};
    }
    ChosenOrder best{declared(), "as declared", 0};
    best.nodes = nodes_of(best.bits, options_.most_nodes);
    const auto consider = [&](Order bits, const char* name) {
      const double nodes = nodes_of(bits, std::min(best.nodes, options_.most_nodes));
      if (nodes < best.nodes) best = {std::move(bits), name, nodes};
    };
    consider(as_gates_read(), "as gates read");
    consider(by_weight(), "by weight");
    consider(by_readers(), "most read first");
    if (!out_of_time()) consider(forced(declared()), "by force");
    if (!out_of_time()) consider(forced(by_readers()), "most read first, by force");
    if (best.nodes < infinite && sift(best)) best.name += ", sifted";
    if (best.nodes > few_nodes) {
      begin_ = Clock::now();
      seconds_ = options_.judging_seconds;
      const double nodes = nodes_of(best.bits, options_.most_nodes, many_samples);
      if (nodes < infinite || !out_of_time()) best.nodes = nodes;
    }
    return best;
  }

 private:
  [[nodiscard]] Order declared() const {
    Order order(forms_.bits.size());
    std::iota(order.begin(), order.end(), 0U);
    return order;
  }

  [[nodiscard]] Order sorted_by(const std::vector<double>& rating) const {
    Order order = declared();
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint32_t bit) { return rating[bit]; });
    return order;
  }

  // The bits that move sums most first; equal ones stand together, as in comparisons of words.
  [[nodiscard]] Order by_weight() const {
    std::vector<double> rating(forms_.bits.size(), 0);
    for (const Form& form : forms_.forms) {
      double total = 0;
      for (const Part& part : form.inputs) total += std::abs(static_cast<double>(part.weight));
      for (const Part& part : form.inputs) {
        const double share = std::abs(static_cast<double>(part.weight)) / total;
        rating[part.of] = std::max(rating[part.of], share);
      }
    }
    return sorted_by(rating);
  }

  // Bits in the order of the first gate that reads them: levels of gates that silence later ones.
  [[nodiscard]] Order as_gates_read() const {
    std::vector<double> rating(forms_.bits.size(), 0);
    for (std::size_t form = forms_.forms.size(); form-- > 0;) {
      for (const Part& part : forms_.forms[form].inputs)
        rating[part.of] = -static_cast<double>(form);
    }
    return sorted_by(rating);
  }

  // Bits that many forms read decide much at once: the address of a multiplexer.
  [[nodiscard]] Order by_readers() const {
    std::vector<double> rating;
    for (const auto& readers : forms_.readers)
      rating.push_back(static_cast<double>(readers.size()));
    return sorted_by(rating);
  }

  // Bits and gates that stand in the same sums pull each other together.
  [[nodiscard]] Order forced(const Order& start) const {
    std::vector<double> bit(start.size()), gate(forms_.gates.size(), 0);
    for (std::size_t place = 0; place < start.size(); ++place) {
      bit[start[place]] = static_cast<double>(place);
    }
    for (int round = 0; round < force_rounds; ++round) {
      std::vector<double> pull(bit.size(), 0), count(bit.size(), 0);
      for (const Form& form : forms_.forms) {
        double sum = 0;
        for (const Part& part : form.inputs) sum += bit[part.of];
        for (const Part& part : form.sources) sum += gate[part.of];
        const double center = sum / static_cast<double>(form.inputs.size() + form.sources.size());
        for (const GateIndex g : form.gates) gate[g] = center;
        for (const Part& part : form.inputs) {
          pull[part.of] += center;
          count[part.of] += 1;
        }
      }
      std::vector<double> rating(bit.size());
      for (std::size_t b = 0; b < bit.size(); ++b) rating[b] = -pull[b] / std::max(count[b], 1.0);
      const Order order = sorted_by(rating);
      for (std::size_t place = 0; place < order.size(); ++place) {
        bit[order[place]] = static_cast<double>(place);
      }
    }
    for (double& place : bit) place = -place;
    return sorted_by(bit);
  }

  // Estimated size of the diagram; infinite as soon as it exceeds `most`, or where the time is up.
  double nodes_of(const Order& order, double most, std::size_t count = samples) {
    if (out_of_time()) return infinite;
    Samples sampled(states_, options_.seed, count);
    double nodes = 1;
    for (const std::uint32_t bit : order) {
      if (!assign(sampled, bit)) return infinite;
      nodes += sampled.states();
      if (nodes > most || out_of_time()) return infinite;
    }
    return nodes;
  }

  bool assign(Samples& sampled, std::uint32_t bit) const {
    return sampled.assign(bit, [this] { return out_of_time(); });
  }

  [[nodiscard]] bool out_of_time() const {
    if (options_.stop != nullptr && options_.stop->stop_requested()) return true;
    return std::chrono::duration<double>(Clock::now() - begin_).count() > seconds_;
  }

  // True where an order with fewer nodes was found.
  bool sift(ChosenOrder& best) {
    const double before = best.nodes;
    begin_ = Clock::now();
    seconds_ = std::min(options_.sifting_seconds, seconds_a_node * best.nodes);
    for (bool better = true; better && !out_of_time();) {
      better = false;
      for (const std::uint32_t bit : by_width(best.bits)) {
        if (out_of_time()) break;
        better |= move(best, bit);
      }
    }
    return best.nodes < before;
  }

  // The bits of the widest levels first: there is most to gain.
  Order by_width(const Order& order) {
    std::vector<double> rating(order.size(), 0);
    Samples sampled(states_, options_.seed);
    for (const std::uint32_t bit : order) {
      if (!assign(sampled, bit)) break;
      rating[bit] = sampled.states();
    }
    return sorted_by(rating);
  }

  // Moves the bit to its best place.
  bool move(ChosenOrder& best, std::uint32_t bit) {
    const Order& order = best.bits;
    const auto from = static_cast<std::size_t>(std::ranges::find(order, bit) - order.begin());
    // with[t]: states after the first t bits; added[t]: after these and `bit`; without[t]: after the
    // first t bits but `bit`.
    const std::size_t levels = order.size() + 1;
    std::vector<double> with(levels, 1), added(levels, 0), without(levels, 0);
    Samples sampled(states_, options_.seed), lacking(states_, options_.seed);
    for (std::size_t t = 0; t < order.size(); ++t) {
      if (t < from) {
        Samples further = sampled;
        if (!assign(further, bit)) return false;
        added[t] = further.states();
        if (!assign(lacking, order[t])) return false;
      } else if (t > from) {
        if (!assign(lacking, order[t])) return false;
        without[t + 1] = lacking.states();
      }
      if (!assign(sampled, order[t])) return false;
      with[t + 1] = sampled.states();
      if (out_of_time()) return false;
    }
    std::size_t place = from;
    double change = 0, least = -0.5;
    // Moved to `to`, the levels between there and `from` hold the bit already.
    for (std::size_t to = from; to-- > 0;) {
      change += added[to] - with[to + 1];
      if (change < least) {
        least = change;
        place = to;
      }
    }
    change = 0;
    for (std::size_t to = from + 1; to < order.size(); ++to) {
      change += without[to + 1] - with[to];
      if (change < least) {
        least = change;
        place = to;
      }
    }
    if (place == from) return false;
    Order moved = order;
    moved.erase(moved.begin() + static_cast<std::ptrdiff_t>(from));
    moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(place), bit);
    const double nodes = nodes_of(moved, best.nodes);
    if (!(nodes < best.nodes)) return false;
    best.bits = std::move(moved);
    best.nodes = nodes;
    return true;
  }

  using Clock = std::chrono::steady_clock;
  const Forms& forms_;
  const OrderOptions& options_;
  States states_;
  Clock::time_point begin_ = Clock::now();
  double seconds_ = options_.judging_seconds;  // from begin_ on
};

}  // namespace

ChosenOrder choose_order(const Forms& forms, const OrderOptions& options) {
  return Chooser(forms, options).run();
}

}  // namespace gatelight::engines::diagram
