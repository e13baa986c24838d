// SPDX-License-Identifier: Apache-2.0
//
// VNN-LIB 1.0: the input box of a property.
//
// Problem   A property bounds real inputs X_i and outputs Y_j; a domain speaks of integer words.
// Idea      Conditions become one interval an input, in exact rationals; real = scale * word + offset
//           turns it into a range of the word.  Conditions that read outputs are left out.
// Why       Leaving conditions out only adds inputs, so what holds on the box holds on the property.
//           Alternatives ("or") that are not the same box would need a union: refused.
// Limits    Boxes only.  2^24 tokens, nesting of 64, numbers of 1000 digits.
// Source    vnnlib.org, the format of the competitions from 2020 to 2024
// Tested by tests/unit/formats/vnnlib_test.cpp
#include <gmpxx.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "gatelight/formats.hpp"

namespace gatelight {
namespace {

constexpr std::size_t most_tokens = std::size_t{1} << 24;
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_digits = 1000;
constexpr int most_exponent = 1000;

// Thrown inside this file only; parse_vnnlib turns it into its Error.
struct Refused {
  Error error;
};

[[noreturn]] void refuse(std::size_t line, std::string message,
                         ErrorCode code = ErrorCode::bad_input) {
  throw Refused{{code, std::move(message), "line " + std::to_string(line)}};
}

// "(a b ...)", or one word.
struct Form {
  std::size_t line = 1;
  std::string_view word{};  // empty for a list
  std::vector<Form> items{};
  [[nodiscard]] bool is_list() const { return word.empty(); }
  [[nodiscard]] std::string_view head() const {
    return items.empty() ? std::string_view() : items.front().word;
  }
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // The next form of the text; nothing at its end.
  std::optional<Form> next() {
    skip_space();
    if (text_.empty()) return std::nullopt;
    return form(0);
  }

 private:
  void skip_space() {
    while (!text_.empty()) {
      if (text_[0] == ';') {
        text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      } else if (std::string_view(" \t\r\n").find(text_[0]) != std::string_view::npos) {
        if (text_[0] == '\n') ++line_;
        text_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  Form form(std::size_t depth) {
    if (++tokens_ > most_tokens) refuse(line_, "more than 2^24 tokens", ErrorCode::limit);
    Form result{line_};
    if (text_[0] == ')') refuse(line_, "a \")\" without its \"(\"; remove it");
    if (text_[0] != '(') {
      const auto end = std::min(text_.find_first_of(" \t\r\n();"), text_.size());
      result.word = text_.substr(0, end);
      text_.remove_prefix(end);
      return result;
    }
    if (depth == most_depth) refuse(line_, "nested deeper than 64 levels", ErrorCode::limit);
    text_.remove_prefix(1);
    for (skip_space(); !text_.empty(); skip_space()) {
      if (text_[0] == ')') {
        text_.remove_prefix(1);
        return result;
      }
      result.items.push_back(form(depth + 1));
    }
    refuse(line_, "the file ends inside the \"(\" of line " + std::to_string(result.line) +
                      "; it may be cut off");
  }

  std::string_view text_;
  std::size_t line_ = 1;
  std::size_t tokens_ = 0;
};

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "-0.5", "1e-3", exactly.  Nothing where it is no number, or one with too many digits.
std::optional<mpq_class> decimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int exponent = 0;
  if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (exponent > most_exponent || exponent < -most_exponent) return std::nullopt;
    text = text.substr(0, e);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const std::string digits = std::string(text.substr(0, point)) + std::string(fraction);
  if (digits.empty() || digits.size() > most_digits || !all_digits(digits)) return std::nullopt;
  exponent -= static_cast<int>(fraction.size());
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(std::abs(exponent)));
  mpq_class value{mpz_class(digits, 10)};
  if (exponent < 0) {
    value /= power;
  } else {
    value *= power;
  }
  return negative ? mpq_class(-value) : value;
}

std::string short_text(const mpq_class& value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.6g", value.get_d());
  return digits;
}

struct Interval {
  std::optional<mpq_class> low{}, high{};
  std::size_t line = 0;  // of the last condition; says nothing about the interval
  bool operator==(const Interval& other) const { return low == other.low && high == other.high; }
};
using Box = std::map<std::size_t, Interval>;  // by the number of X_i; the others are free

void intersect(Box& box, const Box& other) {
  for (const auto& [index, more] : other) {
    Interval& interval = box[index];
    if (more.low && (!interval.low || *more.low > *interval.low)) interval.low = more.low;
    if (more.high && (!interval.high || *more.high < *interval.high)) interval.high = more.high;
    interval.line = more.line;
  }
}

class Property {
 public:
  explicit Property(const Imported& network) : network_(network) {
    for (std::size_t w = 0; w < network.circuit.inputs().size(); ++w) {
      words_.emplace(network.input_meaning.empty() ? w : network.input_meaning[w].position, w);
    }
  }

