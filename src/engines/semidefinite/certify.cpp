// SPDX-License-Identifier: Apache-2.0
//
// A semidefinite bound without rounding errors.
//
// Problem   An approximate solution of the dual proves nothing by itself.
// Idea      For multipliers a of the rows, a >= 0 where the row is not an equation, and any m of the squares, let
//             S(b) = b E00 + sum m_v (Evv - E0v) - total - sum a_r row_r.
//           If S(b) is positive semidefinite, no total exceeds b.  Round the multipliers to integers, so that S
//           is known exactly; raise all m a little, so that S is definite but for b; take the smallest b; show
//           by a factorisation that S(b) is semidefinite.
// Why       On the matrix X of an assignment: 0 <= <S(b), X> = b - total - sum a_r <row_r, X> <= b - total.
//           Cholesky's factorisation in floating point, where it runs to the end, has R^T R = A + D with
//           |D_ij| <= g sqrt(a_ii a_jj), g = c / (1 - c), c = (n + 1) u / (1 - (n + 1) u), u = 2^-53; so
//           the norm of D is at most g * trace(A), and A + that much on the diagonal is semidefinite.
//           So the factorisation of A - (twice that) I shows it for A: twice, as subtracting and the
//           trace are rounded, too.
// Source    J. Demmel, On floating point errors in Cholesky, 1989; S. Rump, Verification of positive
//           definiteness, 2006.
// Tested by tests/unit/engines/semidefinite/certify_test.cpp
#include "engines/semidefinite/certify.hpp"

#include <cfloat>
#include <cmath>

namespace gatelight::engines::semidefinite {
namespace {

using Wide = __int128;

static_assert(FLT_EVAL_METHOD == 0 && DBL_MANT_DIG == 53, "doubles are computed as doubles");

constexpr double scale = 1 << 20;  // of the multipliers
constexpr double exact = 0x1p53;   // integers up to here are doubles

// Cholesky's factorisation of the lower triangle, in place; false where it breaks down.
bool factorise(std::vector<double>& a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      if (j < i) {
        a[i * n + j] = sum / a[j * n + j];
      } else if (!(sum > 0)) {
        return false;
      } else {
        a[i * n + i] = std::sqrt(sum);
      }
    }
  }
  return true;
}

// 2 * scale * S as integers: off the diagonal half a factor, all doubled.
class Slack {
 public:
  Slack(const Relaxation& relaxation, const Multipliers& multipliers)
      : size_(relaxation.size), entries_(std::size_t{size_} * size_, 0) {
    add(form_of({relaxation.total, {{0, 1}}}), -static_cast<Wide>(scale));
    for (std::size_t r = 0; r < relaxation.rows.size(); ++r) {
      const double multiplier = std::nearbyint(multipliers.rows[r] * scale);
      const bool zero = relaxation.rows[r].zero;
      if (!(multiplier < exact) || (zero && !(multiplier > -exact))) {
        fits_ = false;
        return;
      }
      if (multiplier > 0 || zero) {
        add(form_of(relaxation.rows[r]), -static_cast<Wide>(multiplier));
      }
    }
    for (std::size_t v = 1; v < size_; ++v) {
      const double multiplier = std::nearbyint(multipliers.squares[v - 1] * scale);
      if (!(std::abs(multiplier) < exact)) {
        fits_ = false;
        return;
      }
      raise(v, static_cast<Wide>(multiplier));
    }
  }

  // Adds m (Evv - E0v), m in units of 1 / scale.
  void raise(std::size_t v, Wide m) {
    at(v, v) += 2 * m;
    at(0, v) -= m;
    at(v, 0) -= m;
  }
  void raise_all(Wide m) {
    for (std::size_t v = 1; v < size_; ++v) raise(v, m);
  }
  void set_corner(Wide value) { corner_ = value; }

