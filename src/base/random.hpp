// SPDX-License-Identifier: Apache-2.0
//
// The only source of randomness: always seeded, the same on every machine.
#ifndef GATELIGHT_BASE_RANDOM_HPP
#define GATELIGHT_BASE_RANDOM_HPP

#include <bit>
#include <cstdint>
#include <limits>

namespace gatelight::base {

// From one seed to the next, of searches beside or after each other.
inline constexpr std::uint64_t seed_step = 0x9e3779b97f4a7c15U;

// xoshiro256** seeded by splitmix64 (Blackman, Vigna 2018).  A UniformRandomBitGenerator.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += seed_step;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31);
    }
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  result_type operator()() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, n), n >= 1.
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t limit = max() - max() % n;
    std::uint64_t draw = (*this)();
    while (draw >= limit) draw = (*this)();
    return draw % n;
  }

  // Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    const std::uint64_t draw = width == max() ? (*this)() : below(width + 1);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + draw);
  }

  double unit() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  bool coin() { return ((*this)() >> 63) != 0; }

 private:
  std::uint64_t state_[4];
};

}  // namespace gatelight::base

#endif  // GATELIGHT_BASE_RANDOM_HPP
