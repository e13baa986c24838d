// SPDX-License-Identifier: Apache-2.0
//
// Model: one circuit and one objective over a box of integer words, laid out for bounds.
//
// Input bits that all gates read in the proportions 1 : 2 : 4 ... (-2^(b-1) for the sign) form one
// VARIABLE, an integer in a range; other bits are variables of their own.  Bits that the domain fixes
// are constants.  Gates that no gate with a cost depends on are left out.  Gates are in the order of
// their levels.
//
// Immutable after construction; safe to read from many threads.
#ifndef GATELIGHT_ENGINES_BOX_MODEL_HPP
#define GATELIGHT_ENGINES_BOX_MODEL_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engines/engine.hpp"

namespace gatelight::engines::box {

struct Variable {
  Node first_bit = 0;
  int bits = 1;
  bool is_signed = false;          // its highest bit is the sign
  std::int64_t low = 0, high = 0;  // inclusive
};

// A part of the domain: a range for each variable.
struct Box {
  std::vector<std::int64_t> low, high;
  friend bool operator==(const Box&, const Box&) = default;
};

// At most 2^62: the number of its points, or that if there are more.
[[nodiscard]] std::uint64_t points_of(const Box& box);

// weight * (variable or gate `index`).
struct Term {
  std::uint32_t index = 0;
  double weight = 0;  // rounded to the nearest double; Gate::magnitude and `roundoff` allow for it
};

enum class Shape : std::uint8_t { threshold, relu, steps };

struct Gate {
  GateId id{};
  Shape shape = Shape::threshold;
  int shift = 0;         // of a relu
  bool is_read = false;  // by a gate of the model
  int level = 0;
  std::int64_t max = 1;        // of a relu
  std::int64_t threshold = 0;  // z = sum of terms - threshold; constants of fixed bits included
  std::int64_t cost = 0;
  // Silent iff silent_low <= z <= silent_high; never if they are the wrong way round.
  std::int64_t silent_low = 0, silent_high = -1;
  std::int64_t sum_low = 0, sum_high = 0;  // of z over everything
  // At least |threshold| + sum of |weight| * largest |source|, so at least |z| and |z + threshold|.
  double magnitude = 0;
  double value_magnitude = 0;  // at least |y|
};

// A condition of the domain over the variables: min <= sum <= max.
struct Row {
  std::vector<std::pair<std::uint32_t, std::int64_t>> terms;
  std::int64_t min = 0, max = 0;
};

class Model {
 public:
  // Empty where the domain has conditions that are not linear in the variables read by gates: Hamming
  // balls over words, say.  O(wires log wires).
  [[nodiscard]] static std::optional<Model> of(const Circuit& circuit, const Objective& objective);

  [[nodiscard]] const Circuit& circuit() const { return circuit_; }
  [[nodiscard]] std::span<const Variable> variables() const { return variables_; }
  [[nodiscard]] std::span<const Gate> gates() const { return gates_; }
  [[nodiscard]] std::span<const Row> rows() const { return rows_; }
  [[nodiscard]] std::span<const StepFunction> steps() const { return steps_; }
  // Gates of level l: [level_begin(l), level_begin(l + 1)), l < levels().
  [[nodiscard]] std::size_t levels() const { return level_begin_.size() - 1; }
  [[nodiscard]] std::uint32_t level_begin(std::size_t level) const { return level_begin_[level]; }

  [[nodiscard]] std::span<const Term> inputs_of(std::uint32_t gate) const {
    return part(input_terms_, input_begin_, gate);
  }
  [[nodiscard]] std::span<const Term> sources_of(std::uint32_t gate) const {
    return part(gate_terms_, gate_begin_, gate);
  }

  // The whole domain, tightened by the rows; empty where they leave nothing.
  [[nodiscard]] std::optional<Box> domain_box() const;
  // Shrinks the box to what the rows allow; false where that is nothing.
  [[nodiscard]] bool tighten(Box& box) const;

  // The input with these values of the variables.
  [[nodiscard]] InputBits input_of(std::span<const std::int64_t> values) const;

  // y of gate `gate` at z.
  [[nodiscard]] std::int64_t activate(std::uint32_t gate, std::int64_t z) const;

  // An upper bound of the relative error of any sum of products computed here (bounder.cpp).
  [[nodiscard]] double roundoff() const { return roundoff_; }
  [[nodiscard]] double total_cost() const { return total_cost_; }
  // All sums are exact in arithmetic with so many bits: 24 and 53 are those of float and double.
  [[nodiscard]] bool exact_in(int bits) const;

 private:
  explicit Model(const Circuit& circuit) : circuit_(circuit) {}
  static std::span<const Term> part(const std::vector<Term>& terms,
                                    const std::vector<std::size_t>& begin, std::uint32_t gate) {
    return std::span(terms).subspan(begin[gate], begin[gate + 1] - begin[gate]);
  }
  [[nodiscard]] std::vector<std::uint8_t> relevant_gates(const Objective& objective) const;
  void group_bits(const std::vector<std::uint8_t>& relevant);
  void add_gate(GateId id, std::int64_t cost);
  void finish_magnitudes();
  [[nodiscard]] bool add_rows();
  [[nodiscard]] bool add_row(const DomainRow& written);

  Circuit circuit_;
  std::vector<Variable> variables_;
  std::vector<std::int32_t> variable_of_;  // each bit; -1: none
  std::vector<Gate> gates_;
  std::vector<std::uint32_t> gate_of_;  // index in gates_ of each gate of the circuit
  std::vector<StepFunction> steps_;     // of each gate; empty but for Shape::steps
  std::vector<std::uint32_t> level_begin_;
  std::vector<Term> input_terms_, gate_terms_;
  std::vector<std::size_t> input_begin_{0}, gate_begin_{0};
  std::vector<Row> rows_;
  double roundoff_ = 0;
  double total_cost_ = 0;
  double largest_magnitude_ = 0;
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_MODEL_HPP
