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
#include "gatelight/theory.hpp"

#include "base/halving.hpp"

namespace gatelight {
namespace {

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
    number = base::least_allowed(open->least, open->most, [&](std::int64_t tried) {
      number = tried;
      return enough();
    });
  }
  answer.rhs = right_side(function, answer);
  answer.possible = enough();
  return answer;
}

}  // namespace gatelight
