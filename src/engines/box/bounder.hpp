// SPDX-License-Identifier: Apache-2.0
//
// Bounder: what the gates of a model can reach on a box.
#ifndef GATELIGHT_ENGINES_BOX_BOUNDER_HPP
#define GATELIGHT_ENGINES_BOX_BOUNDER_HPP

#include <cstdint>
#include <vector>

#include "base/aligned.hpp"
#include "engines/box/kernels.hpp"
#include "engines/box/model.hpp"
#include "engines/box/relaxation.hpp"

namespace gatelight::engines::box {

// low <= z <= high of each gate of the model, for every input of a box that is still looked for.
struct SumBounds {
  std::vector<std::int64_t> low, high;
};

// Nothing is known but what holds for all inputs.
[[nodiscard]] SumBounds initial_bounds(const Model& model);

// One a thread.  Keeps a reference to the model.
class Bounder {
 public:
  explicit Bounder(const Model& model);

  // Tightens `bounds`, which hold on the box already, and returns an upper bound of the objective on it.
  // Stops early, with a bound of at most `floor`, where one is found.
  std::int64_t run(const Box& box, SumBounds& bounds, std::int64_t floor);

  // After a run that did not stop early: how much each variable decides, larger is more.
  [[nodiscard]] const std::vector<double>& influence() const { return influence_; }

 private:
  struct Wanted {
    std::uint32_t gate = 0;
    bool negative = false;  // -z is bounded instead of z
  };

  void begin(const Box& box);
  bool bound_forwards(std::uint32_t gate);
  void bound_by_functions(std::uint32_t gate);
  void settle_functions(std::uint32_t gate, const Lines& lines);
  void collect_rows();
  void bound_rows(std::size_t first, std::size_t count);
  void seed(std::size_t first, std::size_t count);
  void read_rows(std::size_t first, std::size_t count);
  void settle(std::uint32_t gate);
  void note_slope(std::uint32_t gate, std::size_t variable, double slope);
  void lower_to(std::uint32_t gate, double upper);
  void raise_to(std::uint32_t gate, double lower);
  [[nodiscard]] bool undecided(std::uint32_t gate) const;
  [[nodiscard]] bool silent(std::uint32_t gate) const;
  [[nodiscard]] bool straight(std::uint32_t gate) const;

  const Model& model_;
  RowKernels kernels_;
  bool exact_;  // forward sums of doubles do not round

  std::vector<double> box_low_, box_high_;
  SumBounds* bounds_ = nullptr;
  std::vector<double> value_low_, value_high_;  // y of each gate
  std::vector<Replacement> replacement_;        // of each gate that is settled
  std::vector<std::uint8_t> alive_;             // y is not known to be 0
  std::size_t level_ = 0;
  std::vector<std::vector<Link>> gate_links_,
      variable_links_;  // of varying readers, settled levels
  std::vector<Wanted> wanted_;
  base::AlignedVector<double> at_;  // coefficients, most_rows a gate or variable
  base::AlignedVector<double> constant_, magnitude_;
  // Of each gate: y <= its first function of the words, y >= its second one.  Coefficients of the words,
  // then the constant.
  std::size_t function_stride_;
  base::AlignedVector<double> functions_, sum_functions_;
  std::vector<double> function_magnitude_, sum_magnitude_;
  std::vector<double> largest_;  // of |x| of each word in the box
  std::vector<Link> links_;
  std::vector<double> influence_;
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_BOUNDER_HPP
