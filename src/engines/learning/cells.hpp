// SPDX-License-Identifier: Apache-2.0
//
// An upper end by learning in parts of the domain (private to the engines).
#ifndef GATELIGHT_ENGINES_LEARNING_CELLS_HPP
#define GATELIGHT_ENGINES_LEARNING_CELLS_HPP

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "encode/constraints.hpp"
#include "engines/branch_bound/incumbents.hpp"
#include "engines/branch_bound/shared_upper.hpp"

namespace gatelight::engines::learning {

// Parts the domain by how many of some variables are 1, and lowers the upper ends of the parts.  Thread-safe.
class Cells {
 public:
  static constexpr double usual_effort = 20'000;  // conflicts
  // Begins with one cell, and halves cells that took more than so much effort, and an eighth of all.  `counted` are
  // variables of the constraints, which are of the objective; all outlive it.
  Cells(const encode::Constraints& constraints, std::vector<encode::Variable> counted,
        const Circuit& circuit, std::size_t objective, branch_bound::Incumbents& incumbents,
        branch_bound::SharedUpper& upper, double effort_to_split = usual_effort);
  ~Cells();
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  // Works for a while on the cell with the largest upper end that no other thread works on; `upper` follows the
  // largest of all.  Returns the effort spent in conflicts, 0 where there was nothing to do.
  double work(const std::function<bool()>& stop);

  [[nodiscard]] std::uint64_t conflicts() const { return conflicts_; }
  [[nodiscard]] std::size_t size() const;

 private:
  struct Cell;
  std::unique_ptr<Cell> part(const Cell& whole, std::int64_t low, std::int64_t high) const;
  Cell* take();
  void give_back(Cell& cell, double effort);
  void split(std::size_t index);

  const std::vector<encode::Variable> counted_;
  const double effort_to_split_;
  std::size_t most_cells_ = 40;
  double spent_ = 0;  // on all cells
  std::size_t objective_;
  branch_bound::Incumbents& incumbents_;
  branch_bound::SharedUpper& upper_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Cell>> cells_;  // those that may hold something better
  std::atomic<std::uint64_t> conflicts_{0};
};

}  // namespace gatelight::engines::learning

#endif  // GATELIGHT_ENGINES_LEARNING_CELLS_HPP
