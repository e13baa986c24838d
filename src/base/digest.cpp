// SPDX-License-Identifier: Apache-2.0
//
// Tested by tests/unit/base/digest_test.cpp
#include "base/digest.hpp"

#include <openssl/evp.h>

#include <array>

#include "gatelight/result.hpp"

namespace gatelight::base {

std::string sha256(std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const int done =
      EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_sha256(), nullptr);
  GATELIGHT_REQUIRE(done == 1, "internal error: SHA-256 is not available");
  std::string text;
  constexpr std::string_view digits = "0123456789abcdef";
  for (unsigned i = 0; i < length; ++i) {
    text += digits[digest[i] >> 4U];
    text += digits[digest[i] & 15U];
  }
  return text;
}

}  // namespace gatelight::base
