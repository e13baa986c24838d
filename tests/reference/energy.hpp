// SPDX-License-Identifier: Apache-2.0
//
// The slow oracle: every input in turn, read from the circuit AS WRITTEN (words, domain, activation
// formulas), sharing nothing with the library but the written form itself.
#ifndef GATELIGHT_TESTS_REFERENCE_ENERGY_HPP
#define GATELIGHT_TESTS_REFERENCE_ENERGY_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engines/engine.hpp"
#include "gatelight/circuit.hpp"

namespace gatelight::reference {

// The output of every gate, from the written form.
[[nodiscard]] std::vector<std::int64_t> outputs(const Circuit& circuit, const InputBits& bits);

// Whether the input satisfies the domain, from the written form.
[[nodiscard]] bool in_domain(const Circuit& circuit, const InputBits& bits);
// The same of another domain than the circuit's own.
[[nodiscard]] bool in_domain(const Circuit& circuit, const DomainSpec& domain,
                             const InputBits& bits);

struct Answer {
  std::optional<std::int64_t> maximum;              // empty where the domain has no input
  std::map<std::int64_t, std::uint64_t> histogram;  // total cost -> inputs
};

// All 2^n inputs, for one question or for several.
[[nodiscard]] Answer energy(const Circuit& circuit, const engines::Objective& objective);
[[nodiscard]] std::vector<Answer> energies(const Circuit& circuit,
                                           const std::vector<engines::Objective>& objectives);

}  // namespace gatelight::reference

#endif  // GATELIGHT_TESTS_REFERENCE_ENERGY_HPP
