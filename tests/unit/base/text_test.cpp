// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

#include "gatelight/bounds.hpp"

namespace gatelight::base {
namespace {

TEST(Text, StaysOnOneLine) {
  EXPECT_EQ(one_line("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(one_line("\xE2\x82\xAC"), "\xE2\x82\xAC");     // the euro sign
  EXPECT_EQ(one_line("\xE2\x80\xA8"), "\\xe2\\x80\\xa8");  // U+2028 breaks lines
  EXPECT_EQ(one_line("\xC2\x85"), "\\xc2\\x85");           // U+0085, next line
  EXPECT_EQ(one_line("\xff\x80"), "\\xff\\x80");
  EXPECT_EQ(one_line("\xE2\x82"), "\\xe2\\x82");  // cut short
  EXPECT_EQ(one_line(std::string(100, 'a'), 3), "aaa...");
  EXPECT_EQ(quoted("x"), "\"x\"");
}

TEST(Text, KnowsUtf8) {
  for (const char* good :
       {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace gatelight::base
