// SPDX-License-Identifier: Apache-2.0
//
// "NAME:NUMBER", how a function of a family is named (private to this folder).
#ifndef GATELIGHT_THEORY_FAMILY_TEXT_HPP
#define GATELIGHT_THEORY_FAMILY_TEXT_HPP

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatelight::theory {

struct FamilyText {
  std::string_view family;
  std::int64_t number = 0;
};
// Nothing where it is not like that, or the number is not from 1 to `most`.
inline std::optional<FamilyText> parse_family(std::string_view text, std::int64_t most) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  FamilyText parsed{text.substr(0, colon)};
  const std::string_view digits = text.substr(colon + 1);
  const char* end = digits.data() + digits.size();
  const auto [last, error] = std::from_chars(digits.data(), end, parsed.number);
  if (error != std::errc{} || last != end) return std::nullopt;
  if (parsed.number < 1 || parsed.number > most) return std::nullopt;
  return parsed;
}

}  // namespace gatelight::theory

#endif  // GATELIGHT_THEORY_FAMILY_TEXT_HPP
