// SPDX-License-Identifier: Apache-2.0
//
// The rank of huge communication matrices, level by level of a diagram.
//
// Problem   The matrix of a cut has 2^(bits above) rows and 2^(bits below) columns: up to 2^1000.
// Idea      Rows that lead to the same node are equal, so take the matrix F_t with a row for each NODE of level
//           t.  Its columns come from those of the level below: the column of the assignment (v, rest) holds
//           at node s what `rest` holds at the child of s for v.  So keep of each level only a BASIS: columns
//           C_t, each with the assignment it stands for, that are independent.  The next basis is chosen
//           among 2 * |C_(t+1)| candidates K_t = [T0 C_(t+1) | T1 C_(t+1)], T_v being the matrix of the
//           edges for v.
// Why       F_t = [T0 F_(t+1) | T1 F_(t+1)], so if the columns C_(t+1) span those of F_(t+1), the candidates
//           span those of F_t.  Candidates are columns of F_t themselves: whatever was chosen below,
//           a minor of K_t that is not 0 modulo a prime is a minor of the communication matrix, entries 0 and
//           1, and a lower bound over the rationals.
//           Upper ends over the rationals: distinct nodes other than the constant 0 (the only distinct rows
//           there are); twice the upper end of the level below; and where the level below is exact, so that
//           C_(t+1) is a basis, whatever bounds the rank of K_t (exact_rank.hpp).
// Cost      An elimination of width x 2 rank bits for each level: modulo 2 first, which is enough where it
//           reaches all nodes or all candidates; else modulo a byte-sized prime.
// Limits    The number of nodes.  Levels whose basis exceeds CutOptions::basis continue with a part of it:
//           then the result is a lower bound.
// Tested by tests/unit/measures/rank/rank_test.cpp
#include "measures/rank/structured.hpp"

#include <algorithm>
#include <numeric>

#include "measures/rank/rest.hpp"

namespace gatelight::measures {
namespace {

using engines::FunctionDiagram;
using linalg::BitMatrix;

// A column of a level: a value of the bit there, and a column of the level below.
struct Origin {
  bool value = false;
  std::uint32_t below = 0;
};

struct Basis {
  BitMatrix columns;  // a row for each node
  std::vector<Origin> origins;
  bool spans = true;  // proved to span all columns over the rationals
};

class Backward {
 public:
  Backward(const FunctionDiagram& diagram, const CutOptions& options)
      : diagram_(diagram), options_(options), deadline_(options.limits) {}

  std::optional<CutRanks> run() {
    const std::size_t last = diagram_.order.size();
    result_.cuts.resize(last + 1);
    origins_.resize(last + 1);
    Basis basis = bottom();
    for (std::size_t level = last;; --level) {
      if (level != last) {
        std::optional<Basis> next = step(level, basis);
        if (!next) return std::nullopt;
        basis = std::move(*next);
      }
      origins_[level] = basis.origins;
      if (level == options_.first) break;
    }
    if (options_.minor) {
      for (const std::uint32_t node : minor_nodes_) result_.rows.push_back(way_to(node));
      for (std::uint32_t j = 0; j < basis.origins.size(); ++j) {
        result_.columns.push_back(suffix(options_.first, j));
      }
    }
    return std::move(result_);
  }

 private:
  // The level below the last bit: constants.
  Basis bottom() {
    const std::size_t width = diagram_.values.size();
    Basis basis{BitMatrix(width, 1), {}, true};
    CutRank& cut = result_.cuts.back();
    minor_nodes_.clear();
    for (std::uint32_t node = 0; node < width; ++node) {
      if (diagram_.values[node] == 0) continue;
      basis.columns.set(node, 0);
      basis.origins.push_back({});
      minor_nodes_ = {node};
      cut.lower = 1;
    }
    if (basis.origins.empty()) basis.columns = BitMatrix(width, 0);
    cut.upper = static_cast<double>(cut.lower);
    cut.reason = "one column";
    return basis;
  }

  [[nodiscard]] std::uint32_t child(std::size_t level, std::size_t node, bool value) const {
    return diagram_.children[level][2 * node + (value ? 1 : 0)];
  }

  // K_t, the second half beginning at a word.
  [[nodiscard]] BitMatrix candidates(std::size_t level, const Basis& below) const {
    const std::size_t words = below.columns.words();
    BitMatrix matrix(diagram_.widths[level], 2 * 64 * words);
    for (std::size_t node = 0; node < matrix.rows(); ++node) {
      for (const bool value : {false, true}) {
        std::ranges::copy(below.columns.row(child(level, node, value)),
                          matrix.row(node).begin() + (value ? static_cast<long>(words) : 0));
      }
    }
    return matrix;
  }

