// SPDX-License-Identifier: Apache-2.0
//
// The families by name: what they are called, their parameters as text.
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <span>

#include "base/text.hpp"
#include "gatelight/decision_tree.hpp"
#include "synthesis/writer.hpp"

namespace gatelight {
namespace {

Error bad_value(std::string_view name, const std::string& message, std::string_view value) {
  return {ErrorCode::bad_input, message + ", not '" + base::one_line(value, 40) + "'",
          std::string(name)};
}

// Reading a value, by the type of its field.
std::optional<Error> read(const NamedValue& given, std::string& value) {
  value = given.value;
  return std::nullopt;
}
std::optional<Error> read(const NamedValue& given, std::int64_t& value) {
  const char* end = given.value.data() + given.value.size();
  const auto [rest, failure] = std::from_chars(given.value.data(), end, value);
  if (failure == std::errc{} && rest == end) return std::nullopt;
  return bad_value(given.name, "must be a whole number", given.value);
}
std::optional<Error> read(const NamedValue& given, std::optional<std::int64_t>& value) {
  value.reset();
  return given.value == "all" ? std::nullopt : read(given, value.emplace());
}
std::optional<Error> read(const NamedValue& given, GateKind& value) {
  constexpr std::array<std::string_view, 3> names{"threshold", "relu",
                                                  "sigmoid"};  // as in GateKind
  const auto* const found = std::ranges::find(names, given.value);
  if (found == names.end()) {
    return bad_value(given.name, "must be threshold, relu or sigmoid", given.value);
  }
  value = static_cast<GateKind>(found - names.begin());
  return std::nullopt;
}

// A parameter, and how it gets into what a family wants.
template <class Wanted>
struct Key {
  template <class Value>
  Key(FamilyParameter described, Value Wanted::*field)
      : parameter(described), set([field](const NamedValue& given, Wanted& wanted) {
          return read(given, wanted.*field);
        }) {}

