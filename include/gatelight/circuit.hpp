// SPDX-License-Identifier: Apache-2.0
//
// Circuit: a discretized neural network as an immutable directed acyclic graph of gates.
//
// A circuit has Boolean inputs, grouped into words, and gates in topological order.  Gate g computes
// y = act(z), z = sum of weight * source - threshold, in exact integer arithmetic; it FIRES iff
// y != 0.  The energy of the circuit is the largest number of counting gates that fire together, or
// the largest total cost of such gates (measure.hpp).
//
//   CircuitBuilder builder("and");
//   const InputId a = *builder.add_input({"a"});
//   const InputId b = *builder.add_input({"b"});
//   GateSpec gate{.name = "both", .wires = {{Source::word(a), 1}, {Source::word(b), 1}}, .threshold = 2};
//   builder.add_output(*builder.add_gate(gate));
//   const Circuit circuit = *std::move(builder).build();
//
// Source: K. Uchizawa, H. Abe, Trade-Offs Between Energy and Depth of Neural Networks, Neural
// Computation 36(8), 2024; the file format and every meaning: docs/reference/file-format.md.
#ifndef GATELIGHT_CIRCUIT_HPP
#define GATELIGHT_CIRCUIT_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gatelight/result.hpp"

namespace gatelight {

enum class InputId : std::uint32_t {};  // an input word, in declaration order
enum class GateId : std::uint32_t {};   // a gate, in topological order

// What fits: more is refused with ErrorCode::limit.
struct CircuitLimits {
  static constexpr std::size_t gates = std::size_t{1} << 20;
  static constexpr std::size_t input_bits = std::size_t{1} << 20;
  static constexpr std::size_t wires = std::size_t{1} << 27;  // in Boolean form
  static constexpr std::size_t steps = std::size_t{1} << 20;  // cut points of one gate
  static constexpr int word_bits = 62;
};

// A named input word of 1 to 62 bits, standing for sum 2^j * bit j; two's complement if signed.
struct InputWord {
  std::string name{};
  int bits = 1;
  bool is_signed = false;
  friend bool operator==(const InputWord&, const InputWord&) = default;
};

// Activations: non-decreasing functions of z = sum - threshold.
struct Threshold {  // 1 if z >= 0, else 0
  friend bool operator==(const Threshold&, const Threshold&) = default;
};
struct Relu {  // min(max, floor(max(z, 0) / 2^shift)); 0 <= shift <= 62, max >= 1
  int shift = 0;
  std::int64_t max = 1;
  friend bool operator==(const Relu&, const Relu&) = default;
};
struct
    Steps {  // values[j], j = number of at[i] <= z; at strictly increasing, values non-decreasing
  std::vector<std::int64_t> at;
  std::vector<std::int64_t> values;  // one more than at
  friend bool operator==(const Steps&, const Steps&) = default;
};
struct Sigmoid {  // floor((2^bits - 1) * sigma(z * gain_p / gain_q) + 1/2), decided exactly
  int bits = 1;   // 1 to 62
  std::int64_t gain_p = 1;  // positive
  std::int64_t gain_q = 1;  // positive
  friend bool operator==(const Sigmoid&, const Sigmoid&) = default;
};
using Activation = std::variant<Threshold, Relu, Steps, Sigmoid>;

// What a wire reads, as written: a whole word, one bit of a word, or an earlier gate.
struct Source {
  enum class Kind : std::uint8_t { word, bit, gate };
  Kind kind = Kind::word;
  std::uint8_t bit_index = 0;  // for Kind::bit: 0 is the lowest
  std::uint32_t index = 0;     // of the word or the gate

