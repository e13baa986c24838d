// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <cstdint>

namespace gatelight::base {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (byte(i) & 0xC0U) == 0x80U;
  };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return continues(1) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    if (!continues(1) || !continues(2)) return 0;
    const unsigned point = (first & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6;
    return point >= 0x800U && (point < 0xD800U || point > 0xDFFFU) ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    const unsigned point = (first & 0x07U) << 18 | (byte(1) & 0x3FU) << 12;
    return point >= 0x10000U && point <= 0x10FFFFU ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string line;
  while (!text.empty()) {
    if (limit != 0 && line.size() >= limit) return line + "...";
    const std::size_t length = sequence_length(text);
    const auto byte = static_cast<unsigned char>(text.front());
    // U+0080..U+009F, U+2028 and U+2029 also break lines in some terminals.
    const bool control =
        length == 0 || byte < 0x20U || byte == 0x7FU ||
        (length == 2 && byte == 0xC2U && static_cast<unsigned char>(text[1]) < 0xA0U) ||
        text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
    if (!control) {
      line.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      line += {'\\', 'x', digits[byte >> 4], digits[byte & 15U]};
      text.remove_prefix(1);
    }
  }
  return line;
}

std::string quoted(std::string_view name) { return '"' + one_line(name, 80) + '"'; }

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace gatelight::base
