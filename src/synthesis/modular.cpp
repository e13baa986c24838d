// SPDX-License-Identifier: Apache-2.0
//
// Counting modulo m: the quotient is found digit by digit.
//
// Problem   A test for every multiple of m is n/m gates, all firing together.
// Idea      Let S = ones + offset, where offset makes the wanted residue 0.  The quotient of S by m is
//           written in digits, the most significant with base r_1, the others with base R.  A digit of
//           place value P (a multiple of m) is a chain of r - 1 tests [rest >= j P], folded into rows
//           as in symmetric.cpp, where rest is S minus what earlier digits have found.  The output
//           fires iff the last rest is 0.
// Why       Let the rest lie in [j P, (j + 1) P), so that the digit is j.  Rows whose tests are all above
//           j stay silent; in the row of j the tests from its lowest up to j fire; the lowest counts for
//           its own number times P and the others for P each, together j P.  A later row is silenced by
//           that lowest test: rest < T P, with T the lowest number of the row before (r where there is
//           none), so a weight of -(T - j') P pushes test j' below j' P.  The next rest is in [0, P), the
//           last one is S mod m.
// Cost      (r_1 - 1) + (digits - 1)(R - 1) + 1 gates.
// Limits    ones + offset <= 8192, so that weights and sums are far below 2^62.
// Source    A. Suzuki, K. Uchizawa, X. Zhou, Energy and fan-in of logic circuits computing symmetric
//           Boolean functions, 2013, for the trade-off of size and energy.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <string>

#include "synthesis/writer.hpp"