  // Exact, or empty.
  [[nodiscard]] std::vector<double> as_doubles() const {
    std::vector<double> matrix;
    if (!fits_) return matrix;
    matrix.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Wide entry = entries_[i] + (i == 0 ? corner_ : 0);
      if (entry > static_cast<Wide>(exact) || entry < -static_cast<Wide>(exact)) return {};
      matrix.push_back(static_cast<double>(entry));
    }
    return matrix;
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  Wide& at(std::size_t row, std::size_t column) { return entries_[row * size_ + column]; }
  // Factors are below 2^62, multipliers below 2^53: a sum of a thousand products fits.
  void add(const Form& form, Wide multiplier) {
    for (const Entry& entry : form) {
      if (entry.row == entry.column) {
        at(entry.row, entry.row) += 2 * multiplier * entry.factor;
      } else {
        at(entry.row, entry.column) += multiplier * entry.factor;
        at(entry.column, entry.row) += multiplier * entry.factor;
      }
    }
  }

  std::size_t size_;
  std::vector<Wide> entries_;
  Wide corner_ = 0;
  bool fits_ = true;
};

// The smallest b for which S(b) is semidefinite, about; infinite where none is.
double smallest_bound(const Slack& slack) {
  const std::size_t n = slack.size();
  std::vector<double> all = slack.as_doubles();
  if (all.empty()) return HUGE_VAL;
  // Factorise the part without row 0; then b >= what is left of the corner after elimination.
  std::vector<double> part((n - 1) * (n - 1));
  std::vector<double> side(n - 1);
  for (std::size_t i = 1; i < n; ++i) {
    side[i - 1] = all[i * n];
    for (std::size_t j = 1; j <= i; ++j) part[(i - 1) * (n - 1) + j - 1] = all[i * n + j];
  }
  if (!factorise(part, n - 1)) return HUGE_VAL;
  double needed = -all[0];
  for (std::size_t i = 0; i + 1 < n; ++i) {
    double sum = side[i];
    for (std::size_t k = 0; k < i; ++k) sum -= part[i * (n - 1) + k] * side[k];
    side[i] = sum / part[i * (n - 1) + i];
    needed += side[i] * side[i];
  }
  return needed / (2 * scale);
}

}  // namespace

bool surely_semidefinite(std::vector<double> matrix, std::size_t size) {
  double trace = 0, least = HUGE_VAL;
  for (std::size_t i = 0; i < size; ++i) {
    trace += matrix[i * size + i];
    least = std::min(least, matrix[i * size + i]);
  }
  // The 1 is for underflow: n^3 results, each off by less than the smallest double.
  const double unit = DBL_EPSILON / 2;
  const double c = (static_cast<double>(size) + 1) * unit;
  const double shift = 2 * trace * c / (1 - 2 * c) + 1;
  if (!(least > shift) || size > 1'000'000) return false;
  for (std::size_t i = 0; i < size; ++i) matrix[i * size + i] -= shift;
  return factorise(matrix, size);
}

std::optional<std::int64_t> certified_bound(const Relaxation& relaxation,
                                            const Multipliers& multipliers) {
  const Slack given(relaxation, multipliers);
  // How much to raise the squares: as little as makes S definite.
  double best = HUGE_VAL, raised = 0;
  for (double raise = 1.0 / (1 << 16); raise < 64; raise *= 2) {
    Slack slack = given;
    slack.raise_all(static_cast<Wide>(raise * scale));
    const double bound = smallest_bound(slack);
    if (bound < best) {
      best = bound;
      raised = raise;
    } else if (best < HUGE_VAL) {
      break;
    }
  }
  if (!(std::abs(best) < 0x1p31)) return std::nullopt;
  Slack slack = given;
  slack.raise_all(static_cast<Wide>(raised * scale));
  // Leave room for the proof's own shift, up to just below the next integer.
  for (const double room : {1e-6, 1e-4, 1e-2, 1.0}) {
    const double bound = best + room;
    const auto corner = static_cast<Wide>(std::ceil(bound * 2 * scale));
    slack.set_corner(corner);
    std::vector<double> matrix = slack.as_doubles();
    if (matrix.empty() || !surely_semidefinite(std::move(matrix), slack.size())) continue;
    // Rounded down: totals are integers.
    const auto unit = static_cast<Wide>(2 * scale);
    return static_cast<std::int64_t>(corner >= 0 ? corner / unit : -((-corner + unit - 1) / unit));
  }
  return std::nullopt;
}

}  // namespace gatelight::engines::semidefinite
