// SPDX-License-Identifier: Apache-2.0
//
// Text for messages: always one line, always printable.
#ifndef GATELIGHT_BASE_TEXT_HPP
#define GATELIGHT_BASE_TEXT_HPP

#include <string>
#include <string_view>

namespace gatelight::base {

// The text with control characters and broken UTF-8 as \xNN, cut to about `limit` bytes (0: never).
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = 0);

// one_line(name, 80) in double quotes.
[[nodiscard]] std::string quoted(std::string_view name);

// True iff the bytes are well-formed UTF-8 (no surrogates, nothing beyond U+10FFFF, no overlong form).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_TEXT_HPP