  FamilyParameter parameter;
  std::function<std::optional<Error>(const NamedValue&, Wanted&)> set;
};

using Given = std::span<const NamedValue>;

struct Entry {
  Family family;
  // Of parameters whose names have been checked.
  std::function<Result<Construction>(Given, const CircuitReader&, const Limits&)> make;
};

template <class Wanted>
Entry entry(std::string_view name, std::string_view summary, std::vector<Key<Wanted>> keys) {
  Entry entry{.family = {.name = name, .summary = summary, .parameters = {}}, .make = {}};
  for (const Key<Wanted>& key : keys) entry.family.parameters.push_back(key.parameter);
  entry.make = [keys = std::move(keys)](Given all, const CircuitReader& /*read*/,
                                        const Limits& /*limits*/) -> Result<Construction> {
    Wanted wanted;
    for (const NamedValue& given : all) {
      const auto key = std::ranges::find(keys, given.name,
                                         [](const Key<Wanted>& k) { return k.parameter.name; });
      if (auto error = key->set(given, wanted)) return *error;
    }
    return construct(wanted);
  };
  return entry;
}

// One that starts from a circuit.
using Rebuilder = Result<Construction> (*)(const Circuit&, const Limits&);
Entry entry(std::string_view name, std::string_view summary, Rebuilder rebuild) {
  Entry entry{.family = {.name = name,
                         .summary = summary,
                         .parameters = {{"circuit", "", "a file, of one output of 0 and 1"}}},
              .make = {}};
  entry.make = [rebuild](Given all, const CircuitReader& read,
                         const Limits& limits) -> Result<Construction> {
    if (!read) return Error{ErrorCode::bad_input, "no circuit can be read here", "circuit"};
    const auto circuit = read(all.front().value);
    if (!circuit.ok()) return circuit.error();
    return rebuild(*circuit, limits);
  };
  return entry;
}

constexpr std::string_view chain_width = "gates of a row, which may fire together; fewer is deeper";
constexpr std::string_view table_digits =
    "the truth table, most significant digit first; bit sum 2^i x_i is a row";
constexpr std::string_view zeros_or_ones = "1: a NOR of zeros, 2: an OR of ones";

// The last keys of most families: what their gates are made of.
template <class Wanted>
Key<Wanted> one_bit() {
  return {{"activation", "threshold", "threshold, relu or sigmoid, of one bit"},
          &Wanted::activation};
}
template <class Wanted>
Key<Wanted> activation() {
  return {{"activation", "threshold", "threshold, relu or sigmoid"}, &Wanted::activation};
}
template <class Wanted>
Key<Wanted> precision() {
  return {{"precision", "1", "bits of the value of a relu or sigmoid gate"}, &Wanted::precision};
}

std::vector<Entry> all_entries() {
  using namespace families;
  std::vector<Entry> all;
  all.push_back(entry<Intersection>(
      "cd", "is x_i AND y_i for some i? Size against depth times energy",
      {{{"pairs", "", "pairs x_i, y_i"}, &Intersection::pairs},
       {{"depth", "2", "levels, the output among them"}, &Intersection::depth},
       {{"energy", "2", "gates that fire together, the output among them"}, &Intersection::energy},
       activation<Intersection>(),
       precision<Intersection>()}));
  all.push_back(entry<Disjointness>(
      "disj", "is x_i AND y_i for no i? The complement of cd, with one firing gate less",
      {{{"pairs", "", "pairs x_i, y_i"}, &Disjointness::pairs},
       {{"depth", "2", "levels, the output among them"}, &Disjointness::depth},
       {{"energy", "1", "gates that fire together"}, &Disjointness::energy},
       activation<Disjointness>(),
       precision<Disjointness>()}));
  all.push_back(
      entry<Equality>("eq", "is x = y? Size, depth and energy against weights",
                      {{{"pairs", "", "bits of x, and of y"}, &Equality::pairs},
                       {{"rows", "1", "levels of blocks below the output"}, &Equality::rows},
                       {{"columns", "1", "blocks of a row; the energy"}, &Equality::columns},
                       activation<Equality>(),
                       precision<Equality>()}));
  all.push_back(entry<Symmetric>(
      "symmetric", "any function of the number of ones: a chain of tests, folded into rows",
      {{{"values", "", "digits 0 and 1, the value for each number of ones from 0"},
        &Symmetric::values},
       {{"width", "all", chain_width}, &Symmetric::width},
       one_bit<Symmetric>()}));
  all.push_back(entry<SymmetricTree>(
      "symmetric-tree", "the same by a balanced tree of tests: depth and energy about log2",
      {{{"values", "", "digits 0 and 1, the value for each number of ones from 0"},
        &SymmetricTree::values}}));
  all.push_back(entry<Parity>("parity",
                              "is the number of ones odd? A chain of tests, folded into rows",
                              {{{"bits", "", "inputs"}, &Parity::bits},
                               {{"width", "all", chain_width}, &Parity::width},
                               one_bit<Parity>()}));
  all.push_back(entry<ParityTree>("parity-tree",
                                  "is the number of ones odd? A balanced tree of tests",
                                  {{{"bits", "", "inputs"}, &ParityTree::bits}}));
  all.push_back(entry<ParityBlocks>(
      "parity-blocks", "is the number of ones odd? Depth 3, weights 1, energy blocks + 1",
      {{{"bits", "", "inputs"}, &ParityBlocks::bits},
       {{"blocks", "1", "blocks of at most 16 bits"}, &ParityBlocks::blocks},
       one_bit<ParityBlocks>()}));
  all.push_back(entry<ParityFold>(
      "parity-fold", "is the number of ones odd? Relu gates fold it, 2 log2 n + 1 of them",
      {{{"bits", "", "inputs"}, &ParityFold::bits}}));
  all.push_back(entry<Majority>("majority", "are at least half of the bits 1? One gate",
                                {{{"bits", "", "inputs"}, &Majority::bits}, one_bit<Majority>()}));
  all.push_back(entry<Modular>(
      "mod",
      "does the number of ones leave a residue? The quotient in digits: size against depth and "
      "energy",
      {{{"bits", "", "inputs"}, &Modular::bits},
       {{"modulus", "", "2 to bits"}, &Modular::modulus},
       {{"residue", "0", "0 to modulus - 1"}, &Modular::residue},
       {{"digits", "1", "digits of the quotient"}, &Modular::digits},
       {{"radix", "2", "base of all digits but the first"}, &Modular::radix},
       {{"width", "all", chain_width}, &Modular::width},
       one_bit<Modular>()}));
  all.push_back(entry<ModularByCounting>(
      "mod-count",
      "does the number of ones leave a residue? Two gates: one of many values divides, one tests",
      {{{"bits", "", "inputs"}, &ModularByCounting::bits},
       {{"modulus", "2", "2 to bits"}, &ModularByCounting::modulus},
       {{"residue", "1", "0 to modulus - 1; with modulus 2: the parity"},
        &ModularByCounting::residue},
       {{"activation", "relu", "relu or sigmoid"}, &ModularByCounting::activation}}));
  all.push_back(entry<InnerProduct>(
      "ip", "is x_i AND y_i for an odd number of i? Depth 3, weights 1, energy blocks + 1",
      {{{"pairs", "", "pairs x_i, y_i"}, &InnerProduct::pairs},
       {{"blocks", "1", "blocks of at most 8 pairs"}, &InnerProduct::blocks},
       one_bit<InnerProduct>()}));
  all.push_back(entry<InnerProductByCounting>(
      "ip-count", "is x_i AND y_i for an odd number of i? Relu gates count the pairs",
      {{{"pairs", "", "pairs x_i, y_i"}, &InnerProductByCounting::pairs},
       {{"blocks", "1", "blocks of at most 18 pairs"}, &InnerProductByCounting::blocks}}));
  all.push_back(entry<Multiplexer>(
      "mux", "the data bit that the address bits choose",
      {{{"address", "", "address bits; 2^address data bits"}, &Multiplexer::address},
       {{"energy", "1", zeros_or_ones}, &Multiplexer::energy},
       one_bit<Multiplexer>()}));
  all.push_back(entry<TruthTable>(
      "table", "any function of at most 16 inputs, one gate a row of its truth table",
      {{{"hex", "", table_digits}, &TruthTable::hex},
       {{"inputs", "", "inputs"}, &TruthTable::inputs},
       {{"energy", "1", zeros_or_ones}, &TruthTable::energy},
       one_bit<TruthTable>()}));
  all.push_back(entry<TableTree>(
      "tree", "any function of at most 12 inputs, by a decision tree of the fewest leaves",
      {{{"hex", "", table_digits}, &TableTree::hex},
       {{"inputs", "", "inputs"}, &TableTree::inputs}}));
  all.push_back(entry<TableList>(
      "list", "any function of at most 16 inputs, by a linear decision list: energy 2",
      {{{"hex", "", table_digits}, &TableList::hex},
       {{"inputs", "", "inputs"}, &TableList::inputs}}));
  all.push_back(
      entry("threshold-gates",
            "a given circuit by threshold gates alone, several for a gate of several values",
            threshold_gates));
  all.push_back(entry("few-states",
                      "a given circuit of N states again: size N, energy log2 N + 1 at most",
                      few_states));
  all.push_back(entry(
      "shallow", "a given circuit of energy e again: depth 2e + 1, size 2e times as large at most",
      shallow));
  return all;
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = all_entries();
  return all;
}

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

std::span<const Family> construction_families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> families;
    for (const Entry& entry : entries()) families.push_back(entry.family);
    return families;
  }();
  return all;
}

Result<Construction> construct(std::string_view family, std::span<const NamedValue> parameters,
                               const CircuitReader& read, const Limits& limits) {
  const auto all = construction_families();
  const auto found = std::ranges::find(all, family, &Family::name);
  if (found == all.end()) {
    return Error{ErrorCode::bad_input, "no family of this name; there are " + names_of(all), ""};
  }
  if (auto error = check_names(*found, parameters)) return *error;
  return entries()[static_cast<std::size_t>(found - all.begin())].make(parameters, read, limits);
}

}  // namespace gatelight