  static Source word(InputId id) { return {Kind::word, 0, static_cast<std::uint32_t>(id)}; }
  static Source bit(InputId id, int bit) {
    return {Kind::bit, static_cast<std::uint8_t>(bit), static_cast<std::uint32_t>(id)};
  }
  static Source gate(GateId id) { return {Kind::gate, 0, static_cast<std::uint32_t>(id)}; }
  friend bool operator==(const Source&, const Source&) = default;
};

struct WrittenWire {
  Source source;
  std::int64_t weight = 1;  // not zero
  friend bool operator==(const WrittenWire&, const WrittenWire&) = default;
};

struct GateSpec {
  std::string name{};
  std::vector<WrittenWire> wires{};  // no source twice
  std::int64_t threshold = 0;
  Activation activation = Threshold{};
  bool counts = true;     // towards size and energy
  std::int64_t cost = 1;  // positive; what firing costs
  std::string layer{};    // a label for reports, may be empty
  friend bool operator==(const GateSpec&, const GateSpec&) = default;
};

// One linear condition on the inputs: min <= sum weight * source <= max (either side may be absent).
// Sources are words or bits, no source twice, no zero weight, at least one side.
struct LinearCondition {
  std::vector<WrittenWire> wires{};
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
  friend bool operator==(const LinearCondition&, const LinearCondition&) = default;
};

// Which inputs are asked about, as written; everything allowed by default.
struct DomainSpec {
  struct Fix {
    Source source;  // a word or a bit
    std::int64_t value = 0;
    friend bool operator==(const Fix&, const Fix&) = default;
  };
  struct Range {
    InputId word{};
    std::int64_t low = 0, high = 0;  // inclusive
    friend bool operator==(const Range&, const Range&) = default;
  };
  struct Hamming {
    std::vector<std::uint8_t> center;  // one 0 or 1 an input bit
    std::int64_t radius = 0;
    friend bool operator==(const Hamming&, const Hamming&) = default;
  };
  std::vector<Fix> fix{};
  std::vector<Range> range{};
  std::vector<LinearCondition> linear{};
  std::optional<Hamming> hamming{};

  [[nodiscard]] bool unrestricted() const {
    return fix.empty() && range.empty() && linear.empty() && !hamming;
  }
  friend bool operator==(const DomainSpec&, const DomainSpec&) = default;
};

// ---- The Boolean form: what the engines read --------------------------------------------------
//
// Nodes are numbered: node v < bit_count() is input bit v (declaration order, a word's bit 0 first);
// node bit_count() + g is gate g.

using Node = std::uint32_t;

struct Wire {
  Node source = 0;
  std::int64_t weight = 0;
  friend bool operator==(const Wire&, const Wire&) = default;
};

// A condition of the domain over input bits: min <= sum <= max, both always present (a missing side
// is the trivial bound).  Ranges and Hamming balls are written as such rows.
struct DomainRow {
  std::vector<Wire> wires;
  std::int64_t min = 0, max = 0;
};

// An input: one 0 or 1 a bit, in declaration order.
using InputBits = std::vector<std::uint8_t>;

// A non-decreasing step function of z, cut at `at`: the value is values[number of at[i] <= z].  Only
// cut points inside the gate's reachable interval of z are kept, and equal neighbours are merged, so
// values is strictly increasing.
struct StepFunction {
  std::vector<std::int64_t> at;
  std::vector<std::int64_t> values;
};

// Immutable; copies are cheap (they share the data) and safe to read from many threads.
class Circuit {
 public:
  [[nodiscard]] const std::string& name() const;

  // Inputs.
  [[nodiscard]] std::span<const InputWord> inputs() const;
  [[nodiscard]] std::size_t bit_count() const;
  [[nodiscard]] std::size_t first_bit(InputId word) const;
  [[nodiscard]] std::string bit_name(std::size_t bit) const;  // "a", or "speed.3" for words

  // Gates, as written and in Boolean form.  Wires of the Boolean form are sorted by source, hold no
  // source twice and no zero weight (a word and one of its bits may cancel).
  [[nodiscard]] std::size_t gate_count() const;
  [[nodiscard]] const GateSpec& gate(GateId id) const;
  [[nodiscard]] std::span<const Wire> wires(GateId id) const;
  // The threshold that z is computed with: the written one, or, where a Threshold or Relu gate can
  // never reach or never miss it, the nearest number that says the same (so that z stays small).
  [[nodiscard]] std::int64_t threshold(GateId id) const;
  [[nodiscard]] int level(GateId id) const;  // 1 + the largest level it reads; inputs are level 0
  [[nodiscard]] std::span<const GateId> outputs() const;