namespace gatelight {
namespace synthesis {
namespace {

struct Digit {
  std::int64_t base = 2, place = 1;  // values 0 to base - 1; of place value `place`
  Rows rows;
};

// Most significant first.
struct Digits {
  std::int64_t quotient = 1;  // the largest one
  std::int64_t offset = 0;
  std::vector<Digit> all;
};

Digits digits_of(const families::Modular& wanted) {
  Digits digits;
  digits.offset = (wanted.modulus - wanted.residue) % wanted.modulus;
  digits.quotient = (wanted.bits + digits.offset) / wanted.modulus;
  std::int64_t scale = 1;
  for (std::int64_t i = 1; i < wanted.digits; ++i) scale *= wanted.radix;
  for (std::int64_t i = 0; i < wanted.digits; ++i) {
    const std::int64_t base = i == 0 ? digits.quotient / scale + 1 : wanted.radix;
    const std::int64_t width = std::min(wanted.width.value_or(base - 1), base - 1);
    digits.all.push_back({base, scale * wanted.modulus, {.length = base - 1, .width = width}});
    scale /= wanted.radix;
  }
  return digits;
}

Predicted predict(const families::Modular& wanted, const Digits& digits) {
  Predicted predicted{.inputs = wanted.bits, .size = 1, .depth = 1};
  for (const Digit& digit : digits.all) {
    predicted.size += digit.base - 1;
    predicted.depth += digit.rows.count();
  }
  const Digit& first = digits.all.front();
  predicted.weight = first.place * (first.rows.count() > 1 ? first.base - 1 : 1);
  // Every quotient from 1 on is reached with remainder 0, where the output fires too.
  for (std::int64_t q = 1; q <= digits.quotient; ++q) {
    std::int64_t firing = 1;
    for (const Digit& digit : digits.all) {
      firing += digit.rows.place(q * wanted.modulus / digit.place % digit.base);
    }
    predicted.energy = std::max(predicted.energy, firing);
  }
  return predicted;
}

// Adds the tests of one digit.  `found` holds, with weights, what earlier digits found; theirs are added.
void add_digit(Writer& writer, const std::vector<Source>& x, const Digit& digit,
               std::int64_t offset, const std::string& name, std::vector<WrittenWire>& found) {
  const std::vector<WrittenWire> earlier = found;
  std::vector<Source> lowest;
  std::vector<std::int64_t> top{digit.base};
  for (std::int64_t row = 0; row < digit.rows.count(); ++row) {
    const std::int64_t low = digit.rows.lowest(row), end = top.back() - 1;
    for (std::int64_t j = low; j <= end && !writer.failed(); ++j) {
      std::vector<WrittenWire> wires;
      append(wires, x, 1);
      for (const WrittenWire& wire : earlier) wires.push_back({wire.source, -wire.weight});
      for (std::size_t r = 0; r < static_cast<std::size_t>(row); ++r) {  // earlier rows only
        wires.push_back({lowest[r], -(top[r] - j) * digit.place});
      }
      const Source test =
          writer.gate(name + std::to_string(j), std::move(wires), j * digit.place - offset);
      found.push_back({test, (j == low ? low : 1) * digit.place});
      if (j == low) lowest.push_back(test);
    }
    top.push_back(low);
  }
}

std::optional<Error> refused_modular(const families::Modular& wanted) {
  const auto& [bits, modulus, residue, digits, radix, width, activation] = wanted;
  if (auto error = refused_modulus(bits, modulus, residue)) return error;
  if (auto error = refused(
          {{"width", width.value_or(1), 1, bits, "so many tests of a digit fire together"}})) {
    return error;
  }
  const std::int64_t quotient =
      digits_of({.bits = bits, .modulus = modulus, .residue = residue}).quotient;
  if (auto error = refused(Asked{"radix", radix, 2, std::max<std::int64_t>(2, quotient),
                                 "no digit need count further than the largest quotient"})) {
    return error;
  }
  std::int64_t most = 1;
  for (std::int64_t rest = quotient / radix; rest > 0; rest /= radix) ++most;
  const std::string mend = "the largest quotient, " + std::to_string(quotient) +
                           ", has no more digits: lower digits or radix";
  return refused(Asked{"digits", digits, 1, most, mend});
}

}  // namespace

std::optional<Error> refused_modulus(std::int64_t bits, std::int64_t modulus,
                                     std::int64_t residue) {
  if (auto error =
          refused({{"bits", bits, 2, most_bits, "larger circuits are not made"},
                   {"modulus", modulus, 2, bits, "no more ones than bits can be counted"}})) {
    return error;
  }
  return refused({{"residue", residue, 0, modulus - 1, "a remainder is smaller than the modulus"}});
}

}  // namespace synthesis

Result<Construction> construct(const families::Modular& wanted) {
  if (auto error = synthesis::refused_modular(wanted)) return *error;
  const synthesis::Digits digits = synthesis::digits_of(wanted);
  std::string name =
      "mod bits=" + std::to_string(wanted.bits) + " modulus=" + std::to_string(wanted.modulus) +
      " residue=" + std::to_string(wanted.residue) + " digits=" + std::to_string(wanted.digits);
  if (wanted.digits > 1) name += " radix=" + std::to_string(wanted.radix);
  if (wanted.width) name += " width=" + std::to_string(*wanted.width);
  synthesis::Writer writer(std::move(name), wanted.activation);
  const auto x = writer.inputs("x", wanted.bits);
  std::vector<WrittenWire> found;
  for (std::size_t i = 0; i < digits.all.size(); ++i) {
    synthesis::add_digit(writer, x, digits.all[i], digits.offset, "digit" + std::to_string(i) + "_",
                         found);
  }
  synthesis::append(found, x, -1);
  const Source output = writer.gate("out", std::move(found), digits.offset);
  return std::move(writer).finish(
      output, synthesis::predict(wanted, digits),
      "does the number of ones leave " + std::to_string(wanted.residue) + " modulo " +
          std::to_string(wanted.modulus) + "? (" + std::to_string(wanted.bits) + " bits)",
      "docs/explanation/constructions.md, section mod; A. Suzuki, K. "
      "Uchizawa, X. Zhou, 2013");
}

}  // namespace gatelight
