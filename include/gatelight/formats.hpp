// SPDX-License-Identifier: Apache-2.0
//
// How circuits enter and leave: the native file *.gl.json, import of ONNX / QONNX networks, and
// constraints for other solvers.
#ifndef GATELIGHT_FORMATS_HPP
#define GATELIGHT_FORMATS_HPP

#include <cstdint>
#include <optional>
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

}  // namespace gatelight

#endif  // GATELIGHT_FORMATS_HPP
