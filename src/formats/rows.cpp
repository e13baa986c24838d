// SPDX-License-Identifier: Apache-2.0
//
// Rows of input words from comma-separated values.  Tested by tests/unit/formats/rows_test.cpp
#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/text.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_values = std::size_t{1} << 27;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count(line, ',')) + 1;
}

// The fields of a line, without spaces around them and one pair of quotes.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t comma = line.find(',');
    std::string_view field = trimmed(line.substr(0, comma));
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
      field = field.substr(1, field.size() - 2);
    }
    fields.push_back(field);
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

bool looks_like_number(std::string_view field) {
  return !field.empty() &&
         std::string_view("0123456789+-.").find(field[0]) != std::string_view::npos;
}

class RowReader {
 public:
  explicit RowReader(const Circuit& circuit) : circuit_(circuit) {
    rows_.width = circuit.inputs().size();
  }

  Result<DataRows> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte-order mark
    if (rows_.width == 0) return Error{ErrorCode::bad_input, "the circuit has no inputs", ""};
    bool first = true;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      ++line_;
      if (line.empty()) continue;
      if (auto read = read_line(line, std::exchange(first, false)); !read.ok()) {
        return read.error();
      }
    }
    if (rows_.size() == 0) return bad("holds no row of data");
    return std::move(rows_);
  }

 private:
  [[nodiscard]] Error bad(std::string message, ErrorCode code = ErrorCode::bad_input) const {
    return {code, std::move(message), "line " + std::to_string(std::max<std::size_t>(line_, 1))};
  }

  Result<void> read_line(std::string_view line, bool first) {
    if (const std::size_t columns = columns_of(line); columns != rows_.width) {
      return bad("has " + std::to_string(columns) + " columns, the circuit " +
                 std::to_string(rows_.width) + " input words; give one integer a word");
    }
    const std::vector<std::string_view> fields = fields_of(line);
    if (first && std::ranges::none_of(fields, looks_like_number)) return read_header(fields);
    if (rows_.words.size() + fields.size() > most_values) {
      return bad("more than 2^27 values; split the file", ErrorCode::limit);
    }
    for (std::size_t w = 0; w < fields.size(); ++w) {
      const auto value = word(fields[w], w);
      if (!value.ok()) return value.error();
      rows_.words.push_back(*value);
    }
    rows_.lines.push_back(line_);
    return {};
  }

  // A header that names words in another order would be misread without a sign.
  Result<void> read_header(const std::vector<std::string_view>& fields) {
    std::unordered_set<std::string_view> names;
    for (const InputWord& input : circuit_.inputs()) names.insert(input.name);
    for (std::size_t w = 0; w < fields.size(); ++w) {
      if (fields[w] == circuit_.inputs()[w].name || !names.contains(fields[w])) continue;
      return bad("column " + std::to_string(w + 1) + " is called " + base::quoted(fields[w]) +
                 ", but input word " + std::to_string(w + 1) + " is " +
                 base::quoted(circuit_.inputs()[w].name) +
                 "; put the columns in the order of the circuit's inputs");
    }
    return {};
  }

  Result<std::int64_t> word(std::string_view field, std::size_t w) {
    const InputWord& input = circuit_.inputs()[w];
    const std::string_view digits = field.starts_with('+') ? field.substr(1) : field;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size() &&
                       (digits.size() == field.size() || digits[0] != '-');
    const Circuit::Interval range = word_range(input);
    if (whole && range.low <= value && value <= range.high) return value;
    return bad("column " + std::to_string(w + 1) + ": input word " + base::quoted(input.name) +
               " takes integers from " + std::to_string(range.low) + " to " +
               std::to_string(range.high) + ", not " + base::quoted(field));
  }

  const Circuit& circuit_;
  DataRows rows_;
  std::size_t line_ = 0;
};

}  // namespace

Result<DataRows> parse_rows(const Circuit& circuit, std::string_view csv) {
  return RowReader(circuit).read(csv);
}

}  // namespace gatelight
