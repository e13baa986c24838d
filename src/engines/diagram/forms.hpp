// SPDX-License-Identifier: Apache-2.0
//
// A question as linear forms and what hangs on them (private to this folder).
//
// A FORM is a weighted sum of input bits and gate values; gates whose sums are the same up to a factor
// share one.  A gate is a step function of its form: where the sum passes a cut, its value changes.  A
// condition of the domain is such a gate too, with values 0 (below), 1 (inside) and 2 (above).
#ifndef GATELIGHT_ENGINES_DIAGRAM_FORMS_HPP
#define GATELIGHT_ENGINES_DIAGRAM_FORMS_HPP

#include <cstdint>
#include <vector>

#include "engines/engine.hpp"

namespace gatelight::engines::diagram {

using FormId = std::uint32_t;
using GateIndex = std::uint32_t;  // among Forms::gates

// Of an input bit (by its place among Forms::bits) or of a gate.
struct Part {
  std::uint32_t of = 0;
  std::int64_t weight = 0;
};

struct StepGate {
  FormId form = 0;
  std::vector<std::int64_t> at;      // sums of the form where the value changes, ascending
  std::vector<std::int64_t> values;  // one more; monotone, rising or falling
  // values[j] is 0 for j in [zero_first, zero_last]; nowhere if zero_first > zero_last.
  std::size_t zero_first = 1, zero_last = 0;
  bool is_condition = false;
  std::vector<std::int64_t> costs;  // one an objective
  bool priced = false;              // some cost is not 0
  std::vector<Part> readers;        // forms that read it, with their weights
};

struct Cut {
  std::int64_t at = 0;
  GateIndex gate = 0;
  std::uint32_t index = 0;  // among the gate's
};

struct Form {
  std::vector<Part> inputs;   // bits
  std::vector<Part> sources;  // gates
  std::vector<GateIndex> gates;
  std::vector<Cut> cuts;  // of all its gates, by place
};

struct Forms {
  std::vector<std::uint32_t> bits;  // free input bits that something depends on
  int unread_bits = 0;              // other free bits: each doubles all counts
  InputBits start;                  // fixed bits, and 0 elsewhere
  std::vector<Form> forms;          // a form's sources hang on earlier forms
  std::vector<StepGate> gates;
  std::vector<std::vector<Part>> readers;  // of each bit: forms, with weights
  std::vector<std::int64_t> base;          // total cost of gates that always fire, one an objective
};

// Gates that no objective asks for, directly or through others, are left out.
// Errors: limit (a step function with too many steps).
[[nodiscard]] Result<Forms> make_forms(const Question& question);

}  // namespace gatelight::engines::diagram

#endif  // GATELIGHT_ENGINES_DIAGRAM_FORMS_HPP
