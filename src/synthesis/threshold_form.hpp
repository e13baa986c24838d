// SPDX-License-Identifier: Apache-2.0
//
// A circuit with one output of values 0 and 1, as tests [sum >= threshold] of input bits and earlier tests.
#ifndef GATELIGHT_SYNTHESIS_THRESHOLD_FORM_HPP
#define GATELIGHT_SYNTHESIS_THRESHOLD_FORM_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight::synthesis {

// Nodes are numbered as in Circuit: below `bits` input bits, then tests, in topological order.
struct ThresholdForm {
  struct Test {
    std::vector<Wire> wires;
    std::int64_t threshold = 0;
  };
  std::size_t bits = 0;
  std::vector<Test> tests;         // those that the last one depends on
  std::optional<bool> constant{};  // the output, where there is no test; else it is the last test

  // The results of all tests on an input.
  void evaluate(const InputBits& input, std::vector<std::uint8_t>& results) const;
};

// Errors: unsupported (several outputs, none, or one with other values than 0 and 1), overflow.
[[nodiscard]] Result<ThresholdForm> threshold_form(const Circuit& circuit);

}  // namespace gatelight::synthesis

#endif  // GATELIGHT_SYNTHESIS_THRESHOLD_FORM_HPP
