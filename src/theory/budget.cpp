// SPDX-License-Identifier: Apache-2.0
//
// What the theorem leaves possible for a function whose rank is known.
//
// Problem   Three of size, depth, energy and weight are given; how small can the fourth be?
// Idea      The right side does not decrease when one of them grows, rounded upwards or not, so the least number
//           for which it reaches the left side is found by halving an interval.
// Why       The left side is rounded downwards and the right side upwards: a number is called impossible only
//           if the exact inequality says so.
// Tested by tests/unit/theory/budget_test.cpp
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "gatelight/theory.hpp"
#include "theory/family_text.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t most_pairs = std::int64_t{1} << 20;
constexpr std::int64_t most_address = 20;
constexpr std::int64_t most_number = std::int64_t{1} << 62;
constexpr std::int64_t most_depth = std::int64_t{1} << 30;

double right_side(const KnownFunction& function, const BudgetAnswer& numbers) {
  return theorem_rhs(numbers.e, static_cast<int>(numbers.d), numbers.s, numbers.w, function.n);
}

// One of the four numbers: where it stands in a budget and in an answer, and its range.
struct Number {
  const char* name;
  std::optional<std::int64_t> Budget::*given;
  std::int64_t BudgetAnswer::*answer;
  std::int64_t least, most;
};
constexpr Number numbers[] = {{"size", &Budget::s, &BudgetAnswer::s, 2, most_number},
                              {"depth", &Budget::d, &BudgetAnswer::d, 2, most_depth},
                              {"energy", &Budget::e, &BudgetAnswer::e, 0, most_number},
                              {"weight", &Budget::w, &BudgetAnswer::w, 1, most_number}};

}  // namespace

Result<KnownFunction> known_function(std::string_view text) {
  const Error wrong{
      ErrorCode::bad_input,
      "must be cd:M, disj:M, eq:M, ip:M, mod:M, parity:N or majority:N, numbers from 1 to "
      "1048576, or mux:K, K from 1 to 20",
      "--function " + base::quoted(text)};
  const auto parsed = theory::parse_family(text, most_pairs);
  if (!parsed) return wrong;
  const std::string_view family = parsed->family;
  const std::int64_t number = parsed->number;
  const auto inputs = static_cast<std::uint64_t>(number);
  const auto known = [&](std::uint64_t bits, double log2_rank) {
    return KnownFunction{std::string(text), bits, log2_rank};
  };
  // With all x on one side: the matrix of eq is the identity, that of disj a power of a matrix of rank 2; cd and
  // ip have one row of zeros less.
  if (family == "eq" || family == "disj") return known(2 * inputs, static_cast<double>(number));
  if (family == "cd" || family == "ip") {
    constexpr std::int64_t small = 62;
    if (number <= small) return known(2 * inputs, log2_below((std::uint64_t{1} << number) - 1));
    // log2(2^M - 1) is above M - 2^(2 - M), and that above the next smaller number.
    return known(2 * inputs, std::nextafter(static_cast<double>(number), 0.0));
  }
  // Rows are numbers of ones of one side: odd or even (if there are two sides), all that are different modulo M, and
  // all from 0 to N / 2, each of which lets another number of ones of the other side be enough.
  if (family == "parity") return known(inputs, number == 1 ? 0 : 1);
  if (family == "mod") return known(2 * inputs, log2_below(inputs));
  if (family == "majority") return known(inputs, log2_below(inputs / 2 + 1));
  // All addresses on one side: each one's row is the data bit of that number.
  if (family == "mux" && number <= most_address)
    return known((std::uint64_t{1} << number) + inputs, static_cast<double>(number));
  return wrong;
}

Result<BudgetAnswer> ask_budget(const KnownFunction& function, const Budget& budget) {
  BudgetAnswer answer;
  const Number* open = nullptr;
  for (const Number& number : numbers) {
    const auto& given = budget.*number.given;
    if (!given) {
      if (open != nullptr) {
        return Error{ErrorCode::bad_input, "only one of them can be left out",
                     std::string(open->name) + ", " + number.name};
      }
      open = &number;
      continue;
    }
    if (*given < number.least || *given > number.most) {
      return Error{
          ErrorCode::bad_input,
          "must be from " + std::to_string(number.least) + " to " + std::to_string(number.most),
          number.name};
    }
    answer.*number.answer = *given;
  }
  const auto enough = [&] { return function.log2_rank <= right_side(function, answer); };
  if (open != nullptr) {
    std::int64_t& number = answer.*open->answer;
    std::int64_t low = open->least, high = open->most;
    while (low < high) {
      number = low + (high - low) / 2;
      if (enough()) {
        high = number;
      } else {
        low = number + 1;
      }
    }
    number = low;
  }
  answer.rhs = right_side(function, answer);
  answer.possible = enough();
  return answer;
}

}  // namespace gatelight
