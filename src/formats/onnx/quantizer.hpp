// SPDX-License-Identifier: Apache-2.0
//
// Quantizers: non-decreasing functions from the reals to the integers low..high.
#ifndef GATELIGHT_FORMATS_ONNX_QUANTIZER_HPP
#define GATELIGHT_FORMATS_ONNX_QUANTIZER_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/onnx/function.hpp"

namespace gatelight::formats::onnx_net {

// Named after numpy's and QONNX's modes; up and down are away from zero and towards zero.
enum class Rounding : std::uint8_t { half_even, ceil, floor, up, down, half_up, half_down };
[[nodiscard]] std::optional<Rounding> rounding_from_name(std::string_view name);

class Quantizer {
 public:
  // round(x held within [low, high]).  Requires low < high.
  static Quantizer rounding(std::int64_t low, std::int64_t high, Rounding mode);
  // 1 if x >= 0, else 0.
  static Quantizer step();
  // -1, 0 or 1.
  static Quantizer sign();
  // The number of thresholds t with x >= t.
  static Quantizer thresholds(std::vector<Surd> values);

  [[nodiscard]] std::int64_t low() const { return low_; }
  [[nodiscard]] std::int64_t high() const { return high_; }
  // The condition on x for a value of at least q.  Requires low < q <= high.
  [[nodiscard]] Condition reaches(std::int64_t q) const;
  [[nodiscard]] std::int64_t apply(const Surd& x) const;
  [[nodiscard]] std::int64_t apply(double x) const;  // for statistics only
  // Every level low..high is the value of some x.
  [[nodiscard]] bool reaches_every_level() const;
  // The value at each integer q in low..high is q.
  [[nodiscard]] bool fixes_integers() const {
    return kind_ == Kind::rounding || kind_ == Kind::sign;
  }
  friend bool operator==(const Quantizer&, const Quantizer&) = default;

 private:
  enum class Kind : std::uint8_t { rounding, step, sign, thresholds };
  Quantizer(Kind kind, std::int64_t low, std::int64_t high) : kind_(kind), low_(low), high_(high) {}

  Kind kind_;
  Rounding mode_ = Rounding::half_even;
  std::int64_t low_, high_;
  std::vector<Surd> thresholds_;  // sorted
};

}  // namespace gatelight::formats::onnx_net

#endif  // GATELIGHT_FORMATS_ONNX_QUANTIZER_HPP
