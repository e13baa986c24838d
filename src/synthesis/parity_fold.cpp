// SPDX-License-Identifier: Apache-2.0
//
// Parity by folding: gates with more than two values do in log n levels what a chain does in n gates.
//
// Problem   Parity with weights of 1, few gates and little energy.
// Idea      Let 2^L >= n.  A number v of 0 to 2h is folded at h into |v - h|, of 0 to h, by two gates:
//           above = max(v - h, 0) and below = max(h - v, 0), whose sum it is.  Folds at 2^(L - 1), ...,
//           4, 2, 1 leave 0 or 1.
// Why       |v - h| is as odd or even as v where h is even: before the last fold, at 1, the number is
//           as odd or even as the number of ones, and after it, 0 iff odd.  The output fires on 0.
//           At most one of the two gates of a fold fires.
// Cost      2L + 1 gates, L + 1 levels.
// Limits    none beyond those of the number of bits.
// Tested by tests/unit/synthesis/construct_test.cpp
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "synthesis/writer.hpp"

namespace gatelight {
namespace {

Predicted predict(std::int64_t bits, int folds) {
  Predicted predicted{
      .inputs = bits,
      .size = 2 * folds + 1,
      .depth = folds + 1,
      .weight = 1,
      .precision = std::max(1, folds)};  // the first fold's values go to 2^(folds - 1)
  for (std::int64_t ones = 0; ones <= bits; ++ones) {
    std::int64_t firing = ones % 2, value = ones;
    for (int fold = folds - 1; fold >= 0; --fold) {
      value = std::abs(value - (std::int64_t{1} << fold));
      firing += value != 0 ? 1 : 0;
    }
    predicted.energy = std::max(predicted.energy, firing);
  }
  return predicted;
}

}  // namespace

Result<Construction> construct(const families::ParityFold& wanted) {
  const std::int64_t bits = wanted.bits;
  if (auto error = synthesis::refused(
          {{"bits", bits, 1, synthesis::most_bits, "larger circuits are not made"}})) {
    return *error;
  }
  // ceil(log2 bits), at most 12.
  const int folds = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(bits - 1)));
  synthesis::Writer writer("parity-fold bits=" + std::to_string(bits));
  auto value = writer.inputs("x", bits);  // the number is the sum of these
  const auto add_up = [&](std::int64_t weight) {
    std::vector<WrittenWire> wires;
    synthesis::append(wires, value, weight);
    return wires;
  };
  for (int fold = folds - 1; fold >= 0; --fold) {
    const std::int64_t at = std::int64_t{1} << fold;
    const std::string suffix = std::to_string(at);
    const Relu relu{.shift = 0, .max = at};
    const Source above = writer.gate("above" + suffix, add_up(1), at, relu);
    const Source below = writer.gate("below" + suffix, add_up(-1), -at, relu);
    value = {above, below};
  }
  // One bit alone was never folded.
  const Source output =
      folds == 0 ? writer.gate("out", add_up(1), 1) : writer.gate("out", add_up(-1), 0);
  return std::move(writer).finish(output, predict(bits, folds),
                                  "is the number of ones odd? (" + std::to_string(bits) + " bits)",
                                  "docs/explanation/constructions.md, section parity-fold");
}

}  // namespace gatelight
