// SPDX-License-Identifier: Apache-2.0
//
// States: what is left to know after some bits are assigned (private to this folder).
#ifndef GATELIGHT_ENGINES_DIAGRAM_STATE_HPP
#define GATELIGHT_ENGINES_DIAGRAM_STATE_HPP

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "engines/diagram/forms.hpp"

namespace gatelight::engines::diagram {

// For each form, the range of the sum over the bits that are not assigned yet.
struct Rest {
  std::vector<std::int64_t> low, high;
};

// All sums, ascending, that the unassigned bits can add to a form; null where that is every integer of
// the range, or too many to list.
using SumSet = std::shared_ptr<const std::vector<std::int64_t>>;

// A state as a row of numbers: for each form its sum so far, brought to a canonical value, or `dead`
// where nothing depends on it any more; then, for each form with sources, the range that undecided
// gates can add.  Equal sums mean equal futures; the ranges follow from the sums.
class States {
 public:
  static constexpr std::int64_t dead = std::numeric_limits<std::int64_t>::min();

  explicit States(const Forms& forms);

  [[nodiscard]] std::size_t key_size() const { return forms_.forms.size(); }
  [[nodiscard]] std::size_t row_size() const { return key_size() + 2 * deep_; }
  [[nodiscard]] const Forms& forms() const { return forms_; }
  // No number of a row but `dead` has a larger magnitude.
  [[nodiscard]] std::int64_t largest_number() const { return largest_; }

  [[nodiscard]] Rest all_unassigned() const;
  // `rest` once the bit is assigned.
  void assign(Rest& rest, std::uint32_t bit) const;

  // The state before any bit is assigned.  gains[i] is increased by the costs, for objective i, of the
  // gates that surely fire.  False: no input satisfies the conditions.
  bool start(const Rest& rest, std::int64_t* row, std::int64_t* gains);

  // The state after one more bit.  `sets` may be null: then fewer equal futures are recognized.
  // Gains and result as above, but only of gates that were not decided before.
  struct Move {
    std::uint32_t bit = 0;
    const Rest* before = nullptr;
    const Rest* after = nullptr;
    const std::vector<SumSet>* sets = nullptr;  // of each form, after the move
  };
  bool step(const Move& move, const std::int64_t* from, bool value, std::int64_t* to,
            std::int64_t* gains);

  // The largest total cost that gates which are not decided can still add.
  [[nodiscard]] std::int64_t potential(const std::int64_t* row, const Rest& rest,
                                       std::size_t objective) const;

 private:
  struct Range {
    std::int64_t low = 0, high = 0;
  };
  struct Passed {  // how many of a gate's cuts are surely passed, and possibly
    std::size_t least = 0, most = 0;
  };
  enum class Firing : std::uint8_t { unknown, fires, silent };

  [[nodiscard]] Range range_of(const std::int64_t* row, const Rest& rest, FormId form) const;
  [[nodiscard]] static Passed passed(const StepGate& gate, Range range);
  [[nodiscard]] static Firing firing(const StepGate& gate, Passed passed);
  [[nodiscard]] bool read_by_the_living(const StepGate& gate, const std::int64_t* row) const;
  [[nodiscard]] bool matters(const StepGate& gate, std::size_t cut, const std::int64_t* row) const;

  void mark(FormId form) { marked_[form / 64] |= std::uint64_t{1} << (form % 64); }
  bool update_gate(GateIndex g, Passed before, Passed after, std::int64_t* row,
                   std::int64_t* gains);
  bool update_form(FormId form, Range before, Range after, std::int64_t* row, std::int64_t* gains);
  bool settle(const std::int64_t* from, const Rest* before, const Rest& after,
              const std::vector<SumSet>* sets, std::int64_t* row, std::int64_t* gains);
  void simplify(FormId form, const Rest& rest, const std::vector<SumSet>* sets, std::int64_t* row);

  const Forms& forms_;
  std::size_t deep_ = 0;
  std::int64_t largest_ = 0;
  std::vector<std::size_t> deep_index_;  // of forms with sources
  std::vector<std::uint64_t> marked_;    // forms to look at
  std::vector<std::uint32_t> seen_;      // round in which a gate was updated last
  std::uint32_t round_ = 0;
};

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_STATE_HPP
