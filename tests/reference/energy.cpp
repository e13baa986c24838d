// SPDX-License-Identifier: Apache-2.0
#include "reference/energy.hpp"

#include <mpfr.h>

#include <algorithm>
#include <tuple>

namespace gatelight::reference {
namespace {

using Wide = __int128;

// floor((2^b - 1) * sigma(z p/q) + 1/2) with 2,000 bits; ties exist only at z = 0.
std::int64_t computed_sigmoid(const Sigmoid& s, std::int64_t z) {
  const std::int64_t top = (std::int64_t{1} << s.bits) - 1;
  if (z == 0) return (top + 1) / 2;
  mpfr_t x;
  mpfr_init2(x, 2000);
  mpfr_set_si(x, -z, MPFR_RNDN);
  mpfr_mul_si(x, x, s.gain_p, MPFR_RNDN);
  mpfr_div_si(x, x, s.gain_q, MPFR_RNDN);
  mpfr_exp(x, x, MPFR_RNDN);
  mpfr_add_ui(x, x, 1, MPFR_RNDN);
  mpfr_si_div(x, top, x, MPFR_RNDN);
  mpfr_add_d(x, x, 0.5, MPFR_RNDN);
  const long value = mpfr_get_si(x, MPFR_RNDD);
  mpfr_clear(x);
  return value;
}

// Remembered, for a sum comes up again with many inputs.
std::int64_t sigmoid(const Sigmoid& s, std::int64_t z) {
  static std::map<std::tuple<int, std::int64_t, std::int64_t, std::int64_t>, std::int64_t> known;
  constexpr std::size_t most_known = 100'000;
  if (known.size() > most_known) known.clear();
  const auto [at, added] = known.try_emplace({s.bits, s.gain_p, s.gain_q, z}, 0);
  if (added) at->second = computed_sigmoid(s, z);
  return at->second;
}

std::int64_t activate(const Activation& activation, Wide z) {
  if (std::holds_alternative<Threshold>(activation)) return z >= 0 ? 1 : 0;
  if (const auto* relu = std::get_if<Relu>(&activation)) {
    Wide y = z > 0 ? z : 0;
    for (int i = 0; i < relu->shift; ++i) y /= 2;
    return y > relu->max ? relu->max : static_cast<std::int64_t>(y);
  }
  if (const auto* steps = std::get_if<Steps>(&activation)) {
    std::size_t j = 0;
    for (const std::int64_t at : steps->at) j += at <= z ? 1 : 0;
    return steps->values[j];
  }
  return sigmoid(std::get<Sigmoid>(activation), static_cast<std::int64_t>(z));
}

Wide input_value(const Circuit& circuit, const InputBits& bits, const Source& source) {
  std::size_t first = 0;
  for (std::uint32_t i = 0; i < source.index; ++i) {
    first += static_cast<std::size_t>(circuit.inputs()[i].bits);
  }
  if (source.kind == Source::Kind::bit) return bits[first + source.bit_index];
  const InputWord& word = circuit.inputs()[source.index];
  Wide value = 0;
  for (int j = 0; j < word.bits; ++j) {
    Wide place = 1;
    for (int k = 0; k < j; ++k) place *= 2;
    if (word.is_signed && j == word.bits - 1) place = -place;
    if (bits[first + static_cast<std::size_t>(j)] != 0) value += place;
  }
  return value;
}

}  // namespace

std::vector<std::int64_t> outputs(const Circuit& circuit, const InputBits& bits) {
  std::vector<std::int64_t> values;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateSpec& gate = circuit.gate(GateId{g});
    Wide z = -Wide{gate.threshold};
    for (const WrittenWire& wire : gate.wires) {
      const Wide source = wire.source.kind == Source::Kind::gate
                              ? Wide{values[wire.source.index]}
                              : input_value(circuit, bits, wire.source);
      z += wire.weight * source;
    }
    values.push_back(activate(gate.activation, z));
  }
  return values;
}

bool in_domain(const Circuit& circuit, const InputBits& bits) {
  return in_domain(circuit, circuit.domain(), bits);
}

bool in_domain(const Circuit& circuit, const DomainSpec& domain, const InputBits& bits) {
  for (const auto& fix : domain.fix) {
    if (input_value(circuit, bits, fix.source) != fix.value) return false;
  }
  for (const auto& range : domain.range) {
    const Wide value = input_value(circuit, bits, Source::word(range.word));
    if (value < range.low || value > range.high) return false;
  }
  for (const auto& condition : domain.linear) {
    Wide sum = 0;
    for (const auto& wire : condition.wires)
      sum += wire.weight * input_value(circuit, bits, wire.source);
    if (condition.min && sum < *condition.min) return false;
    if (condition.max && sum > *condition.max) return false;
  }
  if (domain.hamming) {
    std::int64_t distance = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
      distance += bits[i] != domain.hamming->center[i] ? 1 : 0;
    if (distance > domain.hamming->radius) return false;
  }
  return true;
}

std::vector<Answer> energies(const Circuit& circuit,
                             const std::vector<engines::Objective>& objectives) {
  std::vector<Answer> answers(objectives.size());
  const std::size_t n = circuit.bit_count();
  for (std::uint64_t x = 0; x < std::uint64_t{1} << n; ++x) {
    InputBits bits(n);
    for (std::size_t i = 0; i < n; ++i) bits[i] = static_cast<std::uint8_t>(x >> i & 1U);
    if (!in_domain(circuit, bits)) continue;
    const auto values = outputs(circuit, bits);
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      std::int64_t total = 0;
      for (std::size_t g = 0; g < values.size(); ++g)
        total += values[g] != 0 ? objectives[i].cost[g] : 0;
      ++answers[i].histogram[total];
      answers[i].maximum = std::max(answers[i].maximum.value_or(total), total);
    }
  }
  return answers;
}

Answer energy(const Circuit& circuit, const engines::Objective& objective) {
  return energies(circuit, {objective})[0];
}

}  // namespace gatelight::reference
