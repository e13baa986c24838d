// SPDX-License-Identifier: Apache-2.0
//
// The families by name: what they are called, their parameters as text.
#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "base/text.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace {

// Parameters whose names and numbers have been checked.
class Values {
 public:
  explicit Values(std::span<const NamedValue> given) : given_(given) {}

  [[nodiscard]] const std::string* text(std::string_view name) const {
    const auto at = std::ranges::find(given_, name, &NamedValue::name);
    return at == given_.end() ? nullptr : &at->value;
  }
  // Nothing where it is not given.  The first that is no number is kept for error().
  std::optional<std::int64_t> number(std::string_view name) {
    const std::string* written = text(name);
    if (written == nullptr || (name == "width" && *written == "all")) return std::nullopt;
    std::int64_t value = 0;
    const char* end = written->data() + written->size();
    const auto [rest, failure] = std::from_chars(written->data(), end, value);
    if ((failure != std::errc{} || rest != end) && !error_) {
      error_ = Error{ErrorCode::bad_input,
                     "must be a whole number, not '" + base::one_line(*written, 40) + "'",
                     std::string(name)};
    }
    return value;
  }
  void number(std::string_view name, std::int64_t& value) {
    if (const auto given = number(name)) value = *given;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::span<const NamedValue> given_;
  std::optional<Error> error_;
};

// Reads what a family wants, or the first thing that is wrong.
template <class Wanted>
Result<Construction> construct_if_good(const Values& values, const Wanted& wanted) {
  if (values.error()) return *values.error();
  return construct(wanted);
}

using Maker = Result<Construction> (*)(Values);

Result<Construction> make_intersection(Values values) {
  families::Intersection wanted;
  values.number("pairs", wanted.pairs);
  values.number("depth", wanted.depth);
  values.number("energy", wanted.energy);
  return construct_if_good(values, wanted);
}
Result<Construction> make_disjointness(Values values) {
  families::Disjointness wanted;
  values.number("pairs", wanted.pairs);
  values.number("depth", wanted.depth);
  values.number("energy", wanted.energy);
  return construct_if_good(values, wanted);
}
Result<Construction> make_equality(Values values) {
  families::Equality wanted;
  values.number("pairs", wanted.pairs);
  values.number("rows", wanted.rows);
  values.number("columns", wanted.columns);
  return construct_if_good(values, wanted);
}
Result<Construction> make_symmetric(Values values) {
  return construct_if_good(values, families::Symmetric{.values = *values.text("values"),
                                                       .width = values.number("width")});
}
Result<Construction> make_parity(Values values) {
  families::Parity wanted{.width = values.number("width")};
  values.number("bits", wanted.bits);
  return construct_if_good(values, wanted);
}
Result<Construction> make_majority(Values values) {
  families::Majority wanted;
  values.number("bits", wanted.bits);
  return construct_if_good(values, wanted);
}
Result<Construction> make_modular(Values values) {
  families::Modular wanted;
  values.number("bits", wanted.bits);
  values.number("modulus", wanted.modulus);
  values.number("residue", wanted.residue);
  values.number("digits", wanted.digits);
  values.number("radix", wanted.radix);
  wanted.width = values.number("width");
  return construct_if_good(values, wanted);
}
Result<Construction> make_parity_blocks(Values values) {
  families::ParityBlocks wanted;
  values.number("bits", wanted.bits);
  values.number("blocks", wanted.blocks);
  return construct_if_good(values, wanted);
}
Result<Construction> make_parity_fold(Values values) {
  families::ParityFold wanted;
  values.number("bits", wanted.bits);
  return construct_if_good(values, wanted);
}
Result<Construction> make_inner_product(Values values) {
  families::InnerProduct wanted;
  values.number("pairs", wanted.pairs);
  values.number("blocks", wanted.blocks);
  return construct_if_good(values, wanted);
}
Result<Construction> make_multiplexer(Values values) {
  families::Multiplexer wanted;
  values.number("address", wanted.address);
  values.number("energy", wanted.energy);
  return construct_if_good(values, wanted);
}
Result<Construction> make_truth_table(Values values) {
  families::TruthTable wanted{.hex = *values.text("hex")};
  values.number("inputs", wanted.inputs);
  values.number("energy", wanted.energy);
  return construct_if_good(values, wanted);
}

constexpr std::string_view chain_width = "gates of a row, which may fire together; fewer is deeper";

const std::vector<Family>& all_families() {
  static const std::vector<Family> all{
      {"cd",
       "is x_i AND y_i for some i? Size against depth times energy",
       {{"pairs", "", "pairs x_i, y_i"},
        {"depth", "2", "levels, the output among them"},
        {"energy", "2", "gates that fire together, the output among them"}}},
      {"disj",
       "is x_i AND y_i for no i? The complement of cd, with one firing gate less",
       {{"pairs", "", "pairs x_i, y_i"},
        {"depth", "2", "levels, the output among them"},
        {"energy", "1", "gates that fire together"}}},
      {"eq",
       "is x = y? Size, depth and energy against weights",
       {{"pairs", "", "bits of x, and of y"},
        {"rows", "1", "levels of blocks below the output"},
        {"columns", "1", "blocks of a row; the energy"}}},
      {"symmetric",
       "any function of the number of ones: a chain of tests, folded into rows",
       {{"values", "", "digits 0 and 1, the value for each number of ones from 0"},
        {"width", "all", chain_width}}},
      {"parity",
       "is the number of ones odd? A chain of tests, folded into rows",
       {{"bits", "", "inputs"}, {"width", "all", chain_width}}},
      {"parity-blocks",
       "is the number of ones odd? Depth 3, weights 1, energy blocks + 1",
       {{"bits", "", "inputs"}, {"blocks", "1", "blocks of at most 16 bits"}}},
      {"parity-fold",
       "is the number of ones odd? Relu gates fold it, 2 log2 n + 1 of them",
       {{"bits", "", "inputs"}}},
      {"majority", "are at least half of the bits 1? One gate", {{"bits", "", "inputs"}}},
      {"mod",
       "does the number of ones leave a residue? The quotient in digits: size against depth and "
       "energy",
       {{"bits", "", "inputs"},
        {"modulus", "", "2 to bits"},
        {"residue", "0", "0 to modulus - 1"},
        {"digits", "1", "digits of the quotient"},
        {"radix", "2", "base of all digits but the first"},
        {"width", "all", chain_width}}},
      {"ip",
       "is x_i AND y_i for an odd number of i? Depth 3, weights 1, energy blocks + 1",
       {{"pairs", "", "pairs x_i, y_i"}, {"blocks", "1", "blocks of at most 8 pairs"}}},
      {"mux",
       "the data bit that the address bits choose",
       {{"address", "", "address bits; 2^address data bits"},
        {"energy", "1", "1: a NOR of zeros, 2: an OR of ones"}}},
      {"table",
       "any function of at most 16 inputs, one gate a row of its truth table",
       {{"hex", "", "the truth table, most significant digit first; bit sum 2^i x_i is a row"},
        {"inputs", "", "inputs"},
        {"energy", "1", "1: a NOR of zeros, 2: an OR of ones"}}},
  };
  return all;
}

// In the order of all_families().
constexpr std::array<Maker, 12> makers{make_intersection,  make_disjointness, make_equality,
                                       make_symmetric,     make_parity,       make_parity_blocks,
                                       make_parity_fold,   make_majority,     make_modular,
                                       make_inner_product, make_multiplexer,  make_truth_table};

template <class Range>
std::string names_of(const Range& range) {
  std::string text;
  for (const auto& item : range) text += (text.empty() ? "" : ", ") + std::string(item.name);
  return text;
}

std::optional<Error> check_names(const Family& family, std::span<const NamedValue> given) {
  const auto bad = [](std::string message, std::string_view where) {
    return Error{ErrorCode::bad_input, std::move(message), base::one_line(where, 60)};
  };
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& name = given[i].name;
    if (std::ranges::find(family.parameters, name, &FamilyParameter::name) ==
        family.parameters.end()) {
      return bad(
          "no parameter of " + std::string(family.name) + "; it has " + names_of(family.parameters),
          name);
    }
    if (std::ranges::find(given.first(i), name, &NamedValue::name) != given.first(i).end()) {
      return bad("given twice; leave one out", name);
    }
  }
  for (const FamilyParameter& parameter : family.parameters) {
    if (parameter.fallback.empty() &&
        std::ranges::find(given, parameter.name, &NamedValue::name) == given.end()) {
      return bad("missing; add " + std::string(parameter.name) + "=... (" +
                     std::string(parameter.meaning) + ")",
                 parameter.name);
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const Family> construction_families() { return all_families(); }

Result<Construction> construct(std::string_view family, std::span<const NamedValue> parameters) {
  const auto& all = all_families();
  const auto found = std::ranges::find(all, family, &Family::name);
  if (found == all.end()) {
    return Error{ErrorCode::bad_input, "no family of this name; there are " + names_of(all), ""};
  }
  if (auto error = check_names(*found, parameters)) return *error;
  return makers[static_cast<std::size_t>(found - all.begin())](Values(parameters));
}

}  // namespace gatelight
