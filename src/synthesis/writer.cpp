// SPDX-License-Identifier: Apache-2.0
#include "synthesis/writer.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "circuit/data.hpp"

namespace gatelight::synthesis {
namespace {

Activation activation_of(GateKind kind, std::int64_t precision) {
  const int bits = static_cast<int>(precision);
  Activation activation;
  if (kind == GateKind::relu) activation = Relu{.max = (std::int64_t{1} << bits) - 1};
  if (kind == GateKind::sigmoid) activation = Sigmoid{.bits = bits};
  return activation;
}

// The smallest sum less threshold on which that is not 0.
Result<std::int64_t> first_firing(GateKind kind, std::int64_t precision) {
  if (kind != GateKind::sigmoid) return kind == GateKind::relu ? 1 : 0;
  // At z = -(b + 2) the logistic function is below e^-(b + 2) < 2^-(b + 1), where the value is 0; at 0 it is 1/2.
  const auto steps =
      circuit::sigmoid_steps({.bits = static_cast<int>(precision)}, {-(precision + 2), 0});
  if (!steps.ok()) return steps.error();
  return steps->at.front();
}

// The builder refuses the least number, which has none.
std::int64_t magnitude(std::int64_t weight) {
  return weight < 0 ? -std::max(weight, -std::numeric_limits<std::int64_t>::max()) : weight;
}

std::string kind_in_name(GateKind kind, std::int64_t precision) {
  if (kind == GateKind::threshold) return "";
  return (kind == GateKind::relu ? " activation=relu" : " activation=sigmoid") +
         (precision > 1 ? " precision=" + std::to_string(precision) : "");
}

}  // namespace

Writer::Writer(std::string name, GateKind kind, std::int64_t precision)
    : builder_(std::move(name) + kind_in_name(kind, precision)), kind_(kind) {}

template <class T>
std::optional<T> Writer::keep(Result<T> result) {
  if (result.ok()) return *std::move(result);
  error_ = result.error();
  return std::nullopt;
}

std::vector<Source> Writer::inputs(std::string_view prefix, std::int64_t how_many) {
  std::vector<Source> sources;
  for (std::int64_t i = 0; i < how_many && !failed(); ++i) {
    const auto word = keep(builder_.add_input({.name = std::string(prefix) + std::to_string(i)}));
    if (word) sources.push_back(Source::word(*word));
  }
  return sources;
}

std::vector<Source> Writer::words(const std::vector<InputWord>& words) {
  std::vector<Source> sources;
  for (const InputWord& word : words) {
    const auto added = keep(builder_.add_input(word));
    if (!added) break;
    const bool plain = word.bits == 1 && !word.is_signed;
    for (int bit = 0; bit < word.bits; ++bit) {
      sources.push_back(plain ? Source::word(*added) : Source::bit(*added, bit));
    }
  }
  return sources;
}

Source Writer::gate(std::string name, std::vector<WrittenWire> wires, std::int64_t threshold,
                    std::int64_t precision) {
  if (failed()) return {};
  auto& first = first_firings_[precision];  // a sigmoid's takes long to work out
  if (!first) first = keep(first_firing(kind_, precision));
  if (!first) return {};
  return gate(std::move(name), std::move(wires), threshold - *first,
              activation_of(kind_, precision));
}

Source Writer::gate(std::string name, std::vector<WrittenWire> wires, std::int64_t threshold,
                    Activation activation) {
  if (failed()) return {};
  wires_ += wires.size();
  ++size_;
  for (const WrittenWire& wire : wires) weight_ = std::max(weight_, magnitude(wire.weight));
  if (wires_ > most_wires) {
    error_ = Error{ErrorCode::limit,
                   "more than 2^22 wires; ask for fewer inputs, or for another depth or width that "
                   "needs fewer gates",
                   ""};
    return {};
  }
  while (builder_.find(name)) name += '_';
  const auto added = keep(builder_.add_gate({.name = std::move(name),
                                             .wires = std::move(wires),
                                             .threshold = threshold,
                                             .activation = std::move(activation)}));
  return added ? Source::gate(*added) : Source{};
}

Result<Construction> Writer::finish(Source output, const Predicted& predicted, std::string function,
                                    std::string reference, DomainSpec domain) && {
  if (failed()) return *error_;
  if (auto added = builder_.add_output(GateId{output.index}); !added.ok()) return added.error();
  auto circuit = std::move(builder_).build(std::move(domain));
  if (!circuit.ok()) return circuit.error();
  return Construction{*std::move(circuit), predicted, std::move(function), std::move(reference)};
}

void append(std::vector<WrittenWire>& wires, const std::vector<Source>& sources,
            std::int64_t weight) {
  for (const Source source : sources) wires.push_back({source, weight});
}

std::optional<Error> refused(const Asked& asked) {
  if (asked.low <= asked.value && asked.value <= asked.high) return std::nullopt;
  std::string range = "must be ";
  if (asked.low == asked.high) {
    range += std::to_string(asked.low);
  } else {
    range += "from " + std::to_string(asked.low) + " to " + std::to_string(asked.high);
  }
  return Error{ErrorCode::bad_input,
               range + ", not " + std::to_string(asked.value) + "; " + std::string(asked.mend),
               std::string(asked.name)};
}

std::optional<Error> refused(std::initializer_list<Asked> all) {
  for (const Asked& asked : all) {
    if (auto error = refused(asked)) return error;
  }
  return std::nullopt;
}

std::optional<Error> refused_precision(GateKind kind, std::int64_t precision) {
  if (kind == GateKind::threshold) {
    return refused({{"precision", precision, 1, 1,
                     "threshold gates have one bit: choose another activation"}});
  }
  return refused({{"precision", precision, 1, 16, "more bits change nothing here"}});
}

std::vector<std::int64_t> even_parts(std::int64_t total, std::int64_t parts) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(parts), total / parts);
  for (std::int64_t i = 0; i < total % parts; ++i) ++sizes[static_cast<std::size_t>(i)];
  return sizes;
}

}  // namespace gatelight::synthesis
