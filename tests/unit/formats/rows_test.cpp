// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "gatelight/formats.hpp"
#include "generate/multiplier.hpp"

namespace gatelight {
namespace {

Circuit circuit() {
  return *parse_circuit(R"({"format": "gatelight/circuit", "version": 1,
    "inputs": [{"name": "a"}, {"name": "u", "bits": 4}, {"name": "s", "bits": 3, "signed": true}],
    "gates": [], "outputs": []})");
}

using Words = std::vector<std::int64_t>;

TEST(Rows, AreIntegersInTheOrderOfTheWords) {
  const auto rows = *parse_rows(circuit(), "1,15,-4\n0,0,3\n");
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.words, (Words{1, 15, -4, 0, 0, 3}));
  EXPECT_EQ(rows.lines, (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(Words(rows.row(1).begin(), rows.row(1).end()), (Words{0, 0, 3}));
}

TEST(Rows, HeadersEmptyLinesAndSpacesAreNoData) {
  for (const char* csv : {"a,u,s\n1,2,3\n", "\xEF\xBB\xBF\"a\",\"u\",\"s\"\r\n1,2,3\r\n",
                          "\nweight,width,\n 1 ,\t2,\"3\"", "left,right,x\n\n\n1,+2,3\n\n"}) {
    const auto rows = parse_rows(circuit(), csv);
    ASSERT_TRUE(rows.ok()) << rows.error().text();
    EXPECT_EQ(rows->words, (Words{1, 2, 3})) << csv;
  }
  EXPECT_EQ(parse_rows(circuit(), "x,y,z\n\n1,2,3")->lines[0], 3U);
}

TEST(Rows, ErrorsNameTheLine) {
  const std::vector<std::pair<std::string, const char*>> cases{
      {"", "line 1: holds no row"},
      {"a,u,s\n", "line 1: holds no row"},
      {"1,2,3\n1,2\n", "line 2: has 2 columns, the circuit 3"},
      {"1,2,3,4\n", "line 1: has 4 columns"},
      {"1,2,3\n\n1,16,3",
       "line 3: column 2: input word \"u\" takes integers from 0 to 15, not \"16\""},
      {"2,2,3", "column 1"},
      {"0,2,-5", "column 3: input word \"s\" takes integers from -4 to 3"},
      {"0,2,nan", "not \"nan\""},
      {"0,2.0,1", "not \"2.0\""},
      {"0,2,", "not \"\""},
      {"0,2,+-1", "not \"+-1\""},
      {"0,2,+", "not \"+\""},
      {"0,99999999999999999999999,1", "column 2"},
      {"a,u,s\nb,u,s\n", "line 2"},
      {"0;2;1", "has 1 columns"},
      {"u,a,s\n1,2,3\n", "column 1 is called \"u\", but input word 1 is \"a\""},
      {std::string("1,2,3\n\0\0\0,1", 10), "line 2"},
  };
  for (const auto& [csv, message] : cases) {
    const auto rows = parse_rows(circuit(), csv);
    ASSERT_FALSE(rows.ok()) << csv;
    EXPECT_NE(rows.error().text().find(message), std::string::npos) << rows.error().text();
    EXPECT_EQ(rows.error().code, ErrorCode::bad_input);
    EXPECT_EQ(rows.error().text().find('\n'), std::string::npos);
  }
}

TEST(Rows, NeedAnInput) {
  const Circuit none = *CircuitBuilder().build();
  EXPECT_NE(parse_rows(none, "1").error().text().find("has no inputs"), std::string::npos);
}

// Any bytes: rows or an error, and whatever was read lies in the ranges of the words.
TEST(Rows, AnyBytesAreReadOrRefused) {
  base::Random random(31);
  constexpr std::string_view characters = "0123-+,,,,\n\n\r \"a.\xff";
  int read = 0;
  for (int round = 0; round < generate::scaled(20'000); ++round) {
    std::string csv = "0,1,2\n1,12,-3\n";
    for (std::uint64_t i = random.below(5); i > 0; --i) {
      const std::size_t at = random.below(csv.size());
      const auto character = static_cast<char>(characters[random.below(characters.size())]);
      if (random.coin()) {
        csv[at] = character;
      } else {
        csv.insert(at, 1, character);
      }
    }
    const auto rows = parse_rows(circuit(), csv);
    if (!rows.ok()) continue;
    ++read;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      ASSERT_EQ(input_of_words(circuit(), rows->row(i)).size(), 8U);
    }
  }
  EXPECT_GT(read, 10) << "some were rows";
}

}  // namespace
}  // namespace gatelight
