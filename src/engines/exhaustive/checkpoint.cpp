// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints of a sweep.
//
//   gatelight sweep 1
//   question <digest of the question and the order of the sweep>
//   next <number of blocks done>
//   best <value> <position>         a line for each target; -1 0 where nothing was found yet
//   tally <sum> <inputs>            a line for each sum that occurred, ascending
//   sha256 <digest of all lines before>
//
// The digest at the end tells a torn or altered file; the one at the beginning a file of another
// question, or of a version of this program that sweeps in another order.
// Tested by tests/unit/engines/exhaustive/checkpoint_test.cpp
#include "engines/exhaustive/checkpoint.hpp"

#include <charconv>
#include <optional>

#include "base/digest.hpp"

namespace gatelight::engines::exhaustive {
namespace {

constexpr std::string_view title = "gatelight sweep 1\n";
// To be raised when the order of the sweep, or the sums that are tallied, change.
constexpr int order_version = 1;

class Numbers {
 public:
  template <class Number>
  void add(Number number) {
    text_ += std::to_string(number);
    text_ += ' ';
  }
  template <class Range>
  void add_all(const Range& numbers) {
    add(numbers.size());
    for (const auto number : numbers) add(number);
  }
  void add_wires(std::span<const Wire> wires) {
    add(wires.size());
    for (const Wire& wire : wires) {
      add(wire.source);
      add(wire.weight);
    }
  }
  void add_activation(const Activation& activation) {
    add(activation.index());
    if (const auto* relu = std::get_if<Relu>(&activation)) {
      add(relu->shift);
      add(relu->max);
    } else if (const auto* steps = std::get_if<Steps>(&activation)) {
      add_all(steps->at);
      add_all(steps->values);
    } else if (const auto* sigmoid = std::get_if<Sigmoid>(&activation)) {
      add(sigmoid->bits);
      add(sigmoid->gain_p);
      add(sigmoid->gain_q);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Reads "word number number ... \n".
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool skip(std::string_view expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }
  template <class Number>
  bool number(Number& value) {
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc{}) return false;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return true;
  }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

std::optional<SweepState> read_lines(Reader& reader, const Plan& plan) {
  SweepState state;
  if (!reader.skip("next ") || !reader.number(state.next) || !reader.skip("\n") ||
      state.next > plan.blocks.count()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < plan.program.targets.size(); ++i) {
    Found found;
    if (!reader.skip("best ") || !reader.number(found.value) || !reader.skip(" ") ||
        !reader.number(found.position) || !reader.skip("\n") ||
        found.position / lanes >= plan.blocks.count()) {
      return std::nullopt;
    }
    state.best.push_back(found);
  }
  while (reader.skip("tally ")) {
    std::uint64_t sum = 0, inputs = 0;
    if (!reader.number(sum) || !reader.skip(" ") || !reader.number(inputs) || !reader.skip("\n")) {
      return std::nullopt;
    }
    state.tally[sum] += inputs;
  }
  if (!reader.at_end()) return std::nullopt;
  return state;
}

}  // namespace

std::string identity_of(const Question& question, const Plan& plan) {
  const Circuit& circuit = question.circuit;
  Numbers numbers;
  numbers.add(order_version);
  for (const std::int8_t fixed : circuit.fixed_bits()) numbers.add(int{fixed});
  for (const DomainRow& row : circuit.domain_rows()) {
    numbers.add_wires(row.wires);
    numbers.add(row.min);
    numbers.add(row.max);
  }
  for (std::uint32_t g = 0; g < circuit.gate_count(); ++g) {
    numbers.add_wires(circuit.wires(GateId{g}));
    numbers.add(circuit.threshold(GateId{g}));
    numbers.add_activation(circuit.gate(GateId{g}).activation);
  }
  for (const Objective& objective : question.objectives) numbers.add_all(objective.cost);
  numbers.add(question.histogram ? 1 : 0);
  numbers.add_all(plan.low_inputs);
  numbers.add_all(plan.high_inputs);
  numbers.add(plan.blocks.count());
  return base::sha256(numbers.text());
}

std::string format_state(const SweepState& state, std::string_view identity) {
  std::string text(title);
  text += "question " + std::string(identity) + "\n";
  text += "next " + std::to_string(state.next) + "\n";
  for (const Found& found : state.best) {
    text += "best " + std::to_string(found.value) + " " + std::to_string(found.position) + "\n";
  }
  for (const auto& [sum, inputs] : state.tally) {
    text += "tally " + std::to_string(sum) + " " + std::to_string(inputs) + "\n";
  }
  return text + "sha256 " + base::sha256(text) + "\n";
}

Result<SweepState> parse_state(std::string_view text, std::string_view identity, const Plan& plan) {
  const auto bad = [](const char* what) { return Error{ErrorCode::bad_input, what, ""}; };
  const auto damaged = [&] {
    return bad("is no checkpoint of this program, or is damaged; delete it to begin anew");
  };
  const std::size_t end = text.rfind("sha256 ");
  if (!text.starts_with(title) || end == std::string_view::npos) return damaged();
  const std::string_view lines = text.substr(0, end);
  if (text.substr(end) != "sha256 " + base::sha256(lines) + "\n") return damaged();
  Reader reader(lines.substr(title.size()));
  if (!reader.skip("question " + std::string(identity) + "\n")) {
    return bad("belongs to another circuit or question; name another file, or delete it");
  }
  std::optional<SweepState> state = read_lines(reader, plan);
  if (!state) return damaged();
  return *std::move(state);
}

}  // namespace gatelight::engines::exhaustive