  // Bounds of z over all inputs and all values of the gates it reads (interval arithmetic), within
  // +-2^62; and of the output y, which for Steps may be any 64-bit integer.
  struct Interval {
    std::int64_t low = 0, high = 0;
    friend bool operator==(const Interval&, const Interval&) = default;
  };
  [[nodiscard]] Interval sum_range(GateId id) const;    // of z, threshold already subtracted
  [[nodiscard]] Interval value_range(GateId id) const;  // of y
  [[nodiscard]] Interval node_range(Node node) const;   // of any node: [0, 1] for input bits

  // The activation as an explicit step function on sum_range.  Cost O(steps); for a Relu with very
  // many steps fails with ErrorCode::limit beyond CircuitLimits::steps.
  [[nodiscard]] Result<StepFunction> step_function(GateId id) const;

  // The activation applied to one z inside sum_range(id).  O(1), or O(log steps).
  [[nodiscard]] std::int64_t activate(GateId id, std::int64_t z) const;

  // The domain: as written; the bits it fixes (0, 1, or -1 where free); its remaining rows; and one
  // input inside it.
  [[nodiscard]] const DomainSpec& domain() const;
  [[nodiscard]] std::span<const std::int8_t> fixed_bits() const;
  [[nodiscard]] std::span<const DomainRow> domain_rows() const;
  [[nodiscard]] const InputBits& example_input() const;
  [[nodiscard]] bool in_domain(std::span<const std::uint8_t> bits) const;

  // The same circuit, asked about other inputs: `domain` takes the place of domain().  Fails as
  // CircuitBuilder::build() does.  O(size of the circuit): its arrays are copied.
  [[nodiscard]] Result<Circuit> with_domain(DomainSpec domain) const;

  struct Data;  // private to src/circuit

 private:
  friend class CircuitBuilder;
  explicit Circuit(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

// The only way to make a Circuit.  Each call checks the rules it can and returns their error; after
// an error the builder may go on, the offending item is simply not there.
class CircuitBuilder {
 public:
  explicit CircuitBuilder(std::string name = "");
  ~CircuitBuilder();
  CircuitBuilder(CircuitBuilder&&) noexcept;
  CircuitBuilder& operator=(CircuitBuilder&&) noexcept;

  Result<InputId> add_input(InputWord word);
  // All inputs come before the first gate.
  Result<GateId> add_gate(GateSpec gate);
  Result<void> add_output(GateId gate);

  // What a name stands for: an input word, "word.3", or a gate.  O(1).
  [[nodiscard]] std::optional<Source> find(std::string_view name) const;
  // The smallest and largest z and y of a gate added so far.
  [[nodiscard]] Circuit::Interval sum_range(GateId gate) const;
  [[nodiscard]] Circuit::Interval value_range(GateId gate) const;
  [[nodiscard]] std::size_t gate_count() const;
  [[nodiscard]] std::size_t bit_count() const;

  // Checks the domain (it must hold at least one input) and hands the circuit over.
  Result<Circuit> build(DomainSpec domain = {}) &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// ---- Evaluation: defines the meaning ------------------------------------------------------------

// The output y of every gate on one input.  Requires bits.size() == bit_count(), each 0 or 1; the
// input need not lie in the domain.  O(wires); thread-safe.
[[nodiscard]] std::vector<std::int64_t> evaluate(const Circuit& circuit,
                                                 std::span<const std::uint8_t> bits);

// The smallest and largest value of a word.
[[nodiscard]] Circuit::Interval word_range(const InputWord& word);

// The input whose words have these values, one a word in declaration order.  Requires each to lie in its
// word's range.  O(bits).
[[nodiscard]] InputBits input_of_words(const Circuit& circuit,
                                       std::span<const std::int64_t> values);

// The value of a word in an input, two's complement if signed.
[[nodiscard]] std::int64_t word_value(const Circuit& circuit, InputId word,
                                      std::span<const std::uint8_t> bits);

// "0110..." <-> InputBits, character i is input bit i.
[[nodiscard]] std::string to_string(const InputBits& bits);
[[nodiscard]] Result<InputBits> parse_input_bits(const Circuit& circuit, std::string_view text);

}  // namespace gatelight

#endif  // GATELIGHT_CIRCUIT_HPP
