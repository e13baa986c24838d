// SPDX-License-Identifier: Apache-2.0
//
// Functions of which a partition of large rank is known, by name.
//
// Why       The ranks, the norms and the sizes that energy 1 needs: docs/explanation/frontier.md.
// Tested by tests/unit/theory/known_function_test.cpp, tests/unit/theory/budget_test.cpp
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "base/real.hpp"
#include "base/text.hpp"
#include "gatelight/theory.hpp"

namespace gatelight {
namespace {

constexpr std::int64_t most_number = std::int64_t{1} << 20;
constexpr std::int64_t most_address = 20;
constexpr std::int64_t largest_power = 62;

// 2^exponent, or 2^62 where that is less.
std::int64_t power_or_most(std::int64_t exponent) {
  return std::int64_t{1} << std::min(exponent, largest_power);
}

// log2(2^exponent - 1), rounded downwards.
double log2_of_all_but_one(std::int64_t exponent) {
  if (exponent <= largest_power) return log2_below((std::uint64_t{1} << exponent) - 1);
  // It is above exponent - 2^(2 - exponent), and that above the next smaller number.
  return std::nextafter(static_cast<double>(exponent), 0.0);
}

// The numbers behind the name, as many as there are colons; nothing where one is none.
std::optional<std::vector<std::int64_t>> numbers_of(std::string_view text) {
  std::vector<std::int64_t> numbers;
  for (;;) {
    const std::string_view part = text.substr(0, text.find(':'));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    numbers.push_back(number);
    if (part.size() == text.size()) return numbers;
    text.remove_prefix(part.size() + 1);
  }
}

using Numbers = std::vector<std::int64_t>;

// log2 of a lower bound of gamma_2, trace norm / 2^pairs: sqrt(5)^pairs for disj, whose matrix is a tensor power of
// [1 1; 1 0]; one less for cd, the complement; (2^(pairs / 2) - 1) / 2 for ip.  0 where that says less than 1.
double log2_gamma2_of(const std::string& family, std::int64_t pairs) {
  if (family == "eq") return 0;
  base::Real value(64);
  if (family == "ip") {
    mpfr_set_si_2exp(value, pairs, -1, MPFR_RNDD);
  } else {
    mpfr_set_d(value, 1.25, MPFR_RNDD);  // (sqrt(5) / 2)^2
    mpfr_log2(value, value, MPFR_RNDD);
    mpfr_mul_si(value, value, pairs, MPFR_RNDD);
    mpfr_div_2ui(value, value, 1, MPFR_RNDD);
  }
  if (family != "disj") {
    mpfr_exp2(value, value, MPFR_RNDD);
    mpfr_sub_ui(value, value, 1, MPFR_RNDD);
    if (family == "ip") mpfr_div_2ui(value, value, 1, MPFR_RNDD);
    if (mpfr_cmp_ui(value, 1) <= 0) return 0;
    mpfr_log2(value, value, MPFR_RNDD);
  }
  return mpfr_get_d(value, MPFR_RNDD);
}

// With all x on one side, the matrix of eq is the identity, that of disj a power of a matrix of rank 2; cd and
// ip have one row of zeros less.
void fill_pairs(KnownFunction& f, const Numbers& numbers) {
  const std::int64_t pairs = numbers[0];
  f.n = static_cast<std::size_t>(2 * pairs);
  f.side = pairs;
  const bool full = f.family == "eq" || f.family == "disj";
  f.log2_rank = full ? static_cast<double>(pairs) : log2_of_all_but_one(pairs);
  f.log2_gamma2 = log2_gamma2_of(f.family, pairs);
  if (f.family == "eq") {
    f.single_size = 2;
  } else {
    f.single_size = f.family == "disj" ? pairs : power_or_most(pairs - 1);
  }
}

// Functions of the number of ones, half of the bits on each side.
void fill_symmetric(KnownFunction& f, const Numbers& numbers) {
  const std::int64_t bits = numbers[0];
  f.n = static_cast<std::size_t>(bits);
  f.side = bits / 2;
  std::int64_t rank = f.side + 1;  // majority: a staircase
  if (f.family == "parity") {
    rank = bits == 1 ? 1 : 2;
    f.single_size = power_or_most(bits - 1);
  } else if (f.family == "mod") {
    f.modulus = numbers[1];
    rank = std::min(f.modulus, bits - f.modulus + 2);
    f.single_size = f.modulus == 2 ? power_or_most(bits - 1) : 2;
  }
  f.log2_rank = log2_below(static_cast<std::uint64_t>(rank));
}

// The address on one side: 2^address different unit vectors among the columns of the data.
void fill_multiplexer(KnownFunction& f, const Numbers& numbers) {
  f.side = numbers[0];
  f.n = static_cast<std::size_t>((std::int64_t{1} << f.side) + f.side);
  f.log2_rank = static_cast<double>(f.side);
  f.single_size = std::int64_t{1} << f.side;
}

struct Kind {
  std::string_view name;
  std::size_t numbers;
  std::int64_t most;
  void (*fill)(KnownFunction&, const Numbers&);
};
constexpr std::array<Kind, 8> kinds{{{"cd", 1, most_number, fill_pairs},
                                     {"disj", 1, most_number, fill_pairs},
                                     {"eq", 1, most_number, fill_pairs},
                                     {"ip", 1, most_number, fill_pairs},
                                     {"parity", 1, most_number, fill_symmetric},
                                     {"majority", 1, most_number, fill_symmetric},
                                     {"mod", 2, 2 * most_number, fill_symmetric},
                                     {"mux", 1, most_address, fill_multiplexer}}};

}  // namespace

Result<KnownFunction> known_function(std::string_view text) {
  const Error wrong{ErrorCode::bad_input,
                    "must be cd:M, disj:M, eq:M, ip:M, parity:N, majority:N, mod:N:K, mod:M or "
                    "mux:A, M and N from 1 to "
                    "1048576, K from 2 to N, A from 1 to 20",
                    "--function " + base::quoted(text)};
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return wrong;
  const auto kind = std::ranges::find(kinds, text.substr(0, colon), &Kind::name);
  auto numbers = numbers_of(text.substr(colon + 1));
  if (kind == kinds.end() || !numbers) return wrong;
  if (kind->name == "mod" && numbers->size() == 1 && numbers->front() >= 1 &&
      numbers->front() <= most_number) {
    numbers->insert(numbers->begin(), 2 * numbers->front());
  }
  if (numbers->size() != kind->numbers) return wrong;
  if (numbers->front() < 1 || numbers->front() > kind->most) return wrong;
  if (numbers->size() == 2 && (numbers->back() < 2 || numbers->back() > numbers->front())) {
    return wrong;
  }
  KnownFunction function{
      .name = std::string(text), .family = std::string(kind->name), .parameter = numbers->front()};
  kind->fill(function, *numbers);
  return function;
}

}  // namespace gatelight