  ParsedDomain read(std::string_view text) {
    Scanner scanner(text);
    Box box;
    while (const auto form = scanner.next()) command(*form, box);
    if (inputs_.empty()) refuse(1, "declares no input; a VNN-LIB 1.0 property declares X_0");
    for (const auto& [position, word] : words_) {
      if (!inputs_.contains(position)) {
        refuse(1, "X_" + std::to_string(position) +
                      " is not declared; is the property of another network?");
      }
    }
    ParsedDomain parsed;
    for (const auto& [index, interval] : box) {
      if (words_.contains(index)) parsed.domain.range.push_back(range(index, interval));
    }
    if (outputs_left_out_ != 0) {
      parsed.notes.push_back("conditions on outputs are left out (" +
                             std::to_string(outputs_left_out_) +
                             "): every input of the box is asked about");
    }
    return parsed;
  }

 private:
  void command(const Form& form, Box& box) {
    const std::string_view name = form.head();
    if (name == "declare-const" && form.items.size() == 3) {
      declare(form.items[1]);
      if (form.items[2].word != "Real") refuse(form.line, "must declare a Real");
    } else if (name == "assert" && form.items.size() == 2) {
      intersect(box, condition(form.items[1]));
    } else if (name != "set-logic" && name != "set-info" && name != "check-sat") {
      refuse(form.line, "must be (declare-const NAME Real) or (assert CONDITION)");
    }
  }

  // The number of X_i or Y_i; nothing for other names.
  static std::optional<std::size_t> number_of(std::string_view name, char letter) {
    if (name.size() < 3 || name[0] != letter || name[1] != '_') return std::nullopt;
    const std::string_view digits = name.substr(2);
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
  }

  void declare(const Form& name) {
    if (const auto input = number_of(name.word, 'X')) {
      const bool known = !words_.empty() && *input <= words_.rbegin()->first;
      if (!known) {
        refuse(name.line, base::quoted(name.word) + " is not an input of the network, which has " +
                              std::to_string(words_.size()) + "; is the property of another one?");
      }
      if (!inputs_.insert(*input).second)
        refuse(name.line, base::quoted(name.word) + " is declared twice");
    } else if (number_of(name.word, 'Y')) {
      outputs_.insert(name.word);
    } else {
      refuse(name.line, "declares " + base::quoted(name.word) +
                            "; inputs are called X_0, X_1, ... and outputs Y_0, Y_1, ...");
    }
  }

  // What the condition says about inputs.
  Box condition(const Form& form) {
    const std::string_view name = form.head();
    if (name == "and") {
      Box box;
      for (std::size_t i = 1; i < form.items.size(); ++i) intersect(box, condition(form.items[i]));
      return box;
    }
    if (name == "or" && form.items.size() > 1) {
      Box box = condition(form.items[1]);
      for (std::size_t i = 2; i < form.items.size(); ++i) {
        if (condition(form.items[i]) == box) continue;
        refuse(form.items[i].line, "a union of different input boxes; give each box a file",
               ErrorCode::unsupported);
      }
      return box;
    }
    if ((name == "<=" || name == ">=") && form.items.size() == 3) {
      const bool less = name == "<=";
      return comparison(form, form.items[less ? 1 : 2], form.items[less ? 2 : 1]);
    }
    refuse(form.line, "must be (<= A B), (>= A B), (and ...) or (or ...)");
  }

