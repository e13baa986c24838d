// SPDX-License-Identifier: Apache-2.0
//
// Cuts of the relaxation.
//
// Problem   A semidefinite matrix need not be an average of products of 0/1 vectors.
// Idea      Of three 0/1 numbers two are equal.  For literals, or the number 1, that is one inequality for each
//           choice of signs; there are 4 a triple, and the most violated ones become rows.  With 1 among the
//           three they are u v >= 0, u v <= u and u + v - u v <= 1.
// Why       (u - v)(u - w) >= 0: where u is 1, neither factor is negative, where u is 0, neither is positive.
//           In signs: 4 times that is s_u s_u - s_u s_v - s_u s_w + s_v s_w, so with X of ones on the diagonal the
//           product of v and w is at least the sum of the others less 1.
// Cost      Every triple, size^3 / 6.
// Source    M. Deza, M. Laurent, Geometry of cuts and metrics, 1997.
// Tested by tests/unit/engines/semidefinite/triangles_test.cpp
#include "engines/semidefinite/triangles.hpp"

#include <algorithm>
#include <tuple>

namespace gatelight::engines::semidefinite {
namespace {

constexpr double least_violation = 0.01;

bool worse(const Triangle& a, const Triangle& b) {
  return std::tie(b.violation, a.index, a.negated) < std::tie(a.violation, b.index, b.negated);
}

// Keeps the worst.
class Worst {
 public:
  explicit Worst(std::size_t most) : most_(most) {}

  [[nodiscard]] double floor() const { return floor_; }
  void add(const Triangle& triangle) {
    found_.push_back(triangle);
    if (found_.size() >= 4 * most_) shorten();
  }
  [[nodiscard]] std::vector<Triangle> take() {
    shorten();
    std::ranges::sort(found_, worse);
    return std::move(found_);
  }

 private:
  void shorten() {
    if (found_.size() <= most_) return;
    const auto last = found_.begin() + static_cast<std::ptrdiff_t>(most_);
    std::ranges::nth_element(found_, last - 1, worse);
    found_.erase(last, found_.end());
    floor_ = found_.back().violation;
  }

  std::size_t most_;
  double floor_ = least_violation;
  std::vector<Triangle> found_;
};

}  // namespace

Product product_of(const Triangle& triangle) {
  // u - literal, of a variable: u - x or u - 1 + x.
  const auto without = [&](std::size_t which) {
    Affine sum{{triangle.index[0], 1}};
    const bool negated = triangle.negated[which];
    sum.push_back({triangle.index[which + 1], negated ? 1 : -1});
    if (negated) sum.push_back({0, -1});
    return sorted(std::move(sum));
  };
  return {without(0), without(1)};
}

std::vector<Triangle> violated_triangles(const Matrix& moments, std::size_t most) {
  Worst worst(std::max<std::size_t>(most, 1));
  const auto size = static_cast<std::uint32_t>(moments.rows());
  for (std::uint32_t i = 0; i < size; ++i) {
    for (std::uint32_t j = i + 1; j < size; ++j) {
      const double first = moments[i][j];
      for (std::uint32_t k = j + 1; k < size; ++k) {
        const double second = moments[i][k], third = moments[j][k];
        // With the signs of v and w: what is asked of the fourth is that it is the least of all.
        const double least = 1 + std::min(std::min(first + second + third, first - second - third),
                                          std::min(second - first - third, third - first - second));
        if (least >= -worst.floor()) continue;
        for (const bool v : {false, true}) {
          for (const bool w : {false, true}) {
            const double a = v ? first : -first, b = w ? second : -second;
            const double value = 1 + a + b + (v == w ? third : -third);
            if (value < -worst.floor()) worst.add({{i, j, k}, {v, w}, -value});
          }
        }
      }
    }
  }
  std::vector<Triangle> result = worst.take();
  if (result.size() > most) result.resize(most);
  return result;
}

}  // namespace gatelight::engines::semidefinite
