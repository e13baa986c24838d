// SPDX-License-Identifier: Apache-2.0
//
// SHA-256, to recognize data that was altered or belongs to something else.
#ifndef GATELIGHT_BASE_DIGEST_HPP
#define GATELIGHT_BASE_DIGEST_HPP

#include <string>
#include <string_view>

namespace gatelight::base {

// 64 hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view data);

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_DIGEST_HPP
