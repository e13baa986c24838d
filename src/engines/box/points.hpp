// SPDX-License-Identifier: Apache-2.0
//
// PointSweep: the objective at many points of a box at once.
#ifndef GATELIGHT_ENGINES_BOX_POINTS_HPP
#define GATELIGHT_ENGINES_BOX_POINTS_HPP

#include <cstdint>
#include <functional>
#include <vector>

#include "base/aligned.hpp"
#include "engines/box/bounder.hpp"
#include "engines/box/kernels.hpp"
#include "engines/box/model.hpp"

namespace gatelight::engines::box {

// One a thread.  Keeps a reference to the model.
class PointSweep {
 public:
  explicit PointSweep(const Model& model);
  PointSweep(const PointSweep&) = delete;
  PointSweep& operator=(const PointSweep&) = delete;

  // Points evaluated together; a box of fewer takes as long.
  [[nodiscard]] std::size_t lanes() const { return lanes_; }
  // Boxes with so many points are better swept than bounded.
  [[nodiscard]] std::uint64_t worth_sweeping() const;

  // Every point of the box.  Calls found(values of the variables) for points worth more than `floor`,
  // each worth more than the one before; it returns the floor from then on.  `bounds` hold for
  // all points that are looked for: others may be reported or not.
  using Found = std::function<std::int64_t(const std::vector<std::int64_t>&)>;
  void sweep(const Box& box, const SumBounds& bounds, std::int64_t floor, const Found& found);

  // Prepares try_points() for points for which `bounds` hold.
  void compile(const SumBounds& bounds);
  // The same for some points: values[v * lanes() + p] of variable v and point p, p < count <= lanes().
  void try_points(const std::vector<std::int64_t>& values, std::size_t count, std::int64_t floor,
                  const Found& found);

 private:
  template <class T>
  struct Lanes {
    base::AlignedVector<T> values;  // point_bytes a node: variables, then gates
    base::AlignedVector<T> total;
    std::vector<PointGate<T>> program;
    std::vector<std::uint32_t> gates;  // of the program
    PointKernel<T> kernel = nullptr;
  };

  void choose_gates(const SumBounds& bounds);
  template <class T>
  void write_program(Lanes<T>& lanes, const SumBounds& bounds);
  std::int64_t evaluate_lanes(std::size_t count, std::int64_t floor, const Found& found);
  template <class T>
  std::int64_t evaluate_in(Lanes<T>& lanes, std::size_t count, std::int64_t floor,
                           const Found& found);
  std::int64_t evaluate_one_by_one(std::size_t count, std::int64_t floor, const Found& found);
  std::vector<std::int64_t> point(std::size_t lane) const;

  const Model& model_;
  std::size_t lanes_ = 1;
  int arithmetic_;  // 24: floats are exact; 53: doubles are; 64: evaluated one by one
  Lanes<float> floats_;
  Lanes<double> doubles_;
  std::vector<std::uint8_t> needed_;    // gates that the objective is not decided without
  std::vector<std::int64_t> constant_;  // their outputs where they are the same everywhere
  std::vector<std::uint8_t> is_constant_;
  std::vector<Link> links_;
  std::vector<std::size_t> first_link_;
  std::int64_t decided_ = 0;          // the cost of gates that fire everywhere
  std::vector<std::int64_t> values_;  // of the variables, lanes_ each
};

}  // namespace gatelight::engines::box

#endif  // GATELIGHT_ENGINES_BOX_POINTS_HPP
