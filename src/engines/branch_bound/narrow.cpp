// SPDX-License-Identifier: Apache-2.0
//
// What is left of a circuit behind a narrow first level.
//
// Problem   784 input bits are seen through 64 gates only; a search over the bits is lost in inputs that look the
//           same from behind.
// Idea      Ask about the patterns of the first level instead: its gates become free inputs, with their costs.
//           A good pattern is realised by descent: each gate should lie on its side of the threshold by a margin,
//           and bits are flipped while that lowers the sum of the squares of what is missing; the margin begins
//           large and falls until the pattern is met.
// Why       Every input has a pattern with the same total, so no total exceeds that of the best pattern.  The
//           converse holds for nearly all patterns where there are many bits (T. Cover, 1965); whether it holds for
//           one is seen by evaluating the input that was found.
// Limits    The descent refutes nothing: it may miss inputs of a pattern.  No more than 2^18 wires into the first level.
// Tested by tests/unit/engines/branch_bound/narrow_test.cpp
#include "engines/branch_bound/narrow.hpp"

#include <algorithm>
#include <cmath>

namespace gatelight::engines::branch_bound {
namespace {

// Of the first level.  With fewer bits many patterns have no input; with more wires the descent, which is not
// interrupted, would take long.
constexpr std::size_t bits_a_gate = 4, most_wires = std::size_t{1} << 18;
constexpr double margins[] = {2, 1, 0.5, 0.25, 0.1};  // in standard deviations of a gate's sum
constexpr int most_passes = 40;                       // over all bits, for a margin
constexpr double least_gain = 1e-9;

bool reads_gates_only(const GateSpec& gate) {
  return std::ranges::all_of(
      gate.wires, [](const WrittenWire& wire) { return wire.source.kind == Source::Kind::gate; });
}

double squared_shortfall(double above, double margin) {
  const double missing = std::max(margin - above, 0.0);
  return missing * missing;
}

// The first level reads one bit a gate.  A gate that never or always fires keeps doing so.
std::optional<Circuit> tail_of(const Circuit& circuit) {
  CircuitBuilder builder;
  std::vector<InputId> pattern;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (circuit.level(GateId{g}) > 1) continue;
    const auto input = builder.add_input({"p" + std::to_string(pattern.size())});
    if (!input.ok()) return std::nullopt;
    pattern.push_back(*input);
  }
  std::size_t next = 0;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    GateSpec gate = circuit.gate(GateId{g});
    gate.name = "g" + std::to_string(g);
    if (circuit.level(GateId{g}) == 1) {
      const Circuit::Interval values = circuit.value_range(GateId{g});
      gate.wires = {{Source::word(pattern[next++]), 1}};
      gate.threshold = values.low == 1 ? 0 : values.high == 0 ? 2 : 1;
      gate.activation = Threshold{};
    }
    if (!builder.add_gate(std::move(gate)).ok()) return std::nullopt;
  }
  auto tail = std::move(builder).build();
  if (!tail.ok()) return std::nullopt;
  return *std::move(tail);
}

}  // namespace

std::optional<Narrow> Narrow::of(const Circuit& circuit, const Objective& objective) {
  if (!circuit.domain_rows().empty()) return std::nullopt;
  std::size_t first_level = 0, wires = 0;
  bool behind = false;
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    const GateId id{g};
    if (circuit.level(id) > 1) {
      if (!reads_gates_only(circuit.gate(id))) return std::nullopt;
      behind = behind || objective.cost[g] > 0;
      continue;
    }
    ++first_level;
    wires += circuit.wires(id).size();
    const Circuit::Interval values = circuit.value_range(id);
    if (values.low < 0 || values.high > 1) return std::nullopt;
  }
  const auto fixed = circuit.fixed_bits();
  const auto open = static_cast<std::size_t>(std::ranges::count(fixed, std::int8_t{-1}));
  if (!behind || wires > most_wires || open < bits_a_gate * first_level) return std::nullopt;
  auto tail = tail_of(circuit);
  if (!tail) return std::nullopt;
  Narrow narrow(circuit, Question{*std::move(tail), {objective}});
  narrow.readers_.resize(circuit.bit_count());
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    if (circuit.level(GateId{g}) > 1) continue;
    const auto steps = circuit.step_function(GateId{g});
    if (!steps.ok()) return std::nullopt;
    Gate gate{.id = GateId{g}, .decided = steps->at.empty()};
    if (!gate.decided) gate.cut = steps->at.front();
    double squares = 0;
    for (const Wire& wire : circuit.wires(GateId{g})) {
      const auto weight = static_cast<double>(wire.weight);
      squares += weight * weight;
      if (fixed[wire.source] < 0 && !gate.decided)
        narrow.readers_[wire.source].push_back({narrow.gates_.size(), wire.weight});
    }
    gate.norm = std::max(std::sqrt(squares) / 2, 1e-3);
    narrow.gates_.push_back(gate);
  }
  return narrow;
}

// Of the first level, less the first that fires.  A gate's sums lie in [-2^62, 2^62 - 1], so the difference fits.
std::vector<std::int64_t> Narrow::sums_of(const InputBits& input) const {
  std::vector<std::int64_t> sums;
  for (const Gate& gate : gates_) {
    std::int64_t sum = -circuit_.threshold(gate.id);
    for (const Wire& wire : circuit_.wires(gate.id)) sum += input[wire.source] * wire.weight;
    sums.push_back(sum - gate.cut);
  }
  return sums;
}

InputBits Narrow::pattern_of(const InputBits& input) const {
  InputBits pattern;
  const std::vector<std::int64_t> outputs = evaluate(circuit_, input);
  for (const Gate& gate : gates_)
    pattern.push_back(outputs[static_cast<std::size_t>(gate.id)] != 0 ? 1 : 0);
  return pattern;
}

// By how much the squares fall at this reader where the bit changes.
double Narrow::gain(const Reader& reader, std::int64_t sum, bool fires, bool rises,
                    double margin) const {
  const auto above = [&](std::int64_t z) {
    const double from_threshold = static_cast<double>(z) + 0.5;
    return (fires ? from_threshold : -from_threshold) / gates_[reader.gate].norm;
  };
  const std::int64_t after = sum + (rises ? reader.weight : -reader.weight);
  return squared_shortfall(above(sum), margin) - squared_shortfall(above(after), margin);
}

InputBits Narrow::realised(const InputBits& pattern, InputBits input) const {
  std::vector<std::int64_t> sums = sums_of(input);
  for (const double margin : margins) {
    bool moved = true;
    for (int pass = 0; moved && pass < most_passes; ++pass) {
      moved = false;
      for (std::size_t bit = 0; bit < input.size(); ++bit) {
        const bool rises = input[bit] == 0;
        double total = 0;
        for (const Reader& reader : readers_[bit])
          total += gain(reader, sums[reader.gate], pattern[reader.gate] != 0, rises, margin);
        if (total <= least_gain) continue;
        for (const Reader& reader : readers_[bit])
          sums[reader.gate] += rises ? reader.weight : -reader.weight;
        input[bit] ^= 1;
        moved = true;
      }
    }
    bool met = true;
    for (std::size_t g = 0; g < gates_.size(); ++g)
      met = met && (gates_[g].decided || (sums[g] >= 0) == (pattern[g] != 0));
    if (met) break;
  }
  return input;
}

}  // namespace gatelight::engines::branch_bound
