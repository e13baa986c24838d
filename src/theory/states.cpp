// SPDX-License-Identifier: Apache-2.0
//
// Which sets of fed gates fire together, and with which coefficient each one enters the function.
//
// Problem   Where all fed gates lie on one level, f is a function of the set P of those that fire.  Only few
//           sets may be reachable, far fewer than their number allows.
// Idea      Look at all inputs.  For the reachable sets alone, solve f(P) = sum of c_S over reachable S that P
//           contains, from small sets to large ones.  Then f = sum of c_S * prod over g in S of [g fires].
// Why       On an input whose set is P exactly the products of the sets inside P are 1.
// Cost      2^bits evaluations and the square of the number of sets; both are limited.
// Tested by tests/unit/theory/instance_bounds_test.cpp
#include "theory/states.hpp"

#include <algorithm>
#include <map>

namespace gatelight::theory {
namespace {

constexpr std::size_t most_bits = 16;
constexpr std::size_t most_reads = std::size_t{1} << 24;  // wires that are read, of all evaluations
constexpr std::size_t most_states = 1024;

using State = std::vector<std::uint32_t>;  // ascending

bool two_loud_values(const Circuit& circuit, GateId id) {
  const auto steps = circuit.step_function(id);
  if (!steps.ok()) return true;
  return std::ranges::count_if(steps->values, [](std::int64_t v) { return v != 0; }) > 1;
}

// Every reachable set with the value of f; nothing where there are too many.
std::optional<std::map<State, bool>> reachable(const Circuit& circuit, GateId output,
                                               const FedForm& form) {
  std::map<State, bool> states;
  InputBits input(circuit.bit_count());
  for (std::uint64_t x = 0; x >> form.bits.size() == 0; ++x) {
    for (std::size_t i = 0; i < form.bits.size(); ++i)
      input[form.bits[i]] = static_cast<std::uint8_t>(x >> i & 1U);
    const auto values = evaluate(circuit, input);
    State state;
    for (std::uint32_t i = 0; i < form.levels[0].size(); ++i) {
      if (values[static_cast<std::uint32_t>(form.levels[0][i])] != 0) state.push_back(i);
    }
    states[state] = values[static_cast<std::uint32_t>(output)] != 0;
    if (states.size() > most_states) return std::nullopt;
  }
  return states;
}

}  // namespace

std::optional<std::vector<State>> contributing_states(const Circuit& circuit, GateId output,
                                                      const FedForm& form) {
  if (form.levels.size() != 1 || form.bits.size() > most_bits) return std::nullopt;
  std::size_t reads = 1;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g)
    reads += 1 + circuit.wires(GateId{g}).size();
  if (reads << form.bits.size() > most_reads) return std::nullopt;
  for (const GateId id : form.levels[0]) {
    if (two_loud_values(circuit, id)) return std::nullopt;
  }
  const auto states = reachable(circuit, output, form);
  if (!states) return std::nullopt;
  std::vector<std::pair<State, bool>> ordered(states->begin(), states->end());
  std::ranges::stable_sort(ordered, {}, [](const auto& state) { return state.first.size(); });
  std::vector<mpz_class> coefficients;
  std::vector<State> contributing;
  for (const auto& [state, value] : ordered) {
    mpz_class coefficient = value ? 1 : 0;
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      if (std::ranges::includes(state, ordered[i].first)) coefficient -= coefficients[i];
    }
    if (coefficient != 0) contributing.push_back(state);
    coefficients.push_back(std::move(coefficient));
  }
  return contributing;
}

}  // namespace gatelight::theory
