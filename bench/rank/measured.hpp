// SPDX-License-Identifier: Apache-2.0
//
// What the programs of this folder share: the matrix, and how time and memory are reported.
#ifndef GATELIGHT_BENCH_RANK_MEASURED_HPP
#define GATELIGHT_BENCH_RANK_MEASURED_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>

namespace gatelight::bench {

// The same matrix in every program: random bits, or (named "triangle") unit triangular with ones at odd
// offsets above the diagonal.
class Entries {
 public:
  explicit Entries(std::string_view family) : triangle_(family == "triangle") {}
  [[nodiscard]] bool operator()(std::size_t i, std::size_t j) const {
    if (triangle_) return i == j || (j > i && (j - i) % 2 == 1);
    std::uint64_t z = (std::uint64_t{i} << 32U | j) * 0x9e3779b97f4a7c15U + 1;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return (z >> 40U & 1U) != 0;
  }

 private:
  bool triangle_;
};

// The most memory that this program ever held; getrusage() would count what forked it as well.
inline double peak_kibibytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr);
  }
  return 0;
}

// PROGRAM FAMILY ORDER PRIME: calls rank(entries, order, prime) once and prints what it took, in seconds of the
// processor, without making the matrix of bits.
template <class Rank>
int measure(int count, char** arguments, const Rank& rank) {
  if (count != 4) return 2;
  const auto order = static_cast<std::size_t>(std::atoll(arguments[2]));
  const auto prime = static_cast<std::uint32_t>(std::atoll(arguments[3]));
  double seconds = 0;
  const std::size_t found = rank(Entries(arguments[1]), order, prime, seconds);
  std::printf("{\"rank\": %zu, \"seconds\": %.6f, \"mebibytes\": %.1f}\n", found, seconds,
              peak_kibibytes() / 1024);
  return 0;
}

class Clock {
 public:
  [[nodiscard]] double seconds() const {
    return static_cast<double>(std::clock() - start_) / CLOCKS_PER_SEC;
  }

 private:
  std::clock_t start_ = std::clock();
};

}  // namespace gatelight::bench

#endif  // GATELIGHT_BENCH_RANK_MEASURED_HPP
