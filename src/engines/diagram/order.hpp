// SPDX-License-Identifier: Apache-2.0
//
// In which order a diagram takes the bits (private to the engines).
#ifndef GATELIGHT_ENGINES_DIAGRAM_ORDER_HPP
#define GATELIGHT_ENGINES_DIAGRAM_ORDER_HPP

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engines/diagram/forms.hpp"
#include "gatelight/solve.hpp"

namespace gatelight::engines::diagram {

struct ChosenOrder {
  std::vector<std::uint32_t> bits;  // places among Forms::bits
  std::string name;                 // where it came from: "by weight, sifted"
  // Of the diagram, estimated from samples; infinite where that exceeds most_nodes, or where the time was
  // up before it was known.
  double nodes = 0;
};

struct OrderOptions {
  std::uint64_t seed = 1;
  double judging_seconds = 20;  // of a few orders, roughly; hopeless ones are told at once
  double sifting_seconds = 1;
  double most_nodes = std::numeric_limits<double>::infinity();
  const StopToken* stop = nullptr;  // outlives the choice
};

// The best of several orders, improved by sifting.  How far sifting comes depends on the time it gets.
[[nodiscard]] ChosenOrder choose_order(const Forms& forms, const OrderOptions& options);

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_ORDER_HPP
