// SPDX-License-Identifier: Apache-2.0
//
// A communication matrix, entry by entry, and schoolbook elimination: what the checker computes with.
#ifndef GATELIGHT_PROOF_MATRIX_HPP
#define GATELIGHT_PROOF_MATRIX_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatelight/circuit.hpp"
#include "gatelight/solve.hpp"

namespace gatelight::proof {

// Rows of values.
using Matrix = std::vector<std::vector<std::int64_t>>;

// The matrix of one gate of a circuit.  Not for several threads at once.
class Entries {
 public:
  // Requires one '0' or '1' an input bit.  The circuit outlives this.
  Entries(const Circuit& circuit, GateId output, std::string_view partition);

  [[nodiscard]] std::size_t row_bits() const { return row_bits_.size(); }
  [[nodiscard]] std::size_t column_bits() const { return column_bits_.size(); }

  // Requires strings of that many characters 0 and 1.
  [[nodiscard]] std::int64_t at(std::string_view row, std::string_view column);

  // M[rows][columns]; nothing where the deadline passed.
  [[nodiscard]] std::optional<Matrix> minor(const std::vector<std::string>& rows,
                                            const std::vector<std::string>& columns,
                                            const Deadline& deadline);

 private:
  const Circuit& circuit_;
  GateId output_;
  std::vector<std::size_t> row_bits_, column_bits_;  // input bits
  InputBits input_;
};

// The numbers modulo a prime below 2^32; their rank there, or nothing where the deadline passed.
[[nodiscard]] std::optional<std::size_t> modular_rank(const Matrix& matrix, std::uint32_t prime,
                                                      const Deadline& deadline);

// Over the rationals, without fractions; cubic with growing numbers.
[[nodiscard]] std::size_t rational_rank(const Matrix& matrix);

// Slow and obvious.
[[nodiscard]] bool is_prime_by_division(std::uint32_t number);

[[nodiscard]] Matrix transposed(const Matrix& matrix);

// The first of each kind of row, zero rows left out.
[[nodiscard]] Matrix distinct_rows(const Matrix& matrix);

}  // namespace gatelight::proof

#endif  // GATELIGHT_PROOF_MATRIX_HPP