  // small <= large.
  Box comparison(const Form& form, const Form& small, const Form& large) {
    if (reads_output(small) || reads_output(large)) {
      ++outputs_left_out_;
      return {};
    }
    const auto low = number(small);
    const auto high = number(large);
    const auto left = number_of(small.word, 'X');
    const auto right = number_of(large.word, 'X');
    if (left && high) return {{*left, Interval{std::nullopt, high, form.line}}};
    if (right && low) return {{*right, Interval{low, std::nullopt, form.line}}};
    refuse(form.line,
           "must compare one input X_i with a number of at most 1000 digits; only boxes "
           "are read",
           ErrorCode::unsupported);
  }

  // Also looks at every name: each must be declared.
  bool reads_output(const Form& form) const {
    bool reads = false;
    for (const Form& item : form.items) reads = reads_output(item) || reads;
    if (const auto input = number_of(form.word, 'X'); input && !inputs_.contains(*input)) {
      refuse(form.line, base::quoted(form.word) + " is not declared");
    }
    if (number_of(form.word, 'Y') && !outputs_.contains(form.word)) {
      refuse(form.line, base::quoted(form.word) + " is not declared");
    }
    return reads || outputs_.contains(form.word);
  }

  // "0.5", "(- 0.5)".
  static std::optional<mpq_class> number(const Form& form) {
    if (!form.is_list()) return decimal(form.word);
    if (form.head() != "-" || form.items.size() != 2) return std::nullopt;
    const auto value = decimal(form.items[1].word);
    return value ? std::optional(mpq_class(-*value)) : std::nullopt;
  }

  DomainSpec::Range range(std::size_t position, const Interval& interval) const {
    const std::size_t w = words_.at(position);
    const std::string name = "X_" + std::to_string(position);
    const RealMeaning meaning =
        network_.input_meaning.empty() ? RealMeaning{} : network_.input_meaning[w];
    mpq_class scale, offset;
    if (scale.set_str(meaning.scale, 10) != 0 || offset.set_str(meaning.offset, 10) != 0 ||
        scale == 0) {
      refuse(interval.line, name + ": its scale is not a rational number", ErrorCode::unsupported);
    }
    const Circuit::Interval all = word_range(network_.circuit.inputs()[w]);
    auto low = interval.low, high = interval.high;
    if (scale < 0) std::swap(low, high);
    mpz_class first = all.low, last = all.high;
    if (low) {
      const mpq_class bound = (*low - offset) / scale;
      mpz_class above;
      mpz_cdiv_q(above.get_mpz_t(), bound.get_num_mpz_t(), bound.get_den_mpz_t());
      first = std::max(first, above);
    }
    if (high) {
      const mpq_class bound = (*high - offset) / scale;
      mpz_class below;
      mpz_fdiv_q(below.get_mpz_t(), bound.get_num_mpz_t(), bound.get_den_mpz_t());
      last = std::min(last, below);
    }
    if (first > last) {
      const auto real = [&](std::int64_t value) {
        return short_text(mpq_class(scale * mpz_class(value) + offset));
      };
      refuse(interval.line, "none of the values of " + name + " lies in the box: from " +
                                real(scale < 0 ? all.high : all.low) + " to " +
                                real(scale < 0 ? all.low : all.high) + " in steps of " +
                                short_text(abs(scale)) + "; widen it");
    }
    return {InputId{static_cast<std::uint32_t>(w)}, first.get_si(), last.get_si()};
  }

  const Imported& network_;
  std::map<std::size_t, std::size_t> words_;  // position -> word
  std::set<std::size_t> inputs_;              // declared
  std::set<std::string_view> outputs_;        // declared
  std::size_t outputs_left_out_ = 0;
};

}  // namespace

Result<ParsedDomain> parse_vnnlib(const Imported& network, std::string_view text) {
  try {
    return Property(network).read(text);
  } catch (const Refused& refused) {
    return refused.error;
  }
}

}  // namespace gatelight
