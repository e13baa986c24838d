// SPDX-License-Identifier: Apache-2.0
//
// What all constructions share: writing gates over single bits, and refusing parameters.
#ifndef GATELIGHT_SYNTHESIS_WRITER_HPP
#define GATELIGHT_SYNTHESIS_WRITER_HPP

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/construct.hpp"

namespace gatelight::synthesis {

// Inputs of one bit and gates on them.  The first thing that goes wrong is kept, and later gates are
// left out, so that a construction asks for it once, at the end; a long loop looks at failed().
class Writer {
 public:
  static constexpr std::size_t most_wires = std::size_t{1} << 22;

  // Gates are of this kind unless an activation is named; the kind is added to the name.
  explicit Writer(std::string name, GateKind kind = GateKind::threshold,
                  std::int64_t precision = 1);

  // prefix0, prefix1, ...
  std::vector<Source> inputs(std::string_view prefix, std::int64_t how_many);
  // All bits of these words, a word's bit 0 first.
  std::vector<Source> words(const std::vector<InputWord>& words);
  // A name that is taken is changed.  Fires where the sum reaches the threshold.  Its value there is 1, or, of more bits, at least 1.
  Source gate(std::string name, std::vector<WrittenWire> wires, std::int64_t threshold,
              std::int64_t precision = 1);
  Source gate(std::string name, std::vector<WrittenWire> wires, std::int64_t threshold,
              Activation activation);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  // How many gates there are so far, and their largest |weight|.
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t weight() const { return weight_; }

  // The circuit whose last gate, `output`, is its output.
  Result<Construction> finish(Source output, const Predicted& predicted, std::string function,
                              std::string reference, DomainSpec domain = {}) &&;

 private:
  template <class T>
  std::optional<T> keep(Result<T> result);

  CircuitBuilder builder_;
  GateKind kind_;
  std::map<std::int64_t, std::optional<std::int64_t>> first_firings_;  // by precision
  std::optional<Error> error_;
  std::size_t wires_ = 0;
  std::int64_t size_ = 0, weight_ = 0;
};

// Adds a wire of this weight from each source.
void append(std::vector<WrittenWire>& wires, const std::vector<Source>& sources,
            std::int64_t weight);

// Errors of a kind and a precision that do not go together.
[[nodiscard]] std::optional<Error> refused_precision(GateKind kind, std::int64_t precision);

// A parameter as it was asked for, and what it may be.
struct Asked {
  std::string_view name;
  std::int64_t value = 0;
  std::int64_t low = 0, high = 0;
  std::string_view mend;  // why that range, and what to change
};
// The error of a value outside its range.
[[nodiscard]] std::optional<Error> refused(const Asked& asked);
// Of the first that has one.
[[nodiscard]] std::optional<Error> refused(std::initializer_list<Asked> all);

// Of what modular.cpp and counting.cpp count.
[[nodiscard]] std::optional<Error> refused_modulus(std::int64_t bits, std::int64_t modulus,
                                                   std::int64_t residue);

// The 2^inputs rows of a truth table, row 0 first; the error names `hex`.
[[nodiscard]] Result<std::vector<bool>> table_of(const std::string& hex, std::int64_t inputs);
// For names: not more than its first 64 digits.
[[nodiscard]] std::string shortened(const std::string& digits);

// `total` in `parts` parts whose sizes differ by at most 1, larger ones first.  Requires
// 1 <= parts <= total.
[[nodiscard]] std::vector<std::int64_t> even_parts(std::int64_t total, std::int64_t parts);

// A chain of `length` tests, numbered from 1, in rows of `width` from the top downwards: only the last row, of
// the lowest numbers, may be shorter.
struct Rows {
  std::int64_t length = 1, width = 1;
  [[nodiscard]] std::int64_t count() const { return (length + width - 1) / width; }
  [[nodiscard]] std::int64_t row_of(std::int64_t number) const { return (length - number) / width; }
  [[nodiscard]] std::int64_t lowest(std::int64_t row) const {
    return std::max<std::int64_t>(1, length + 1 - width * (row + 1));
  }
  // How many tests of its row have a number up to this one; 0 for 0.
  [[nodiscard]] std::int64_t place(std::int64_t number) const {
    return number == 0 ? 0 : number - lowest(row_of(number)) + 1;
  }
};

// No circuit of more bits (or pairs) is made: with that, sums of the chains stay far within 64 bits.
inline constexpr std::int64_t most_bits = 4096;

}  // namespace gatelight::synthesis

#endif  // GATELIGHT_SYNTHESIS_WRITER_HPP
