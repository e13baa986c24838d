// SPDX-License-Identifier: Apache-2.0
//
// How circuits enter and leave: the native file *.gl.json, import of ONNX / QONNX networks, constraints
// for other solvers; and the files beside circuits: costs, domains, rows of data.
#ifndef GATELIGHT_FORMATS_HPP
#define GATELIGHT_FORMATS_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"

namespace gatelight {

// How an integer of the circuit translates to the network's real number: real = scale * integer +
// offset, exact rationals as text ("1/32", "-3"), or "approx. 0.123" where a square root is involved.
struct RealMeaning {
  std::string scale = "1";
  std::string offset = "0";
  std::size_t position = 0;  // of an input word: its element among all of the network's inputs
};

// A circuit, and what was understood of the file it came from.
struct Imported {
  Circuit circuit;
  std::string format;                         // "gatelight", "onnx"
  std::vector<RealMeaning> input_meaning{};   // one an input word; empty for native files
  std::vector<std::string> notes{};           // choices made and parts left out, one line each
  std::vector<RealMeaning> output_meaning{};  // one an output gate; empty for native files
};

// Native files.  Errors name the place inside the text; the text is never trusted.  O(length).
[[nodiscard]] Result<Circuit> parse_circuit(std::string_view json);
// The canonical text: parse_circuit(format_circuit(c)) describes the same circuit, and formatting
// that gives the same bytes.
[[nodiscard]] std::string format_circuit(const Circuit& circuit);

// ONNX and QONNX models of dense networks, exactly: scales and batch normalisation fold into integer
// weights and exact step activations, never into rounded floats.  Real-valued networks are refused
// (ErrorCode::unsupported) with a message that names `gatelight convert`.
[[nodiscard]] Result<Imported> import_onnx(std::string_view model);

// Reads a file and detects its kind by content (native JSON, ONNX).
[[nodiscard]] Result<Imported> read_circuit(const std::string& path);

// Writes atomically (a temporary file beside `path`, then a rename): never half a file.
[[nodiscard]] Result<void> write_file(const std::string& path, std::string_view contents);
[[nodiscard]] Result<std::string> read_file(const std::string& path);

// The circuit, its domain and its energy as constraints over variables that are 0 or 1, for other
// solvers: x1 ... xN are the input bits in order, then the gates, one for each cut point of a gate's
// values.  Comments at the top of a text say which is which, and how the energy follows from an answer.
// Costs of gates are costs here too.  Files and proofs: docs/reference/constraints.md.
enum class ConstraintFormat {
  opb,  // pseudo-Boolean optimization: energy = total - optimum
  lp,   // an integer program in CPLEX's LP format: energy = optimum
  cnf,  // DIMACS: satisfiable iff energy >= at_least
};
struct ConstraintText {
  std::string text;
  std::size_t variables = 0;   // auxiliary ones included
  std::size_t conditions = 0;  // rows, or clauses
  std::int64_t total = 0;      // the constant and all weights of the objective
};
// Requires: at_least is there iff the format is cnf.  Cost: O(size of the text).  Errors: limit (more
// than 1 GiB of text, or too many variables or terms), overflow (weights or costs add up to 2^62 or
// more), unsupported (lp with numbers beyond 2^53, which its readers round).  Thread-safe.
[[nodiscard]] Result<ConstraintText> format_constraints(
    const Circuit& circuit, ConstraintFormat format,
    std::optional<std::int64_t> at_least = std::nullopt);
// By the end of a path, *.opb, *.lp or *.cnf in any case; nothing for other paths.
[[nodiscard]] std::optional<ConstraintFormat> constraint_format_of(std::string_view path);

// Discretizing a real-valued ONNX network (fixed point).
struct DiscretizeOptions {
  int weight_bits = 8;                   // signed, 2 to 24
  int activation_bits = 8;               // unsigned, 1 to 16
  int input_bits = 8;                    // unsigned word per input, 1 to 16
  double input_low = 0, input_high = 1;  // the real range each input word covers
  std::size_t samples = 1000;            // random inputs of the agreement report, 1 to 10,000
  std::uint64_t seed = 1;
};
struct Discretized {
  Imported network;
  // How often the largest output of the discretized network is the largest of the original, and how
  // often a gate's firing agrees, over `samples` random inputs.
  std::size_t samples = 0;
  double same_argmax = 0;           // fraction; with one output: same sign
  double same_firing = 0;           // fraction of (input, gate) pairs
  double largest_output_error = 0;  // relative to the largest |output| seen
};
[[nodiscard]] Result<Discretized> discretize_onnx(std::string_view model,
                                                  const DiscretizeOptions& options);

// read_circuit, but real-valued ONNX networks are discretized.
[[nodiscard]] Result<Discretized> read_discretized(const std::string& path,
                                                   const DiscretizeOptions& options);

// ---- Files beside a circuit ---------------------------------------------------------------------
//
// Errors name the place inside the text (a line, or a JSON path).  The texts are never trusted.

// Costs for EnergyOptions: a JSON object from gate names to integers >= 0.  Every gate that counts is
// named, unless there is a key "default"; other gates may be.  Names that are no gate's are refused.
[[nodiscard]] Result<std::vector<std::int64_t>> parse_costs(const Circuit& circuit,
                                                            std::string_view json);

// A domain for Circuit::with_domain, and what of its text has no part in it, one line each.
struct ParsedDomain {
  DomainSpec domain;
  std::vector<std::string> notes{};
};

// The value of "domain" in a native file.
[[nodiscard]] Result<ParsedDomain> parse_domain(const Circuit& circuit, std::string_view json);

// The box of a VNN-LIB 1.0 property: bounds of X_i, the real number at position i of the network's
// inputs; for a circuit without RealMeaning, the word i itself.  Holds the words whose real number lies
// in the box.  Conditions on outputs are left out, with a note; a union of different boxes, other
// conditions on inputs and boxes without any word are refused.
[[nodiscard]] Result<ParsedDomain> parse_vnnlib(const Imported& network, std::string_view text);

// Reads a file and detects its kind: VNN-LIB where its name ends in .vnnlib, else JSON.  Words of an
// imported network keep the ranges that the network gives them: other values mean nothing to it.
[[nodiscard]] Result<ParsedDomain> read_domain(const Imported& network, const std::string& path);

// Inputs as rows of integers, one a word in declaration order.
struct DataRows {
  std::size_t width = 0;             // words
  std::vector<std::int64_t> words;   // row after row
  std::vector<std::size_t> lines{};  // of each row in the text, counted from 1
  [[nodiscard]] std::size_t size() const { return lines.size(); }
  [[nodiscard]] std::span<const std::int64_t> row(std::size_t index) const {
    return std::span(words).subspan(index * width, width);
  }
};
// Comma-separated values: at least one row, every value in the range of its word.  A first line without
// any number is a header; where it names words, they must stand in their order.  Empty lines are
// skipped.  At most 2^27 values.
[[nodiscard]] Result<DataRows> parse_rows(const Circuit& circuit, std::string_view csv);

}  // namespace gatelight

#endif  // GATELIGHT_FORMATS_HPP
