// SPDX-License-Identifier: Apache-2.0
//
// Which engine answers a question about energy (private to this layer).
#ifndef GATELIGHT_MEASURES_CHOICE_HPP
#define GATELIGHT_MEASURES_CHOICE_HPP

#include "engines/engine.hpp"
#include "gatelight/measure.hpp"

namespace gatelight::measures {

struct Choice {
  Engine engine = Engine::enumerate;              // never automatic
  std::string reason;                             // why, one line
  std::optional<engines::SweepPrediction> sweep;  // where it was made
  std::optional<engines::DiagramResult> diagram;  // a prediction, where it was made
  std::optional<double> seconds;
  double search_first = 0;  // seconds of a search that may settle it before the sweep
};

// With `explain`, predictions are made for an engine that was asked for, too.
// Errors: as measure_energy().
[[nodiscard]] Result<Choice> choose_engine(const engines::Question& question,
                                           const EnergyOptions& options, bool explain);

// No engine has been asked for, nothing but the largest values is, and a sweep would take longer than
// engines::glance().
[[nodiscard]] bool worth_a_glance(const engines::Question& question, const EnergyOptions& options);

// All bits are 1 with probability 1/2: then the histogram tells the mean.
[[nodiscard]] bool uniform(const engines::Question& question);

}  // namespace gatelight::measures

#endif  // GATELIGHT_MEASURES_CHOICE_HPP
