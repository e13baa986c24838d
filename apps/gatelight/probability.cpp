// SPDX-License-Identifier: Apache-2.0
//
// "0.25", "1/4" and "speed.3=0.25", exactly.

#include "base/text.hpp"
#include "command.hpp"

namespace gatelight::app {
namespace {

constexpr std::size_t most_digits = 17;  // so that powers of ten fit 64 bits

std::optional<std::int64_t> short_number(std::string_view text) {
  return text.size() <= most_digits ? whole_number<std::int64_t>(text) : std::nullopt;
}

std::optional<Probability> decimal(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const std::string digits = std::string(text.substr(0, point)) + std::string(fraction);
  const auto number = short_number(digits);
  if (!number) return std::nullopt;
  Probability p{*number, 1};
  for (std::size_t i = 0; i < fraction.size(); ++i) p.denominator *= 10;
  return p;
}

std::optional<Probability> parse(std::string_view text) {
  std::optional<Probability> p;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    p = decimal(text);
  } else {
    const auto above = short_number(text.substr(0, slash));
    const auto below = short_number(text.substr(slash + 1));
    if (above && below && *below != 0) p = Probability{*above, *below};
  }
  return p && p->numerator <= p->denominator ? p : std::nullopt;
}

// The bits that a name stands for: of a word, or one bit.
std::vector<std::size_t> bits_named(const Circuit& circuit, std::string_view name) {
  std::vector<std::size_t> bits;
  for (std::uint32_t w = 0; w < circuit.inputs().size(); ++w) {
    const std::size_t first = circuit.first_bit(InputId{w});
    const bool whole = circuit.inputs()[w].name == name;
    for (int j = 0; j < circuit.inputs()[w].bits; ++j) {
      const std::size_t bit = first + static_cast<std::size_t>(j);
      if (whole || circuit.bit_name(bit) == name) bits.push_back(bit);
    }
  }
  return bits;
}

}  // namespace

std::string check_probability(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  const bool named = equals != std::string::npos;
  const auto p = parse(named ? std::string_view(text).substr(equals + 1) : text);
  if (p && equals != 0) return "";
  return "must be a probability such as 0.25 or 1/4 of at most 17 digits, or NAME=0.25";
}

Result<std::vector<Probability>> read_probabilities(const Circuit& circuit,
                                                    const std::vector<std::string>& written) {
  std::vector<Probability> probabilities;
  if (!written.empty()) probabilities.resize(circuit.bit_count());
  // Those for all bits first, so that the order of the options does not matter.
  for (const bool named : {false, true}) {
    for (const std::string& text : written) {
      const std::size_t equals = text.rfind('=');
      if ((equals != std::string::npos) != named) continue;
      const Probability p = parse(named ? std::string_view(text).substr(equals + 1) : text).value();
      if (!named) {
        probabilities.assign(circuit.bit_count(), p);
        continue;
      }
      const std::string name = text.substr(0, equals);
      const auto bits = bits_named(circuit, name);
      if (bits.empty()) {
        return Error{ErrorCode::bad_input, base::quoted(name) + " is not an input of this circuit",
                     "--probability"};
      }
      for (const std::size_t bit : bits) probabilities[bit] = p;
    }
  }
  return probabilities;
}

}  // namespace gatelight::app