  std::optional<Basis> step(std::size_t level, const Basis& below) {
    const BitMatrix matrix = candidates(level, below);
    const linalg::Distinct distinct = linalg::distinct(matrix);
    CutRank& cut = result_.cuts[level];
    cut.upper = 2 * result_.cuts[level + 1].upper;
    cut.reason = "twice the rank one bit further";
    const auto nodes = static_cast<double>(nodes_not_zero(level, matrix, below.spans));
    if (nodes <= cut.upper) {
      cut.upper = nodes;
      cut.reason = "distinct rows";
    }
    const auto columns = static_cast<double>(distinct.columns.size());
    if (below.spans && columns < cut.upper) {
      cut.upper = columns;
      cut.reason = "a basis of the columns";
    }
    linalg::Pivots pivots = linalg::rank_gf2(distinct.matrix, rest_of(options_.limits, deadline_));
    cut.prime = 2;
    if (pivots.complete && static_cast<double>(pivots.rank) < cut.upper) {
      pivots = over_rationals(distinct.matrix, below.spans, cut);
    }
    if (!pivots.complete || deadline_.expired()) return std::nullopt;
    cut.lower = pivots.rank;
    return basis_of(level, below, matrix, distinct, pivots);
  }

  // Equal rows of K_t are equal nodes only where the columns below span; elsewhere count the nodes.
  [[nodiscard]] std::size_t nodes_not_zero(std::size_t level, const BitMatrix& matrix,
                                           bool spans) const {
    if (!spans) return diagram_.widths[level];
    std::size_t count = 0;
    for (std::size_t node = 0; node < matrix.rows(); ++node) {
      count +=
          std::ranges::any_of(matrix.row(node), [](std::uint64_t w) { return w != 0; }) ? 1 : 0;
    }
    return count;
  }

  linalg::Pivots over_rationals(const BitMatrix& matrix, bool spans, CutRank& cut) const {
    linalg::ExactRankOptions exact;
    exact.effort = spans ? options_.effort : 0;
    exact.random_primes = options_.effort > 0 ? 1 : 0;
    exact.limits = rest_of(options_.limits, deadline_);
    linalg::ExactRank rank = linalg::exact_rank(matrix, exact);
    cut.prime = rank.prime;
    cut.agreeing = rank.agreeing;
    if (spans && static_cast<double>(rank.upper) < cut.upper) {
      cut.upper = static_cast<double>(rank.upper);
      cut.reason = "a basis of the columns: " + std::string(linalg::name(rank.argument));
      cut.primes.clear();
      for (const auto& modular : rank.ranks) cut.primes.push_back(modular.prime);
    }
    if (rank.stopped) rank.pivots.complete = false;
    return std::move(rank.pivots);
  }

  Basis basis_of(std::size_t level, const Basis& below, const BitMatrix& matrix,
                 const linalg::Distinct& distinct, const linalg::Pivots& pivots) {
    const std::size_t half = 64 * below.columns.words();
    std::vector<std::uint32_t> chosen;
    for (const std::uint32_t column : pivots.columns) chosen.push_back(distinct.columns[column]);
    if (level == options_.first) {
      minor_nodes_.clear();
      for (const std::uint32_t row : pivots.rows) minor_nodes_.push_back(distinct.rows[row]);
    } else if (chosen.size() > options_.basis) {
      chosen.resize(options_.basis);
    }
    Basis basis;
    basis.spans = result_.cuts[level].exact() && chosen.size() == pivots.rank;
    for (const std::uint32_t column : chosen) {
      basis.origins.push_back({column >= half, static_cast<std::uint32_t>(column % half)});
    }
    std::vector<std::uint32_t> all(matrix.rows());
    std::iota(all.begin(), all.end(), 0U);
    basis.columns = matrix.submatrix(all, chosen);
    return basis;
  }

  [[nodiscard]] std::vector<std::uint8_t> suffix(std::size_t level, std::uint32_t column) const {
    std::vector<std::uint8_t> bits;
    for (; level < diagram_.order.size(); ++level) {
      const Origin origin = origins_[level][column];
      bits.push_back(origin.value ? 1 : 0);
      column = origin.below;
    }
    return bits;
  }

  // Some assignment of the bits above the first cut that leads to a node there.
  std::vector<std::uint8_t> way_to(std::uint32_t node) {
    if (parents_.empty()) find_parents();
    std::vector<std::uint8_t> bits(options_.first);
    for (std::size_t level = options_.first; level-- > 0;) {
      const Origin parent = parents_[level][node];
      bits[level] = parent.value ? 1 : 0;
      node = parent.below;
    }
    return bits;
  }

  void find_parents() {
    parents_.resize(options_.first);
    std::vector<char> reached(1, 1);
    for (std::size_t level = 0; level < options_.first; ++level) {
      std::vector<char> next(diagram_.widths[level + 1], 0);
      parents_[level].resize(next.size());
      for (std::uint32_t node = 0; node < reached.size(); ++node) {
        for (const bool value : {false, true}) {
          if (reached[node] == 0) continue;
          const std::uint32_t to = child(level, node, value);
          if (next[to] != 0) continue;
          next[to] = 1;
          parents_[level][to] = {value, node};
        }
      }
      reached = std::move(next);
    }
  }

  const FunctionDiagram& diagram_;
  const CutOptions& options_;
  Deadline deadline_;
  CutRanks result_;
  std::vector<std::vector<Origin>> origins_;  // of each level's basis
  std::vector<std::vector<Origin>> parents_;  // [level][node of the next]: whence, by which value
  std::vector<std::uint32_t> minor_nodes_;
};

}  // namespace

std::optional<CutRanks> ranks_at_cuts(const FunctionDiagram& diagram, const CutOptions& options) {
  return Backward(diagram, options).run();
}

}  // namespace gatelight::measures
